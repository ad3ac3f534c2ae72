//! Pictures: they are stored once, a product shows stored ones only, and unused ones are deleted.

use crate::shop::{Shop, eventually, new_picture, refused};
use checkout::{
    Checkout, Error, Limits,
    model::{Actor, Picture, PictureId, Product, ProductDraft, ProductError, Refusal},
    store,
};
use std::time::Duration;

const DAY: u64 = 24 * 3600;
const PICTURES: &str = "SELECT count(*) FROM pictures";
const FILES: &str = "SELECT count(*) FROM picture_files";
const SHOWN: &str = "SELECT count(*) FROM product_pictures";

async fn show(node: &Checkout, product: &Product, pictures: Vec<Picture>) -> Result<Product, Error> {
    let details = checkout::model::ProductDetails { pictures, ..product.details() };
    Ok(node.edit_product(product.id, product.revision, details, Actor::system()).await?.value)
}

fn invalid(error: ProductError) -> Refusal {
    Refusal::InvalidProduct { error }
}

/// Deletes unused pictures until none is left to delete.
async fn purge(shop: &Shop) {
    let before = shop.checkout.now() - Duration::from_secs(DAY);
    while shop.store.purge().pictures(before, 2).await.unwrap() > 0 {}
}

crate::scenarios! {
    async fn a_picture_is_stored_once_and_read_as_it_was_written(shop: Shop) {
        let other = store::open(&shop.database.url()).await.unwrap();
        for store in [&shop.store, &other, &shop.store] {
            store.pictures().add(new_picture(1), shop.checkout.now()).await.unwrap();
        }
        assert_eq!((shop.database.count(PICTURES).await, shop.database.count(FILES).await), (1, 2));
        for file in new_picture(1).files {
            let stored = other.pictures().file(PictureId([1; 32]), file.size.width).await.unwrap().unwrap();
            assert_eq!((stored.media_type.as_str(), stored.bytes), (file.media_type, file.bytes));
        }
        for (id, width) in [(1, 321), (1, 0), (2, 320)] {
            assert_eq!(other.pictures().file(PictureId([id; 32]), width).await.unwrap(), None);
        }
    }

    async fn two_nodes_store_the_same_picture_at_once(shop: Shop) {
        let other = store::open(&shop.database.url()).await.unwrap();
        for nth in 0..8 {
            let now = shop.checkout.now();
            let (one, two) = tokio::join!(shop.store.pictures().add(new_picture(nth), now), other.pictures().add(new_picture(nth), now));
            assert!(one.is_ok() && two.is_ok(), "{one:?} {two:?}");
        }
        assert_eq!((shop.database.count(PICTURES).await, shop.database.count(FILES).await), (8, 16));
    }

    async fn an_edit_shows_stored_pictures_with_their_own_size_and_hue(shop: Shop) {
        let phone = shop.phone(5).await;
        let (front, back) = (shop.picture(1).await, shop.picture(2).await);
        let claimed = Picture { width: 9999, height: 1, hue: Some(359), alt: "  From the front \n".to_owned(), ..front.clone() };
        let edited = show(&shop.second_node().await, &phone, vec![claimed, back.clone()]).await.unwrap();
        assert_eq!(edited.pictures, [Picture { alt: "From the front".to_owned(), ..front.clone() }, back.clone()]);
        assert_eq!((edited.revision, shop.database.count(SHOWN).await), (2, 2));
        let turned = show(&shop.checkout, &edited, vec![back.clone(), front]).await.unwrap();
        assert_eq!((turned.pictures[0].id, turned.revision), (back.id, 3));
        assert_eq!(refused(show(&shop.checkout, &edited, Vec::new()).await), Refusal::StaleRevision { seen: 2, current: 3 });
        let bare = show(&shop.checkout, &turned, vec![back]).await.unwrap();
        assert_eq!((bare.pictures.len(), shop.database.count(SHOWN).await), (1, 1));
        let log = shop.audit_log().await;
        assert!(log.len() == 3 && log.iter().any(|row| row.3.as_ref().unwrap().contains("From the front")), "{log:?}");
    }

    async fn a_product_is_added_with_its_pictures(shop: Shop) {
        let front = shop.picture(1).await;
        let phone = shop.product("phone", 5, |draft| draft.pictures = vec![front.clone()]).await;
        assert_eq!((&phone.pictures, shop.database.count(SHOWN).await), (&vec![front.clone()], 1));
        assert_eq!(shop.store.reads().products().await.unwrap(), std::slice::from_ref(&phone));
        let unknown = Picture { id: PictureId([9; 32]), ..front };
        let draft = ProductDraft {
            pictures: vec![unknown],
            ..ProductDraft::new("watch".parse().unwrap(), "Watch", phone.price, 1)
        };
        let added = shop.checkout.add_product(draft, Actor::system()).await;
        assert_eq!(refused(added), invalid(ProductError::UnknownPicture));
    }

    async fn pictures_that_do_not_fit_are_refused(shop: Shop) {
        let phone = shop.phone(5).await;
        let front = shop.picture(1).await;
        let with_alt = |alt: &str| vec![Picture { alt: alt.to_owned(), ..front.clone() }];
        let mut many = Vec::new();
        for nth in 0..13 {
            many.push(shop.picture(nth).await);
        }
        for (pictures, error) in [
            (vec![Picture { id: PictureId([99; 32]), ..front.clone() }], ProductError::UnknownPicture),
            (vec![front.clone(), front.clone()], ProductError::PictureTwice),
            (with_alt(" \t "), ProductError::PictureText),
            (with_alt(&"é".repeat(301)), ProductError::PictureText),
            (many.clone(), ProductError::Pictures),
        ] {
            assert_eq!(refused(show(&shop.checkout, &phone, pictures).await), invalid(error));
        }
        let edited = show(&shop.checkout, &phone, with_alt(&"é".repeat(300))).await.unwrap();
        show(&shop.checkout, &edited, many[..12].to_vec()).await.unwrap();
        assert_eq!(shop.audit_log().await.len(), 2);
    }

    async fn an_unused_picture_is_deleted_after_a_day(shop: Shop) {
        let phone = shop.phone(5).await;
        let (used, unused, again) = (shop.picture(1).await, shop.picture(2).await, shop.picture(3).await);
        let phone = show(&shop.checkout, &phone, vec![used.clone()]).await.unwrap();
        shop.advance(DAY + 1);
        // It is uploaded again, and counts as new from now on.
        shop.picture(3).await;
        shop.checkout.start_maintenance(Limits::default());
        eventually(async || shop.database.count(PICTURES).await == 2).await;
        assert_eq!(shop.database.count(FILES).await, 4);
        for (picture, is_stored) in [(&used, true), (&unused, false), (&again, true)] {
            assert_eq!(shop.store.pictures().file(picture.id, 400).await.unwrap().is_some(), is_stored);
        }
        assert_eq!(refused(show(&shop.checkout, &phone, vec![unused]).await), invalid(ProductError::UnknownPicture));
        // A picture that no product shows any more is deleted as well.
        show(&shop.checkout, &phone, vec![again]).await.unwrap();
        purge(&shop).await;
        assert_eq!(shop.database.count(PICTURES).await, 1);
    }

    /// A product never shows a picture that is not stored, whether the edit or the purge comes first.
    async fn an_edit_races_with_the_purge(shop: Shop) {
        let other = shop.second_node().await;
        let mut kept = 0;
        for nth in 0..20 {
            let phone = shop.product(&format!("phone-{nth}"), 5, |_| {}).await;
            let picture = shop.picture(nth).await;
            shop.advance(DAY + 1);
            let before = shop.checkout.now() - Duration::from_secs(DAY);
            let (edited, purged) = tokio::join!(show(&other, &phone, vec![picture.clone()]), shop.store.purge().pictures(before, 9));
            // The foreign key may have refused to delete it.
            let is_purged = purged.is_ok_and(|rows| rows > 0);
            assert_ne!(edited.is_ok(), is_purged);
            match edited {
                Ok(edited) => kept += edited.pictures.len(),
                lost => assert_eq!(refused(lost), invalid(ProductError::UnknownPicture)),
            }
            assert_eq!(shop.store.pictures().file(picture.id, 400).await.unwrap().is_some(), !is_purged);
        }
        assert_eq!(shop.database.count(PICTURES).await, i64::try_from(kept).unwrap());
        assert_eq!(shop.database.count(SHOWN).await, i64::try_from(kept).unwrap());
    }
}

/// The control of the race: the schema itself keeps a picture that a product shows.
#[tokio::test]
async fn a_shown_picture_cannot_be_deleted_by_sql() {
    for shop in [Shop::sqlite().await, Shop::postgres().await] {
        let front = shop.picture(1).await;
        shop.product("phone", 5, |draft| draft.pictures = vec![front]).await;
        let refused = shop.database.try_run("DELETE FROM pictures").await.unwrap_err();
        assert!(refused.as_database_error().unwrap().is_foreign_key_violation(), "{refused}");
    }
}

/// Without the lookup of the batch, the foreign key alone refuses the edit on PostgreSQL.
#[tokio::test]
async fn a_picture_that_is_deleted_in_the_middle_of_an_edit_is_refused() {
    let shop = Shop::postgres().await;
    let phone = shop.phone(5).await;
    let picture = shop.picture(1).await;
    let mut purging = shop.database.connection().await;
    // The purge has deleted the picture and has not committed. The edit still sees it, and waits for the purge's end.
    for statement in ["BEGIN", "DELETE FROM pictures"] {
        sqlx::query(statement).execute(&mut purging).await.unwrap();
    }
    let edit = tokio::spawn({
        let node = shop.checkout.clone();
        async move { show(&node, &phone, vec![picture]).await }
    });
    let waiting =
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
    eventually(async || shop.database.count(waiting).await == 1).await;
    sqlx::query("COMMIT").execute(&mut purging).await.unwrap();
    assert_eq!(refused(edit.await.unwrap()), invalid(ProductError::UnknownPicture));
    assert_eq!(shop.audit_log().await.len(), 0);
}
