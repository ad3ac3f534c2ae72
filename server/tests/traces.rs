//! Traces: a request continues its caller's trace, and its spans are exported by OTLP if a collector is configured.

#![expect(clippy::unwrap_used, reason = "a panic fails the test")]

mod support;

use axum::{Router, extract::State, routing::post};
use bytes::Bytes;
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{KeyValue, any_value::Value as Any},
    trace::v1::{Span, span::SpanKind},
};
use prost::Message as _;
use serde_json::{Value, json};
use std::{
    path::Path,
    process::Command,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use support::{ServerProcess, holdfast};
use tokio::net::TcpListener;

const CALLER: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
/// A caller that does not sample its trace.
const UNSAMPLED: &str = "00-11111111111111111111111111111111-b7ad6b7169203331-00";

/// The exports that a collector received.
type Collected = Arc<Mutex<Vec<ExportTraceServiceRequest>>>;

async fn collector() -> (String, Collected) {
    let collected = Collected::default();
    let take = async |State(collected): State<Collected>, body: Bytes| {
        collected.lock().unwrap().push(ExportTraceServiceRequest::decode(body).unwrap());
    };
    let router = Router::new().route("/v1/traces", post(take)).with_state(collected.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    tokio::spawn(async { axum::serve(listener, router).await });
    (format!("http://{addr}"), collected)
}

fn spans(collected: &Collected) -> Vec<Span> {
    let collected = collected.lock().unwrap();
    let of = |one: &ExportTraceServiceRequest| one.resource_spans.clone();
    collected.iter().flat_map(of).flat_map(|one| one.scope_spans).flat_map(|one| one.spans).collect()
}

fn text(attributes: &[KeyValue], name: &str) -> Option<String> {
    match attributes.iter().find(|one| one.key == name)?.value.clone()?.value? {
        Any::StringValue(text) => Some(text),
        Any::IntValue(number) => Some(number.to_string()),
        other => panic!("{other:?}"),
    }
}

/// Returns the command of a development shop with the demo products.
fn shop(dir: &Path) -> Command {
    let mut command = holdfast(dir);
    command.env("OTEL_BSP_SCHEDULE_DELAY", "50");
    command
}

async fn get(addr: &str, path: &str, traceparent: &str) -> u16 {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    http.get(format!("http://{addr}{path}")).header("traceparent", traceparent).send().await.unwrap().status().into()
}

/// Places a hold and an order as an API client, in the caller's trace.
async fn place_order(addr: &str, dir: &Path) {
    let client = holdfast(dir).args(["client", "add", "--name", "a test"]).output().unwrap();
    let client: Value = serde_json::from_slice(&client.stdout).unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let form = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}",
        client["client_id"].as_str().unwrap(),
        client["client_secret"].as_str().unwrap()
    );
    let token =
        http.post(format!("http://{addr}/api/token")).header("content-type", "application/x-www-form-urlencoded");
    let token: Value = token.body(form).send().await.unwrap().json().await.unwrap();
    let product: Value =
        http.get(format!("http://{addr}/api/products/flash-phone")).send().await.unwrap().json().await.unwrap();
    let token = token["access_token"].as_str().unwrap();
    let hold = http.post(format!("http://{addr}/api/holds")).bearer_auth(token);
    let hold = hold.header("traceparent", CALLER).json(&json!({ "product_id": product["id"], "qty": 1 }));
    let hold = hold.send().await.unwrap();
    assert_eq!(hold.status(), 201);
    let hold: Value = hold.json().await.unwrap();
    let address = json!({ "country": "DE", "line1": "hush", "city": "hush", "postal_code": "hush" });
    let contact = json!({ "email": "hush@example.com", "name": "hush", "address": address });
    let order = http.post(format!("http://{addr}/api/orders")).bearer_auth(token).header("traceparent", CALLER);
    let order = order.json(&json!({ "hold_id": hold["hold_id"], "contact": contact }));
    assert_eq!(order.send().await.unwrap().status(), 201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_continues_its_callers_trace_and_its_spans_are_exported() {
    let (dir, (endpoint, collected)) = (tempfile::tempdir().unwrap(), collector().await);
    let mut command = shop(dir.path());
    command.env("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint);
    let server = ServerProcess::start(command, dir.path());
    place_order(&server.addr, dir.path()).await;
    assert_eq!(get(&server.addr, "/no/such/page?hush=hush", CALLER).await, 404);
    assert_eq!(get(&server.addr, "/livez", UNSAMPLED).await, 200);
    assert_eq!(get(&server.addr, "/readyz", "00-nonsense").await, 200);
    // Spans that are not exported yet are exported at shutdown.
    let log = server.stop();

    let spans = spans(&collected);
    let of_caller: Vec<_> = spans.iter().filter(|span| hex::encode(&span.trace_id) == TRACE).collect();
    let hold = of_caller.iter().find(|span| span.name == "POST /api/holds").unwrap();
    assert_eq!((hex::encode(&hold.parent_span_id).as_str(), hold.kind()), ("b7ad6b7169203331", SpanKind::Server));
    for (name, value) in
        [("http.route", "/api/holds"), ("http.response.status_code", "201"), ("url.path", "/api/holds")]
    {
        assert_eq!(text(&hold.attributes, name).as_deref(), Some(value), "{hold:?}");
    }
    let command = of_caller.iter().find(|span| span.name == "place_hold").unwrap();
    assert_eq!(command.parent_span_id, hold.span_id);
    assert!(
        hold.start_time_unix_nano <= command.start_time_unix_nano
            && command.end_time_unix_nano <= hold.end_time_unix_nano
    );
    assert!(of_caller.iter().any(|span| span.name == "POST /api/orders"));
    let unknown = of_caller.iter().find(|span| span.name == "GET (none)").unwrap();
    assert_eq!(text(&unknown.attributes, "url.path").as_deref(), Some("/no/such/page"));
    assert!(!spans.iter().any(|span| span.name == "GET /livez"), "the caller does not sample this trace");
    let own = spans.iter().find(|span| span.name == "GET /readyz").unwrap();
    assert!(own.parent_span_id.is_empty() && hex::encode(&own.trace_id) != TRACE);
    assert!(!format!("{collected:?}").contains("hush"));

    let resource = collected.lock().unwrap()[0].resource_spans[0].resource.clone().unwrap();
    assert_eq!(text(&resource.attributes, "service.name").as_deref(), Some("holdfast"));
    let named = |path: &str, trace: &str| log.lines().any(|line| line.contains(path) && line.contains(trace));
    assert!(named("/api/holds", TRACE) && named("/readyz", &hex::encode(&own.trace_id)), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unreachable_collector_causes_one_warning() {
    let dir = tempfile::tempdir().unwrap();
    // The port was just released, so nothing listens on it.
    let addr = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut command = shop(dir.path());
    command.env("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", format!("http://user:hush@{addr}/traces"));
    let server = ServerProcess::start(command, dir.path());
    // The first failed export causes the warning; the one at shutdown is a second failure, which causes none.
    assert_eq!(get(&server.addr, "/livez", CALLER).await, 200);
    let deadline = Instant::now() + Duration::from_secs(20);
    while !server.log().contains("traces cannot be delivered") {
        assert!(Instant::now() < deadline, "{}", server.log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(get(&server.addr, "/livez", CALLER).await, 200);
    let stopping = Instant::now();
    let log = server.stop();
    assert!(stopping.elapsed() < Duration::from_secs(5), "{log}");
    assert_eq!(log.matches("traces cannot be delivered").count(), 1, "{log}");
    assert!(!log.contains("hush"), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_collector_the_log_has_the_callers_trace_id_and_no_others() {
    let dir = tempfile::tempdir().unwrap();
    let server = ServerProcess::start(shop(dir.path()), dir.path());
    assert_eq!(get(&server.addr, "/livez", CALLER).await, 200);
    assert_eq!(get(&server.addr, "/readyz", "00-nonsense").await, 200);
    let log = server.stop();
    let line = |path: &str| log.lines().find(|line| line.contains(&format!("path=\"{path}\""))).unwrap().to_owned();
    assert!(line("/livez").contains(&format!("trace=\"{TRACE}\"")), "{log}");
    assert!(!line("/readyz").contains("trace="), "{log}");
}
