//! The tagline, the story, the specification and the hue of a product: the audit log of their edits, the constraints of the
//! schema, and the version before, which knows none of them.

use crate::{
    database::Database,
    shop::{new_picture, noon, refused},
};
use checkout::{
    model::{Actor, ProductDetails, ProductError, Refusal, SpecificationRow},
    store::NewPicture,
};
use serde_json::{Value, json};

fn row(name: &str, value: &str) -> SpecificationRow {
    SpecificationRow { name: name.to_owned(), value: value.to_owned() }
}

crate::scenarios! {
    async fn an_edit_of_the_story_is_in_the_audit_log(shop: Shop) {
        let phone = shop.phone(5).await;
        let details = ProductDetails {
            tagline: " One hundred, once. ".to_owned(),
            story: "First.\n\nSecond.\n".to_owned(),
            specification: vec![row(" Weight ", "180 g")],
            hue: Some(210),
            featured: true,
            ..phone.details()
        };
        let edited = shop.checkout.edit_product(phone.id, 1, details, Actor::system()).await.unwrap().value;
        assert_eq!((edited.tagline.as_str(), edited.story.as_str()), ("One hundred, once.", "First.\n\nSecond."));
        assert_eq!((&edited.specification, edited.world_hue()), (&vec![row("Weight", "180 g")], Some(210)));
        // The same texts again are no edit.
        let same = shop.checkout.edit_product(phone.id, 2, edited.details(), Actor::system()).await.unwrap().value;
        assert_eq!(same.revision, 2);
        let [(action, _, before, after)] = <[_; 1]>::try_from(shop.audit_log().await).unwrap();
        let parsed = |text: Option<String>| serde_json::from_str::<Value>(&text.unwrap()).unwrap();
        let empty = json!({ "tagline": "", "story": "", "specification": [], "hue": null, "featured": false });
        assert_eq!((action.as_str(), parsed(before)), ("product.edit", empty));
        let filled = json!({
            "tagline": "One hundred, once.",
            "story": "First.\n\nSecond.",
            "specification": [{ "name": "Weight", "value": "180 g" }],
            "hue": 210,
            "featured": true,
            "revision": 2,
        });
        assert_eq!(parsed(after), filled);
    }

    async fn texts_and_hues_out_of_bounds_are_refused(shop: Shop) {
        let phone = shop.phone(5).await;
        let invalid = async |details| {
            refused(shop.checkout.edit_product(phone.id, 1, details, Actor::system()).await)
        };
        let details = phone.details();
        for (details, error) in [
            (ProductDetails { tagline: "x".repeat(161), ..details.clone() }, ProductError::Tagline),
            (ProductDetails { story: "x".repeat(5001), ..details.clone() }, ProductError::Story),
            (ProductDetails { specification: vec![row("a", "b"); 31], ..details.clone() }, ProductError::Specification),
            (ProductDetails { specification: vec![row("a:", "b")], ..details.clone() }, ProductError::SpecificationRow),
            (ProductDetails { hue: Some(360), ..details.clone() }, ProductError::Hue),
        ] {
            assert_eq!(invalid(details).await, Refusal::InvalidProduct { error });
        }
        assert_eq!(shop.audit_log().await.len(), 0);
    }

    async fn the_schema_refuses_what_the_engine_refuses(shop: Shop) {
        shop.phone(5).await;
        let is_sqlite = matches!(shop.database, Database::Sqlite(_));
        let repeat = |text: &str, n: usize| if is_sqlite {
            format!("replace(printf('%.*c', {n}, 'x'), 'x', '{text}')")
        } else {
            format!("repeat('{text}', {n})")
        };
        let facts = |name: &str, value: &str, n: usize| {
            let fact = json!({ "name": name, "value": value });
            let all = Value::Array(vec![fact; n]);
            format!("specification = '{all}'")
        };
        let long = |n: usize| "é".repeat(n);
        let accepted = [
            format!("tagline = {}", repeat("é", 160)),
            format!("story = {}", repeat("é", 5000)),
            facts(&long(60), &long(300), 30),
            facts("Ratio", "16:9 \"wide\"", 1),
            "specification = '[]'".to_owned(),
            "hue = 0".to_owned(),
            "hue = 359".to_owned(),
            "hue = NULL".to_owned(),
            "featured = true".to_owned(),
        ];
        let refused = [
            format!("tagline = {}", repeat("é", 161)),
            format!("tagline = {}", if is_sqlite { "'a' || char(10)" } else { "'a' || chr(10)" }),
            format!("story = {}", repeat("é", 5001)),
            facts("Weight", "180 g", 31),
            facts(&long(61), "180 g", 1),
            facts("Weight", &long(301), 1),
            facts("", "180 g", 1),
            facts("Weight", "", 1),
            facts("Weight:", "180 g", 1),
            "specification = '{}'".to_owned(),
            "specification = '[\"Weight\"]'".to_owned(),
            "specification = '[{\"name\": \"Weight\"}]'".to_owned(),
            "specification = '[{\"name\": \"Weight\", \"value\": 180}]'".to_owned(),
            "specification = '[{\"name\": \"Weight\", \"value\": \"180 g\"}, {\"value\": \"180 g\"}]'".to_owned(),
            "hue = -1".to_owned(),
            "hue = 360".to_owned(),
            "featured = NULL".to_owned(),
        ];
        let run = |change: String| shop.database.try_run(format!("UPDATE products SET {change}").leak());
        for change in accepted {
            run(change.clone()).await.unwrap_or_else(|error| panic!("{change}: {error}"));
        }
        for change in refused {
            assert!(run(change.clone()).await.is_err(), "{change}");
        }
        shop.store.pictures().add(new_picture(1), noon()).await.unwrap();
        assert!(shop.database.try_run("UPDATE pictures SET hue = 360").await.is_err());
    }

    async fn the_version_before_keeps_working_beside_this_schema(shop: Shop) {
        let (id, noon) = match &shop.database {
            Database::Sqlite(_) => (format!("x'{}'", "07".repeat(16)), "1795780800000"),
            Database::Postgres { .. } => (format!("'{}'", "07".repeat(16)), "'2026-11-27T12:00:00Z'"),
        };
        shop.database
            .run_all(&format!(
                "INSERT INTO products (id, slug, name, description, image, price, currency, total, available, held, pending,
                     sold, hold_seconds, pay_seconds, ships, pictures, status, revision, version, updated_at)
                 VALUES ({id}, 'mug', 'Mug', '', '', 1999, 'USD', 5, 5, 0, 0, 0, 120, 600, false, '[]', 'active', 1, 1, {noon});"
            ))
            .await;
        let mug = shop.store.reads().products().await.unwrap().remove(0);
        assert_eq!((mug.tagline.as_str(), mug.story.as_str(), mug.specification.len()), ("", "", 0));
        assert_eq!((mug.hue, mug.featured), (None, false));
        let details = ProductDetails {
            story: "Stays.".to_owned(),
            specification: vec![row("Weight", "300 g")],
            hue: Some(12),
            ..mug.details()
        };
        let node = shop.second_node().await;
        let edited = node.edit_product(mug.id, 1, details, Actor::system()).await.unwrap().value;
        // The version before writes the columns that it knows.
        shop.database.run_all("UPDATE products SET name = 'Cup', revision = 3, version = version + 1;").await;
        let renamed = shop.store.reads().products().await.unwrap().remove(0);
        assert_eq!(renamed.details(), ProductDetails { name: "Cup".to_owned(), ..edited.details() });
    }

    async fn a_picture_of_the_version_before_gets_its_hue_with_the_next_upload(shop: Shop) {
        let hueless = {
            let picture = new_picture(1);
            NewPicture { facts: checkout::model::PictureFacts { hue: None, ..picture.facts }, ..picture }
        };
        shop.store.pictures().add(hueless, noon()).await.unwrap();
        let picture = checkout::model::Picture { hue: None, ..shop_picture() };
        let phone = shop.product("phone", 5, |draft| draft.pictures = vec![picture]).await;
        assert_eq!(phone.world_hue(), None);
        let again = shop.picture(1).await;
        let details = ProductDetails { pictures: vec![again], ..phone.details() };
        let edited = shop.checkout.edit_product(phone.id, 1, details, Actor::system()).await.unwrap().value;
        assert_eq!((edited.pictures[0].hue, edited.world_hue()), (Some(10), Some(10)));
        assert_eq!(shop.store.reads().products().await.unwrap(), [edited]);
    }
}

/// The picture that [`new_picture`] stores first.
fn shop_picture() -> checkout::model::Picture {
    let picture = new_picture(1);
    let (id, size) = (picture.id, picture.facts.size);
    checkout::model::Picture { id, alt: "A phone".to_owned(), width: size.width, height: size.height, hue: None }
}
