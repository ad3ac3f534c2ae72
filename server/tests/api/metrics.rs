//! `GET /metrics`: what each metric counts, and which clients may read them.

use crate::shop::{ApiResponse, Shop, WEBHOOK_SECRET, read};
use reqwest::Method;
use serde_json::{Value, json};
use server::config::secret::Secret;
use std::{collections::BTreeSet, time::Duration};
use tokio::{io::AsyncWriteExt as _, net::TcpStream};

const TOKEN: &str = "a token of the scraper";

impl Shop {
    async fn metrics_with(&self, headers: &[(&str, &str)]) -> ApiResponse {
        let request = self.request(Method::GET, "/metrics");
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        read(request.send().await.unwrap()).await
    }

    async fn metrics(&self) -> Samples {
        let response = self.metrics_with(&[]).await;
        assert_eq!(
            (response.status, response.header("content-type")),
            (200, "text/plain; version=0.0.4"),
            "{response:?}"
        );
        let Value::String(text) = response.body else { panic!("{response:?}") };
        Samples(text)
    }
}

/// Metrics in text format.
struct Samples(String);

impl Samples {
    /// Returns each sample: name with labels, and value.
    fn iter(&self) -> impl Iterator<Item = (&str, f64)> {
        let lines = self.0.lines().filter(|line| !line.starts_with('#'));
        lines.map(|line| line.rsplit_once(' ').map(|(name, value)| (name, value.parse().unwrap())).unwrap())
    }

    fn find(&self, name: &str) -> Option<f64> {
        self.iter().find(|(sample, _)| *sample == name).map(|(_, value)| value)
    }

    #[track_caller]
    fn assert_value(&self, name: &str, value: f64) {
        assert_eq!(self.find(name), Some(value), "{name}\n{}", self.0);
    }
}

#[tokio::test]
async fn metrics_count_requests_holds_orders_and_payments() {
    let shop = Shop::open().await;
    let (product, token) = (shop.product("phone", 3).await, shop.token().await);
    let order = shop.order(&token, &product, 1).await;
    let sold_out = shop.post("/api/holds", &token, &json!({ "product_id": product.id, "qty": 9 })).await;
    sold_out.assert_problem(409, "sold-out");
    let released = shop.hold(&token, &product, 1).await["hold_id"].as_str().unwrap().to_owned();
    shop.request(Method::DELETE, &format!("/api/holds/{released}")).bearer_auth(&token).send().await.unwrap();
    let paid = |transaction: &str| json!({ "order_id": order["order_id"], "transaction_id": transaction, "status": "success" });
    shop.pay("evt-1", &paid("tx-1")).await;
    shop.pay("evt-1", &paid("tx-1")).await;
    shop.pay("evt-2", &paid("tx-2")).await;
    shop.webhook("not the secret", shop.now_s(), Some("evt-3"), paid("tx-3").to_string())
        .await
        .assert_problem(403, "bad-signature");
    shop.webhook(WEBHOOK_SECRET, shop.now_s(), Some("evt-4"), "{}".to_owned())
        .await
        .assert_problem(400, "unreadable-event");
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
        seen.assert_value(name, value);
    }
    let (batches, commits) = ("holdfast_batch_commands_count", "holdfast_commit_duration_seconds_count");
    assert!(seen.find(batches).is_some_and(|n| n >= 7.0) && seen.find(batches) == seen.find(commits), "{}", seen.0);
    assert_eq!(seen.find(r#"holdfast_batch_commands_bucket{le="+Inf"}"#), seen.find(batches));
    assert!(seen.find("holdfast_commit_duration_seconds_sum").is_some_and(|sum| sum > 0.0));
    assert!(seen.find("holdfast_stock_drift").is_none(), "no audit has run");

    drop(watching);
    for _ in 0..100 {
        if shop.metrics().await.find("holdfast_watchers") == Some(0.0) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the closed stream is still counted");
}

#[tokio::test]
async fn each_metric_has_a_help_text_and_a_type_and_each_sample_is_unique() {
    let shop = Shop::open().await;
    let seen = shop.metrics().await;
    let described = |comment: &str| -> BTreeSet<&str> {
        let lines = seen.0.lines().filter_map(|line| line.strip_prefix(comment));
        lines.map(|line| line.split_once(' ').unwrap().0).collect()
    };
    let (helped, typed) = (described("# HELP "), described("# TYPE "));
    assert!(helped == typed && helped.len() > 12, "{helped:?} {typed:?}");
    let names: Vec<_> = seen.iter().map(|(name, _)| name).collect();
    assert_eq!(names.len(), names.iter().collect::<BTreeSet<_>>().len(), "{names:?}");
    for name in names {
        let bare = name.split('{').next().unwrap();
        let of =
            ["_bucket", "_sum", "_count"].iter().find_map(|end| bare.strip_suffix(end).filter(|of| typed.contains(of)));
        assert!(typed.contains(of.unwrap_or(bare)) && name.starts_with("holdfast_"), "{name}");
    }
}

#[tokio::test]
async fn each_api_call_is_counted_by_its_route() {
    let shop = Shop::open().await;
    let document = shop.get("/api/openapi.json", "").await.body;
    let paths: Vec<_> = document["paths"].as_object().unwrap().keys().collect();
    for path in &paths {
        shop.request(Method::OPTIONS, &path.replace('{', "a-").replace('}', "")).send().await.unwrap();
    }
    let seen = shop.metrics().await;
    assert!(paths.len() > 8);
    for path in paths {
        seen.assert_value(
            &format!(r#"holdfast_http_requests_total{{method="OPTIONS",route="{path}",status="2xx"}}"#),
            1.0,
        );
    }
}

#[tokio::test]
async fn unknown_paths_and_methods_add_no_series() {
    let shop = Shop::open().await;
    let brew = Method::from_bytes(b"BREW").unwrap();
    let send = async |n: u32| {
        for path in [format!("/{n}"), format!("/api/{n}/x"), format!("/holds/{n}/y.php"), format!("/problems/{n}/{n}")]
        {
            shop.request(Method::GET, &path).send().await.unwrap();
        }
        shop.request(brew.clone(), "/").send().await.unwrap();
        shop.request(Method::from_bytes(format!("BREW{n}").as_bytes()).unwrap(), "/").send().await.unwrap();
    };
    send(0).await;
    shop.metrics().await;
    let before = shop.metrics().await.iter().count();
    for n in 1..20 {
        send(n).await;
    }
    let after = shop.metrics().await;
    assert_eq!(after.iter().count(), before, "{}", after.0);
    after.assert_value(r#"holdfast_http_requests_total{method="GET",route="(none)",status="4xx"}"#, 80.0);
}

#[tokio::test]
async fn a_request_whose_client_disconnects_is_counted_without_a_status() {
    let shop = Shop::open().await;
    let mut stream = TcpStream::connect(shop.addr).await.unwrap();
    // Verifying a secret is slow, so the client disconnects before the response.
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
    seen.assert_value(unanswered, 1.0);
    // It has no latency, since it has no response.
    let took = r#"holdfast_http_request_duration_seconds_count{method="POST",route="/api/token"}"#;
    assert_eq!(seen.find(took), None);
}

#[tokio::test]
async fn servers_in_one_process_have_separate_metrics() {
    let (busy, idle) = (Shop::open().await, Shop::open().await);
    let (product, token) = (busy.product("phone", 3).await, busy.token().await);
    busy.hold(&token, &product, 1).await;
    let granted = r#"holdfast_holds_total{outcome="granted"}"#;
    busy.metrics().await.assert_value(granted, 1.0);
    let seen = idle.metrics().await;
    seen.assert_value(granted, 0.0);
    assert!(!seen.0.contains(r#"route="/api/holds""#), "{}", seen.0);
}

#[tokio::test]
async fn the_audit_runs_in_the_background_and_sets_its_metrics() {
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
    panic!("no audit has run");
}

#[tokio::test]
async fn metrics_require_the_token_except_on_the_same_machine() {
    let through_a_proxy = ("x-forwarded-for", "192.0.2.7");
    let bearer = format!("Bearer {TOKEN}");
    let shop = Shop::open().await;
    shop.metrics_with(&[through_a_proxy]).await.assert_problem(404, "not-found");
    shop.metrics_with(&[through_a_proxy, ("authorization", &bearer)]).await.assert_problem(404, "not-found");
    shop.metrics_with(&[("forwarded", "for=127.0.0.1"), ("authorization", "Bearer")])
        .await
        .assert_problem(404, "not-found");

    let shop = Shop::open_with(|settings| settings.metrics_token = Some(Secret::new(TOKEN))).await;
    for wrong in
        ["", "Bearer", "Bearer ", "Bearer a token of the scrape", "Bearer a token of the scraper!", "Basic YTpi"]
    {
        let response = shop.metrics_with(&[through_a_proxy, ("authorization", wrong)]).await;
        response.assert_problem(401, "unauthorized");
        assert!(response.header("www-authenticate").starts_with("Bearer"), "{response:?}");
    }
    let response = shop.metrics_with(&[through_a_proxy, ("authorization", &bearer)]).await;
    assert_eq!(response.status, 200);
    assert_eq!(shop.metrics_with(&[]).await.status, 200, "a local client needs no token");
    let token = shop.token().await;
    shop.get("/metrics", &token).await;
    let response = shop.metrics_with(&[through_a_proxy, ("authorization", &format!("Bearer {token}"))]).await;
    response.assert_problem(401, "unauthorized");
}

/// A deleted `spawn` at the start would otherwise go unnoticed: these tasks have no effect for minutes.
#[tokio::test]
async fn every_background_task_of_the_server_runs() {
    let shop = Shop::open_with(|settings| settings.audit_interval = Some(Duration::from_mins(15))).await;
    let metrics = shop.metrics().await;
    for task in ["session_purge", "token_revocation", "rate_limit_eviction", "audit"] {
        metrics.assert_value(&format!(r#"holdfast_tasks_running{{task="{task}"}}"#), 1.0);
        metrics.assert_value(&format!(r#"holdfast_tasks_failed_total{{task="{task}"}}"#), 0.0);
    }
}
