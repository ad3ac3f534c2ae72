//! An order's status, as rendered by the server and as updated by the order's event stream.

use crate::{
    event_stream::{ConnectionStatus, subscribe},
    paths,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The statuses of an order.
pub const ORDER_STATUSES: [&str; 4] = ["pending", "paid", "cancelled", "refunded"];

/// An order's status as its page shows it, and what tells whether an event is newer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderStatusView {
    /// One of [`ORDER_STATUSES`].
    pub status: String,
    /// Number of refunds: of payments that could not be used, and of the order by the shop.
    pub refunds: usize,
    /// Sum of the refunds' versions, which grows with each step of one of them.
    pub refund_versions: u64,
    /// The order's version. A lower version is older.
    pub version: u64,
}

/// An event of the order's stream: the fields that the page uses of the API's `Order`.
#[derive(Deserialize)]
struct OrderEvent {
    status: String,
    #[serde(default)]
    refunds: Vec<RefundEvent>,
    #[serde(default)]
    version: u64,
}

/// A refund of an event.
#[derive(Deserialize)]
struct RefundEvent {
    #[serde(default)]
    version: u64,
}

impl From<OrderEvent> for OrderStatusView {
    fn from(event: OrderEvent) -> Self {
        let OrderEvent { status, refunds, version } = event;
        let refund_versions = refunds.iter().map(|refund| refund.version).sum();
        Self { status, refunds: refunds.len(), refund_versions, version }
    }
}

impl OrderStatusView {
    /// Returns a value that only grows. An event with a lower rank is older than what is shown. A further payment that must
    /// be refunded does not change the order itself, so its version stays.
    fn rank(&self) -> (u64, usize, u64) {
        (self.version, self.refunds, self.refund_versions)
    }
}

/// Follows an order. Returns its status, which starts as rendered, and the status of the connection. `on_change` is called for
/// each event that is newer than what is shown.
pub(super) fn live_order(
    id: &str,
    rendered: OrderStatusView,
    on_change: fn(),
) -> (ReadSignal<OrderStatusView>, Signal<ConnectionStatus>) {
    let (order, set_order) = signal(rendered);
    let connection = subscribe(paths::order_events(id), "order", move |data| {
        let Ok(event) = serde_json::from_str::<OrderEvent>(data) else { return };
        let update = OrderStatusView::from(event);
        if update.rank() > order.with_untracked(OrderStatusView::rank) {
            on_change();
            set_order.set(update);
        }
    });
    (order, connection)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_events_have_a_higher_rank() {
        let parse = |event| OrderStatusView::from(serde_json::from_str::<OrderEvent>(event).unwrap());
        let cancelled = parse(r#"{"order_id":"x","status":"cancelled","reason":"expired","qty":1,"version":3}"#);
        assert_eq!((&*cancelled.status, cancelled.version), ("cancelled", 3));
        let paid = parse(r#"{"status":"paid","transaction_id":"tx","version":5}"#);
        assert!(paid.rank() > cancelled.rank());
        let refund_due =
            parse(r#"{"status":"paid","transaction_id":"tx","version":5,"refunds":[{"status":"refund_due"}]}"#);
        assert!(refund_due.rank() > paid.rank());
        // The provider accepts the refund, which does not change the order.
        let accepted = parse(
            r#"{"status":"paid","transaction_id":"tx","version":5,"refunds":[{"status":"refund_due","version":2}]}"#,
        );
        assert!(accepted.rank() > refund_due.rank());
        // A refund that was withdrawn is no longer listed, and the order is newer all the same.
        let failed = parse(r#"{"status":"paid","transaction_id":"tx","version":6}"#);
        let refunded =
            parse(r#"{"status":"refunded","transaction_id":"tx","version":7,"refunds":[{"status":"refunded"}]}"#);
        assert!(refunded.rank() > failed.rank() && failed.rank() > refund_due.rank());
    }
}
