//! `GET /metrics`: what moves each number, and who may read them.

use crate::shop::{Answer, Shop, WEBHOOK_SECRET, read};
use reqwest::Method;
use serde_json::{Value, json};
use server::config::secret::Secret;
use std::{collections::BTreeSet, time::Duration};
use tokio::{io::AsyncWriteExt as _, net::TcpStream};

const TOKEN: &str = "a token of the scraper";

impl Shop {
    async fn metrics_with(&self, headers: &[(&str, &str)]) -> Answer {
        let request = self.request(Method::GET, "/metrics");
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        read(request.send().await.unwrap()).await
    }

    async fn metrics(&self) -> Numbers {
        let answer = self.metrics_with(&[]).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, "text/plain; version=0.0.4"), "{answer:?}");
        let Value::String(text) = answer.body else { panic!("{answer:?}") };
        Numbers(text)
    }
}

struct Numbers(String);

impl Numbers {
    /// The samples: name with labels, and value.
    fn samples(&self) -> impl Iterator<Item = (&str, f64)> {
        let lines = self.0.lines().filter(|line| !line.starts_with('#'));
        lines.map(|line| line.rsplit_once(' ').map(|(name, value)| (name, value.parse().unwrap())).unwrap())
    }

    fn find(&self, name: &str) -> Option<f64> {
        self.samples().find(|(sample, _)| *sample == name).map(|(_, value)| value)
    }

    #[track_caller]
    fn is(&self, name: &str, value: f64) {
        assert_eq!(self.find(name), Some(value), "{name}\n{}", self.0);
    }
}

#[tokio::test]
async fn each_number_moves_when_its_thing_happens() {
    let shop = Shop::open().await;
    let (product, token) = (shop.product("phone", 3).await, shop.token().await);
    let order = shop.order(&token, &product, 1).await;
    let sold_out = shop.post("/api/holds", &token, &json!({ "product_id": product.id, "qty": 9 })).await;
    sold_out.is_problem(409, "sold-out");
    let given_back = shop.hold(&token, &product, 1).await["hold_id"].as_str().unwrap().to_owned();
    shop.request(Method::DELETE, &format!("/api/holds/{given_back}")).bearer_auth(&token).send().await.unwrap();
    let paid = |transaction: &str| json!({ "order_id": order["order_id"], "transaction_id": transaction, "status": "success" });
    shop.pay("evt-1", &paid("tx-1")).await;
    shop.pay("evt-1", &paid("tx-1")).await;
    shop.pay("evt-2", &paid("tx-2")).await;
    shop.webhook("not the secret", shop.now_s(), Some("evt-3"), paid("tx-3").to_string())
        .await
        .is_problem(403, "bad-signature");
    shop.webhook(WEBHOOK_SECRET, shop.now_s(), Some("evt-4"), "{}".to_owned())
        .await
        .is_problem(400, "unreadable-event");
    shop.get("/nowhere", &token).await;
    shop.request(Method::GET, "/robots.txt").send().await.unwrap();
    let watching = shop.request(Method::GET, "/api/products/events").send().await.unwrap();

    let seen = shop.metrics().await;
    for (name, value) in [
        (r#"holdfast_http_requests_total{method="POST",route="/api/holds",status="2xx"}"#, 2.0),
        (r#"holdfast_http_requests_total{method="POST",route="/api/holds",status="4xx"}"#, 1.0),
        (r#"holdfast_http_requests_total{method="DELETE",route="/api/holds/{hold}",status="2xx"}"#, 1.0),
        (r#"holdfast_http_requests_total{method="POST",route="/api/webhooks/payment",status="4xx"}"#, 2.0),
        (r#"holdfast_http_requests_total{method="GET",route="(none)",status="4xx"}"#, 1.0),
        (r#"holdfast_http_requests_total{method="GET",route="(files)",status="2xx"}"#, 1.0),
        (r#"holdfast_http_request_duration_seconds_count{method="POST",route="/api/holds"}"#, 3.0),
        (r#"holdfast_holds_total{outcome="granted"}"#, 2.0),
        (r#"holdfast_holds_total{outcome="sold_out"}"#, 1.0),
        (r#"holdfast_holds_ended_total{how="ordered"}"#, 1.0),
        (r#"holdfast_holds_ended_total{how="released"}"#, 1.0),
        (r#"holdfast_orders_total{outcome="granted"}"#, 1.0),
        (r#"holdfast_orders_ended_total{how="paid"}"#, 1.0),
        (r#"holdfast_payments_total{outcome="applied"}"#, 1.0),
        (r#"holdfast_payments_total{outcome="refund_due"}"#, 1.0),
        (r#"holdfast_webhooks_total{outcome="processed",scheme="plain"}"#, 1.0),
        (r#"holdfast_webhooks_total{outcome="duplicate",scheme="plain"}"#, 1.0),
        (r#"holdfast_webhooks_total{outcome="refund_due",scheme="plain"}"#, 1.0),
        (r#"holdfast_webhooks_total{outcome="forged",scheme="plain"}"#, 1.0),
        (r#"holdfast_webhooks_total{outcome="unreadable",scheme="plain"}"#, 1.0),
        (r#"holdfast_webhooks_total{outcome="processed",scheme="stripe"}"#, 0.0),
        ("holdfast_queue_depth", 0.0),
        ("holdfast_watchers", 1.0),
        ("holdfast_refunds_due", 1.0),
        ("holdfast_oldest_unswept_seconds", 0.0),
    ] {
        seen.is(name, value);
    }
    let (batches, commits) = ("holdfast_batch_commands_count", "holdfast_commit_duration_seconds_count");
    assert!(seen.find(batches).is_some_and(|n| n >= 7.0) && seen.find(batches) == seen.find(commits), "{}", seen.0);
    assert_eq!(seen.find(r#"holdfast_batch_commands_bucket{le="+Inf"}"#), seen.find(batches));
    assert!(seen.find("holdfast_commit_duration_seconds_sum").is_some_and(|sum| sum > 0.0));
    assert!(seen.find("holdfast_stock_drift").is_none(), "nobody has counted");

    drop(watching);
    for _ in 0..100 {
        if shop.metrics().await.find("holdfast_watchers") == Some(0.0) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("who has left is still counted");
}

#[tokio::test]
async fn every_number_says_what_it_is_and_is_told_once() {
    let shop = Shop::open().await;
    let seen = shop.metrics().await;
    let described = |what: &str| -> BTreeSet<&str> {
        let lines = seen.0.lines().filter_map(|line| line.strip_prefix(what));
        lines.map(|line| line.split_once(' ').unwrap().0).collect()
    };
    let (helped, typed) = (described("# HELP "), described("# TYPE "));
    assert!(helped == typed && helped.len() > 12, "{helped:?} {typed:?}");
    let names: Vec<_> = seen.samples().map(|(name, _)| name).collect();
    assert_eq!(names.len(), names.iter().collect::<BTreeSet<_>>().len(), "{names:?}");
    for name in names {
        let bare = name.split('{').next().unwrap();
        let of =
            ["_bucket", "_sum", "_count"].iter().find_map(|end| bare.strip_suffix(end).filter(|of| typed.contains(of)));
        assert!(typed.contains(of.unwrap_or(bare)) && name.starts_with("holdfast_"), "{name}");
    }
}

#[tokio::test]
async fn every_call_of_the_api_counts_under_its_own_route() {
    let shop = Shop::open().await;
    let document = shop.get("/api/openapi.json", "").await.body;
    let paths: Vec<_> = document["paths"].as_object().unwrap().keys().collect();
    for path in &paths {
        shop.request(Method::OPTIONS, &path.replace('{', "a-").replace('}', "")).send().await.unwrap();
    }
    let seen = shop.metrics().await;
    assert!(paths.len() > 8);
    for path in paths {
        seen.is(&format!(r#"holdfast_http_requests_total{{method="OPTIONS",route="{path}",status="2xx"}}"#), 1.0);
    }
}

#[tokio::test]
async fn what_nobody_serves_makes_no_names() {
    let shop = Shop::open().await;
    let brew = Method::from_bytes(b"BREW").unwrap();
    let ask = async |n: u32| {
        for path in [format!("/{n}"), format!("/api/{n}/x"), format!("/holds/{n}/y.php"), format!("/problems/{n}/{n}")]
        {
            shop.request(Method::GET, &path).send().await.unwrap();
        }
        shop.request(brew.clone(), "/").send().await.unwrap();
        shop.request(Method::from_bytes(format!("BREW{n}").as_bytes()).unwrap(), "/").send().await.unwrap();
    };
    ask(0).await;
    shop.metrics().await;
    let before = shop.metrics().await.samples().count();
    for n in 1..20 {
        ask(n).await;
    }
    let after = shop.metrics().await;
    assert_eq!(after.samples().count(), before, "{}", after.0);
    after.is(r#"holdfast_http_requests_total{method="GET",route="(none)",status="4xx"}"#, 80.0);
}

#[tokio::test]
async fn whom_nobody_waited_to_answer_is_counted_too() {
    let shop = Shop::open().await;
    let mut stream = TcpStream::connect(shop.addr).await.unwrap();
    // To look at a secret takes its time, and nobody waits for it here.
    let form = "grant_type=client_credentials&client_id=nobody&client_secret=nothing";
    let head = "POST /api/token HTTP/1.1\r\nHost: shop\r\nContent-Type: application/x-www-form-urlencoded";
    let request = format!("{head}\r\nContent-Length: {}\r\n\r\n{form}", form.len());
    stream.write_all(request.as_bytes()).await.unwrap();
    drop(stream);
    let unanswered = r#"holdfast_http_requests_total{method="POST",route="/api/token",status="none"}"#;
    let seen = async {
        loop {
            let seen = shop.metrics().await;
            if seen.find(unanswered).is_some() {
                break seen;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let seen = tokio::time::timeout(Duration::from_secs(10), seen).await.unwrap();
    seen.is(unanswered, 1.0);
    // How long it waited is not how long an answer took.
    let took = r#"holdfast_http_request_duration_seconds_count{method="POST",route="/api/token"}"#;
    assert_eq!(seen.find(took), None);
}

#[tokio::test]
async fn servers_in_one_process_do_not_mix() {
    let (busy, idle) = (Shop::open().await, Shop::open().await);
    let (product, token) = (busy.product("phone", 3).await, busy.token().await);
    busy.hold(&token, &product, 1).await;
    let granted = r#"holdfast_holds_total{outcome="granted"}"#;
    busy.metrics().await.is(granted, 1.0);
    let seen = idle.metrics().await;
    seen.is(granted, 0.0);
    assert!(!seen.0.contains(r#"route="/api/holds""#), "{}", seen.0);
}

#[tokio::test]
async fn a_recount_is_made_beside_everything_else() {
    let shop = Shop::open_with(|settings| settings.audit_interval = Some(Duration::from_millis(20))).await;
    shop.product("phone", 3).await;
    for _ in 0..200 {
        let seen = shop.metrics().await;
        if let Some(drift) = seen.find("holdfast_stock_drift") {
            assert!(drift.abs() < 0.1);
            let at = seen.find("holdfast_stock_audit_timestamp_seconds").unwrap();
            assert_eq!(at.to_string(), shop.now_s().to_string());
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("nobody has counted");
}

#[tokio::test]
async fn strangers_find_nothing_or_are_asked_for_the_token() {
    let through_a_proxy = ("x-forwarded-for", "192.0.2.7");
    let bearer = format!("Bearer {TOKEN}");
    let shop = Shop::open().await;
    shop.metrics_with(&[through_a_proxy]).await.is_problem(404, "not-found");
    shop.metrics_with(&[through_a_proxy, ("authorization", &bearer)]).await.is_problem(404, "not-found");
    shop.metrics_with(&[("forwarded", "for=127.0.0.1"), ("authorization", "Bearer")])
        .await
        .is_problem(404, "not-found");

    let shop = Shop::open_with(|settings| settings.metrics_token = Some(Secret::new(TOKEN))).await;
    for wrong in
        ["", "Bearer", "Bearer ", "Bearer a token of the scrape", "Bearer a token of the scraper!", "Basic YTpi"]
    {
        let answer = shop.metrics_with(&[through_a_proxy, ("authorization", wrong)]).await;
        answer.is_problem(401, "unauthorized");
        assert!(answer.header("www-authenticate").starts_with("Bearer"), "{answer:?}");
    }
    let answer = shop.metrics_with(&[through_a_proxy, ("authorization", &bearer)]).await;
    assert_eq!(answer.status, 200);
    assert_eq!(shop.metrics_with(&[]).await.status, 200, "this machine needs no token");
    let token = shop.token().await;
    shop.get("/metrics", &token).await;
    let answer = shop.metrics_with(&[through_a_proxy, ("authorization", &format!("Bearer {token}"))]).await;
    answer.is_problem(401, "unauthorized");
}
