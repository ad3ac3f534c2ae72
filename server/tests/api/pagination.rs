//! Pagination of lists, and their query parameters.

use crate::shop::{ApiResponse, Shop, read};
use reqwest::Method;
use serde_json::{Value, json};

/// Returns the path of the next page from the `Link` header.
fn next(response: &ApiResponse) -> Option<String> {
    let link = response.header("link");
    let path = link.strip_prefix('<').and_then(|link| link.strip_suffix(">; rel=\"next\""));
    assert_eq!(path.is_some(), !link.is_empty(), "{link}");
    path.map(ToOwned::to_owned)
}

/// Returns the ids of all items, page by page, from `path` on.
async fn follow(shop: &Shop, token: &str, path: &str, id: &str) -> Vec<Vec<Value>> {
    let (mut pages, mut at) = (Vec::new(), Some(path.to_owned()));
    while let Some(path) = at {
        let response = shop.get(&path, token).await;
        assert_eq!(response.status, 200, "{path} {response:?}");
        pages.push(response.body.as_array().unwrap().iter().map(|item| item[id].clone()).collect());
        at = next(&response);
    }
    pages
}

#[tokio::test]
async fn a_client_lists_its_own_orders_newest_first() {
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
        "a full last page has no link to a next page"
    );
    assert_eq!(follow(&shop, &shop.token().await, "/api/orders", "order_id").await, [Vec::<Value>::new()]);
    read(shop.request(Method::GET, "/api/orders").send().await.unwrap()).await.assert_problem(401, "unauthorized");
}

#[tokio::test]
async fn products_are_listed_oldest_first() {
    let shop = Shop::open().await;
    let mut added = Vec::new();
    for n in 0..5 {
        added.push(json!(shop.product(&format!("phone-{n}"), 1).await.id));
    }
    assert_eq!(follow(&shop, "", "/api/products", "id").await, [added.clone()]);
    let pages = follow(&shop, "", "/api/products?limit=3", "id").await;
    assert_eq!(pages, [added[..3].to_vec(), added[3..].to_vec()]);
    let [first, second] = ["/api/products?limit=3", "/api/products?limit=2"].map(|path| shop.get(path, ""));
    assert_ne!(first.await.header("etag"), second.await.header("etag"), "pages have different entity tags");
}

#[tokio::test]
async fn malformed_queries_are_rejected() {
    let shop = Shop::open().await;
    let token = shop.token().await;
    for path in ["/api/orders", "/api/products"] {
        for query in
            ["limit=0", "limit=201", "limit=256", "limit=-1", "limit=x", "limit=", "limit=1&limit=2", "cursor=x", "a=b"]
        {
            let response = shop.get(&format!("{path}?{query}"), &token).await;
            response.assert_problem(400, "bad-query");
        }
        assert_eq!(shop.get(&format!("{path}?"), &token).await.status, 200);
    }
}
