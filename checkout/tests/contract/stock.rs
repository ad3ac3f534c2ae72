//! Changes of stock and products that the operator may make.

use crate::shop::{counts, refused};
use checkout::{
    StockChange,
    model::{Actor, Money, ProductDraft, ProductError, Refusal},
};

crate::scenarios! {
    async fn the_operator_cannot_remove_committed_units(shop: Shop) {
        let phone = shop.phone(10).await.id;
        shop.hold(phone, 2).await;
        shop.ordered(phone, 3).await;
        assert_eq!(refused(shop.checkout.set_stock(phone, StockChange::Total(4), Actor::system()).await), Refusal::StockCommitted { committed: 5 });
        assert_eq!(refused(shop.checkout.set_stock(phone, StockChange::Total(u32::MAX), Actor::system()).await), Refusal::TooMuchStock);
        shop.checkout.set_stock(phone, StockChange::Total(5), Actor::system()).await.unwrap();
        assert_eq!(counts(shop.stock(phone).await), [0, 2, 3, 0]);
        shop.checkout.set_stock(phone, StockChange::Total(8), Actor::system()).await.unwrap();
        assert_eq!(counts(shop.stock(phone).await), [3, 2, 3, 0]);
    }

    async fn two_products_cannot_share_a_slug(shop: Shop) {
        shop.phone(1).await;
        let price = Money::parse("1", "USD".parse().unwrap()).unwrap();
        let draft = ProductDraft::new("phone".parse().unwrap(), "Other", price, 1);
        assert_eq!(refused(shop.checkout.add_product(draft.clone(), Actor::system()).await), Refusal::SlugTaken);
        let other = shop.second_node().await;
        assert_eq!(refused(other.add_product(draft.clone(), Actor::system()).await), Refusal::SlugTaken);
        let nameless = ProductDraft { name: " ".to_owned(), ..draft };
        let invalid = async |draft| match refused(shop.checkout.add_product(draft, Actor::system()).await) {
            Refusal::InvalidProduct { error } => error,
            other => panic!("{other:?}"),
        };
        assert_eq!(invalid(nameless.clone()).await, ProductError::Name);
        let error = invalid(ProductDraft { name: "Pho\u{200B}ne".to_owned(), ..nameless }).await;
        assert!(matches!(error, ProductError::NameCharacter(found) if found.to_string() == "U+200B"), "{error}");
    }
}
