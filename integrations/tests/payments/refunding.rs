//! Money goes back once, however badly the calls go.

use crate::support::{Fault, HOUR, MINUTE, Shop, busy, eventually, refused, unknown};
use checkout::model::{
    Actor, EventKey, JobKind, JobState, OrderStatus, PaymentStatus, RefundState, RefundStep,
    ReportedRefundState::{Failed, Pending, Succeeded},
};
use integrations::{
    outbox::Outcome,
    provider::{About, Notice, PaymentNotice},
};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// An event about a dispute of a transaction.
fn dispute(transaction: &str, status: PaymentStatus) -> Notice {
    let key = EventKey::try_from(format!("evt-{}", status.name())).unwrap();
    Notice::Payment(PaymentNotice {
        event: key,
        fingerprint: [status.name().len().try_into().unwrap(); 32],
        about: About::Transaction,
        transaction: transaction.to_owned().try_into().unwrap(),
        status,
        dispute: Some("dp_1".to_owned().try_into().unwrap()),
        reported: checkout::model::ReportedAmount::default(),
        session: None,
        attempt: None,
        test_mode: false,
    })
}

/// Runs the oldest job about a refund on a node, as often as it is claimed.
async fn run(shop: &Shop, payments: &integrations::payments::Payments) -> Outcome {
    let job = shop.jobs(JobKind::SendRefund).await.pop().unwrap();
    let lanes = payments.lanes();
    let lane = lanes.iter().find(|lane| lane.handler.kind() == JobKind::SendRefund).unwrap();
    lane.handler.run(&job).await
}

/// Waits, and moves the clock on, so that pauses end.
async fn in_time(shop: &Shop, pause: Duration, mut holds: impl AsyncFnMut() -> bool) {
    eventually(async || {
        shop.clock.advance(pause);
        holds().await
    })
    .await;
}

/// A job about a due refund that no lane carries out: only the test does.
async fn job_made(shop: &Shop) {
    shop.start_workers_of(&shop.without_provider());
    eventually(async || shop.jobs(JobKind::SendRefund).await.len() == 1).await;
}

crate::scenarios! {
    async fn a_due_refund_is_sent_once(shop: Shop) {
        shop.start_workers();
        let (order, transaction) = shop.paid().await;
        shop.issue(order.id, Some(500)).await;
        eventually(async || shop.refund_is(&order, RefundState::Succeeded, 1).await).await;
        let sent = shop.provider.refunds();
        assert_eq!((sent.len(), sent[0].amount.minor, sent[0].transaction.as_str()), (1, 500, &*transaction));
        assert_eq!(shop.refund(&order).await.provider_reference, Some(sent[0].reference.clone()));
        assert_eq!(shop.status(&order).await, OrderStatus::Paid);
        shop.issue(order.id, None).await;
        eventually(async || shop.status(&order).await == OrderStatus::Refunded).await;
        assert_eq!(shop.provider.refunds().iter().map(|refund| refund.amount.minor).sum::<i64>(), 1999);
    }

    async fn a_process_that_is_killed_returns_the_money_once(shop: Shop) {
        let (order, _) = shop.paid().await;
        shop.issue(order.id, None).await;
        job_made(&shop).await;
        for fault in [Fault::HangsBefore, Fault::HangsAfter] {
            shop.faulty.next("refund", fault);
            let (killed, hangs) = (run(&shop, &shop.payments), shop.faulty.hangs());
            tokio::select! {
                outcome = killed => panic!("the call returned: {outcome:?}"),
                () = hangs => {}
            }
            assert!(shop.refund_is(&order, RefundState::Sending, 1).await);
        }
        assert_eq!(run(&shop, &shop.payments).await, Outcome::Done);
        assert!(shop.refund_is(&order, RefundState::Succeeded, 1).await);
        assert_eq!((shop.provider.refunds().len(), shop.provider.calls("refund")), (1, 1));
    }

    async fn a_process_that_is_killed_before_the_result_is_on_disk_returns_the_money_once(shop: Shop) {
        let (order, _) = shop.paid().await;
        shop.issue(order.id, None).await;
        job_made(&shop).await;
        let (process, _node, killed) = shop.process(None).await;
        shop.faulty.next("refund", Fault::KillsAfter(process.kill_switch()));
        // The provider has answered, and nobody will ever record its answer but another process.
        assert!(matches!(run(&shop, &killed).await, Outcome::Busy(..)));
        assert!(shop.refund_is(&order, RefundState::Sending, 1).await);
        assert_eq!(shop.provider.refunds().len(), 1);
        assert_eq!(run(&shop, &shop.payments).await, Outcome::Done);
        assert!(shop.refund_is(&order, RefundState::Succeeded, 1).await);
        assert_eq!((shop.provider.refunds().len(), shop.provider.calls("refund")), (1, 1));
    }

    async fn a_refund_that_timed_out_after_it_was_done_is_not_repeated_on_another_node(shop: Shop) {
        let (order, _) = shop.paid().await;
        shop.issue(order.id, None).await;
        job_made(&shop).await;
        shop.faulty.next("refund", Fault::After(unknown()));
        assert!(matches!(run(&shop, &shop.payments).await, Outcome::Failed(_)));
        let (_other, other) = shop.second_node().await;
        let (one, two) = tokio::join!(run(&shop, &shop.payments), run(&shop, &other));
        assert_eq!((one, two), (Outcome::Done, Outcome::Done));
        assert_eq!((shop.provider.refunds().len(), shop.provider.calls("refund")), (1, 1));
        assert!(shop.refund_is(&order, RefundState::Succeeded, 1).await);
    }

    async fn a_step_that_could_not_be_recorded_returns_the_money_once(shop: Shop) {
        let (order, _) = shop.paid().await;
        shop.issue(order.id, None).await;
        job_made(&shop).await;
        // First the step before the call is lost, then the one after it.
        shop.process.fail_next([true, false, true]);
        for (state, made) in [(RefundState::Due, 0), (RefundState::Sending, 1)] {
            let outcome = run(&shop, &shop.payments).await;
            assert!(matches!(outcome, Outcome::Busy(..)), "{outcome:?}");
            assert!(shop.refund_is(&order, state, 1).await);
            assert_eq!(shop.provider.refunds().len(), made);
        }
        assert_eq!(run(&shop, &shop.payments).await, Outcome::Done);
        assert!(shop.refund_is(&order, RefundState::Succeeded, 1).await);
        assert_eq!((shop.provider.refunds().len(), shop.provider.calls("refund")), (1, 1));
    }

    async fn an_operator_who_retries_a_lost_refund_does_not_return_the_money_twice(shop: Shop) {
        let (order, _) = shop.paid().await;
        let refund = shop.issue(order.id, None).await;
        job_made(&shop).await;
        shop.faulty.next("refund", Fault::After(unknown()));
        assert!(matches!(run(&shop, &shop.payments).await, Outcome::Failed(_)));
        // The operator takes it for failed, and tries again: a second attempt with another key.
        let (other, payments) = shop.second_node().await;
        let failed = RefundStep::Fail { failure: "no answer".to_owned() };
        other.advance_refund(refund.id, 1, failed, Actor::system()).await.unwrap();
        other.advance_refund(refund.id, 1, RefundStep::Retry, Actor::system()).await.unwrap();
        drop(payments);
        shop.start_workers();
        in_time(&shop, SECOND, async || shop.refund_is(&order, RefundState::Succeeded, 2).await).await;
        assert_eq!((shop.provider.refunds().len(), shop.provider.calls("refund")), (1, 1));
    }

    async fn two_nodes_at_once_return_the_money_once(shop: Shop) {
        let (order, _) = shop.paid().await;
        shop.issue(order.id, None).await;
        job_made(&shop).await;
        let (_other, other) = shop.second_node().await;
        let runs = (0..6).map(|nth| run(&shop, if nth % 2 == 0 { &shop.payments } else { &other }));
        futures::future::join_all(runs).await;
        assert_eq!(shop.provider.refunds().len(), 1);
        assert!(shop.refund_is(&order, RefundState::Succeeded, 1).await);
    }

    async fn without_keys_two_nodes_at_once_would_return_the_money_twice(shop: Shop) {
        shop.provider.ignore_keys();
        let (order, _) = shop.paid().await;
        shop.issue(order.id, Some(100)).await;
        job_made(&shop).await;
        let (_other, other) = shop.second_node().await;
        let runs = (0..6).map(|nth| run(&shop, if nth % 2 == 0 { &shop.payments } else { &other }));
        futures::future::join_all(runs).await;
        assert!(shop.provider.refunds().len() > 1);
    }

    async fn a_busy_or_broken_provider_is_asked_again_under_the_same_key(shop: Shop) {
        let (order, _) = shop.paid().await;
        shop.issue(order.id, None).await;
        job_made(&shop).await;
        shop.faulty.next("refund", Fault::Before(busy(Some(MINUTE))));
        assert!(matches!(run(&shop, &shop.payments).await, Outcome::Busy(_, MINUTE)));
        shop.faulty.next("find_refunds", Fault::Before(unknown()));
        assert!(matches!(run(&shop, &shop.payments).await, Outcome::Failed(_)));
        shop.faulty.next("refund", Fault::Before(unknown()));
        shop.start_workers();
        in_time(&shop, SECOND, async || shop.refund_is(&order, RefundState::Succeeded, 1).await).await;
        assert_eq!(shop.provider.refunds().len(), 1);
    }

    async fn a_refund_that_fails_after_a_day_for_lack_of_funds_is_due_again(shop: Shop) {
        shop.start_workers();
        let (order, _) = shop.paid().await;
        shop.provider.answer_refunds(Pending, false);
        shop.issue(order.id, None).await;
        eventually(async || shop.refund(&order).await.provider_reference.is_some()).await;
        assert!(shop.refund_is(&order, RefundState::Sending, 1).await);
        eventually(async || shop.jobs(JobKind::SendRefund).await[0].state == JobState::Done).await;
        shop.clock.advance(24 * HOUR);
        // The webhook comes twice.
        let failed = shop.provider.end_refund(Failed, true);
        shop.receive(failed.clone()).await;
        shop.receive(failed).await;
        assert!(shop.refund_is(&order, RefundState::Failed, 1).await);
        shop.provider.answer_refunds(Succeeded, false);
        shop.clock.advance(HOUR.saturating_sub(SECOND));
        tokio::time::sleep(SECOND).await;
        assert!(shop.refund_is(&order, RefundState::Failed, 1).await);
        shop.clock.advance(SECOND);
        eventually(async || shop.refund_is(&order, RefundState::Succeeded, 2).await).await;
        assert_eq!(shop.provider.refunds().len(), 1);
    }

    async fn pauses_after_a_lack_of_funds_grow_and_end(shop: Shop) {
        shop.start_workers();
        let (order, _) = shop.paid().await;
        shop.provider.answer_refunds(Failed, true);
        shop.issue(order.id, None).await;
        eventually(async || shop.refund_is(&order, RefundState::Failed, 1).await).await;
        for (attempt, hours) in [(2, 1), (3, 2)] {
            shop.clock.advance((hours * HOUR).saturating_sub(MINUTE));
            tokio::time::sleep(SECOND).await;
            assert!(shop.refund_is(&order, RefundState::Failed, attempt - 1).await);
            shop.clock.advance(MINUTE);
            eventually(async || shop.refund_is(&order, RefundState::Failed, attempt).await).await;
        }
        shop.clock.advance(14 * 24 * HOUR);
        eventually(async || shop.jobs(JobKind::SendRefund).await.iter().all(|job| job.state == JobState::Done)).await;
        assert!(shop.refund_is(&order, RefundState::Failed, 3).await);
    }

    async fn another_failure_waits_for_an_operator(shop: Shop) {
        shop.start_workers();
        let (order, _) = shop.paid().await;
        shop.faulty.next("refund", Fault::Before(refused()));
        let refund = shop.issue(order.id, None).await;
        eventually(async || shop.refund_is(&order, RefundState::Failed, 1).await).await;
        assert_eq!(shop.refund(&order).await.failure.as_deref(), Some("no"));
        assert_eq!(shop.jobs(JobKind::SendRefund).await.len(), 1);
        shop.checkout.advance_refund(refund.id, 1, RefundStep::Retry, Actor::system()).await.unwrap();
        eventually(async || shop.refund_is(&order, RefundState::Succeeded, 2).await).await;
    }

    async fn a_refund_made_in_the_dashboard_is_the_one_that_was_due(shop: Shop) {
        let (order, transaction) = shop.paid().await;
        shop.issue(order.id, None).await;
        job_made(&shop).await;
        // Its webhook has not come yet.
        let told = shop.provider.refund_in_dashboard(&transaction, 1999);
        assert_eq!(run(&shop, &shop.payments).await, Outcome::Done);
        assert!(shop.refund_is(&order, RefundState::Succeeded, 1).await);
        shop.receive(told).await;
        assert_eq!((shop.provider.refunds().len(), shop.provider.calls("refund")), (1, 0));
        assert_eq!((shop.refunds(&order).await.len(), shop.status(&order).await), (1, OrderStatus::Refunded));
    }

    async fn an_order_that_was_paid_twice_stays_paid_when_one_payment_is_returned_outside(shop: Shop) {
        let (order, first) = shop.opened().await;
        // The shopper pays at an old page, which the shop took for expired, and at the new one.
        shop.receive(shop.provider.expire(&first)).await;
        shop.payments.open(&order).await.unwrap();
        let second = shop.provider.last_session();
        shop.receive(shop.provider.pay(&second)).await;
        shop.receive(shop.provider.pay(&first)).await;
        assert!(shop.refund_is(&order, RefundState::Due, 1).await);
        let transaction = shop.refund(&order).await.transaction_id.as_str().to_owned();
        shop.receive(shop.provider.refund_in_dashboard(&transaction, 1999)).await;
        assert!(shop.refund_is(&order, RefundState::Succeeded, 1).await);
        // The workers find nothing left to send.
        shop.start_workers();
        tokio::time::sleep(SECOND).await;
        assert_eq!((shop.status(&order).await, shop.provider.refunds().len()), (OrderStatus::Paid, 1));
    }

    async fn a_refund_waits_while_the_payment_is_disputed(shop: Shop) {
        let (order, transaction) = shop.paid().await;
        shop.issue(order.id, None).await;
        job_made(&shop).await;
        shop.receive(dispute(&transaction, PaymentStatus::DisputeOpened)).await;
        assert!(matches!(run(&shop, &shop.payments).await, Outcome::NotYet(_, HOUR)));
        assert!(shop.refund_is(&order, RefundState::Due, 1).await);
        assert_eq!(shop.provider.calls("refund"), 0);
        shop.receive(dispute(&transaction, PaymentStatus::DisputeClosed)).await;
        shop.start_workers();
        in_time(&shop, MINUTE, async || shop.refund_is(&order, RefundState::Succeeded, 1).await).await;
    }

    async fn a_refund_that_an_operator_sends_by_hand_is_left_alone(shop: Shop) {
        let (order, _) = shop.paid().await;
        let refund = shop.issue(order.id, None).await;
        job_made(&shop).await;
        let by_hand = Actor::command_line("ada");
        shop.checkout.advance_refund(refund.id, 1, RefundStep::Send, by_hand).await.unwrap();
        assert_eq!(run(&shop, &shop.payments).await, Outcome::Done);
        assert_eq!(shop.provider.calls("refund"), 0);
    }
}
