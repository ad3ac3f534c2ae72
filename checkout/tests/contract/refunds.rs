//! Refunds of paid orders, and of payments that the shop must not keep (P7).

use crate::shop::{counts, owner, refused};
use checkout::{
    Checkout, Error, IssueRefund, PaymentVerdict, Restock,
    model::{
        Actor, EventOutcome, HoldId, Order, OrderId, OrderStatus, PaymentStatus, Reference, Refund, RefundId,
        RefundReason, RefundReference, RefundState, RefundStep, Refusal,
    },
};
use uuid::Uuid;

async fn issue(node: &Checkout, order: &Order, amount: Option<i64>, restock: Restock) -> Result<Refund, Error> {
    let issue = IssueRefund { id: node.new_refund_id(), order: order.id, amount, restock };
    Ok(node.issue_refund(issue, Actor::system()).await?.value)
}

async fn step(node: &Checkout, refund: RefundId, attempt: u32, step: RefundStep) -> Result<Refund, Error> {
    Ok(node.advance_refund(refund, attempt, step, Actor::system()).await?.value)
}

fn succeed(reference: &str) -> RefundStep {
    RefundStep::Succeed { provider_reference: Some(RefundReference::try_from(reference.to_owned()).unwrap()) }
}

fn fail() -> RefundStep {
    RefundStep::Fail { failure: "declined".to_owned() }
}

crate::scenarios! {
    async fn an_order_is_refunded_in_parts_up_to_its_amount(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let other = shop.second_node().await;
        let order = shop.paid(phone, 2, "tx").await;
        let first = issue(&shop.checkout, &order, Some(1000), Restock::None).await.unwrap();
        assert_eq!((first.state, first.amount, first.reason), (RefundState::Due, Some(1000), RefundReason::ByOperator));
        assert_eq!(refused(issue(&other, &order, Some(2999), Restock::None).await), Refusal::RefundTooLarge { left: 2998 });
        for wrong in [0, -1] {
            assert_eq!(refused(issue(&other, &order, Some(wrong), Restock::None).await), Refusal::RefundTooLarge { left: 2998 });
        }
        let rest = issue(&other, &order, None, Restock::All).await.unwrap();
        assert_eq!((rest.amount, rest.restocked), (Some(2998), 2));
        assert_eq!(refused(issue(&shop.checkout, &order, None, Restock::None).await), Refusal::RefundTooLarge { left: 0 });
        assert_eq!(counts(shop.stock(phone).await), [5, 0, 0, 0]);
        assert_eq!(shop.order_now(order.id).await.status(), OrderStatus::Paid);
        for (nth, refund) in [first, rest].into_iter().enumerate() {
            step(&other, refund.id, 1, RefundStep::Send).await.unwrap();
            step(&shop.checkout, refund.id, 1, succeed(&format!("re_{nth}"))).await.unwrap();
        }
        assert_eq!(shop.order_now(order.id).await.status(), OrderStatus::Refunded);
        let states: Vec<_> = shop.store.reads().refunds_of_order(order.id).await.unwrap().iter().map(|r| r.state).collect();
        assert_eq!(states, [RefundState::Succeeded; 2]);
        assert_eq!(counts(shop.stock(phone).await), [5, 0, 0, 0]);
    }

    async fn refunds_are_read_together_by_their_ids(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let order = shop.paid(phone, 2, "tx").await;
        let mut refunds = Vec::new();
        for amount in [100, 200, 300] {
            refunds.push(issue(&shop.checkout, &order, Some(amount), Restock::None).await.unwrap());
        }
        let ids = [refunds[2].id, RefundId(Uuid::from_u128(9)), refunds[0].id, refunds[0].id];
        let mut found = shop.checkout.refunds_by_id(&ids).await.unwrap();
        found.sort_by_key(|refund| refund.id);
        assert_eq!(found, [refunds[0].clone(), refunds[2].clone()]);
        assert_eq!(shop.checkout.refunds_by_id(&[]).await.unwrap(), []);
    }

    async fn a_repeated_request_returns_the_refund_that_it_issued(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let order = shop.paid(phone, 1, "tx").await;
        let issue = IssueRefund { id: shop.checkout.new_refund_id(), order: order.id, amount: Some(500), restock: Restock::None };
        let refund = shop.checkout.issue_refund(issue, Actor::system()).await.unwrap().value;
        let other = shop.second_node().await;
        for node in [&shop.checkout, &other] {
            assert_eq!(node.issue_refund(issue, Actor::system()).await.unwrap().value, refund);
            let more = IssueRefund { amount: Some(501), ..issue };
            assert_eq!(refused(node.issue_refund(more, Actor::system()).await), Refusal::KeyReused);
        }
        assert_eq!(shop.order_now(order.id).await.refunds.issued, 500);
        assert_eq!(shop.audit_log().await.len(), 1);
    }

    async fn only_a_paid_order_is_refunded(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let order = shop.ordered(phone, 1).await;
        assert_eq!(refused(issue(&shop.checkout, &order, None, Restock::All).await), Refusal::OrderNotPaid);
        shop.checkout.cancel_order(order.id, owner(), None).await.unwrap();
        assert_eq!(refused(issue(&shop.checkout, &order, Some(1), Restock::None).await), Refusal::OrderNotPaid);
        let unknown = Order { id: OrderId(Uuid::from_u128(1)), ..order };
        assert_eq!(refused(issue(&shop.checkout, &unknown, Some(1), Restock::None).await), Refusal::UnknownOrder);
    }

    async fn each_unit_is_put_back_on_sale_once(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let order = shop.paid(phone, 3, "tx").await;
        let part = issue(&shop.checkout, &order, Some(1), Restock::Units(2)).await.unwrap();
        assert_eq!(refused(issue(&shop.checkout, &order, Some(1), Restock::Units(2)).await), Refusal::AlreadyRestocked { left: 1 });
        // A failed refund has put its units back.
        step(&shop.checkout, part.id, 1, fail()).await.unwrap();
        assert_eq!(refused(issue(&shop.checkout, &order, Some(1), Restock::Units(2)).await), Refusal::AlreadyRestocked { left: 1 });
        issue(&shop.checkout, &order, Some(1), Restock::All).await.unwrap();
        assert_eq!(refused(issue(&shop.checkout, &order, Some(1), Restock::All).await), Refusal::AlreadyRestocked { left: 0 });
        assert_eq!(counts(shop.stock(phone).await), [5, 0, 0, 0]);
    }

    async fn the_units_of_a_free_order_return_without_money(shop: Shop) {
        let phone = shop.product("free", 5, |draft| draft.price.minor = 0).await.id;
        let order = shop.paid(phone, 2, "tx").await;
        assert_eq!(order.status(), OrderStatus::Paid);
        let refund = issue(&shop.checkout, &order, None, Restock::All).await.unwrap();
        assert_eq!((refund.amount, refund.restocked), (Some(0), 2));
        assert_eq!(counts(shop.stock(phone).await), [5, 0, 0, 0]);
    }

    async fn restocked_units_no_longer_count_towards_the_limit(shop: Shop) {
        let phone = shop.product("phone", 5, |draft| draft.per_shopper_limit = Some(2)).await.id;
        let ada = || shop.checkout.place_hold(phone, 2.try_into().unwrap(), owner(), Some(crate::shop::shopper("ada")), None);
        let held = ada().await.unwrap().value;
        let order = shop.order(held.id).await;
        shop.pay(Reference::Order(order.id), "tx", PaymentStatus::Success).await;
        assert_eq!(refused(ada().await), Refusal::LimitReached { limit: 2, taken: 2 });
        issue(&shop.checkout, &order, None, Restock::Units(1)).await.unwrap();
        assert_eq!(refused(ada().await), Refusal::LimitReached { limit: 2, taken: 1 });
        issue(&shop.checkout, &order, Some(0), Restock::Units(1)).await.unwrap_err();
        assert_eq!(counts(shop.stock(phone).await), [4, 0, 0, 1]);
    }

    async fn a_failed_refund_is_tried_again(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let order = shop.paid(phone, 1, "tx").await;
        let id = issue(&shop.checkout, &order, None, Restock::None).await.unwrap().id;
        step(&shop.checkout, id, 1, RefundStep::Send).await.unwrap();
        let failed = step(&shop.checkout, id, 1, fail()).await.unwrap();
        assert_eq!((failed.state, failed.failure.as_deref()), (RefundState::Failed, Some("declined")));
        // Its amount can be refunded otherwise meanwhile. Then it does not fit any more.
        let other = issue(&shop.checkout, &order, Some(1), Restock::None).await.unwrap();
        assert_eq!(refused(step(&shop.checkout, id, 1, RefundStep::Retry).await), Refusal::RefundTooLarge { left: 1998 });
        step(&shop.checkout, other.id, 1, fail()).await.unwrap();
        assert_eq!(step(&shop.checkout, id, 1, RefundStep::Retry).await.unwrap().attempt, 2);
        let stale = refused(step(&shop.checkout, id, 1, RefundStep::Send).await);
        assert_eq!(stale, Refusal::RefundState { state: RefundState::Due, attempt: 2 });
        step(&shop.checkout, id, 2, RefundStep::Send).await.unwrap();
        // The provider repeats what it said of the first attempt.
        assert_eq!(step(&shop.checkout, id, 1, fail()).await.unwrap().state, RefundState::Sending);
        step(&shop.checkout, id, 2, succeed("re_1")).await.unwrap();
        let again = step(&shop.checkout, id, 2, succeed("re_1")).await.unwrap();
        assert_eq!((again.state, again.failure), (RefundState::Succeeded, None));
        assert_eq!(shop.order_now(order.id).await.status(), OrderStatus::Refunded);
        // The bank sends the money back.
        step(&shop.checkout, id, 2, fail()).await.unwrap();
        assert_eq!(shop.order_now(order.id).await.status(), OrderStatus::Paid);
        let note = RefundStep::DoneElsewhere { note: RefundReference::try_from("in cash".to_owned()).unwrap() };
        assert_eq!(step(&shop.checkout, id, 2, note).await.unwrap().note.unwrap().as_str(), "in cash");
        assert_eq!(shop.order_now(order.id).await.status(), OrderStatus::Refunded);
        assert_eq!(step(&shop.checkout, id, 2, fail()).await.unwrap().note, None);
        assert_eq!(shop.order_now(order.id).await.status(), OrderStatus::Paid);
        assert_eq!(refused(step(&shop.checkout, RefundId(Uuid::from_u128(1)), 1, RefundStep::Send).await), Refusal::UnknownRefund);
        shop.stock(phone).await;
    }

    async fn the_refund_of_an_event_changes_its_outcome(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let order = shop.paid(phone, 1, "tx").await;
        let twice = shop.pay(Reference::Order(order.id), "tx2", PaymentStatus::Success).await;
        assert_eq!(twice, PaymentVerdict::RefundDue(RefundReason::AlreadyPaid));
        let event = shop.payments(&order).await[1].id;
        let other = shop.second_node().await;
        let refund = step(&other, RefundId(event.0), 1, RefundStep::Send).await.unwrap();
        assert_eq!((refund.event_id, refund.order_id, refund.amount), (Some(event), Some(order.id), None));
        let outcome = async || shop.payments(&order).await[1].outcome;
        assert_eq!(outcome().await, EventOutcome::RefundDue(RefundReason::AlreadyPaid));
        step(&shop.checkout, refund.id, 1, succeed("re_1")).await.unwrap();
        assert_eq!(outcome().await, EventOutcome::Refunded(RefundReason::AlreadyPaid));
        assert_eq!(shop.checkout.audit().await.unwrap().refunds_due, 0);
        step(&other, refund.id, 1, fail()).await.unwrap();
        assert_eq!(outcome().await, EventOutcome::RefundDue(RefundReason::AlreadyPaid));
        assert_eq!(shop.checkout.audit().await.unwrap().refunds_due, 1);
        // It is no part of the order's own payment.
        assert_eq!(shop.order_now(order.id).await.refundable(), 1999);
        assert_eq!(counts(shop.stock(phone).await), [4, 0, 0, 1]);
    }

    async fn two_full_refunds_at_once_return_the_money_once(shop: Shop) {
        let phone = shop.phone(20).await.id;
        let other = shop.second_node().await;
        for nth in 0..10 {
            let order = shop.paid(phone, 1, &format!("tx-{nth}")).await;
            let (one, two) = tokio::join!(
                issue(&shop.checkout, &order, Some(1999), Restock::None),
                issue(&other, &order, Some(1999), Restock::None),
            );
            let [lost] = [one, two].into_iter().filter_map(Result::err).collect::<Vec<_>>().try_into().unwrap();
            assert!(matches!(lost, Error::Refused(Refusal::RefundTooLarge { left: 0 })), "{lost:?}");
        }
        assert_eq!(counts(shop.stock(phone).await), [10, 0, 0, 10]);
    }

    /// Only the refund's version tells the nodes of each other: the refund has no product.
    async fn two_nodes_send_a_refund_without_a_product_once(shop: Shop) {
        let other = shop.second_node().await;
        for nth in 0..6 {
            let (name, hold) = (format!("tx-{nth}"), HoldId(Uuid::from_u128(nth + 1)));
            shop.pay(Reference::Hold(hold), &name, PaymentStatus::Success).await;
            shop.checkout.start_maintenance(checkout::Limits::default());
            shop.advance(24 * 3600);
            let reads = shop.store.reads();
            crate::shop::eventually(async || reads.refunds_due().await.unwrap() == 1).await;
            let id = RefundId(reads.payments(hold, None).await.unwrap()[0].id.0);
            let (one, two) =
                tokio::join!(step(&shop.checkout, id, 1, RefundStep::Send), step(&other, id, 1, RefundStep::Send));
            for sent in [one, two] {
                assert_eq!(sent.unwrap().state, RefundState::Sending);
            }
            let stored = reads.refund(id).await.unwrap().unwrap();
            assert_eq!((stored.version, stored.product_id), (2, None));
        }
        let sent = shop.audit_log().await;
        assert_eq!(sent.len(), 6, "{sent:?}");
    }
}
