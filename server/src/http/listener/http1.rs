//! Serves an HTTP/1 connection by hyper. When a response is an event stream, the socket is taken from hyper once the
//! response's head is written: hyper would keep two buffers of 8 KiB for each watcher.

use super::{
    HEAD_TIMEOUT, WRITE_TIMEOUT,
    connection_state::{ConnectionState, TrackedIo, Waiting},
    sse_writer,
};
use crate::http::sse::EventStream;
use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
    response::Response,
};
use futures::StreamExt as _;
use http::{Method, Version};
use hyper::{
    body::Incoming,
    server::conn::http1::{self, Connection},
    service::{HttpService, service_fn},
};
use hyper_util::rt::TokioIo;
use std::{
    convert::Infallible,
    error::Error,
    future::{Future as _, poll_fn},
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};
use tokio::{net::TcpStream, sync::watch, time::Sleep};
use tower::Service as _;

type Io = TokioIo<TrackedIo<TcpStream>>;

/// Serves requests until either side closes the connection; when `draining` changes, until the current request ends.
pub(super) async fn serve(
    http: http1::Builder,
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    mut draining: watch::Receiver<()>,
) {
    let state = Arc::new(ConnectionState::default());
    let service = service_fn(|request: Request<Incoming>| respond(router.clone(), peer, state.clone(), request));
    let mut connection = http.serve_connection(TokioIo::new(TrackedIo::new(stream, state.clone())), service);
    let is_finished = tokio::select! {
        biased;
        is_finished = drive(&mut connection, &state) => is_finished,
        _ = draining.changed() => {
            Pin::new(&mut connection).graceful_shutdown();
            drive(&mut connection, &state).await
        }
    };
    if is_finished {
        return;
    }
    let stream = connection.into_parts().io.into_inner().into_inner();
    if let Some(chunks) = state.take_stream() {
        // A new task, because this one is as large as hyper's connection.
        tokio::spawn(async move {
            sse_writer::write(stream, chunks).await;
            drop(draining);
        });
    }
}

/// Drives the connection until it is closed (`true`), or until an event stream takes it over (`false`).
async fn drive<S>(connection: &mut Connection<Io, S>, state: &ConnectionState) -> bool
where
    S: HttpService<Incoming, ResBody = Body> + Unpin,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let mut deadline = Deadline::default();
    poll_fn(|cx| match Pin::new(&mut *connection).poll(cx) {
        Poll::Ready(end) => {
            if let Err(error) = end {
                tracing::debug!(%error, "connection failed");
            }
            Poll::Ready(true)
        }
        Poll::Pending if state.is_stream_head_written() => Poll::Ready(false),
        Poll::Pending => deadline.poll(state.waiting_for(), cx).map(|()| true),
    })
    .await
}

/// The deadline of what the connection waits for. Honest clients rarely start one: their heads arrive in one packet, and
/// they read their responses.
#[derive(Default)]
struct Deadline(Option<(Waiting, Pin<Box<Sleep>>)>);

impl Deadline {
    /// Ready when the deadline has passed.
    fn poll(&mut self, waiting: Waiting, cx: &mut Context<'_>) -> Poll<()> {
        let limit = match waiting {
            Waiting::None => {
                self.0 = None;
                return Poll::Pending;
            }
            Waiting::RequestHead => HEAD_TIMEOUT,
            Waiting::ResponseRead => WRITE_TIMEOUT,
        };
        let (_, sleep) = match self.0.take_if(|(before, _)| *before == waiting) {
            Some(same) => self.0.insert(same),
            None => self.0.insert((waiting, Box::pin(tokio::time::sleep(limit)))),
        };
        let passed = sleep.as_mut().poll(cx);
        if passed.is_ready() {
            tracing::debug!(?waiting, "client is too slow");
        }
        passed
    }
}

/// Responds to one request. An event stream is left in the connection's state.
async fn respond(
    mut router: Router,
    peer: SocketAddr,
    state: Arc<ConnectionState>,
    request: Request<Incoming>,
) -> Result<Response, Infallible> {
    state.request_started();
    // HTTP/1.0 responses and responses to HEAD are not chunked.
    let (is_get, is_chunked) = (request.method() == Method::GET, request.version() == Version::HTTP_11);
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    let mut response = router.call(request).await?;
    state.response_ready();
    let chunks = response.extensions_mut().remove::<EventStream>().and_then(|stream| stream.take());
    match chunks.filter(|_| is_get) {
        Some(chunks) if is_chunked => state.set_stream(chunks),
        Some(chunks) => *response.body_mut() = Body::from_stream(chunks.map(Ok::<_, Infallible>)),
        None => {}
    }
    Ok(response)
}
