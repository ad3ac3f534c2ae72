//! Server-sent events: the present state first, then news; a comment now and then so that nobody in between gives up;
//! ends at once when the server stops, so that it can drain.

use crate::state::AppState;
use axum::{
    Extension,
    body::Body,
    response::{IntoResponse, Response},
};
use bytes::{BufMut as _, Bytes, BytesMut};
use futures::{Stream, StreamExt as _, stream};
use http::{HeaderName, header};
use std::{
    convert::Infallible,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// A comment goes out after this much silence.
const SILENCE: Duration = Duration::from_secs(15);
/// When a lost watcher comes back, at the earliest and at the latest: spread, so that a restart is not a stampede.
const RETRY_MS: std::ops::Range<u32> = 300..1_500;

/// An event whose data are ready as they are.
pub fn event(name: &str, id: Option<u64>, data: &[u8]) -> Bytes {
    let mut text = BytesMut::with_capacity(data.len() + name.len() + 48);
    text.put_slice(b"event: ");
    text.put_slice(name.as_bytes());
    if let Some(id) = id {
        text.put_slice(b"\nid: ");
        text.put_slice(id.to_string().as_bytes());
    }
    text.put_slice(b"\ndata: ");
    text.put_slice(data);
    text.put_slice(b"\n\n");
    text.freeze()
}

/// The text of a stream, piece by piece.
pub type Pieces = Pin<Box<dyn Stream<Item = Bytes> + Send>>;

/// Goes along with an answer whose body never comes: whoever writes the answer takes the pieces out. In a body, they would be
/// copied through buffers that every watcher's connection would have to keep.
#[derive(Clone)]
pub struct Endless(Arc<Mutex<Option<Pieces>>>);

impl Endless {
    /// The pieces, once.
    pub fn take(&self) -> Option<Pieces> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Streams `events` until they end, the watcher leaves, or the server stops.
pub fn answer(events: impl Stream<Item = Bytes> + Send + 'static, state: &AppState) -> Response {
    let watcher = state.metrics.watcher();
    let events = events.inspect(move |_| _ = &watcher);
    let spread = RETRY_MS.end - RETRY_MS.start;
    let retry = RETRY_MS.start + getrandom::u32().unwrap_or(0) % spread;
    let greeting = stream::iter([Bytes::from(format!("retry: {retry}\n\n"))]);
    let stopped = state.stopping.clone().cancelled_owned();
    let pieces: Pieces = Box::pin(greeting.chain(with_comments(events)).take_until(stopped));
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-cache, no-transform"),
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    let nothing_yet = Body::from_stream(stream::pending::<Result<Bytes, Infallible>>());
    (headers, Extension(Endless(Arc::new(Mutex::new(Some(pieces))))), nothing_yet).into_response()
}

fn with_comments(events: impl Stream<Item = Bytes> + Send + 'static) -> impl Stream<Item = Bytes> + Send {
    stream::unfold(Box::pin(events), async |mut events| match tokio::time::timeout(SILENCE, events.next()).await {
        Ok(news) => news.map(|event| (event, events)),
        Err(_) => Some((Bytes::from_static(b": still here\n\n"), events)),
    })
}
