//! No page survives its order, and money that comes at the last moment is not lost (P7).

use crate::support::{Fault, busy, eventually, refused, unknown};
use checkout::{
    Error,
    model::{Actor, JobKind, JobState, OrderStatus, Owner, PaymentStatus, RefundReason, Refusal},
};
use integrations::provider::SessionState::{Expired, Open, Paid};

crate::scenarios! {
    async fn the_page_of_a_cancelled_order_is_closed(shop: Shop) {
        shop.start_workers();
        let (order, _) = shop.opened().await;
        shop.faulty.next("close", Fault::Before(unknown()));
        shop.cancel(&order).await;
        eventually(async || {
            shop.clock.advance(std::time::Duration::from_secs(1));
            shop.states(&order).await == ["closed"]
        })
        .await;
        assert_eq!(shop.provider.pages(), [Expired]);
        let jobs = shop.jobs(JobKind::ClosePayment).await;
        assert_eq!(jobs.len(), 1);
    }

    async fn the_open_page_of_an_order_that_was_paid_elsewhere_is_closed(shop: Shop) {
        shop.start_workers();
        let (order, _) = shop.opened().await;
        shop.report(&order, "tx", PaymentStatus::Success).await;
        eventually(async || shop.states(&order).await == ["closed"]).await;
        assert_eq!((shop.provider.pages(), shop.status(&order).await), (vec![Expired], OrderStatus::Paid));
    }

    async fn an_order_that_was_paid_at_its_page_needs_no_closing(shop: Shop) {
        let (order, _) = shop.paid().await;
        shop.start_workers();
        // Another order's job shows that the event was worked on.
        let phone = shop.product(1, |draft| draft.slug = "other".parse().unwrap()).await;
        let cancelled = shop.ordered(phone).await;
        shop.payments.open(&cancelled).await.unwrap();
        shop.cancel(&cancelled).await;
        eventually(async || shop.states(&cancelled).await == ["closed"]).await;
        assert_eq!(shop.jobs(JobKind::ClosePayment).await.len(), 1);
        assert_eq!((shop.provider.calls("close"), shop.states(&order).await), (1, vec!["completed"]));
    }

    async fn a_page_that_was_paid_before_it_could_be_closed_pays_the_order(shop: Shop) {
        let (order, session) = shop.opened().await;
        // The webhook never comes.
        shop.provider.pay(&session);
        shop.cancel(&order).await;
        shop.start_workers();
        eventually(async || shop.status(&order).await == OrderStatus::Paid).await;
        eventually(async || shop.states(&order).await == ["completed"]).await;
        assert_eq!(shop.provider.pages(), [Paid]);
        // The webhook comes after all, and changes nothing.
        shop.receive(shop.provider.pay(&session)).await;
        assert_eq!(shop.refunds(&order).await, []);
    }

    async fn a_payment_just_before_a_cancellation_refuses_it(shop: Shop) {
        let (order, session) = shop.opened().await;
        // The webhook is still on its way.
        shop.provider.pay(&session);
        let refused = shop.payments.cancel_order(order.id, order.owner, None).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::OrderPaid))), "{refused:?}");
        assert_eq!((shop.status(&order).await, shop.states(&order).await), (OrderStatus::Paid, vec!["completed"]));
        let refused = shop.payments.cancel_order_by_operator(order.id, Actor::system()).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::OrderPaid))), "{refused:?}");
    }

    async fn the_page_is_closed_before_its_order_is_cancelled(shop: Shop) {
        let phone = shop.phone(2).await;
        let [by_owner, by_operator] = [shop.opened_for(phone).await, shop.opened_for(phone).await];
        shop.payments.cancel_order(by_owner.id, by_owner.owner, None).await.unwrap();
        shop.payments.cancel_order_by_operator(by_operator.id, Actor::system()).await.unwrap();
        for order in [by_owner, by_operator] {
            assert_eq!((shop.status(&order).await, shop.states(&order).await), (OrderStatus::Cancelled, vec!["closed"]));
        }
        assert_eq!(shop.provider.pages(), [Expired, Expired]);
    }

    async fn nobody_closes_the_page_of_another_order(shop: Shop) {
        let (order, _) = shop.opened().await;
        let refused = shop.payments.cancel_order(order.id, Owner(uuid::Uuid::from_u128(2)), None).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::UnknownOrder))), "{refused:?}");
        assert_eq!((shop.status(&order).await, shop.provider.pages()), (OrderStatus::Pending, vec![Open]));
    }

    async fn a_provider_that_does_not_answer_keeps_no_order_from_being_cancelled(shop: Shop) {
        let phone = shop.phone(3).await;
        for fault in [Fault::Before(unknown()), Fault::Before(busy(None)), Fault::HangsBefore] {
            let order = shop.opened_for(phone).await;
            shop.faulty.next("close", fault);
            shop.payments.cancel_order(order.id, order.owner, None).await.unwrap();
            assert_eq!(shop.status(&order).await, OrderStatus::Cancelled);
        }
        assert_eq!(shop.provider.pages(), [Open, Open, Open]);
    }

    async fn a_payment_that_could_not_be_recorded_is_recorded_by_the_next_attempt_at_the_job(shop: Shop) {
        let (order, session) = shop.opened().await;
        shop.provider.pay(&session);
        shop.cancel(&order).await;
        shop.process.fail_next([true]);
        shop.start_workers();
        eventually(async || shop.jobs(JobKind::ClosePayment).await.iter().any(|job| job.last_error.is_some())).await;
        assert_eq!((shop.states(&order).await, shop.status(&order).await), (vec!["open"], OrderStatus::Cancelled));
        eventually(async || {
            shop.clock.advance(std::time::Duration::from_secs(1));
            shop.status(&order).await == OrderStatus::Paid
        })
        .await;
        eventually(async || shop.states(&order).await == ["completed"]).await;
    }

    async fn a_page_that_was_paid_after_the_units_were_sold_is_refunded(shop: Shop) {
        let (order, session) = shop.opened().await;
        shop.provider.pay(&session);
        shop.cancel(&order).await;
        shop.ordered(order.product_id).await;
        shop.start_workers();
        eventually(async || shop.provider.refunds().len() == 1).await;
        assert_eq!(shop.refund(&order).await.reason, RefundReason::SoldOut);
    }

    async fn a_page_whose_response_was_lost_does_not_survive_its_order(shop: Shop) {
        let phone = shop.phone(1).await;
        let order = shop.ordered(phone).await;
        shop.faulty.next("open", Fault::After(unknown()));
        shop.payments.open(&order).await.unwrap_err();
        assert_eq!(shop.provider.pages(), [Open]);
        // The first repetition meets the call that is still under way.
        shop.faulty.next("open", Fault::Before(busy(None)));
        shop.cancel(&order).await;
        shop.start_workers();
        eventually(async || {
            shop.clock.advance(std::time::Duration::from_secs(1));
            shop.states(&order).await == ["closed"]
        })
        .await;
        assert_eq!(shop.provider.pages(), [Expired]);
    }

    async fn a_refusal_to_close_is_followed_by_a_look_up(shop: Shop) {
        let (order, session) = shop.opened().await;
        shop.provider.expire(&session);
        shop.faulty.next("close", Fault::Before(refused()));
        shop.cancel(&order).await;
        shop.start_workers();
        eventually(async || shop.states(&order).await == ["closed"]).await;
        eventually(async || shop.jobs(JobKind::ClosePayment).await[0].state == JobState::Done).await;
        assert_eq!(shop.provider.calls("find_session"), 1);
    }

    async fn a_node_without_provider_leaves_the_job_to_another(shop: Shop) {
        let (order, _) = shop.opened().await;
        shop.start_workers_of(&shop.without_provider());
        shop.cancel(&order).await;
        eventually(async || shop.jobs(JobKind::ClosePayment).await.len() == 1).await;
        assert_eq!(shop.states(&order).await, ["open"]);
        shop.start_workers();
        eventually(async || shop.states(&order).await == ["closed"]).await;
    }

    async fn the_page_from_which_a_shopper_returns_is_looked_up(shop: Shop) {
        let (order, session) = shop.opened().await;
        // The webhook never comes.
        shop.provider.pay(&session);
        assert!(shop.payments.look_up_returned(order.id).await.unwrap());
        assert_eq!((shop.status(&order).await, shop.states(&order).await), (OrderStatus::Paid, vec!["completed"]));
    }

    async fn an_address_that_says_paid_pays_no_order(shop: Shop) {
        let (order, _) = shop.opened().await;
        assert!(!shop.payments.look_up_returned(order.id).await.unwrap());
        assert_eq!((shop.status(&order).await, shop.states(&order).await), (OrderStatus::Pending, vec!["open"]));
        // Reloads do not call the provider each time.
        for _ in 0..5 {
            assert!(!shop.payments.look_up_returned(order.id).await.unwrap());
        }
        assert_eq!(shop.provider.calls("find_session"), 1);
    }

    async fn a_provider_that_does_not_answer_keeps_no_shopper_waiting(shop: Shop) {
        let phone = shop.phone(3).await;
        for fault in [Fault::Before(unknown()), Fault::Before(busy(None)), Fault::HangsBefore] {
            let order = shop.opened_for(phone).await;
            shop.faulty.next("find_session", fault);
            assert!(shop.payments.look_up_returned(order.id).await.unwrap());
            assert_eq!(shop.status(&order).await, OrderStatus::Pending);
        }
    }
}
