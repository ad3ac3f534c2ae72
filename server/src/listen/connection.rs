//! One connection that speaks HTTP/1.1: hyper does, until an answer turns out to be endless. Once its head is out, the
//! connection is taken from hyper, which would keep two buffers of 8 KiB for as long as somebody watches.

use super::{
    HEAD_WITHIN, TAKES_WITHIN,
    seat::{Awaited, Noted, Seat},
    stream,
};
use crate::{limits::Peer, passage::Passage, sse::Endless};
use axum::{body::Body, extract::Request, response::Response};
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
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};
use tokio::{net::TcpStream, sync::watch, time::Sleep};

type Io = TokioIo<Noted<TcpStream>>;

/// Answers what comes in on `stream`, until either side ends it; when `ending` tells, after the request under way.
pub(super) async fn converse(
    http: http1::Builder,
    stream: TcpStream,
    peer: Peer,
    passage: Passage,
    mut ending: watch::Receiver<()>,
) {
    let seat = Arc::new(Seat::default());
    let service = service_fn(|request: Request<Incoming>| answer(passage.clone(), peer, seat.clone(), request));
    let mut connection = http.serve_connection(TokioIo::new(Noted::new(stream, seat.clone())), service);
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
    let mut patience = Patience::default();
    poll_fn(|cx| match Pin::new(&mut *connection).poll(cx) {
        Poll::Ready(end) => {
            if let Err(error) = end {
                tracing::debug!(%error, "a connection broke");
            }
            Poll::Ready(true)
        }
        Poll::Pending if seat.is_head_out() => Poll::Ready(false),
        Poll::Pending => patience.poll(seat.awaited(), cx).map(|()| true),
    })
    .await
}

/// How long a client is waited for while it is its turn. An honest one is never waited for at all: its head comes in one
/// piece, and it takes what it asked for.
#[derive(Default)]
struct Patience(Option<(Awaited, Pin<Box<Sleep>>)>);

impl Patience {
    /// Ready when it has run out.
    fn poll(&mut self, awaited: Awaited, cx: &mut Context<'_>) -> Poll<()> {
        let limit = match awaited {
            Awaited::Nothing => {
                self.0 = None;
                return Poll::Pending;
            }
            Awaited::Head => HEAD_WITHIN,
            Awaited::Taking => TAKES_WITHIN,
        };
        let (_, sleep) = match self.0.take_if(|(before, _)| *before == awaited) {
            Some(same) => self.0.insert(same),
            None => self.0.insert((awaited, Box::pin(tokio::time::sleep(limit)))),
        };
        let over = sleep.as_mut().poll(cx);
        if over.is_ready() {
            tracing::debug!(?awaited, "a client was too slow");
        }
        over
    }
}

/// Answers one request. Endless answers are left in the seat.
async fn answer(
    passage: Passage,
    peer: Peer,
    seat: Arc<Seat>,
    request: Request<Incoming>,
) -> Result<Response, Infallible> {
    seat.answer_begins();
    // Before 1.1, and where no body is wanted, answers are framed otherwise.
    let (is_get, is_chunked) = (request.method() == Method::GET, request.version() == Version::HTTP_11);
    let mut response = passage.pass(peer, request.map(Body::new)).await;
    seat.answer_is_made();
    let pieces = response.extensions_mut().remove::<Endless>().and_then(|endless| endless.take());
    match pieces.filter(|_| is_get) {
        Some(pieces) if is_chunked => seat.leave(pieces),
        Some(pieces) => *response.body_mut() = Body::from_stream(pieces.map(Ok::<_, Infallible>)),
        None => {}
    }
    Ok(response)
}
