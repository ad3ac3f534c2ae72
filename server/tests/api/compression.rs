//! Compression of responses, by what the client accepts.

use crate::shop::Shop;
use reqwest::Method;

#[tokio::test]
async fn large_responses_are_compressed_if_the_client_accepts_it() {
    let shop = Shop::open().await;
    for n in 0..5 {
        shop.product(&format!("phone-{n}"), 1).await;
    }
    let plain = shop.get("/api/products", "").await;
    assert_eq!((plain.header("content-encoding"), plain.header("vary")), ("", "accept-encoding"));
    let get = |path: &str, accepted: &str| shop.request(Method::GET, path).header("accept-encoding", accepted).send();
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
        let response = get(path, accepted).await.unwrap();
        let header = |name: &str| response.headers().get(name).map(|v| v.to_str().unwrap()).unwrap_or_default();
        assert_eq!(header("content-encoding"), encoding, "{path} {accepted}");
        // A cache must not serve one client's encoding to another, so a compressible response varies in any case.
        let is_compressible = accepted == "identity" || !encoding.is_empty();
        let varies =
            response.headers().get_all("vary").iter().any(|value| value.to_str().unwrap().contains("accept-encoding"));
        assert!(!is_compressible || varies, "{path} {accepted}");
        let length = response.content_length();
        let bytes = response.bytes().await.unwrap();
        assert!(!bytes.is_empty() && length.is_none_or(|length| length == bytes.len() as u64));
    }
    let smaller = get("/api/products", "br").await.unwrap().bytes().await.unwrap();
    assert!(smaller.len() * 3 < plain.body.to_string().len(), "{} bytes", smaller.len());
    let stream = get("/api/products/events", "br").await.unwrap();
    assert_eq!(stream.headers().get("content-encoding"), None);
}
