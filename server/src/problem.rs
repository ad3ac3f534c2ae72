//! The one place where a "no" becomes HTTP: RFC 9457 problem details. `type` is stable and has a page
//! (`catalogue`), `detail` says what to do, and what a program needs to know has a member of its own.

pub mod catalogue;
pub mod examples;

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

/// An answer that grants nothing.
#[derive(Debug)]
pub struct Problem(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: Kind,
    detail: Cow<'static, str>,
    members: Vec<(&'static str, Value)>,
    headers: HeaderMap,
}

/// Left in a response's extensions, for the request's line in the log.
#[derive(Debug, Clone, Copy)]
pub struct ProblemKind(pub &'static str);

impl Problem {
    /// A problem of this kind; `detail` says what there is to say about this one.
    pub fn new(kind: Kind, detail: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner { kind, detail: detail.into(), members: Vec::new(), headers: HeaderMap::new() }))
    }

    /// Adds an extension member, which the catalogue knows.
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

    /// Nothing is at this address.
    pub fn no_route() -> Self {
        Self::new(Kind::NotFound, "There is no such address in this API; check the path.")
    }

    /// Something is at this address, for another method.
    pub fn method() -> Self {
        Self::new(Kind::MethodNotAllowed, "Use a method that the Allow header names.")
    }

    /// Too much to do; nothing was done.
    pub fn busy(retry_after: Duration) -> Self {
        Self::new(Kind::Busy, "Nothing was done. Send the request again after the time in Retry-After.")
            .retry_after(retry_after)
    }

    /// The same request is being answered.
    pub fn in_progress() -> Self {
        let detail = "Your request with this Idempotency-Key is being answered; repeat it to learn its outcome.";
        Self::new(Kind::KeyInProgress, detail).retry_after(Duration::from_secs(1))
    }

    /// Something was done, or not: nobody knows yet.
    pub fn unknown_outcome() -> Self {
        let detail = "It may have been done. Repeat the request with the same Idempotency-Key to learn its outcome.";
        Self::new(Kind::OutcomeUnknown, detail).retry_after(Duration::from_secs(1))
    }

    /// A fault of ours. The log has `reference` and the rest; the client has `reference` alone.
    pub fn fault(what: &str) -> Self {
        let reference = getrandom::u64().map_or_else(|_| "unavailable".to_owned(), |n| format!("{n:016x}"));
        tracing::error!(reference, what, "answered 500");
        Self::faulty(reference)
    }

    fn faulty(reference: String) -> Self {
        let detail = "Repeat the request with the same Idempotency-Key; if it fails again, report the reference.";
        Self::new(Kind::Fault, detail).with("reference", reference)
    }

    /// Adds headers.
    #[must_use]
    pub fn headers(mut self, headers: HeaderMap) -> Self {
        self.0.headers.extend(headers);
        self
    }

    /// Says when to come back.
    #[must_use]
    pub fn retry_after(self, wait: Duration) -> Self {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        self.header(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)))
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(refusal) => refusal.into(),
            Error::Busy { retry_after } => Self::busy(retry_after),
            Error::OutcomeUnknown => Self::unknown_outcome(),
            Error::Internal => Self::fault("the checkout failed; the lines above say how"),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        use Refusal as R;
        let not_found = |kind, what: &str| {
            Self::new(kind, format!("There is no such {what}, or it belongs to somebody else; check the id."))
        };
        match refusal {
            R::UnknownProduct => not_found(Kind::UnknownProduct, "product"),
            R::UnknownHold => not_found(Kind::UnknownHold, "hold"),
            R::UnknownOrder => not_found(Kind::UnknownOrder, "order"),
            R::SoldOut { available, may_return } => Self::new(Kind::SoldOut, sold_out(available, may_return))
                .with("available", available)
                .with("may_return", may_return),
            R::SaleNotStarted { starts_at } => {
                let detail = format!("The sale opens at {starts_at}; ask again then.");
                Self::new(Kind::SaleNotOpen, detail).with("starts_at", starts_at.to_string())
            }
            R::SaleEnded { ended_at } => {
                let detail = format!("The sale ended at {ended_at}; nothing more is sold.");
                Self::new(Kind::SaleNotOpen, detail).with("ended_at", ended_at.to_string())
            }
            R::LimitReached { limit, taken } => {
                let left = limit.saturating_sub(taken);
                let detail =
                    format!("At most {limit} for each shopper, and this one has {taken}: ask for at most {left}.");
                Self::new(Kind::LimitReached, detail).with("limit", limit).with("taken", taken)
            }
            R::HoldExpired { expired_at } => {
                let detail = format!("The hold ran out at {expired_at}; place a new one.");
                Self::new(Kind::HoldExpired, detail).with("expired_at", expired_at.to_string())
            }
            R::HoldReleased => Self::new(Kind::HoldReleased, "Place a new hold."),
            R::HoldUsed { order_id } => {
                let detail = format!("The hold became order {order_id}; use that.");
                Self::new(Kind::HoldUsed, detail).with("order_id", order_id.to_string())
            }
            R::NoExtension => Self::new(Kind::NoExtension, "Order before the hold runs out."),
            R::OrderPaid => Self::new(Kind::OrderPaid, "A paid order is refunded, not cancelled."),
            R::KeyReused => {
                let detail = "This key was sent before with another payload; choose a new key for a new request.";
                Self::new(Kind::KeyReused, detail)
            }
            R::SlugTaken => Self::new(Kind::SlugTaken, "Choose another slug."),
            R::TooMuchStock => {
                Self::new(Kind::InvalidBody, "That many units cannot be counted or paid for; ask for fewer.")
            }
            R::StockCommitted { committed } => {
                let detail = format!("{committed} units are held, pending or sold: the total cannot be less.");
                Self::new(Kind::StockCommitted, detail).with("committed", committed)
            }
        }
    }
}

fn sold_out(available: u32, may_return: u32) -> Cow<'static, str> {
    match (available, may_return) {
        (0, 0) => "Every unit is sold.".into(),
        (0, n) => format!("Nothing is available; {n} in holds or unpaid orders may come back. Try again later.").into(),
        (n, _) => format!("Only {n} available: ask for at most that many.").into(),
    }
}

/// As RFC 9457 has it; our own members last.
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
        // Texts and numbers always have their JSON.
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let Inner { kind, headers, .. } = *self.0;
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = kind.entry().status;
        *response.headers_mut() = headers;
        let json = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
        response.extensions_mut().insert(ProblemKind(kind.entry().slug));
        response
    }
}
