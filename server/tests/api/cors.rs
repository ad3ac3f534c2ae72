//! Cross-origin requests by scripts of other sites.

use crate::shop::{Shop, read};
use reqwest::Method;
use server::config::CorsOrigins;

#[tokio::test]
async fn scripts_of_configured_origins_may_call_the_api() {
    let (shop, other) = ("https://shop.example", "https://evil.example");
    let send = async |to: &Shop, method: Method, path: &str, origin: &str| {
        let request = to.request(method, path).header("origin", origin);
        let request = request.header("access-control-request-method", "POST");
        let request = request.header("access-control-request-headers", "authorization,content-type,idempotency-key");
        read(request.send().await.unwrap()).await
    };
    let without_cors = Shop::open().await;
    for method in [Method::GET, Method::OPTIONS] {
        let response = send(&without_cors, method, "/api/holds", shop).await;
        assert!(!response.headers.keys().any(|name| name.as_str().starts_with("access-control")), "{response:?}");
    }
    let these = CorsOrigins::These(vec![shop.parse().unwrap()]);
    let with_cors = Shop::open_with(|settings| settings.cors_origins = these).await;
    let preflight = send(&with_cors, Method::OPTIONS, "/api/holds", shop).await;
    assert_eq!(preflight.header("access-control-allow-origin"), shop);
    assert_eq!(preflight.header("access-control-allow-methods"), "GET,POST,DELETE");
    assert!(preflight.header("access-control-allow-headers").contains("idempotency-key"));
    // Scripts may read problems, too.
    let refused = send(&with_cors, Method::POST, "/api/holds", shop).await;
    refused.assert_problem(401, "unauthorized");
    assert_eq!(refused.header("access-control-allow-origin"), shop);
    assert!(refused.header("access-control-expose-headers").contains("retry-after"));
    assert_eq!(refused.header("access-control-allow-credentials"), "");
    assert_eq!(send(&with_cors, Method::GET, "/api/products", other).await.header("access-control-allow-origin"), "");
    assert_eq!(
        send(&with_cors, Method::GET, "/", shop).await.header("access-control-allow-origin"),
        "",
        "pages have no CORS"
    );
    let any = Shop::open_with(|settings| settings.cors_origins = CorsOrigins::Any).await;
    assert_eq!(send(&any, Method::GET, "/api/products", other).await.header("access-control-allow-origin"), "*");
}
