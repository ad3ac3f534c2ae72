//! The HTTP client under async-stripe's requests.
//!
//! It is our own, on reqwest: async-stripe's client makes a connection for each call, and keeps neither `Retry-After` nor
//! `Idempotent-Replayed`, on which the outcome of a failed call depends. It sends each request once; the outbox repeats calls.

use super::{
    StripeSettings,
    error::{ApiError, CallError, SettingsError},
};
use bytes::{Bytes, BytesMut};
use http::{
    HeaderName, HeaderValue, Method,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use reqwest::{Response, redirect};
use std::{fmt, time::Duration};
use stripe_client_core::{
    CustomizedStripeRequest, IdempotencyKey, RequestBuilder, RequestStrategy, StripeClient, StripeMethod,
};
use stripe_shared::version::VERSION;
use url::{Host, Url};

/// Stripe's address.
const API: &str = "https://api.stripe.com";

/// Time limit of connecting.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Time after which an unused connection is closed.
const IDLE_TIMEOUT: Duration = Duration::from_mins(1);

/// Maximum number of unused connections.
const MAX_IDLE: usize = 16;

/// Maximum size of a response in bytes. A page of a hundred events is the largest.
const MAX_RESPONSE_SIZE: usize = 8 * 1024 * 1024;

const USER_AGENT: &str = concat!("Holdfast/", env!("CARGO_PKG_VERSION"));

/// A client of Stripe's API. Clones share their connections.
#[derive(Clone)]
pub(super) struct Client {
    http: reqwest::Client,
    /// The address, without a slash at its end.
    base: String,
    authorization: HeaderValue,
    account: Option<HeaderValue>,
    time_limit: Duration,
}

impl Client {
    pub(super) fn new(settings: &StripeSettings, time_limit: Duration) -> Result<Self, SettingsError> {
        let base = base(settings.api.as_ref())?;
        let mut http = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .pool_max_idle_per_host(MAX_IDLE)
            .no_proxy()
            .redirect(redirect::Policy::none());
        if base.starts_with("http:") {
            // Plain HTTP needs none of the system's certificates, which a test machine may lack.
            http = http.tls_certs_only([]);
        }
        Ok(Self {
            http: http.build().map_err(|error| SettingsError::Client(cause(&error)))?,
            base,
            authorization: authorization(&settings.key)?,
            account: settings.account.as_deref().map(account).transpose()?,
            time_limit,
        })
    }

    /// Whether browsers may be led to this page: it is `https`, or `http` of a double that is reached by `http` itself.
    pub(super) fn may_lead_to(&self, page: &str) -> bool {
        let scheme = Url::parse(page).ok().map(|page| page.scheme().to_owned());
        match scheme.as_deref() {
            Some("https") => true,
            Some("http") => self.base.starts_with("http:"),
            _ => false,
        }
    }

    /// Sends a request, under an idempotency key if there is one, and parses the response.
    pub(super) async fn send<T: miniserde::Deserialize>(
        &self,
        request: RequestBuilder,
        key: Option<&str>,
    ) -> Result<T, CallError> {
        let mut request = request.customize::<T>();
        if let Some(key) = key {
            let key = IdempotencyKey::new(key).map_err(|_| CallError::Invalid("the idempotency key is too long"))?;
            request = request.request_strategy(RequestStrategy::Idempotent(key));
        }
        request.send(self).await
    }

    /// Sends a request and returns the response's body as it came.
    pub(super) async fn call(
        &self,
        request: RequestBuilder,
        key: Option<IdempotencyKey>,
        account: Option<HeaderValue>,
        time_limit: Duration,
    ) -> Result<Bytes, CallError> {
        let RequestBuilder { query, body, path, method } = request;
        // An id that came from elsewhere must not lead to another path.
        if !path.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'_' | b'-')) {
            return Err(CallError::ForeignId);
        }
        let query = query.filter(|query| !query.is_empty()).map(|query| format!("?{query}")).unwrap_or_default();
        let method = match method {
            StripeMethod::Get => Method::GET,
            StripeMethod::Post => Method::POST,
            StripeMethod::Delete => Method::DELETE,
        };
        let mut call = self
            .http
            .request(method, format!("{}/v1{path}{query}", self.base))
            .timeout(time_limit)
            .header(AUTHORIZATION, self.authorization.clone())
            .header(HeaderName::from_static("stripe-version"), VERSION.as_str());
        if let Some(account) = account {
            call = call.header(HeaderName::from_static("stripe-account"), account);
        }
        if let Some(key) = key {
            call = call.header(HeaderName::from_static("idempotency-key"), key.as_str());
        }
        if let Some(body) = body {
            call = call.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body);
        }
        let response = call.send().await.map_err(|error| CallError::of(&error))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = read(response).await;
        if status.is_success() { body } else { Err(ApiError::of(status, &headers, &body.unwrap_or_default()).into()) }
    }

    /// Sends a request that reads, and returns the response's body as it came.
    pub(super) async fn get(&self, request: RequestBuilder) -> Result<Bytes, CallError> {
        self.call(request, None, self.account.clone(), self.time_limit).await
    }
}

impl StripeClient for Client {
    type Err = CallError;

    async fn execute(&self, request: CustomizedStripeRequest) -> Result<Bytes, CallError> {
        let (request, overrides) = request.into_pieces();
        let key = overrides.request_strategy.and_then(|strategy| strategy.get_key());
        let account = match overrides.account_id {
            Some(id) => Some(account(id.as_str()).map_err(|_| CallError::Invalid("the account is none of Stripe's"))?),
            None => self.account.clone(),
        };
        self.call(request, key, account, overrides.timeout.unwrap_or(self.time_limit)).await
    }
}

/// The key and the account are left out.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("base", &self.base).finish_non_exhaustive()
    }
}

/// The innermost cause, such as missing certificates. reqwest's own text says only that building failed.
fn cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

async fn read(mut response: Response) -> Result<Bytes, CallError> {
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| CallError::of(&error))? {
        if body.len() + chunk.len() > MAX_RESPONSE_SIZE {
            return Err(CallError::NoAnswer("the response is too long"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// Checks the address. A key that travels over plain HTTP can be read on its way, except on the same machine.
fn base(api: Option<&Url>) -> Result<String, SettingsError> {
    let Some(api) = api else { return Ok(API.to_owned()) };
    let loopback = match api.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    let scheme = api.scheme() == "https" || (api.scheme() == "http" && loopback);
    let bare =
        api.username().is_empty() && api.password().is_none() && api.query().is_none() && api.fragment().is_none();
    if scheme && bare { Ok(api.as_str().trim_end_matches('/').to_owned()) } else { Err(SettingsError::Api) }
}

fn authorization(key: &str) -> Result<HeaderValue, SettingsError> {
    let secret = key.starts_with("sk_") || key.starts_with("rk_");
    if !secret || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(SettingsError::Key);
    }
    let mut value = HeaderValue::try_from(format!("Bearer {key}")).map_err(|_| SettingsError::Key)?;
    value.set_sensitive(true);
    Ok(value)
}

fn account(id: &str) -> Result<HeaderValue, SettingsError> {
    let rest = id.strip_prefix("acct_").filter(|rest| !rest.is_empty()).ok_or(SettingsError::Account)?;
    if rest.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        HeaderValue::from_str(id).map_err(|_| SettingsError::Account)
    } else {
        Err(SettingsError::Account)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(key: &str, api: Option<&str>, account: Option<&str>) -> Result<Client, SettingsError> {
        let api = api.map(|api| api.parse().unwrap());
        let settings = StripeSettings { key: key.to_owned(), api, account: account.map(str::to_owned) };
        Client::new(&settings, Duration::from_secs(1))
    }

    #[test]
    fn plain_http_is_for_loopback_addresses_only() {
        for api in ["http://127.0.0.1:12111", "http://[::1]:1/", "http://localhost:1", "http://127.0.0.1:1/prefix/"] {
            let client = client("sk_test_1", Some(api), None).unwrap();
            assert_eq!(client.base, api.trim_end_matches('/'));
        }
        for api in [
            "http://api.stripe.com",
            "http://10.0.0.1",
            "http://localhost.example.com",
            "ftp://localhost",
            "http://user:word@localhost",
            "http://localhost/?key=1",
            "https://api.stripe.com/#v1",
        ] {
            assert_eq!(client("sk_test_1", Some(api), None).err(), Some(SettingsError::Api), "{api}");
        }
        assert_eq!(base(Some(&"https://stripe.example.com/".parse().unwrap())).unwrap(), "https://stripe.example.com");
        assert_eq!(base(None).unwrap(), API);
    }

    #[test]
    fn pages_are_https_except_those_of_a_double_on_this_machine() {
        let real = client("sk_test_1", Some("https://stripe.example.com"), None).unwrap();
        let double = client("sk_test_1", Some("http://127.0.0.1:12111"), None).unwrap();
        for (page, expected) in [
            ("https://checkout.stripe.com/c/pay/cs_1", [true, true]),
            ("http://127.0.0.1:12111/c/pay/cs_1", [false, true]),
            ("javascript:alert(1)", [false, false]),
            ("/c/pay/cs_1", [false, false]),
            ("", [false, false]),
        ] {
            assert_eq!([real.may_lead_to(page), double.may_lead_to(page)], expected, "{page}");
        }
    }

    #[test]
    fn only_secret_keys_and_accounts_of_stripe_are_accepted() {
        let api = Some("http://localhost:1");
        for key in ["", "pk_test_1", "whsec_1", "sk_test_1\n", "sk_test 1", "sk_tést"] {
            assert_eq!(client(key, api, None).err(), Some(SettingsError::Key), "{key}");
        }
        for id in ["", "acct_", "acme", "acct_1\r\nx: y", "acct_1/2"] {
            assert_eq!(client("rk_live_1", api, Some(id)).err(), Some(SettingsError::Account), "{id}");
        }
        client("rk_live_1", api, Some("acct_1Abc")).unwrap();
    }

    #[test]
    fn the_key_is_not_shown() {
        let client = client("sk_test_hidden", Some("http://localhost:1"), None).unwrap();
        let shown = format!("{client:?} {:?} {}", client.authorization, SettingsError::Key);
        assert!(!shown.contains("hidden"), "{shown}");
    }
}
