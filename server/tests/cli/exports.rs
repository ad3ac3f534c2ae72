//! Exports of orders and of the audit log.

use crate::shop::{Shop, on_both_stores};
use checkout::{
    PaymentEvent,
    model::{OrderId, PaymentStatus, Reference, ReportedAmount},
};
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt as _;

on_both_stores!(orders_are_exported_in_batches, the_audit_log_is_exported);

/// Orders of more than one batch of an export.
const ORDERS: u32 = 510;

/// An open dispute of the payment of an order.
fn dispute(order: OrderId) -> PaymentEvent {
    PaymentEvent {
        key: "evt-dispute".to_owned().try_into().unwrap(),
        fingerprint: [0; 32],
        reference: Reference::Order(order),
        transaction_id: format!("tx-{order}").try_into().unwrap(),
        status: PaymentStatus::DisputeOpened,
        reported: ReportedAmount::default(),
        dispute_id: None,
        payload: None,
    }
}

async fn orders_are_exported_in_batches(shop: Shop) {
    let product = shop.product("mug", 1000).await;
    let formula = shop.order(&product, "=HYPERLINK(\"https://evil.example\")").await;
    shop.pay(formula.id).await;
    shop.checkout.record_payment(dispute(formula.id)).await.unwrap();
    let placed = (1..ORDERS).map(|_| shop.order(&product, "ada@example.com"));
    futures::future::join_all(placed).await;

    let csv = shop.text(&["order", "export", "--format", "csv"]);
    let mut rows = csv::Reader::from_reader(csv.as_bytes());
    let header: Vec<_> = rows.headers().unwrap().iter().map(str::to_owned).collect();
    let column = |name: &str| header.iter().position(|column| column == name).unwrap();
    let rows: Vec<_> = rows.records().map(Result::unwrap).collect();
    let ids: std::collections::HashSet<_> = rows.iter().map(|row| row[column("order_id")].to_owned()).collect();
    assert_eq!((rows.len(), ids.len()), (ORDERS as usize, ORDERS as usize));
    // The oldest order comes last.
    let last = &rows[rows.len() - 1];
    let shown = ["number", "product", "amount_decimal", "status", "transaction_id"].map(|name| &last[column(name)]);
    let (number, transaction) = (formula.number.unwrap().to_string(), format!("tx-{}", formula.id));
    assert_eq!(shown, [&*number, "mug", "19.99", "paid", &*transaction]);
    assert_eq!(&last[column("shopper")], "'=HYPERLINK(\"https://evil.example\")");

    let lines = shop.text(&["order", "export", "--format", "jsonl"]);
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), ORDERS as usize);
    assert_eq!(lines[lines.len() - 1]["shopper"], "=HYPERLINK(\"https://evil.example\")");
    let listed = shop.json(&["order", "list", "--status", "paid", "--json"]);
    let mut expected = listed["items"][0].clone();
    expected["disputed"] = json!(true);
    assert_eq!((&lines[lines.len() - 1], &lines[0]["disputed"]), (&expected, &json!(false)));
    assert_eq!(shop.json(&["order", "show", "--id", &formula.id.to_string(), "--json"])["disputed"], true);
    // A column has the name and the value of the field.
    for (name, value) in expected.as_object().unwrap() {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        assert_eq!(last[column(name)].trim_start_matches('\''), value, "{name}");
    }

    let file = shop.dir.path().join("paid.csv");
    let written = shop.run(&[
        "order",
        "export",
        "--format",
        "csv",
        "--status",
        "paid",
        "--q",
        "=HYPERLINK(\"https://evil.example\")",
        "--output",
        file.to_str().unwrap(),
    ]);
    assert!(written.status.success() && written.stdout.is_empty(), "{written:?}");
    assert_eq!(std::fs::read_to_string(&file).unwrap().lines().count(), 2);
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let log = shop.json(&["audit-log", "--action", "order.export", "--json"]);
    assert_eq!(log["items"].as_array().unwrap().len(), 3);
    // The audit log does not repeat the shopper's name.
    let after = &log["items"][0]["after"];
    assert_eq!((&after["format"], &after["filter"]["status"]), (&json!("csv"), &json!("paid")));
    assert!(!after.to_string().contains("HYPERLINK") && after["filter"]["search"].is_string(), "{after}");

    let missing = shop.dir.path().join("missing/paid.csv");
    let refused = shop.fails(4, &["order", "export", "--format", "csv", "--output", missing.to_str().unwrap()]);
    assert!(refused.contains("cannot be written"), "{refused}");
    assert!(shop.fails(2, &["order", "export", "--format", "xls"]).contains("csv or jsonl"));
    shop.close().await;
}

async fn the_audit_log_is_exported(shop: Shop) {
    shop.product("mug", 10).await;
    for by in 1..=3 {
        shop.json(&["product", "stock", "--slug", "mug", "--by", &by.to_string(), "--reason", "+found more"]);
    }
    let first = shop.json(&["audit-log", "--json", "--limit", "2"]);
    let cursor = first["next"].as_str().unwrap();
    let second = shop.json(&["audit-log", "--json", "--cursor", cursor]);
    assert_eq!((second["items"].as_array().unwrap().len(), &second["next"]), (2, &json!(null)));
    assert_eq!(second["items"][1]["action"], "product.add");
    let until = shop.json(&["audit-log", "--json", "--until", "2020-01-01T00:00:00Z"]);
    assert_eq!(until["items"], json!([]));

    let csv = shop.text(&["audit-log", "--format", "csv", "--action", "product.stock"]);
    assert!(csv.starts_with("id,at,actor_kind") && csv.lines().count() == 4 && csv.contains("'+found more"), "{csv}");
    let newest = shop.json(&["audit-log", "--json", "--limit", "1"]);
    assert_eq!(newest["items"][0]["action"], "audit_log.export");
    shop.fails(2, &["audit-log", "--format", "csv", "--limit", "1"]);
    shop.fails(2, &["audit-log", "--output", "x.csv"]);
    shop.close().await;
}
