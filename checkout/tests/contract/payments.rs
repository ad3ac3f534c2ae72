//! Payments: each event has one effect, even if it is repeated, late or out of order (P5–P7).

use crate::shop::{counts, event, eventually, owner, refused};
use checkout::{
    PaymentVerdict,
    model::{
        EventOutcome, HoldId, HoldState, OrderId, OrderState, OrderStatus,
        PaymentStatus::{Failure, Processing, Success},
        Reference, RefundReason, Refusal, ReportedAmount,
    },
};
use std::time::Duration;
use uuid::Uuid;

crate::scenarios! {
    async fn concurrent_deliveries_of_one_event_count_once(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let order = shop.ordered(phone, 2).await;
        let deliveries = (0..100).map(|_| shop.deliver(event("evt", Reference::Order(order.id), "tx", Success)));
        let verdicts: Vec<_> = futures::future::join_all(deliveries).await.into_iter().map(|r| r.unwrap().verdict).collect();
        assert_eq!(verdicts.iter().filter(|v| **v == PaymentVerdict::Processed).count(), 1);
        assert_eq!(verdicts.iter().filter(|v| **v == PaymentVerdict::Duplicate).count(), 99);
        assert_eq!(counts(shop.stock(phone).await), [3, 0, 0, 2]);
        assert_eq!(shop.payments(&order).await.len(), 1);
    }

    async fn concurrent_deliveries_to_two_nodes_count_once(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let other = shop.second_node().await;
        let order = shop.ordered(phone, 1).await;
        let deliveries = (0..40).map(|n| {
            let node = if n % 2 == 0 { shop.checkout.clone() } else { other.clone() };
            async move { node.record_payment(event("evt", Reference::Order(order.id), "tx", Success)).await }
        });
        let verdicts: Vec<_> = futures::future::join_all(deliveries).await.into_iter().map(|r| r.unwrap().verdict).collect();
        assert_eq!(verdicts.iter().filter(|v| **v == PaymentVerdict::Processed).count(), 1);
        assert_eq!(counts(shop.stock(phone).await), [4, 0, 0, 1]);
    }

    async fn the_same_report_under_a_new_key_counts_once(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let order = shop.ordered(phone, 1).await;
        let about = Reference::Order(order.id);
        assert_eq!(shop.pay(about, "tx", Success).await, PaymentVerdict::Processed);
        assert_eq!(shop.pay(about, "tx", Success).await, PaymentVerdict::Duplicate);
        let outcomes: Vec<_> = shop.payments(&order).await.iter().map(|p| p.outcome).collect();
        // The order's history has a repeated report once.
        assert_eq!(outcomes, [EventOutcome::Applied]);
    }

    async fn a_replayed_event_does_not_use_up_another_key(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let order = shop.ordered(phone, 1).await;
        let about = Reference::Order(order.id);
        shop.deliver(event("evt-1", about, "tx", Success)).await.unwrap();
        let replay = event("evt-2", about, "tx", Success);
        assert_eq!(shop.deliver(replay).await.unwrap().verdict, PaymentVerdict::Duplicate);
        let mut genuine = event("evt-2", about, "tx-2", Success);
        genuine.fingerprint = [2; 32];
        let verdict = shop.deliver(genuine).await.unwrap().verdict;
        assert_eq!(verdict, PaymentVerdict::RefundDue(RefundReason::AlreadyPaid));
        // The same report with another payload is stored under its own key.
        let mut reworded = event("evt-3", about, "tx", Success);
        reworded.fingerprint = [3; 32];
        assert_eq!(shop.deliver(reworded.clone()).await.unwrap().verdict, PaymentVerdict::Duplicate);
        reworded.fingerprint = [4; 32];
        assert_eq!(refused(shop.deliver(reworded).await), Refusal::KeyReused);
    }

    async fn a_restarted_node_still_knows_earlier_events(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let order = shop.ordered(phone, 1).await;
        let about = Reference::Order(order.id);
        shop.deliver(event("evt", about, "tx", Success)).await.unwrap();
        let fresh = shop.second_node().await;
        let again = fresh.record_payment(event("evt", about, "tx", Success)).await.unwrap();
        assert_eq!(again.verdict, PaymentVerdict::Duplicate);
        assert_eq!(again.order, Some((order.id, OrderStatus::Paid)));
        let other_key = fresh.record_payment(event("evt2", about, "tx", Success)).await.unwrap();
        assert_eq!(other_key.verdict, PaymentVerdict::Duplicate);
    }

    async fn an_event_key_with_another_payload_is_refused(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let order = shop.ordered(phone, 1).await;
        let about = Reference::Order(order.id);
        shop.deliver(event("evt", about, "tx", Processing)).await.unwrap();
        let mut other = event("evt", about, "tx", Processing);
        other.fingerprint = [2; 32];
        assert_eq!(refused(shop.deliver(other).await), Refusal::KeyReused);
    }

    async fn a_payment_before_its_order_is_parked_and_then_pays_it(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let hold = shop.hold(phone, 2).await;
        assert_eq!(shop.pay(Reference::Hold(hold.id), "tx", Success).await, PaymentVerdict::Parked);
        assert_eq!(counts(shop.stock(phone).await), [3, 2, 0, 0]);
        let order = shop.order(hold.id).await;
        assert!(matches!(order.state, OrderState::Paid { .. }), "{order:?}");
        assert_eq!(counts(shop.stock(phone).await), [3, 0, 0, 2]);
        assert_eq!(shop.payments(&order).await[0].outcome, EventOutcome::Applied);
        assert_eq!(shop.pay(Reference::Order(order.id), "tx", Success).await, PaymentVerdict::Duplicate);
    }

    async fn a_payment_parked_by_another_node_is_applied_by_this_one(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let other = shop.second_node().await;
        // This node has the hold in memory, and does not see that the other node parks a payment.
        let hold = shop.hold(phone, 1).await;
        let parked = other.record_payment(event("evt", Reference::Hold(hold.id), "tx", Success)).await.unwrap();
        assert_eq!(parked.verdict, PaymentVerdict::Parked);
        let order = shop.order(hold.id).await;
        assert!(matches!(order.state, OrderState::Paid { .. }), "{order:?}");
        assert_eq!(counts(shop.stock(phone).await), [4, 0, 0, 1]);
    }

    async fn parked_payments_take_effect_in_the_order_received(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let hold = shop.hold(phone, 1).await;
        let about = Reference::Hold(hold.id);
        shop.pay(about, "declined", Failure).await;
        shop.clock.advance(Duration::from_millis(1));
        shop.pay(about, "paid", Success).await;
        let order = shop.order(hold.id).await;
        assert!(matches!(order.state, OrderState::Paid { .. }), "{order:?}");
        assert_eq!(counts(shop.stock(phone).await), [4, 0, 0, 1]);
    }

    async fn a_failed_payment_cancels_the_order_and_returns_its_stock(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let order = shop.ordered(phone, 2).await;
        assert_eq!(shop.pay(Reference::Order(order.id), "tx", Failure).await, PaymentVerdict::Processed);
        assert_eq!(counts(shop.stock(phone).await), [5, 0, 0, 0]);
    }

    async fn an_order_stays_paid_after_a_later_failure(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let order = shop.ordered(phone, 1).await;
        let about = Reference::Order(order.id);
        shop.pay(about, "tx", Success).await;
        assert_eq!(shop.pay(about, "tx", Failure).await, PaymentVerdict::Ignored);
        assert_eq!(shop.pay(about, "other", Failure).await, PaymentVerdict::Ignored);
        assert_eq!(counts(shop.stock(phone).await), [4, 0, 0, 1]);
    }

    async fn a_retried_payment_pays_while_there_is_stock(shop: Shop) {
        let phone = shop.phone(1).await.id;
        let order = shop.ordered(phone, 1).await;
        let about = Reference::Order(order.id);
        shop.pay(about, "first", Failure).await;
        assert_eq!(shop.pay(about, "second", Success).await, PaymentVerdict::Processed);
        assert_eq!(counts(shop.stock(phone).await), [0, 0, 0, 1]);
    }

    async fn a_late_payment_without_stock_is_due_for_refund(shop: Shop) {
        let phone = shop.phone(1).await.id;
        let order = shop.ordered(phone, 1).await;
        shop.advance(600);
        shop.hold(phone, 1).await;
        let verdict = shop.pay(Reference::Order(order.id), "tx", Success).await;
        assert_eq!(verdict, PaymentVerdict::RefundDue(RefundReason::SoldOut));
        assert_eq!(counts(shop.stock(phone).await), [0, 1, 0, 0]);
        assert_eq!(shop.payments(&order).await[0].outcome, EventOutcome::RefundDue(RefundReason::SoldOut));
    }

    async fn a_late_payment_reclaims_expired_stock_first(shop: Shop) {
        let phone = shop.phone(1).await.id;
        let order = shop.ordered(phone, 1).await;
        shop.advance(600);
        shop.hold(phone, 1).await;
        shop.advance(120);
        // The hold that took the unit has expired, and no sweep has run.
        assert_eq!(shop.pay(Reference::Order(order.id), "tx", Success).await, PaymentVerdict::Processed);
        assert_eq!(counts(shop.stock(phone).await), [0, 0, 0, 1]);
    }

    async fn the_second_payment_of_an_order_is_due_for_refund(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let order = shop.ordered(phone, 1).await;
        let about = Reference::Order(order.id);
        shop.pay(about, "first", Success).await;
        assert_eq!(shop.pay(about, "second", Success).await, PaymentVerdict::RefundDue(RefundReason::AlreadyPaid));
        assert_eq!(counts(shop.stock(phone).await), [4, 0, 0, 1]);
        assert_eq!(shop.checkout.audit().await.unwrap().refunds_due, 1);
    }

    async fn a_wrong_amount_or_currency_is_due_for_refund(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let order = shop.ordered(phone, 1).await;
        let with = |key: &str, amount: i64, currency: &str| {
            let mut delivery = event(key, Reference::Order(order.id), key, Success);
            delivery.reported = ReportedAmount { amount: Some(amount), currency: Some(currency.parse().unwrap()) };
            delivery
        };
        let wrong = PaymentVerdict::RefundDue(RefundReason::AmountMismatch);
        assert_eq!(shop.deliver(with("a", 1998, "USD")).await.unwrap().verdict, wrong);
        assert_eq!(shop.deliver(with("b", 1999, "EUR")).await.unwrap().verdict, wrong);
        assert_eq!(shop.order_now(order.id).await.state, OrderState::Pending);
        assert_eq!(shop.deliver(with("c", 1999, "USD")).await.unwrap().verdict, PaymentVerdict::Processed);
        assert_eq!(counts(shop.stock(phone).await), [4, 0, 0, 1]);
    }

    async fn a_payment_for_an_expired_hold_is_due_for_refund(shop: Shop) {
        let phone = shop.phone(1).await.id;
        let hold = shop.hold(phone, 1).await;
        assert_eq!(shop.pay(Reference::Hold(hold.id), "tx", Success).await, PaymentVerdict::Parked);
        shop.advance(120);
        shop.hold(phone, 1).await;
        assert_eq!(shop.checkout.audit().await.unwrap().refunds_due, 1);
        let late = shop.pay(Reference::Hold(hold.id), "tx2", Success).await;
        assert_eq!(late, PaymentVerdict::RefundDue(RefundReason::OrderNeverCreated));
        assert_eq!(shop.checkout.hold(hold.id, owner()).await.unwrap().state, HoldState::Expired);
    }

    async fn a_payment_for_an_unknown_order_waits_a_day_and_is_due_for_refund(shop: Shop) {
        let nowhere = Reference::Order(OrderId(Uuid::from_u128(1)));
        assert_eq!(shop.pay(nowhere, "tx", Success).await, PaymentVerdict::Parked);
        assert_eq!(shop.pay(Reference::Hold(HoldId(Uuid::from_u128(2))), "tx2", Processing).await, PaymentVerdict::Ignored);
        shop.phone(1).await;
        shop.checkout.start_maintenance(checkout::Limits::default());
        shop.advance(24 * 3600);
        eventually(async || shop.checkout.audit().await.unwrap().refunds_due == 1).await;
    }

    async fn a_processing_event_is_recorded_without_effect(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let order = shop.ordered(phone, 1).await;
        assert_eq!(shop.pay(Reference::Order(order.id), "tx", Processing).await, PaymentVerdict::Ignored);
        assert_eq!(shop.pay(Reference::Order(order.id), "tx", Success).await, PaymentVerdict::Processed);
        assert_eq!(shop.payments(&order).await.len(), 2);
    }
}
