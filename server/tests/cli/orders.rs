//! Orders, payments and refunds on the command line.

use crate::shop::{Shop, on_both_stores};
use checkout::model::{Actor, AttemptState, EventPayload, OrderStatus, PaymentAttempt, PaymentStatus, ProviderName};
use integrations::{
    payments::{PaymentSettings, Payments},
    provider::sandbox::SandboxProvider,
};
use serde_json::json;
use std::sync::Arc;
use uuid::Uuid;

on_both_stores!(
    orders_are_listed_page_by_page_and_found,
    an_order_is_shown_with_its_timeline,
    a_cancellation_closes_the_payment_page_first,
    refunds_are_listed_issued_and_refused_with_what_is_left,
    payments_are_listed_shown_and_replayed,
    a_payment_is_shown_with_its_disputes_and_without_its_payload,
    hostile_texts_are_only_values,
);

async fn orders_are_listed_page_by_page_and_found(shop: Shop) {
    let (mug, cup) = (shop.product("mug", 9).await, shop.product("cup", 9).await);
    let mut orders = Vec::new();
    for n in 0..5 {
        orders.push(shop.order(if n < 3 { &mug } else { &cup }, &format!("ada-{n}@example.com")).await);
    }
    shop.pay(orders[0].id).await;
    shop.checkout.cancel_order_by_operator(orders[1].id, Actor::system()).await.unwrap();

    let first = shop.json(&["order", "list", "--limit", "2", "--json"]);
    assert_eq!(first["items"].as_array().unwrap().len(), 2);
    assert_eq!(first["items"][0]["order_id"], json!(orders[4].id));
    let cursor = first["next"].as_str().unwrap();
    let second = shop.json(&["order", "list", "--limit", "3", "--cursor", cursor, "--json"]);
    let ids: Vec<_> = second["items"].as_array().unwrap().iter().map(|order| order["order_id"].clone()).collect();
    assert_eq!((ids, &second["next"]), ([2, 1, 0].map(|n| json!(orders[n].id)).to_vec(), &json!(null)));

    let number = orders[3].number.unwrap().to_string();
    let transaction = format!("tx-{}", orders[0].id);
    let since = orders[4].created_at.to_string();
    for (args, found) in [
        (&["--q", &number][..], &[3][..]),
        (&["--q", &number.to_lowercase().replace("hf-", "")], &[3]),
        (&["--q", &orders[2].id.to_string()], &[2]),
        (&["--q", &orders[2].hold_id.to_string()], &[2]),
        (&["--q", &transaction], &[0]),
        (&["--q", "ada-4@example.com"], &[4]),
        (&["--status", "paid"], &[0]),
        (&["--status", "cancelled"], &[1]),
        (&["--product", "cup"], &[4, 3]),
        (&["--product", "mug", "--status", "pending"], &[2]),
        (&["--since", &since, "--product", "cup", "--q", "ada-4@example.com"], &[4]),
        (&["--until", "2020-01-01T00:00:00Z"], &[]),
        (&["--q", "nobody"], &[]),
    ] {
        let listed = shop.json(&[&["order", "list", "--json"], args].concat());
        let ids: Vec<_> = listed["items"].as_array().unwrap().iter().map(|order| order["order_id"].clone()).collect();
        assert_eq!(ids, found.iter().map(|n| json!(orders[*n].id)).collect::<Vec<_>>(), "{args:?}");
    }
    let table = shop.run(&["order", "list", "--limit", "4"]);
    let (text, hint) = (String::from_utf8(table.stdout).unwrap(), String::from_utf8(table.stderr).unwrap());
    assert!(text.starts_with("NUMBER") && text.lines().count() == 5 && text.contains("19.99 USD"), "{text}");
    assert!(hint.contains(&format!("--cursor {}", orders[1].id)), "{hint}");
    let none = shop.run(&["order", "list", "--status", "refunded"]);
    assert!(none.stdout.is_empty() && String::from_utf8(none.stderr).unwrap().contains("Nothing was found"));

    for (args, wrong) in [
        (&["--status", "shipped"][..], "pending, cancelled, paid, refunded"),
        (&["--limit", "0"], "1..=1000"),
        (&["--limit", "1001"], "1..=1000"),
        (&["--cursor", "next"], "--cursor"),
        (&["--since", "yesterday"], "2026-11-27T08:00:00Z"),
        (&["--until", "1969-12-31T23:59:59Z"], "1970 to 9999"),
        (&["--q", " "], "give a text"),
        (&["--product", "No Slug"], "--product"),
    ] {
        let message = shop.fails(2, &[&["order", "list"], args].concat());
        assert!(message.contains(wrong), "{args:?}: {message}");
    }
    assert!(shop.fails(3, &["order", "list", "--product", "jug"]).contains("no product has the slug jug"));
    shop.close().await;
}

async fn an_order_is_shown_with_its_timeline(shop: Shop) {
    let product = shop.product("mug", 9).await;
    let order = shop.order(&product, "ada@example.com").await;
    shop.pay(order.id).await;
    let number = order.number.unwrap().to_string();
    let refund = shop.json(&[
        "refund",
        "issue",
        "--order",
        &number,
        "--amount",
        "5",
        "--restock",
        "1",
        "--reason",
        "arrived broken",
    ]);
    let id = refund["id"].as_str().unwrap();
    shop.json(&["refund", "done", "--id", id, "--note", "transfer 17", "--reason", "asked by mail"]);

    let text = shop.text(&["order", "show", "--number", &number]);
    let timeline: Vec<_> = text.lines().skip_while(|line| *line != "Timeline").skip(2).take(6).collect();
    let events = [
        "Hold placed",
        "Order placed",
        "Payment received",
        "Order paid",
        "Refund issued",
        "Refund made outside the payment provider",
    ];
    for (line, event) in timeline.iter().zip(events) {
        assert!(line.contains(event), "{event}: {text}");
    }
    assert!(timeline[4].contains("$5.00, 1 unit put back on sale") && timeline[4].contains("ada"), "{text}");
    assert!(timeline[4].contains("arrived broken") && timeline[5].contains("transfer 17"), "{text}");
    assert!(timeline[5].contains("asked by mail") && text.contains("14.99 USD"), "{text}");

    let shown = shop.json(&["order", "show", "--id", &order.id.to_string(), "--json"]);
    assert_eq!((&shown["number"], &shown["product"]), (&json!(number), &json!("mug")));
    assert_eq!((&shown["refundable"], &shown["refunds"][0]["state"]), (&json!(1499), &json!("succeeded")));
    assert_eq!(shown["payments"][0]["order_id"], json!(order.id));
    assert_eq!(shown["payment_attempts"], json!([]));
    let kinds: Vec<_> = shown["timeline"].as_array().unwrap().iter().map(|event| event["kind"].clone()).collect();
    assert_eq!(kinds, ["hold", "order", "payment", "order", "refund", "refund"]);
    assert_eq!(shown["timeline"][4]["actor"], "command-line user ada");

    let unknown = "HF-0000-0000";
    assert!(shop.fails(3, &["order", "show", "--number", unknown]).contains("no order has the number HF-0000-0000"));
    let id = product.id.to_string();
    assert!(shop.fails(3, &["order", "cancel", "--id", &id, "--reason", "x"]).contains("no order has the id"));
    for args in [&["order", "show"][..], &["order", "show", "--number", unknown, "--id", &id]] {
        shop.fails(2, args);
    }
    assert!(shop.fails(2, &["order", "show", "--number", "12"]).contains("HF-7K3Q-9M2D"));
    let refused = shop.fails(3, &["order", "cancel", "--number", &number, "--reason", "fraud"]);
    assert!(refused.contains("paid"), "{refused}");
    let pending = shop.order(&product, "bob@example.com").await;
    let (id, at) = (Uuid::from_u128(7), pending.created_at);
    let attempt = PaymentAttempt {
        id: id.into(),
        order_id: pending.id,
        provider: ProviderName::Stripe,
        state: AttemptState::Open,
        session: Some("cs_1".to_owned().try_into().unwrap()),
        url: Some("https://pay.example/for-bob-alone".to_owned()),
        request: "{}".to_owned(),
        created_at: at,
        updated_at: at,
    };
    shop.store.payment_attempts().begin_attempt(&attempt).await.unwrap();
    let pending = pending.number.unwrap().to_string();
    let shown = shop.json(&["order", "show", "--number", &pending, "--json"]);
    let expected = json!([{
        "id": id, "provider": "stripe", "state": "open", "session": "cs_1", "created_at": at, "updated_at": at,
    }]);
    assert_eq!(shown["payment_attempts"], expected);
    assert!(!shown.to_string().contains("for-bob-alone"), "{shown}");
    let cancelled = shop.json(&["order", "cancel", "--number", &pending, "--reason", "ordered twice"]);
    assert_eq!((&cancelled["status"], &cancelled["cancel_reason"]), (&json!("cancelled"), &json!("by_operator")));
    shop.close().await;
}

async fn a_cancellation_closes_the_payment_page_first(shop: Shop) {
    let product = shop.product("mug", 9).await;
    let order = shop.order(&product, "ada").await;
    let settings =
        PaymentSettings { shop_url: "http://shop".to_owned(), auto_refund: true, accepts_other_intents: true };
    let sandbox = SandboxProvider::new(shop.store.clone(), shop.store.clock());
    let payments = Payments::new(shop.checkout.clone(), shop.store.clone(), Some(Arc::new(sandbox)), settings);
    payments.open(&order).await.unwrap();
    let number = order.number.unwrap().to_string();
    shop.json(&["order", "cancel", "--number", &number, "--reason", "ordered twice"]);
    // No worker runs here that would close the page later.
    assert_eq!(shop.store.payment_attempts().of_order(order.id).await.unwrap()[0].state, AttemptState::Closed);
    shop.close().await;
}

async fn refunds_are_listed_issued_and_refused_with_what_is_left(shop: Shop) {
    let product = shop.product("mug", 9).await;
    let order = shop.order(&product, "ada").await;
    let number = order.number.unwrap().to_string();
    let issue = |args: &[&'static str]| {
        let all = ["refund", "issue", "--order", &number, "--reason", "broken", "--restock"]
            .into_iter()
            .chain(args.iter().copied());
        all.map(str::to_owned).collect::<Vec<_>>()
    };
    let refs = |args: &[String]| shop.run(&args.iter().map(String::as_str).collect::<Vec<_>>());
    let message = |args: &[&'static str], code: i32| {
        let output = refs(&issue(args));
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(message(&["none"], 3).contains("not paid"));
    shop.pay(order.id).await;
    assert!(message(&["none", "--amount", "19.999"], 2).contains("decimal"));
    for amount in ["0", "-1"] {
        assert!(message(&["none", "--amount", amount], 2).contains("at least 1 minor unit, which is 0.01 USD"));
    }
    assert!(message(&["none", "--amount", "20"], 3).contains("19.99 USD of 19.99 USD are left"));
    assert!(message(&["2", "--amount", "1"], 3).contains("1 units"));
    message(&["1", "--amount", "12"], 0);
    assert!(message(&["none", "--amount", "8"], 3).contains("7.99 USD of 19.99 USD are left"));
    message(&["none"], 0);
    assert!(message(&["none"], 3).contains("nothing is left to refund"));
    assert!(message(&["1", "--amount", "1"], 3).contains("0 units"));

    let due = shop.json(&["refund", "list", "--state", "due", "--order", &number, "--json"]);
    let amounts: Vec<_> = due["items"].as_array().unwrap().iter().map(|refund| refund["amount"].clone()).collect();
    assert_eq!(amounts, [799, 1200]);
    let id = due["items"][0]["id"].as_str().unwrap();
    assert!(shop.fails(2, &["refund", "done", "--id", id]).contains("--note"));
    let text = shop.text(&["refund", "show", "--id", id]);
    assert!(text.contains("7.99 USD") && text.contains("State        due") && !text.contains("Note"), "{text}");
    shop.json(&["refund", "done", "--id", id, "--note", "transfer 17"]);
    let text = shop.text(&["refund", "show", "--id", id]);
    for expected in ["State        succeeded", "Note         transfer 17", "Product      mug", &order.id.to_string()] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    let shown = shop.json(&["refund", "show", "--id", id, "--json"]);
    assert_eq!((&shown["id"], &shown["state"]), (&json!(id), &json!("succeeded")));
    assert_eq!(shown, shop.json(&["refund", "list", "--json", "--q", id])["items"][0]);
    shop.fails(2, &["refund", "show"]);
    assert!(shop.fails(3, &["refund", "retry", "--id", id]).contains("succeeded"));
    for (args, found) in [
        (&["--state", "due"][..], 1),
        (&["--state", "succeeded"], 1),
        (&["--product", "mug"], 2),
        (&["--q", "nobody"], 0),
    ] {
        let listed = shop.json(&[&["refund", "list", "--json"], args].concat());
        assert_eq!(listed["items"].as_array().unwrap().len(), found, "{args:?}");
    }
    let table = shop.text(&["refund", "list", "--state", "succeeded"]);
    assert!(table.starts_with("ID") && table.contains("7.99 USD") && table.contains("by_operator"), "{table}");
    assert!(shop.fails(2, &["refund", "list", "--state", "lost"]).contains("withdrawn"));
    let unknown = product.id.to_string();
    for command in ["show", "retry"] {
        assert!(shop.fails(3, &["refund", command, "--id", &unknown]).contains("no such refund"));
    }
    let stock = shop.json(&["product", "list", "--json"])["items"][0].clone();
    assert_eq!((&stock["available"], &stock["sold"]), (&json!(9), &json!(0)));
    assert_eq!(shop.checkout.order_by_number(order.number.unwrap()).await.unwrap().status(), OrderStatus::Paid);
    shop.close().await;
}

async fn payments_are_listed_shown_and_replayed(shop: Shop) {
    let product = shop.product("mug", 9).await;
    let order = shop.order(&product, "ada").await;
    shop.pay(order.id).await;
    let listed = shop.json(&["payment", "list", "--outcome", "applied", "--status", "success", "--json"]);
    assert_eq!(
        (&listed["items"][0]["event_key"], &listed["next"]),
        (&json!(format!("evt-{}", order.id)), &json!(null))
    );
    let id = listed["items"][0]["id"].as_str().unwrap();
    for (args, found) in [
        (&["--q", &order.id.to_string()][..], 1),
        (&["--q", &format!("tx-{}", order.id)], 1),
        (&["--product", "mug"], 1),
        (&["--outcome", "parked"], 0),
        (&["--since", "2099-01-01T00:00:00Z"], 0),
    ] {
        let listed = shop.json(&[&["payment", "list", "--json"], args].concat());
        assert_eq!(listed["items"].as_array().unwrap().len(), found, "{args:?}");
    }
    let text = shop.text(&["payment", "show", "--id", id]);
    assert!(text.contains("19.99 USD") && text.contains("applied") && text.contains(&order.id.to_string()), "{text}");
    assert_eq!(shop.json(&["payment", "show", "--id", id, "--json"])["outcome"], "applied");
    let replayed = shop.json(&["payment", "replay", "--id", id]);
    assert_eq!(replayed["order"]["order_status"], "paid");
    let unknown = product.id.to_string();
    for command in ["show", "replay"] {
        assert!(shop.fails(3, &["payment", command, "--id", &unknown]).contains("no such payment event"));
    }
    assert!(shop.fails(2, &["payment", "list", "--outcome", "lost"]).contains("refund_due"));
    shop.close().await;
}

async fn a_payment_is_shown_with_its_disputes_and_without_its_payload(shop: Shop) {
    let product = shop.product("mug", 9).await;
    let order = shop.order(&product, "ada").await;
    shop.pay(order.id).await;
    let shown = |key: &str| {
        let listed = shop.json(&["payment", "list", "--json", "--q", key]);
        let id = listed["items"][0]["id"].as_str().unwrap().to_owned();
        (shop.json(&["payment", "show", "--json", "--id", &id]), shop.text(&["payment", "show", "--id", &id]))
    };
    let paid = format!("evt-{}", order.id);
    let (json_of_paid, text) = shown(&paid);
    assert_eq!((&json_of_paid["disputes"], &json_of_paid["payload_kept"]), (&json!([]), &json!(false)));
    assert!(text.contains("not kept") && !text.contains("Dispute"), "{text}");

    let body = br#"{"customer":"ada@example.com"}"#;
    let payload = EventPayload::new(Some("application/json"), body);
    shop.dispute(order.id, "evt-1", PaymentStatus::DisputeOpened, Some("dp_1"), payload).await;
    shop.dispute(order.id, "evt-2", PaymentStatus::DisputeOpened, None, None).await;
    shop.dispute(order.id, "evt-3", PaymentStatus::DisputeClosed, Some("dp_1"), None).await;
    let (first, unnamed) = (json!({ "id": "dp_1", "state": "closed" }), json!({ "id": null, "state": "open" }));
    let (opened, text) = shown("evt-1");
    assert_eq!((&opened["disputes"], &opened["payload_kept"]), (&json!([first]), &json!(true)));
    assert_eq!((&opened["dispute_id"], &opened["status"]), (&json!("dp_1"), &json!("dispute_opened")));
    assert!(text.contains("Dispute      dp_1, closed") && !text.contains("without an id"), "{text}");
    assert!(text.contains("kept, 30 bytes, application/json") && !text.contains("ada@example.com"), "{text}");
    assert_eq!(shown("evt-2").0["disputes"], json!([unnamed]));
    let (of_transaction, text) = shown(&paid);
    assert_eq!(of_transaction["disputes"], json!([first, unnamed]));
    assert!(text.contains("Dispute      without an id, open"), "{text}");
    shop.close().await;
}

/// A search text is a parameter and never SQL, and control characters do not reach the terminal.
async fn hostile_texts_are_only_values(shop: Shop) {
    let product = shop.product("mug", 9).await;
    let name = "=1+1\u{202e}'; DROP TABLE orders; --";
    shop.order(&product, name).await;
    for text in ["' OR 1=1 --", "\\", "%", "_", "\u{1b}[2J", &"x".repeat(5000), "😀"] {
        for list in ["order", "payment", "refund"] {
            let listed = shop.json(&[list, "list", "--json", "--q", text]);
            assert_eq!(listed["items"], json!([]), "{list}: {text:?}");
        }
        assert_eq!(shop.json(&["audit-log", "--json", "--actor", text])["items"], json!([]));
    }
    assert_eq!(shop.json(&["order", "list", "--json", "--q", name])["items"].as_array().unwrap().len(), 1);
    shop.fails(2, &["product", "pause", "--slug", "mug", "--reason", "a\nb"]);
    shop.fails(2, &["refund", "done", "--id", &product.id.to_string(), "--note", "\u{1b}[2J"]);
    shop.close().await;
}
