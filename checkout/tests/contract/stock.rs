//! Changes of stock and products that the operator may make.

use crate::shop::{counts, refused};
use checkout::{
    Error, StockChange,
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
        assert!(matches!(shop.checkout.add_product(draft.clone(), Actor::system()).await, Err(Error::Refused(Refusal::SlugTaken))));
        let other = shop.second_node().await;
        assert!(matches!(other.add_product(draft.clone(), Actor::system()).await, Err(Error::Refused(Refusal::SlugTaken))));
        let nameless = ProductDraft { name: " ".to_owned(), ..draft };
        assert_eq!(shop.checkout.add_product(nameless.clone(), Actor::system()).await.unwrap(), Err(ProductError::Name));
        let hidden = ProductDraft { name: "Pho\u{200B}ne".to_owned(), ..nameless };
        let refused = shop.checkout.add_product(hidden, Actor::system()).await.unwrap().unwrap_err();
        assert!(matches!(refused, ProductError::NameCharacter(found) if found.to_string() == "U+200B"), "{refused}");
    }
}
