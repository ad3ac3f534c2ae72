//! The admin API is not for scripts of other origins, even where the public API is.

use crate::shop::Shop;
use checkout::model::ScopeSet;
use reqwest::Method;
use server::config::CorsOrigins;

#[tokio::test]
async fn scripts_of_other_origins_cannot_use_the_admin_api() {
    let shop = Shop::open_with(|settings| settings.cors_origins = CorsOrigins::Any).await;
    let token = shop.token_with(ScopeSet::ALL).await;
    let allowed = |response: &reqwest::Response| response.headers().contains_key("access-control-allow-origin");
    let origin = "https://elsewhere.example";
    let public = shop.request(Method::GET, "/api/products").header("origin", origin).send().await.unwrap();
    assert!(allowed(&public), "{public:?}");
    for path in ["/api/admin/products", "/api/admin/orders"] {
        let read = shop.request(Method::GET, path).bearer_auth(&token).header("origin", origin).send().await.unwrap();
        assert!(read.status() == 200 && !allowed(&read), "{read:?}");
        let preflight = shop.request(Method::OPTIONS, path).header("origin", origin);
        let preflight = preflight.header("access-control-request-method", "GET");
        let preflight = preflight.header("access-control-request-headers", "authorization").send().await.unwrap();
        assert!(!allowed(&preflight), "{preflight:?}");
    }
}
