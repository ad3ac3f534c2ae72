//! Payments that arrive late, twice, or for no order: no money is lost (P7).

use crate::shop::{counts, event, eventually, owner, refused};
use checkout::{
    Limits, PaymentVerdict,
    model::{
        CancelReason, EventOutcome, HoldId, OrderState,
        PaymentStatus::{Failure, Success},
        Reference, RefundReason, Refusal, ReportedAmount,
    },
};
use std::time::Duration;
use uuid::Uuid;

crate::scenarios! {
    async fn a_late_payment_takes_stock_again_while_there_is_some(shop: Shop) {
        let phone = shop.phone(2).await.id;
        let order = shop.ordered(phone, 1).await;
        shop.advance(600);
        // Both holds reclaim expired units, and the second leaves one available.
        shop.hold(phone, 2).await;
        shop.advance(120);
        shop.hold(phone, 1).await;
        let ended = shop.order_now(order.id).await;
        assert!(matches!(ended.state, OrderState::Cancelled { reason: CancelReason::Expired, .. }));
        assert_eq!(shop.pay(Reference::Order(order.id), "tx", Success).await, PaymentVerdict::Processed);
        assert!(matches!(shop.order_now(order.id).await.state, OrderState::Paid { .. }));
        assert_eq!(counts(shop.stock(phone).await), [0, 1, 0, 1]);
    }

    async fn a_late_payment_pays_an_order_that_was_not_cancelled_yet(shop: Shop) {
        let phone = shop.phone(1).await.id;
        let order = shop.ordered(phone, 1).await;
        shop.advance(600);
        assert_eq!(shop.pay(Reference::Order(order.id), "tx", Success).await, PaymentVerdict::Processed);
        assert_eq!(counts(shop.stock(phone).await), [0, 0, 0, 1]);
    }

    async fn a_late_failure_does_not_undo_a_payment(shop: Shop) {
        let phone = shop.phone(2).await.id;
        let order = shop.ordered(phone, 1).await;
        let about = Reference::Order(order.id);
        assert_eq!(shop.pay(about, "first", Failure).await, PaymentVerdict::Processed);
        assert_eq!(shop.pay(about, "second", Success).await, PaymentVerdict::Processed);
        // Another node sweeps after the order's deadline. Its sweep has run when it has cancelled an unpaid order.
        let watch = shop.product("watch", 1, |_| {}).await.id;
        shop.ordered(watch, 1).await;
        let other = shop.second_node().await;
        other.start_maintenance(Limits::default());
        shop.advance(3600);
        eventually(async || counts(shop.stock(watch).await) == [1, 0, 0, 0]).await;
        // Then another attempt to pay fails.
        let late = other.record_payment(event("late", about, "third", Failure)).await.unwrap();
        assert_eq!(late.verdict, PaymentVerdict::Ignored);
        assert!(matches!(shop.order_now(order.id).await.state, OrderState::Paid { .. }));
        assert_eq!(counts(shop.stock(phone).await), [1, 0, 0, 1]);
    }

    async fn two_concurrent_transactions_pay_once_and_refund_once(shop: Shop) {
        let phone = shop.phone(20).await.id;
        let other = shop.second_node().await;
        for nth in 0..10 {
            let order = shop.ordered(phone, 1).await;
            let pay = |node: &checkout::Checkout, transaction: &str| {
                let transaction = format!("{transaction}-{nth}");
                let delivery = event(&transaction, Reference::Order(order.id), &transaction, Success);
                let node = node.clone();
                async move { node.record_payment(delivery).await.unwrap().verdict }
            };
            let (one, two) = tokio::join!(pay(&shop.checkout, "one"), pay(&other, "two"));
            let owed = PaymentVerdict::RefundDue(RefundReason::AlreadyPaid);
            let fine = [[PaymentVerdict::Processed, owed], [owed, PaymentVerdict::Processed]];
            assert!(fine.contains(&[one, two]), "{one:?} {two:?}");
        }
        assert_eq!(counts(shop.stock(phone).await), [10, 0, 0, 10]);
        assert_eq!(shop.checkout.audit().await.unwrap().refunds_due, 10);
    }

    async fn late_payments_for_the_last_unit_pay_one_of_two_orders(shop: Shop) {
        let phone = shop.phone(1).await.id;
        let other = shop.second_node().await;
        let first = shop.ordered(phone, 1).await;
        shop.checkout.cancel_order(first.id, owner(), None).await.unwrap();
        let second = shop.ordered(phone, 1).await;
        shop.checkout.cancel_order(second.id, owner(), None).await.unwrap();
        let (one, two) = tokio::join!(
            shop.checkout.record_payment(event("one", Reference::Order(first.id), "one", Success)),
            other.record_payment(event("two", Reference::Order(second.id), "two", Success)),
        );
        let mut verdicts = [one.unwrap().verdict, two.unwrap().verdict];
        verdicts.sort_by_key(|verdict| *verdict != PaymentVerdict::Processed);
        assert_eq!(verdicts, [PaymentVerdict::Processed, PaymentVerdict::RefundDue(RefundReason::SoldOut)]);
        assert_eq!(counts(shop.stock(phone).await), [0, 0, 0, 1]);
    }

    async fn a_payment_parked_for_a_released_hold_is_due_for_refund(shop: Shop) {
        let phone = shop.phone(1).await.id;
        let hold = shop.hold(phone, 1).await;
        let about = Reference::Hold(hold.id);
        assert_eq!(shop.pay(about, "tx", Success).await, PaymentVerdict::Parked);
        assert_eq!(shop.pay(about, "other", Failure).await, PaymentVerdict::Parked);
        shop.checkout.release_hold(hold.id, owner(), None).await.unwrap();
        assert_eq!(shop.checkout.audit().await.unwrap().refunds_due, 1);
        assert_eq!(shop.pay(about, "tx", Success).await, PaymentVerdict::Duplicate);
        assert_eq!(counts(shop.stock(phone).await), [1, 0, 0, 0]);
    }

    async fn a_payment_parked_for_an_expired_hold_is_due_for_refund(shop: Shop) {
        let phone = shop.phone(1).await.id;
        let hold = shop.hold(phone, 1).await;
        shop.pay(Reference::Hold(hold.id), "tx", Success).await;
        shop.checkout.start_maintenance(Limits::default());
        shop.advance(120);
        eventually(async || shop.checkout.audit().await.unwrap().refunds_due == 1).await;
        assert_eq!(counts(shop.stock(phone).await), [1, 0, 0, 0]);
    }

    async fn a_payment_for_an_unknown_hold_waits_for_the_configured_time(shop: Shop) {
        shop.phone(1).await;
        let earlier = event("earlier", Reference::Hold(HoldId(Uuid::from_u128(2))), "tx-0", Success);
        shop.deliver(earlier).await.unwrap();
        shop.advance(1);
        let hold = HoldId(Uuid::from_u128(1));
        let unknown = event("evt", Reference::Hold(hold), "tx", Success);
        assert_eq!(shop.deliver(unknown.clone()).await.unwrap().verdict, PaymentVerdict::Parked);
        let limits = Limits { unmatched_payment_ttl: Duration::from_mins(1), ..Limits::default() };
        let other = shop.second_node().await;
        shop.checkout.start_maintenance(limits);
        other.start_maintenance(limits);
        shop.advance(59);
        // The sweep has run when it has expired the earlier payment, and must have left this one parked.
        eventually(async || shop.checkout.audit().await.unwrap().refunds_due == 1).await;
        assert_eq!(shop.store.reads().payments(hold, None).await.unwrap()[0].outcome, EventOutcome::Parked);
        shop.advance(1);
        eventually(async || shop.checkout.audit().await.unwrap().refunds_due == 2).await;
        assert_eq!(other.record_payment(unknown).await.unwrap().verdict, PaymentVerdict::Duplicate);
    }

    async fn a_repeated_event_with_another_amount_is_refused(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let other = shop.second_node().await;
        let order = shop.ordered(phone, 1).await;
        let report = |amount: i64, fingerprint: u8| {
            let mut delivery = event("evt", Reference::Order(order.id), "tx", Success);
            delivery.reported = ReportedAmount { amount: Some(amount), currency: None };
            delivery.fingerprint = [fingerprint; 32];
            delivery
        };
        let short = shop.deliver(report(1, 1)).await.unwrap();
        assert_eq!(short.verdict, PaymentVerdict::RefundDue(RefundReason::AmountMismatch));
        // The right amount under the same key is another payload, and a stored event is never rewritten.
        assert_eq!(refused(shop.deliver(report(1999, 2)).await), Refusal::KeyReused);
        assert_eq!(refused(other.record_payment(report(1999, 2)).await), Refusal::KeyReused);
        assert_eq!(shop.order_now(order.id).await.state, OrderState::Pending);
        assert_eq!(shop.payments(&order).await.len(), 1);
        assert_eq!(counts(shop.stock(phone).await), [4, 0, 1, 0]);
    }

    async fn a_declined_payment_may_be_retried_under_a_new_key(shop: Shop) {
        let phone = shop.phone(1).await.id;
        let order = shop.ordered(phone, 1).await;
        let about = Reference::Order(order.id);
        assert_eq!(shop.pay(about, "tx", Failure).await, PaymentVerdict::Processed);
        assert_eq!(shop.pay(about, "tx", Failure).await, PaymentVerdict::Duplicate);
        assert_eq!(shop.pay(about, "tx", Success).await, PaymentVerdict::Processed);
        let outcomes: Vec<_> = shop.payments(&order).await.iter().map(|p| p.outcome).collect();
        assert_eq!(outcomes, [EventOutcome::Applied, EventOutcome::Applied]);
        assert_eq!(counts(shop.stock(phone).await), [0, 0, 0, 1]);
    }
}
