//! Disputes of payments. A payment is not refunded while the shopper disputes it.

use crate::shop::{Shop, counts, event, refused};
use checkout::{
    Checkout, Error, IssueRefund, PaymentEvent, PaymentVerdict, Restock,
    model::{
        Actor, HoldId, Order, OrderStatus,
        PaymentStatus::{DisputeClosed, DisputeOpened, Success},
        Reference, Refund, RefundId, RefundReason, RefundState, RefundStep, Refusal, open_disputes,
    },
};
use uuid::Uuid;

async fn issue(node: &Checkout, order: &Order, amount: i64) -> Result<Refund, Error> {
    let issue = IssueRefund { id: node.new_refund_id(), order: order.id, amount: Some(amount), restock: Restock::None };
    Ok(node.issue_refund(issue, Actor::system()).await?.value)
}

async fn step(node: &Checkout, refund: RefundId, step: RefundStep) -> Result<Refund, Error> {
    Ok(node.advance_refund(refund, 1, step, Actor::system()).await?.value)
}

/// An event about one of the disputes of a transaction.
fn about(dispute: &str, event: PaymentEvent) -> PaymentEvent {
    PaymentEvent { dispute_id: Some(dispute.to_owned().try_into().unwrap()), ..event }
}

/// Whether the payment of an order is disputed. The events and the store's own read of many transactions agree.
async fn has_open_dispute(shop: &Shop, order: &Order) -> bool {
    let is_open = open_disputes(&shop.payments(order).await).next().is_some();
    let transaction = order.transaction_id().unwrap().clone();
    let disputed = shop.checkout.disputed(&[transaction.clone(), "none".to_owned().try_into().unwrap()]).await.unwrap();
    assert_eq!(disputed, if is_open { vec![transaction] } else { Vec::new() });
    is_open
}

crate::scenarios! {
    async fn an_open_dispute_blocks_refunds_of_its_transaction_until_it_is_closed(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let other = shop.second_node().await;
        let (order, calm) = (shop.paid(phone, 1, "tx").await, shop.paid(phone, 1, "tx-2").await);
        let due = issue(&shop.checkout, &order, 500).await.unwrap();
        let opened = shop.deliver(event("open", Reference::Order(order.id), "tx", DisputeOpened)).await.unwrap();
        assert_eq!((opened.verdict, opened.order), (PaymentVerdict::Processed, Some((order.id, OrderStatus::Paid))));
        for node in [&shop.checkout, &other] {
            assert_eq!(refused(issue(node, &order, 500).await), Refusal::DisputeOpen);
            assert_eq!(refused(step(node, due.id, RefundStep::Send).await), Refusal::DisputeOpen);
        }
        assert!(has_open_dispute(&shop, &order).await && !has_open_dispute(&shop, &calm).await);
        // A repeated request changes nothing. What has happened is recorded all the same.
        let again = IssueRefund { id: due.id, order: order.id, amount: Some(500), restock: Restock::None };
        assert_eq!(other.issue_refund(again, Actor::system()).await.unwrap().value, due);
        let note = "in cash".to_owned().try_into().unwrap();
        step(&other, due.id, RefundStep::DoneElsewhere { note }).await.unwrap();
        let free = issue(&other, &calm, 500).await.unwrap();
        step(&shop.checkout, free.id, RefundStep::Send).await.unwrap();

        assert_eq!(shop.pay(Reference::Order(order.id), "tx", DisputeClosed).await, PaymentVerdict::Processed);
        let rest = issue(&other, &order, 1000).await.unwrap();
        assert_eq!(step(&shop.checkout, rest.id, RefundStep::Send).await.unwrap().state, RefundState::Sending);
        assert!(!has_open_dispute(&shop, &order).await);
        assert_eq!(counts(shop.stock(phone).await), [3, 0, 0, 2]);
    }

    async fn a_dispute_that_is_closed_before_it_was_opened_does_not_open(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let order = shop.paid(phone, 1, "tx").await;
        let reference = Reference::Order(order.id);
        assert_eq!(shop.pay(reference, "tx", DisputeClosed).await, PaymentVerdict::Processed);
        assert_eq!(shop.pay(reference, "tx", DisputeOpened).await, PaymentVerdict::Ignored);
        issue(&shop.second_node().await, &order, 1).await.unwrap();
        assert!(!has_open_dispute(&shop, &order).await);
        shop.stock(phone).await;
    }

    async fn a_repeated_dispute_has_one_effect(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let order = shop.paid(phone, 1, "tx").await;
        let opened = event("open", Reference::Order(order.id), "tx", DisputeOpened);
        let nodes = [shop.checkout.clone(), shop.second_node().await];
        let all = futures::future::join_all((0..10).map(|n| nodes[n % 2].record_payment(opened.clone()))).await;
        let processed = all.into_iter().filter(|reply| reply.as_ref().unwrap().verdict == PaymentVerdict::Processed);
        assert_eq!(processed.count(), 1);
        let mut reworded = event("open-again", Reference::Order(order.id), "tx", DisputeOpened);
        reworded.fingerprint = [2; 32];
        assert_eq!(shop.deliver(reworded).await.unwrap().verdict, PaymentVerdict::Duplicate);
        shop.pay(Reference::Order(order.id), "tx", DisputeClosed).await;
        assert_eq!(shop.deliver(opened).await.unwrap().verdict, PaymentVerdict::Duplicate);
        issue(&nodes[1], &order, 1).await.unwrap();
        shop.stock(phone).await;
    }

    async fn a_transaction_may_be_disputed_twice(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let order = shop.paid(phone, 1, "tx").await;
        let reference = Reference::Order(order.id);
        for dispute in ["dp-1", "dp-2"] {
            let opened = about(dispute, event(&format!("{dispute}-open"), reference, "tx", DisputeOpened));
            assert_eq!(shop.deliver(opened).await.unwrap().verdict, PaymentVerdict::Processed, "{dispute}");
            assert_eq!(refused(issue(&shop.checkout, &order, 1).await), Refusal::DisputeOpen);
            // The end of another dispute is not the end of this one.
            let other = about("dp-3", event(&format!("{dispute}-other"), reference, "tx", DisputeClosed));
            shop.deliver(other).await.unwrap();
            assert_eq!(refused(issue(&shop.checkout, &order, 1).await), Refusal::DisputeOpen);
            let closed = about(dispute, event(&format!("{dispute}-close"), reference, "tx", DisputeClosed));
            assert_eq!(shop.deliver(closed).await.unwrap().verdict, PaymentVerdict::Processed);
            issue(&shop.checkout, &order, 1).await.unwrap();
        }
        shop.stock(phone).await;
    }

    async fn a_dispute_blocks_the_refund_of_its_own_transaction_alone(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let order = shop.paid(phone, 1, "tx").await;
        let reference = Reference::Order(order.id);
        assert_eq!(shop.pay(reference, "twice", Success).await, PaymentVerdict::RefundDue(RefundReason::AlreadyPaid));
        let twice = RefundId(shop.payments(&order).await[1].id.0);
        shop.pay(reference, "twice", DisputeOpened).await;
        assert_eq!(refused(step(&shop.checkout, twice, RefundStep::Send).await), Refusal::DisputeOpen);
        issue(&shop.checkout, &order, 1).await.unwrap();
        shop.pay(reference, "twice", DisputeClosed).await;
        step(&shop.checkout, twice, RefundStep::Send).await.unwrap();
        shop.stock(phone).await;
    }

    /// It belongs to no product, so that nothing but its transaction tells of it.
    async fn a_dispute_counts_although_it_came_before_its_payment(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let nowhere = Reference::Hold(HoldId(Uuid::from_u128(1)));
        assert_eq!(shop.pay(nowhere, "tx", DisputeOpened).await, PaymentVerdict::Processed);
        let order = shop.paid(phone, 1, "tx").await;
        assert_eq!(refused(issue(&shop.second_node().await, &order, 1).await), Refusal::DisputeOpen);
        shop.pay(nowhere, "tx", DisputeClosed).await;
        issue(&shop.checkout, &order, 1).await.unwrap();
        shop.stock(phone).await;
    }

    /// The refund precedes the dispute, or the dispute the refund. The negative control is in
    /// `checkout/src/simulation/operation_controls.rs`.
    async fn a_refund_and_a_dispute_at_once_are_one_after_the_other(shop: Shop) {
        let phone = shop.phone(20).await.id;
        let other = shop.second_node().await;
        for nth in 0..10 {
            let name = format!("tx-{nth}");
            let order = shop.paid(phone, 1, &name).await;
            let due = issue(&shop.checkout, &order, 1).await.unwrap();
            let opened = event(&format!("open-{nth}"), Reference::Order(order.id), &name, DisputeOpened);
            let (disputed, issued, sent) = tokio::join!(
                shop.checkout.record_payment(opened),
                issue(&other, &order, 1),
                step(&other, due.id, RefundStep::Send),
            );
            assert_eq!(disputed.unwrap().verdict, PaymentVerdict::Processed);
            for result in [&issued, &sent] {
                assert!(matches!(result, Ok(_) | Err(Error::Refused(Refusal::DisputeOpen))), "{result:?}");
            }
            assert_eq!(refused(issue(&other, &order, 1).await), Refusal::DisputeOpen);
            if let Ok(refund) = issued {
                assert_eq!(refused(step(&shop.checkout, refund.id, RefundStep::Send).await), Refusal::DisputeOpen);
            }
        }
        shop.stock(phone).await;
    }

    async fn a_dispute_that_is_opened_and_closed_at_once_is_closed(shop: Shop) {
        let phone = shop.phone(20).await.id;
        let other = shop.second_node().await;
        for nth in 0..10 {
            let name = format!("tx-{nth}");
            let order = shop.paid(phone, 1, &name).await;
            let told = |status| event(&format!("{status:?}-{nth}"), Reference::Order(order.id), &name, status);
            let (opened, closed) = tokio::join!(
                shop.checkout.record_payment(told(DisputeOpened)),
                other.record_payment(told(DisputeClosed)),
            );
            opened.unwrap();
            closed.unwrap();
            issue(&other, &order, 1).await.unwrap();
        }
        shop.stock(phone).await;
    }
}
