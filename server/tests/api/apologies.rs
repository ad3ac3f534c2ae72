//! A shopper who gets no page gets the shop's words; a program gets a problem.

use crate::shop::Shop;
use reqwest::{Method, RequestBuilder};
use server::config::RateLimit;
use std::num::NonZeroU32;

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

async fn words(request: RequestBuilder, status: u16) -> String {
    let answer = request.header("accept", BROWSER).send().await.unwrap();
    assert_eq!(answer.status(), status);
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "text/html; charset=utf-8");
    assert!(header("content-security-policy").starts_with("default-src 'none'; style-src 'self'"));
    assert_eq!(header("cache-control"), "private, no-store");
    assert!(!header("x-request-id").is_empty());
    let page = answer.text().await.unwrap();
    for part in ["<!DOCTYPE html>", "<h1>", "/pkg/holdfast", "See the drops", "Real stock, live"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("Idempotency-Key") && !page.contains("<script"), "{page}");
    page
}

#[tokio::test]
async fn a_browser_is_told_in_words() {
    let shop = Shop::open().await;
    let from_elsewhere = shop.request(Method::POST, "/actions/reserve").header("sec-fetch-site", "cross-site");
    assert!(words(from_elsewhere, 403).await.contains("That request came from another site"));
    // What the address bar makes of a form's target.
    let typed = shop.request(Method::GET, "/actions/reserve");
    assert!(words(typed, 405).await.contains("Page not found"));
    let endless = shop.request(Method::POST, "/actions/reserve").body("x".repeat(70_000));
    assert!(words(endless, 413).await.contains("We couldn’t read that form"));
}

#[tokio::test]
async fn a_browser_that_is_too_fast_is_told_so_and_when_to_come_back() {
    let shop = Shop::open_with(|s| s.rate_limit = RateLimit::PerSecond(NonZeroU32::new(1).unwrap())).await;
    let ask = || shop.request(Method::GET, "/").header("accept", BROWSER);
    while ask().send().await.unwrap().status() == 200 {}
    assert!(words(ask(), 429).await.contains("That was too fast for us"));
    assert!(!ask().send().await.unwrap().headers()["retry-after"].is_empty());
}

#[tokio::test]
async fn programs_are_told_problems_and_pages_stay_what_they_are() {
    let shop = Shop::open().await;
    let api = shop.request(Method::GET, "/api/nowhere").header("accept", BROWSER).send().await.unwrap();
    assert_eq!(api.headers()["content-type"], "application/problem+json");
    let program = shop.request(Method::POST, "/actions/reserve").header("sec-fetch-site", "cross-site");
    let program = program.header("accept", "*/*").send().await.unwrap();
    assert_eq!(program.headers()["content-type"], "application/problem+json");
    let lost = shop.request(Method::GET, "/nowhere").header("accept", BROWSER).send().await.unwrap();
    assert_eq!(lost.status(), 404);
    assert!(lost.headers()["content-security-policy"].to_str().unwrap().contains("nonce-"));
}
