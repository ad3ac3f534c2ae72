//! A lost webhook only delays its effect.

use crate::support::{Fault, HOUR, MINUTE, ORIGIN, Shop, busy, eventually, noon, unknown};
use checkout::{
    PaymentEvent,
    model::{
        AttemptId, JobId, JobKind, OrderStatus, PaymentStatus, Reference, RefundState, ReportedAmount,
        ReportedRefundState, Timestamp,
    },
    store::outbox::ClaimRequest,
};
use integrations::{
    payments::{ReconcileError, Reconciled},
    provider::{
        OpenRequest, Provider as _,
        SessionState::{Expired, Open},
    },
};
use sha2::{Digest as _, Sha256};
use std::time::Duration;
use uuid::Uuid;

/// Drops the events of the outbox, as a server of the version before makes none.
async fn drop_events(shop: &Shop) {
    let (now, claim) = (shop.checkout.now(), Uuid::from_u128(9));
    let request = ClaimRequest { kind: JobKind::Event, endpoint: None, claim, now, until: now + HOUR, limit: 100 };
    let events = shop.store.outbox().claim(request).await.unwrap();
    let ids: Vec<JobId> = events.iter().map(|event| event.id).collect();
    shop.store.outbox().fan_out(claim, &ids, &[]).await.unwrap();
}

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
        // Events of the last ten minutes are read once more, and have no effect.
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
        let stopped = shop.payments.reconcile_periodically().await.unwrap();
        assert!(stopped.stopped.is_some() && stopped.calls_failed == 1, "{stopped:?}");
        assert_eq!(shop.payments.last_reconciliation().await.unwrap().unwrap().cursor_at, None);
        assert_eq!(shop.payments.reconcile_periodically().await.unwrap().payments_recorded, 1);
        assert_eq!(shop.status(&order).await, OrderStatus::Paid);
    }

    async fn a_bank_debit_is_looked_up_until_it_is_paid(shop: Shop) {
        let phone = shop.product(1, |draft| draft.pay_within = 24 * HOUR).await;
        let order = shop.ordered(phone).await;
        shop.payments.open(&order).await.unwrap();
        let session = shop.provider.last_session();
        shop.provider.debit(&session);
        // Its events are lost.
        shop.faulty.next("events", Fault::Before(unknown()));
        shop.clock.advance(6 * MINUTE);
        let first = shop.payments.reconcile().await.unwrap();
        assert_eq!((first.attempts_looked_up, first.payments_recorded), (1, 0));
        assert_eq!((shop.status(&order).await, shop.states(&order).await), (OrderStatus::Pending, vec!["completed"]));
        shop.provider.pay(&session);
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
        let young = shop.payments.reconcile_periodically().await.unwrap();
        assert_eq!((young.attempts_looked_up, shop.provider.pages()), (0, vec![Open, Open]));
        shop.clock.advance(2 * MINUTE);
        shop.faulty.next("events", Fault::Before(unknown()));
        shop.payments.reconcile().await.unwrap();
        assert_eq!((shop.states(&cancelled).await, shop.provider.pages()), (vec!["closed"], vec![Expired, Open]));
        assert_eq!(shop.states(&waiting).await, ["open"]);
        shop.provider.expire(&shop.provider.last_session());
        shop.clock.advance(4 * MINUTE);
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
        shop.clock.advance(6 * MINUTE);
        shop.faulty.next("find_session", Fault::Before(unknown()));
        shop.faulty.next("events", Fault::Before(unknown()));
        let done = shop.payments.reconcile().await.unwrap();
        assert_eq!((done.attempts_looked_up, done.calls_failed), (2, 2));
        assert_eq!((shop.states(&first).await, shop.states(&second).await), (vec!["open"], vec!["closed"]));
    }

    async fn events_are_read_before_pages_are_looked_up(shop: Shop) {
        let (order, session) = shop.opened().await;
        shop.clock.advance(6 * MINUTE);
        shop.provider.pay(&session);
        let done = shop.payments.reconcile().await.unwrap();
        assert_eq!((done.events_read, done.payments_recorded, done.attempts_looked_up), (1, 1, 0));
        assert_eq!((shop.status(&order).await, shop.provider.calls("find_session")), (OrderStatus::Paid, 0));
    }

    async fn a_page_that_was_opened_a_moment_ago_is_not_looked_up(shop: Shop) {
        shop.opened().await;
        shop.clock.advance(2 * MINUTE);
        assert_eq!(shop.payments.reconcile_periodically().await.unwrap().attempts_looked_up, 0);
        shop.clock.advance(3 * MINUTE);
        assert_eq!(shop.payments.reconcile_periodically().await.unwrap().attempts_looked_up, 1);
    }

    async fn a_person_who_asks_learns_of_a_payment_of_this_moment(shop: Shop) {
        let (order, session) = shop.opened().await;
        shop.provider.pay(&session);
        shop.faulty.next("events", Fault::Before(unknown()));
        assert_eq!(shop.payments.reconcile_periodically().await.unwrap().payments_recorded, 0);
        shop.faulty.next("events", Fault::Before(unknown()));
        let done = shop.payments.reconcile().await.unwrap();
        assert_eq!((done.attempts_looked_up, done.payments_recorded), (1, 1));
        assert_eq!(shop.status(&order).await, OrderStatus::Paid);
    }

    async fn a_look_up_that_the_engine_refuses_does_not_end_the_run(shop: Shop) {
        let phone = shop.phone(2).await;
        let (first, second) = (shop.ordered(phone).await, shop.ordered(phone).await);
        for order in [&first, &second] {
            shop.payments.open(order).await.unwrap();
            shop.provider.pay(&shop.provider.last_session());
        }
        // Another event has the key of the first look-up.
        let key = format!("lookup-paid-{}", hex::encode(Sha256::digest("cs_0")));
        let taken = PaymentEvent {
            key: key.try_into().unwrap(),
            fingerprint: [1; 32],
            reference: Reference::Order(first.id),
            transaction_id: "tx".to_owned().try_into().unwrap(),
            status: PaymentStatus::Processing,
            reported: ReportedAmount::default(),
            dispute_id: None,
            payload: None,
        };
        shop.checkout.record_payment(taken).await.unwrap();
        shop.clock.advance(6 * MINUTE);
        shop.faulty.next("events", Fault::Before(unknown()));
        let done = shop.payments.reconcile().await.unwrap();
        assert_eq!((done.attempts_looked_up, done.payments_recorded), (2, 1));
        assert_eq!((shop.status(&first).await, shop.states(&first).await), (OrderStatus::Pending, vec!["open"]));
        assert_eq!(shop.status(&second).await, OrderStatus::Paid);
    }

    async fn a_page_of_another_order_pays_none(shop: Shop) {
        let phone = shop.phone(2).await;
        let (theirs, order) = (shop.ordered(phone).await, shop.ordered(phone).await);
        let request = OpenRequest::of(&theirs, "Phone", ORIGIN, None);
        let page = shop.provider.open(AttemptId(Uuid::from_u128(9)), &request).await.unwrap();
        shop.faulty.next("open", Fault::Before(unknown()));
        shop.payments.open(&order).await.unwrap_err();
        let attempt = shop.attempts(&order).await.remove(0);
        assert!(shop.store.payment_attempts().adopt(attempt.id, &page.session, noon()).await.unwrap());
        shop.provider.pay(page.session.as_str());
        shop.clock.advance(6 * MINUTE);
        shop.faulty.next("events", Fault::Before(unknown()));
        let done = shop.payments.reconcile().await.unwrap();
        assert_eq!((done.attempts_looked_up, done.payments_recorded, done.calls_failed), (1, 0, 2));
        assert_eq!(shop.status(&order).await, OrderStatus::Pending);
    }

    async fn a_due_refund_without_a_job_is_sent(shop: Shop) {
        let (order, _) = shop.paid().await;
        shop.issue(order.id, None).await;
        drop_events(&shop).await;
        shop.start_workers();
        // Its event may not have been worked on yet.
        shop.payments.reconcile().await.unwrap();
        shop.clock.advance(2 * MINUTE);
        shop.with(|settings| settings.auto_refund = false).reconcile().await.unwrap();
        assert_eq!(shop.jobs(JobKind::SendRefund).await, []);
        shop.payments.reconcile().await.unwrap();
        eventually(async || shop.refund_is(&order, RefundState::Succeeded, 1).await).await;
        shop.payments.reconcile().await.unwrap();
        assert_eq!((shop.jobs(JobKind::SendRefund).await.len(), shop.provider.refunds().len()), (1, 1));
    }

    async fn a_due_refund_of_a_payment_from_elsewhere_gets_no_job(shop: Shop) {
        let phone = shop.phone(1).await;
        let order = shop.ordered(phone).await;
        shop.report(&order, "tx", PaymentStatus::Success).await;
        shop.issue(order.id, None).await;
        drop_events(&shop).await;
        shop.clock.advance(2 * MINUTE);
        shop.payments.reconcile().await.unwrap();
        assert_eq!(shop.jobs(JobKind::SendRefund).await, []);
    }

    async fn a_pending_refund_is_looked_up_until_it_is_final(shop: Shop) {
        shop.start_workers();
        let (order, _) = shop.paid().await;
        shop.provider.answer_refunds(ReportedRefundState::Pending, false);
        shop.issue(order.id, None).await;
        eventually(async || shop.refund(&order).await.provider_reference.is_some()).await;
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
        shop.clock.advance(6 * MINUTE);
        shop.faulty.next("events", Fault::Before(unknown()));
        assert_eq!(shop.payments.reconcile().await.unwrap().payments_recorded, 1);
        shop.receive(late).await;
        assert_eq!((shop.status(&order).await, shop.refunds(&order).await), (OrderStatus::Paid, vec![]));
        // Both have one fingerprint, so that the webhook adds no event.
        assert_eq!(shop.checkout.payments(&order).await.unwrap().len(), 1);
        // A payment from elsewhere is another one, and its money is due for refund.
        shop.report(&order, "tx-2", PaymentStatus::Success).await;
        assert_eq!(shop.refunds(&order).await.len(), 1);
    }
}
