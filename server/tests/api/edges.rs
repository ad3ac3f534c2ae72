//! What every request meets: bad bodies, bad ids, wrong methods, headers, health.

use crate::shop::{Shop, read};
use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

#[tokio::test]
async fn bodies_that_are_not_what_was_asked_for() {
    let shop = Shop::open().await;
    let (token, product) = (shop.token().await, shop.product("phone", 10).await);
    let ask = |qty: &str| format!(r#"{{"product_id":"{}","qty":{qty}}}"#, product.id);
    for (body, status, kind) in [
        (String::new(), 400, "malformed-json"),
        ("{".to_owned(), 400, "malformed-json"),
        ("{} {}".to_owned(), 422, "invalid-body"),
        (format!("{} x", ask("1")), 400, "malformed-json"),
        ("[".repeat(10_000), 422, "invalid-body"),
        (r#"{"product_id":"#.to_owned() + &"[".repeat(10_000), 422, "invalid-body"),
        ("\u{feff}{}".to_owned(), 400, "malformed-json"),
        ("[]".to_owned(), 422, "invalid-body"),
        // Its fields, by their order.
        (format!(r#"["{}",1,null]"#, product.id), 422, "invalid-body"),
        ("null".to_owned(), 422, "invalid-body"),
        ("{}".to_owned(), 422, "invalid-body"),
        (ask("0"), 422, "invalid-body"),
        (ask("-1"), 422, "invalid-body"),
        (ask("10001"), 422, "invalid-body"),
        (ask("99999999999999999999999"), 422, "invalid-body"),
        (ask("1e400"), 400, "malformed-json"),
        (ask("1.5"), 422, "invalid-body"),
        (ask("1.0"), 422, "invalid-body"),
        (ask("\"1\""), 422, "invalid-body"),
        (ask("null"), 422, "invalid-body"),
        (ask("1,\"extra\":true"), 422, "invalid-body"),
        (ask("1,\"qty\":1"), 422, "invalid-body"),
        (ask("1,\"shopper\":\"\""), 422, "invalid-body"),
        (ask(&format!("1,\"shopper\":\"{}\"", "x".repeat(201))), 422, "invalid-body"),
        (ask("1,\"shopper\":\"a\\u0000b\""), 422, "invalid-body"),
        (r#"{"product_id":"phone","qty":1}"#.to_owned(), 422, "invalid-body"),
        (" ".repeat(70 * 1024), 413, "too-large"),
        (" ".repeat(700 * 1024), 413, "too-large"),
    ] {
        let request = shop.request(Method::POST, "/api/holds").bearer_auth(&token);
        let answer =
            read(request.header("content-type", "application/json").body(body.clone()).send().await.unwrap()).await;
        assert_eq!(answer.status, status, "{body:.90} {answer:?}");
        answer.is_problem(status, kind);
    }
    let detail =
        shop.post("/api/holds", &token, &json!({ "product_id": product.id, "qty": 0 })).await.body["detail"].clone();
    assert_eq!(detail, "qty: a quantity is a whole number from 1 to 10000.");
    assert_eq!(shop.checkout.product(product.id).unwrap().stock.available, 10, "refusals consume nothing");
}

#[tokio::test]
async fn bytes_that_are_no_text_and_types_that_are_no_json() {
    let shop = Shop::open().await;
    let (token, product) = (shop.token().await, shop.product("phone", 10).await);
    let post = || shop.request(Method::POST, "/api/holds").bearer_auth(&token);
    let bytes = post().header("content-type", "application/json").body(vec![b'"', 0xff, 0xfe, b'"']);
    let answer = read(bytes.send().await.unwrap()).await;
    assert!([400, 422].contains(&answer.status), "{answer:?}");
    let body = json!({ "product_id": product.id, "qty": 1 }).to_string();
    for kind in ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonp", "multipart/form-data"] {
        let answer = read(post().header("content-type", kind).body(body.clone()).send().await.unwrap()).await;
        answer.is_problem(415, "not-json");
    }
    read(post().body(body.clone()).send().await.unwrap()).await.is_problem(415, "not-json");
    let fine = post().header("content-type", "Application/JSON; charset=utf-8").body(body);
    assert_eq!(fine.send().await.unwrap().status(), 201);
}

#[tokio::test]
async fn idempotency_keys_that_cannot_be_read() {
    let shop = Shop::open().await;
    let (token, product) = (shop.token().await, shop.product("phone", 10).await);
    let body = json!({ "product_id": product.id, "qty": 1 });
    let long = "x".repeat(256);
    for keys in [vec![""], vec!["a b"], vec!["\"\""], vec!["a\"b"], vec!["é"], vec![long.as_str()], vec!["a", "a"]] {
        let mut request = shop.request(Method::POST, "/api/holds").bearer_auth(&token).json(&body);
        for key in &keys {
            request = request.header("idempotency-key", *key);
        }
        read(request.send().await.unwrap()).await.is_problem(400, "bad-idempotency-key");
    }
    assert_eq!(shop.checkout.product(product.id).unwrap().stock.available, 10);
}

#[tokio::test]
async fn ids_that_are_nobodys() {
    let shop = Shop::open().await;
    let token = shop.token().await;
    for id in ["x", "0", "018f0000-0000-7000-8000-000000000000", "%FF", "%00", "..%2F..", "' OR 1=1 --", "é"] {
        shop.get(&format!("/api/holds/{id}"), &token).await.is_problem(404, "unknown-hold");
        shop.get(&format!("/api/orders/{id}"), &token).await.is_problem(404, "unknown-order");
        shop.get(&format!("/api/orders/{id}/events"), &token).await.is_problem(404, "unknown-order");
        let live = read(shop.request(Method::GET, &format!("/live/orders/{id}")).send().await.unwrap()).await;
        live.is_problem(404, "unknown-order");
    }
}

#[tokio::test]
async fn addresses_and_methods_that_are_not_there() {
    let shop = Shop::open().await;
    for path in ["/api", "/api/nothing", "/api/holds/a/b", "/api/webhooks"] {
        read(shop.request(Method::GET, path).send().await.unwrap()).await.is_problem(404, "not-found");
    }
    for (method, path, allow) in [
        (Method::PUT, "/api/holds", "POST,OPTIONS"),
        (Method::GET, "/api/token", "POST,OPTIONS"),
        (Method::GET, "/api/webhooks/payment", "POST,OPTIONS"),
        (Method::POST, "/api/products", "GET,HEAD,OPTIONS"),
        (Method::PATCH, "/api/holds/x", "GET,HEAD,DELETE,OPTIONS"),
    ] {
        let answer = read(shop.request(method.clone(), path).send().await.unwrap()).await;
        answer.is_problem(405, "method-not-allowed");
        assert_eq!(answer.header("allow"), allow, "{method} {path}");
        let answer = read(shop.request(Method::OPTIONS, path).send().await.unwrap()).await;
        assert_eq!((answer.status, answer.header("allow")), (204, allow), "{path}");
    }
}

#[tokio::test]
async fn files_that_are_not_there_are_a_page_that_says_so() {
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
        "pkg/",
        "a/../../b",
        &"a/".repeat(5000),
    ] {
        let answer = read(shop.request(Method::GET, &format!("/{path}")).send().await.unwrap()).await;
        assert_eq!((answer.status, answer.header("content-type")), (404, "text/html; charset=utf-8"), "/{path:.40}");
        assert!(answer.header("content-security-policy").contains("'nonce-"), "/{path:.40}");
    }
    let file = read(shop.request(Method::GET, "/robots.txt").send().await.unwrap()).await;
    assert_eq!((file.status, file.header("cache-control"), file.header("vary")), (200, "no-cache", "accept-encoding"));
}

#[tokio::test]
async fn every_answer_has_its_id_and_says_what_browsers_may_not() {
    let shop = Shop::open().await;
    for path in ["/livez", "/readyz", "/api/products", "/api/nothing"] {
        let answer = read(shop.request(Method::GET, path).send().await.unwrap()).await;
        assert_eq!(answer.header("x-request-id").len(), 36, "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert!(!answer.header("cache-control").is_empty(), "{path}");
    }
    for (given, kept) in [("abc-1.2_3", true), ("a b", false), ("x\ty", false), ("", false), (&*"x".repeat(65), false)]
    {
        let request = shop.request(Method::GET, "/livez").header("x-request-id", given);
        assert_eq!(read(request.send().await.unwrap()).await.header("x-request-id") == given, kept, "{given}");
    }
    for path in ["/livez", "/readyz"] {
        assert_eq!(shop.get(path, "").await.status, 200);
    }
}

#[tokio::test]
async fn other_sites_cannot_post_to_the_storefront_and_may_to_the_api() {
    let shop = Shop::open().await;
    let post = |path: &str| shop.request(Method::POST, path).header("sec-fetch-site", "cross-site").send();
    read(post("/actions/reserve").await.unwrap()).await.is_problem(403, "cross-site");
    read(post("/anything").await.unwrap()).await.is_problem(403, "cross-site");
    read(post("/api/holds").await.unwrap()).await.is_problem(401, "unauthorized");
}

#[tokio::test]
async fn forms_that_cannot_be_read() {
    let shop = Shop::open().await;
    let form = "application/x-www-form-urlencoded";
    for body in [&b"product=a&product=b"[..], b"product[a]=1", b"=&=", b"product=\xff"] {
        for action in ["reserve", "order", "release", "cancel"] {
            let request = shop.request(Method::POST, &format!("/actions/{action}")).header("content-type", form);
            let answer = read(request.body(body.to_vec()).send().await.unwrap()).await;
            assert!(answer.status < 500, "{action} {body:?} {answer:?}");
        }
    }
    let twice = shop.request(Method::POST, "/actions/reserve").header("content-type", form);
    read(twice.body("qty=1&qty=2").send().await.unwrap()).await.is_problem(400, "unreadable-form");
    let long = shop.request(Method::POST, "/actions/reserve").header("content-type", form);
    read(long.body("x".repeat(70 * 1024)).send().await.unwrap()).await.is_problem(413, "too-large");
}

#[tokio::test]
async fn whoever_sends_too_much_reads_the_answer_and_no_reset() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let shop = Shop::open().await;
    let length = 600 * 1024;
    let mut client = tokio::net::TcpStream::connect(shop.addr).await.unwrap();
    let head = format!(
        "POST /api/webhooks/payment HTTP/1.1\r\nhost: shop\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
    );
    client.write_all(head.as_bytes()).await.unwrap();
    // Slowly: a server that answers and hangs up half-way makes a later write fail.
    for _ in 0..6 {
        client.write_all(&vec![b' '; length / 6]).await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

#[tokio::test]
async fn what_says_not_what_it_asks_for_is_refused() {
    let shop = Shop::open().await;
    for asked in [
        "GET /livez HTTP/1.1\r\n\r\n",
        "GET /livez HTTP/1.1\r\nHost: shop\r\nHost: other\r\n\r\n",
        "GET shop HTTP/1.1\r\nHost: shop\r\n\r\n",
        "CONNECT shop:1 HTTP/1.1\r\nHost: shop\r\n\r\n",
    ] {
        let mut stream = tokio::net::TcpStream::connect(shop.addr).await.unwrap();
        stream.write_all(asked.as_bytes()).await.unwrap();
        let mut heard = vec![0; 2048];
        let n = stream.read(&mut heard).await.unwrap();
        let heard = String::from_utf8_lossy(&heard[..n]);
        assert!(heard.starts_with("HTTP/1.1 400") && heard.contains("bad-target"), "{asked:?}: {heard}");
    }
    let mut stream = tokio::net::TcpStream::connect(shop.addr).await.unwrap();
    stream.write_all(b"GET /livez HTTP/1.0\r\n\r\n").await.unwrap();
    let mut heard = String::new();
    stream.read_to_string(&mut heard).await.unwrap();
    assert!(heard.starts_with("HTTP/1.0 200"), "{heard}");
}
