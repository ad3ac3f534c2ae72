//! Requests that every route has to handle: malformed bodies, ids, keys and forms, wrong methods, and missing files; and
//! the headers of every response.

use crate::{
    connections::connect,
    shop::{Shop, read},
};
use axum::routing::post;
use reqwest::Method;
use serde_json::json;
use server::config::Environment;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

#[tokio::test]
async fn malformed_bodies_are_problems_and_have_no_effect() {
    let shop = Shop::open().await;
    let (token, product) = (shop.token().await, shop.product("phone", 10).await);
    let hold = |qty: &str| format!(r#"{{"product_id":"{}","qty":{qty}}}"#, product.id);
    for (body, status, kind) in [
        (String::new(), 400, "malformed-json"),
        ("{".to_owned(), 400, "malformed-json"),
        ("{} {}".to_owned(), 422, "invalid-body"),
        (format!("{} x", hold("1")), 400, "malformed-json"),
        ("[".repeat(10_000), 422, "invalid-body"),
        (r#"{"product_id":"#.to_owned() + &"[".repeat(10_000), 422, "invalid-body"),
        ("\u{feff}{}".to_owned(), 400, "malformed-json"),
        ("[]".to_owned(), 422, "invalid-body"),
        // An array of the fields in order.
        (format!(r#"["{}",1,null]"#, product.id), 422, "invalid-body"),
        ("null".to_owned(), 422, "invalid-body"),
        ("{}".to_owned(), 422, "invalid-body"),
        (hold("0"), 422, "invalid-body"),
        (hold("-1"), 422, "invalid-body"),
        (hold("10001"), 422, "invalid-body"),
        (hold("99999999999999999999999"), 422, "invalid-body"),
        (hold("1e400"), 400, "malformed-json"),
        (hold("1.5"), 422, "invalid-body"),
        (hold("1.0"), 422, "invalid-body"),
        (hold("\"1\""), 422, "invalid-body"),
        (hold("null"), 422, "invalid-body"),
        (hold("1,\"extra\":true"), 422, "invalid-body"),
        (hold("1,\"qty\":1"), 422, "invalid-body"),
        (hold("1,\"shopper\":\"\""), 422, "invalid-body"),
        (hold(&format!("1,\"shopper\":\"{}\"", "x".repeat(201))), 422, "invalid-body"),
        (hold("1,\"shopper\":\"a\\u0000b\""), 422, "invalid-body"),
        (r#"{"product_id":"phone","qty":1}"#.to_owned(), 422, "invalid-body"),
        (" ".repeat(70 * 1024), 413, "too-large"),
        (" ".repeat(700 * 1024), 413, "too-large"),
    ] {
        let request = shop.request(Method::POST, "/api/holds").bearer_auth(&token);
        let response =
            read(request.header("content-type", "application/json").body(body.clone()).send().await.unwrap()).await;
        assert_eq!(response.status, status, "{body:.90} {response:?}");
        response.assert_problem(status, kind);
    }
    let detail =
        shop.post("/api/holds", &token, &json!({ "product_id": product.id, "qty": 0 })).await.body["detail"].clone();
    assert_eq!(detail, "qty: a quantity is a whole number from 1 to 10000.");
    assert_eq!(shop.checkout.product(product.id).unwrap().stock.available, 10, "a rejected request takes no stock");
}

#[tokio::test]
async fn a_body_that_is_not_utf_8_or_not_declared_as_json_is_rejected() {
    let shop = Shop::open().await;
    let (token, product) = (shop.token().await, shop.product("phone", 10).await);
    let post = || shop.request(Method::POST, "/api/holds").bearer_auth(&token);
    let bytes = post().header("content-type", "application/json").body(vec![b'"', 0xff, 0xfe, b'"']);
    let response = read(bytes.send().await.unwrap()).await;
    response.assert_problem(400, "malformed-json");
    let body = json!({ "product_id": product.id, "qty": 1 }).to_string();
    for kind in ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonp", "multipart/form-data"] {
        let response = read(post().header("content-type", kind).body(body.clone()).send().await.unwrap()).await;
        response.assert_problem(415, "not-json");
    }
    read(post().body(body.clone()).send().await.unwrap()).await.assert_problem(415, "not-json");
    let fine = post().header("content-type", "Application/JSON; charset=utf-8").body(body);
    assert_eq!(fine.send().await.unwrap().status(), 201);
}

#[tokio::test]
async fn malformed_idempotency_keys_are_rejected() {
    let shop = Shop::open().await;
    let (token, product) = (shop.token().await, shop.product("phone", 10).await);
    let body = json!({ "product_id": product.id, "qty": 1 });
    let long = "x".repeat(256);
    for keys in [vec![""], vec!["a b"], vec!["\"\""], vec!["a\"b"], vec!["é"], vec![long.as_str()], vec!["a", "a"]] {
        let mut request = shop.request(Method::POST, "/api/holds").bearer_auth(&token).json(&body);
        for key in &keys {
            request = request.header("idempotency-key", *key);
        }
        read(request.send().await.unwrap()).await.assert_problem(400, "bad-idempotency-key");
    }
    assert_eq!(shop.checkout.product(product.id).unwrap().stock.available, 10);
}

#[tokio::test]
async fn unknown_and_malformed_ids_are_404() {
    let shop = Shop::open().await;
    let token = shop.token().await;
    for id in ["x", "0", "018f0000-0000-7000-8000-000000000000", "%FF", "%00", "..%2F..", "' OR 1=1 --", "é"] {
        shop.get(&format!("/api/holds/{id}"), &token).await.assert_problem(404, "unknown-hold");
        shop.get(&format!("/api/orders/{id}"), &token).await.assert_problem(404, "unknown-order");
        shop.get(&format!("/api/orders/{id}/events"), &token).await.assert_problem(404, "unknown-order");
        let live = read(shop.request(Method::GET, &format!("/live/orders/{id}")).send().await.unwrap()).await;
        live.assert_problem(404, "unknown-order");
    }
}

#[tokio::test]
async fn unknown_paths_are_404_and_unknown_methods_405() {
    let shop = Shop::open().await;
    for path in ["/api", "/api/nothing", "/api/holds/a/b", "/api/webhooks"] {
        read(shop.request(Method::GET, path).send().await.unwrap()).await.assert_problem(404, "not-found");
    }
    for (method, path, allow) in [
        (Method::PUT, "/api/holds", "POST"),
        (Method::GET, "/api/token", "POST"),
        (Method::GET, "/api/webhooks/payment", "POST"),
        (Method::POST, "/api/products", "GET,HEAD"),
        (Method::PATCH, "/api/holds/x", "GET,HEAD,DELETE"),
    ] {
        let response = read(shop.request(method.clone(), path).send().await.unwrap()).await;
        response.assert_problem(405, "method-not-allowed");
        assert_eq!(response.header("allow"), allow, "{method} {path}");
        let response = read(shop.request(Method::OPTIONS, path).send().await.unwrap()).await;
        assert_eq!((response.status, response.header("allow")), (204, allow), "{path}");
    }
}

/// Requests a path as it stands, which HTTP clients would normalise. Returns the status and the address of a redirect.
async fn raw_status(shop: &Shop, path: &str) -> (u16, Option<String>) {
    let mut stream = connect(shop).await;
    let request = format!("GET {path} HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = Vec::new();
    stream.read_to_end(&mut response).await.unwrap();
    let response = String::from_utf8_lossy(&response);
    let head = response.split("\r\n\r\n").next().unwrap();
    let location = head.lines().find_map(|line| line.strip_prefix("location: ")).map(str::to_owned);
    (head[9..12].parse().unwrap(), location)
}

#[tokio::test]
async fn a_path_with_a_trailing_slash_is_redirected() {
    let shop = Shop::open().await;
    for (path, location) in [
        ("/orders/", "/orders"),
        ("/products/phone/?qty=2", "/products/phone?qty=2"),
        ("/pkg/", "/pkg"),
        ("/problems/", "/problems"),
    ] {
        let status = raw_status(&shop, path).await;
        assert_eq!(status, (308, Some(location.to_owned())), "{path}");
    }
    // Browsers would read `//host` and `/\host` as another host.
    for path in ["//evil.example/", "/\\evil.example/"] {
        assert_eq!(raw_status(&shop, path).await, (404, None), "{path}");
    }
}

#[tokio::test]
async fn a_path_with_dot_segments_is_not_found() {
    let shop = Shop::open().await;
    shop.product("phone", 1).await;
    for path in ["/.", "/..", "/%2e%2e", "/products/%2e%2E", "/orders/..", "/products/phone/../phone", "*"] {
        assert_eq!(raw_status(&shop, path).await, (404, None), "{path}");
    }
    assert_eq!(raw_status(&shop, "/products/phone").await, (200, None));
}

#[tokio::test]
async fn missing_files_are_the_not_found_page() {
    let shop = Shop::open().await;
    let long = "a".repeat(20_000);
    for path in [
        "nothing",
        &long,
        "robots.txt/x",
        "../holdfast.db",
        "%2e%2e/holdfast.db",
        "%00",
        "..%2f..%2fetc%2fpasswd",
        "%ff",
        "pkg",
        "pkg/nothing.js",
        "pkg/../../holdfast.db",
        "img/nothing.svg",
        "img/%2e%2e/%2e%2e/holdfast.db",
        "a/../../b",
        &"a/".repeat(5000),
    ] {
        let response = read(shop.request(Method::GET, &format!("/{path}")).send().await.unwrap()).await;
        assert_eq!(
            (response.status, response.header("content-type")),
            (404, "text/html; charset=utf-8"),
            "/{path:.40}"
        );
        assert!(response.header("content-security-policy").contains("'nonce-"), "/{path:.40}");
    }
    let file = read(shop.request(Method::GET, "/favicon.svg").send().await.unwrap()).await;
    assert_eq!((file.status, file.header("cache-control"), file.header("vary")), (200, "no-cache", "accept-encoding"));
}

#[tokio::test]
async fn every_response_has_a_request_id_and_security_headers() {
    let shop = Shop::open().await;
    for path in ["/livez", "/readyz", "/api/products", "/api/nothing"] {
        let response = read(shop.request(Method::GET, path).send().await.unwrap()).await;
        assert_eq!(response.header("x-request-id").len(), 36, "{path}");
        assert_eq!(response.header("x-content-type-options"), "nosniff", "{path}");
        assert!(response.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert!(!response.header("cache-control").is_empty(), "{path}");
    }
    for (given, is_kept) in
        [("abc-1.2_3", true), ("a b", false), ("x\ty", false), ("", false), (&*"x".repeat(65), false)]
    {
        let request = shop.request(Method::GET, "/livez").header("x-request-id", given);
        assert_eq!(read(request.send().await.unwrap()).await.header("x-request-id") == given, is_kept, "{given}");
    }
    for path in ["/livez", "/readyz"] {
        assert_eq!(shop.get(path, "").await.status, 200);
    }
}

#[tokio::test]
async fn production_requires_tls_for_two_years_in_every_response() {
    for (env, expected) in [(Environment::Production, "max-age=63072000"), (Environment::Development, "")] {
        let shop = Shop::open_with(|settings| settings.common.env = env).await;
        for path in ["/", "/livez", "/robots.txt", "/api/products", "/api/docs", "/api/nothing", "/nothing"] {
            let response = shop.get(path, "").await;
            assert_eq!(response.header("strict-transport-security"), expected, "{env:?} {path}");
        }
    }
}

#[tokio::test]
async fn a_panic_in_a_handler_is_a_500_and_the_connection_goes_on() {
    const PANICS: &str = r#"holdfast_http_requests_total{method="POST",route="/api/holds",status="5xx"} 1"#;
    async fn handler() -> &'static str {
        panic!("a test of panics, with a secret")
    }
    let shop = Shop::serve_with(|_| {}, |server| server.serve_with(post(handler))).await;
    let mut stream = tokio::net::TcpStream::connect(shop.addr).await.unwrap();
    let requests = "POST /api/holds HTTP/1.1\r\nHost: shop\r\nContent-Length: 0\r\n\r\n\
                    GET /metrics HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n";
    stream.write_all(requests.as_bytes()).await.unwrap();
    let mut responses = String::new();
    stream.read_to_string(&mut responses).await.unwrap();
    let (first, second) = responses.split_once("HTTP/1.1 200 OK").expect(&responses);
    assert!(first.starts_with("HTTP/1.1 500") && first.contains("application/problem+json"), "{first}");
    assert!(first.contains("\"reference\":\"") && !first.contains("secret"), "{first}");
    assert!(second.contains(PANICS), "{second}");
}

#[tokio::test]
async fn posts_from_other_sites_are_rejected_except_by_the_api() {
    let shop = Shop::open().await;
    let post = |path: &str| shop.request(Method::POST, path).header("sec-fetch-site", "cross-site").send();
    read(post("/actions/reserve").await.unwrap()).await.assert_problem(403, "cross-site");
    read(post("/actions/order").await.unwrap()).await.assert_problem(403, "cross-site");
    read(post("/anything").await.unwrap()).await.assert_problem(403, "cross-site");
    read(post("/api/holds").await.unwrap()).await.assert_problem(401, "unauthorized");
}

#[tokio::test]
async fn malformed_forms_are_problems() {
    let shop = Shop::open().await;
    let form = "application/x-www-form-urlencoded";
    for body in [&b"product=a&product=b"[..], b"=&=", b"product=\xff"] {
        for action in ["reserve", "order", "release", "cancel"] {
            let request = shop.request(Method::POST, &format!("/actions/{action}")).header("content-type", form);
            let response = read(request.body(body.to_vec()).send().await.unwrap()).await;
            response.assert_problem(400, "unreadable-form");
        }
    }
    // A nested field is unknown, as is any other: the form has no product, and names no hold or order. The checkout form
    // accepts its own fields only.
    for (action, status) in [("reserve", 400), ("order", 400), ("release", 404), ("cancel", 404)] {
        let request = shop.request(Method::POST, &format!("/actions/{action}")).header("content-type", form);
        let response = read(request.body("product[a]=1").send().await.unwrap()).await;
        assert_eq!(response.status, status, "{action} {response:?}");
    }
    let twice = shop.request(Method::POST, "/actions/reserve").header("content-type", form);
    read(twice.body("qty=1&qty=2").send().await.unwrap()).await.assert_problem(400, "unreadable-form");
    let long = shop.request(Method::POST, "/actions/reserve").header("content-type", form);
    read(long.body("x".repeat(70 * 1024)).send().await.unwrap()).await.assert_problem(413, "too-large");
}

#[tokio::test]
async fn the_sender_of_an_oversized_body_reads_the_response_and_not_a_reset() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let shop = Shop::open().await;
    let length = 600 * 1024;
    let mut client = tokio::net::TcpStream::connect(shop.addr).await.unwrap();
    let head = format!(
        "POST /api/webhooks/payment HTTP/1.1\r\nhost: shop\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
    );
    client.write_all(head.as_bytes()).await.unwrap();
    // In parts, with time between them: if the server closed the connection half-way, a later write would fail.
    for _ in 0..6 {
        client.write_all(&vec![b' '; length / 6]).await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let mut response = String::new();
    client.read_to_string(&mut response).await.unwrap();
    assert!(response.starts_with("HTTP/1.1 413 "), "{response}");
}

#[tokio::test]
async fn a_request_without_exactly_one_host_and_a_path_is_rejected() {
    let shop = Shop::open().await;
    for request in [
        "GET /livez HTTP/1.1\r\n\r\n",
        "GET /livez HTTP/1.1\r\nHost: shop\r\nHost: other\r\n\r\n",
        "GET shop HTTP/1.1\r\nHost: shop\r\n\r\n",
        "CONNECT shop:1 HTTP/1.1\r\nHost: shop\r\n\r\n",
    ] {
        let mut stream = tokio::net::TcpStream::connect(shop.addr).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut response = vec![0; 2048];
        let n = stream.read(&mut response).await.unwrap();
        let response = String::from_utf8_lossy(&response[..n]);
        assert!(response.starts_with("HTTP/1.1 400") && response.contains("bad-target"), "{request:?}: {response}");
    }
    let mut stream = tokio::net::TcpStream::connect(shop.addr).await.unwrap();
    stream.write_all(b"GET /livez HTTP/1.0\r\n\r\n").await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    assert!(response.starts_with("HTTP/1.0 200"), "{response}");
}
