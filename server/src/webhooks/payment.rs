//! `POST /api/webhooks/payment`: receives payment events of any provider. The signature is verified before the body is
//! parsed, nothing is stored if it is invalid, and a 2xx response means that the event is on disk.

use super::{
    Message, Rejected, Scheme, WebhookKeys, body_schema::WebhookBody, notice, plain, receipt::Receipt, standard, stripe,
};
use crate::{
    api::{ApiResult, examples},
    config::Settings,
    http::body::MAX_BODY_SIZE,
    problem::{Kind, Problem, sentence},
    telemetry::metrics::{DeliveryOutcome, Metrics, NO_SCHEME},
};
use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use checkout::{
    Checkout, Error, PaymentEvent, PaymentReply, PaymentVerdict,
    model::{EventKey, EventPayload, MAX_PAYLOAD_SIZE, Reference, Timestamp},
};
use http::{HeaderMap, header};
use integrations::payments::Payments;
use std::sync::Arc;

const _: () = assert!(MAX_BODY_SIZE <= MAX_PAYLOAD_SIZE, "the engine stores every body that a webhook accepts");

/// Receives a payment event.
///
/// For payment providers and adapters to them. The signature covers the raw bytes of the body, in one of three schemes:
///
/// | scheme | signature | event's id |
/// |---|---|---|
/// | plain HMAC | `X-Webhook-Timestamp`, `X-Webhook-Signature` | `Idempotency-Key` |
/// | [Standard Webhooks](https://www.standardwebhooks.com) | `webhook-timestamp`, `webhook-signature` | `webhook-id` |
/// | [Stripe](https://docs.stripe.com/webhooks) | `Stripe-Signature` | in the body |
///
/// Send the headers of one scheme only. A payment may name a hold that has no order yet. It is then stored, returns 202, and
/// takes effect in the transaction that places the order. While a dispute of a payment is open, the payment is not refunded.
/// Disputes name the transaction that was paid, and one that was closed stays closed, in whichever order the two events
/// arrive. Stripe's events about refunds change the shop's refunds. A 200 or 202 means that the event is on disk. After any other
/// response, or none, deliver the event again; it takes effect once.
#[utoipa::path(
    post,
    path = "/api/webhooks/payment",
    operation_id = "receivePayment",
    tag = "Payments",
    summary = "Deliver a payment event",
    params(
        ("X-Webhook-Timestamp", Header),
        ("Idempotency-Key", Header, description = "**Plain HMAC**: id of the event; the same for each delivery."),
        ("webhook-timestamp", Header),
        ("webhook-id", Header),
    ),
    request_body(
        content = WebhookBody,
        examples(
            ("paid" = (summary = "An order is paid", value = json!(examples::payment("order_id", examples::ORDER_ID)))),
            ("early" = (
                summary = "A hold is paid before its order exists",
                value = json!(examples::payment("hold_id", examples::HOLD_ID))
            )),
            ("failed" = (
                summary = "A payment failed for good",
                value = json!({
                    "order_id": examples::ORDER_ID,
                    "transaction_id": "tx-5502",
                    "status": "failure",
                })
            )),
            ("disputed" = (
                summary = "The shopper disputes a payment",
                value = json!({
                    "order_id": examples::ORDER_ID,
                    "transaction_id": "tx-5501",
                    "status": "dispute_opened",
                    "dispute_id": "dp-17",
                })
            )),
            ("stripe" = (summary = "Stripe: a session is completed", value = json!(examples::stripe_event()))),
        ),
    ),
    responses(
        (
            status = OK,
            description = "The event is on disk and has taken effect.",
            body = Receipt,
            examples(
                ("processed" = (summary = "The order is paid", value = json!(examples::receipt("processed")))),
                ("duplicate" = (summary = "Delivered before", value = json!(examples::receipt("duplicate")))),
                ("refund" = (summary = "A refund is due", value = json!({
                    "status": "refund_due",
                    "order_id": examples::ORDER_ID,
                    "order_status": "cancelled",
                    "reason": "sold_out",
                }))),
                ("ignored" = (summary = "Nothing to do", value = json!({ "status": "ignored" }))),
            ),
        ),
        (
            status = ACCEPTED,
            description = "The event is on disk and waits for its order.",
            body = Receipt,
            example = json!({ "status": "parked" }),
        ),
    ),
    security(("plainHmac" = []), ("standardWebhooks" = []), ("stripe" = [])),
    extensions(("x-problems" = json!([Kind::BadIdempotencyKey, Kind::UnreadableEvent, Kind::BadSignature, Kind::KeyReused]))),
)]
pub async fn receive(
    State(checkout): State<Checkout>,
    State(payments): State<Payments>,
    State(keys): State<Arc<WebhookKeys>>,
    State(settings): State<Arc<Settings>>,
    State(metrics): State<Arc<Metrics>>,
    headers: HeaderMap,
    raw: Bytes,
) -> ApiResult<Response> {
    let (scheme, message) = match Scheme::of(&headers) {
        Ok(scheme) => (scheme.name(), read(scheme, &keys, &settings, (&headers, &raw), checkout.now())),
        Err(error) => (NO_SCHEME, Err(error.into())),
    };
    match message {
        Ok(Message::Payment(event)) => {
            let delivered = PaymentEvent { payload: payload(&headers, &raw), ..event.clone() };
            let reply = checkout.record_payment(delivered).await;
            log(scheme, &event, &reply);
            metrics.webhook(scheme, outcome(&reply));
            reply.map(|reply| Receipt::of(&reply).into_response()).map_err(|error| Rejected::Checkout(error).into())
        }
        Ok(Message::Notice(notice)) => {
            let (receipt, outcome) = notice::receive(&payments, scheme, notice, payload(&headers, &raw)).await;
            metrics.webhook(scheme, outcome);
            receipt.map(Receipt::into_response).map_err(|error| Rejected::Checkout(error).into())
        }
        Ok(Message::TestMode { event }) => {
            metrics.webhook(scheme, DeliveryOutcome::Ignored);
            tracing::warn!(scheme, event, verdict = "ignored", "test webhook ignored in production");
            Ok(Receipt::ignored().into_response())
        }
        Err(reason) => {
            metrics.webhook(scheme, reason.outcome());
            if let Rejected::Event { id, reason } = &reason {
                let event = id.as_ref().map(EventKey::as_str);
                tracing::warn!(scheme, event, %reason, "webhook of the provider cannot be used");
            } else {
                tracing::info!(scheme, %reason, "webhook rejected");
            }
            Err(reason.into())
        }
    }
}

/// The body as it came. Of the headers only the content type is kept.
fn payload(headers: &HeaderMap, raw: &[u8]) -> Option<EventPayload> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    EventPayload::new(content_type, raw)
}

fn read(
    scheme: Scheme,
    keys: &WebhookKeys,
    settings: &Settings,
    (headers, raw): (&HeaderMap, &[u8]),
    now: Timestamp,
) -> Result<Message, Rejected> {
    match scheme {
        Scheme::Plain => plain::read(&keys.plain, headers, raw, now).map(Message::Payment),
        Scheme::Standard => standard::read(&keys.standard, headers, raw, now).map(Message::Payment),
        Scheme::Stripe => {
            let account = settings.payments.stripe_account();
            stripe::read(&keys.stripe, settings.common.env, account, headers, raw, now)
        }
    }
}

/// The outcome of a payment event, for the metrics.
pub(super) fn outcome(reply: &Result<PaymentReply, Error>) -> DeliveryOutcome {
    match reply {
        Ok(reply) => match reply.verdict {
            PaymentVerdict::Processed => DeliveryOutcome::Processed,
            PaymentVerdict::Duplicate => DeliveryOutcome::Duplicate,
            PaymentVerdict::Ignored => DeliveryOutcome::Ignored,
            PaymentVerdict::Parked => DeliveryOutcome::Parked,
            PaymentVerdict::RefundDue(_) => DeliveryOutcome::RefundDue,
        },
        Err(Error::Refused(_)) => DeliveryOutcome::Refused,
        Err(_) => DeliveryOutcome::NotRecorded,
    }
}

/// Logs each delivery and its outcome in one line, without body and signature.
fn log(scheme: &'static str, event: &PaymentEvent, reply: &Result<PaymentReply, Error>) {
    let PaymentEvent { key, transaction_id, status, reference, .. } = event;
    let (event, transaction, status) = (key.as_str(), transaction_id.as_str(), status.name());
    let (order, hold) = match *reference {
        Reference::Order(id) => (Some(id), None),
        Reference::Hold(id) => (None, Some(id)),
    };
    let known = reply.as_ref().ok().and_then(|reply| reply.order.as_ref());
    let order_status = known.map(|(_, status)| status.name());
    let order = known.map(|(id, _)| *id).or(order).map(tracing::field::display);
    let hold = hold.map(tracing::field::display);
    macro_rules! line {
        ($level:ident, $($what:tt)*) => {
            tracing::$level!(scheme, event, transaction, status, order, hold, order_status, $($what)*)
        };
    }
    let verdict = outcome(reply).name();
    match reply {
        Ok(PaymentReply { verdict: PaymentVerdict::RefundDue(reason), .. }) => {
            line!(warn, verdict, reason = reason.name(), "webhook recorded: refund due");
        }
        Ok(_) => line!(info, verdict, "webhook recorded"),
        Err(Error::Refused(refusal)) => line!(warn, %refusal, "webhook refused"),
        Err(error) => line!(warn, %error, "webhook not recorded; the provider will send it again"),
    }
}

impl Rejected {
    fn outcome(&self) -> DeliveryOutcome {
        match self {
            Self::Signature(_) => DeliveryOutcome::BadSignature,
            Self::Key(_) | Self::Json(_) | Self::Unreadable(_) | Self::Event { .. } => DeliveryOutcome::Unreadable,
            Self::Checkout(_) => DeliveryOutcome::NotRecorded,
        }
    }
}

impl From<Rejected> for Problem {
    fn from(reason: Rejected) -> Self {
        match reason {
            Rejected::Signature(error) => Self::new(Kind::BadSignature, sentence(&error.to_string())),
            Rejected::Key(problem) => *problem,
            Rejected::Json(error) => Self::new(Kind::UnreadableEvent, format!("The body: {error}.")),
            Rejected::Unreadable(detail) => Self::new(Kind::UnreadableEvent, detail),
            Rejected::Event { reason, .. } => (*reason).into(),
            // 503 makes the provider send the event again.
            Rejected::Checkout(Error::Internal) => Self::unknown_outcome(),
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
    fn an_event_that_was_not_stored_is_503_with_retry_after() {
        for error in [Error::Busy { retry_after: Duration::from_secs(1) }, Error::OutcomeUnknown, Error::Internal] {
            let response = Problem::from(Rejected::Checkout(error.clone())).into_response();
            assert_eq!(response.status(), 503, "{error:?}");
            assert_eq!(response.headers()["retry-after"], "1", "{error:?}");
        }
        let reused = Problem::from(Rejected::Checkout(Error::Refused(Refusal::KeyReused)));
        assert_eq!(reused.into_response().status(), 422);
    }
}
