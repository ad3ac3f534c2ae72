//! Connections: what they may speak, how many there may be, and how long a slow one is waited for.

use crate::shop::Shop;
use axum::body::Body;
use http::Request;
use http_body_util::BodyExt as _;
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::Value;
use std::{num::NonZeroUsize, time::Duration};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::{Instant, timeout},
};

const ASK: &[u8] = b"GET /livez HTTP/1.1\r\nHost: shop\r\n\r\n";

async fn connect(shop: &Shop) -> TcpStream {
    TcpStream::connect(shop.addr).await.unwrap()
}

/// What comes next, as text; empty at the end.
async fn hear(stream: &mut TcpStream) -> String {
    let mut heard = vec![0; 4096];
    let n = timeout(Duration::from_secs(100), stream.read(&mut heard)).await.unwrap().unwrap_or(0);
    String::from_utf8_lossy(&heard[..n]).into_owned()
}

#[tokio::test]
async fn a_proxy_may_speak_http_2_and_ask_much_at_once() {
    let shop = Shop::open().await;
    shop.product("phone", 10).await;
    let io = TokioIo::new(connect(&shop).await);
    let (sender, connection) = hyper::client::conn::http2::handshake(TokioExecutor::new(), io).await.unwrap();
    let driven = tokio::spawn(connection);
    let ask = async |path: &str| {
        let request = Request::get(format!("http://{}{path}", shop.addr)).body(Body::empty()).unwrap();
        sender.clone().send_request(request).await.unwrap()
    };
    let mut stream = ask("/api/products/phone/events").await.into_body();
    let mut told = String::new();
    while !told.contains("data: ") {
        told += &String::from_utf8(stream.frame().await.unwrap().unwrap().into_data().unwrap().into()).unwrap();
    }
    assert!(told.contains("\"available\":10"), "{told}");
    let all = futures::future::join_all((0..100).map(|_| ask("/api/products/phone"))).await;
    for response in all {
        assert_eq!((response.status().as_u16(), response.version()), (200, http::Version::HTTP_2));
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(serde_json::from_slice::<Value>(&body).unwrap()["slug"], "phone");
    }
    // It ends in order: the stream is over, and the server with it.
    shop.stopping.cancel();
    while let Some(frame) = stream.frame().await {
        frame.unwrap();
    }
    driven.await.unwrap().unwrap();
    timeout(Duration::from_secs(5), shop.serving).await.unwrap().unwrap();
}

#[tokio::test]
async fn what_only_begins_like_http_2_is_read_as_what_it_is() {
    let shop = Shop::open().await;
    for (said, answer) in [
        (&b"PRI * HTTP/2.0\r\n\r\nxx\r\n\r\n"[..], "HTTP/1.1 400"),
        (b"PUT / HTTP/1.1\r\nHost: shop\r\n\r\n", "HTTP/1.1 "),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "HTTP/1.1 400"),
    ] {
        let mut stream = connect(&shop).await;
        // In two pieces, so that the first leaves it open.
        stream.write_all(&said[..2]).await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
        stream.write_all(&said[2..]).await.unwrap();
        let heard = hear(&mut stream).await;
        assert!(heard.starts_with(answer), "{heard:?}");
    }
}

#[tokio::test]
async fn who_comes_when_all_connections_are_taken_is_told_so_at_once() {
    let shop = Shop::open_with(|settings| settings.max_connections = NonZeroUsize::new(2).unwrap()).await;
    let mut open = [connect(&shop).await, connect(&shop).await];
    for stream in &mut open {
        stream.write_all(ASK).await.unwrap();
        assert!(hear(stream).await.starts_with("HTTP/1.1 200"));
    }
    let mut late = connect(&shop).await;
    late.write_all(ASK).await.unwrap();
    let heard = hear(&mut late).await;
    assert!(heard.starts_with("HTTP/1.1 503") && heard.contains("Retry-After: 1\r\n"), "{heard:?}");
    assert_eq!(hear(&mut late).await, "", "and that is all");
    drop(open);
    let heard = async {
        loop {
            let mut next = connect(&shop).await;
            next.write_all(ASK).await.unwrap();
            let heard = hear(&mut next).await;
            if heard.starts_with("HTTP/1.1 200") {
                return;
            }
        }
    };
    timeout(Duration::from_secs(5), heard).await.expect("there is room again");
}

/// How long the server waits, by a clock that runs ahead whenever nothing else is to do.
async fn waits(stream: &mut TcpStream) -> Duration {
    tokio::time::pause();
    let begun = Instant::now();
    while !hear(stream).await.is_empty() {}
    let waited = begun.elapsed();
    tokio::time::resume();
    waited
}

#[tokio::test]
async fn a_head_that_does_not_come_to_its_end_is_not_waited_for() {
    let shop = Shop::open().await;
    for said in [&b"GET /livez HTTP/1.1\r\nHost: sh"[..], b"P", b"PRI * HTTP/2.0\r\n"] {
        let mut stream = connect(&shop).await;
        stream.write_all(said).await.unwrap();
        let waited = waits(&mut stream).await;
        assert!((9..=21).contains(&waited.as_secs()), "{waited:?} for {said:?}");
    }
    // The second request on a connection, too; and a connection that is only idle may be so for longer.
    let mut stream = connect(&shop).await;
    stream.write_all(ASK).await.unwrap();
    assert!(hear(&mut stream).await.starts_with("HTTP/1.1 200"));
    stream.write_all(&ASK[..20]).await.unwrap();
    let waited = waits(&mut stream).await;
    assert!((9..=11).contains(&waited.as_secs()), "{waited:?}");
    let mut idle = connect(&shop).await;
    idle.write_all(ASK).await.unwrap();
    assert!(hear(&mut idle).await.starts_with("HTTP/1.1 200"));
    let waited = waits(&mut idle).await;
    assert!((70..=80).contains(&waited.as_secs()), "{waited:?}");
}

#[tokio::test]
async fn who_does_not_take_its_answer_is_let_go() {
    let large = 64 * 1024 * 1024;
    let shop = Shop::open_with(|settings| {
        let file = settings.site_root.as_ref().unwrap().join("large.bin");
        std::fs::File::create(file).unwrap().set_len(large).unwrap();
    })
    .await;
    let mut stream = connect(&shop).await;
    stream.write_all(b"GET /large.bin HTTP/1.1\r\nHost: shop\r\n\r\n").await.unwrap();
    // Until the system has as much of it as it takes.
    tokio::time::sleep(Duration::from_millis(500)).await;
    tokio::time::pause();
    tokio::time::sleep(Duration::from_secs(29)).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    tokio::time::resume();
    let mut taken = 0;
    let mut some = vec![0; 1 << 20];
    while let Ok(n @ 1..) = stream.read(&mut some).await {
        taken += n as u64;
    }
    assert!(taken < large, "the connection was cut");
    // Who takes it slowly, but takes it, gets it whole.
    let mut stream = connect(&shop).await;
    stream.write_all(b"GET /large.bin HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n").await.unwrap();
    let mut taken = 0;
    while let Ok(n @ 1..) = stream.read(&mut some).await {
        taken += n as u64;
    }
    assert!(taken > large, "{taken}");
}

/// Over HTTP/2 a client may leave an answer lying about with the connection open and alive.
#[tokio::test]
async fn who_does_not_take_its_answer_over_http_2_is_let_go_and_who_is_idle_too() {
    // More than a client of hyper takes unasked.
    let large = 16 * 1024 * 1024;
    let shop = Shop::open_with(|settings| {
        let file = settings.site_root.as_ref().unwrap().join("large.bin");
        std::fs::File::create(file).unwrap().set_len(large).unwrap();
    })
    .await;
    for (path, seconds) in [("/large.bin", 28..=42), ("/livez", 70..=85)] {
        let io = TokioIo::new(connect(&shop).await);
        let (mut sender, connection) = hyper::client::conn::http2::handshake(TokioExecutor::new(), io).await.unwrap();
        let driven = tokio::spawn(connection);
        let request = Request::get(format!("http://{}{path}", shop.addr)).body(Body::empty()).unwrap();
        // Its body is kept, and never read where it is large.
        let response = sender.send_request(request).await.unwrap();
        assert_eq!(response.status(), 200);
        let untaken = if path == "/livez" {
            drop(response.into_body().collect().await);
            None
        } else {
            Some(response)
        };
        tokio::time::pause();
        let begun = Instant::now();
        let _ = timeout(Duration::from_secs(200), driven).await.expect("the connection ends");
        let waited = begun.elapsed().as_secs();
        tokio::time::resume();
        assert!(seconds.contains(&waited), "{waited} for {path}");
        drop(untaken);
    }
    // Who only watches, and hears little, is neither.
    shop.product("phone", 1).await;
    let io = TokioIo::new(connect(&shop).await);
    let (mut sender, connection) = hyper::client::conn::http2::handshake(TokioExecutor::new(), io).await.unwrap();
    let driven = tokio::spawn(connection);
    let request = Request::get(format!("http://{}/api/products/phone/events", shop.addr)).body(Body::empty()).unwrap();
    let mut watched = sender.send_request(request).await.unwrap().into_body();
    tokio::time::pause();
    let end = Instant::now() + Duration::from_mins(2);
    while let Ok(frame) = tokio::time::timeout_at(end, watched.frame()).await {
        frame.expect("it goes on").unwrap();
    }
    tokio::time::resume();
    assert!(!driven.is_finished());
}

/// Bodies that do not come keep out nobody whose request is whole.
#[tokio::test]
async fn who_lets_us_wait_for_a_body_takes_no_place_from_others() {
    let shop = Shop::open().await;
    let (token, product) = (shop.token().await, shop.product("phone", 10).await);
    let mut slow = Vec::new();
    for _ in 0..1024 {
        let mut stream = connect(&shop).await;
        stream
            .write_all(b"POST /api/webhooks/payment HTTP/1.1\r\nHost: shop\r\nContent-Length: 5\r\n\r\n")
            .await
            .unwrap();
        slow.push(stream);
    }
    let one_more = async {
        loop {
            let mut stream = connect(&shop).await;
            stream.write_all(b"POST /api/holds HTTP/1.1\r\nHost: shop\r\nContent-Length: 5\r\n\r\n").await.unwrap();
            let heard = timeout(Duration::from_millis(200), hear(&mut stream)).await;
            if heard.is_ok_and(|heard| heard.starts_with("HTTP/1.1 503")) {
                return;
            }
        }
    };
    timeout(Duration::from_secs(5), one_more).await.expect("there is an end");
    for _ in 0..10 {
        assert_eq!(shop.get("/api/products", "").await.status, 200);
        shop.hold(&token, &product, 1).await;
    }
    drop(slow);
}
