//! The one place where a "no" becomes HTTP: RFC 9457 problem details. `type` is stable, `detail` says what to do, and
//! what a program needs to know has a member of its own.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use checkout::{Error, model::Refusal};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde_json::{Map, Value, json};

/// An answer that grants nothing.
#[derive(Debug)]
pub struct Problem(Box<Inner>);

#[derive(Debug)]
struct Inner {
    status: StatusCode,
    kind: &'static str,
    members: Map<String, Value>,
    headers: HeaderMap,
}

/// Left in a response's extensions, for the request's line in the log.
#[derive(Debug, Clone, Copy)]
pub struct ProblemKind(pub &'static str);

impl Problem {
    /// A problem of this `kind`, the last part of its `type`.
    pub fn new(status: StatusCode, kind: &'static str, title: &str, detail: impl Into<String>) -> Self {
        let mut members = Map::new();
        members.insert("type".to_owned(), json!(format!("/problems/{kind}")));
        members.insert("title".to_owned(), json!(title));
        members.insert("status".to_owned(), json!(status.as_u16()));
        members.insert("detail".to_owned(), Value::String(detail.into()));
        Self(Box::new(Inner { status, kind, members, headers: HeaderMap::new() }))
    }

    /// Adds an extension member.
    #[must_use]
    pub fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        self.0.members.insert(member.to_owned(), value.into());
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
        Self::new(
            StatusCode::NOT_FOUND,
            "not-found",
            "Nothing is here",
            "There is no such address in this API; check the path.",
        )
    }

    /// Something is at this address, for another method.
    pub fn method() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method-not-allowed",
            "Not with this method",
            "Use a method that the Allow header names.",
        )
    }

    /// The request cannot be read.
    pub fn bad_request(kind: &'static str, title: &str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, kind, title, detail)
    }

    /// The request can be read, and makes no sense.
    pub fn unprocessable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid-body", "The body is not as it should be", detail)
    }

    /// Too much to do; nothing was done.
    pub fn busy(retry_after: std::time::Duration) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "busy",
            "The checkout is busy",
            "Nothing was done. Send the request again after the time in Retry-After.",
        )
        .retry_after(retry_after)
    }

    /// Something was done, or not: nobody knows yet.
    pub fn unknown_outcome() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "outcome-unknown",
            "The outcome is not known yet",
            "It may have been done. Repeat the request with the same Idempotency-Key to learn its outcome.",
        )
        .retry_after(std::time::Duration::from_secs(1))
    }

    /// A fault of ours. The log has `reference` and the rest; the client has `reference` alone.
    pub fn fault(what: &str) -> Self {
        let reference = getrandom::u64().map_or_else(|_| "unavailable".to_owned(), |n| format!("{n:016x}"));
        tracing::error!(reference, what, "answered 500");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "fault",
            "Something broke on our side",
            "Repeat the request with the same Idempotency-Key; if it fails again, report the reference.",
        )
        .with("reference", reference)
    }

    fn retry_after(self, wait: std::time::Duration) -> Self {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        self.header(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)))
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(refusal) => refusal.into(),
            Error::Busy { retry_after } => Self::busy(retry_after),
            Error::Unknown => Self::unknown_outcome(),
            Error::Fault => Self::fault("the checkout failed; the lines above say how"),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        use Refusal as R;
        let not_found = |kind, what: &str| {
            let detail = format!("There is no such {what}, or it belongs to somebody else; check the id.");
            Self::new(StatusCode::NOT_FOUND, kind, &format!("No such {what}"), detail)
        };
        let conflict = |kind, title, detail: &str| Self::new(StatusCode::CONFLICT, kind, title, detail);
        let gone = |kind, title, detail: &str| Self::new(StatusCode::GONE, kind, title, detail);
        match refusal {
            R::UnknownProduct => not_found("unknown-product", "product"),
            R::UnknownHold => not_found("unknown-hold", "hold"),
            R::UnknownOrder => not_found("unknown-order", "order"),
            R::SoldOut { available, may_return } => {
                let detail = match (available, may_return) {
                    (0, 0) => "Every unit is sold.".to_owned(),
                    (0, n) => {
                        format!("Nothing is available; {n} in holds or unpaid orders may come back. Try again later.")
                    }
                    (n, _) => format!("Only {n} available: ask for at most that many."),
                };
                conflict("sold-out", "Not enough stock", &detail)
                    .with("available", available)
                    .with("may_return", may_return)
            }
            R::SaleNotStarted { starts_at } => {
                let detail = format!("The sale opens at {starts_at}; ask again then.");
                conflict("sale-not-open", "The sale has not started", &detail).with("starts_at", starts_at.to_string())
            }
            R::SaleEnded { ended_at } => {
                let detail = format!("The sale ended at {ended_at}; nothing more is sold.");
                conflict("sale-not-open", "The sale has ended", &detail).with("ended_at", ended_at.to_string())
            }
            R::LimitReached { limit, taken } => {
                let left = limit.saturating_sub(taken);
                let detail =
                    format!("At most {limit} for each shopper, and this one has {taken}: ask for at most {left}.");
                conflict("limit-reached", "The limit for one shopper is reached", &detail)
                    .with("limit", limit)
                    .with("taken", taken)
            }
            R::HoldExpired { expired_at } => {
                let detail = format!("The hold ran out at {expired_at}; place a new one.");
                gone("hold-expired", "The hold has expired", &detail).with("expired_at", expired_at.to_string())
            }
            R::HoldReleased => gone("hold-released", "The hold was given back", "Place a new hold."),
            R::HoldUsed { order_id } => {
                let detail = format!("The hold became order {order_id}; use that.");
                conflict("hold-used", "The hold is an order already", &detail).with("order_id", order_id.to_string())
            }
            R::NoExtension => conflict("no-extension", "No further extension", "Order before the hold runs out."),
            R::OrderPaid => conflict("order-paid", "The order is paid", "A paid order is refunded, not cancelled."),
            R::KeyReused => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "key-reused",
                "The idempotency key stands for another request",
                "This key was sent before with another payload; choose a new key for a new request.",
            ),
            R::SlugTaken => conflict("slug-taken", "The slug is taken", "Choose another slug."),
            R::TooMuchStock => Self::unprocessable("That many units cannot be counted or paid for; ask for fewer."),
            R::StockCommitted { committed } => {
                let detail = format!("{committed} units are held, pending or sold: the total cannot be less.");
                conflict("stock-committed", "The stock is committed", &detail).with("committed", committed)
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Inner { status, kind, members, headers } = *self.0;
        let mut response = Response::new(Body::from(Value::Object(members).to_string()));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        let json = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
        response.extensions_mut().insert(ProblemKind(kind));
        response
    }
}
