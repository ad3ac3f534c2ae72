//! Lists a page at a time, answers made smaller, and other sites' scripts.

use crate::shop::{Answer, Shop, read};
use reqwest::Method;
use serde_json::{Value, json};
use server::config::CorsOrigins;

/// What `Link` leads to.
fn next(answer: &Answer) -> Option<String> {
    let link = answer.header("link");
    let path = link.strip_prefix('<').and_then(|link| link.strip_suffix(">; rel=\"next\""));
    assert_eq!(path.is_some(), !link.is_empty(), "{link}");
    path.map(ToOwned::to_owned)
}

/// All pages from `path` on, each item's `id`.
async fn follow(shop: &Shop, token: &str, path: &str, id: &str) -> Vec<Vec<Value>> {
    let (mut pages, mut at) = (Vec::new(), Some(path.to_owned()));
    while let Some(path) = at {
        let answer = shop.get(&path, token).await;
        assert_eq!(answer.status, 200, "{path} {answer:?}");
        pages.push(answer.body.as_array().unwrap().iter().map(|item| item[id].clone()).collect());
        at = next(&answer);
    }
    pages
}

#[tokio::test]
async fn orders_come_newest_first_and_a_page_at_a_time_to_whom_they_belong() {
    let shop = Shop::open().await;
    let (token, stranger, product) = (shop.token().await, shop.token().await, shop.product("phone", 10).await);
    let mut placed = Vec::new();
    for _ in 0..5 {
        placed.push(shop.order(&token, &product, 1).await["order_id"].clone());
        shop.order(&stranger, &product, 1).await;
    }
    placed.reverse();
    assert_eq!(follow(&shop, &token, "/api/orders", "order_id").await, [placed.clone()]);
    let pages = follow(&shop, &token, "/api/orders?limit=2", "order_id").await;
    assert_eq!(pages, [placed[..2].to_vec(), placed[2..4].to_vec(), placed[4..].to_vec()]);
    assert_eq!(
        follow(&shop, &token, "/api/orders?limit=5", "order_id").await,
        [placed],
        "a full last page has no next"
    );
    assert_eq!(follow(&shop, &shop.token().await, "/api/orders", "order_id").await, [Vec::<Value>::new()]);
    read(shop.request(Method::GET, "/api/orders").send().await.unwrap()).await.is_problem(401, "unauthorized");
}

#[tokio::test]
async fn products_come_oldest_first_and_a_page_at_a_time() {
    let shop = Shop::open().await;
    let mut added = Vec::new();
    for n in 0..5 {
        added.push(json!(shop.product(&format!("phone-{n}"), 1).await.id));
    }
    assert_eq!(follow(&shop, "", "/api/products", "id").await, [added.clone()]);
    let pages = follow(&shop, "", "/api/products?limit=3", "id").await;
    assert_eq!(pages, [added[..3].to_vec(), added[3..].to_vec()]);
    let [first, second] = ["/api/products?limit=3", "/api/products?limit=2"].map(|path| shop.get(path, ""));
    assert_ne!(first.await.header("etag"), second.await.header("etag"), "each page has a tag of its own");
}

#[tokio::test]
async fn a_query_that_is_not_as_it_should_be() {
    let shop = Shop::open().await;
    let token = shop.token().await;
    for path in ["/api/orders", "/api/products"] {
        for query in
            ["limit=0", "limit=201", "limit=256", "limit=-1", "limit=x", "limit=", "limit=1&limit=2", "cursor=x", "a=b"]
        {
            let answer = shop.get(&format!("{path}?{query}"), &token).await;
            answer.is_problem(400, "bad-query");
        }
        assert_eq!(shop.get(&format!("{path}?"), &token).await.status, 200);
    }
}

#[tokio::test]
async fn what_is_worth_it_is_compressed_for_whom_takes_it_so() {
    let shop = Shop::open().await;
    for n in 0..5 {
        shop.product(&format!("phone-{n}"), 1).await;
    }
    let plain = shop.get("/api/products", "").await;
    assert_eq!((plain.header("content-encoding"), plain.header("vary")), ("", ""));
    let ask = |path: &str, accepted: &str| shop.request(Method::GET, path).header("accept-encoding", accepted).send();
    for (path, accepted, encoding) in [
        ("/api/products", "gzip", "gzip"),
        ("/api/products", "gzip, deflate, br", "br"),
        ("/api/products", "br;q=0, gzip", "gzip"),
        ("/api/products", "identity", ""),
        ("/api/products/phone-0", "br", ""),
        ("/", "br", "br"),
        ("/api/openapi.json", "br", "br"),
        ("/api/products/nothing", "br", ""),
    ] {
        let response = ask(path, accepted).await.unwrap();
        let header = |name: &str| response.headers().get(name).map(|v| v.to_str().unwrap()).unwrap_or_default();
        assert_eq!(header("content-encoding"), encoding, "{path} {accepted}");
        assert!(encoding.is_empty() || header("vary").contains("accept-encoding"), "{path} {accepted}");
        let length = response.content_length();
        let bytes = response.bytes().await.unwrap();
        assert!(!bytes.is_empty() && length.is_none_or(|length| length == bytes.len() as u64));
    }
    let smaller = ask("/api/products", "br").await.unwrap().bytes().await.unwrap();
    assert!(smaller.len() * 3 < plain.body.to_string().len(), "{} bytes", smaller.len());
    let stream = ask("/api/products/events", "br").await.unwrap();
    assert_eq!(stream.headers().get("content-encoding"), None);
}

#[tokio::test]
async fn other_sites_scripts_may_call_where_they_are_let() {
    let (shop, other) = ("https://shop.example", "https://evil.example");
    let ask = async |to: &Shop, method: Method, path: &str, origin: &str| {
        let request = to.request(method, path).header("origin", origin);
        let request = request.header("access-control-request-method", "POST");
        let request = request.header("access-control-request-headers", "authorization,content-type,idempotency-key");
        read(request.send().await.unwrap()).await
    };
    let closed = Shop::open().await;
    for method in [Method::GET, Method::OPTIONS] {
        let answer = ask(&closed, method, "/api/holds", shop).await;
        assert!(!answer.headers.keys().any(|name| name.as_str().starts_with("access-control")), "{answer:?}");
    }
    let these = CorsOrigins::These(vec![shop.parse().unwrap()]);
    let open = Shop::open_with(|settings| settings.cors_origins = these).await;
    let preflight = ask(&open, Method::OPTIONS, "/api/holds", shop).await;
    assert_eq!(preflight.header("access-control-allow-origin"), shop);
    assert_eq!(preflight.header("access-control-allow-methods"), "GET,POST,DELETE");
    assert!(preflight.header("access-control-allow-headers").contains("idempotency-key"));
    // What is refused is refused in so many words: a script reads that it lacks a token.
    let refused = ask(&open, Method::POST, "/api/holds", shop).await;
    refused.is_problem(401, "unauthorized");
    assert_eq!(refused.header("access-control-allow-origin"), shop);
    assert!(refused.header("access-control-expose-headers").contains("retry-after"));
    assert_eq!(refused.header("access-control-allow-credentials"), "");
    assert_eq!(ask(&open, Method::GET, "/api/products", other).await.header("access-control-allow-origin"), "");
    assert_eq!(ask(&open, Method::GET, "/", shop).await.header("access-control-allow-origin"), "", "pages are ours");
    let any = Shop::open_with(|settings| settings.cors_origins = CorsOrigins::Any).await;
    assert_eq!(ask(&any, Method::GET, "/api/products", other).await.header("access-control-allow-origin"), "*");
}
