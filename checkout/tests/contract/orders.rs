//! Orders: at most one for each hold, paid by their deadline or cancelled.

use crate::shop::{counts, owner, refused};
use checkout::model::{CancelReason, OrderState, Owner, PaymentStatus, Reference, Refusal};
use std::time::Duration;
use uuid::Uuid;

crate::scenarios! {
    async fn a_hold_becomes_at_most_one_order(shop: Shop) {
        let phone = shop.phone(3).await.id;
        let hold = shop.hold(phone, 2).await;
        let order = shop.order(hold.id).await;
        assert_eq!((order.amount.minor, order.state.clone()), (3998, OrderState::Pending));
        assert_eq!(refused(shop.try_order(hold.id).await), Refusal::HoldUsed { order_id: order.id });
        assert_eq!(refused(shop.checkout.release_hold(hold.id, owner(), None).await), Refusal::HoldUsed { order_id: order.id });
        assert_eq!(counts(shop.stock(phone).await), [1, 0, 2, 0]);
    }

    async fn an_unpaid_order_expires_and_returns_its_stock(shop: Shop) {
        let phone = shop.phone(1).await.id;
        let order = shop.ordered(phone, 1).await;
        shop.advance(600);
        shop.hold(phone, 1).await;
        let order = shop.order_now(order.id).await;
        assert!(matches!(order.state, OrderState::Cancelled { reason: CancelReason::Expired, .. }));
        assert_eq!(counts(shop.stock(phone).await), [0, 1, 0, 0]);
    }

    async fn an_order_with_a_shorter_deadline_than_its_hold_expires_in_time(shop: Shop) {
        let phone = shop.product("phone", 1, |draft| draft.pay_within = Duration::from_secs(5)).await.id;
        let order = shop.ordered(phone, 1).await;
        shop.advance(4);
        assert_eq!(refused(shop.try_hold(phone, 1).await), Refusal::SoldOut { available: 0, may_return: 1 });
        shop.advance(1);
        shop.hold(phone, 1).await;
        assert!(matches!(shop.order_now(order.id).await.state, OrderState::Cancelled { .. }));
        assert_eq!(counts(shop.stock(phone).await), [0, 1, 0, 0]);
    }

    async fn a_cancelled_order_returns_its_stock_once_and_a_paid_one_never(shop: Shop) {
        let phone = shop.phone(2).await.id;
        let order = shop.ordered(phone, 1).await;
        for _ in 0..2 {
            let after = shop.checkout.cancel_order(order.id, owner(), None).await.unwrap().value;
            assert!(matches!(after.state, OrderState::Cancelled { reason: CancelReason::ByShopper, .. }));
        }
        assert_eq!(counts(shop.stock(phone).await), [2, 0, 0, 0]);
        let paid = shop.ordered(phone, 1).await;
        shop.pay(Reference::Order(paid.id), "tx", PaymentStatus::Success).await;
        assert_eq!(refused(shop.checkout.cancel_order(paid.id, owner(), None).await), Refusal::OrderPaid);
        assert_eq!(counts(shop.stock(phone).await), [1, 0, 0, 1]);
    }

    async fn another_owners_order_is_unknown(shop: Shop) {
        let phone = shop.phone(2).await.id;
        let order = shop.ordered(phone, 1).await;
        let stranger = Owner(Uuid::from_u128(8));
        assert_eq!(refused(shop.checkout.order(order.id, stranger).await), Refusal::UnknownOrder);
        assert_eq!(refused(shop.checkout.cancel_order(order.id, stranger, None).await), Refusal::UnknownOrder);
        assert!(shop.checkout.watch_order(order.id, stranger).await.is_err());
        assert_eq!(counts(shop.stock(phone).await), [1, 0, 1, 0]);
    }

    async fn orders_are_listed_newest_first_in_pages(shop: Shop) {
        let phone = shop.phone(9).await.id;
        let mut placed = Vec::new();
        for _ in 0..3 {
            placed.push(shop.ordered(phone, 1).await.id);
            shop.clock.advance(Duration::from_millis(1));
        }
        let first: Vec<_> = shop.checkout.orders(owner(), None, 2).await.unwrap().iter().map(|o| o.id).collect();
        assert_eq!(first, [placed[2], placed[1]]);
        let rest: Vec<_> = shop.checkout.orders(owner(), Some(placed[1]), 2).await.unwrap().iter().map(|o| o.id).collect();
        assert_eq!(rest, [placed[0]]);
    }
}
