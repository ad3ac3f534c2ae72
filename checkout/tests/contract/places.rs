//! The place of an order among the paid units of its product.

use crate::{
    database::Database,
    list_plans::fill,
    shop::{Shop, owner},
};
use checkout::{
    IssueRefund, PaymentVerdict, Restock,
    model::{
        Actor, Order, OrderState, OrderStatus, PaymentStatus::Success, Place, Reference, RefundReference, RefundStep,
    },
    store,
};
use std::slice;

/// The place of an order.
async fn place(shop: &Shop, order: &Order) -> Option<Place> {
    let order = shop.order_now(order.id).await;
    shop.checkout.places(slice::from_ref(&order)).await.unwrap().remove(&order.id)
}

fn of_100(first: u64, last: u64) -> Place {
    Place { first, last, of: Some(100) }
}

/// Returns the money of a whole order, which puts its units back on sale.
async fn refund(shop: &Shop, order: &Order) {
    let by = Actor::system;
    let issue = IssueRefund { id: shop.checkout.new_refund_id(), order: order.id, amount: None, restock: Restock::All };
    let refund = shop.checkout.issue_refund(issue, by()).await.unwrap().value;
    let reference = RefundReference::try_from("re".to_owned()).unwrap();
    let done = RefundStep::Succeed { provider_reference: Some(reference) };
    for step in [RefundStep::Send, done] {
        shop.checkout.advance_refund(refund.id, 1, step, by()).await.unwrap();
    }
}

crate::scenarios! {
    async fn orders_are_numbered_as_they_are_paid(shop: Shop) {
        let phone = shop.phone(100).await.id;
        let watch = shop.product("watch", 5, |_| {}).await.id;
        // The order that is placed last is paid first.
        let (late, early) = (shop.ordered(phone, 2).await, shop.ordered(phone, 3).await);
        assert_eq!(place(&shop, &early).await, None, "it is not paid");
        shop.pay(Reference::Order(early.id), "tx-1", Success).await;
        shop.advance(1);
        shop.pay(Reference::Order(late.id), "tx-2", Success).await;
        let other = shop.paid(watch, 1, "tx-3").await;
        assert_eq!((place(&shop, &early).await, place(&shop, &late).await), (Some(of_100(1, 3)), Some(of_100(4, 5))));
        assert_eq!(place(&shop, &other).await, Some(Place { first: 1, last: 1, of: Some(5) }));
        let orders = shop.checkout.orders(owner(), None, 10).await.unwrap();
        let places = shop.checkout.places(&orders).await.unwrap();
        assert_eq!((places.len(), places.get(&late.id).copied()), (3, Some(of_100(4, 5))));
        assert!(shop.checkout.places(&[]).await.unwrap().is_empty());
    }

    async fn orders_that_are_paid_at_the_same_time_are_numbered_by_their_ids(shop: Shop) {
        let phone = shop.phone(100).await.id;
        let (first, second) = (shop.ordered(phone, 1).await, shop.ordered(phone, 1).await);
        assert!(first.id < second.id);
        for (order, transaction) in [(&second, "tx-2"), (&first, "tx-1")] {
            shop.pay(Reference::Order(order.id), transaction, Success).await;
        }
        let paid_at = async |order: &Order| match shop.order_now(order.id).await.state {
            OrderState::Paid { paid_at, .. } => paid_at,
            other => panic!("{other:?}"),
        };
        assert_eq!(paid_at(&first).await, paid_at(&second).await);
        assert_eq!((place(&shop, &first).await, place(&shop, &second).await), (Some(of_100(1, 1)), Some(of_100(2, 2))));
    }

    async fn a_late_payment_takes_the_next_place(shop: Shop) {
        let phone = shop.phone(100).await.id;
        let cancelled = shop.ordered(phone, 1).await;
        shop.checkout.cancel_order(cancelled.id, owner(), None).await.unwrap();
        assert_eq!(place(&shop, &cancelled).await, None);
        let paid = shop.paid(phone, 2, "tx-1").await;
        shop.advance(60);
        let verdict = shop.pay(Reference::Order(cancelled.id), "tx-2", Success).await;
        assert_eq!(verdict, PaymentVerdict::Processed);
        assert_eq!((place(&shop, &paid).await, place(&shop, &cancelled).await), (Some(of_100(1, 2)), Some(of_100(3, 3))));
    }

    async fn a_refund_changes_no_number(shop: Shop) {
        let phone = shop.phone(3).await.id;
        let (first, second) = (shop.paid(phone, 1, "tx-1").await, shop.paid(phone, 2, "tx-2").await);
        refund(&shop, &first).await;
        assert_eq!(shop.order_now(first.id).await.status(), OrderStatus::Refunded);
        assert_eq!(place(&shop, &first).await, Some(Place { first: 1, last: 1, of: Some(3) }));
        assert_eq!(place(&shop, &second).await, Some(Place { first: 2, last: 3, of: Some(3) }));
        // The unit is sold again. A fourth one of three would read like a mistake.
        shop.advance(1);
        let third = shop.paid(phone, 1, "tx-3").await;
        assert_eq!(place(&shop, &third).await, Some(Place { first: 4, last: 4, of: None }));
    }

    async fn places_are_read_from_an_index(shop: Shop) {
        fill(&shop, 5_000).await;
        if matches!(shop.database, Database::Postgres { .. }) {
            shop.database.set("enable_seqscan = off").await;
        }
        let store = store::open(&shop.database.url()).await.unwrap();
        let page = store::listings::PageRequest::first(2);
        let orders = store.listings().orders(&store::listings::OrderFilter::default(), page).await.unwrap().items;
        let ids: Vec<_> = orders.iter().map(|order| order.id).collect();
        let plan = store.reads().explain_paid_before(&ids).await.unwrap().join("\n");
        assert!(plan.contains("orders_paid"), "{plan}");
        for scan in ["SCAN o", "SCAN b", "Seq Scan"] {
            assert!(!plan.contains(scan), "{plan}");
        }
    }
}
