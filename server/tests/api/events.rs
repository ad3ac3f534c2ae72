//! Event streams of products and orders, and how they end.

use crate::shop::{Shop, refunds_of};
use checkout::model::{Actor, RefundStep};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// Reads a stream, event by event.
pub(crate) struct Events {
    response: reqwest::Response,
    text: String,
}

impl Events {
    pub(crate) async fn open(shop: &Shop, path: &str, token: &str) -> Self {
        let response = shop.request(Method::GET, path).bearer_auth(token).send().await.unwrap();
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(response.status(), 200);
        assert_eq!(header("content-type"), "text/event-stream");
        assert_eq!(header("cache-control"), "no-cache, no-transform");
        assert_eq!(header("x-accel-buffering"), "no");
        Self { response, text: String::new() }
    }

    /// Returns the next block of lines; `None` at the end.
    async fn block(&mut self) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                return Some(block);
            }
            let more = tokio::time::timeout(Duration::from_secs(10), self.response.chunk()).await.unwrap();
            self.text.push_str(std::str::from_utf8(&more.unwrap()?).unwrap());
        }
    }

    /// Returns name, id and data of the next event.
    pub(crate) async fn event(&mut self) -> (String, Option<u64>, Value) {
        loop {
            let block = self.block().await.unwrap();
            let field = |name: &str| block.lines().find_map(|l| l.strip_prefix(name)).map(str::to_owned);
            if let Some(data) = field("data: ") {
                let id = field("id: ").map(|id| id.parse().unwrap());
                return (field("event: ").unwrap(), id, serde_json::from_str(&data).unwrap());
            }
        }
    }
}

#[tokio::test]
async fn a_watcher_gets_the_current_stock_and_then_each_change() {
    let shop = Shop::open().await;
    let (token, product) = (shop.token().await, shop.product("phone", 10).await);
    let paths = [
        format!("/api/products/{}/events", product.id),
        "/api/products/phone/events".to_owned(),
        "/api/products/events".to_owned(),
    ];
    let mut watchers = Vec::new();
    for path in &paths {
        watchers.push(Events::open(&shop, path, "").await);
    }
    for watcher in &mut watchers {
        assert!(watcher.block().await.unwrap().starts_with("retry: "));
        let (name, id, data) = watcher.event().await;
        assert_eq!((name.as_str(), id), ("stock", data["version"].as_u64()));
        assert_eq!(
            (&data["product_id"], &data["available"], &data["total"]),
            (&json!(product.id), &json!(10), &json!(10))
        );
    }
    shop.hold(&token, &product, 4).await;
    for watcher in &mut watchers {
        // The first event may contain the change already.
        while watcher.event().await.2["held"] != json!(4) {}
    }
}

#[tokio::test]
async fn an_orders_owner_gets_its_payment_and_refunds() {
    let shop = Shop::open().await;
    let (token, product) = (shop.token().await, shop.product("phone", 1).await);
    let order = shop.order(&token, &product, 1).await;
    let id = order["order_id"].as_str().unwrap();
    let mut events = Events::open(&shop, &format!("/api/orders/{id}/events"), &token).await;
    let (name, _, data) = events.event().await;
    assert_eq!((name.as_str(), &data["order_id"], &data["status"]), ("order", &json!(id), &json!("pending")));
    shop.pay("e1", &json!({ "order_id": id, "transaction_id": "t", "status": "success" })).await;
    assert_eq!(events.event().await.2["status"], "paid");
    shop.pay("e2", &json!({ "order_id": id, "transaction_id": "again", "status": "success" })).await;
    let (_, _, data) = events.event().await;
    assert_eq!(
        (&data["status"], refunds_of(&data)),
        (
            &json!("paid"),
            json!([{ "transaction_id": "again", "status": "refund_due", "state": "due", "reason": "already_paid" }])
        )
    );
    // Each step of the refund, although the order and its payments stay as they are.
    let refund = data["refunds"][0]["id"].as_str().unwrap().parse().unwrap();
    let reference = || "re_1".to_owned().try_into().unwrap();
    for (step, state, status) in [
        (RefundStep::Send, "sending", "refund_due"),
        (RefundStep::Accept { provider_reference: reference() }, "sending", "refund_due"),
        (RefundStep::Succeed { provider_reference: Some(reference()) }, "succeeded", "refunded"),
    ] {
        shop.checkout.advance_refund(refund, 1, step.clone(), Actor::system()).await.unwrap();
        let (_, _, data) = events.event().await;
        let shown = &data["refunds"][0];
        assert_eq!((&shown["state"], &shown["status"]), (&json!(state), &json!(status)), "{step:?}: {data}");
    }
}

#[tokio::test]
async fn an_order_stream_ends_when_its_token_expires() {
    let shop = Shop::open().await;
    let (id, secret) = shop.client().await;
    let (token, product) = (shop.token_for(id, &secret).await, shop.product("phone", 1).await);
    let order = shop.order(&token, &product, 1).await;
    let mut events =
        Events::open(&shop, &format!("/api/orders/{}/events", order["order_id"].as_str().unwrap()), &token).await;
    events.event().await;
    shop.clock.advance(Duration::from_secs(3700));
    let ended = async { while events.block().await.is_some() {} };
    tokio::time::timeout(Duration::from_secs(9), ended).await.expect("the stream ends");
}

#[tokio::test]
async fn open_streams_do_not_delay_a_shutdown() {
    let shop = Shop::open().await;
    shop.product("phone", 1).await;
    let mut streams = Vec::new();
    for _ in 0..20 {
        let mut stream = Events::open(&shop, "/api/products/events", "").await;
        stream.event().await;
        streams.push(stream);
    }
    let stopped = Instant::now();
    shop.stopping.cancel();
    tokio::time::timeout(Duration::from_secs(2), shop.serving).await.unwrap().unwrap();
    assert!(stopped.elapsed() < Duration::from_secs(2));
    for stream in &mut streams {
        assert_eq!(stream.block().await, None, "the stream ended without an error");
    }
}

/// HTTP/1.0 has no chunked encoding, so the stream ends with the connection.
#[tokio::test]
async fn an_http_1_0_client_gets_a_stream_without_chunks() {
    let shop = Shop::open().await;
    shop.product("phone", 1).await;
    let mut old = tokio::net::TcpStream::connect(shop.addr).await.unwrap();
    old.write_all(b"GET /api/products/events HTTP/1.0\r\n\r\n").await.unwrap();
    let mut text = String::new();
    while !text.contains("\nevent: stock\n") || !text.ends_with("\n\n") {
        let mut piece = [0; 4096];
        let n = tokio::time::timeout(Duration::from_secs(10), old.read(&mut piece)).await.unwrap().unwrap();
        assert_ne!(n, 0, "{text}");
        text.push_str(std::str::from_utf8(&piece[..n]).unwrap());
    }
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(!head.contains("chunked") && body.starts_with("retry: "), "{text}");
}

#[tokio::test]
async fn a_head_request_for_a_stream_gets_no_body() {
    let shop = Shop::open().await;
    let head = shop.request(Method::HEAD, "/api/products/events").send().await.unwrap();
    assert_eq!((head.status().as_u16(), &head.headers()["content-type"]), (200, &"text/event-stream".parse().unwrap()));
    assert_eq!(head.text().await.unwrap(), "");
    // The connection serves the next request.
    assert_eq!(shop.request(Method::GET, "/livez").send().await.unwrap().status(), 200);
}
