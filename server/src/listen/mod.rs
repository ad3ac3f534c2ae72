//! The door: accepts connections, gives each a task, and closes in order. Unlike `axum::serve` it bounds how long a
//! client may take over its headers, and how long the draining may last.

mod connection;
mod stream;

use crate::passage::Passage;
use hyper::server::conn::http1;
use hyper_util::rt::TokioTimer;
use socket2::SockRef;
use std::{io, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
};
use tokio_util::sync::CancellationToken;

/// How long a client may take to send its headers, and a connection to be idle.
const HEADER_TIMEOUT: Duration = Duration::from_secs(75);
/// How long requests may go on once the server was asked to stop.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);
/// What the system may keep of answers that a slow client has not taken yet, in bytes. Beyond it we wait before we write,
/// and so a slow watcher's next event is the newest one, not the next in a long queue.
const NOT_SENT: u32 = 16 * 1024;
/// What we keep of one connection's unread requests and unwritten answers, in bytes. Headers may be as long, too.
const BUFFER: usize = 64 * 1024;
/// How long to wait when no more connections can be had, as when files run out.
const BREATHER: Duration = Duration::from_millis(100);

/// Serves until `stopping`, and then until every request is answered, or time is up.
pub async fn serve(listener: TcpListener, passage: Passage, stopping: CancellationToken) {
    let mut http = http1::Builder::new();
    // Answers are small: one buffer costs less than a list of two.
    http.timer(TokioTimer::new()).header_read_timeout(HEADER_TIMEOUT).writev(false).max_buf_size(BUFFER);
    // Each connection keeps a receiver until it is over.
    let (ending, open) = watch::channel(());
    while let Some(accepted) = stopping.run_until_cancelled(listener.accept()).await {
        match accepted {
            Ok((stream, _)) => {
                adjust(&stream);
                tokio::spawn(connection::converse(http.clone(), stream, passage.clone(), open.clone()));
            }
            Err(error) => recover(&error).await,
        }
    }
    drop((listener, open));
    tracing::info!(connections = ending.receiver_count(), "stopping: no new connections, the open ones are drained");
    ending.send_replace(());
    if tokio::time::timeout(DRAIN_TIMEOUT, ending.closed()).await.is_err() {
        tracing::warn!(seconds = DRAIN_TIMEOUT.as_secs(), "some requests were not over in time");
    }
}

fn adjust(stream: &TcpStream) {
    // Answers are small and awaited; holding them back for more gains nothing.
    let _ = stream.set_nodelay(true);
    let _ = SockRef::from(stream).set_tcp_notsent_lowat(NOT_SENT);
}

/// A client that gave up while it waited is nothing; anything else passes, if it is given time.
async fn recover(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::warn!(%error, "a connection could not be accepted");
        tokio::time::sleep(BREATHER).await;
    }
}
