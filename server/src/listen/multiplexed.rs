//! One connection that speaks HTTP/2 without TLS, as a proxy may to whom it was told so: hyper does all of it.

use super::{
    HEAD_WITHIN,
    streams::{Standing, Stream, Streams},
};
use crate::{limits::Peer, passage::Passage, sse::Endless};
use axum::{body::Body, extract::Request, response::Response};
use futures::StreamExt as _;
use http::Method;
use hyper::{body::Incoming, server::conn::http2, service::service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::{convert::Infallible, pin::pin, time::Duration};
use tokio::{net::TcpStream, sync::watch, time::timeout};

/// What such a connection begins with (RFC 9113 §3.4).
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// How long to wait for the rest of what may be the preface; it doubles each time.
const MOMENT: Duration = Duration::from_millis(5);
/// How often to look whether the client still takes and asks.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Does the client speak HTTP/2? Nothing is taken from the stream. `None` when it says too little in time, or has left.
pub(super) async fn is_spoken(stream: &TcpStream) -> Option<bool> {
    let mut said = [0; PREFACE.len()];
    let mut known = stream.peek(&mut said).await.ok().filter(|n| *n > 0)?;
    // Hardly anybody sends it in two pieces.
    let whole = async {
        let mut moment = MOMENT;
        while known < PREFACE.len() && PREFACE.starts_with(&said[..known]) {
            tokio::time::sleep(moment).await;
            moment *= 2;
            known = stream.peek(&mut said).await.unwrap_or(0);
        }
    };
    timeout(HEAD_WITHIN, whole).await.ok()?;
    (known > 0).then(|| said[..known] == PREFACE[..])
}

/// Answers what comes in on `stream`, until either side ends it; when `ending` tells, after the requests under way.
pub(super) async fn converse(
    http: http2::Builder<TokioExecutor>,
    stream: TcpStream,
    peer: Peer,
    passage: Passage,
    mut ending: watch::Receiver<()>,
) {
    let streams = Streams::default();
    let service = service_fn(|request: Request<Incoming>| answer(passage.clone(), peer, streams.begin(), request));
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service));
    let mut looks = tokio::time::interval(LOOK_EVERY);
    let mut is_ending = false;
    loop {
        tokio::select! {
            biased;
            end = connection.as_mut() => {
                if let Err(error) = end {
                    tracing::debug!(%error, "a connection broke");
                }
                return;
            }
            _ = ending.changed(), if !is_ending => {
                connection.as_mut().graceful_shutdown();
                is_ending = true;
            }
            _ = looks.tick() => match streams.standing() {
                Standing::InUse => {}
                // The client is told, so that it sends its next request elsewhere.
                Standing::Idle if !is_ending => {
                    connection.as_mut().graceful_shutdown();
                    is_ending = true;
                }
                standing => {
                    tracing::debug!(?standing, "a client was too slow");
                    return;
                }
            },
        }
    }
}

async fn answer(
    passage: Passage,
    peer: Peer,
    stream: Stream,
    request: Request<Incoming>,
) -> Result<Response, Infallible> {
    let is_get = request.method() == Method::GET;
    let mut response = passage.pass(peer, request.map(Body::new)).await;
    let pieces = response.extensions_mut().remove::<Endless>().and_then(|endless| endless.take());
    if let Some(pieces) = pieces.filter(|_| is_get) {
        *response.body_mut() = Body::from_stream(pieces.map(Ok::<_, Infallible>));
    }
    Ok(response.map(|body| stream.carry(body)))
}
