//! The audience of `make bench`: opens many streams of one product's stock, and tells how many there were, how many
//! events they were sent, and how long after its commit each event came.
//!
//! `watchers <address> <path> <count> <seconds>`; a line when all are open, and at the end one of JSON.

use serde_json::json;
use std::{
    io::Write as _,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use time::OffsetDateTime;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::watch,
    time::{Instant, sleep_until, timeout},
};

/// Delays are counted by the millisecond, up to this many.
const LONGEST_MS: usize = 10_000;
/// How many connect at the same time.
const AT_ONCE: usize = 64;
const CONNECT_WITHIN: Duration = Duration::from_secs(10);

#[derive(Default)]
struct Seen {
    open: AtomicU64,
    lost: AtomicU64,
    reordered: AtomicU64,
    delays: Vec<AtomicU64>,
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [address, path, count, seconds] = &args[..] else { return usage() };
    let (Ok(count), Ok(seconds)) = (count.parse(), seconds.parse()) else { return usage() };
    let Ok(runtime) = tokio::runtime::Runtime::new() else { return ExitCode::FAILURE };
    runtime.block_on(watch_all(address, path, count, Duration::from_secs(seconds)));
    // Ten thousand tasks need no farewell.
    runtime.shutdown_background();
    ExitCode::SUCCESS
}

fn usage() -> ExitCode {
    let _ = writeln!(std::io::stderr(), "usage: watchers <address> <path> <count> <seconds>");
    ExitCode::from(2)
}

fn say(line: impl std::fmt::Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

async fn watch_all(address: &str, path: &str, count: usize, span: Duration) {
    let seen = Arc::new(Seen { delays: (0..=LONGEST_MS).map(|_| AtomicU64::new(0)).collect(), ..Seen::default() });
    let request: Arc<str> =
        format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nAccept: text/event-stream\r\n\r\n").into();
    let (counting, _) = watch::channel(false);
    let gate = Arc::new(tokio::sync::Semaphore::new(AT_ONCE));
    for _ in 0..count {
        let (seen, request, address, gate) = (seen.clone(), request.clone(), address.to_owned(), gate.clone());
        let counting = counting.subscribe();
        let Ok(turn) = gate.acquire_owned().await else { return };
        tokio::spawn(async move {
            let opened = timeout(CONNECT_WITHIN, open(&address, &request)).await;
            match opened {
                Ok(Ok(stream)) => {
                    seen.open.fetch_add(1, Ordering::Relaxed);
                    // Only now: whoever has all turns back counts all that are open.
                    drop(turn);
                    let _ = read(stream, &seen, &counting).await;
                    seen.open.fetch_sub(1, Ordering::Relaxed);
                    seen.lost.fetch_add(1, Ordering::Relaxed);
                }
                _ => drop(seen.lost.fetch_add(1, Ordering::Relaxed)),
            }
        });
    }
    let _ = gate.acquire_many(u32::try_from(AT_ONCE).unwrap_or(u32::MAX)).await;
    say(json!({ "open": seen.open.load(Ordering::Relaxed) }));
    // Whoever started us reads the server's memory now, and then makes the stock change.
    tokio::time::sleep(Duration::from_secs(1)).await;
    counting.send_replace(true);
    let began = Instant::now();
    sleep_until(began + span).await;
    counting.send_replace(false);
    report(&seen, began.elapsed());
}

async fn open(address: &str, request: &str) -> std::io::Result<TcpStream> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(request.as_bytes()).await?;
    Ok(stream)
}

/// Reads events until the stream ends. An event that lies in two readings is put together again.
async fn read(mut stream: TcpStream, seen: &Seen, counting: &watch::Receiver<bool>) -> std::io::Result<()> {
    let mut text: Vec<u8> = Vec::with_capacity(2048);
    let mut last = 0;
    while stream.read_buf(&mut text).await? > 0 {
        #[expect(clippy::disallowed_methods, reason = "an audience looks at its own watch")]
        let now = OffsetDateTime::now_utc();
        let mut rest = 0;
        while let Some(end) = find(&text[rest..], b"\n\n") {
            if let Some((version, at)) = event(&text[rest..rest + end]) {
                if version <= last {
                    seen.reordered.fetch_add(1, Ordering::Relaxed);
                }
                last = version;
                if *counting.borrow() {
                    let late = usize::try_from((now - at).whole_milliseconds()).unwrap_or(0);
                    seen.delays[late.min(LONGEST_MS)].fetch_add(1, Ordering::Relaxed);
                }
            }
            rest += end + 2;
        }
        text.drain(..rest);
    }
    Ok(())
}

/// The version of a stock event, and the time of its commit.
fn event(text: &[u8]) -> Option<(u64, OffsetDateTime)> {
    let id = &text[find(text, b"\nid: ")? + 5..];
    let id = &id[..find(id, b"\n")?];
    let at = &text[find(text, b"\"at\":\"")? + 6..];
    let at = std::str::from_utf8(&at[..find(at, b"\"")?]).ok()?;
    let at = OffsetDateTime::parse(at, &time::format_description::well_known::Rfc3339).ok()?;
    Some((std::str::from_utf8(id).ok()?.parse().ok()?, at))
}

fn find(text: &[u8], word: &[u8]) -> Option<usize> {
    text.windows(word.len()).position(|part| part == word)
}

fn report(seen: &Seen, took: Duration) {
    let delays: Vec<u64> = seen.delays.iter().map(|count| count.load(Ordering::Relaxed)).collect();
    let events: u64 = delays.iter().sum();
    let percentile = |part: f64| {
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a rank"
        )]
        let rank = (events as f64 * part).ceil() as u64;
        let mut below = 0;
        delays.iter().position(|count| {
            below += count;
            below >= rank
        })
    };
    say(json!({
        "open": seen.open.load(Ordering::Relaxed),
        "lost": seen.lost.load(Ordering::Relaxed),
        "reordered": seen.reordered.load(Ordering::Relaxed),
        "events": events,
        "seconds": took.as_secs_f64(),
        "ms": { "p50": percentile(0.5), "p99": percentile(0.99), "max": delays.iter().rposition(|count| *count > 0) },
    }));
}
