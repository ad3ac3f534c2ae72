//! Load generator of `make bench`: opens many streams of one product's stock. Reports the number of streams, the number of
//! events, and the delay of each event after its commit.
//!
//! Usage: `watchers <address> <path> <count> <seconds>`. Prints one JSON line once all streams are open, and one at the
//! end.

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

/// Largest delay with a bucket of its own, in milliseconds.
const MAX_DELAY_MS: usize = 10_000;
/// Maximum number of streams that are being opened at once.
const MAX_CONNECTING: usize = 64;
/// Time for one stream to open.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

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
    // Dropping ten thousand tasks one by one would take seconds.
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
    let seen = Arc::new(Seen { delays: (0..=MAX_DELAY_MS).map(|_| AtomicU64::new(0)).collect(), ..Seen::default() });
    let request: Arc<str> =
        format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nAccept: text/event-stream\r\n\r\n").into();
    let (counting, _) = watch::channel(false);
    let permits = Arc::new(tokio::sync::Semaphore::new(MAX_CONNECTING));
    for _ in 0..count {
        let (seen, request, address, permits) = (seen.clone(), request.clone(), address.to_owned(), permits.clone());
        let counting = counting.subscribe();
        let Ok(permit) = permits.acquire_owned().await else { return };
        tokio::spawn(async move {
            let opened = timeout(CONNECT_TIMEOUT, open(&address, &request)).await;
            match opened {
                Ok(Ok(stream)) => {
                    seen.open.fetch_add(1, Ordering::Relaxed);
                    // Dropped only after the stream is counted: when all permits are back, every open stream is counted.
                    drop(permit);
                    let _ = read(stream, &seen, &counting).await;
                    seen.open.fetch_sub(1, Ordering::Relaxed);
                    seen.lost.fetch_add(1, Ordering::Relaxed);
                }
                _ => drop(seen.lost.fetch_add(1, Ordering::Relaxed)),
            }
        });
    }
    let _ = permits.acquire_many(u32::try_from(MAX_CONNECTING).unwrap_or(u32::MAX)).await;
    say(json!({ "open": seen.open.load(Ordering::Relaxed) }));
    // The benchmark reads the server's memory now, and changes the stock afterwards.
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

/// Reads events until the stream ends. An event may arrive in several reads.
async fn read(mut stream: TcpStream, seen: &Seen, counting: &watch::Receiver<bool>) -> std::io::Result<()> {
    let mut text: Vec<u8> = Vec::with_capacity(2048);
    let mut last = 0;
    while stream.read_buf(&mut text).await? > 0 {
        #[expect(clippy::disallowed_methods, reason = "the delay is measured by the machine's clock")]
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
                    seen.delays[late.min(MAX_DELAY_MS)].fetch_add(1, Ordering::Relaxed);
                }
            }
            rest += end + 2;
        }
        text.drain(..rest);
    }
    Ok(())
}

/// Returns the version of a stock event, and the time of its commit.
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
