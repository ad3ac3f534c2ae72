//! What the engine tells of its own work.

use crate::shop::{hold, owner, refused};
use checkout::{
    model::{PaymentStatus::Success, Reference},
    observed::{Label, Tally},
};
use std::time::Duration;

/// What has happened at all, and how often.
fn seen<L: Label>(tally: &Tally<L>) -> Vec<(&'static str, u64)> {
    tally.read().filter(|(_, count)| *count > 0).collect()
}

crate::scenarios! {
    async fn every_answer_is_counted_once_by_what_it_was(shop: Shop) {
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

        let observed = shop.checkout.observed();
        assert_eq!(seen(&observed.holds), [("granted", 2), ("sold_out", 1)]);
        assert_eq!(seen(&observed.orders), [("granted", 1), ("hold_used", 1)]);
        assert_eq!(seen(&observed.holds_ended), [("ordered", 1), ("released", 1)]);
        assert_eq!(seen(&observed.orders_ended), [("paid", 1)]);
        assert_eq!(seen(&observed.payments), [("applied", 1), ("refund_due", 1)]);
        assert_eq!(seen(&observed.setbacks), []);
        assert_eq!((shop.checkout.refunds_due().await.unwrap(), shop.checkout.queue_depth()), (1, 0));
        // The product came, two holds, a release, an order, two payments; and two refusals were checked.
        let batches = observed.batch_commands.read().last().unwrap().count;
        assert!((observed.batch_commands.sum() - 9.0).abs() < 0.1 && batches == 9, "{observed:?}");
        assert!(observed.commit_seconds.read().last().unwrap().count == batches && observed.commit_seconds.sum() > 0.0);
    }

    async fn what_is_late_for_the_sweep_is_told(shop: Shop) {
        let phone = shop.phone(3).await.id;
        assert_eq!(shop.checkout.overdue().await.unwrap(), Duration::ZERO);
        shop.hold(phone, 1).await;
        shop.turn(119);
        assert_eq!(shop.checkout.overdue().await.unwrap(), Duration::ZERO);
        shop.turn(8);
        assert_eq!(shop.checkout.overdue().await.unwrap(), Duration::from_secs(7));
        // Whoever needs the units takes them back.
        shop.hold(phone, 3).await;
        assert_eq!(shop.checkout.overdue().await.unwrap(), Duration::ZERO);
        assert_eq!(seen(&shop.checkout.observed().holds_ended), [("expired", 1)]);
    }

    async fn a_batch_that_another_node_overtook_is_counted(shop: Shop) {
        let phone = shop.phone(9).await.id;
        let other = shop.second_node().await;
        for _ in 0..2 {
            shop.hold(phone, 1).await;
            hold(&other, phone, 1, None).await.unwrap();
        }
        assert_eq!(seen(&shop.checkout.observed().setbacks), [("overtaken", 1)]);
        assert_eq!(seen(&shop.checkout.observed().holds), [("granted", 2)]);
    }
}
