//! An event counts if it is about a payment that the shop opened, once, and moves its attempt.

use crate::support::{Fault, MINUTE, unknown};
use checkout::{
    Error, PaymentVerdict,
    model::{OrderStatus, PaymentStatus, SessionId},
};
use integrations::{
    payments::Received,
    provider::{About, Notice, PaymentNotice},
};

fn payment(notice: Notice) -> PaymentNotice {
    let Notice::Payment(payment) = notice else { panic!("{notice:?}") };
    payment
}

fn is_ignored(received: &Received) -> bool {
    matches!(received, Received::Ignored { .. })
}

fn verdict(received: Received) -> PaymentVerdict {
    let Received::Payment(reply) = received else { panic!("{received:?}") };
    reply.verdict
}

crate::scenarios! {
    async fn a_payment_counts_once_whoever_tells_it(shop: Shop) {
        let (order, session) = shop.opened().await;
        let notice = shop.provider.pay(&session);
        let (_other, other) = shop.second_node().await;
        let (one, two) = tokio::join!(shop.payments.receive(notice.clone(), None), other.receive(notice, None));
        let verdicts = [verdict(one.unwrap()), verdict(two.unwrap())];
        assert!(verdicts.contains(&PaymentVerdict::Processed) && verdicts.contains(&PaymentVerdict::Duplicate));
        assert_eq!((shop.status(&order).await, shop.states(&order).await), (OrderStatus::Paid, vec!["completed"]));
    }

    async fn a_payment_that_could_not_be_recorded_is_found_by_the_next_delivery_or_a_look_up(shop: Shop) {
        let (order, session) = shop.opened().await;
        let notice = shop.provider.pay(&session);
        shop.process.fail_next([true, true]);
        let busy = shop.payments.receive(notice.clone(), None).await;
        assert!(matches!(busy, Err(Error::Busy { .. })), "{busy:?}");
        assert_eq!((shop.status(&order).await, shop.states(&order).await), (OrderStatus::Pending, vec!["open"]));
        // The list of events has it too, and the database fails once more.
        let stopped = shop.payments.reconcile_periodically().await.unwrap();
        assert!(stopped.stopped.is_some() && shop.process.is_over(), "{stopped:?}");
        assert_eq!(shop.states(&order).await, ["open"]);
        shop.clock.advance(6 * MINUTE);
        shop.faulty.next("events", Fault::Before(unknown()));
        assert_eq!(shop.payments.reconcile().await.unwrap().payments_recorded, 1);
        assert_eq!((shop.status(&order).await, shop.states(&order).await), (OrderStatus::Paid, vec!["completed"]));
        assert_eq!(verdict(shop.receive(notice).await), PaymentVerdict::Duplicate);
    }

    async fn an_event_of_another_application_is_ignored(shop: Shop) {
        let (order, session) = shop.opened().await;
        let own = payment(shop.provider.pay(&session));
        let foreign = PaymentNotice {
            event: "evt_foreign".to_owned().try_into().unwrap(),
            transaction: "pi_foreign".to_owned().try_into().unwrap(),
            session: None,
            attempt: None,
            ..own
        };
        assert!(is_ignored(&shop.receive(Notice::Payment(foreign.clone())).await));
        assert_eq!(shop.status(&order).await, OrderStatus::Pending);
        let dispute = PaymentNotice { about: About::Transaction, status: PaymentStatus::DisputeOpened, ..foreign.clone() };
        assert!(is_ignored(&shop.receive(Notice::Payment(dispute)).await));
        // A shop that makes its own intents accepts them, by an order's id or a hold's.
        let accepting = shop.with(|settings| settings.accepts_other_intents = true);
        let of_hold = PaymentNotice { about: About::Untyped(order.hold_id.0), ..foreign };
        let received = accepting.receive(Notice::Payment(of_hold), None).await.unwrap();
        assert_eq!((verdict(received), shop.status(&order).await), (PaymentVerdict::Processed, OrderStatus::Paid));
    }

    async fn an_event_must_not_name_another_order_than_its_attempt(shop: Shop) {
        let (order, session) = shop.opened().await;
        let mut event = payment(shop.provider.pay(&session));
        let other = checkout::model::OrderId(uuid::Uuid::from_u128(9));
        event.about = About::Known(checkout::model::Reference::Order(other));
        assert!(is_ignored(&shop.receive(Notice::Payment(event)).await));
        assert_eq!((shop.status(&order).await, shop.states(&order).await), (OrderStatus::Pending, vec!["open"]));
    }

    async fn an_event_finds_the_attempt_whose_response_was_lost(shop: Shop) {
        let phone = shop.phone(1).await;
        let order = shop.ordered(phone).await;
        shop.faulty.next("open", Fault::After(unknown()));
        shop.payments.open(&order).await.unwrap_err();
        let session = shop.provider.last_session();
        let received = shop.receive(shop.provider.pay(&session)).await;
        assert_eq!((verdict(received), shop.status(&order).await), (PaymentVerdict::Processed, OrderStatus::Paid));
        let attempt = &shop.attempts(&order).await[0];
        assert_eq!((attempt.state.name(), attempt.session.as_ref().map(SessionId::as_str)), ("completed", Some(&*session)));
    }

    async fn an_expired_page_ends_its_attempt_and_not_its_order(shop: Shop) {
        let (order, session) = shop.opened().await;
        assert!(is_ignored(&shop.receive(shop.provider.expire(&session)).await));
        assert_eq!((shop.status(&order).await, shop.states(&order).await), (OrderStatus::Pending, vec!["closed"]));
        shop.payments.open(&order).await.unwrap();
        let second = shop.provider.last_session();
        assert_ne!(second, session);
        shop.receive(shop.provider.pay(&second)).await;
        assert_eq!((shop.status(&order).await, shop.states(&order).await), (OrderStatus::Paid, vec!["closed", "completed"]));
    }

    async fn a_declined_card_leaves_the_page_open(shop: Shop) {
        let (order, session) = shop.opened().await;
        shop.receive(shop.provider.decline(&session)).await;
        assert_eq!((shop.status(&order).await, shop.states(&order).await), (OrderStatus::Pending, vec!["open"]));
    }

    async fn a_bank_debit_that_bounces_leaves_the_order_payable(shop: Shop) {
        let (order, session) = shop.opened().await;
        shop.receive(shop.provider.debit(&session)).await;
        assert_eq!(shop.states(&order).await, ["completed"]);
        shop.receive(shop.provider.expire(&session)).await;
        assert_eq!((shop.status(&order).await, shop.states(&order).await), (OrderStatus::Pending, vec!["closed"]));
        shop.payments.open(&order).await.unwrap();
    }

    async fn a_change_of_refunds_is_read_from_the_provider(shop: Shop) {
        let (order, transaction) = shop.paid().await;
        shop.provider.refund_in_dashboard(&transaction, 500);
        shop.provider.refund_in_dashboard(&transaction, 300);
        let changed = |transaction: &str| Notice::RefundsChanged {
            event: "evt_changed".to_owned().try_into().unwrap(),
            transaction: transaction.to_owned().try_into().unwrap(),
            test_mode: false,
        };
        let without = shop.without_provider().receive(changed(&transaction), None).await.unwrap();
        assert!(is_ignored(&without) && is_ignored(&shop.receive(changed("pi_other")).await));
        assert_eq!(shop.refunds(&order).await, []);
        for _ in 0..2 {
            shop.receive(changed(&transaction)).await;
            let amounts: Vec<_> = shop.refunds(&order).await.iter().map(|refund| refund.amount).collect();
            assert_eq!(amounts, [Some(500), Some(300)]);
        }
    }
}
