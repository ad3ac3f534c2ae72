//! Maps refusals and errors to HTTP: RFC 9457 problem details. `type` is stable and has a page, `detail` is for people,
//! and facts for programs are members of their own.

pub mod catalogue;
mod clients;
mod endpoints;
pub mod examples;
mod payments;
mod pictures;

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
pub use catalogue::Kind;
use checkout::{Error, model::Refusal};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use serde::{Serialize, Serializer, ser::SerializeMap as _};
use serde_json::Value;
use std::{borrow::Cow, time::Duration};

/// `Retry-After` where nothing tells a better time.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// A problem response.
#[derive(Debug)]
pub struct Problem(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: Kind,
    detail: Cow<'static, str>,
    members: Vec<(&'static str, Value)>,
    headers: HeaderMap,
}

/// Slug of a problem, or code of an OAuth error. It is an extension of the response, for the log and for error pages.
#[derive(Debug, Clone, Copy)]
pub struct ErrorCode(pub &'static str);

impl Problem {
    /// Creates a problem of this kind. `detail` describes this occurrence.
    pub fn new(kind: Kind, detail: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner { kind, detail: detail.into(), members: Vec::new(), headers: HeaderMap::new() }))
    }

    /// Adds an extension member, which the catalogue must list.
    #[must_use]
    pub fn with(mut self, member: &'static str, value: impl Into<Value>) -> Self {
        self.0.members.push((member, value.into()));
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.insert(name, value);
        self
    }

    /// The path has no route.
    pub fn no_route() -> Self {
        Self::new(Kind::NotFound, "This API has no such path.")
    }

    /// The path has no route for this method.
    pub fn method_not_allowed() -> Self {
        Self::new(Kind::MethodNotAllowed, "Use one of the methods in the Allow header.")
    }

    /// The server is overloaded; nothing was done.
    pub fn overloaded() -> Self {
        Self::busy(RETRY_AFTER)
    }

    /// The engine is overloaded; nothing was done.
    pub fn busy(retry_after: Duration) -> Self {
        Self::new(Kind::Busy, "Nothing was done. Send the request again after the seconds in Retry-After.")
            .retry_after(retry_after)
    }

    /// A client has used up its quota of requests in a window of `window_s` seconds.
    pub fn too_many_requests(quota: u32, window_s: u32, wait: Duration) -> Self {
        let detail = format!(
            "More than {quota} requests in {window_s} s. Nothing was done. Send the request again after the seconds in \
             Retry-After."
        );
        Self::new(Kind::TooManyRequests, detail).retry_after(wait)
    }

    /// A request with the same idempotency key is in progress.
    pub fn in_progress() -> Self {
        let detail = "A request with this Idempotency-Key is in progress. Repeat it to learn its outcome.";
        Self::new(Kind::KeyInProgress, detail).retry_after(RETRY_AFTER)
    }

    /// The request may have taken effect, or not.
    pub fn unknown_outcome() -> Self {
        let detail = "The request may have taken effect. Repeat it with the same Idempotency-Key to learn its outcome.";
        Self::new(Kind::OutcomeUnknown, detail).retry_after(RETRY_AFTER)
    }

    /// An internal error. The log has its cause and a reference; the client gets the reference only.
    pub fn internal_error(what: &str) -> Self {
        let reference = getrandom::u64().map_or_else(|_| "unavailable".to_owned(), |n| format!("{n:016x}"));
        tracing::error!(reference, what, "internal error");
        Self::internal_error_with(reference)
    }

    fn internal_error_with(reference: String) -> Self {
        let detail = "Repeat the request with the same Idempotency-Key. If it fails again, report the reference.";
        Self::new(Kind::Fault, detail).with("reference", reference)
    }

    /// Adds headers.
    #[must_use]
    pub fn headers(mut self, headers: HeaderMap) -> Self {
        self.0.headers.extend(headers);
        self
    }

    /// Sets `Retry-After`, in whole seconds and at least one.
    #[must_use]
    pub fn retry_after(self, wait: Duration) -> Self {
        self.header(header::RETRY_AFTER, HeaderValue::from(whole_seconds(wait)))
    }
}

impl Problem {
    /// Returns the problem of a refusal that only the shop's operators meet.
    fn of_operator(refusal: &Refusal) -> Self {
        use Refusal as R;
        let says = |kind| Self::new(kind, sentence(&refusal.to_string()));
        match *refusal {
            R::StaleRevision { seen, current } => {
                let detail = format!("The product was edited meanwhile: it has revision {current}, not {seen}.");
                Self::new(Kind::StaleRevision, detail).with("seen", seen).with("current", current)
            }
            R::InvalidProduct { .. } => says(Kind::InvalidProduct),
            R::ProductInUse { units } => says(Kind::ProductInUse).with("units", units),
            R::OrderNotPaid => says(Kind::OrderNotPaid),
            R::RefundTooLarge { left } => says(Kind::RefundTooLarge).with("left", left),
            R::AlreadyRestocked { left } => says(Kind::AlreadyRestocked).with("left", left),
            R::DisputeOpen => Self::new(
                Kind::DisputeOpen,
                "The shopper disputes this payment at their bank. Refund it after the dispute is closed, if at all.",
            ),
            R::UnknownRefund => says(Kind::UnknownRefund),
            R::RefundState { state, attempt } => {
                says(Kind::RefundState).with("state", state.name()).with("attempt", attempt)
            }
            R::UnknownPayment => says(Kind::UnknownPayment),
            R::UnknownJob => says(Kind::UnknownJob),
            // `From` maps all others.
            _ => Self::internal_error(&refusal.to_string()),
        }
    }
}

/// Returns the text as a sentence: with a capital letter and a full stop.
pub(crate) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| format!("{}{}.", first.to_uppercase(), letters.as_str())).unwrap_or_default()
}

/// Returns whole seconds, at least one.
pub fn whole_seconds(wait: Duration) -> u64 {
    (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1)
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(refusal) => refusal.into(),
            Error::Busy { retry_after } => Self::busy(retry_after),
            Error::OutcomeUnknown => Self::unknown_outcome(),
            Error::Internal => Self::internal_error("the checkout failed; the log lines above say why"),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        use Refusal as R;
        let not_found =
            |kind, what: &str| Self::new(kind, format!("This {what} does not exist, or it belongs to another client."));
        match refusal {
            R::UnknownProduct => Self::new(Kind::UnknownProduct, "No product has this id or slug."),
            R::UnknownHold => not_found(Kind::UnknownHold, "hold"),
            R::UnknownOrder => not_found(Kind::UnknownOrder, "order"),
            R::SoldOut { available, may_return } => Self::new(Kind::SoldOut, sold_out(available, may_return))
                .with("available", available)
                .with("may_return", may_return),
            R::SaleNotStarted { starts_at } => {
                let detail = format!("The sale starts at {starts_at}.");
                Self::new(Kind::SaleNotOpen, detail).with("starts_at", starts_at.to_string())
            }
            R::SaleEnded { ended_at } => {
                let detail = format!("The sale ended at {ended_at}.");
                Self::new(Kind::SaleNotOpen, detail).with("ended_at", ended_at.to_string())
            }
            R::LimitReached { limit, taken } => {
                let left = limit.saturating_sub(taken);
                let detail =
                    format!("Each shopper may have {limit}, and this one has {taken}: request at most {left}.");
                Self::new(Kind::LimitReached, detail).with("limit", limit).with("taken", taken)
            }
            R::HoldExpired { expired_at } => {
                let detail = format!("The hold expired at {expired_at}. Place a new one.");
                Self::new(Kind::HoldExpired, detail).with("expired_at", expired_at.to_string())
            }
            R::HoldReleased => Self::new(Kind::HoldReleased, "Place a new hold."),
            R::HoldUsed { order_id } => {
                let detail = format!("Order {order_id} was already placed from this hold.");
                Self::new(Kind::HoldUsed, detail).with("order_id", order_id.to_string())
            }
            R::SalePaused => {
                Self::new(Kind::SalePaused, "The shop has paused the sale. Existing holds can be ordered.")
            }
            R::NoExtension => Self::new(Kind::NoExtension, "Place the order before the hold expires."),
            R::OrderPaid => Self::new(Kind::OrderPaid, "A paid order cannot be cancelled; refund its payment instead."),
            R::InProgress => Self::in_progress(),
            R::KeyReused => {
                let detail = "This key was already used for another request. Use a new key for each new request.";
                Self::new(Kind::KeyReused, detail)
            }
            R::SlugTaken => Self::new(Kind::SlugTaken, "Choose another slug."),
            R::TooMuchStock => {
                Self::new(Kind::InvalidBody, "That many units cannot be counted or paid for. Request fewer.")
            }
            R::StockCommitted { committed } => {
                let detail = format!("{committed} units are held, pending or sold; the total cannot be less.");
                Self::new(Kind::StockCommitted, detail).with("committed", committed)
            }
            R::StaleRevision { .. }
            | R::InvalidProduct { .. }
            | R::ProductInUse { .. }
            | R::OrderNotPaid
            | R::RefundTooLarge { .. }
            | R::AlreadyRestocked { .. }
            | R::DisputeOpen
            | R::UnknownRefund
            | R::RefundState { .. }
            | R::UnknownJob
            | R::UnknownPayment => Self::of_operator(&refusal),
        }
    }
}

fn sold_out(available: u32, may_return: u32) -> Cow<'static, str> {
    match (available, may_return) {
        (0, 0) => "Every unit is sold.".into(),
        (0, n) => format!("No unit is available. {n} in holds or unpaid orders may become available again.").into(),
        (n, _) => format!("Only {n} available: request at most that many.").into(),
    }
}

/// Serialises as RFC 9457 problem details, extension members last.
impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Inner { kind, detail, members, headers: _ } = &*self.0;
        let mut map = serializer.serialize_map(Some(4 + members.len()))?;
        map.serialize_entry("type", &kind.uri())?;
        map.serialize_entry("title", kind.entry().title)?;
        map.serialize_entry("status", &kind.entry().status.as_u16())?;
        map.serialize_entry("detail", detail)?;
        for (name, value) in members {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        // Serialising texts and numbers cannot fail.
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let Inner { kind, headers, .. } = *self.0;
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = kind.entry().status;
        *response.headers_mut() = headers;
        let json = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
        response.extensions_mut().insert(ErrorCode(kind.entry().slug));
        response
    }
}
