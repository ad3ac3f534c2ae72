//! The OpenAPI document describes the server that serves it, and its pages work.

use crate::shop::{Shop, read};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn each_documented_path_exists_and_other_methods_are_rejected() {
    let shop = Shop::open().await;
    let document = shop.get("/api/openapi.json", "").await.body;
    for (path, item) in document["paths"].as_object().unwrap() {
        let url = path.replace("{product}", "no-such-product").replace('{', "no-such-").replace('}', "");
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            let request = shop.request(method.clone(), &url);
            let response = request.send().await.unwrap();
            let status = response.status().as_u16();
            let is_documented = !item[method.as_str().to_lowercase()].is_null();
            assert_eq!(is_documented, status != 405, "{method} {path}: {status}");
            if !is_documented {
                continue;
            }
            let is_stream = response.headers()["content-type"] == "text/event-stream";
            if !is_stream {
                assert_ne!(read(response).await.body["type"], json!("/problems/not-found"), "{method} {path}");
            }
        }
    }
}

#[tokio::test]
async fn each_problem_has_a_page_and_other_names_have_none() {
    let shop = Shop::open().await;
    let document = shop.get("/api/openapi.json", "").await.body;
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let types = schemas.values().filter_map(|schema| schema["properties"]["type"]["enum"][0].as_str());
    let types: Vec<_> = types.filter(|path| path.starts_with("/problems/")).collect();
    assert!(types.len() > 30, "{types:?}");
    for path in types {
        let response = shop.request(Method::GET, path).send().await.unwrap();
        assert_eq!(
            (response.status().as_u16(), &response.headers()["content-type"]),
            (200, &"text/html; charset=utf-8".parse().unwrap())
        );
    }
    shop.get("/problems/nothing", "").await.assert_problem(404, "not-found");
}

#[tokio::test]
async fn only_the_reference_allows_scripts_and_a_missing_script_is_reported() {
    let shop = Shop::open().await;
    for (path, csp) in
        [("/api/docs", "script-src 'self'; style-src 'self' 'unsafe-inline'"), ("/problems", "style-src 'self'")]
    {
        let response = shop.request(Method::GET, path).send().await.unwrap();
        let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.starts_with(&format!("default-src 'none'; {csp}; ")), "{path}: {policy}");
        let etag = response.headers()["etag"].clone();
        let page = response.text().await.unwrap();
        assert!(!page.contains("<script>") && !page.contains("http://") && !page.contains("https://"), "{page}");
        let unchanged = shop.request(Method::GET, path).header("if-none-match", etag).send().await.unwrap();
        assert_eq!(unchanged.status(), 304);
        assert_eq!(unchanged.headers()["content-security-policy"], policy.as_str());
    }
    let page = shop.request(Method::GET, "/api/docs").send().await.unwrap().text().await.unwrap();
    for link in ["<noscript>", r#"href="/api/openapi.json""#, r#"href="/problems""#] {
        assert!(page.contains(link), "{link}");
    }
    shop.get("/api/docs/scalar.js", "").await.assert_problem(404, "not-found");
}
