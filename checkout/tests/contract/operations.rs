//! Operations on products and orders: their effects, their refusals, and races of two nodes.

use crate::shop::{counts, event, hold, key, owner, refused};
use checkout::{
    Checkout, Error, OperationContext, PaymentVerdict, StockChange,
    model::{
        Actor, ActorKind, CancelReason, OrderId, OrderState, PaymentStatus, Product, ProductDetails, ProductError,
        ProductId, ProductStatus, Reference, Refusal,
    },
};
use uuid::Uuid;

async fn edit(node: &Checkout, product: &Product, change: impl FnOnce(&mut ProductDetails)) -> Result<Product, Error> {
    let mut details = product.details();
    change(&mut details);
    Ok(node.edit_product(product.id, product.revision, details, Actor::system()).await?.value)
}

async fn set_status(node: &Checkout, product: ProductId, status: ProductStatus) -> Result<Product, Error> {
    Ok(node.set_product_status(product, status, Actor::system()).await?.value)
}

crate::scenarios! {
    async fn an_edit_changes_the_details_on_every_node(shop: Shop) {
        let phone = shop.phone(5).await;
        let other = shop.second_node().await;
        let edited = edit(&other, &phone, |details| {
            details.name = "Phone 2".into();
            details.price.minor = 2999;
            details.per_shopper_limit = Some(3);
        });
        let edited = edited.await.unwrap();
        assert_eq!((edited.name.as_str(), edited.price.minor, edited.revision), ("Phone 2", 2999, 2));
        assert_eq!(shop.store.reads().products().await.unwrap(), std::slice::from_ref(&edited));
        // This node still has the product in memory as it was.
        assert_eq!(refused(edit(&shop.checkout, &phone, |details| details.name = "Phone 3".into()).await), Refusal::StaleRevision { seen: 1, current: 2 });
        let same = edit(&shop.checkout, &edited, |_| {}).await.unwrap();
        assert_eq!((same.revision, same.version), (2, edited.version));
        let nameless = edit(&shop.checkout, &edited, |details| details.name.clear()).await;
        assert_eq!(refused(nameless), Refusal::InvalidProduct { error: ProductError::Name });
        let euro = edit(&shop.checkout, &edited, |details| details.price.currency = "EUR".parse().unwrap()).await;
        assert_eq!(refused(euro), Refusal::InvalidProduct { error: ProductError::Currency });
        let unknown = Product { id: ProductId(Uuid::from_u128(1)), ..edited };
        assert_eq!(refused(edit(&shop.checkout, &unknown, |_| {}).await), Refusal::UnknownProduct);
        assert_eq!(counts(shop.stock(phone.id).await), [5, 0, 0, 0]);
    }

    async fn a_hold_and_an_order_keep_their_price_after_an_edit(shop: Shop) {
        let phone = shop.phone(5).await;
        let other = shop.second_node().await;
        let held = shop.hold(phone.id, 2).await;
        let order = shop.ordered(phone.id, 1).await;
        edit(&other, &phone, |details| details.price.minor = 5000).await.unwrap();
        let late = other.place_order(held.id, None, owner(), None).await.unwrap().value;
        assert_eq!((late.amount.minor, shop.order_now(order.id).await.amount.minor), (2 * 1999, 1999));
        assert_eq!(shop.ordered(phone.id, 1).await.amount.minor, 5000);
    }

    /// A hold of the version before has no price of its own.
    async fn an_edit_gives_holds_without_a_price_the_price_before(shop: Shop) {
        let phone = shop.phone(5).await;
        let held = shop.hold(phone.id, 2).await;
        shop.database.run("UPDATE holds SET unit_price = NULL").await;
        let other = shop.second_node().await;
        edit(&other, &phone, |details| details.price.minor = 5000).await.unwrap();
        assert_eq!(shop.store.reads().hold(held.id).await.unwrap().unwrap().unit_price, Some(1999));
        assert_eq!(other.place_order(held.id, None, owner(), None).await.unwrap().value.amount.minor, 2 * 1999);
    }

    async fn a_limit_counts_from_its_edit_on(shop: Shop) {
        let phone = shop.phone(5).await;
        edit(&shop.checkout, &phone, |details| details.per_shopper_limit = Some(1)).await.unwrap();
        let hold = || shop.checkout.place_hold(phone.id, 1.try_into().unwrap(), owner(), Some(crate::shop::shopper("ada")), None);
        hold().await.unwrap();
        assert_eq!(refused(hold().await), Refusal::LimitReached { limit: 1, taken: 1 });
    }

    async fn two_operators_edit_one_product(shop: Shop) {
        let other = shop.second_node().await;
        for round in 0..8 {
            let phone = shop.product(&format!("phone-{round}"), 5, |_| {}).await;
            hold(&other, phone.id, 1, None).await.unwrap();
            let (one, two) = tokio::join!(
                edit(&shop.checkout, &phone, |details| details.name = "One".into()),
                edit(&other, &phone, |details| details.name = "Two".into()),
            );
            let [lost] = [one, two].into_iter().filter_map(Result::err).collect::<Vec<_>>().try_into().unwrap();
            assert!(matches!(lost, Error::Refused(Refusal::StaleRevision { seen: 1, current: 2 })), "{lost:?}");
        }
        assert_eq!(shop.audit_log().await.len(), 8);
    }

    async fn a_paused_product_takes_no_new_hold_and_finishes_the_others(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let other = shop.second_node().await;
        let (held, order) = (shop.hold(phone, 1).await, shop.ordered(phone, 1).await);
        let paused = set_status(&other, phone, ProductStatus::Paused).await.unwrap();
        assert_eq!(paused.status, ProductStatus::Paused);
        for node in [&shop.checkout, &other] {
            assert_eq!(refused(hold(node, phone, 1, None).await), Refusal::SalePaused);
        }
        let later = shop.order(held.id).await;
        for (order, transaction) in [(order, "one"), (later, "two")] {
            assert_eq!(shop.pay(Reference::Order(order.id), transaction, PaymentStatus::Success).await, PaymentVerdict::Processed);
        }
        let again = set_status(&shop.checkout, phone, ProductStatus::Paused).await.unwrap();
        assert_eq!(again.status, ProductStatus::Paused);
        set_status(&shop.checkout, phone, ProductStatus::Active).await.unwrap();
        hold(&other, phone, 1, None).await.unwrap();
        assert_eq!(counts(shop.stock(phone).await), [2, 1, 0, 2]);
        assert_eq!(shop.audit_log().await.len(), 2);
    }

    async fn a_product_in_use_is_not_archived(shop: Shop) {
        let phone = shop.phone(5).await.id;
        shop.hold(phone, 2).await;
        assert_eq!(refused(set_status(&shop.checkout, phone, ProductStatus::Archived).await), Refusal::ProductInUse { units: 2 });
        // The hold has expired, and no sweep has run.
        shop.advance(120);
        set_status(&shop.checkout, phone, ProductStatus::Archived).await.unwrap();
        assert_eq!(refused(shop.try_hold(phone, 1).await), Refusal::UnknownProduct);
        set_status(&shop.checkout, phone, ProductStatus::Active).await.unwrap();
        shop.hold(phone, 1).await;
        assert_eq!(counts(shop.stock(phone).await), [4, 1, 0, 0]);
        let unknown = set_status(&shop.checkout, ProductId(Uuid::from_u128(1)), ProductStatus::Paused).await;
        assert_eq!(refused(unknown), Refusal::UnknownProduct);
    }

    async fn pauses_race_with_holds(shop: Shop) {
        let other = shop.second_node().await;
        for round in 0..6 {
            let phone = shop.product(&format!("phone-{round}"), 50, |_| {}).await.id;
            let holds = futures::future::join_all((0..10).map(|_| hold(&other, phone, 1, None)));
            let (paused, holds) = tokio::join!(set_status(&shop.checkout, phone, ProductStatus::Paused), holds);
            let paused = paused.unwrap();
            let held = holds.iter().flatten().count();
            let refused = holds.iter().filter(|h| matches!(h, Err(Error::Refused(Refusal::SalePaused)))).count();
            assert_eq!(held + refused, 10, "{holds:?}");
            let held = u32::try_from(held).unwrap();
            assert_eq!((shop.stock(phone).await.held, paused.stock.held), (held, held));
        }
    }

    async fn units_are_added_and_removed(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let change = async |units| Ok(shop.checkout.set_stock(phone, StockChange::By(units), Actor::system()).await?.value);
        shop.hold(phone, 2).await;
        assert_eq!(change(3).await.unwrap().stock.total, 8);
        assert_eq!(change(-6).await.unwrap().stock.total, 2);
        assert_eq!(refused(change(-1).await), Refusal::StockCommitted { committed: 2 });
        assert_eq!(refused(change(i32::MIN).await), Refusal::StockCommitted { committed: 2 });
        assert_eq!(refused(change(i32::MAX).await), Refusal::TooMuchStock);
        change(0).await.unwrap();
        assert_eq!(shop.audit_log().await.len(), 2);
        // Overdue units are no longer committed.
        shop.advance(120);
        assert_eq!(change(-1).await.unwrap().stock.total, 1);
        assert_eq!(counts(shop.stock(phone).await), [1, 0, 0, 0]);
    }

    async fn a_key_adds_units_once(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let by = Actor { kind: ActorKind::Operator, id: Some(Uuid::from_u128(3)), name: "op@example.com".to_owned() };
        let context = |fingerprint| OperationContext { by: by.clone(), reason: None, idempotency: Some(key("k", fingerprint)) };
        for (nth, node) in [shop.checkout.clone(), shop.second_node().await].iter().enumerate() {
            let added = node.set_stock(phone, StockChange::By(2), context(1)).await.unwrap();
            assert_eq!((added.value.stock.total, added.replayed), (7, nth > 0));
        }
        assert_eq!(refused(shop.checkout.set_stock(phone, StockChange::By(3), context(2)).await), Refusal::KeyReused);
        assert_eq!(counts(shop.stock(phone).await), [7, 0, 0, 0]);
        assert_eq!(shop.audit_log().await.len(), 1);
    }

    async fn an_operator_cancels_an_order_of_any_owner(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let other = shop.second_node().await;
        let order = shop.ordered(phone, 2).await;
        for node in [&other, &shop.checkout] {
            let cancelled = node.cancel_order_by_operator(order.id, Actor::system()).await.unwrap().value;
            assert!(matches!(cancelled.state, OrderState::Cancelled { reason: CancelReason::ByOperator, .. }));
        }
        let paid = shop.paid(phone, 1, "tx").await;
        assert_eq!(refused(other.cancel_order_by_operator(paid.id, Actor::system()).await), Refusal::OrderPaid);
        let unknown = other.cancel_order_by_operator(OrderId(Uuid::from_u128(1)), Actor::system()).await;
        assert_eq!(refused(unknown), Refusal::UnknownOrder);
        assert_eq!(counts(shop.stock(phone).await), [4, 0, 0, 1]);
        assert_eq!(shop.audit_log().await.len(), 1);
    }

    async fn an_order_is_cancelled_while_it_is_paid(shop: Shop) {
        let phone = shop.phone(20).await.id;
        let other = shop.second_node().await;
        for nth in 0..10 {
            let order = shop.ordered(phone, 1).await;
            let name = format!("tx-{nth}");
            let (cancelled, paid) = tokio::join!(
                other.cancel_order_by_operator(order.id, Actor::system()),
                shop.checkout.record_payment(event(&name, Reference::Order(order.id), &name, PaymentStatus::Success)),
            );
            // A payment after the cancellation takes available units again.
            assert_eq!(paid.unwrap().verdict, PaymentVerdict::Processed);
            assert!(matches!(cancelled, Ok(_) | Err(Error::Refused(Refusal::OrderPaid))), "{cancelled:?}");
            assert!(matches!(shop.order_now(order.id).await.state, OrderState::Paid { .. }));
        }
        assert_eq!(counts(shop.stock(phone).await), [10, 0, 0, 10]);
    }
}
