//! Edits that are based on an old revision.

use crate::shop::{Shop, on_both_stores};
use serde_json::json;

on_both_stores!(a_stale_edit_says_what_changed_and_by_whom);

async fn a_stale_edit_says_what_changed_and_by_whom(shop: Shop) {
    shop.product("mug", 10).await;
    let edit = |args: &[&'static str]| [&["product", "edit", "--slug", "mug", "--reason"], args].concat();
    let first = shop.json(&edit(&["a sale", "--price", "9.99", "--revision", "1"]));
    assert_eq!((&first["price"], &first["revision"]), (&json!(999), &json!(2)));
    shop.json(&edit(&["spelling", "--name", "The Mug", "--hold-seconds", "60"]));

    let stale = edit(&["a mistake", "--price", "1.00", "--revision", "1"]);
    let message = shop.fails(3, &stale);
    for part in [
        "revision 3 instead of 1",
        "revision 3 by command-line user ada",
        "name: Mug → The Mug",
        "hold for: 120 s → 60 s",
        "(spelling)",
        "revision 2 by command-line user ada",
        "price: 19.99 USD → 9.99 USD",
        "(a sale)",
    ] {
        assert!(message.contains(part), "{part}: {message}");
    }
    // Only what changed since the revision that was seen.
    let message = shop.fails(3, &edit(&["a mistake", "--price", "1.00", "--revision", "2"]));
    assert!(message.contains("revision 3 by command-line user ada") && !message.contains("revision 2 by"), "{message}");
    let shown = shop.json(&["product", "list", "--json"])["items"][0].clone();
    assert_eq!((&shown["price"], &shown["name"], &shown["revision"]), (&json!(999), &json!("The Mug"), &json!(3)));
    shop.close().await;
}
