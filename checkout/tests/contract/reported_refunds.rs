//! Refunds as the payment provider reports them.

use crate::shop::{Shop, counts, event, noon};
use checkout::{
    Checkout, IssueRefund, PaymentVerdict, Restock,
    model::{
        Actor, EventOutcome, HoldId, Money, Order, OrderStatus,
        PaymentStatus::{DisputeOpened, Success},
        Reference, Refund, RefundId, RefundReason, RefundState, RefundStep, ReportedRefund,
        ReportedRefundState::{self, Failed, Pending, Succeeded},
    },
};
use uuid::Uuid;

fn report(reference: &str, transaction: &str, minor: i64, state: ReportedRefundState) -> ReportedRefund {
    ReportedRefund {
        reference: reference.to_owned().try_into().unwrap(),
        transaction: transaction.to_owned().try_into().unwrap(),
        ours: None,
        amount: Money { minor, currency: "USD".parse().unwrap() },
        state,
        failure: (state == Failed).then(|| "account closed".to_owned()),
        lacks_funds: false,
        created_at: noon(),
    }
}

async fn record(node: &Checkout, report: &ReportedRefund) -> Option<Refund> {
    node.record_refund(report.clone(), Actor::system()).await.unwrap()
}

async fn issued(shop: &Shop, order: &Order, amount: i64) -> Refund {
    let id = shop.checkout.new_refund_id();
    let issue = IssueRefund { id, order: order.id, amount: Some(amount), restock: Restock::None };
    shop.checkout.issue_refund(issue, Actor::command_line("ada")).await.unwrap().value
}

async fn send(shop: &Shop, refund: RefundId, attempt: u32, by: Actor) {
    shop.checkout.advance_refund(refund, attempt, RefundStep::Send, by).await.unwrap();
}

async fn refunds(shop: &Shop, order: &Order) -> Vec<Refund> {
    shop.store.reads().refunds_of_order(order.id).await.unwrap()
}

/// The order's status, and the sums of its refunds.
async fn sums(shop: &Shop, order: &Order) -> (OrderStatus, i64, i64) {
    let order = shop.order_now(order.id).await;
    (order.status(), order.refunds.issued, order.refunds.returned)
}

/// Events of refunds in the commits.
async fn told(shop: &Shop) -> Vec<String> {
    let sql = "SELECT topic, '' FROM outbox WHERE refund_id IS NOT NULL ORDER BY id";
    let rows: Vec<(String, String)> = shop.database.rows(sql).await;
    rows.into_iter().map(|(topic, _)| topic).collect()
}

crate::scenarios! {
    async fn the_metadata_name_the_refund_and_its_attempt(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let order = shop.paid(phone, 1, "tx").await;
        let id = issued(&shop, &order, 1999).await.id;
        let ours = |attempt, report| ReportedRefund { ours: Some((id, attempt)), ..report };
        send(&shop, id, 1, Actor::system()).await;
        let accepted = record(&shop.checkout, &ours(1, report("re_1", "tx", 1999, Pending))).await.unwrap();
        assert_eq!((accepted.id, accepted.state), (id, RefundState::Sending));
        assert_eq!(accepted.provider_reference.as_ref().unwrap().as_str(), "re_1");
        // The first reference of an attempt stays, and a repeated report changes nothing.
        for reference in ["re_1", "re_other"] {
            assert_eq!(record(&shop.checkout, &ours(1, report(reference, "tx", 1999, Pending))).await.unwrap(), accepted);
        }
        let failed = record(&shop.checkout, &ours(1, report("re_1", "tx", 1999, Failed))).await.unwrap();
        assert_eq!((failed.state, failed.failure.as_deref()), (RefundState::Failed, Some("account closed")));
        shop.checkout.advance_refund(id, 1, RefundStep::Retry, Actor::system()).await.unwrap();
        send(&shop, id, 2, Actor::system()).await;
        let late = record(&shop.checkout, &ours(1, report("re_1", "tx", 1999, Failed))).await.unwrap();
        assert_eq!((late.state, late.attempt), (RefundState::Sending, 2), "a failure of an earlier attempt");
        let done = record(&shop.checkout, &ours(1, report("re_1", "tx", 1999, Succeeded))).await.unwrap();
        assert_eq!((done.state, done.attempt), (RefundState::Succeeded, 2), "a success of an earlier attempt counts");
        assert_eq!(sums(&shop, &order).await, (OrderStatus::Refunded, 1999, 1999));
        assert_eq!(refunds(&shop, &order).await, [done]);
        assert_eq!(told(&shop).await, ["refund.due", "refund.accepted", "refund.failed", "refund.due", "refund.succeeded"]);
        shop.stock(phone).await;
    }

    async fn a_refund_that_was_forgotten_in_a_restart_is_accepted_all_the_same(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let order = shop.paid(phone, 1, "tx").await;
        let id = issued(&shop, &order, 500).await.id;
        let pending = ReportedRefund { ours: Some((id, 1)), ..report("re_1", "tx", 500, Pending) };
        let accepted = record(&shop.second_node().await, &pending).await.unwrap();
        assert_eq!((accepted.id, accepted.state, accepted.version), (id, RefundState::Sending, 2));
        // The refund of a database that was restored from a copy is another one.
        let unknown = ReportedRefund { ours: Some((RefundId(Uuid::from_u128(1)), 1)), ..report("re_2", "tx", 700, Succeeded) };
        assert_eq!(record(&shop.checkout, &unknown).await.unwrap().reason, RefundReason::AtProvider);
        assert_eq!(sums(&shop, &order).await, (OrderStatus::Paid, 1200, 700));
        shop.stock(phone).await;
    }

    async fn the_reference_names_a_known_refund(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let order = shop.paid(phone, 1, "tx").await;
        let id = issued(&shop, &order, 500).await.id;
        let reference = "re_1".to_owned().try_into().unwrap();
        let accept = RefundStep::Accept { provider_reference: reference };
        shop.checkout.advance_refund(id, 1, accept, Actor::system()).await.unwrap();
        let done = record(&shop.checkout, &report("re_1", "tx", 500, Succeeded)).await.unwrap();
        assert_eq!((done.id, done.state), (id, RefundState::Succeeded));
        // The bank sends the money back. A refund at the provider that has failed stays so.
        let failed = record(&shop.checkout, &report("re_1", "tx", 500, Failed)).await.unwrap();
        assert_eq!((failed.id, failed.state), (id, RefundState::Failed));
        for state in [Pending, Succeeded, Failed] {
            assert_eq!(record(&shop.checkout, &report("re_1", "tx", 500, state)).await.unwrap(), failed);
        }
        // A repeated report of the failed attempt says nothing about the next one, nor about money that went back otherwise.
        shop.checkout.advance_refund(id, 1, RefundStep::Retry, Actor::system()).await.unwrap();
        assert_eq!(record(&shop.checkout, &report("re_1", "tx", 500, Failed)).await.unwrap().state, RefundState::Due);
        let note = RefundStep::DoneElsewhere { note: "in cash".to_owned().try_into().unwrap() };
        shop.checkout.advance_refund(id, 2, note, Actor::system()).await.unwrap();
        assert_eq!(record(&shop.checkout, &report("re_1", "tx", 500, Failed)).await.unwrap().state, RefundState::Succeeded);
        assert_eq!(sums(&shop, &order).await, (OrderStatus::Paid, 500, 500));
        assert_eq!(refunds(&shop, &order).await.len(), 1);
        shop.stock(phone).await;
    }

    async fn a_refund_that_was_carried_out_by_hand_is_found_by_its_amount(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let order = shop.paid(phone, 1, "tx").await;
        let [due, other, by_hand] = [issued(&shop, &order, 500).await.id, issued(&shop, &order, 300).await.id, issued(&shop, &order, 300).await.id];
        let accepted = record(&shop.checkout, &report("re_1", "tx", 500, Pending)).await.unwrap();
        assert_eq!((accepted.id, accepted.state), (due, RefundState::Sending));
        send(&shop, by_hand, 1, Actor::command_line("ada")).await;
        // An operator is carrying out the second of two.
        let done = record(&shop.checkout, &report("re_2", "tx", 300, Succeeded)).await.unwrap();
        assert_eq!((done.id, done.state), (by_hand, RefundState::Succeeded));
        // A worker sends the first one with metadata, so that a report without them is about another refund.
        send(&shop, other, 1, Actor::system()).await;
        let new = record(&shop.checkout, &report("re_3", "tx", 300, Succeeded)).await.unwrap();
        assert_eq!(new.reason, RefundReason::AtProvider);
        assert_eq!(sums(&shop, &order).await, (OrderStatus::Paid, 1400, 600));
        // A failed refund leaves what is due as it is.
        let due = issued(&shop, &order, 200).await;
        assert_eq!(record(&shop.checkout, &report("re_4", "tx", 200, Failed)).await, None);
        assert_eq!(shop.store.reads().refund(due.id).await.unwrap(), Some(due));
        shop.stock(phone).await;
    }

    async fn a_refund_in_the_dashboard_counts_like_one_by_an_operator(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let order = shop.paid(phone, 2, "tx").await;
        let part = record(&shop.checkout, &report("re_1", "tx", 1998, Pending)).await.unwrap();
        assert_eq!((part.reason, part.state, part.order_id), (RefundReason::AtProvider, RefundState::Sending, Some(order.id)));
        assert_eq!((part.product_id, part.amount, part.restocked), (Some(phone), Some(1998), 0));
        assert_eq!(shop.store.reads().refund(part.id).await.unwrap(), Some(part.clone()));
        assert_eq!(sums(&shop, &order).await, (OrderStatus::Paid, 1998, 0));
        assert_eq!(shop.order_now(order.id).await.refundable(), 2000);
        assert_eq!(record(&shop.checkout, &report("re_1", "tx", 1998, Succeeded)).await.unwrap().id, part.id);
        let rest = record(&shop.checkout, &report("re_2", "tx", 2000, Succeeded)).await.unwrap();
        assert_eq!(sums(&shop, &order).await, (OrderStatus::Refunded, 3998, 3998));
        record(&shop.checkout, &report("re_2", "tx", 2000, Failed)).await.unwrap();
        assert_eq!(sums(&shop, &order).await, (OrderStatus::Paid, 1998, 1998));
        assert_eq!(shop.store.reads().refund(rest.id).await.unwrap().unwrap().failure.as_deref(), Some("account closed"));
        let topics = ["refund.accepted", "refund.succeeded", "refund.succeeded", "refund.failed"];
        assert_eq!(told(&shop).await, topics);
        let actions: Vec<_> = shop.audit_log().await.into_iter().map(|(action, ..)| action).collect();
        assert_eq!(actions, ["refund.report", "refund.succeed", "refund.report", "refund.fail"]);
        assert_eq!(counts(shop.stock(phone).await), [3, 0, 0, 2]);
    }

    async fn a_refund_of_another_transaction_leaves_the_order_paid(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let order = shop.paid(phone, 1, "tx").await;
        let twice = shop.pay(Reference::Order(order.id), "tx2", Success).await;
        assert_eq!(twice, PaymentVerdict::RefundDue(RefundReason::AlreadyPaid));
        let event = shop.payments(&order).await[1].id;
        let part = record(&shop.checkout, &report("re_1", "tx2", 500, Succeeded)).await.unwrap();
        assert_eq!((part.reason, part.order_id, part.event_id), (RefundReason::AtProvider, Some(order.id), None));
        let outcome = async || shop.payments(&order).await[1].outcome;
        assert_eq!(outcome().await, EventOutcome::RefundDue(RefundReason::AlreadyPaid));
        // The whole payment is what the refund that is due returns.
        let whole = record(&shop.checkout, &report("re_2", "tx2", 1999, Succeeded)).await.unwrap();
        assert_eq!((whole.id, whole.event_id), (RefundId(event.0), Some(event)));
        assert_eq!(outcome().await, EventOutcome::Refunded(RefundReason::AlreadyPaid));
        assert_eq!(sums(&shop, &order).await, (OrderStatus::Paid, 0, 0));
        record(&shop.checkout, &report("re_2", "tx2", 1999, Failed)).await.unwrap();
        assert_eq!(outcome().await, EventOutcome::RefundDue(RefundReason::AlreadyPaid));
        assert_eq!(counts(shop.stock(phone).await), [4, 0, 0, 1]);
    }

    async fn the_provider_may_return_more_than_the_order_costs(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let order = shop.paid(phone, 1, "tx").await;
        let id = issued(&shop, &order, 1999).await.id;
        send(&shop, id, 1, Actor::system()).await;
        record(&shop.checkout, &report("re_1", "tx", 1500, Succeeded)).await.unwrap();
        assert_eq!(sums(&shop, &order).await, (OrderStatus::Paid, 3499, 1500));
        assert_eq!(shop.order_now(order.id).await.refundable(), 0);
        shop.stock(phone).await;
        // Another node reads the sums as they were written.
        let other = shop.second_node().await;
        let ours = ReportedRefund { ours: Some((id, 1)), ..report("re_2", "tx", 1999, Succeeded) };
        record(&other, &ours).await.unwrap();
        assert_eq!(sums(&shop, &order).await, (OrderStatus::Refunded, 3499, 3499));
        record(&shop.checkout, &report("re_3", "tx", 1_000_000_000_000_000, Succeeded)).await.unwrap();
        for impossible in [i64::MAX, 1_000_000_000_000_001, 0, -1, i64::MIN] {
            assert_eq!(record(&shop.checkout, &report("re_4", "tx", impossible, Succeeded)).await, None);
        }
        for (reference, amount) in [("re_3", 1_000_000_000_000_000), ("re_2", 1999)] {
            record(&shop.checkout, &report(reference, "tx", amount, Failed)).await.unwrap();
        }
        assert_eq!(sums(&shop, &order).await, (OrderStatus::Paid, 1500, 1500));
        assert_eq!(shop.order_now(order.id).await.refundable(), 499);
        shop.stock(phone).await;
    }

    async fn the_refund_of_an_unknown_transaction_is_none_of_this_shop(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let order = shop.ordered(phone, 1).await;
        shop.pay(Reference::Order(order.id), "tx", checkout::model::PaymentStatus::Processing).await;
        for transaction in ["tx", "other"] {
            assert_eq!(record(&shop.checkout, &report("re_1", transaction, 500, Succeeded)).await, None);
        }
        shop.pay(Reference::Order(order.id), "tx", Success).await;
        assert_eq!(record(&shop.checkout, &report("re_1", "tx", 500, Failed)).await, None);
        assert_eq!((refunds(&shop, &order).await, shop.audit_log().await), (Vec::new(), Vec::new()));
    }

    async fn reports_in_any_order_end_in_the_same_truth(shop: Shop) {
        let phone = shop.phone(9).await.id;
        let other = shop.second_node().await;
        let orders: [(&[ReportedRefundState], RefundState); 5] = [
            (&[Pending, Succeeded], RefundState::Succeeded),
            (&[Succeeded, Pending], RefundState::Succeeded),
            (&[Pending, Succeeded, Pending, Failed], RefundState::Failed),
            (&[Succeeded, Failed, Pending], RefundState::Failed),
            (&[Pending, Failed, Succeeded, Failed], RefundState::Failed),
        ];
        for (nth, (states, expected)) in orders.into_iter().enumerate() {
            let (transaction, reference) = (format!("tx-{nth}"), format!("re-{nth}"));
            let order = shop.paid(phone, 1, &transaction).await;
            for (node, state) in [&shop.checkout, &other].into_iter().cycle().zip(states) {
                record(node, &report(&reference, &transaction, 1999, *state)).await.unwrap();
            }
            let [refund] = <[_; 1]>::try_from(refunds(&shop, &order).await).unwrap();
            assert_eq!(refund.state, expected, "{states:?}");
            let is_refunded = shop.order_now(order.id).await.status() == OrderStatus::Refunded;
            assert_eq!(is_refunded, expected == RefundState::Succeeded);
        }
        shop.stock(phone).await;
    }

    async fn two_nodes_record_one_report_once(shop: Shop) {
        let phone = shop.phone(9).await.id;
        let other = shop.second_node().await;
        for nth in 0..6 {
            let transaction = format!("tx-{nth}");
            let order = shop.paid(phone, 1, &transaction).await;
            // One payment has an order, and one belongs to nothing, so that no lock of a product tells the nodes of each other.
            let nowhere = format!("nowhere-{nth}");
            shop.pay(Reference::Hold(HoldId(Uuid::from_u128(nth + 1))), &nowhere, Success).await;
            for transaction in [&transaction, &nowhere] {
                let report = report(&format!("re-{transaction}"), transaction, 500, Succeeded);
                let (one, two) = tokio::join!(record(&shop.checkout, &report), record(&other, &report));
                assert_eq!(one.unwrap(), two.unwrap());
            }
            assert_eq!(sums(&shop, &order).await, (OrderStatus::Paid, 500, 500));
        }
        assert_eq!(shop.database.count("SELECT count(*) FROM refunds").await, 12);
        shop.stock(phone).await;
    }

    async fn an_open_dispute_does_not_refuse_a_report(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let order = shop.paid(phone, 1, "tx").await;
        let due = issued(&shop, &order, 500).await.id;
        shop.deliver(event("dispute", Reference::Order(order.id), "tx", DisputeOpened)).await.unwrap();
        let accepted = record(&shop.checkout, &report("re_1", "tx", 500, Pending)).await.unwrap();
        assert_eq!((accepted.id, accepted.state), (due, RefundState::Sending));
        record(&shop.checkout, &report("re_2", "tx", 100, Succeeded)).await.unwrap();
        assert_eq!(sums(&shop, &order).await, (OrderStatus::Paid, 600, 100));
    }

    async fn a_payment_that_was_returned_before_its_order_makes_it_a_refunded_one(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let held = shop.hold(phone, 1).await;
        shop.pay(Reference::Hold(held.id), "tx", Success).await;
        let early = record(&shop.checkout, &report("re_1", "tx", 1999, Succeeded)).await.unwrap();
        assert_eq!((early.order_id, early.product_id), (None, Some(phone)));
        let order = shop.second_node().await.place_order(held.id, None, crate::shop::owner(), None).await.unwrap().value;
        assert_eq!(sums(&shop, &order).await, (OrderStatus::Refunded, 1999, 1999));
        assert_eq!(refunds(&shop, &order).await[0].id, early.id);
        let sql = "SELECT topic, '' FROM outbox WHERE order_id IS NOT NULL AND refund_id IS NULL ORDER BY id";
        let topics: Vec<(String, String)> = shop.database.rows(sql).await;
        let topics: Vec<_> = topics.iter().map(|(topic, _)| topic.as_str()).collect();
        assert_eq!(topics, ["order.created", "order.paid", "order.refunded"]);
        shop.stock(phone).await;
    }

    async fn a_payment_that_is_processed_again_brings_its_refunds_along(shop: Shop) {
        let phone = shop.phone(1).await.id;
        let late = shop.ordered(phone, 1).await;
        shop.checkout.cancel_order(late.id, crate::shop::owner(), None).await.unwrap();
        let held = shop.hold(phone, 1).await;
        let sold_out = shop.pay(Reference::Order(late.id), "tx", Success).await;
        assert_eq!(sold_out, PaymentVerdict::RefundDue(RefundReason::SoldOut));
        record(&shop.checkout, &report("re_1", "tx", 500, Succeeded)).await.unwrap();
        assert_eq!(sums(&shop, &late).await, (OrderStatus::Cancelled, 0, 0));
        shop.checkout.release_hold(held.id, crate::shop::owner(), None).await.unwrap();
        let event = shop.payments(&late).await[0].id;
        let replayed = shop.second_node().await.replay_payment(event, Actor::system()).await.unwrap();
        assert_eq!(replayed.verdict, PaymentVerdict::Processed);
        assert_eq!(sums(&shop, &late).await, (OrderStatus::Paid, 500, 500));
        shop.stock(phone).await;
    }
}
