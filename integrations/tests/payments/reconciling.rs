//! A webhook that never came changes nothing but the delay.

use crate::support::{Fault, HOUR, MINUTE, Shop, busy, eventually, noon, unknown};
use checkout::model::{OrderStatus, PaymentStatus, RefundState, ReportedRefundState, Timestamp};
use integrations::{
    payments::{ReconcileError, Reconciled},
    provider::SessionState::{Expired, Open},
};
use std::time::Duration;

/// When the last run ended.
async fn ended(shop: &Shop) -> Option<Timestamp> {
    shop.payments.last_reconciliation().await.unwrap()?.ended_at
}

crate::scenarios! {
    async fn events_that_no_webhook_delivered_are_read_once(shop: Shop) {
        let (order, session) = shop.opened().await;
        shop.provider.pay(&session);
        for _ in 0..4 {
            shop.provider.announce_nonsense();
        }
        let first = shop.payments.reconcile().await.unwrap();
        let expected = Reconciled { events_read: 5, events_skipped: 4, payments_recorded: 1, ..Reconciled::default() };
        assert_eq!(first, expected);
        assert_eq!((shop.status(&order).await, shop.states(&order).await), (OrderStatus::Paid, vec!["completed"]));
        let last = shop.payments.last_reconciliation().await.unwrap().unwrap();
        assert_eq!((last.running, last.result, last.cursor_at), (false, Some(first), Some(noon())));
        // What was read in the last ten minutes is read once more, and has no effect.
        shop.clock.advance(5 * MINUTE);
        let again = shop.payments.reconcile().await.unwrap();
        assert_eq!((again.events_read, again.payments_recorded), (5, 0));
        shop.clock.advance(20 * MINUTE);
        shop.provider.announce_nonsense();
        shop.payments.reconcile().await.unwrap();
        assert_eq!(shop.payments.reconcile().await.unwrap().events_read, 1);
    }

    async fn one_caller_at_a_time_reconciles(shop: Shop) {
        let (_order, session) = shop.opened().await;
        shop.provider.pay(&session);
        let (_other, other) = shop.second_node().await;
        shop.faulty.next("events", Fault::HangsAfter);
        let (payments, second) = (shop.payments.clone(), other.clone());
        let killed = tokio::spawn(async move { payments.reconcile().await });
        shop.faulty.hangs().await;
        assert!(matches!(second.reconcile().await, Err(ReconcileError::Running)));
        assert!(other.last_reconciliation().await.unwrap().unwrap().running);
        killed.abort();
        // The lease of the process that died ends by itself.
        shop.clock.advance(4 * MINUTE);
        assert_eq!(other.reconcile().await.unwrap().payments_recorded, 1);
        assert!(matches!(shop.without_provider().reconcile().await, Err(ReconcileError::NoProvider)));
    }

    async fn nodes_take_turns_in_the_periodic_reconciliation(shop: Shop) {
        let (first, session) = shop.opened().await;
        shop.provider.pay(&session);
        let (_other, other) = shop.second_node().await;
        let looks = Duration::from_millis(10);
        let nodes = [shop.payments.clone(), other].map(|node| tokio::spawn(node.reconcile_when_due(looks)));
        eventually(async || shop.status(&first).await == OrderStatus::Paid && ended(&shop).await == Some(noon())).await;
        // Nothing is due for five minutes, on neither node.
        let order = shop.ordered(shop.product(1, |draft| draft.slug = "watch".parse().unwrap()).await).await;
        shop.payments.open(&order).await.unwrap();
        shop.provider.pay(&shop.provider.last_session());
        shop.clock.advance(5 * MINUTE);
        tokio::time::sleep(30 * looks).await;
        assert_eq!((shop.provider.calls("events"), shop.status(&order).await), (1, OrderStatus::Pending));
        shop.clock.advance(Duration::from_millis(1));
        eventually(async || ended(&shop).await == Some(shop.checkout.now())).await;
        assert_eq!((shop.provider.calls("events"), shop.status(&order).await), (2, OrderStatus::Paid));
        assert!(nodes.iter().all(|node| !node.is_finished()));
        nodes.iter().for_each(tokio::task::JoinHandle::abort);
    }

    async fn a_provider_that_cannot_be_asked_does_not_move_the_cursor(shop: Shop) {
        let (order, session) = shop.opened().await;
        shop.provider.pay(&session);
        shop.faulty.next("events", Fault::Before(busy(None)));
        let stopped = shop.payments.reconcile().await.unwrap();
        assert!(stopped.stopped.is_some() && stopped.calls_failed == 1, "{stopped:?}");
        assert_eq!(shop.payments.last_reconciliation().await.unwrap().unwrap().cursor_at, None);
        assert_eq!(shop.payments.reconcile().await.unwrap().payments_recorded, 1);
        assert_eq!(shop.status(&order).await, OrderStatus::Paid);
    }

    async fn a_bank_debit_is_looked_up_until_it_is_paid(shop: Shop) {
        let phone = shop.product(1, |draft| draft.pay_within = 24 * HOUR).await;
        let order = shop.ordered(phone).await;
        shop.payments.open(&order).await.unwrap();
        let session = shop.provider.last_session();
        shop.provider.debit(&session);
        shop.clock.advance(2 * MINUTE);
        let first = shop.payments.reconcile().await.unwrap();
        assert_eq!((first.attempts_looked_up, first.payments_recorded), (1, 0));
        assert_eq!((shop.status(&order).await, shop.states(&order).await), (OrderStatus::Pending, vec!["completed"]));
        shop.provider.pay(&session);
        // Its event is lost too.
        shop.faulty.next("events", Fault::Before(unknown()));
        shop.clock.advance(2 * MINUTE);
        let second = shop.payments.reconcile().await.unwrap();
        assert_eq!((second.attempts_looked_up, second.payments_recorded), (1, 1));
        assert_eq!(shop.status(&order).await, OrderStatus::Paid);
        assert_eq!(shop.payments.reconcile().await.unwrap().attempts_looked_up, 0);
    }

    async fn pages_of_ended_orders_are_closed_and_expired_ones_recorded(shop: Shop) {
        let (cancelled, _) = shop.opened().await;
        shop.cancel(&cancelled).await;
        let waiting = shop.ordered(cancelled.product_id).await;
        shop.payments.open(&waiting).await.unwrap();
        let young = shop.payments.reconcile().await.unwrap();
        assert_eq!((young.attempts_looked_up, shop.provider.pages()), (0, vec![Open, Open]));
        shop.clock.advance(2 * MINUTE);
        shop.faulty.next("events", Fault::Before(unknown()));
        shop.payments.reconcile().await.unwrap();
        assert_eq!((shop.states(&cancelled).await, shop.provider.pages()), (vec!["closed"], vec![Expired, Open]));
        assert_eq!(shop.states(&waiting).await, ["open"]);
        shop.provider.expire(&shop.provider.last_session());
        shop.faulty.next("events", Fault::Before(unknown()));
        shop.payments.reconcile().await.unwrap();
        assert_eq!((shop.states(&waiting).await, shop.status(&waiting).await), (vec!["closed"], OrderStatus::Pending));
    }

    async fn an_attempt_whose_response_was_lost_is_repeated_for_a_day(shop: Shop) {
        let phone = shop.product(2, |draft| draft.pay_within = 48 * HOUR).await;
        let (order, lost) = (shop.ordered(phone).await, shop.ordered(phone).await);
        shop.faulty.next("open", Fault::After(unknown()));
        shop.payments.open(&order).await.unwrap_err();
        shop.clock.advance(2 * MINUTE);
        shop.payments.reconcile().await.unwrap();
        assert_eq!((shop.states(&order).await, shop.provider.pages()), (vec!["open"], vec![Open]));
        shop.faulty.next("open", Fault::Before(unknown()));
        shop.payments.open(&lost).await.unwrap_err();
        shop.clock.advance(24 * HOUR);
        shop.provider.forget_keys();
        shop.payments.reconcile().await.unwrap();
        assert_eq!((shop.states(&lost).await, shop.provider.pages().len()), (vec!["failed"], 1));
    }

    async fn a_look_up_that_fails_does_not_keep_others_from_their_turn(shop: Shop) {
        let phone = shop.phone(2).await;
        let (first, second) = (shop.ordered(phone).await, shop.ordered(phone).await);
        for order in [&first, &second] {
            shop.payments.open(order).await.unwrap();
            shop.provider.expire(&shop.provider.last_session());
        }
        shop.clock.advance(2 * MINUTE);
        shop.faulty.next("find_session", Fault::Before(unknown()));
        shop.faulty.next("events", Fault::Before(unknown()));
        let done = shop.payments.reconcile().await.unwrap();
        assert_eq!((done.attempts_looked_up, done.calls_failed), (2, 2));
        assert_eq!((shop.states(&first).await, shop.states(&second).await), (vec!["open"], vec!["closed"]));
    }

    async fn a_pending_refund_is_looked_up_until_it_is_final(shop: Shop) {
        shop.start_workers();
        let (order, _) = shop.paid().await;
        shop.provider.answer_refunds(ReportedRefundState::Pending, false);
        shop.issue(order.id, None).await;
        crate::support::eventually(async || shop.refund(&order).await.provider_reference.is_some()).await;
        shop.clock.advance(2 * MINUTE);
        shop.faulty.next("events", Fault::Before(unknown()));
        let pending = shop.payments.reconcile().await.unwrap();
        assert_eq!((pending.refunds_looked_up, pending.refunds_recorded), (1, 0));
        shop.provider.end_refund(ReportedRefundState::Succeeded, false);
        shop.faulty.next("events", Fault::Before(unknown()));
        let ended = shop.payments.reconcile().await.unwrap();
        assert_eq!((ended.refunds_looked_up, ended.refunds_recorded), (1, 1));
        assert!(shop.refund_is(&order, RefundState::Succeeded, 1).await);
    }

    async fn a_webhook_after_a_look_up_counts_once(shop: Shop) {
        let (order, session) = shop.opened().await;
        let late = shop.provider.pay(&session);
        shop.clock.advance(2 * MINUTE);
        shop.faulty.next("events", Fault::Before(unknown()));
        assert_eq!(shop.payments.reconcile().await.unwrap().payments_recorded, 1);
        shop.receive(late).await;
        assert_eq!((shop.status(&order).await, shop.refunds(&order).await), (OrderStatus::Paid, vec![]));
        // A payment from elsewhere is another one, and its money is due for refund.
        shop.report(&order, "tx-2", PaymentStatus::Success).await;
        assert_eq!(shop.refunds(&order).await.len(), 1);
    }
}
