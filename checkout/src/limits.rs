//! The bounds of the engine.

use std::time::Duration;

/// The bounds of the engine. Everything that can grow has one.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Maximum number of queued commands. One more is rejected as busy at once.
    pub queue_capacity: usize,
    /// Maximum number of commands that share one commit. A larger batch hardly lowers the cost of a command, and fewer
    /// commands gather while it is written: callers that all wait for one commit leave the processors idle.
    pub batch_size: usize,
    /// How long a payment without an order is kept. After this its money is due for refund.
    pub unmatched_payment_ttl: Duration,
    /// How long the contact of an order is kept; `None` for ever.
    pub contact_retention: Option<Duration>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            queue_capacity: 4096,
            batch_size: 256,
            unmatched_payment_ttl: Duration::from_hours(24),
            contact_retention: None,
        }
    }
}
