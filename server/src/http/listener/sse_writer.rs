//! Writes an event stream to a socket without hyper, as HTTP/1.1 chunks (RFC 9112). All watchers share one copy of an event.

use super::WRITE_TIMEOUT;
use crate::http::sse::Chunks;
use bytes::{Buf as _, Bytes};
use futures::StreamExt as _;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

/// Reads from a watcher that are tolerated. Watchers have nothing to send.
const MAX_READS: u32 = 64;

/// Writes chunks as they come, until they end, the watcher disconnects, or it is too slow.
pub(super) async fn write(mut stream: TcpStream, mut chunks: Chunks) {
    let (mut reader, mut writer) = stream.split();
    // Reading detects a disconnect.
    let mut discarded = [0; 16];
    let mut reads_left = MAX_READS;
    loop {
        let chunk = tokio::select! {
            biased;
            read = reader.read(&mut discarded) => match read {
                Ok(1..) if reads_left > 0 => {
                    reads_left -= 1;
                    continue;
                }
                _ => return,
            },
            chunk = chunks.next() => chunk,
        };
        let is_last = chunk.is_none();
        let mut frame = framed(chunk.unwrap_or_default());
        match timeout(WRITE_TIMEOUT, writer.write_all_buf(&mut frame)).await {
            Ok(Ok(())) if !is_last => {}
            _ => break,
        }
    }
    let _ = writer.shutdown().await;
}

/// Frames a chunk; an empty one ends the stream.
fn framed(chunk: Bytes) -> impl bytes::Buf {
    let length = Bytes::from(format!("{:x}\r\n", chunk.len()));
    length.chain(chunk).chain(&b"\r\n"[..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::stream;
    use std::time::Duration;
    use tokio::{net::TcpListener, time::Instant};

    /// Returns both ends of a connection: the server's, and the client's.
    async fn connection() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        (listener.accept().await.unwrap().0, client)
    }

    #[tokio::test(start_paused = true)]
    async fn a_watcher_that_does_not_read_is_disconnected() {
        let (server, client) = connection().await;
        // An endless stream fills the socket's buffers.
        let chunks = Box::pin(stream::repeat_with(|| Bytes::from(vec![b'x'; 64 * 1024])));
        let started = Instant::now();
        let written = timeout(Duration::from_mins(5), write(server, chunks)).await;
        assert!(written.is_ok(), "the writer still waits for its client");
        let elapsed = started.elapsed();
        assert!((WRITE_TIMEOUT..WRITE_TIMEOUT + Duration::from_secs(5)).contains(&elapsed), "{elapsed:?}");
        drop(client);
    }

    #[tokio::test]
    async fn a_watcher_that_reads_gets_each_chunk_and_the_end() {
        let (server, mut client) = connection().await;
        let chunks = Box::pin(stream::iter(["first", "the second chunk"]).map(Bytes::from));
        let mut text = String::new();
        let ((), read) = tokio::join!(write(server, chunks), client.read_to_string(&mut text));
        read.unwrap();
        assert_eq!(text, "5\r\nfirst\r\n10\r\nthe second chunk\r\n0\r\n\r\n");
    }
}
