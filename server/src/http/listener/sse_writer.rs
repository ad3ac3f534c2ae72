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
