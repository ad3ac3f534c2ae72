//! Inbound payment webhooks. Each signature scheme is a file: it turns a raw request into a verified [`PaymentEvent`], or
//! says why not. All of them post to the address in [`payment`].

mod body_schema;
pub mod event;
mod notice;
pub mod payment;
pub mod plain;
mod receipt;
pub mod signature;
pub mod standard;
pub mod stripe;

use crate::{config::Settings, problem::Problem, state::AppState};
use checkout::{PaymentEvent, model::EventKey};
use http::HeaderMap;
use integrations::provider::{EventError, Notice};
use signature::{Key, SignatureError};
use utoipa::{Path as _, openapi::HttpMethod};
use utoipa_axum::{router::OpenApiRouter, routes};

/// Returns the routes. The second path is an alias, for providers that were given it.
pub fn routes() -> OpenApiRouter<AppState> {
    let (schemas, mut paths, handler) = routes!(payment::receive);
    let mut alias = payment::__path_receive::operation();
    alias.tags = Some(vec!["Payments".to_owned()]);
    alias.operation_id = Some("receivePaymentAlias".to_owned());
    alias.summary = Some("Deliver a payment event (alias)".to_owned());
    alias.description = Some("The same as `/api/webhooks/payment`.".to_owned());
    paths.add_path_operation("/api/webhooks/payments", vec![HttpMethod::Post], alias);
    OpenApiRouter::new().routes((schemas, paths, handler))
}

/// A signature scheme. The request's headers tell which one it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// The shop's own scheme.
    Plain,
    /// Standard Webhooks.
    Standard,
    /// Stripe's scheme.
    Stripe,
}

impl Scheme {
    /// All schemes.
    pub const ALL: [Self; 3] = [Self::Plain, Self::Standard, Self::Stripe];

    /// Returns the scheme of a request. Headers of two schemes are an error: one could be verified and the other read.
    fn of(headers: &HeaderMap) -> Result<Self, SignatureError> {
        let any = |names: &[&str]| names.iter().any(|name| headers.contains_key(*name));
        match (any(&plain::HEADERS), any(&standard::HEADERS), any(&[stripe::SIGNATURE])) {
            (true, false, false) => Ok(Self::Plain),
            (false, true, false) => Ok(Self::Standard),
            (false, false, true) => Ok(Self::Stripe),
            (false, false, false) => Err(SignatureError::Unsigned),
            _ => Err(SignatureError::Mixed),
        }
    }

    /// Name in logs and metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Standard => "standard",
            Self::Stripe => "stripe",
        }
    }
}

/// The secrets of all schemes, ready to verify with.
pub struct WebhookKeys {
    plain: Vec<Key>,
    standard: Vec<Key>,
    stripe: Vec<Key>,
}

impl WebhookKeys {
    /// Uses `HOLDFAST_WEBHOOK_SECRETS` for two schemes, and `HOLDFAST_STRIPE_SECRETS` for Stripe's.
    pub fn new(settings: &Settings) -> Self {
        let webhook = &settings.webhook_secrets;
        Self {
            plain: webhook.iter().filter_map(|secret| Key::new(secret.expose())).collect(),
            standard: webhook.iter().filter_map(|secret| Key::new(&secret.standard_webhooks_key()?)).collect(),
            stripe: settings.stripe_secrets.iter().filter_map(|secret| Key::new(secret.expose())).collect(),
        }
    }
}

/// The content of a verified request.
#[derive(Debug)]
enum Message {
    /// A payment event of the shop's own schemes.
    Payment(PaymentEvent),
    /// An event of the provider's scheme. One that does not concern this shop is acknowledged, so that the provider does not
    /// send it again.
    Notice(Notice),
    /// A test event that reached production.
    TestMode {
        /// The provider's id of the event.
        event: String,
    },
}

/// Why a request is rejected.
#[derive(Debug, thiserror::Error)]
enum Rejected {
    /// The signature is invalid.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// The idempotency key is malformed.
    #[error("the idempotency key cannot be read")]
    Key(Box<Problem>),
    /// The body is not the JSON that was agreed on. The log does not repeat the body.
    #[error("the body has a {:?} error at line {}, column {}", .0.classify(), .0.line(), .0.column())]
    Json(serde_json::Error),
    /// A field is missing or invalid.
    #[error("{0}")]
    Unreadable(&'static str),
    /// The provider has signed the event, which is of no use.
    #[error("{reason}")]
    Event {
        /// The event's id, if it has a valid one.
        id: Option<EventKey>,
        /// Why it is of no use.
        reason: Box<Rejected>,
    },
    /// The order or hold could not be looked up.
    #[error("{0}")]
    Checkout(#[from] checkout::Error),
}

impl From<EventError> for Rejected {
    fn from(error: EventError) -> Self {
        match error {
            EventError::Json(error) => Self::Json(error),
            EventError::Unreadable(detail) => Self::Unreadable(detail),
        }
    }
}
