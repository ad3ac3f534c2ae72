//! Tracks the streams of an HTTP/2 connection. Flow control lets a client leave responses unread, and hyper would wait for
//! ever. The tracker knows which responses have data that the client has not read, and since when.

use super::{IDLE_TIMEOUT, WRITE_TIMEOUT};
use axum::{
    Error,
    body::{Body, HttpBody},
};
use bytes::Bytes;
use hyper::body::{Frame, SizeHint};
use std::{
    collections::HashMap,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};
use tokio::time::Instant;

/// The streams of one connection.
#[derive(Clone)]
pub(super) struct StreamTracker(Arc<Mutex<Inner>>);

struct Inner {
    next: u64,
    open: usize,
    /// Time at which the last stream ended, or the connection began.
    idle_since: Instant,
    /// Responses that wait for the client to read, and since when.
    unread: HashMap<u64, Instant>,
}

/// Activity of a connection's client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ClientActivity {
    /// Requests are in progress, or ended recently.
    Active,
    /// There was no request for [`IDLE_TIMEOUT`].
    Idle,
    /// A response has been unread for [`WRITE_TIMEOUT`].
    Unread,
}

impl Default for StreamTracker {
    fn default() -> Self {
        let inner = Inner { next: 0, open: 0, idle_since: Instant::now(), unread: HashMap::new() };
        Self(Arc::new(Mutex::new(inner)))
    }
}

impl StreamTracker {
    /// Starts tracking a request.
    pub(super) fn begin(&self) -> TrackedStream {
        let mut all = self.locked();
        all.next += 1;
        all.open += 1;
        TrackedStream { id: all.next, tracker: self.clone() }
    }

    /// Returns the client's current activity.
    pub(super) fn activity(&self) -> ClientActivity {
        let all = self.locked();
        if all.open == 0 && all.idle_since.elapsed() >= IDLE_TIMEOUT {
            ClientActivity::Idle
        } else if all.unread.values().any(|since| since.elapsed() >= WRITE_TIMEOUT) {
            ClientActivity::Unread
        } else {
            ClientActivity::Active
        }
    }

    fn locked(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One request and its response, until the response is sent.
pub(super) struct TrackedStream {
    id: u64,
    tracker: StreamTracker,
}

impl TrackedStream {
    /// Wraps the response's body, to track whether the client reads it.
    pub(super) fn track(self, body: Body) -> Body {
        self.wait_for_client();
        Body::new(TrackedBody { body, stream: self })
    }

    fn wait_for_client(&self) {
        self.tracker.locked().unread.insert(self.id, Instant::now());
    }

    fn wait_for_server(&self) {
        self.tracker.locked().unread.remove(&self.id);
    }
}

impl Drop for TrackedStream {
    fn drop(&mut self) {
        let mut all = self.tracker.locked();
        all.unread.remove(&self.id);
        all.open -= 1;
        all.idle_since = Instant::now();
    }
}

/// A body that tracks its client. hyper polls for the next frame when the client has made room for it.
struct TrackedBody {
    body: Body,
    stream: TrackedStream,
}

impl HttpBody for TrackedBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        if frame.is_ready() {
            self.stream.wait_for_client();
        } else {
            self.stream.wait_for_server();
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
