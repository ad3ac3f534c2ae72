//! Serves an HTTP/2 connection without TLS (as a proxy may open one) by hyper.

use super::{
    HEAD_TIMEOUT,
    stream_tracker::{ClientActivity, StreamTracker, TrackedStream},
};
use crate::http::sse::EventStream;
use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
    response::Response,
};
use futures::StreamExt as _;
use http::Method;
use hyper::{body::Incoming, server::conn::http2, service::service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::{convert::Infallible, net::SocketAddr, pin::pin, time::Duration};
use tokio::{net::TcpStream, sync::watch, time::timeout};
use tower::Service as _;

/// The connection preface (RFC 9113 §3.4).
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// First delay before looking for the rest of the preface; it doubles each time.
const PREFACE_RETRY_INTERVAL: Duration = Duration::from_millis(5);
/// Interval of checks for idle and slow clients.
const CHECK_INTERVAL: Duration = Duration::from_secs(5);

/// Whether the client speaks HTTP/2. Peeks only. `None` if it sends too little in time, or has disconnected.
pub(super) async fn detect(stream: &TcpStream) -> Option<bool> {
    let mut seen = [0; PREFACE.len()];
    let mut length = stream.peek(&mut seen).await.ok().filter(|n| *n > 0)?;
    // The preface nearly always arrives in one packet.
    let whole = async {
        let mut delay = PREFACE_RETRY_INTERVAL;
        while length < PREFACE.len() && PREFACE.starts_with(&seen[..length]) {
            tokio::time::sleep(delay).await;
            delay *= 2;
            length = stream.peek(&mut seen).await.unwrap_or(0);
        }
    };
    timeout(HEAD_TIMEOUT, whole).await.ok()?;
    (length > 0).then(|| seen[..length] == PREFACE[..])
}

/// Serves requests until either side closes the connection; when `draining` changes, until the current requests end.
pub(super) async fn serve(
    http: http2::Builder<TokioExecutor>,
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    mut draining: watch::Receiver<()>,
) {
    let streams = StreamTracker::default();
    let service = service_fn(|request: Request<Incoming>| respond(router.clone(), peer, streams.begin(), request));
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service));
    let mut checks = tokio::time::interval(CHECK_INTERVAL);
    let mut is_draining = false;
    loop {
        tokio::select! {
            biased;
            end = connection.as_mut() => {
                if let Err(error) = end {
                    tracing::debug!(%error, "connection failed");
                }
                return;
            }
            _ = draining.changed(), if !is_draining => {
                connection.as_mut().graceful_shutdown();
                is_draining = true;
            }
            _ = checks.tick() => match streams.activity() {
                ClientActivity::Active => {}
                // Graceful, so that the client sends its next request on another connection.
                ClientActivity::Idle if !is_draining => {
                    connection.as_mut().graceful_shutdown();
                    is_draining = true;
                }
                activity => {
                    tracing::debug!(?activity, "client is too slow");
                    return;
                }
            },
        }
    }
}

async fn respond(
    mut router: Router,
    peer: SocketAddr,
    stream: TrackedStream,
    request: Request<Incoming>,
) -> Result<Response, Infallible> {
    let is_get = request.method() == Method::GET;
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    let mut response = router.call(request).await?;
    let chunks = response.extensions_mut().remove::<EventStream>().and_then(|stream| stream.take());
    if let Some(chunks) = chunks.filter(|_| is_get) {
        *response.body_mut() = Body::from_stream(chunks.map(Ok::<_, Infallible>));
    }
    Ok(response.map(|body| stream.track(body)))
}
