//! The pictures of products: upload, order, texts, limits, and how they are served.

use super::*;
use crate::png::png;
use checkout::model::{Picture, Product};
use image::ImageFormat;

fn path(product: &Product) -> String {
    format!("/admin/products/{}/pictures", product.id)
}

/// The fields of an upload to a product with this revision.
fn fields(revision: &str) -> [(&str, &str); 2] {
    [("revision", revision), ("alt", "A lamp")]
}

impl Shop {
    /// The product and its pictures now.
    fn now(&self, product: &Product) -> (std::sync::Arc<Product>, Vec<Picture>) {
        let product = self.checkout.product(product.id).unwrap();
        (product.clone(), product.pictures.clone())
    }
}

#[tokio::test]
async fn a_seller_uploads_orders_describes_and_removes_pictures() {
    let shop = Shop::open().await;
    let phone = shop.product("phone", 5).await;
    let mut sam = shop.signed_in("sam@example.com", Role::Seller).await;
    let page = sam.get(&path(&phone)).await;
    page.shows(200, "No pictures yet");
    assert!(page.text.contains("value=\"Flash Phone\""), "the name is the first offer for the text");
    let files = [png(10, 800, 600), png(20, 300, 200), png(30, 400, 400)];
    let named: Vec<_> = [("a.png", &*files[0]), ("b.png", &*files[1]), ("c.jpg", &*files[2])].into();
    sam.upload(&path(&phone), &fields("1"), &named)
        .await
        .leads_to(&format!("{}?done=pictures-added#picture-1", path(&phone)));
    let (product, pictures) = shop.now(&phone);
    assert_eq!((product.revision, pictures.len()), (2, 3));
    assert!(pictures.iter().all(|picture| picture.alt == "A lamp"));
    assert_eq!(
        pictures.iter().map(|picture| (picture.width, picture.height)).collect::<Vec<_>>(),
        [(800, 600), (300, 200), (400, 400)]
    );
    sam.get(&format!("{}?done=pictures-added", path(&phone))).await.shows(200, "The pictures are added.");

    let of = |nth: usize, action: &str| format!("{}/{}/{action}", path(&phone), pictures[nth].id);
    sam.post(&of(2, "move"), &[("revision", "2"), ("direction", "earlier")])
        .await
        .leads_to(&format!("{}?done=picture-moved#picture-2", path(&phone)));
    sam.post(&of(0, "move"), &[("revision", "3"), ("direction", "later")])
        .await
        .leads_to(&format!("{}?done=picture-moved#picture-2", path(&phone)));
    let order = |pictures: &[Picture]| pictures.iter().map(|picture| picture.width).collect::<Vec<_>>();
    assert_eq!(order(&shop.now(&phone).1), [400, 800, 300]);
    sam.post(&of(0, "text"), &[("revision", "4"), ("alt", " <b>From the left</b> ")])
        .await
        .leads_to(&format!("{}?done=picture-text#picture-2", path(&phone)));
    assert_eq!(shop.now(&phone).1[1].alt, "<b>From the left</b>");
    sam.get(&path(&phone)).await.shows(200, "alt=\"&lt;b&gt;From the left&lt;/b&gt;\"");
    for (alt, count) in [("", 0), (&*"é".repeat(301), 301)] {
        let refused = sam.post(&of(0, "text"), &[("revision", "5"), ("alt", alt)]).await;
        refused.shows(422, "The alternative text of a picture is 1 to 300 characters.");
        assert_eq!(refused.text.matches('é').count(), count, "the text can be corrected");
    }
    sam.post(&of(2, "remove"), &[("revision", "5")]).await.leads_to(&format!("{}?done=picture-removed", path(&phone)));
    assert_eq!(order(&shop.now(&phone).1), [800, 300]);
    sam.post(&of(2, "remove"), &[("revision", "6")]).await.shows(404, "no such picture");
    let actions = shop.actions().await;
    assert_eq!(actions.iter().filter(|action| *action == "product.edit").count(), 5, "{actions:?}");
}

#[tokio::test]
async fn each_refusal_stands_beside_the_files_and_changes_nothing_else() {
    let shop = Shop::open().await;
    let phone = shop.product("phone", 5).await;
    let mut sam = shop.signed_in("sam@example.com", Role::Seller).await;
    let path = path(&phone);
    let good = png(10, 40, 30);
    for (files, text) in [
        (vec![("a.png", &b"GIF89a\x01\0\x01\0"[..])], "a.png: this is not a PNG, JPEG or WebP picture."),
        (vec![("a.png", &good[..good.len() / 2])], "a.png: this picture is incomplete or damaged."),
        (vec![("", &b""[..])], "Choose at least one picture."),
        (vec![], "Choose at least one picture."),
    ] {
        let refused = sam.upload(&path, &fields("1"), &files).await;
        refused.shows(422, text);
        assert!(refused.text.contains("aria-describedby=\"files-hint files-error\""));
    }
    let large = vec![0; 10 * 1024 * 1024 + 1];
    sam.upload(&path, &fields("1"), &[("b.png", &large)]).await.shows(422, "b.png: a picture has at most 10 MB.");
    for alt in ["", "  ", &*"x".repeat(301)] {
        let refused = sam.upload(&path, &[("revision", "1"), ("alt", alt)], &[("a.png", &good)]).await;
        refused.shows(422, "Describe the pictures in 1 to 300 characters.");
    }
    let hidden = sam.upload(&path, &[("revision", "1"), ("alt", "a\u{200d}b")], &[("a.png", &good)]).await;
    hidden.shows(422, "Remove the control or invisible character U+200D.");
    assert_eq!(shop.now(&phone).0.revision, 1);
    // Good files are added although others are refused.
    let some = sam
        .upload(&path, &fields("1"), &[("c.heic", b"\0\0\0\x18ftypheic"), ("<a>.png", &good), ("d.png", &good)])
        .await;
    some.shows(422, "One picture is added.");
    some.shows(422, "c.heic: this is not a PNG, JPEG or WebP picture.");
    some.shows(422, "it was chosen twice");
    let again = sam.upload(&path, &fields("2"), &[("a.png", &good)]).await;
    again.shows(422, "the product has it already");
    let stale = sam.upload(&path, &fields("1"), &[("a.png", &png(99, 40, 30))]).await;
    stale.shows(409, "Nothing was changed. sam@example.com edited this product meanwhile (pictures).");
    assert_eq!((shop.now(&phone).0.revision, shop.now(&phone).1.len()), (2, 1));
    // Forms that no page of the console sends.
    sam.upload(&path, &[("alt", "A lamp")], &[("a.png", &good)]).await.shows(400, "");
    sam.post(&path, &[("revision", "2")]).await.shows(400, "");
    let id = shop.now(&phone).1[0].id;
    sam.post(&format!("{path}/{id}/move"), &[("revision", "2"), ("direction", "sideways")]).await.shows(400, "");
    sam.post(&format!("{path}/{id}/remove"), &[("revision", "two")]).await.shows(400, "");
    sam.post(&format!("{path}/{id}/remove"), &[("revision", "1")]).await.shows(409, "edited this product meanwhile");
    sam.get("/admin/products/no-such/pictures").await.shows(404, "");
}

#[tokio::test]
async fn a_product_has_at_most_twelve_pictures() {
    let shop = Shop::open().await;
    let phone = shop.product("phone", 5).await;
    let mut sam = shop.signed_in("sam@example.com", Role::Seller).await;
    let files: Vec<_> = (0..13).map(|n| png(n * 19, 8, 8)).collect();
    let files: Vec<_> = files.iter().map(|file| ("a.png", &**file)).collect();
    let refused = sam.upload(&path(&phone), &fields("1"), &files).await;
    refused.shows(422, "12 pictures are added.");
    refused.shows(422, "One picture was not added: a product has at most 12.");
    refused.shows(422, "Remove one to add another.");
    assert_eq!(shop.now(&phone).1.len(), 12);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_before_it_is_read_whole() {
    let shop = Shop::open().await;
    let phone = shop.product("phone", 5).await;
    let mut sam = shop.signed_in("sam@example.com", Role::Seller).await;
    let large = vec![0; 50 * 1024 * 1024];
    sam.upload(&path(&phone), &fields("1"), &[("a.png", &large)]).await.shows(413, "more than 40 MB together");
    // The head alone is enough.
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 52428800\r\n\r\n",
        path(&phone),
        shop.addr,
        sam.cookie
    );
    assert!(answer(&shop, &head).await.starts_with("HTTP/1.1 413"));
    // Without a length, it is refused once it is too long.
    let first = "--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.png\"\r\n\r\n";
    let head = head.replace("Content-Length: 52428800", "Transfer-Encoding: chunked");
    let chunked = |text: &str| format!("{:x}\r\n{text}\r\n", text.len());
    let body = [chunked(first)].into_iter().chain((0..50).map(|_| chunked(&"x".repeat(1024 * 1024))));
    let refused = answer(&shop, &[head.clone()].into_iter().chain(body).collect::<String>()).await;
    assert!(refused.starts_with("HTTP/1.1 413"), "{refused}");
    // Other forms keep their limit, and a stranger's upload is not read at all.
    let text = "x".repeat(70 * 1024);
    let other = format!("{}/{}/text", path(&phone), "0".repeat(64));
    sam.post(&other, &[("revision", "1"), ("alt", &text)]).await.shows(413, "");
    let strange = answer(&shop, &head.replace(&sam.cookie, "operator=none")).await;
    assert!(strange.starts_with("HTTP/1.1 303"), "{strange}");
    let mut vera = shop.signed_in("vera@example.com", Role::Viewer).await;
    vera.upload(&path(&phone), &fields("1"), &[("a.png", &png(1, 8, 8))]).await.shows(403, "does not allow this");
    assert_eq!(shop.now(&phone).0.revision, 1);
}

/// Sends the beginning of a request, and returns the first bytes of the response, which may come before all is sent.
async fn answer(shop: &Shop, request: &str) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let (mut reader, mut writer) = tokio::net::TcpStream::connect(shop.addr).await.unwrap().into_split();
    let request = request.as_bytes().to_vec();
    let sending = tokio::spawn(async move {
        let sent = writer.write_all(&request).await;
        // The connection stays open in this direction.
        (writer, sent)
    });
    let mut answer = vec![0; 1000];
    let length = reader.read(&mut answer).await.unwrap();
    sending.abort();
    String::from_utf8_lossy(&answer[..length]).into_owned()
}

/// A database on the PostgreSQL server of the tests, until it is dropped with the server.
pub(super) async fn database() -> String {
    use sqlx::Connection as _;
    let server = std::env::var("HOLDFAST_TEST_POSTGRES_URL").expect("run the tests by tools/with-postgres.sh");
    let name = format!("holdfast_{}", uuid::Uuid::new_v4().simple());
    let mut operator = sqlx::PgConnection::connect(&server).await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut operator).await.unwrap();
    format!("{}/{name}", server.rsplit_once('/').unwrap().0)
}

#[tokio::test]
async fn a_picture_is_served_for_ever_in_its_sizes_only() {
    let shop = Shop::open().await;
    let phone = shop.product("phone", 5).await;
    let mut sam = shop.signed_in("sam@example.com", Role::Seller).await;
    sam.upload(&path(&phone), &fields("1"), &[("a.png", &png(10, 700, 350))]).await;
    let id = shop.now(&phone).1[0].id;
    let anybody = Browser::new(&shop);
    let get = async |path: &str, etag: &str| {
        let request = anybody.http.get(format!("http://{}{path}", shop.addr)).header("if-none-match", etag);
        request.send().await.unwrap()
    };
    for (width, height) in [(320, 160), (640, 320), (700, 350)] {
        for _ in 0..2 {
            let response = get(&format!("/pictures/{id}/{width}.webp"), "\"other\"").await;
            let header = |name: &str| response.headers().get(name).unwrap().to_str().unwrap().to_owned();
            assert_eq!(response.status(), 200);
            assert_eq!(header("content-type"), "image/webp");
            assert_eq!(header("cache-control"), "public, max-age=31536000, immutable");
            assert_eq!(
                (header("x-content-type-options"), header("etag")),
                ("nosniff".to_owned(), format!("\"{id}-{width}\""))
            );
            let image =
                image::load_from_memory_with_format(&response.bytes().await.unwrap(), ImageFormat::WebP).unwrap();
            assert_eq!((image.width(), image.height()), (width, height));
        }
        let known = get(&format!("/pictures/{id}/{width}.webp"), &format!("\"{id}-{width}\"")).await;
        assert_eq!((known.status().as_u16(), known.headers().contains_key("etag")), (304, true));
        assert!(known.bytes().await.unwrap().is_empty());
    }
    let upper = id.to_string().to_uppercase();
    for path in [
        format!("/pictures/{id}/321.webp"),
        format!("/pictures/{id}/960.webp"),
        format!("/pictures/{id}/0320.webp"),
        format!("/pictures/{id}/+320.webp"),
        format!("/pictures/{id}/320.png"),
        format!("/pictures/{id}/99999999999.webp"),
        format!("/pictures/{upper}a/320.webp"),
        format!("/pictures/{}/320.webp", "0".repeat(64)),
        "/pictures/%ff/320.webp".to_owned(),
        format!("/pictures/{id}"),
    ] {
        let response = get(&path, &format!("\"{id}-320\"")).await;
        assert_eq!(response.status(), 404, "{path}");
        assert!(!response.headers()["cache-control"].to_str().unwrap().contains("immutable"), "{path}");
    }
    let view = crate::shop::read(get("/api/products/phone", "").await).await.body;
    let picture = &view["pictures"][0];
    assert_eq!((&picture["alt"], &picture["width"], &picture["height"]), (&"A lamp".into(), &700.into(), &350.into()));
    assert_eq!(picture["sizes"][1]["url"], format!("/pictures/{id}/640.webp"));
    let page = get("/products/phone", "").await.text().await.unwrap();
    assert!(page.contains(&format!("/pictures/{id}/700.webp 700w")) && page.contains("alt=\"A lamp\""), "{page}");
}

#[tokio::test]
async fn nodes_share_their_pictures() {
    let database = database().await;
    let node = async || {
        let url = database.clone();
        Shop::open_with(move |settings| settings.common.database_url = url).await
    };
    let (one, two) = tokio::join!(node(), node());
    let phone = one.product("phone", 5).await;
    let mut sam = one.signed_in("sam@example.com", Role::Seller).await;
    sam.upload(&path(&phone), &fields("1"), &[("a.png", &png(10, 400, 300)), ("b.png", &png(20, 400, 300))]).await;
    let pictures = one.now(&phone).1;
    for picture in &pictures {
        let path = format!("http://{}/pictures/{}/320.webp", two.addr, picture.id);
        assert_eq!(two.http.get(path).send().await.unwrap().status(), 200);
    }
    // Both nodes edit what they have seen: one of them is told that the other was first.
    let mut tom = Browser { shop: &two, ..Browser::new(&two) };
    tom.sign_in("sam@example.com", PASSWORD).await;
    let seen = async || two.checkout.product(phone.id).is_some_and(|product| product.revision == 2);
    while !seen().await {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let of = |nth: usize| format!("{}/{}/remove", path(&phone), pictures[nth].id);
    let (first, second) = (of(0), of(1));
    let (one, two) = tokio::join!(sam.post(&first, &[("revision", "2")]), tom.post(&second, &[("revision", "2")]));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 409], "{} {}", one.text, two.text);
}
