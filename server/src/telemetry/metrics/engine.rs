//! The engine's counters.

use super::family::{counters, counters_by_two, float, gauge, histogram};
use checkout::Checkout;
use prometheus::proto::MetricFamily;

/// Reads the engine's counters.
pub fn families(checkout: &Checkout) -> [MetricFamily; 10] {
    let seen = checkout.metrics();
    let waiting = u64::try_from(checkout.queue_depth()).unwrap_or(u64::MAX);
    [
        counters("holdfast_holds_total", "Requests for a hold, by outcome.", "outcome", &seen.holds),
        counters("holdfast_holds_ended_total", "Holds that ended, by how.", "how", &seen.holds_ended),
        counters("holdfast_orders_total", "Requests for an order, by outcome.", "outcome", &seen.orders),
        counters(
            "holdfast_orders_ended_total",
            "Orders that were paid, or cancelled, by reason.",
            "how",
            &seen.orders_ended,
        ),
        counters(
            "holdfast_payments_total",
            "Payment events stored, by outcome; a parked event counts again when it is settled.",
            "outcome",
            &seen.payments,
        ),
        counters(
            "holdfast_batch_setbacks_total",
            "Batches that were not written as decided, by reason.",
            "reason",
            &seen.batch_failures,
        ),
        counters_by_two(
            "holdfast_outbox_attempts_total",
            "Attempts at jobs of the outbox, by kind and outcome.",
            ["kind", "outcome"],
            seen.job_attempts().map(|(kind, outcome, count)| ([kind.name(), outcome], count)),
        ),
        histogram("holdfast_batch_commands", "Commands that shared a commit.", &seen.batch_commands),
        histogram("holdfast_commit_duration_seconds", "Time to write and commit a batch.", &seen.commit_seconds),
        gauge("holdfast_queue_depth", "Commands waiting for the writer.", float(waiting)),
    ]
}
