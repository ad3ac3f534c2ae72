//! The door: accepts connections, gives each a task, and closes in order. Unlike `axum::serve` it bounds how many there are,
//! how long a client may take over its headers and over our answers, and how long the draining may last.

mod connection;
mod crowded;
mod multiplexed;
mod seat;
mod stream;
mod streams;

use crate::{limits::Peer, passage::Passage};
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use socket2::SockRef;
use std::{io, num::NonZeroUsize, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    time::timeout,
};
use tokio_util::sync::CancellationToken;

/// How long a connection may be idle. Longer than proxies keep theirs, so that it is they who end it.
const IDLE: Duration = Duration::from_secs(75);
/// How long a client may take over a request's head once it has begun to send it.
const HEAD_WITHIN: Duration = Duration::from_secs(10);
/// How long a client may leave what we have to say lying about. A watcher comes back if it is still there.
const TAKES_WITHIN: Duration = Duration::from_secs(30);
/// How long requests may go on once the server was asked to stop.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);
/// What the system may keep of answers that a slow client has not taken yet, in bytes. Beyond it we wait before we write,
/// and so a slow watcher's next event is the newest one, not the next in a long queue.
const NOT_SENT: u32 = 16 * 1024;
/// What we keep of one connection's unread requests and unwritten answers, in bytes. Headers may be as long, too.
const BUFFER: usize = 64 * 1024;
/// Requests at once on one HTTP/2 connection, which a proxy shares among many.
const STREAMS: u32 = 256;
/// How often the other end of an HTTP/2 connection is asked whether it is there.
const ASK_EVERY: Duration = Duration::from_secs(20);
/// How long to wait when no more connections can be had, as when files run out.
const BREATHER: Duration = Duration::from_millis(100);
/// Open files besides connections: the database's, the storefront's, the log.
const OTHER_FILES: u64 = 128;

/// How connections are spoken with.
#[derive(Clone)]
struct Protocols {
    one: http1::Builder,
    two: http2::Builder<TokioExecutor>,
}

impl Protocols {
    fn new() -> Self {
        let (mut one, mut two) = (http1::Builder::new(), http2::Builder::new(TokioExecutor::new()));
        // Answers are small: one buffer costs less than a list of two.
        one.timer(TokioTimer::new()).header_read_timeout(IDLE).writev(false).max_buf_size(BUFFER);
        two.timer(TokioTimer::new()).keep_alive_interval(ASK_EVERY).keep_alive_timeout(ASK_EVERY);
        two.max_concurrent_streams(STREAMS).max_send_buf_size(BUFFER).max_header_list_size(16 * 1024);
        Self { one, two }
    }
}

/// How many connections there is room for: as many as were asked for, if the system has as many open files for us. It is
/// asked for all that it will give.
pub fn room(wanted: NonZeroUsize) -> usize {
    let files = rlimit::increase_nofile_limit(u64::MAX).unwrap_or(1024);
    let room = usize::try_from(files.saturating_sub(OTHER_FILES)).unwrap_or(usize::MAX).max(1);
    if room < wanted.get() {
        tracing::warn!(
            files,
            connections = room,
            "the system allows few open files, and so fewer connections: see ulimit -n"
        );
    }
    room.min(wanted.get())
}

/// Serves until `stopping`, and then until every request is answered, or time is up. At most `most` connections at once.
pub async fn serve(listener: TcpListener, passage: Passage, most: usize, stopping: CancellationToken) {
    let (protocols, told) = (Protocols::new(), crowded::Told::default());
    // Each connection keeps a receiver until it is over.
    let (ending, open) = watch::channel(());
    while let Some(accepted) = stopping.run_until_cancelled(listener.accept()).await {
        match accepted {
            Ok((stream, _)) if ending.receiver_count() > most => {
                told.turn_away(stream);
            }
            Ok((stream, peer)) => {
                adjust(&stream);
                tokio::spawn(converse(protocols.clone(), stream, Peer(peer), passage.clone(), open.clone()));
            }
            Err(error) => recover(&error).await,
        }
    }
    drop((listener, open));
    tracing::info!(connections = ending.receiver_count(), "stopping: no new connections, the open ones are drained");
    ending.send_replace(());
    if timeout(DRAIN_TIMEOUT, ending.closed()).await.is_err() {
        tracing::warn!(seconds = DRAIN_TIMEOUT.as_secs(), "some requests were not over in time");
    }
}

/// Finds out what the client speaks, and does.
async fn converse(
    protocols: Protocols,
    stream: TcpStream,
    peer: Peer,
    passage: Passage,
    mut ending: watch::Receiver<()>,
) {
    let is_two = tokio::select! {
        biased;
        is_two = timeout(IDLE, multiplexed::is_spoken(&stream)) => is_two.ok().flatten(),
        _ = ending.changed() => return,
    };
    let Protocols { one, two } = protocols;
    match is_two {
        Some(false) => connection::converse(one, stream, peer, passage, ending).await,
        // In a box: nobody else should have to carry as much.
        Some(true) => Box::pin(multiplexed::converse(two, stream, peer, passage, ending)).await,
        None => {}
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
