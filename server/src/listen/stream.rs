//! An endless answer on a connection of its own, without hyper: chunks as RFC 9112 has them, written from the one copy of an
//! event that all watchers share.

use super::TAKES_WITHIN;
use crate::sse::Pieces;
use bytes::{Buf as _, Bytes};
use futures::StreamExt as _;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

/// How often something may come from a watcher all the same.
const CHATTER: u32 = 64;

/// Writes the pieces as they come, until they end or the watcher leaves.
pub(super) async fn send(mut stream: TcpStream, mut pieces: Pieces) {
    let (mut reader, mut writer) = stream.split();
    // Whoever watches has nothing to say; what comes is read so that a goodbye is noticed.
    let mut said = [0; 16];
    let mut patience = CHATTER;
    loop {
        let piece = tokio::select! {
            biased;
            read = reader.read(&mut said) => match read {
                Ok(1..) if patience > 0 => {
                    patience -= 1;
                    continue;
                }
                _ => return,
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
