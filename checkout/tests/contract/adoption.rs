//! A server of the version before stores events that are due for refund without a refund. The sweep adds the refunds.

use crate::shop::{Shop, eventually};
use checkout::{
    Limits,
    model::{
        Actor, HoldId, Order, PaymentStatus::Success, ProductId, Reference, Refund, RefundId, RefundReason,
        RefundState, RefundStep,
    },
};
use uuid::Uuid;

/// An order that was paid `n` times too often, as the version before stores it. Returns the refunds that this version made.
async fn paid_too_often(shop: &Shop, phone: ProductId, n: usize) -> (Order, Vec<Refund>) {
    let order = shop.paid(phone, 1, "tx").await;
    for nth in 0..n {
        shop.pay(Reference::Order(order.id), &format!("again-{nth}"), Success).await;
    }
    let refunds = shop.store.reads().refunds_of_order(order.id).await.unwrap();
    shop.database.run("DELETE FROM refunds").await;
    (order, refunds)
}

crate::scenarios! {
    async fn the_sweep_adds_the_refunds_that_the_version_before_left_out(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let (order, expected) = paid_too_often(&shop, phone, 3).await;
        assert_eq!(expected.len(), 3);
        let audit = shop.checkout.audit().await.unwrap();
        assert_eq!((audit.clean, audit.refunds_due), (false, 0), "{audit:?}");
        // Both nodes sweep at once.
        let other = shop.second_node().await;
        other.start_maintenance(Limits::default());
        shop.checkout.start_maintenance(Limits::default());
        eventually(async || shop.checkout.audit().await.unwrap().clean).await;
        assert_eq!(shop.store.reads().refunds_of_order(order.id).await.unwrap(), expected);
        assert_eq!(shop.checkout.audit().await.unwrap().refunds_due, 3);
        let sent = shop.checkout.advance_refund(expected[0].id, 1, RefundStep::Send, Actor::system()).await;
        assert_eq!(sent.unwrap().value.state, RefundState::Sending);
        shop.stock(phone).await;
    }

    /// The order never came, so the event has no product.
    async fn a_refund_without_a_product_is_added(shop: Shop) {
        let nowhere = HoldId(Uuid::from_u128(1));
        shop.pay(Reference::Hold(nowhere), "tx", Success).await;
        let due = "UPDATE payment_webhooks SET outcome = 'refund_due', refund_reason = 'order_never_created'";
        shop.database.run(due).await;
        shop.checkout.start_maintenance(Limits::default());
        shop.second_node().await.start_maintenance(Limits::default());
        let reads = shop.store.reads();
        eventually(async || reads.refunds_due().await.unwrap() == 1).await;
        let event = reads.payments(nowhere, None).await.unwrap().remove(0);
        let refund = reads.refund(RefundId(event.id.0)).await.unwrap().unwrap();
        assert_eq!((refund.event_id, refund.order_id, refund.product_id), (Some(event.id), None, None));
        assert_eq!((refund.reason, refund.created_at), (RefundReason::OrderNeverCreated, event.received_at));
        assert!(shop.checkout.audit().await.unwrap().clean);
    }

    async fn a_search_for_missing_refunds_is_bounded_and_ends(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let (_, expected) = paid_too_often(&shop, phone, 5).await;
        let reads = shop.store.reads();
        let found = reads.refunds_due_without_row(3).await.unwrap();
        assert_eq!(found, [0, 1, 2].map(|nth| expected[nth].event_id.unwrap()));
        shop.checkout.start_maintenance(Limits::default());
        eventually(async || reads.refunds_due().await.unwrap() == 5).await;
        assert_eq!(reads.refunds_due_without_row(3).await.unwrap(), []);
    }
}
