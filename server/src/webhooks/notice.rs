//! Events that the payment provider's own scheme carries: about payments, and about refunds.

use super::{payment::outcome, receipt::Receipt};
use crate::telemetry::metrics::DeliveryOutcome;
use checkout::{
    Error, PaymentReply, PaymentVerdict,
    model::{EventPayload, OrderId},
};
use integrations::{
    payments::{Payments, Received},
    provider::Notice,
};

/// The facts about a notice that its log line names.
struct Facts {
    event: String,
    /// The status of a payment, or the kind of another notice.
    status: &'static str,
    transaction: Option<String>,
}

impl Facts {
    fn of(notice: &Notice) -> Self {
        let (event, status, transaction) = match notice {
            Notice::Payment(payment) => {
                (payment.event.clone().into(), payment.status.name(), Some(&payment.transaction))
            }
            Notice::Refund { event, refund, .. } => (event.clone().into(), "refund", Some(&refund.transaction)),
            Notice::RefundsChanged { event, transaction, .. } => (event.clone().into(), "refunds", Some(transaction)),
            Notice::Foreign { event, .. } => (event.clone(), "foreign", None),
        };
        Self { event, status, transaction: transaction.map(|id| id.as_str().to_owned()) }
    }
}

/// Whether it is a test event, which moves no money.
pub(super) fn is_test_mode(notice: &Notice) -> bool {
    match notice {
        Notice::Payment(payment) => payment.test_mode,
        Notice::Refund { test_mode, .. } | Notice::RefundsChanged { test_mode, .. } => *test_mode,
        Notice::Foreign { .. } => false,
    }
}

/// Returns the provider's id of the event.
pub(super) fn event_of(notice: &Notice) -> String {
    Facts::of(notice).event
}

/// Applies a notice. Returns the receipt, and the outcome for the metrics.
pub(super) async fn receive(
    payments: &Payments,
    scheme: &'static str,
    notice: Notice,
    payload: Option<EventPayload>,
) -> (Result<Receipt, Error>, DeliveryOutcome) {
    let Facts { event, status, transaction } = Facts::of(&notice);
    let transaction = transaction.as_deref();
    let received = match payments.receive(notice, payload).await {
        Ok(Received::Ignored { reason }) => {
            tracing::info!(scheme, event, reason, verdict = "ignored", "webhook does not concern this shop");
            return (Ok(Receipt::ignored()), DeliveryOutcome::Ignored);
        }
        Ok(received) => received,
        Err(error) => {
            match &error {
                Error::Refused(refusal) => {
                    tracing::warn!(scheme, event, transaction, status, %refusal, "webhook refused");
                }
                error => {
                    let text = "webhook not recorded; the provider will send it again";
                    tracing::warn!(scheme, event, transaction, status, %error, "{text}");
                }
            }
            let delivered = outcome(&Err(error.clone()));
            return (Err(error), delivered);
        }
    };
    if let Received::Payment(PaymentReply { verdict: PaymentVerdict::RefundDue(reason), .. }) = &received {
        let (verdict, reason) = (DeliveryOutcome::RefundDue.name(), reason.name());
        tracing::warn!(scheme, event, transaction, status, verdict, reason, "webhook recorded: refund due");
    } else {
        let (order, order_status) = order_of(&received);
        let (order, verdict) = (order.map(tracing::field::display), delivered(&received).name());
        tracing::info!(scheme, event, transaction, status, order, order_status, verdict, "webhook recorded");
    }
    let delivered = delivered(&received);
    let receipt = match received {
        Received::Payment(reply) => Receipt::of(&reply),
        Received::Refund(Some(refund)) => Receipt::processed(refund.order_id),
        Received::Refund(None) | Received::Ignored { .. } => Receipt::ignored(),
    };
    (Ok(receipt), delivered)
}

/// The outcome of a notice, for the metrics.
fn delivered(received: &Received) -> DeliveryOutcome {
    match received {
        Received::Payment(reply) => outcome(&Ok(reply.clone())),
        Received::Refund(Some(_)) => DeliveryOutcome::Processed,
        Received::Refund(None) | Received::Ignored { .. } => DeliveryOutcome::Ignored,
    }
}

/// The order that a notice concerns, and its status if that is known.
fn order_of(received: &Received) -> (Option<OrderId>, Option<&'static str>) {
    match received {
        Received::Payment(reply) => reply.order.map(|(id, status)| (id, status.name())).unzip(),
        Received::Refund(refund) => (refund.as_ref().and_then(|refund| refund.order_id), None),
        Received::Ignored { .. } => (None, None),
    }
}
