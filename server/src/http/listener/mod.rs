//! Accepts connections, serves each in a task, and shuts down in order. Unlike `axum::serve` it limits the number of
//! connections, the time that a client takes to send headers and to read responses, and the time of a shutdown.

mod connection_state;
mod http1;
mod http2;
mod load_shed;
mod sse_writer;
mod stream_tracker;

use axum::Router;
use hyper::server::conn::{http1 as hyper_http1, http2 as hyper_http2};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use socket2::SockRef;
use std::{io, net::SocketAddr, num::NonZeroUsize, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    time::timeout,
};
use tokio_util::sync::CancellationToken;

/// Idle time after which a connection is closed. Longer than that of proxies, so that they close first.
const IDLE_TIMEOUT: Duration = Duration::from_secs(75);
/// Time for a client to send a request's head, once it has begun.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// Time for a client to read a response that is ready. A watcher reconnects.
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);
/// Time for requests to finish during a shutdown.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);
/// Unsent bytes that the kernel may buffer for a slow client. Beyond that, writes wait, so that a slow watcher's next event
/// is the newest one.
const UNSENT_LIMIT: u32 = 16 * 1024;
/// Buffer of a connection's unread requests, and of its unwritten responses, in bytes. It also limits headers.
const BUFFER_SIZE: usize = 64 * 1024;
/// Concurrent requests on one HTTP/2 connection, which a proxy shares among many clients.
const MAX_HTTP2_STREAMS: u32 = 256;
/// Interval and time limit of HTTP/2 keep-alive pings.
const HTTP2_PING_INTERVAL: Duration = Duration::from_secs(20);
/// Pause after a failed accept, as when file descriptors run out.
const ACCEPT_RETRY_INTERVAL: Duration = Duration::from_millis(100);
/// File descriptors reserved for the database, the storefront's files and the log.
const RESERVED_FILES: u64 = 128;

/// hyper's settings for each protocol.
#[derive(Clone)]
struct Protocols {
    http1: hyper_http1::Builder,
    http2: hyper_http2::Builder<TokioExecutor>,
}

impl Protocols {
    fn new() -> Self {
        let (mut http1, mut http2) = (hyper_http1::Builder::new(), hyper_http2::Builder::new(TokioExecutor::new()));
        // Responses are small: copying them into one buffer costs less than a vectored write.
        http1.timer(TokioTimer::new()).header_read_timeout(IDLE_TIMEOUT).writev(false).max_buf_size(BUFFER_SIZE);
        http2.timer(TokioTimer::new()).keep_alive_interval(HTTP2_PING_INTERVAL).keep_alive_timeout(HTTP2_PING_INTERVAL);
        http2.max_concurrent_streams(MAX_HTTP2_STREAMS).max_send_buf_size(BUFFER_SIZE).max_header_list_size(16 * 1024);
        Self { http1, http2 }
    }
}

/// Raises the limit of open files, and returns the number of connections that fit: `wanted`, or fewer.
pub fn max_connections(wanted: NonZeroUsize) -> usize {
    let files = rlimit::increase_nofile_limit(u64::MAX).unwrap_or(1024);
    let max = usize::try_from(files.saturating_sub(RESERVED_FILES)).unwrap_or(usize::MAX).max(1);
    if max < wanted.get() {
        tracing::warn!(
            files,
            connections = max,
            "the limit of open files allows fewer connections than configured: see ulimit -n"
        );
    }
    max.min(wanted.get())
}

/// Serves until `stopping` is cancelled, then until requests have finished, or `DRAIN_TIMEOUT`. Connections beyond
/// `max_connections` are rejected.
pub async fn serve(listener: TcpListener, router: Router, max_connections: usize, stopping: CancellationToken) {
    let (protocols, load_shed) = (Protocols::new(), load_shed::LoadShed::default());
    // Each connection holds a receiver, so the receivers count the connections.
    let (draining, open) = watch::channel(());
    while let Some(accepted) = stopping.run_until_cancelled(listener.accept()).await {
        match accepted {
            Ok((stream, _)) if draining.receiver_count() > max_connections => {
                load_shed.reject(stream);
            }
            Ok((stream, peer)) => {
                configure(&stream);
                tokio::spawn(serve_connection(protocols.clone(), stream, peer, router.clone(), open.clone()));
            }
            Err(error) => recover(&error).await,
        }
    }
    drop((listener, open));
    tracing::info!(connections = draining.receiver_count(), "stopping: draining the open connections");
    draining.send_replace(());
    if timeout(DRAIN_TIMEOUT, draining.closed()).await.is_err() {
        tracing::warn!(seconds = DRAIN_TIMEOUT.as_secs(), "some requests did not finish in time");
    }
}

/// Detects the protocol of a connection, and serves it.
async fn serve_connection(
    protocols: Protocols,
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    mut draining: watch::Receiver<()>,
) {
    let is_http2 = tokio::select! {
        biased;
        is_http2 = timeout(IDLE_TIMEOUT, http2::detect(&stream)) => is_http2.ok().flatten(),
        _ = draining.changed() => return,
    };
    match is_http2 {
        Some(false) => http1::serve(protocols.http1, stream, peer, router, draining).await,
        // Boxed, because its future is large and HTTP/1 connections should not carry its size.
        Some(true) => Box::pin(http2::serve(protocols.http2, stream, peer, router, draining)).await,
        None => {}
    }
}

fn configure(stream: &TcpStream) {
    // Responses are small and awaited, so Nagle's algorithm gains nothing.
    let _ = stream.set_nodelay(true);
    let _ = SockRef::from(stream).set_tcp_notsent_lowat(UNSENT_LIMIT);
}

/// Waits after a failed accept, unless the client just gave up.
async fn recover(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::warn!(%error, "a connection could not be accepted");
        tokio::time::sleep(ACCEPT_RETRY_INTERVAL).await;
    }
}
