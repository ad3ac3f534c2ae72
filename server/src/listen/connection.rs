//! One connection: hyper speaks HTTP on it, until an answer turns out to be endless. Once its head is out, the connection is
//! taken from hyper, which would keep two buffers of 8 KiB for as long as somebody watches.

use super::stream::{self, HeadNoted, Seat};
use crate::{passage::Passage, sse::Endless};
use axum::{body::Body, extract::Request, response::Response};
use futures::StreamExt as _;
use http::{Method, Version};
use hyper::{
    body::Incoming,
    server::conn::http1::{self, Connection},
    service::{HttpService, service_fn},
};
use hyper_util::rt::TokioIo;
use std::{convert::Infallible, error::Error, future::poll_fn, pin::Pin, sync::Arc, task::Poll};
use tokio::{net::TcpStream, sync::watch};

type Io = TokioIo<HeadNoted<TcpStream>>;

/// Answers what comes in on `stream`, until either side ends it; when `ending` tells, after the request under way.
pub(super) async fn converse(
    http: http1::Builder,
    stream: TcpStream,
    passage: Passage,
    mut ending: watch::Receiver<()>,
) {
    let seat = Arc::new(Seat::default());
    let service = service_fn(|request: Request<Incoming>| answer(passage.clone(), seat.clone(), request));
    let mut connection = http.serve_connection(TokioIo::new(HeadNoted::new(stream, seat.clone())), service);
    let is_over = tokio::select! {
        biased;
        is_over = drive(&mut connection, &seat) => is_over,
        _ = ending.changed() => {
            Pin::new(&mut connection).graceful_shutdown();
            drive(&mut connection, &seat).await
        }
    };
    if is_over {
        return;
    }
    let stream = connection.into_parts().io.into_inner().into_inner();
    if let Some(pieces) = seat.take() {
        // A task of its own, for this one is as large as all that hyper needed.
        tokio::spawn(async move {
            stream::send(stream, pieces).await;
            drop(ending);
        });
    }
}

/// Until the connection is over, which is `true`, or is to be handed over.
async fn drive<S>(connection: &mut Connection<Io, S>, seat: &Seat) -> bool
where
    S: HttpService<Incoming, ResBody = Body> + Unpin,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
{
    poll_fn(|cx| match Pin::new(&mut *connection).poll(cx) {
        Poll::Ready(end) => {
            if let Err(error) = end {
                tracing::debug!(%error, "a connection broke");
            }
            Poll::Ready(true)
        }
        Poll::Pending if seat.is_head_out() => Poll::Ready(false),
        Poll::Pending => Poll::Pending,
    })
    .await
}

/// Answers one request. Endless answers are left in the seat.
async fn answer(passage: Passage, seat: Arc<Seat>, request: Request<Incoming>) -> Result<Response, Infallible> {
    // Before 1.1, and where no body is wanted, answers are framed otherwise.
    let (is_get, is_chunked) = (request.method() == Method::GET, request.version() == Version::HTTP_11);
    let mut response = passage.pass(request.map(Body::new)).await;
    let pieces = response.extensions_mut().remove::<Endless>().and_then(|endless| endless.take());
    match pieces.filter(|_| is_get) {
        Some(pieces) if is_chunked => seat.leave(pieces),
        Some(pieces) => *response.body_mut() = Body::from_stream(pieces.map(Ok::<_, Infallible>)),
        None => {}
    }
    Ok(response)
}
