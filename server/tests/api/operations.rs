//! Operations as API clients and shoppers see them: paused and archived products, refunds, cancelled orders.

use crate::shop::{ApiResponse, Shop, read, refunds_of};
use checkout::{
    IssueRefund, Restock,
    model::{Actor, Money, OrderId, Product, ProductDraft, ProductStatus, RefundId, RefundReference, RefundStep},
};
use reqwest::Method;
use serde_json::{Value, json};
use std::{process::Command, time::Duration};

fn operator() -> Actor {
    Actor::command_line("ada")
}

async fn set_status(shop: &Shop, product: &Product, status: ProductStatus) {
    shop.checkout.set_product_status(product.id, status, operator()).await.unwrap();
}

fn payment(order: &Value, transaction: &str) -> Value {
    let (id, amount) = (&order["order_id"], &order["amount"]);
    json!({ "order_id": id, "transaction_id": transaction, "status": "success", "amount": amount, "currency": "USD" })
}

async fn pay(shop: &Shop, order: &Value) {
    let id = order["order_id"].as_str().unwrap();
    let receipt = shop.pay(id, &payment(order, &format!("tx-{id}"))).await;
    assert_eq!(receipt.body["status"], "processed", "{receipt:?}");
}

async fn get_order(shop: &Shop, token: &str, order: &Value) -> Value {
    shop.get(&format!("/api/orders/{}", order["order_id"].as_str().unwrap()), token).await.body
}

/// Issues a refund, and records that it was done, unless `amount` is `None`.
async fn refund(shop: &Shop, order: &Value, amount: Option<i64>, restock: Restock) -> RefundId {
    let order: OrderId = order["order_id"].as_str().unwrap().parse().unwrap();
    let id = shop.checkout.new_refund_id();
    shop.checkout.issue_refund(IssueRefund { id, order, amount, restock }, operator()).await.unwrap();
    id
}

async fn finish(shop: &Shop, refund: RefundId) {
    let note: RefundReference = "bank transfer 17".to_owned().try_into().unwrap();
    shop.checkout.advance_refund(refund, 1, RefundStep::DoneElsewhere { note }, operator()).await.unwrap();
}

#[tokio::test]
async fn a_paused_product_accepts_no_holds_and_lets_existing_ones_finish() {
    let shop = Shop::open().await;
    let (token, product) = (shop.token().await, shop.product("phone", 5).await);
    let hold = shop.hold(&token, &product, 1).await;
    let etag = shop.get("/api/products/phone", "").await.header("etag").to_owned();
    set_status(&shop, &product, ProductStatus::Paused).await;

    let shown = shop.get("/api/products/phone", "").await;
    assert_eq!(shown.body["sale"], "paused");
    assert_ne!(shown.header("etag"), etag);
    let request = json!({ "product_id": product.id, "qty": 1 });
    shop.post("/api/holds", &token, &request).await.assert_problem(409, "sale-paused");
    let order = shop.post("/api/orders", &token, &json!({ "hold_id": hold["hold_id"] })).await;
    assert_eq!(order.status, 201, "{order:?}");
    pay(&shop, &order.body).await;

    let page = shop.get("/products/phone", "").await.body;
    let page = page.as_str().unwrap();
    assert!(page.contains("The sale is paused") && page.contains("takes no new reservations"), "{page}");
    assert!(page.contains("data-when=\"available all-taken\" hidden class=\"reserve-form"), "{page}");
    assert!(page.contains("http-equiv=\"refresh\""), "{page}");
    let home = shop.get("/", "").await.body;
    assert!(home.as_str().unwrap().contains("data-sale-state=\"paused\""), "{home}");

    set_status(&shop, &product, ProductStatus::Active).await;
    assert_eq!(shop.get("/api/products/phone", "").await.body["sale"], "open");
    shop.hold(&token, &product, 1).await;
    assert!(shop.get("/products/phone", "").await.body.as_str().unwrap().contains("/actions/reserve"));
}

#[tokio::test]
async fn watchers_learn_that_a_sale_is_paused() {
    let shop = Shop::open().await;
    let product = shop.product("phone", 5).await;
    let mut events = shop.request(Method::GET, "/api/products/phone/events").send().await.unwrap();
    let mut text = String::new();
    for paused in ["\"paused\":false", "\"paused\":true"] {
        while !text.contains(paused) {
            let chunk = tokio::time::timeout(Duration::from_secs(10), events.chunk()).await.unwrap().unwrap().unwrap();
            text.push_str(&String::from_utf8_lossy(&chunk));
        }
        set_status(&shop, &product, ProductStatus::Paused).await;
    }
}

#[tokio::test]
async fn an_archived_product_is_not_found_and_its_orders_remain() {
    let shop = Shop::open().await;
    let (token, product) = (shop.token().await, shop.product("phone", 5).await);
    let other = shop.product("watch", 5).await;
    let order = shop.order(&token, &product, 1).await;
    pay(&shop, &order).await;
    set_status(&shop, &product, ProductStatus::Archived).await;

    let listed = shop.get("/api/products", "").await.body;
    let ids: Vec<_> = listed.as_array().unwrap().iter().map(|product| &product["id"]).collect();
    assert_eq!(ids, [&json!(other.id)]);
    for name in ["phone".to_owned(), product.id.to_string()] {
        for path in [format!("/api/products/{name}"), format!("/api/products/{name}/events")] {
            shop.get(&path, "").await.assert_problem(404, "unknown-product");
        }
    }
    assert_eq!(shop.get("/products/phone", "").await.status, 404);
    assert!(!shop.get("/", "").await.body.as_str().unwrap().contains("/products/phone"));
    assert_eq!(get_order(&shop, &token, &order).await["status"], "paid");
    let request = json!({ "product_id": product.id, "qty": 1 });
    shop.post("/api/holds", &token, &request).await.assert_problem(404, "unknown-product");
}

#[tokio::test]
async fn a_partial_refund_leaves_the_order_paid_and_a_full_one_makes_it_refunded() {
    let shop = Shop::open().await;
    let (token, product) = (shop.token().await, shop.product("phone", 5).await);
    let order = shop.order(&token, &product, 2).await;
    assert!(order["number"].as_str().is_some_and(|number| number.starts_with("HF-")), "{order}");
    pay(&shop, &order).await;
    let transaction = get_order(&shop, &token, &order).await["transaction_id"].clone();

    let first = refund(&shop, &order, Some(300_000), Restock::Units(1)).await;
    let entry = |status: &str, state: &str, amount: i64| json!({ "transaction_id": transaction, "status": status, "state": state, "reason": "by_operator", "amount": amount, "currency": "USD" });
    let shown = get_order(&shop, &token, &order).await;
    assert_eq!((&shown["status"], refunds_of(&shown)), (&json!("paid"), json!([entry("refund_due", "due", 300_000)])));
    assert_eq!(shop.checkout.refunds_due().await.unwrap(), 1);
    finish(&shop, first).await;
    let partly = get_order(&shop, &token, &order).await;
    assert_eq!(
        (&partly["status"], refunds_of(&partly)),
        (&json!("paid"), json!([entry("refunded", "succeeded", 300_000)]))
    );
    assert!(partly["version"].as_u64() > shown["version"].as_u64());

    let second = refund(&shop, &order, None, Restock::All).await;
    finish(&shop, second).await;
    let refunded = get_order(&shop, &token, &order).await;
    assert_eq!(refunded["status"], "refunded");
    let both = json!([entry("refunded", "succeeded", 300_000), entry("refunded", "succeeded", 700_000)]);
    assert_eq!(refunds_of(&refunded), both);
    let stock = shop.checkout.product(product.id).unwrap().stock;
    assert_eq!((stock.available, stock.sold), (5, 0));
    assert_eq!(shop.checkout.refunds_due().await.unwrap(), 0);
    let cancel = format!("/api/orders/{}/cancel", order["order_id"].as_str().unwrap());
    shop.post(&cancel, &token, &json!({})).await.assert_problem(409, "order-paid");
    assert!(shop.checkout.audit().await.unwrap().clean);
}

/// A watcher of the order learns of each step of its refund.
#[tokio::test]
async fn a_refund_reaches_watchers_of_the_order() {
    let shop = Shop::open().await;
    let (token, product) = (shop.token().await, shop.product("phone", 5).await);
    let order = shop.order(&token, &product, 1).await;
    pay(&shop, &order).await;
    let path = format!("/api/orders/{}/events", order["order_id"].as_str().unwrap());
    let mut events = shop.request(Method::GET, &path).bearer_auth(&token).send().await.unwrap();
    let id = refund(&shop, &order, None, Restock::None).await;
    let mut text = String::new();
    for status in ["\"status\":\"refund_due\"", "\"status\":\"refunded\",\"paid_at\""] {
        while !text.contains(status) {
            let chunk = tokio::time::timeout(Duration::from_secs(10), events.chunk()).await.unwrap().unwrap().unwrap();
            text.push_str(&String::from_utf8_lossy(&chunk));
        }
        if status.contains("due") {
            finish(&shop, id).await;
        }
    }
}

#[tokio::test]
async fn late_money_beyond_the_shoppers_limit_is_due_for_refund() {
    let shop = Shop::open().await;
    let token = shop.token().await;
    let price = Money { minor: 500_000, currency: "USD".parse().unwrap() };
    let draft = ProductDraft::new("phone".parse().unwrap(), "Phone", price, 5);
    let product = shop.add(ProductDraft { per_shopper_limit: Some(1), ..draft }).await;
    let order = async || {
        let request = json!({ "product_id": product.id, "qty": 1, "shopper": "customer-1729" });
        let hold = shop.post("/api/holds", &token, &request).await.body;
        shop.post("/api/orders", &token, &json!({ "hold_id": hold["hold_id"] })).await.body
    };
    let first = order().await;
    let cancel = format!("/api/orders/{}/cancel", first["order_id"].as_str().unwrap());
    shop.post(&cancel, &token, &json!({})).await;
    let second = order().await;
    pay(&shop, &second).await;
    let late = shop.pay("late", &payment(&first, "tx-late")).await;
    assert_eq!(
        (&late.body["status"], &late.body["order_status"], &late.body["reason"]),
        (&json!("refund_due"), &json!("cancelled"), &json!("over_limit"))
    );
    assert_eq!(get_order(&shop, &token, &first).await["refunds"][0]["reason"], "over_limit");
}

#[tokio::test]
async fn an_order_cancelled_by_an_operator_says_so() {
    let shop = Shop::open().await;
    let (token, product) = (shop.token().await, shop.product("phone", 5).await);
    let order = shop.order(&token, &product, 1).await;
    let id: OrderId = order["order_id"].as_str().unwrap().parse().unwrap();
    shop.checkout.cancel_order_by_operator(id, operator()).await.unwrap();
    let shown = get_order(&shop, &token, &order).await;
    assert_eq!((&shown["status"], &shown["reason"]), (&json!("cancelled"), &json!("by_operator")));
}

/// A price edit changes new holds only.
#[tokio::test]
async fn a_hold_keeps_its_price() {
    let shop = Shop::open().await;
    let (token, product) = (shop.token().await, shop.product("phone", 5).await);
    let hold = shop.hold(&token, &product, 2).await;
    let mut details = product.details();
    details.price.minor = 600_000;
    shop.checkout.edit_product(product.id, product.revision, details, operator()).await.unwrap();
    let order = shop.post("/api/orders", &token, &json!({ "hold_id": hold["hold_id"] })).await.body;
    assert_eq!(order["amount"], 1_000_000);
    assert_eq!(shop.order(&token, &product, 2).await["amount"], 1_200_000);
}

/// The storefront shows a shopper's own order: its number, and what was refunded.
#[tokio::test]
async fn the_order_page_shows_the_number_and_the_refunds() {
    let shop = Shop::open().await;
    let product = shop.product("phone", 5).await;
    let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let submit = |path: &str, fields: &[(&str, &str)], cookie: &str| {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = http.post(format!("http://{}{path}", shop.addr)).header("cookie", cookie);
        request.header("content-type", "application/x-www-form-urlencoded").body(form).send()
    };
    let id = |response: &reqwest::Response| {
        let location = response.headers()["location"].to_str().unwrap();
        location.rsplit('/').next().unwrap().to_owned()
    };
    let key = uuid::Uuid::new_v4().to_string();
    let fields = [("product", &*product.id.to_string()), ("qty", "1"), ("key", &key)];
    let hold = submit("/actions/reserve", &fields, "").await.unwrap();
    let cookie = hold.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let fields = [("hold", &*id(&hold)), ("key", &key), ("email", "ada@example.com")];
    let order = submit("/actions/order", &fields, &cookie).await.unwrap();
    let order = json!({ "order_id": id(&order), "amount": 500_000 });
    pay(&shop, &order).await;
    let page = async || {
        let path = format!("/orders/{}", order["order_id"].as_str().unwrap());
        shop.request(Method::GET, &path).header("cookie", &cookie).send().await.unwrap().text().await.unwrap()
    };
    let paid = page().await;
    assert!(paid.contains("HF-") && !paid.contains("data-testid=\"refund\""), "{paid}");
    let first = refund(&shop, &order, Some(200_000), Restock::None).await;
    let due = page().await;
    assert!(due.contains("A refund of $2,000.00 is due") && due.contains("part of this order"), "{due}");
    finish(&shop, first).await;
    let second = refund(&shop, &order, None, Restock::None).await;
    finish(&shop, second).await;
    let refunded = page().await;
    assert!(
        refunded.contains("$5,000.00 was returned on 23 November 2026")
            && refunded.contains("data-status=\"refunded\"")
    );
    assert!(refunded.contains("returned everything you paid"), "{refunded}");
}

/// Runs the command line beside the server.
fn holdfast(shop: &Shop, args: &[&str]) -> ApiResponse {
    let dir = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_holdfast"));
    command.env_clear().env("DATABASE_URL", &shop.database_url).env("USER", "ada").env("RUST_LOG", "off");
    let output = command.current_dir(dir.path()).args(args).output().unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
    // The exit code takes the place of the status.
    let status = output.status.code().and_then(|code| u16::try_from(code).ok()).unwrap();
    ApiResponse { status, headers: reqwest::header::HeaderMap::new(), body }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_shows_refunds_and_cancels_orders() {
    let shop = Shop::open().await;
    let (token, product) = (shop.token().await, shop.product("phone", 5).await);
    let order = shop.order(&token, &product, 2).await;
    let id = order["order_id"].as_str().unwrap();
    let refused = holdfast(&shop, &["refund", "issue", "--order", id, "--restock", "none", "--reason", "broken"]);
    assert!(refused.status == 3 && refused.body.as_str().unwrap().contains("not paid"), "{refused:?}");
    pay(&shop, &order).await;

    let shown = holdfast(&shop, &["order", "show", "--id", id]).body;
    let text = shown.as_str().unwrap();
    for part in [order["number"].as_str().unwrap(), "phone", "10000.00 USD", "paid", "tx-", "applied"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let refund = "018f0000-0000-7000-8000-000000000001";
    let issue =
        ["refund", "issue", "--order", id, "--restock", "1", "--reason", "broken", "--amount", "4000", "--id", refund];
    // The same id issues the refund once.
    for _ in 0..2 {
        let issued = holdfast(&shop, &issue);
        assert_eq!((issued.status, &issued.body["amount"], &issued.body["state"]), (0, &json!(400_000), &json!("due")));
    }
    let too_much =
        holdfast(&shop, &["refund", "issue", "--order", id, "--restock", "all", "--amount", "7000", "--reason", "x"]);
    assert!(
        too_much.status == 3 && too_much.body.as_str().unwrap().contains("6000.00 USD of 10000.00 USD are left"),
        "{too_much:?}"
    );
    let retry = holdfast(&shop, &["refund", "retry", "--id", refund]);
    assert_eq!((retry.status, &retry.body["state"]), (0, &json!("due")));
    let done = holdfast(&shop, &["refund", "done", "--id", refund, "--note", "transfer 17"]);
    assert_eq!((done.status, &done.body["state"], &done.body["note"]), (0, &json!("succeeded"), &json!("transfer 17")));
    let json = holdfast(&shop, &["order", "show", "--id", id, "--json"]).body;
    assert_eq!(
        (&json["status"], &json["refunds_returned"], &json["restocked"]),
        (&json!("paid"), &json!(400_000), &json!(1))
    );
    assert_eq!(json["payments"][0]["outcome"], "applied");
    let replayed = holdfast(&shop, &["payment", "replay", "--id", json["payments"][0]["id"].as_str().unwrap()]);
    assert_eq!((replayed.status, &replayed.body["order"]["order_status"]), (0, &json!("paid")), "{replayed:?}");

    let refused = holdfast(&shop, &["order", "cancel", "--id", id, "--reason", "fraud"]);
    assert!(refused.status == 3 && refused.body.as_str().unwrap().contains("paid"), "{refused:?}");
    for args in
        [["refund", "retry", "--id", id], ["payment", "replay", "--id", id], ["payment", "show", "--id", refund]]
    {
        let unknown = holdfast(&shop, &args);
        assert!(unknown.status == 3 && unknown.body.as_str().unwrap().contains("no such"), "{unknown:?}");
    }
    // The running server shows the changes of the command line.
    let response = read(shop.request(Method::GET, "/api/products/phone").send().await.unwrap()).await;
    assert_eq!(response.status, 200);
    assert_eq!(get_order(&shop, &token, &order).await["refunds"][0]["amount"], 400_000);
}
