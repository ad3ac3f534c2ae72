//! One order's events lead to the same result in every sequence, and when they are delivered at once (P5–P7).

use crate::shop::{Shop, counts, event, owner};
use checkout::{
    Checkout, PaymentVerdict,
    model::{
        EventOutcome, OrderState, PaymentStatus,
        PaymentStatus::{DisputeClosed, DisputeOpened, Failure, Processing, Success},
        ProductId, Reference, RefundReason,
    },
};

/// Each event's key, transaction and status. The last event repeats the third.
const EVENTS: [(&str, &str, PaymentStatus); 5] = [
    ("underway", "one", Processing),
    ("declined", "one", Failure),
    ("paid", "one", Success),
    ("paid-again", "two", Success),
    ("paid", "one", Success),
];

crate::scenarios! {
    async fn every_sequence_of_deliveries_ends_with_the_order_paid_once(shop: Shop) {
        let phone = shop.phone(1000).await.id;
        let all = permutations(EVENTS.len());
        let placed = |nth: usize| (&all[nth % all.len()], nth / all.len());
        let stories = (0..all.len() * (1 + EVENTS.len())).map(|nth| {
            let (sequence, early) = placed(nth);
            run_sequence(&shop, phone, nth, sequence, early)
        });
        assert_eq!(stories.len(), 720);
        futures::future::join_all(stories).await;
        assert_eq!(counts(shop.stock(phone).await), [280, 0, 0, 720]);
    }

    async fn a_rival_gets_the_last_unit_only_after_a_failed_payment(shop: Shop) {
        for (nth, sequence) in permutations(3).into_iter().enumerate() {
            let phone = shop.product(&format!("phone-{nth}"), 1, |_| {}).await.id;
            let order = shop.ordered(phone, 1).await;
            let mut verdicts = Vec::new();
            for index in &sequence {
                let (_, transaction, status) = EVENTS[index + 1];
                verdicts.push(shop.pay(Reference::Order(order.id), &format!("{transaction}-{nth}"), status).await);
                // A rival takes the unit if it is available.
                let _ = shop.try_hold(phone, 1).await;
            }
            let declined_first = sequence[0] == 0;
            let refund = |reason| PaymentVerdict::RefundDue(reason);
            let expected = match sequence.iter().position(|index| *index == 0).unwrap() {
                0 => [PaymentVerdict::Processed, refund(RefundReason::SoldOut), refund(RefundReason::SoldOut)],
                1 => [PaymentVerdict::Processed, PaymentVerdict::Ignored, refund(RefundReason::AlreadyPaid)],
                _ => [PaymentVerdict::Processed, refund(RefundReason::AlreadyPaid), PaymentVerdict::Ignored],
            };
            assert_eq!(verdicts, expected, "{sequence:?}");
            let end = if declined_first { [0, 1, 0, 0] } else { [0, 0, 0, 1] };
            assert_eq!(counts(shop.stock(phone).await), end, "{sequence:?}");
        }
    }

    async fn all_events_at_once_on_two_nodes_pay_each_order_once(shop: Shop) {
        let phone = shop.phone(100).await.id;
        let nodes = [shop.checkout.clone(), shop.second_node().await];
        for nth in 0..12 {
            let order = shop.ordered(phone, 1).await;
            let deliveries = nodes.iter().flat_map(|node| EVENTS.iter().map(move |known| (node, *known)));
            let deliveries = deliveries.map(|(node, known)| deliver(node, known, nth, Reference::Order(order.id)));
            let verdicts = futures::future::join_all(deliveries).await;
            let paid = verdicts.iter().filter(|v| **v == PaymentVerdict::RefundDue(RefundReason::AlreadyPaid)).count();
            assert_eq!(paid, 1, "{verdicts:?}");
            must_be_paid_once(&shop, order.id, None).await;
        }
        assert_eq!(counts(shop.stock(phone).await), [88, 0, 0, 12]);
    }

    async fn a_hundred_deliveries_at_once_on_two_nodes_pay_the_order_once(shop: Shop) {
        let phone = shop.phone(100).await.id;
        let nodes = [shop.checkout.clone(), shop.second_node().await];
        let order = shop.ordered(phone, 1).await;
        let hundred = (0..100).map(|n| deliver(&nodes[n % 2], EVENTS[n % 5], 0, Reference::Order(order.id)));
        let verdicts = futures::future::join_all(hundred).await;
        let duplicates = verdicts.iter().filter(|verdict| **verdict == PaymentVerdict::Duplicate).count();
        assert_eq!(duplicates, 96, "each of the four events is new once: {verdicts:?}");
        must_be_paid_once(&shop, order.id, None).await;
        assert_eq!(counts(shop.stock(phone).await), [99, 0, 0, 1]);
    }

    async fn a_hundred_deliveries_while_the_order_is_placed_pay_it_once(shop: Shop) {
        let phone = shop.phone(100).await.id;
        let nodes = [shop.checkout.clone(), shop.second_node().await];
        for nth in 0..5 {
            let hold = shop.hold(phone, 1).await;
            let delivered = |n: usize| deliver(&nodes[n % 2], EVENTS[2], nth, Reference::Hold(hold.id));
            let before = futures::future::join_all((0..50).map(delivered));
            let after = futures::future::join_all((50..100).map(delivered));
            let (before, order, after) = tokio::join!(before, shop.try_order(hold.id), after);
            let order = shop.order_now(order.unwrap().id).await;
            assert!(matches!(order.state, OrderState::Paid { .. }), "{order:?}");
            let first = before.iter().chain(&after).filter(|verdict| **verdict != PaymentVerdict::Duplicate);
            let first: Vec<_> = first.collect();
            assert!(matches!(first[..], [PaymentVerdict::Processed | PaymentVerdict::Parked]), "{first:?}");
            assert_eq!(shop.payments(&order).await.len(), 1);
        }
        assert_eq!(counts(shop.stock(phone).await), [95, 0, 0, 5]);
    }

    async fn three_concurrent_deliveries_count_once_on_one_node_and_on_two(shop: Shop) {
        let phone = shop.phone(100).await.id;
        let nodes = [shop.checkout.clone(), shop.second_node().await];
        for nth in 0..20 {
            let order = shop.ordered(phone, 1).await;
            let spread = nth % 2;
            let three = (0..3).map(|n| deliver(&nodes[n * spread % 2], EVENTS[2], nth, Reference::Order(order.id)));
            let mut verdicts = futures::future::join_all(three).await;
            verdicts.sort_by_key(|verdict| *verdict != PaymentVerdict::Processed);
            assert_eq!(verdicts, [PaymentVerdict::Processed, PaymentVerdict::Duplicate, PaymentVerdict::Duplicate]);
        }
        assert_eq!(counts(shop.stock(phone).await), [80, 0, 0, 20]);
    }

    async fn one_transaction_under_many_keys_at_once_counts_once(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let nodes = [shop.checkout.clone(), shop.second_node().await];
        let order = shop.ordered(phone, 1).await;
        let deliveries = (0..12).map(|n| {
            let delivery = event(&format!("evt-{n}"), Reference::Order(order.id), "tx", Success);
            nodes[n % 2].record_payment(delivery)
        });
        let verdicts = futures::future::join_all(deliveries).await.into_iter().map(|r| r.unwrap().verdict);
        assert_eq!(verdicts.filter(|v| *v == PaymentVerdict::Processed).count(), 1);
        assert_eq!(shop.payments(&order).await.len(), 1);
        assert_eq!(counts(shop.stock(phone).await), [4, 0, 0, 1]);
    }
}

/// Delivers the events in one sequence, the first `early` of them before there is an order.
async fn run_sequence(shop: &Shop, phone: ProductId, nth: usize, sequence: &[usize], early: usize) {
    let hold = shop.hold(phone, 1).await;
    let (before, after) = sequence.split_at(early);
    for index in before {
        deliver(&shop.checkout, EVENTS[*index], nth, Reference::Hold(hold.id)).await;
    }
    let order = shop.order(hold.id).await;
    for index in after {
        deliver(&shop.checkout, EVENTS[*index], nth, Reference::Order(order.id)).await;
    }
    let first = sequence.iter().map(|index| EVENTS[*index]).find(|(_, _, status)| *status == Success);
    let (_, payer, _) = first.unwrap();
    must_be_paid_once(shop, order.id, Some(&format!("{payer}-{nth}"))).await;
}

async fn deliver(
    node: &Checkout,
    (key, transaction, status): (&str, &str, PaymentStatus),
    nth: usize,
    about: Reference,
) -> PaymentVerdict {
    let delivery = event(&format!("{key}-{nth}"), about, &format!("{transaction}-{nth}"), status);
    node.record_payment(delivery).await.unwrap().verdict
}

/// Checks that one success paid the order and that the other one is due for refund. Other events had no effect, except a
/// failure that came first.
async fn must_be_paid_once(shop: &Shop, order: checkout::model::OrderId, payer: Option<&str>) {
    let order = shop.checkout.order(order, owner()).await.unwrap();
    let OrderState::Paid { transaction_id, .. } = &order.state else { panic!("not paid: {order:?}") };
    assert!(payer.is_none_or(|payer| payer == transaction_id.as_str()), "paid by {transaction_id}, not by {payer:?}");
    let payments = shop.payments(&order).await;
    assert_eq!(payments.len(), 4, "{payments:?}");
    for payment in payments {
        let fine = match payment.status {
            Success if payment.transaction_id == *transaction_id => payment.outcome == EventOutcome::Applied,
            Success => payment.outcome == EventOutcome::RefundDue(RefundReason::AlreadyPaid),
            Failure => matches!(payment.outcome, EventOutcome::Applied | EventOutcome::Ignored),
            Processing => payment.outcome == EventOutcome::Ignored,
            DisputeOpened | DisputeClosed => false,
        };
        assert!(fine, "{payment:?}");
    }
}

/// Returns every permutation of the numbers below `n`.
fn permutations(n: usize) -> Vec<Vec<usize>> {
    let Some(last) = n.checked_sub(1) else { return vec![Vec::new()] };
    let insert = |shorter: Vec<usize>| {
        (0..n).map(move |place| {
            let mut longer = shorter.clone();
            longer.insert(place, last);
            longer
        })
    };
    permutations(last).into_iter().flat_map(insert).collect()
}
