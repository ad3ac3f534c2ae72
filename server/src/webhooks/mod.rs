//! What payment providers send (DESIGN §6). Each scheme of signing is a file of its own: it turns a raw request into a
//! verified [`Delivery`], or says why not. `payment` is the address that all of them post to.

pub mod event;
pub mod payment;
pub mod plain;
pub mod signature;
pub mod standard;
pub mod stripe;

use crate::{problem::Problem, secret::Secret, state::AppState};
use checkout::Delivery;
use http::HeaderMap;
use signature::{Forged, Key};

/// How a request is signed: the headers tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Plain,
    Standard,
    Stripe,
}

impl Scheme {
    /// The one scheme that the headers speak of. Whoever sends two could have one verified and the other one read.
    fn of(headers: &HeaderMap) -> Result<Self, Forged> {
        let any = |names: &[&str]| names.iter().any(|name| headers.contains_key(*name));
        match (any(&plain::HEADERS), any(&standard::HEADERS), any(&[stripe::SIGNATURE])) {
            (true, false, false) => Ok(Self::Plain),
            (false, true, false) => Ok(Self::Standard),
            (false, false, true) => Ok(Self::Stripe),
            (false, false, false) => Err(Forged::Unsigned),
            _ => Err(Forged::Mixed),
        }
    }

    /// The word for it in the log.
    fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Standard => "standard",
            Self::Stripe => "stripe",
        }
    }

    async fn read(self, state: &AppState, headers: &HeaderMap, raw: &[u8]) -> Result<Message, Rejected> {
        let (keys, now) = (&state.webhook_keys, state.checkout.now());
        match self {
            Self::Plain => plain::read(&keys.plain, headers, raw, now).map(Message::Payment),
            Self::Standard => standard::read(&keys.standard, headers, raw, now).map(Message::Payment),
            Self::Stripe => stripe::read(state, headers, raw).await,
        }
    }
}

/// The secrets of all schemes, ready to verify with.
pub struct Keys {
    plain: Vec<Key>,
    standard: Vec<Key>,
    stripe: Vec<Key>,
}

impl Keys {
    /// Of `HOLDFAST_WEBHOOK_SECRETS`, for two schemes, and of `HOLDFAST_STRIPE_SECRETS`.
    pub fn new(webhook: &[Secret], stripe: &[Secret]) -> Self {
        let as_they_are = |secrets: &[Secret]| secrets.iter().filter_map(|s| Key::new(s.expose())).collect();
        let standard = webhook.iter().filter_map(|s| Key::new(&standard::secret(s.expose())?));
        Self { plain: as_they_are(webhook), standard: standard.collect(), stripe: as_they_are(stripe) }
    }
}

/// What a verified request says.
#[derive(Debug)]
enum Message {
    /// A payment event.
    Payment(Delivery),
    /// Nothing that this shop has to do with. The provider is told that it came, so that it is not sent again.
    Foreign {
        /// The provider's id of it.
        event: String,
        /// What it is, or lacks.
        why: String,
    },
    /// Money that is none, sent to where orders are real.
    TestMode {
        /// The provider's id of it.
        event: String,
    },
}

/// Why a request is not heard.
#[derive(Debug, thiserror::Error)]
enum Rejected {
    /// It is not the provider's.
    #[error(transparent)]
    Forged(#[from] Forged),
    /// Its idempotency key cannot be read.
    #[error("the idempotency key cannot be read")]
    Key(Box<Problem>),
    /// It is the provider's, and its body is not what was agreed on. The log is not told what the body says.
    #[error("the body has a {:?} error at line {}, column {}", .0.classify(), .0.line(), .0.column())]
    Json(serde_json::Error),
    /// It is the provider's, and something is missing in it or cannot be.
    #[error("{0}")]
    Unreadable(&'static str),
    /// What it is about could not be looked up.
    #[error("{0}")]
    Checkout(#[from] checkout::Error),
}
