//! What goes on on one HTTP/2 connection. Flow control lets a client leave every answer lying about, and hyper would wait for
//! ever: here it is noted which answers have something ready that is not taken, and since when.

use super::{IDLE, TAKES_WITHIN};
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

/// All streams of one connection.
#[derive(Clone)]
pub(super) struct Streams(Arc<Mutex<Inner>>);

struct Inner {
    next: u64,
    open: usize,
    /// When the last one ended, or the connection began.
    idle_since: Instant,
    /// Answers that wait for their client, and since when.
    untaken: HashMap<u64, Instant>,
}

/// How a connection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Requests are answered, or the last one is not long ago.
    InUse,
    /// Nothing has been asked for a long time.
    Idle,
    /// An answer has not been taken for a long time.
    Untaken,
}

impl Default for Streams {
    fn default() -> Self {
        let inner = Inner { next: 0, open: 0, idle_since: Instant::now(), untaken: HashMap::new() };
        Self(Arc::new(Mutex::new(inner)))
    }
}

impl Streams {
    /// A request has come.
    pub(super) fn begin(&self) -> Stream {
        let mut all = self.locked();
        all.next += 1;
        all.open += 1;
        Stream { id: all.next, streams: self.clone() }
    }

    /// How it stands now.
    pub(super) fn standing(&self) -> Standing {
        let all = self.locked();
        if all.open == 0 && all.idle_since.elapsed() >= IDLE {
            Standing::Idle
        } else if all.untaken.values().any(|since| since.elapsed() >= TAKES_WITHIN) {
            Standing::Untaken
        } else {
            Standing::InUse
        }
    }

    fn locked(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One request and its answer, until the answer is gone.
pub(super) struct Stream {
    id: u64,
    streams: Streams,
}

impl Stream {
    /// The answer's body, which notes how it is taken.
    pub(super) fn carry(self, body: Body) -> Body {
        self.is_the_clients_turn();
        Body::new(Carried { body, stream: self })
    }

    fn is_the_clients_turn(&self) {
        self.streams.locked().untaken.insert(self.id, Instant::now());
    }

    fn is_our_turn(&self) {
        self.streams.locked().untaken.remove(&self.id);
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        let mut all = self.streams.locked();
        all.untaken.remove(&self.id);
        all.open -= 1;
        all.idle_since = Instant::now();
    }
}

/// hyper asks for the next piece when the client has made room for it.
struct Carried {
    body: Body,
    stream: Stream,
}

impl HttpBody for Carried {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        if frame.is_ready() {
            self.stream.is_the_clients_turn();
        } else {
            self.stream.is_our_turn();
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
