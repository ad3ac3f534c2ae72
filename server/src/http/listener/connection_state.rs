//! The state of an HTTP/1 connection, derived from the bytes that pass: whether it waits for its client, and whether the
//! head of an event stream is written. A single task drives the connection, so its state changes in order.

use crate::http::sse::Chunks;
use std::{
    io,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU8, Ordering},
    },
    task::{Context, Poll},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Progress of an event stream's head: there is no stream yet.
const NONE: u8 = 0;
/// A stream is set; nothing of its head is written.
const SET: u8 = 1;
/// Part of its head is written.
const WRITTEN: u8 = 2;
/// Its whole head is flushed.
const FLUSHED: u8 = 3;

/// The action that a connection waits for its client to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Waiting {
    /// Nothing with a deadline.
    None,
    /// To send the rest of a request's head.
    RequestHead,
    /// To read the response.
    ResponseRead,
}

/// The state of a connection, and the event stream that takes it over once its head is written.
#[derive(Default)]
pub(super) struct ConnectionState {
    stream: Mutex<Option<Chunks>>,
    head: AtomicU8,
    waiting: AtomicU8,
    responding: AtomicBool,
}

impl ConnectionState {
    pub(super) fn set_stream(&self, chunks: Chunks) {
        *self.stream.lock().unwrap_or_else(PoisonError::into_inner) = Some(chunks);
        self.head.store(SET, Ordering::Relaxed);
    }

    pub(super) fn take_stream(&self) -> Option<Chunks> {
        self.stream.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    pub(super) fn is_stream_head_written(&self) -> bool {
        self.head.load(Ordering::Relaxed) == FLUSHED
    }

    pub(super) fn waiting_for(&self) -> Waiting {
        match self.waiting.load(Ordering::Relaxed) {
            n if n == Waiting::RequestHead as u8 => Waiting::RequestHead,
            n if n == Waiting::ResponseRead as u8 => Waiting::ResponseRead,
            _ => Waiting::None,
        }
    }

    /// The head of a request has arrived. Its body has a deadline of its own, in the middleware.
    pub(super) fn request_started(&self) {
        self.responding.store(true, Ordering::Relaxed);
        self.wait_for(Waiting::None);
    }

    /// The response is ready; bytes read from now on belong to the next request.
    pub(super) fn response_ready(&self) {
        self.responding.store(false, Ordering::Relaxed);
    }

    fn wait_for(&self, waiting: Waiting) {
        self.waiting.store(waiting as u8, Ordering::Relaxed);
    }

    fn on_read(&self) {
        if !self.responding.load(Ordering::Relaxed) && self.waiting_for() == Waiting::None {
            self.wait_for(Waiting::RequestHead);
        }
    }

    fn on_write(&self, is_blocked: bool) {
        if is_blocked {
            self.wait_for(Waiting::ResponseRead);
        } else {
            self.advance(SET, WRITTEN);
        }
    }

    fn on_flush(&self) {
        if self.waiting_for() == Waiting::ResponseRead {
            self.wait_for(Waiting::None);
        }
        self.advance(WRITTEN, FLUSHED);
    }

    fn advance(&self, from: u8, to: u8) {
        debug_assert!(from != NONE, "only `set_stream` starts");
        if self.head.load(Ordering::Relaxed) == from {
            self.head.store(to, Ordering::Relaxed);
        }
    }
}

/// A socket that reports reads and writes to its [`ConnectionState`]. hyper flushes only after it has written everything.
pub(super) struct TrackedIo<S> {
    stream: S,
    state: Arc<ConnectionState>,
}

impl<S> TrackedIo<S> {
    pub(super) fn new(stream: S, state: Arc<ConnectionState>) -> Self {
        Self { stream, state }
    }

    pub(super) fn into_inner(self) -> S {
        self.stream
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for TrackedIo<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        if buf.filled().len() > before {
            self.state.on_read();
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for TrackedIo<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.state.on_write(written.is_pending());
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        if flushed.is_ready() {
            self.state.on_flush();
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
