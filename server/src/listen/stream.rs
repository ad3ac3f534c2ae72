//! An endless answer on a connection of its own, without hyper: chunks as RFC 9112 has them, written from the one copy of an
//! event that all watchers share.

use crate::sse::Pieces;
use bytes::{Buf as _, Bytes};
use futures::StreamExt as _;
use std::{
    io,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU8, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf},
    net::TcpStream,
    time::timeout,
};

/// A watcher who takes nothing for so long is let go, and comes back if it is still there.
const TAKES_WITHIN: Duration = Duration::from_secs(30);

/// An endless answer is left, and its head is not written yet. Before, the state is 0.
const TAKEN: u8 = 1;
/// Of its head something is written.
const WRITTEN: u8 = 2;
/// All that was written has gone out.
const OUT: u8 = 3;

/// Where an endless answer waits until its head is out.
#[derive(Default)]
pub(super) struct Seat {
    pieces: Mutex<Option<Pieces>>,
    head: AtomicU8,
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

    /// One task reads and writes the connection, so nobody gets in between.
    fn step(&self, from: u8, to: u8) {
        if self.head.load(Ordering::Relaxed) == from {
            self.head.store(to, Ordering::Relaxed);
        }
    }
}

/// A connection that tells its [`Seat`] when the head of an endless answer has been written and flushed: hyper flushes only
/// what it has written to the last byte.
pub(super) struct HeadNoted<S> {
    stream: S,
    seat: Arc<Seat>,
}

impl<S> HeadNoted<S> {
    pub(super) fn new(stream: S, seat: Arc<Seat>) -> Self {
        Self { stream, seat }
    }

    pub(super) fn into_inner(self) -> S {
        self.stream
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for HeadNoted<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for HeadNoted<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write(cx, bytes));
        self.seat.step(TAKEN, WRITTEN);
        Poll::Ready(written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = ready!(Pin::new(&mut self.stream).poll_flush(cx));
        self.seat.step(WRITTEN, OUT);
        Poll::Ready(flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// Writes the pieces as they come, until they end or the watcher leaves.
pub(super) async fn send(mut stream: TcpStream, mut pieces: Pieces) {
    let (mut reader, mut writer) = stream.split();
    // Whoever watches has nothing to say; what comes is read so that a goodbye is noticed.
    let mut said = [0; 16];
    loop {
        let piece = tokio::select! {
            biased;
            read = reader.read(&mut said) => match read {
                Ok(1..) => continue,
                Ok(0) | Err(_) => return,
            },
            piece = pieces.next() => piece,
        };
        let is_last = piece.is_none();
        let mut chunk = framed(piece.unwrap_or_default());
        match timeout(TAKES_WITHIN, writer.write_all_buf(&mut chunk)).await {
            Ok(Ok(())) if !is_last => {}
            _ => break,
        }
    }
    let _ = writer.shutdown().await;
}

/// A chunk; an empty one is the end.
fn framed(piece: Bytes) -> impl bytes::Buf {
    let length = Bytes::from(format!("{:x}\r\n", piece.len()));
    length.chain(piece).chain(&b"\r\n"[..])
}
