//! Server-sent events. A stream begins with the present state, sends a comment when it is idle, and ends at once when the
//! server stops.

use crate::telemetry::metrics::Metrics;
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
use tokio_util::sync::CancellationToken;

/// Idle time after which a comment is sent, so that proxies keep the connection.
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(15);
/// Range of the reconnection delay that watchers are told, in milliseconds: random, so that a restart does not bring
/// them all back at once.
const RETRY_MS: std::ops::Range<u32> = 300..1_500;

/// Formats an event with data that is already serialised.
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

/// The text of a stream, in chunks.
pub type Chunks = Pin<Box<dyn Stream<Item = Bytes> + Send>>;

/// A stream of events in a response's extensions. The listener takes it and writes it to the socket itself; as a body, it
/// would be copied through buffers that each watcher's connection would have to keep.
#[derive(Clone)]
pub struct EventStream(Arc<Mutex<Option<Chunks>>>);

impl EventStream {
    /// Returns the chunks, once.
    pub fn take(&self) -> Option<Chunks> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Builds responses that stream events.
#[derive(Clone)]
pub struct EventStreams {
    metrics: Arc<Metrics>,
    stopping: CancellationToken,
}

impl EventStreams {
    /// Counts its watchers in `metrics`, and ends its streams when `stopping` is cancelled.
    pub fn new(metrics: Arc<Metrics>, stopping: CancellationToken) -> Self {
        Self { metrics, stopping }
    }

    /// Streams `events` until they end, the watcher disconnects, or the server stops.
    pub fn respond(&self, events: impl Stream<Item = Bytes> + Send + 'static) -> Response {
        let watcher = self.metrics.watcher();
        self.respond_uncounted(events.inspect(move |_| _ = &watcher))
    }

    /// As [`EventStreams::respond`], for a stream that does not count as a watcher of the shop.
    pub fn respond_uncounted(&self, events: impl Stream<Item = Bytes> + Send + 'static) -> Response {
        let retry = RETRY_MS.start + getrandom::u32().unwrap_or(0) % (RETRY_MS.end - RETRY_MS.start);
        let first = stream::iter([Bytes::from(format!("retry: {retry}\n\n"))]);
        let stopped = self.stopping.clone().cancelled_owned();
        let chunks: Chunks = Box::pin(first.chain(with_comments(events)).take_until(stopped));
        let headers = [
            (header::CONTENT_TYPE, "text/event-stream"),
            (header::CACHE_CONTROL, "no-cache, no-transform"),
            (HeaderName::from_static("x-accel-buffering"), "no"),
        ];
        let placeholder = Body::from_stream(stream::pending::<Result<Bytes, Infallible>>());
        (headers, Extension(EventStream(Arc::new(Mutex::new(Some(chunks))))), placeholder).into_response()
    }
}

fn with_comments(events: impl Stream<Item = Bytes> + Send + 'static) -> impl Stream<Item = Bytes> + Send {
    stream::unfold(Box::pin(events), async |mut events| {
        match tokio::time::timeout(KEEP_ALIVE_INTERVAL, events.next()).await {
            Ok(next) => next.map(|event| (event, events)),
            Err(_) => Some((Bytes::from_static(b": keep-alive\n\n"), events)),
        }
    })
}
