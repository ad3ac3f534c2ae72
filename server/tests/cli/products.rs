//! Products and API clients.

use super::{json, run};
use crate::shop::{Shop, on_both_stores};
use checkout::model::ProductDraft;
use serde_json::{Value, json};

on_both_stores!(a_product_gets_a_story_and_loses_it);

async fn a_product_gets_a_story_and_loses_it(shop: Shop) {
    let new = ["product", "add", "--slug", "mug", "--name", "Mug", "--price", "1", "--currency", "USD", "--stock", "1"];
    let texts = ["--tagline", "A mug that holds.", "--story", "First.\n\nSecond."];
    let facts = ["--specification", "Weight: 300 g", "--specification", "Ratio: 16:9"];
    let added = shop.json(&[&new[..], &texts, &facts, &["--hue", "0", "--featured"]].concat());
    let specification = json!([{ "name": "Weight", "value": "300 g" }, { "name": "Ratio", "value": "16:9" }]);
    assert_eq!((&added["tagline"], &added["story"]), (&json!("A mug that holds."), &json!("First.\n\nSecond.")));
    assert_eq!((&added["specification"], &added["hue"]), (&specification, &json!(0)));
    assert_eq!(added["featured"], true);

    let edit = |more: &[&str]| {
        shop.json(&[&["product", "edit", "--slug", "mug", "--reason", "another text"][..], more].concat())
    };
    let renamed = edit(&["--name", "Mug 2"]);
    for name in ["tagline", "story", "specification", "hue", "featured"] {
        assert_eq!(renamed[name], added[name], "{name}");
    }
    let changed = edit(&["--specification", "Weight: 310 g", "--hue", "359", "--tagline", "Holds more."]);
    assert_eq!(changed["specification"], json!([{ "name": "Weight", "value": "310 g" }]));
    assert_eq!((&changed["hue"], &changed["tagline"]), (&json!(359), &json!("Holds more.")));
    let cleared = edit(&["--no-tagline", "--no-story", "--no-specification", "--no-hue", "--no-featured"]);
    let values = ["tagline", "story", "specification", "hue", "featured"].map(|name| cleared[name].clone());
    assert_eq!(values, [json!(""), json!(""), json!([]), Value::Null, json!(false)]);
    assert_eq!(edit(&["--featured"])["featured"], true);

    let edit = ["product", "edit", "--slug", "mug", "--reason", "a mistake"];
    for (wrong, text) in [
        (&["--specification", "Weight 310 g"][..], "a name, a colon and a value"),
        (&["--hue", "x"], "invalid"),
        (&["--hue", "1", "--no-hue"], "cannot be used with"),
        (&["--featured", "--no-featured"], "cannot be used with"),
        (&["--story", "x", "--no-story"], "cannot be used with"),
        (&["--tagline", "x", "--no-tagline"], "cannot be used with"),
        (&["--specification", "a: b", "--no-specification"], "cannot be used with"),
        (&["--hue", "360"], "a hue is 0 to 359"),
        (&["--tagline", "two\nlines"], "a line break"),
    ] {
        let message = shop.fails(2, &[&edit[..], wrong].concat());
        assert!(message.contains(text), "{wrong:?}: {message}");
    }
    shop.close().await;
}

#[test]
fn subcommands_manage_products_and_clients_and_audit_the_stock() {
    let dir = tempfile::tempdir().unwrap();
    assert!(run(dir.path(), &["migrate"]).status.success());
    let seeded = String::from_utf8(run(dir.path(), &["seed"]).stdout).unwrap();
    assert!(seeded.starts_with("Added flash-phone"), "{seeded}");
    let again = String::from_utf8(run(dir.path(), &["seed"]).stdout).unwrap();
    assert!(!again.contains("flash-phone"), "{again}");

    let reserved = run(
        dir.path(),
        &["product", "add", "--slug", "events", "--name", "N", "--price", "1", "--currency", "USD", "--stock", "1"],
    );
    assert!(String::from_utf8_lossy(&reserved.stderr).contains("is reserved"), "{reserved:?}");

    let add = [
        "product",
        "add",
        "--slug",
        "mug",
        "--name",
        "Mug",
        "--price",
        "19.99",
        "--currency",
        "USD",
        "--stock",
        "7",
        "--limit",
        "2",
    ];
    let product = json(&run(dir.path(), &add));
    assert_eq!((&product["slug"], &product["price"], &product["available"]), (&"mug".into(), &1999.into(), &7.into()));
    // The defaults are those of the console and the admin API.
    let defaults = [ProductDraft::DEFAULT_HOLD_FOR, ProductDraft::DEFAULT_EXTEND_BY, ProductDraft::DEFAULT_PAY_WITHIN];
    let times = ["hold_seconds", "extend_seconds", "pay_seconds"].map(|name| product[name].as_u64());
    assert_eq!(times, defaults.map(|span| Some(span.as_secs())));
    let taken = run(dir.path(), &add);
    assert!(!taken.status.success() && String::from_utf8_lossy(&taken.stderr).contains("slug"));

    let more = json(&run(dir.path(), &["product", "stock", "--slug", "mug", "--total", "9"]));
    assert_eq!((&more["total"], &more["available"], &more["version"]), (&9.into(), &9.into(), &2.into()));
    let unknown = run(dir.path(), &["product", "stock", "--slug", "jug", "--total", "9"]);
    assert!(!unknown.status.success() && String::from_utf8_lossy(&unknown.stderr).contains("jug"));

    let (both, neither) = (["--total", "9", "--by", "1"], []);
    for change in [&both[..], &neither[..]] {
        let refused = run(dir.path(), &[&["product", "stock", "--slug", "mug"], change].concat());
        assert_eq!(refused.status.code(), Some(2), "{change:?}");
    }
    let fewer = json(&run(dir.path(), &["product", "stock", "--slug", "mug", "--by", "-3", "--reason", "damaged"]));
    assert_eq!((&fewer["total"], &fewer["version"]), (&6.into(), &3.into()));

    let client = json(&run(dir.path(), &["client", "add", "--name", "a shop"]));
    assert!(client["client_id"].is_string() && client["client_secret"].as_str().is_some_and(|s| s.len() > 40));

    let id = client["client_id"].as_str().unwrap();
    assert_eq!(client["scopes"], serde_json::json!(["checkout"]));
    let scopes = ["client", "scopes", "--id", id, "--scopes", "refunds:write checkout"];
    assert_eq!(json(&run(dir.path(), &scopes))["scopes"], serde_json::json!(["checkout", "refunds:write"]));
    let given = ["client", "add", "--name", "back office", "--scopes", "checkout orders:read refunds:write"];
    let given = json(&run(dir.path(), &given));
    assert_eq!(given["scopes"], serde_json::json!(["checkout", "orders:read", "refunds:write"]));
    for scopes in ["", "checkout,orders:read", "admin"] {
        let refused = run(dir.path(), &["client", "add", "--name", "a shop", "--scopes", scopes]);
        assert!(!refused.status.success(), "{scopes}");
    }
    let rotated = json(&run(dir.path(), &["client", "rotate", "--id", id]));
    assert!(rotated["client_id"] == id && rotated["client_secret"] != client["client_secret"]);
    for _ in 0..2 {
        assert!(json(&run(dir.path(), &["client", "revoke", "--id", id]))["revoked_at"].is_string());
    }
    let table = String::from_utf8(run(dir.path(), &["client", "list"]).stdout).unwrap();
    assert!(table.starts_with("ID") && table.contains(id) && !table.contains("secret"), "{table}");
    let listed = run(dir.path(), &["client", "list", "--json"]);
    assert_eq!(json(&listed)["items"][0]["name"], "a shop");
    assert!(!String::from_utf8_lossy(&listed.stdout).contains("secret"));
    for command in ["rotate", "revoke"] {
        let unknown = "00000000-0000-4000-8000-000000000000";
        let refused = run(dir.path(), &["client", command, "--id", unknown]);
        assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains(unknown));
    }
    let revoked = run(dir.path(), &["client", "rotate", "--id", id]);
    assert!(!revoked.status.success() && String::from_utf8_lossy(&revoked.stderr).contains("revoked"));

    let audit = run(dir.path(), &["audit"]);
    let found = json(&audit);
    assert!(audit.status.success());
    assert_eq!((&found["clean"], &found["products"]), (&true.into(), &7.into()));
}

#[test]
fn products_are_listed_edited_paused_and_archived() {
    let dir = tempfile::tempdir().unwrap();
    assert!(run(dir.path(), &["seed"]).status.success());
    let change = |args: &[&str]| json(&run(dir.path(), &[&["product"], args, &["--slug", "tide-watch"]].concat()));

    let without_reason = run(dir.path(), &["product", "edit", "--slug", "tide-watch", "--price", "1"]);
    assert_eq!(without_reason.status.code(), Some(2));
    let edit = ["edit", "--reason", "new price", "--price", "99.50", "--no-limit", "--hold-seconds", "60"];
    let edited = change(&edit);
    assert_eq!((&edited["price"], &edited["revision"]), (&9950.into(), &2.into()));
    assert_eq!((&edited["per_shopper_limit"], &edited["hold_seconds"]), (&Value::Null, &60.into()));
    assert_eq!((&edited["name"], &edited["pay_seconds"]), (&"Tide Watch".into(), &600.into()));
    let invalid =
        run(dir.path(), &["product", "edit", "--slug", "tide-watch", "--hold-seconds", "0", "--reason", "a mistake"]);
    assert!(!invalid.status.success() && String::from_utf8_lossy(&invalid.stderr).contains("1 second"), "{invalid:?}");

    let paused = change(&["pause", "--reason", "a leak"]);
    assert_eq!((&paused["sale"], &paused["status"]), (&"paused".into(), &"paused".into()));
    let listed = String::from_utf8(run(dir.path(), &["product", "list"]).stdout).unwrap();
    let row = listed.lines().find(|line| line.trim_start().starts_with("tide-watch")).unwrap();
    assert!(listed.trim_start().starts_with("SLUG") && row.contains("paused") && row.contains("99.50 EUR"), "{listed}");
    assert_eq!(change(&["resume", "--reason", "dry"])["sale"], "open");

    assert_eq!(change(&["archive", "--reason", "gone"])["status"], "archived");
    let listed = json(&run(dir.path(), &["product", "list", "--json"]));
    let statuses: Vec<_> =
        listed["items"].as_array().unwrap().iter().map(|product| product["status"].clone()).collect();
    assert_eq!(statuses.iter().filter(|status| **status == "archived").count(), 1, "{statuses:?}");
    assert!(json(&run(dir.path(), &["audit"]))["clean"] == true);
}

#[test]
fn an_edit_removes_what_its_flags_name() {
    let dir = tempfile::tempdir().unwrap();
    assert!(run(dir.path(), &["migrate"]).status.success());
    let add = |slug: &str, more: &[&str]| {
        let one = ["product", "add", "--name", "Mug", "--price", "1", "--currency", "USD", "--stock", "1", "--slug"];
        run(dir.path(), &[&one[..], &[slug], more].concat())
    };
    let window = ["--starts-at", "2030-01-01T00:00:00Z", "--ends-at", "2030-01-02T00:00:00Z"];
    let added = json(&add("mug", &[&window[..], &["--extend-seconds", "90"]].concat()));
    assert_eq!((&added["extend_seconds"], &added["sale"]), (&90.into(), &"coming".into()));
    assert_eq!(json(&add("cup", &["--no-extend"]))["extend_seconds"], Value::Null);
    assert_eq!(add("jug", &["--no-extend", "--extend-seconds", "90"]).status.code(), Some(2));

    let edit = |args: &[&str]| {
        run(dir.path(), &[&["product", "edit", "--slug", "mug", "--reason", "another plan"][..], args].concat())
    };
    for (flag, field) in
        [("--no-starts-at", "starts_at"), ("--no-ends-at", "ends_at"), ("--no-extend", "extend_seconds")]
    {
        let before = json(&edit(&["--name", "Mug"]));
        assert!(!before[field].is_null(), "an edit without the flag keeps the value: {before}");
        let after = json(&edit(&[flag]));
        assert!(after[field].is_null() && after["name"] == "Mug", "{flag}: {after}");
    }
    assert_eq!(json(&edit(&["--extend-seconds", "30"]))["extend_seconds"], 30);
    for twins in [
        ["--no-starts-at", "--starts-at", "2030-01-01T00:00:00Z"],
        ["--no-ends-at", "--ends-at", "2030-01-01T00:00:00Z"],
        ["--no-extend", "--extend-seconds", "30"],
    ] {
        assert_eq!(edit(&twins).status.code(), Some(2), "{twins:?}");
    }
}
