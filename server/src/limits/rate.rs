//! How often one client may ask. A client is whom a good token names, or else an address; of IPv6 a whole /64, which is one
//! customer's. Limited answers say how much is left, in the `RateLimit` headers of the HTTP API working group.

use super::address::{self, Peer};
use crate::{
    config::{RateLimit, Settings},
    problem::{Kind, Problem},
    state::AppState,
    telemetry,
};
use axum::extract::Request;
use checkout::model::Owner;
use governor::{
    DefaultKeyedRateLimiter, Quota,
    clock::{Clock as _, DefaultClock},
    middleware::StateInformationMiddleware,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use std::{
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    time::Duration,
};

/// Attempts to get a token, each of which costs a slow hash: far more than an honest client needs, who keeps its token for an
/// hour, and few enough that guessing does not keep the processors busy.
const SIGN_INS: NonZeroU32 = NonZeroU32::new(200).unwrap();
/// In so many seconds.
const SIGN_INS_WITHIN_S: u32 = 10;
/// How often those are forgotten who have their whole quota again.
const FORGET_EVERY: Duration = Duration::from_secs(10);

/// Where the payment provider posts.
const WEBHOOKS: [&str; 2] = ["/api/webhooks/payment", "/api/webhooks/payments"];
/// How the paths of the storefront's files begin.
const FILES: [&str; 4] = ["/pkg/", "/img/", "/favicon.", "/robots.txt"];

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// The limits that are set.
pub struct Rates {
    requests: Option<Limit>,
    sign_ins: Option<Limit>,
}

/// Whoever is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Who {
    Client(Owner),
    Network(IpAddr),
}

/// So many requests in so many seconds, for each.
struct Limit {
    name: &'static str,
    quota: NonZeroU32,
    within_s: u32,
    counted: DefaultKeyedRateLimiter<Who, StateInformationMiddleware>,
}

/// What is left to whoever asked, for the answer's headers.
pub struct Standing {
    name: &'static str,
    quota: NonZeroU32,
    within_s: u32,
    left: u32,
}

impl Rates {
    /// As it is set.
    pub fn new(settings: &Settings) -> Self {
        let per_second = match settings.rate_limit {
            RateLimit::PerSecond(quota) => Some(quota),
            RateLimit::Off | RateLimit::Usual => None,
        };
        let is_off = settings.rate_limit == RateLimit::Off;
        Self {
            requests: per_second.and_then(|quota| Limit::new("requests", quota, 1)),
            sign_ins: if is_off { None } else { Limit::new("sign-ins", SIGN_INS, SIGN_INS_WITHIN_S) },
        }
    }

    /// Counts a request. Answers what is left to its client, if it has a limit, or that it has used it up.
    pub fn admit(&self, state: &AppState, peer: Peer, request: &Request) -> Result<Option<Standing>, Problem> {
        let path = request.uri().path();
        if path == "/api/token"
            && *request.method() == Method::POST
            && let Some(limit) = &self.sign_ins
        {
            return limit.count(network(state, peer, request.headers())).map(Some);
        }
        match &self.requests {
            Some(limit) if is_counted(path) => {
                let client = state.tokens.client(request.headers(), state.checkout.now());
                let who = client.map_or_else(|| network(state, peer, request.headers()), Who::Client);
                limit.count(who).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn forget(&self) {
        for limit in [&self.requests, &self.sign_ins].into_iter().flatten() {
            limit.counted.retain_recent();
            limit.counted.shrink_to_fit();
        }
    }
}

/// Forgets, now and then, those who have not asked for a while, until the server is gone.
pub async fn keep_forgetting(state: AppState) {
    loop {
        tokio::time::sleep(FORGET_EVERY).await;
        state.rates.forget();
    }
}

impl Limit {
    /// `None` where the quota is more than can be counted, which is no limit.
    fn new(name: &'static str, quota: NonZeroU32, within_s: u32) -> Option<Self> {
        let each = Duration::from_secs(within_s.into()) / quota.get();
        let counted = Quota::with_period(each)?.allow_burst(quota);
        let counted = DefaultKeyedRateLimiter::keyed(counted).with_middleware();
        Some(Self { name, quota, within_s, counted })
    }

    fn count(&self, who: Who) -> Result<Standing, Problem> {
        let standing = |left| Standing { name: self.name, quota: self.quota, within_s: self.within_s, left };
        match self.counted.check_key(&who) {
            Ok(now) => Ok(standing(now.remaining_burst_capacity())),
            Err(not_until) => {
                let wait = not_until.wait_time_from(DefaultClock::default().now());
                Err(standing(0).used_up(wait))
            }
        }
    }
}

impl Standing {
    /// Says so in an answer.
    pub fn tell(&self, headers: &mut HeaderMap) {
        let Self { name, quota, within_s, left } = self;
        for (header, value) in [
            (RATE_LIMIT_POLICY, format!("\"{name}\";q={quota};w={within_s}")),
            (RATE_LIMIT, format!("\"{name}\";r={left};t={within_s}")),
        ] {
            // Letters, digits and quotes are always a header's value.
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(header, value);
            }
        }
    }

    fn used_up(&self, wait: Duration) -> Problem {
        let (quota, within_s) = (self.quota, self.within_s);
        let detail =
            format!("More than {quota} requests in {within_s} s. Nothing was done; ask again after Retry-After.");
        let mut headers = HeaderMap::new();
        self.tell(&mut headers);
        let problem = Problem::new(Kind::TooManyRequests, detail).retry_after(wait);
        headers.into_iter().fold(problem, |problem, (name, value)| match name {
            Some(name) => problem.header(name, value),
            None => problem,
        })
    }
}

/// Everything but what costs next to nothing, what probes ask, and the payment provider's word, which must never be turned
/// away for what others do.
fn is_counted(path: &str) -> bool {
    let is_file = FILES.iter().any(|place| path.starts_with(place));
    !(WEBHOOKS.contains(&path) || is_file || telemetry::is_probe(path))
}

fn network(state: &AppState, peer: Peer, headers: &HeaderMap) -> Who {
    Who::Network(of_request(state, peer, headers))
}

/// The network that a request comes from, as far as it is one customer's.
pub fn of_request(state: &AppState, Peer(peer): Peer, headers: &HeaderMap) -> IpAddr {
    match address::of(peer.ip(), headers, &state.settings.trusted_proxies) {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
    }
}
