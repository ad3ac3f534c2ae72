//! How browsers may keep pages and files.

use super::*;

#[tokio::test]
async fn a_file_that_is_confirmed_stays_in_the_browsers_cache() {
    let shop = Shop::open().await;
    let first = shop.ask("/favicon.svg").await;
    let changed = header(&first, "last-modified").to_owned();
    assert_eq!((first.status().as_u16(), header(&first, "cache-control")), (200, "no-cache"));
    let again = shop.request(Method::GET, "/favicon.svg").header("if-modified-since", changed).send().await.unwrap();
    assert_eq!(again.status(), 304);
    assert_eq!(header(&again, "cache-control"), "no-cache");
    assert_eq!(header(&again, "vary"), "accept-encoding");
}

#[tokio::test]
async fn pages_without_personal_data_allow_the_back_forward_cache() {
    let shop = Shop::open().await;
    shop.product("phone", 3).await;
    for path in ["/", "/products/phone", "/products/nothing", "/terms", "/privacy", "/nowhere", "/img/nothing.svg"] {
        let response = shop.ask(path).await;
        assert_eq!(header(&response, "cache-control"), "private, no-cache", "{path}");
        // No other cache may show an old page, not even for the back button.
        assert!(response.headers().get_all("vary").iter().any(|value| value == "*"), "{path}");
    }
}

#[tokio::test]
async fn pages_with_personal_data_are_not_kept() {
    let shop = Shop::open().await;
    let id = uuid::Uuid::from_u128(1);
    for path in ["/orders".to_owned(), format!("/orders/{id}"), format!("/checkout/{id}"), format!("/sandbox/pay/{id}")]
    {
        assert_eq!(header(&shop.ask(&path).await, "cache-control"), "private, no-store", "{path}");
    }
}
