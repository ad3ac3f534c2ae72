//! `POST /api/webhooks/payment`: events of the plain HMAC scheme. The signature is verified before anything is read,
//! and nothing is stored unless it holds (DESIGN §6).

use super::signature;
use crate::{api::Answer, extract, problem::Problem, state::AppState};
use axum::{
    Json,
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
};
use checkout::{
    Delivery, Error, PaymentReply, PaymentVerdict,
    model::{Currency, Deposit, EventKey, HoldId, OrderId, PaymentStatus, Reference, RefundReason, TransactionId},
};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// What a provider says. A field more or less is a mistake in the adapter, better seen than guessed at.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Event {
    order_id: Option<OrderId>,
    hold_id: Option<HoldId>,
    transaction_id: TransactionId,
    status: PaymentStatus,
    amount: Option<i64>,
    currency: Option<Currency>,
}

/// What a provider is told.
#[derive(Debug, Serialize)]
struct Receipt {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    order_id: Option<OrderId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    order_status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<RefundReason>,
}

/// `POST /api/webhooks/payment`.
pub async fn receive(State(state): State<AppState>, headers: HeaderMap, body: Body) -> Answer<Response> {
    let raw = extract::body(body).await?;
    signature::verify(&state.webhook_secrets, &headers, &raw, state.checkout.now()).map_err(forged)?;
    let delivery = read(&headers, &raw)?;
    let log = tracing::info_span!("webhook", transaction = %delivery.transaction_id, status = delivery.status.name());
    let reply = state.checkout.record_payment(delivery).await;
    log.in_scope(|| record(&reply));
    Ok(receipt(reply?))
}

fn forged(why: signature::Forged) -> Problem {
    tracing::info!(%why, "a webhook was not believed");
    Problem::new(StatusCode::FORBIDDEN, "bad-signature", "The signature does not hold", format!("{why}."))
}

fn unreadable(detail: impl Into<String>) -> Problem {
    let problem = Problem::bad_request("unreadable-event", "The event cannot be read", detail);
    tracing::info!(?problem, "a webhook was signed and could not be read");
    problem
}

fn read(headers: &HeaderMap, raw: &[u8]) -> Result<Delivery, Problem> {
    let key = extract::idempotency_key(headers)?
        .and_then(|key| EventKey::try_from(key.as_str().to_owned()).ok())
        .ok_or_else(|| unreadable("Send the event's id as Idempotency-Key, the same however often it is delivered."))?;
    let event: Event = serde_json::from_slice(raw).map_err(|error| unreadable(format!("The body: {error}.")))?;
    let reference = match (event.order_id, event.hold_id) {
        (Some(order), None) => Reference::Order(order),
        (None, Some(hold)) => Reference::Hold(hold),
        _ => return Err(unreadable("Send order_id or hold_id, one of the two.")),
    };
    if event.amount.is_some_and(i64::is_negative) {
        return Err(unreadable("amount: minor units, zero or more."));
    }
    Ok(Delivery {
        key,
        fingerprint: Sha256::digest(raw).into(),
        reference,
        transaction_id: event.transaction_id,
        status: event.status,
        deposit: Deposit { amount: event.amount, currency: event.currency },
    })
}

fn record(reply: &Result<PaymentReply, Error>) {
    match reply {
        Ok(PaymentReply { verdict, order }) => {
            let order = order.as_ref().map(|(id, state)| format!("{id} {}", state.name()));
            tracing::info!(?verdict, order, "a webhook was recorded");
        }
        Err(Error::Refused(refusal)) => tracing::info!(%refusal, "a webhook was refused"),
        Err(error) => tracing::warn!(%error, "a webhook was not recorded; the provider will send it again"),
    }
}

fn receipt(reply: PaymentReply) -> Response {
    let (status, word, reason) = match reply.verdict {
        PaymentVerdict::Processed => (StatusCode::OK, "processed", None),
        PaymentVerdict::Duplicate => (StatusCode::OK, "duplicate", None),
        PaymentVerdict::Ignored => (StatusCode::OK, "ignored", None),
        PaymentVerdict::RefundDue(reason) => (StatusCode::OK, "refund_due", Some(reason)),
        PaymentVerdict::Parked => (StatusCode::ACCEPTED, "parked", None),
    };
    let (order_id, order_status) = reply.order.map(|(id, state)| (id, state.name())).unzip();
    (status, Json(Receipt { status: word, order_id, order_status, reason })).into_response()
}
