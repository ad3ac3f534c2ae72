//! Errors outside the storefront's pages: HTML for browsers, problem details for programs.

use crate::shop::Shop;
use reqwest::{Method, RequestBuilder};
use server::config::RateLimit;
use std::num::NonZeroU32;

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

/// Sends the request as a browser. Returns the error page.
async fn error_page(request: RequestBuilder, status: u16) -> String {
    let response = request.header("accept", BROWSER).send().await.unwrap();
    assert_eq!(response.status(), status);
    let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "text/html; charset=utf-8");
    assert!(header("content-security-policy").starts_with("default-src 'none'; style-src 'self'"));
    assert_eq!(header("cache-control"), "private, no-cache");
    assert!(!header("x-request-id").is_empty());
    let page = response.text().await.unwrap();
    for part in ["<!DOCTYPE html>", "<h1>", "/pkg/holdfast", "See the drops", "Real stock, live"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("Idempotency-Key") && !page.contains("<script"), "{page}");
    page
}

#[tokio::test]
async fn a_browser_gets_an_error_page() {
    let shop = Shop::open().await;
    let cross_site = shop.request(Method::POST, "/actions/reserve").header("sec-fetch-site", "cross-site");
    assert!(error_page(cross_site, 403).await.contains("That request came from another site"));
    // A reload of a form's address is a GET.
    let reload = shop.request(Method::GET, "/actions/reserve");
    assert!(error_page(reload, 405).await.contains("Page not found"));
    let oversized = shop.request(Method::POST, "/actions/reserve").body("x".repeat(70_000));
    assert!(error_page(oversized, 413).await.contains("We couldn’t read that form"));
}

#[tokio::test]
async fn a_rate_limited_browser_gets_an_error_page_with_retry_after() {
    let shop = Shop::open_with(|s| s.rate_limit = RateLimit::PerSecond(NonZeroU32::new(1).unwrap())).await;
    let get = || shop.request(Method::GET, "/").header("accept", BROWSER);
    while get().send().await.unwrap().status() == 200 {}
    assert!(error_page(get(), 429).await.contains("That was too fast for us"));
    assert!(!get().send().await.unwrap().headers()["retry-after"].is_empty());
}

#[tokio::test]
async fn programs_get_problems_and_pages_of_the_storefront_are_not_replaced() {
    let shop = Shop::open().await;
    let api = shop.request(Method::GET, "/api/nowhere").header("accept", BROWSER).send().await.unwrap();
    assert_eq!(api.headers()["content-type"], "application/problem+json");
    let program = shop.request(Method::POST, "/actions/reserve").header("sec-fetch-site", "cross-site");
    let program = program.header("accept", "*/*").send().await.unwrap();
    assert_eq!(program.headers()["content-type"], "application/problem+json");
    let unknown = shop.request(Method::GET, "/nowhere").header("accept", BROWSER).send().await.unwrap();
    assert_eq!(unknown.status(), 404);
    assert!(unknown.headers()["content-security-policy"].to_str().unwrap().contains("nonce-"));
}
