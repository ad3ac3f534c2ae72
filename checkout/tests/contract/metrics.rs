//! The engine's metrics.

use crate::shop::{hold, owner, refused};
use checkout::{
    metrics::{Label, LabeledCounter},
    model::{PaymentStatus::Success, Reference},
};
use std::time::Duration;

/// The labels that were counted at least once, and their counts.
fn seen<L: Label>(counter: &LabeledCounter<L>) -> Vec<(&'static str, u64)> {
    counter.read().filter(|(_, count)| *count > 0).collect()
}

crate::scenarios! {
    async fn every_reply_is_counted_once_by_its_outcome(shop: Shop) {
        let phone = shop.phone(3).await.id;
        let one = shop.hold(phone, 1).await;
        refused(shop.try_hold(phone, 3).await);
        let other = shop.hold(phone, 1).await;
        shop.checkout.release_hold(other.id, owner(), None).await.unwrap();
        let order = shop.order(one.id).await;
        refused(shop.try_order(one.id).await);
        shop.pay(Reference::Order(order.id), "tx", Success).await;
        assert_eq!(shop.checkout.refunds_due().await.unwrap(), 0);
        shop.pay(Reference::Order(order.id), "another", Success).await;

        let metrics = shop.checkout.metrics();
        assert_eq!(seen(&metrics.holds), [("granted", 2), ("sold_out", 1)]);
        assert_eq!(seen(&metrics.orders), [("granted", 1), ("hold_used", 1)]);
        assert_eq!(seen(&metrics.holds_ended), [("ordered", 1), ("released", 1)]);
        assert_eq!(seen(&metrics.orders_ended), [("paid", 1)]);
        assert_eq!(seen(&metrics.payments), [("applied", 1), ("refund_due", 1)]);
        assert_eq!(seen(&metrics.batch_failures), []);
        assert_eq!((shop.checkout.refunds_due().await.unwrap(), shop.checkout.queue_depth()), (1, 0));
        // One product, two holds, a release, an order, two payments, and two refusals that were verified.
        let batches = metrics.batch_commands.read().last().unwrap().count;
        assert!((metrics.batch_commands.sum() - 9.0).abs() < 0.1 && batches == 9, "{metrics:?}");
        assert!(metrics.commit_seconds.read().last().unwrap().count == batches && metrics.commit_seconds.sum() > 0.0);
    }

    async fn overdue_reports_how_late_the_sweep_is(shop: Shop) {
        let phone = shop.phone(3).await.id;
        assert_eq!(shop.checkout.overdue().await.unwrap(), Duration::ZERO);
        shop.hold(phone, 1).await;
        shop.advance(119);
        assert_eq!(shop.checkout.overdue().await.unwrap(), Duration::ZERO);
        shop.advance(8);
        assert_eq!(shop.checkout.overdue().await.unwrap(), Duration::from_secs(7));
        // A request that needs the units reclaims them.
        shop.hold(phone, 3).await;
        assert_eq!(shop.checkout.overdue().await.unwrap(), Duration::ZERO);
        assert_eq!(seen(&shop.checkout.metrics().holds_ended), [("expired", 1)]);
    }

    async fn a_batch_that_conflicts_with_another_node_is_counted(shop: Shop) {
        let phone = shop.phone(9).await.id;
        let other = shop.second_node().await;
        for _ in 0..2 {
            shop.hold(phone, 1).await;
            hold(&other, phone, 1, None).await.unwrap();
        }
        assert_eq!(seen(&shop.checkout.metrics().batch_failures), [("overtaken", 1)]);
        assert_eq!(seen(&shop.checkout.metrics().holds), [("granted", 2)]);
    }
}
