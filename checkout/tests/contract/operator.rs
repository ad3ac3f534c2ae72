//! The operator changes the stock during a sale. The counters always add up (P1).

use crate::shop::{counts, event, hold, owner, refused};
use checkout::{
    Error, PaymentVerdict, StockChange,
    model::{Actor, PaymentStatus::Success, Reference, RefundReason, Refusal},
};

crate::scenarios! {
    async fn stock_lowered_during_a_payment_leaves_the_order_its_units(shop: Shop) {
        let phone = shop.phone(10).await.id;
        let order = shop.ordered(phone, 3).await;
        shop.checkout.set_stock(phone, StockChange::Total(3), Actor::system()).await.unwrap();
        assert_eq!(counts(shop.stock(phone).await), [0, 0, 3, 0]);
        assert_eq!(shop.pay(Reference::Order(order.id), "tx", Success).await, PaymentVerdict::Processed);
        // Sold units cannot be removed.
        assert_eq!(refused(shop.checkout.set_stock(phone, StockChange::Total(2), Actor::system()).await), Refusal::StockCommitted { committed: 3 });
        assert_eq!(counts(shop.stock(phone).await), [0, 0, 0, 3]);
    }

    async fn a_late_payment_cannot_take_stock_that_the_operator_removed(shop: Shop) {
        let phone = shop.phone(2).await.id;
        let order = shop.ordered(phone, 2).await;
        shop.checkout.cancel_order(order.id, owner(), None).await.unwrap();
        shop.checkout.set_stock(phone, StockChange::Total(1), Actor::system()).await.unwrap();
        let about = Reference::Order(order.id);
        assert_eq!(shop.pay(about, "one", Success).await, PaymentVerdict::RefundDue(RefundReason::SoldOut));
        // After the stock is raised again, another payment succeeds.
        shop.checkout.set_stock(phone, StockChange::Total(2), Actor::system()).await.unwrap();
        assert_eq!(shop.pay(about, "two", Success).await, PaymentVerdict::Processed);
        assert_eq!(counts(shop.stock(phone).await), [0, 0, 0, 2]);
    }

    async fn raised_stock_is_for_sale_at_once_on_every_node(shop: Shop) {
        let phone = shop.phone(1).await.id;
        let other = shop.second_node().await;
        hold(&other, phone, 1, None).await.unwrap();
        assert_eq!(refused(hold(&other, phone, 1, None).await), Refusal::SoldOut { available: 0, may_return: 1 });
        shop.checkout.set_stock(phone, StockChange::Total(3), Actor::system()).await.unwrap();
        // The other node still has the product in memory as sold out.
        hold(&other, phone, 2, None).await.unwrap();
        assert_eq!(counts(shop.stock(phone).await), [0, 3, 0, 0]);
    }

    async fn a_refusal_to_lower_stock_reports_the_committed_units_on_every_node(shop: Shop) {
        let phone = shop.phone(10).await.id;
        let other = shop.second_node().await;
        hold(&other, phone, 1, None).await.unwrap();
        shop.hold(phone, 3).await;
        shop.ordered(phone, 2).await;
        for node in [&other, &shop.checkout] {
            assert_eq!(refused(node.set_stock(phone, StockChange::Total(0), Actor::system()).await), Refusal::StockCommitted { committed: 6 });
        }
        other.set_stock(phone, StockChange::Total(6), Actor::system()).await.unwrap();
        assert_eq!(refused(shop.try_hold(phone, 1).await), Refusal::SoldOut { available: 0, may_return: 6 });
        assert_eq!(counts(shop.stock(phone).await), [0, 4, 2, 0]);
    }

    async fn stock_lowered_during_a_rush_never_falls_below_the_committed_units(shop: Shop) {
        let other = shop.second_node().await;
        for round in 0..6 {
            let phone = shop.product(&format!("phone-{round}"), 30, |_| {}).await.id;
            let tasks = (0..40).map(|n| {
                let node = if n % 2 == 0 { shop.checkout.clone() } else { other.clone() };
                tokio::spawn(async move { hold(&node, phone, 1, None).await })
            });
            let tasks: Vec<_> = tasks.collect();
            let lowered = other.set_stock(phone, StockChange::Total(10), Actor::system()).await;
            let held = futures::future::join_all(tasks).await.into_iter().filter(|task| matches!(task, Ok(Ok(_)))).count();
            let stock = shop.stock(phone).await;
            assert_eq!((stock.held as usize, stock.available), (held, 0));
            match lowered {
                Ok(product) => assert_eq!((product.value.stock.total, stock.total), (10, 10)),
                Err(Error::Refused(Refusal::StockCommitted { committed })) => {
                    assert!((11..=30).contains(&committed), "{committed}");
                    assert_eq!(stock.total, 30);
                }
                Err(other) => panic!("{other:?}"),
            }
        }
    }

    async fn a_concurrent_payment_and_stock_reduction_both_take_effect(shop: Shop) {
        let other = shop.second_node().await;
        for round in 0..6 {
            let phone = shop.product(&format!("phone-{round}"), 5, |_| {}).await.id;
            let order = shop.ordered(phone, 2).await;
            let name = format!("tx-{round}");
            let (paid, lowered) = tokio::join!(
                other.record_payment(event(&name, Reference::Order(order.id), &name, Success)),
                shop.checkout.set_stock(phone, StockChange::Total(2), Actor::system()),
            );
            assert_eq!(paid.unwrap().verdict, PaymentVerdict::Processed);
            assert_eq!(lowered.unwrap().value.stock.total, 2);
            assert_eq!(counts(shop.stock(phone).await), [0, 0, 0, 2]);
        }
    }
}
