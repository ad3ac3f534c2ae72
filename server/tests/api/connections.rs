//! Limits of connections: protocol detection, their number, and the time that slow clients get.

use crate::shop::Shop;
use std::{num::NonZeroUsize, time::Duration};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::{Instant, timeout},
};

const LIVEZ: &[u8] = b"GET /livez HTTP/1.1\r\nHost: shop\r\n\r\n";
/// The limit for pending bodies of one network.
const MAX_PENDING_BODIES: usize = 1024;
/// The file that `with_large_file` adds.
pub const LARGE_FILE: &str = "/img/large.bin";

pub async fn connect(shop: &Shop) -> TcpStream {
    TcpStream::connect(shop.addr).await.unwrap()
}

/// Starts a server with a static file of `size` bytes at [`LARGE_FILE`].
pub async fn with_large_file(size: u64) -> Shop {
    Shop::open_with(|settings| {
        let folder = settings.site_root.as_ref().unwrap().join("img");
        std::fs::create_dir(&folder).unwrap();
        std::fs::File::create(folder.join("large.bin")).unwrap().set_len(size).unwrap();
    })
    .await
}

/// Reads once, as text. Returns an empty string at the end.
async fn read_text(stream: &mut TcpStream) -> String {
    let mut bytes = vec![0; 4096];
    let n = timeout(Duration::from_secs(100), stream.read(&mut bytes)).await.unwrap().unwrap_or(0);
    String::from_utf8_lossy(&bytes[..n]).into_owned()
}

/// Returns the time until the server closes the connection. The clock jumps ahead whenever the runtime is idle.
async fn time_until_closed(stream: &mut TcpStream) -> Duration {
    tokio::time::pause();
    let started = Instant::now();
    while !read_text(stream).await.is_empty() {}
    let elapsed = started.elapsed();
    tokio::time::resume();
    elapsed
}

#[tokio::test]
async fn an_incomplete_http_2_preface_is_read_as_http_1() {
    let shop = Shop::open().await;
    for (bytes, expected) in [
        (&b"PRI * HTTP/2.0\r\n\r\nxx\r\n\r\n"[..], "HTTP/1.1 400"),
        (b"PUT / HTTP/1.1\r\nHost: shop\r\n\r\n", "HTTP/1.1 "),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "HTTP/1.1 400"),
    ] {
        let mut stream = connect(&shop).await;
        // In two parts, with a pause: the server sees the first part alone, which could be either protocol.
        stream.write_all(&bytes[..2]).await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
        stream.write_all(&bytes[2..]).await.unwrap();
        let response = read_text(&mut stream).await;
        assert!(response.starts_with(expected), "{response:?}");
    }
}

#[tokio::test]
async fn connections_beyond_the_limit_get_a_503_at_once() {
    let shop = Shop::open_with(|settings| settings.max_connections = NonZeroUsize::new(2).unwrap()).await;
    let mut open = [connect(&shop).await, connect(&shop).await];
    for stream in &mut open {
        stream.write_all(LIVEZ).await.unwrap();
        assert!(read_text(stream).await.starts_with("HTTP/1.1 200"));
    }
    let mut third = connect(&shop).await;
    third.write_all(LIVEZ).await.unwrap();
    let response = read_text(&mut third).await;
    assert!(response.starts_with("HTTP/1.1 503") && response.contains("Retry-After: 1\r\n"), "{response:?}");
    assert_eq!(read_text(&mut third).await, "", "the server closes the connection");
    drop(open);
    let accepted = async {
        loop {
            let mut next = connect(&shop).await;
            next.write_all(LIVEZ).await.unwrap();
            if read_text(&mut next).await.starts_with("HTTP/1.1 200") {
                return;
            }
        }
    };
    timeout(Duration::from_secs(5), accepted).await.expect("connections are accepted again");
}

#[tokio::test]
async fn a_connection_is_closed_when_a_request_head_stays_incomplete_or_no_request_follows() {
    let shop = Shop::open().await;
    for bytes in [&b"GET /livez HTTP/1.1\r\nHost: sh"[..], b"P", b"PRI * HTTP/2.0\r\n"] {
        let mut stream = connect(&shop).await;
        stream.write_all(bytes).await.unwrap();
        let elapsed = time_until_closed(&mut stream).await;
        assert!((9..=21).contains(&elapsed.as_secs()), "{elapsed:?} for {bytes:?}");
    }
    // The limit also applies to the second request of a connection.
    let mut stream = connect(&shop).await;
    stream.write_all(LIVEZ).await.unwrap();
    assert!(read_text(&mut stream).await.starts_with("HTTP/1.1 200"));
    stream.write_all(&LIVEZ[..20]).await.unwrap();
    let elapsed = time_until_closed(&mut stream).await;
    assert!((9..=11).contains(&elapsed.as_secs()), "{elapsed:?}");
    // An idle connection is kept longer.
    let mut idle = connect(&shop).await;
    idle.write_all(LIVEZ).await.unwrap();
    assert!(read_text(&mut idle).await.starts_with("HTTP/1.1 200"));
    let elapsed = time_until_closed(&mut idle).await;
    assert!((70..=80).contains(&elapsed.as_secs()), "{elapsed:?}");
}

#[tokio::test]
async fn a_client_that_does_not_read_its_response_is_disconnected() {
    let size = 64 * 1024 * 1024;
    let shop = with_large_file(size).await;
    let mut stream = connect(&shop).await;
    stream.write_all(format!("GET {LARGE_FILE} HTTP/1.1\r\nHost: shop\r\n\r\n").as_bytes()).await.unwrap();
    // The clock must not jump before the socket's buffers are full, so this waits in real time.
    wait_until_stalled(&stream).await;
    tokio::time::pause();
    tokio::time::sleep(Duration::from_secs(29)).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    tokio::time::resume();
    let received = read_to_end(&mut stream).await;
    assert!(received < size, "the response was cut off");
    // A client that reads its response gets all of it.
    let mut stream = connect(&shop).await;
    let request = format!("GET {LARGE_FILE} HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let received = read_to_end(&mut stream).await;
    assert!(received > size, "{received}");
}

/// Waits until the number of unread bytes has not grown for a while.
async fn wait_until_stalled(stream: &TcpStream) {
    let mut bytes = vec![0; 16 * 1024 * 1024];
    let (mut before, mut since) = (0, Instant::now());
    while since.elapsed() < Duration::from_millis(300) || before == 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let unread = stream.peek(&mut bytes).await.unwrap();
        if unread != before {
            (before, since) = (unread, Instant::now());
        }
    }
}

/// Returns the number of bytes until the end or a reset.
async fn read_to_end(stream: &mut TcpStream) -> u64 {
    let (mut received, mut bytes) = (0, vec![0; 1 << 20]);
    while let Ok(n @ 1..) = stream.read(&mut bytes).await {
        received += n as u64;
    }
    received
}

#[tokio::test]
async fn requests_with_pending_bodies_do_not_keep_out_other_requests() {
    let shop = Shop::open().await;
    let (token, product) = (shop.token().await, shop.product("phone", 10).await);
    let mut pending = Vec::new();
    for _ in 0..MAX_PENDING_BODIES {
        let mut stream = connect(&shop).await;
        let head = b"POST /api/webhooks/payment HTTP/1.1\r\nHost: shop\r\nContent-Length: 5\r\n\r\n";
        stream.write_all(head).await.unwrap();
        pending.push(stream);
    }
    let rejected = async {
        loop {
            let mut stream = connect(&shop).await;
            stream.write_all(b"POST /api/holds HTTP/1.1\r\nHost: shop\r\nContent-Length: 5\r\n\r\n").await.unwrap();
            let response = timeout(Duration::from_millis(200), read_text(&mut stream)).await;
            if response.is_ok_and(|response| response.starts_with("HTTP/1.1 503")) {
                return;
            }
        }
    };
    timeout(Duration::from_secs(5), rejected).await.expect("further pending bodies are rejected");
    for _ in 0..10 {
        assert_eq!(shop.get("/api/products", "").await.status, 200);
        shop.hold(&token, &product, 1).await;
    }
    drop(pending);
}
