//! What a connection is about at the moment, as far as the bytes that pass by tell: whether it waits for its client, and
//! whether the head of an endless answer is out. One task reads, writes and asks, so nothing gets in between.

use crate::sse::Pieces;
use std::{
    io,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU8, Ordering},
    },
    task::{Context, Poll},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// How far the head of an endless answer is: there is none yet.
const NONE: u8 = 0;
/// One is left here, and nothing of it is written yet.
const TAKEN: u8 = 1;
/// Of it something is written.
const WRITTEN: u8 = 2;
/// All that was written has gone out.
const OUT: u8 = 3;

/// What a connection waits for, of its client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Awaited {
    /// Nothing that it should not wait for.
    Nothing,
    /// The rest of a request's head.
    Head,
    /// That it takes what we have to say.
    Taking,
}

/// A connection's state, and where an endless answer waits until its head is out.
#[derive(Default)]
pub(super) struct Seat {
    pieces: Mutex<Option<Pieces>>,
    head: AtomicU8,
    awaited: AtomicU8,
    answering: AtomicU8,
}

impl Seat {
    pub(super) fn leave(&self, pieces: Pieces) {
        *self.pieces.lock().unwrap_or_else(PoisonError::into_inner) = Some(pieces);
        self.head.store(TAKEN, Ordering::Relaxed);
    }

    pub(super) fn take(&self) -> Option<Pieces> {
        self.pieces.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    pub(super) fn is_head_out(&self) -> bool {
        self.head.load(Ordering::Relaxed) == OUT
    }

    pub(super) fn awaited(&self) -> Awaited {
        match self.awaited.load(Ordering::Relaxed) {
            n if n == Awaited::Head as u8 => Awaited::Head,
            n if n == Awaited::Taking as u8 => Awaited::Taking,
            _ => Awaited::Nothing,
        }
    }

    /// A request is complete as far as its head goes: how long the rest may take is for others to say.
    pub(super) fn answer_begins(&self) {
        self.answering.store(1, Ordering::Relaxed);
        self.wait_for(Awaited::Nothing);
    }

    /// What comes now is the next request.
    pub(super) fn answer_is_made(&self) {
        self.answering.store(0, Ordering::Relaxed);
    }

    fn wait_for(&self, awaited: Awaited) {
        self.awaited.store(awaited as u8, Ordering::Relaxed);
    }

    fn has_read(&self) {
        if self.answering.load(Ordering::Relaxed) == 0 && self.awaited() == Awaited::Nothing {
            self.wait_for(Awaited::Head);
        }
    }

    fn has_written(&self, is_stuck: bool) {
        if is_stuck {
            self.wait_for(Awaited::Taking);
        } else {
            self.step(TAKEN, WRITTEN);
        }
    }

    fn has_flushed(&self) {
        if self.awaited() == Awaited::Taking {
            self.wait_for(Awaited::Nothing);
        }
        self.step(WRITTEN, OUT);
    }

    fn step(&self, from: u8, to: u8) {
        debug_assert!(from != NONE, "only `leave` begins");
        if self.head.load(Ordering::Relaxed) == from {
            self.head.store(to, Ordering::Relaxed);
        }
    }
}

/// A connection that notes in its [`Seat`] what passes by. hyper flushes only what it has written to the last byte.
pub(super) struct Noted<S> {
    stream: S,
    seat: Arc<Seat>,
}

impl<S> Noted<S> {
    pub(super) fn new(stream: S, seat: Arc<Seat>) -> Self {
        Self { stream, seat }
    }

    pub(super) fn into_inner(self) -> S {
        self.stream
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Noted<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        if buf.filled().len() > before {
            self.seat.has_read();
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Noted<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.seat.has_written(written.is_pending());
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        if flushed.is_ready() {
            self.seat.has_flushed();
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
