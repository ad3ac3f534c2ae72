//! Traces: requests continue their callers', and their spans reach a collector by OTLP, where there is one.

#![expect(clippy::unwrap_used, reason = "a test may end where it stands")]

mod running;

use axum::{Router, extract::State, routing::post};
use bytes::Bytes;
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{KeyValue, any_value::Value as Any},
    trace::v1::{Span, span::SpanKind},
};
use prost::Message as _;
use running::{Running, holdfast};
use serde_json::{Value, json};
use std::{
    path::Path,
    process::Command,
    sync::{Arc, Mutex},
    time::Instant,
};
use tokio::net::TcpListener;

const CALLER: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
/// As above, but the caller keeps no record of its own.
const UNRECORDED: &str = "00-11111111111111111111111111111111-b7ad6b7169203331-00";

/// What was collected: each delivery.
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

/// A development shop with the demo's products.
fn shop(dir: &Path) -> Command {
    let mut command = holdfast(dir);
    command.env("OTEL_BSP_SCHEDULE_DELAY", "50");
    command
}

async fn ask(addr: &str, path: &str, traceparent: &str) -> u16 {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    http.get(format!("http://{addr}{path}")).header("traceparent", traceparent).send().await.unwrap().status().into()
}

/// Places a hold as a client does, in the caller's trace.
async fn place_hold(addr: &str, dir: &Path) {
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
    let hold = http.post(format!("http://{addr}/api/holds")).bearer_auth(token["access_token"].as_str().unwrap());
    let hold = hold.header("traceparent", CALLER).json(&json!({ "product_id": product["id"], "qty": 1 }));
    assert_eq!(hold.send().await.unwrap().status(), 201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_continues_its_callers_trace_as_far_as_the_collector() {
    let (dir, (endpoint, collected)) = (tempfile::tempdir().unwrap(), collector().await);
    let mut command = shop(dir.path());
    command.env("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint);
    let server = Running::start(command, dir.path());
    place_hold(&server.addr, dir.path()).await;
    assert_eq!(ask(&server.addr, "/no/such/page?hush=hush", CALLER).await, 404);
    assert_eq!(ask(&server.addr, "/livez", UNRECORDED).await, 200);
    assert_eq!(ask(&server.addr, "/readyz", "00-nonsense").await, 200);
    // What was not sent yet is sent before it ends.
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
    let lost = of_caller.iter().find(|span| span.name == "GET (none)").unwrap();
    assert_eq!(text(&lost.attributes, "url.path").as_deref(), Some("/no/such/page"));
    assert!(!spans.iter().any(|span| span.name == "GET /livez"), "its caller does not want it recorded");
    let alone = spans.iter().find(|span| span.name == "GET /readyz").unwrap();
    assert!(alone.parent_span_id.is_empty() && hex::encode(&alone.trace_id) != TRACE);
    assert!(!format!("{collected:?}").contains("hush"));

    let resource = collected.lock().unwrap()[0].resource_spans[0].resource.clone().unwrap();
    assert_eq!(text(&resource.attributes, "service.name").as_deref(), Some("holdfast"));
    let named = |path: &str, trace: &str| log.lines().any(|line| line.contains(path) && line.contains(trace));
    assert!(named("/api/holds", TRACE) && named("/readyz", &hex::encode(&alone.trace_id)), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_is_not_there_costs_a_line_in_the_log() {
    let dir = tempfile::tempdir().unwrap();
    // Nobody listens on a port that was just given back.
    let addr = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut command = shop(dir.path());
    command.env("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", format!("http://user:hush@{addr}/traces"));
    let server = Running::start(command, dir.path());
    for _ in 0..3 {
        assert_eq!(ask(&server.addr, "/livez", CALLER).await, 200);
        tokio::time::sleep(std::time::Duration::from_millis(120)).await;
    }
    let asked = Instant::now();
    let log = server.stop();
    assert!(asked.elapsed().as_secs() < 5, "{log}");
    assert_eq!(log.matches("traces cannot be delivered").count(), 1, "{log}");
    assert!(!log.contains("hush"), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_collector_the_log_names_the_callers_trace_and_begins_none() {
    let dir = tempfile::tempdir().unwrap();
    let server = Running::start(shop(dir.path()), dir.path());
    assert_eq!(ask(&server.addr, "/livez", CALLER).await, 200);
    assert_eq!(ask(&server.addr, "/readyz", "00-nonsense").await, 200);
    let log = server.stop();
    let line = |path: &str| log.lines().find(|line| line.contains(&format!("path=\"{path}\""))).unwrap().to_owned();
    assert!(line("/livez").contains(&format!("trace=\"{TRACE}\"")), "{log}");
    assert!(!line("/readyz").contains("trace="), "{log}");
}
