//! HTTP/2 without TLS, as a proxy speaks it: concurrent requests, limits, and connections that are closed.

use crate::{
    connections::{LARGE_FILE, connect, with_large_file},
    shop::Shop,
};
use axum::body::Body;
use http::Request;
use http_body_util::BodyExt as _;
use hyper::client::conn::http2::{Connection, SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::Value;
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::{Instant, timeout},
};

type Client = (SendRequest<Body>, Connection<TokioIo<TcpStream>, Body, TokioExecutor>);

async fn client(shop: &Shop) -> Client {
    handshake(TokioExecutor::new(), TokioIo::new(connect(shop).await)).await.unwrap()
}

fn get(shop: &Shop, path: &str) -> Request<Body> {
    Request::get(format!("http://{}{path}", shop.addr)).body(Body::empty()).unwrap()
}

#[tokio::test]
async fn a_connection_carries_many_requests_and_a_stream_and_ends_when_the_server_stops() {
    let shop = Shop::open().await;
    shop.product("phone", 10).await;
    let (sender, connection) = client(&shop).await;
    let connection = tokio::spawn(connection);
    let send = async |path: &str| sender.clone().send_request(get(&shop, path)).await.unwrap();
    let mut stream = send("/api/products/phone/events").await.into_body();
    let mut text = String::new();
    while !text.contains("data: ") {
        text += &String::from_utf8(stream.frame().await.unwrap().unwrap().into_data().unwrap().into()).unwrap();
    }
    assert!(text.contains("\"available\":10"), "{text}");
    let responses = futures::future::join_all((0..100).map(|_| send("/api/products/phone"))).await;
    for response in responses {
        assert_eq!((response.status().as_u16(), response.version()), (200, http::Version::HTTP_2));
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(serde_json::from_slice::<Value>(&body).unwrap()["slug"], "phone");
    }
    shop.stopping.cancel();
    while let Some(frame) = stream.frame().await {
        frame.unwrap();
    }
    connection.await.unwrap().unwrap();
    timeout(Duration::from_secs(10), shop.serving).await.unwrap().unwrap();
}

/// Flow control lets a client leave a response unread, with the connection open and alive.
#[tokio::test]
async fn a_client_that_does_not_read_its_response_or_sends_no_request_is_disconnected() {
    // More than the client's flow-control window.
    let shop = with_large_file(16 * 1024 * 1024).await;
    for (path, seconds) in [(LARGE_FILE, 28..=42), ("/livez", 70..=85)] {
        let (mut sender, connection) = client(&shop).await;
        let connection = tokio::spawn(connection);
        let response = sender.send_request(get(&shop, path)).await.unwrap();
        assert_eq!(response.status(), 200);
        // The large body is kept, and not read.
        let unread = if path == LARGE_FILE {
            Some(response)
        } else {
            drop(response.into_body().collect().await);
            None
        };
        tokio::time::pause();
        let started = Instant::now();
        let _ = timeout(Duration::from_secs(200), connection).await.expect("the connection ends");
        let elapsed = started.elapsed().as_secs();
        tokio::time::resume();
        assert!(seconds.contains(&elapsed), "{elapsed} s for {path}");
        drop(unread);
    }
}

#[tokio::test]
async fn a_watcher_of_a_quiet_stream_stays_connected() {
    let shop = Shop::open().await;
    shop.product("phone", 1).await;
    let (mut sender, connection) = client(&shop).await;
    let connection = tokio::spawn(connection);
    let mut events = sender.send_request(get(&shop, "/api/products/phone/events")).await.unwrap().into_body();
    tokio::time::pause();
    let end = Instant::now() + Duration::from_mins(2);
    while let Ok(frame) = tokio::time::timeout_at(end, events.frame()).await {
        frame.expect("the stream goes on").unwrap();
    }
    tokio::time::resume();
    assert!(!connection.is_finished());
}

/// A client that writes frames itself, since a library would answer the server's pings.
struct RawClient(TcpStream);

const SETTINGS: u8 = 4;
const SETTINGS_MAX_CONCURRENT_STREAMS: u16 = 3;
const PING: u8 = 6;

impl RawClient {
    async fn connect(shop: &Shop) -> Self {
        let mut stream = connect(shop).await;
        stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.unwrap();
        let mut client = Self(stream);
        client.send(SETTINGS, 0, 0, &[]).await;
        client
    }

    async fn send(&mut self, kind: u8, flags: u8, stream: u32, payload: &[u8]) {
        let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
        let head = [&length[1..], &[kind, flags], &stream.to_be_bytes()].concat();
        self.0.write_all(&[&head, payload].concat()).await.unwrap();
    }

    /// Requests `path` on a new stream (RFC 9113 §6.2), with header fields that are not compressed (RFC 7541).
    async fn get(&mut self, stream: u32, path: &str) {
        let length = u8::try_from(path.len()).unwrap();
        // Indexed: `:method: GET` and `:scheme: http`. Literal: `:path` and `:authority`.
        let fields = [&[0x82, 0x86, 0x04, length], path.as_bytes(), &[0x01, 4], b"shop"].concat();
        // HEADERS, with END_STREAM and END_HEADERS.
        self.send(1, 0x5, stream, &fields).await;
    }

    /// Returns the kind and payload of the next frame; `None` at the end.
    async fn frame(&mut self) -> Option<(u8, Vec<u8>)> {
        let mut head = [0; 9];
        self.0.read_exact(&mut head).await.ok()?;
        let mut payload = vec![0; u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize];
        self.0.read_exact(&mut payload).await.ok()?;
        Some((head[3], payload))
    }
}

#[tokio::test]
async fn a_client_that_does_not_answer_pings_is_disconnected() {
    let shop = Shop::open().await;
    shop.product("phone", 1).await;
    let mut client = RawClient::connect(&shop).await;
    // An open stream, since a connection without one is closed for being idle.
    client.get(1, "/api/products/phone/events").await;
    tokio::time::pause();
    let started = Instant::now();
    let read_all = async {
        let mut pings = 0;
        while let Some((kind, _)) = client.frame().await {
            pings += usize::from(kind == PING);
        }
        pings
    };
    let pings = timeout(Duration::from_mins(5), read_all).await.expect("the connection ends");
    let elapsed = started.elapsed().as_secs();
    tokio::time::resume();
    assert!(pings >= 1 && (39..=45).contains(&elapsed), "{pings} pings, {elapsed} s");
}

#[tokio::test]
async fn a_connection_has_at_most_256_concurrent_streams() {
    const MAX_STREAMS: u32 = 256;
    let shop = Shop::open().await;
    shop.product("phone", 1).await;
    let mut client = RawClient::connect(&shop).await;
    let (kind, settings) = client.frame().await.unwrap();
    assert_eq!(kind, SETTINGS);
    let limit = settings.chunks(6).find_map(|setting| {
        let (id, value) = setting.split_at(2);
        (id == SETTINGS_MAX_CONCURRENT_STREAMS.to_be_bytes()).then(|| u32::from_be_bytes(value.try_into().unwrap()))
    });
    assert_eq!(limit, Some(MAX_STREAMS));

    // A client that ignores the limit has its further streams reset.
    for n in 0..=MAX_STREAMS {
        client.get(2 * n + 1, "/api/products/phone/events").await;
    }
    let reset = async {
        loop {
            let (kind, payload) = client.frame().await.expect("the connection stays open");
            // RST_STREAM, with REFUSED_STREAM.
            if kind == 3 {
                return payload;
            }
        }
    };
    let error = timeout(Duration::from_secs(10), reset).await.expect("the last stream is refused");
    assert_eq!(error, 7_u32.to_be_bytes());
}
