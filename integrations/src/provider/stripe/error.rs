//! How calls to Stripe fail, and what follows for the shop.
//!
//! | Stripe | here |
//! |---|---|
//! | no connection, so nothing was sent | busy |
//! | time limit, a broken connection, an unreadable response | unknown |
//! | 409: the idempotency key is in use, or the object is locked | busy |
//! | 429 | busy, with `Retry-After` |
//! | 401, 403 | busy for a minute: a mistake of the settings, and nothing was done |
//! | 5xx, 408, 424 | unknown |
//! | 5xx with `Idempotent-Replayed: true` | refused: the key is spent |
//! | other 4xx, also a key that is repeated with other parameters | refused |
//!
//! Messages have Stripe's status, type, code, parameter and request id. Stripe's own message is left out, because it may repeat
//! what was sent, such as an e-mail address.

use super::object;
use crate::provider::ProviderError;
use http::{HeaderMap, StatusCode, header::RETRY_AFTER};
use serde::Deserialize;
use std::{fmt, time::Duration};
use stripe_client_core::StripeClientErr;

/// Longest pause that Stripe can ask for.
const MAX_RETRY_AFTER: Duration = Duration::from_mins(10);

/// The pause after Stripe rejected the key. It says nothing about the payment or the refund, so the call is repeated.
const KEY_PAUSE: Duration = Duration::from_mins(1);

/// Why the settings cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The key is no secret key.
    #[error("Stripe's key is a secret or restricted key, which begins with sk_ or rk_")]
    Key,
    /// The address is not allowed.
    #[error("Stripe's address is an https URL; plain http is for loopback addresses, such as that of a test double")]
    Api,
    /// The account is no account id.
    #[error("a Stripe account is an id that begins with acct_")]
    Account,
    /// The HTTP client cannot be made.
    #[error("the HTTP client for Stripe cannot be made: {0}")]
    Client(String),
}

/// Why a call failed.
#[derive(Debug)]
pub(super) enum CallError {
    /// Stripe answered with an error.
    Api(ApiError),
    /// Nothing was sent.
    NotSent(&'static str),
    /// The request would not be one of Stripe's.
    Invalid(&'static str),
    /// An id has a form that no id of Stripe has.
    ForeignId,
    /// The request was sent, and there is no usable answer.
    NoAnswer(&'static str),
}

/// An error that Stripe answered with.
#[derive(Debug)]
pub(super) struct ApiError {
    status: StatusCode,
    kind: Option<String>,
    code: Option<String>,
    param: Option<String>,
    request: Option<String>,
    /// Whether this is the stored answer to an earlier call under the same key.
    replayed: bool,
    retry_after: Option<Duration>,
}

#[derive(Deserialize, Default)]
struct Body {
    #[serde(default)]
    error: Detail,
}

#[derive(Deserialize, Default)]
struct Detail {
    #[serde(rename = "type")]
    kind: Option<String>,
    code: Option<String>,
    param: Option<String>,
}

impl ApiError {
    pub(super) fn of(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let Body { error } = serde_json::from_slice(body).unwrap_or_default();
        let code = |text: Option<String>| text.map(|text| object::code(&text).to_owned());
        let seconds = header(RETRY_AFTER.as_str()).and_then(|text| text.trim().parse().ok());
        Self {
            status,
            kind: code(error.kind),
            code: code(error.code),
            param: code(error.param),
            request: code(header("request-id").map(str::to_owned)),
            replayed: header("idempotent-replayed").is_some_and(|text| text.eq_ignore_ascii_case("true")),
            retry_after: seconds.map(|seconds| Duration::from_secs(seconds).min(MAX_RETRY_AFTER)),
        }
    }

    /// Stripe's code of the error.
    pub(super) fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Stripe answered {}", self.status.as_u16())?;
        for (name, text) in
            [("type", &self.kind), ("code", &self.code), ("param", &self.param), ("request", &self.request)]
        {
            if let Some(text) = text {
                write!(f, ", {name} {text}")?;
            }
        }
        Ok(())
    }
}

impl CallError {
    /// Classifies a failure of the HTTP client. Its text is left out, since it contains the address with its query.
    pub(super) fn of(error: &reqwest::Error) -> Self {
        if error.is_connect() {
            Self::NotSent("Stripe cannot be reached")
        } else if error.is_builder() {
            Self::Invalid("the request cannot be made")
        } else if error.is_timeout() {
            Self::NoAnswer("Stripe did not answer in time")
        } else {
            Self::NoAnswer("the connection to Stripe broke")
        }
    }

    /// Stripe's code of the error.
    pub(super) fn code(&self) -> Option<&str> {
        if let Self::Api(error) = self { error.code() } else { None }
    }

    /// Whether Stripe knows no object of that id.
    pub(super) fn is_missing(&self) -> bool {
        matches!(self, Self::ForeignId) || self.code() == Some("resource_missing")
    }
}

impl From<ApiError> for CallError {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

impl StripeClientErr for CallError {
    fn deserialize_err(_: impl fmt::Display) -> Self {
        Self::NoAnswer("Stripe's answer has another shape than expected")
    }
}

impl From<CallError> for ProviderError {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Api(error) => error.into(),
            CallError::NotSent(reason) => Self::Busy { reason: reason.to_owned(), retry_after: None },
            CallError::Invalid(reason) => Self::Refused(reason.to_owned()),
            CallError::ForeignId => Self::Refused("the id is none of Stripe's".to_owned()),
            CallError::NoAnswer(reason) => Self::Unknown(reason.to_owned()),
        }
    }
}

impl From<ApiError> for ProviderError {
    fn from(error: ApiError) -> Self {
        let text = error.to_string();
        match error.status.as_u16() {
            401 => Self::key_rejected(format!("{text}: check the key in HOLDFAST_STRIPE_KEY")),
            403 => Self::key_rejected(format!("{text}: check what the key in HOLDFAST_STRIPE_KEY may do")),
            409 | 429 => Self::Busy { reason: text, retry_after: error.retry_after },
            408 | 424 | 500.. if error.replayed => {
                Self::Refused(format!("{text}: the stored answer of an earlier call"))
            }
            408 | 424 | 500.. => Self::Unknown(text),
            _ => Self::Refused(text),
        }
    }
}

impl ProviderError {
    fn key_rejected(reason: String) -> Self {
        Self::Busy { reason, retry_after: Some(KEY_PAUSE) }
    }
}
