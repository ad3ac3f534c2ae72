//! What the engine has counted.

use super::family::{counters, float, gauge, histogram};
use checkout::Checkout;
use prometheus::proto::MetricFamily;

/// Its numbers as they are now.
pub fn families(checkout: &Checkout) -> [MetricFamily; 9] {
    let seen = checkout.observed();
    let waiting = u64::try_from(checkout.queue_depth()).unwrap_or(u64::MAX);
    [
        counters("holdfast_holds_total", "Requests for a hold, by their answer.", "outcome", &seen.holds),
        counters("holdfast_holds_ended_total", "Holds that ended, by how.", "how", &seen.holds_ended),
        counters("holdfast_orders_total", "Requests for an order, by their answer.", "outcome", &seen.orders),
        counters(
            "holdfast_orders_ended_total",
            "Orders paid, or cancelled for that reason.",
            "how",
            &seen.orders_ended,
        ),
        counters(
            "holdfast_payments_total",
            "Payment events stored, by what became of them; one that was parked counts again when it is settled.",
            "outcome",
            &seen.payments,
        ),
        counters(
            "holdfast_batch_setbacks_total",
            "Batches that were not written as they were decided, by reason.",
            "reason",
            &seen.setbacks,
        ),
        histogram("holdfast_batch_commands", "Commands that shared a commit.", &seen.batch_commands),
        histogram(
            "holdfast_commit_duration_seconds",
            "How long writing a batch and its commit took.",
            &seen.commit_seconds,
        ),
        gauge("holdfast_queue_depth", "Commands that wait for the writer.", float(waiting)),
    ]
}
