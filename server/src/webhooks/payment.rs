//! `POST /api/webhooks/payment`: what any provider says of a payment. The signature is verified before anything is read,
//! nothing is stored unless it holds, and nothing is answered 200 that is not on disk (DESIGN §6).

use super::{Message, Rejected, Scheme};
use crate::{
    api::{Answer, orders::OrderStatus, words::RefundReason},
    extract,
    metrics::Delivered,
    problem::{Kind, Problem},
    state::AppState,
};
use axum::{
    Json,
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
};
use checkout::{
    Delivery, Error, PaymentReply, PaymentVerdict,
    model::{OrderId, Reference},
};
use http::{HeaderMap, StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

/// What a provider is told: its event is on disk.
#[derive(Debug, Serialize, ToSchema)]
pub struct Receipt {
    /// What became of the event.
    status: Outcome,
    /// The order it was about, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Uuid, required = false)]
    order_id: Option<OrderId>,
    /// How that order stands now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = OrderStatus, required = false)]
    order_status: Option<OrderStatus>,
    /// Why the money must go back.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = RefundReason, required = false)]
    reason: Option<RefundReason>,
}

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PaymentOutcome)]
pub enum Outcome {
    /// It moved its order.
    Processed,
    /// It was delivered before, or its transaction had said the same.
    Duplicate,
    /// There was nothing to do.
    Ignored,
    /// It waits for its order; answered with 202.
    Parked,
    /// Its money must go back.
    RefundDue,
}

/// `POST /api/webhooks/payment`.
pub async fn receive(State(state): State<AppState>, headers: HeaderMap, body: Body) -> Answer<Response> {
    let raw = extract::body(body).await?;
    let (scheme, heard) = match Scheme::of(&headers) {
        Ok(scheme) => (scheme.name(), scheme.read(&state, &headers, &raw).await),
        Err(forged) => ("none", Err(forged.into())),
    };
    match heard {
        Ok(Message::Payment(delivery)) => record(&state, scheme, delivery).await,
        Ok(Message::Foreign { event, why }) => {
            state.metrics.webhook(scheme, Delivered::Ignored);
            tracing::info!(scheme, event, why, verdict = "ignored", "a webhook is about nothing of this shop's");
            Ok(Receipt::ignored().into_response())
        }
        Ok(Message::TestMode { event }) => {
            state.metrics.webhook(scheme, Delivered::Ignored);
            tracing::warn!(scheme, event, verdict = "ignored", "a webhook of test mode came to production");
            Ok(Receipt::ignored().into_response())
        }
        Err(why) => {
            state.metrics.webhook(scheme, why.outcome());
            tracing::info!(scheme, %why, "a webhook was turned away");
            Err(why.into())
        }
    }
}

async fn record(state: &AppState, scheme: &'static str, delivery: Delivery) -> Answer<Response> {
    let told = delivery.clone();
    let reply = state.checkout.record_payment(delivery).await;
    log(scheme, &told, &reply);
    state.metrics.webhook(scheme, outcome(&reply));
    reply.map(|reply| Receipt::of(reply).into_response()).map_err(|error| Rejected::Checkout(error).into())
}

fn outcome(reply: &Result<PaymentReply, Error>) -> Delivered {
    match reply {
        Ok(reply) => match reply.verdict {
            PaymentVerdict::Processed => Delivered::Processed,
            PaymentVerdict::Duplicate => Delivered::Duplicate,
            PaymentVerdict::Ignored => Delivered::Ignored,
            PaymentVerdict::Parked => Delivered::Parked,
            PaymentVerdict::RefundDue(_) => Delivered::RefundDue,
        },
        Err(Error::Refused(_)) => Delivered::Refused,
        Err(_) => Delivered::NotRecorded,
    }
}

/// One line for each delivery: what it was and what became of it; never its body or its signature.
fn log(scheme: &'static str, told: &Delivery, reply: &Result<PaymentReply, Error>) {
    let Delivery { key, transaction_id, status, .. } = told;
    let (event, transaction, status) = (key.as_str(), transaction_id.as_str(), status.name());
    let (order, hold) = match told.reference {
        Reference::Order(id) => (Some(id), None),
        Reference::Hold(id) => (None, Some(id)),
    };
    let known = reply.as_ref().ok().and_then(|reply| reply.order.as_ref());
    let order_status = known.map(|(_, state)| state.name());
    let order = known.map(|(id, _)| *id).or(order).map(tracing::field::display);
    let hold = hold.map(tracing::field::display);
    macro_rules! line {
        ($level:ident, $($what:tt)*) => {
            tracing::$level!(scheme, event, transaction, status, order, hold, order_status, $($what)*)
        };
    }
    match reply {
        Ok(PaymentReply { verdict: verdict @ PaymentVerdict::RefundDue(_), .. }) => {
            line!(warn, ?verdict, "a webhook was recorded: money has to go back");
        }
        Ok(PaymentReply { verdict, .. }) => line!(info, ?verdict, "a webhook was recorded"),
        Err(Error::Refused(refusal)) => line!(warn, %refusal, "a webhook was refused"),
        Err(error) => line!(warn, %error, "a webhook was not recorded; the provider will send it again"),
    }
}

impl Receipt {
    fn ignored() -> Self {
        Self { status: Outcome::Ignored, order_id: None, order_status: None, reason: None }
    }

    fn of(reply: PaymentReply) -> Self {
        let (status, reason) = match reply.verdict {
            PaymentVerdict::Processed => (Outcome::Processed, None),
            PaymentVerdict::Duplicate => (Outcome::Duplicate, None),
            PaymentVerdict::Ignored => (Outcome::Ignored, None),
            PaymentVerdict::Parked => (Outcome::Parked, None),
            PaymentVerdict::RefundDue(reason) => (Outcome::RefundDue, Some(reason.into())),
        };
        let (order_id, order_status) = reply.order.map(|(id, state)| (id, OrderStatus::from(&state))).unzip();
        Self { status, order_id, order_status, reason }
    }
}

impl IntoResponse for Receipt {
    fn into_response(self) -> Response {
        let status = if self.status == Outcome::Parked { StatusCode::ACCEPTED } else { StatusCode::OK };
        (status, Json(self)).into_response()
    }
}

impl Rejected {
    fn outcome(&self) -> Delivered {
        match self {
            Self::Forged(_) => Delivered::Forged,
            Self::Key(_) | Self::Json(_) | Self::Unreadable(_) => Delivered::Unreadable,
            Self::Checkout(_) => Delivered::NotRecorded,
        }
    }
}

impl From<Rejected> for Problem {
    fn from(why: Rejected) -> Self {
        match why {
            Rejected::Forged(why) => Self::new(Kind::BadSignature, format!("{why}.")),
            Rejected::Key(problem) => *problem,
            Rejected::Json(error) => Self::new(Kind::UnreadableEvent, format!("The body: {error}.")),
            Rejected::Unreadable(detail) => Self::new(Kind::UnreadableEvent, detail),
            // A provider sends again what was not stored: 503 tells it when.
            Rejected::Checkout(Error::Fault) => Self::unknown_outcome(),
            Rejected::Checkout(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use checkout::model::Refusal;
    use std::time::Duration;

    #[test]
    fn what_was_not_stored_is_503_and_says_when_to_send_it_again() {
        for error in [Error::Busy { retry_after: Duration::from_secs(1) }, Error::Unknown, Error::Fault] {
            let response = Problem::from(Rejected::Checkout(error.clone())).into_response();
            assert_eq!(response.status(), 503, "{error:?}");
            assert_eq!(response.headers()["retry-after"], "1", "{error:?}");
        }
        let reused = Problem::from(Rejected::Checkout(Error::Refused(Refusal::KeyReused)));
        assert_eq!(reused.into_response().status(), 422);
    }
}
