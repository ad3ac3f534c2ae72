//! Payments that respect the limit per shopper when they come late, and stored payments that are processed again.

use crate::shop::{Shop, counts, owner, refused, shopper};
use checkout::{
    Checkout, PaymentVerdict, StockChange,
    model::{
        Actor, EventOutcome, Order, OrderState,
        PaymentStatus::{Failure, Success},
        ProductId, Reference, RefundId, RefundReason, RefundState, RefundStep, Refusal, WebhookId,
    },
};
use uuid::Uuid;

/// An order of one unit for Ada.
async fn for_ada(shop: &Shop, product: ProductId) -> Order {
    let placed = shop.checkout.place_hold(product, 1.try_into().unwrap(), owner(), Some(shopper("ada")), None);
    shop.order(placed.await.unwrap().value.id).await
}

async fn replay(node: &Checkout, event: WebhookId) -> PaymentVerdict {
    node.replay_payment(event, Actor::system()).await.unwrap().verdict
}

crate::scenarios! {
    async fn late_payments_of_one_shopper_stay_within_the_limit(shop: Shop) {
        let phone = shop.product("phone", 12, |draft| draft.per_shopper_limit = Some(1)).await.id;
        let mut orders = Vec::new();
        for _ in 0..12 {
            let order = for_ada(&shop, phone).await;
            shop.checkout.cancel_order(order.id, owner(), None).await.unwrap();
            orders.push(order);
        }
        let mut verdicts = Vec::new();
        for (nth, order) in orders.iter().enumerate() {
            verdicts.push(shop.pay(Reference::Order(order.id), &format!("tx-{nth}"), Success).await);
        }
        assert_eq!(verdicts[0], PaymentVerdict::Processed);
        assert!(verdicts[1..].iter().all(|v| *v == PaymentVerdict::RefundDue(RefundReason::OverLimit)), "{verdicts:?}");
        assert_eq!(counts(shop.stock(phone).await), [11, 0, 0, 1]);
    }

    /// The order is overdue, and no sweep has cancelled it. It did not count when the shopper took another unit.
    async fn a_payment_of_an_overdue_order_stays_within_the_limit(shop: Shop) {
        let phone = shop.product("phone", 5, |draft| draft.per_shopper_limit = Some(1)).await.id;
        let overdue = for_ada(&shop, phone).await;
        shop.advance(600);
        for_ada(&shop, phone).await;
        assert_eq!(shop.order_now(overdue.id).await.state, OrderState::Pending);
        let late = shop.pay(Reference::Order(overdue.id), "tx", Success).await;
        assert_eq!(late, PaymentVerdict::RefundDue(RefundReason::OverLimit));
        shop.stock(phone).await;
    }

    async fn a_replay_after_the_limit_was_raised_pays_the_order_and_withdraws_the_refund(shop: Shop) {
        let phone = shop.product("phone", 5, |draft| draft.per_shopper_limit = Some(1)).await;
        let first = for_ada(&shop, phone.id).await;
        shop.checkout.cancel_order(first.id, owner(), None).await.unwrap();
        for_ada(&shop, phone.id).await;
        assert_eq!(shop.pay(Reference::Order(first.id), "tx", Success).await, PaymentVerdict::RefundDue(RefundReason::OverLimit));
        let event = shop.payments(&first).await[0].id;
        assert_eq!(replay(&shop.checkout, event).await, PaymentVerdict::RefundDue(RefundReason::OverLimit));
        assert_eq!(shop.audit_log().await.len(), 0);
        let mut details = phone.details();
        details.per_shopper_limit = Some(2);
        shop.checkout.edit_product(phone.id, 1, details, Actor::system()).await.unwrap();
        let other = shop.second_node().await;
        assert_eq!(replay(&other, event).await, PaymentVerdict::Processed);
        assert!(matches!(shop.order_now(first.id).await.state, OrderState::Paid { .. }));
        assert_eq!(shop.payments(&first).await[0].outcome, EventOutcome::Applied);
        let refund = shop.store.reads().refund(RefundId(event.0)).await.unwrap().unwrap();
        assert_eq!(refund.state, RefundState::Withdrawn);
        let step = other.advance_refund(refund.id, 1, RefundStep::Send, Actor::system()).await;
        assert_eq!(refused(step), Refusal::RefundState { state: RefundState::Withdrawn, attempt: 1 });
        assert_eq!(replay(&shop.checkout, event).await, PaymentVerdict::Processed);
        let audit = shop.checkout.audit().await.unwrap();
        assert_eq!((audit.clean, audit.refunds_due), (true, 0));
        assert_eq!(counts(shop.stock(phone.id).await), [3, 0, 1, 1]);
        assert_eq!(shop.audit_log().await.len(), 2);
    }

    async fn a_replay_after_the_stock_was_raised_pays_the_order(shop: Shop) {
        let phone = shop.phone(1).await.id;
        let late = shop.ordered(phone, 1).await;
        shop.checkout.cancel_order(late.id, owner(), None).await.unwrap();
        shop.paid(phone, 1, "other").await;
        assert_eq!(shop.pay(Reference::Order(late.id), "tx", Success).await, PaymentVerdict::RefundDue(RefundReason::SoldOut));
        let event = shop.payments(&late).await[0].id;
        shop.checkout.set_stock(phone, StockChange::By(1), Actor::system()).await.unwrap();
        let other = shop.second_node().await;
        let (one, two) = tokio::join!(replay(&shop.checkout, event), replay(&other, event));
        assert_eq!([one, two], [PaymentVerdict::Processed; 2]);
        assert_eq!(counts(shop.stock(phone).await), [0, 0, 0, 2]);
        assert_eq!(shop.audit_log().await.len(), 2);
    }

    async fn a_refund_that_was_sent_is_not_withdrawn(shop: Shop) {
        let phone = shop.phone(1).await.id;
        let late = shop.ordered(phone, 1).await;
        shop.checkout.cancel_order(late.id, owner(), None).await.unwrap();
        shop.paid(phone, 1, "other").await;
        shop.pay(Reference::Order(late.id), "tx", Success).await;
        let event = shop.payments(&late).await[0].id;
        shop.checkout.set_stock(phone, StockChange::By(1), Actor::system()).await.unwrap();
        let step = async |step| shop.checkout.advance_refund(RefundId(event.0), 1, step, Actor::system()).await.unwrap();
        step(RefundStep::Send).await;
        assert_eq!(replay(&shop.checkout, event).await, PaymentVerdict::RefundDue(RefundReason::SoldOut));
        step(RefundStep::Fail { failure: "no".to_owned() }).await;
        assert_eq!(replay(&shop.checkout, event).await, PaymentVerdict::RefundDue(RefundReason::SoldOut));
        assert_eq!(counts(shop.stock(phone).await), [1, 0, 0, 1]);
    }

    async fn a_replay_of_any_other_event_changes_nothing(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let order = shop.paid(phone, 1, "tx").await;
        shop.pay(Reference::Order(order.id), "tx", Failure).await;
        let held = shop.hold(phone, 1).await;
        shop.pay(Reference::Hold(held.id), "early", Success).await;
        let mut events = shop.payments(&order).await;
        events.extend(shop.store.reads().payments(held.id, None).await.unwrap());
        let verdicts = [PaymentVerdict::Processed, PaymentVerdict::Ignored, PaymentVerdict::Parked];
        for (event, verdict) in events.iter().zip(verdicts) {
            assert_eq!(replay(&shop.checkout, event.id).await, verdict);
        }
        let unknown = shop.checkout.replay_payment(WebhookId(Uuid::from_u128(1)), Actor::system()).await;
        assert_eq!(refused(unknown), Refusal::UnknownPayment);
        assert_eq!(counts(shop.stock(phone).await), [3, 1, 0, 1]);
        assert_eq!(shop.audit_log().await.len(), 0);
    }
}
