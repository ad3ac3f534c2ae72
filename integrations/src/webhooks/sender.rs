//! Sends one webhook. Names are resolved, checked and connected to in one step, so that a name that changes its address between
//! the check and the connection gains nothing; addresses that are numbers are checked before.

use super::{
    EndpointUrl, UrlError,
    address::is_forbidden,
    response::{beginning, failure_of, retry_after},
    sign::sign,
};
use checkout::{
    model::Timestamp,
    store::{DeliveryFailure, Endpoint},
};
use futures::future::BoxFuture;
use http::header;
use reqwest::{
    Client,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect::Policy,
};
use std::{
    error::Error,
    fmt, io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};

/// The time limit of a request: look-up, connection, TLS, request and response together.
const TIME_LIMIT: Duration = Duration::from_secs(15);

/// Time for which a connection is kept for the next webhook.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);

/// Maximum number of connections of a host that are kept.
const IDLE_CONNECTIONS: usize = 8;

/// Name and version of the sender.
const USER_AGENT: &str = concat!("Holdfast/", env!("CARGO_PKG_VERSION"));

/// Looks up the addresses of a host's name.
pub type AddressLookup = Arc<dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> + Send + Sync>;

/// Settings of a [`Sender`].
#[derive(Clone)]
pub struct SenderSettings {
    /// Whether private and reserved addresses are allowed, and `http`.
    pub allow_private: bool,
    /// Looks up names. The default asks the system.
    pub lookup: AddressLookup,
    /// The time limit of a request.
    pub time_limit: Duration,
}

impl SenderSettings {
    /// Settings that look names up in the system.
    pub fn new(allow_private: bool) -> Self {
        let lookup: AddressLookup = Arc::new(|name| {
            Box::pin(async move { Ok(tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect()) })
        });
        Self { allow_private, lookup, time_limit: TIME_LIMIT }
    }
}

/// Sends webhooks. Clones share the connections.
#[derive(Clone)]
pub struct Sender {
    client: Client,
    allow_private: bool,
    time_limit: Duration,
}

/// Result of sending a webhook.
pub(super) struct Sent {
    pub(super) duration_ms: u32,
    pub(super) status: Option<u16>,
    pub(super) response: Option<String>,
    pub(super) failure: Option<DeliveryFailure>,
    /// The pause that the endpoint asks for.
    pub(super) retry_after: Option<Duration>,
}

/// Response of an endpoint.
struct Answer {
    status: u16,
    response: String,
    failure: Option<DeliveryFailure>,
    retry_after: Option<Duration>,
}

impl Sender {
    /// A sender with these settings.
    ///
    /// # Errors
    ///
    /// TLS cannot be set up.
    pub fn new(settings: SenderSettings) -> Result<Self, reqwest::Error> {
        let SenderSettings { allow_private, lookup, time_limit } = settings;
        let client = Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .user_agent(USER_AGENT)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            .dns_resolver(CheckedResolver { lookup, allow_private })
            .build()?;
        Ok(Self { client, allow_private, time_limit })
    }

    /// Whether private addresses are allowed.
    pub(super) fn allows_private(&self) -> bool {
        self.allow_private
    }

    /// The time limit of a request.
    pub(super) fn time_limit(&self) -> Duration {
        self.time_limit
    }

    /// Sends a body to an endpoint, signed under the secrets that are valid at `now`.
    pub(super) async fn send(&self, endpoint: &Endpoint, id: &str, body: String, now: Timestamp) -> Sent {
        let begun = Instant::now();
        let request = tokio::time::timeout(self.time_limit, self.request(endpoint, id, body, now)).await;
        let duration_ms = u32::try_from(begun.elapsed().as_millis()).unwrap_or(u32::MAX);
        match request.unwrap_or(Err(DeliveryFailure::Timeout)) {
            Ok(Answer { status, response, failure, retry_after }) => {
                Sent { duration_ms, status: Some(status), response: Some(response), failure, retry_after }
            }
            Err(failure) => {
                Sent { duration_ms, status: None, response: None, failure: Some(failure), retry_after: None }
            }
        }
    }

    async fn request(
        &self,
        endpoint: &Endpoint,
        id: &str,
        body: String,
        now: Timestamp,
    ) -> Result<Answer, DeliveryFailure> {
        // The setting may have changed since the address was stored.
        let url = EndpointUrl::parse(&endpoint.url, self.allow_private).map_err(|error| match error {
            UrlError::Forbidden | UrlError::Scheme => DeliveryFailure::ForbiddenAddress,
            UrlError::Format | UrlError::UserInfo => DeliveryFailure::Protocol,
        })?;
        let seconds = now.as_millis() / 1000;
        let signature = sign(endpoint.secrets(now), id, seconds, &body).ok_or(DeliveryFailure::Protocol)?;
        let request = self
            .client
            .post(url.into_url())
            .header(header::CONTENT_TYPE, "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", seconds)
            .header("webhook-signature", signature)
            .body(body);
        let mut response = request.send().await.map_err(|error| classify(&error))?;
        let status = response.status();
        let failure = failure_of(status);
        let pause = if failure == Some(DeliveryFailure::Busy) { retry_after(response.headers(), now) } else { None };
        Ok(Answer { status: status.as_u16(), response: beginning(&mut response).await, failure, retry_after: pause })
    }
}

/// Returns the class of an error. Its text is not used, because it repeats the address, which may contain a token.
fn classify(error: &reqwest::Error) -> DeliveryFailure {
    let mut source: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(cause) = source {
        match cause.downcast_ref::<LookupError>() {
            Some(LookupError::Forbidden) => return DeliveryFailure::ForbiddenAddress,
            Some(LookupError::NotFound) => return DeliveryFailure::Dns,
            None => source = cause.source(),
        }
    }
    match error {
        _ if error.is_timeout() => DeliveryFailure::Timeout,
        _ if error.is_connect() => DeliveryFailure::Connect,
        _ => DeliveryFailure::Protocol,
    }
}

/// Resolves names to addresses that a webhook may be sent to. The connection is made to one of the addresses that were checked.
struct CheckedResolver {
    lookup: AddressLookup,
    allow_private: bool,
}

/// Why a name has no address to connect to.
#[derive(Debug)]
enum LookupError {
    NotFound,
    Forbidden,
}

impl fmt::Display for LookupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotFound => "the name was not found",
            Self::Forbidden => "the address is private or reserved",
        })
    }
}

impl Error for LookupError {}

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (lookup, allow_private) = (self.lookup.clone(), self.allow_private);
        Box::pin(async move {
            let found = lookup(name.as_str().to_owned()).await;
            let addresses = found.ok().filter(|found| !found.is_empty()).ok_or(LookupError::NotFound)?;
            // One forbidden address is enough: a name that has both is an attempt to get past the check.
            if !allow_private && addresses.iter().copied().any(is_forbidden) {
                return Err(LookupError::Forbidden.into());
            }
            let addresses: Addrs = Box::new(addresses.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}
