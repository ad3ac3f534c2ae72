//! Rate limits by client. A client is identified by its access token, or else by its network. The `RateLimit` headers
//! (IETF HTTP API working group) say how many requests are left.

use super::client_ip::client_network;
use crate::{
    auth::Tokens,
    config::{RateLimit, Settings},
    http::RouteKind,
    problem::Problem,
};
use axum::extract::Request;
use checkout::{Checkout, model::Owner};
use governor::{
    DefaultKeyedRateLimiter, Quota,
    clock::{Clock as _, DefaultClock},
    middleware::StateInformationMiddleware,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use ipnet::IpNet;
use std::{net::IpAddr, num::NonZeroU32, sync::Arc, time::Duration};

/// Token requests of one network per [`TOKEN_REQUESTS_WINDOW_S`], each of which costs a slow hash. Honest clients keep a
/// token for an hour; guessing secrets does not keep the processors busy.
const TOKEN_REQUESTS: NonZeroU32 = NonZeroU32::new(200).unwrap();
const TOKEN_REQUESTS_WINDOW_S: u32 = 10;
/// Attempts of one network to sign in to the console per [`CONSOLE_SIGN_INS_WINDOW_S`].
const CONSOLE_SIGN_INS: NonZeroU32 = NonZeroU32::new(30).unwrap();
const CONSOLE_SIGN_INS_WINDOW_S: u32 = 60;
/// Path below which operators sign in.
const CONSOLE_SIGN_IN_PATH: &str = "/admin/sign-in";
/// Interval of [`RateLimiter::evict_idle_clients`].
const EVICTION_INTERVAL: Duration = Duration::from_secs(10);

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Counts requests against the configured limits.
pub struct RateLimiter {
    requests: Option<Limit>,
    token_requests: Option<Limit>,
    console_sign_ins: Option<Limit>,
    trusted_proxies: Vec<IpNet>,
    tokens: Arc<Tokens>,
    checkout: Checkout,
}

/// The identity that a limit is counted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum ClientKey {
    Client(Owner),
    Network(IpAddr),
}

/// A number of requests in a window of time, for each client.
struct Limit {
    name: &'static str,
    quota: NonZeroU32,
    window_s: u32,
    clients: DefaultKeyedRateLimiter<ClientKey, StateInformationMiddleware>,
}

/// The requests that a client has left of a limit.
pub struct Remaining {
    name: &'static str,
    quota: NonZeroU32,
    window_s: u32,
    requests: u32,
}

impl RateLimiter {
    /// Creates the limits that `settings` ask for.
    pub fn new(settings: &Settings, tokens: Arc<Tokens>, checkout: Checkout) -> Self {
        let per_second = match settings.rate_limit {
            RateLimit::PerSecond(quota) => Some(quota),
            RateLimit::Off | RateLimit::TokensOnly => None,
        };
        let limits_tokens = settings.rate_limit != RateLimit::Off;
        let token_requests = limits_tokens.then(|| Limit::new("sign-ins", TOKEN_REQUESTS, TOKEN_REQUESTS_WINDOW_S));
        let console_sign_ins =
            limits_tokens.then(|| Limit::new("operators", CONSOLE_SIGN_INS, CONSOLE_SIGN_INS_WINDOW_S));
        Self {
            requests: per_second.and_then(|quota| Limit::new("requests", quota, 1)),
            token_requests: token_requests.flatten(),
            console_sign_ins: console_sign_ins.flatten(),
            trusted_proxies: settings.trusted_proxies.clone(),
            tokens,
            checkout,
        }
    }

    /// Whether routes of this kind have a limit at all.
    pub fn applies_to(&self, kind: RouteKind) -> bool {
        match kind {
            RouteKind::Token => self.token_requests.is_some(),
            RouteKind::Console => self.console_sign_ins.is_some() || self.requests.is_some(),
            kind => kind.has_quota() && self.requests.is_some(),
        }
    }

    /// Counts a request. Fails when its client has used up the limit.
    pub fn count(&self, kind: RouteKind, peer: IpAddr, request: &Request) -> Result<Option<Remaining>, Problem> {
        let network = || ClientKey::Network(client_network(peer, request.headers(), &self.trusted_proxies));
        if kind == RouteKind::Token {
            let limit = self.token_requests.as_ref().filter(|_| *request.method() == Method::POST);
            return limit.map(|limit| limit.count(network())).transpose();
        }
        let is_sign_in = *request.method() == Method::POST && request.uri().path().starts_with(CONSOLE_SIGN_IN_PATH);
        if let Some(limit) = self.console_sign_ins.as_ref().filter(|_| kind == RouteKind::Console && is_sign_in) {
            return limit.count(network()).map(Some);
        }
        let Some(limit) = &self.requests else { return Ok(None) };
        let client = self.tokens.client(request.headers(), self.checkout.now());
        limit.count(client.map_or_else(network, ClientKey::Client)).map(Some)
    }

    /// Evicts clients whose whole quota is available again, at an interval, for ever.
    pub async fn evict_idle_clients(self: Arc<Self>) {
        self.evict_idle_clients_every(EVICTION_INTERVAL).await;
    }

    async fn evict_idle_clients_every(&self, interval: Duration) {
        loop {
            tokio::time::sleep(interval).await;
            for limit in [&self.requests, &self.token_requests, &self.console_sign_ins].into_iter().flatten() {
                limit.clients.retain_recent();
                limit.clients.shrink_to_fit();
            }
        }
    }
}

impl Limit {
    /// Returns `None` if the quota is too large to count, which means no limit.
    fn new(name: &'static str, quota: NonZeroU32, window_s: u32) -> Option<Self> {
        let period = Duration::from_secs(window_s.into()) / quota.get();
        let clients = DefaultKeyedRateLimiter::keyed(Quota::with_period(period)?.allow_burst(quota)).with_middleware();
        Some(Self { name, quota, window_s, clients })
    }

    fn count(&self, client: ClientKey) -> Result<Remaining, Problem> {
        let remaining = |requests| Remaining { name: self.name, quota: self.quota, window_s: self.window_s, requests };
        match self.clients.check_key(&client) {
            Ok(snapshot) => Ok(remaining(snapshot.remaining_burst_capacity())),
            Err(not_until) => {
                let wait = not_until.wait_time_from(DefaultClock::default().now());
                Err(remaining(0).into_problem(wait))
            }
        }
    }
}

impl Remaining {
    /// Returns the `RateLimit` headers.
    pub fn headers(&self) -> HeaderMap {
        let Self { name, quota, window_s, requests } = self;
        let headers = [
            (RATE_LIMIT_POLICY, format!("\"{name}\";q={quota};w={window_s}")),
            (RATE_LIMIT, format!("\"{name}\";r={requests};t={window_s}")),
        ];
        // Letters, digits and quotes are always valid in a header.
        headers.into_iter().filter_map(|(name, value)| Some((name, HeaderValue::from_str(&value).ok()?))).collect()
    }

    fn into_problem(self, wait: Duration) -> Problem {
        Problem::too_many_requests(self.quota.get(), self.window_s, wait).headers(self.headers())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    /// The memory of the limits would otherwise grow with each new address.
    #[tokio::test]
    async fn idle_clients_are_evicted() {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/holdfast.db", dir.path().display());
        let store = checkout::store::open(&url).await.unwrap();
        store.migrate().await.unwrap();
        let clock = store.clock();
        let checkout = Checkout::start(store, clock, checkout::Limits::default()).await.unwrap();
        let quota = NonZeroU32::new(1000).unwrap();
        let limiter = RateLimiter {
            requests: Limit::new("requests", quota, 1),
            token_requests: Limit::new("sign-ins", quota, 1),
            console_sign_ins: None,
            trusted_proxies: Vec::new(),
            tokens: Arc::new(Tokens::new(&[])),
            checkout,
        };
        let limits = || [&limiter.requests, &limiter.token_requests].map(|limit| limit.as_ref().unwrap());
        for client in (0..100).map(|n| ClientKey::Network(Ipv4Addr::from_bits(n).into())) {
            for limit in limits() {
                assert!(limit.count(client).is_ok());
            }
        }
        assert_eq!(limits().map(|limit| limit.clients.len()), [100, 100]);
        let evicted = async {
            while limits().iter().any(|limit| !limit.clients.is_empty()) {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        let eviction = limiter.evict_idle_clients_every(Duration::from_millis(5));
        tokio::select! {
            () = eviction => {}
            () = evicted => return,
            () = tokio::time::sleep(Duration::from_secs(30)) => {}
        }
        assert_eq!(limits().map(|limit| limit.clients.len()), [0, 0]);
    }
}
