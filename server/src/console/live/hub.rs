//! Refreshes the Live screen: at most once a second, and once for all who watch the same part of the shop.

use super::{
    View,
    numbers::{SAMPLE_INTERVAL, Samples},
};
use crate::{http::sse, problem::Problem, telemetry::metrics::Metrics};
use app::admin::live::{Fragment, ServerNumbers};
use bytes::Bytes;
use checkout::{Checkout, store::operators::OperatorId};
use futures::{Stream, stream};
use serde_json::{Map, Value};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    time::{Instant, MissedTickBehavior, interval, timeout},
};

/// Maximum number of open streams. An operator's console must not take connections from shoppers.
const MAX_WATCHERS: usize = 64;
/// Maximum number of open streams of one operator, on all devices, so that the others keep theirs.
pub(super) const MAX_WATCHERS_PER_OPERATOR: usize = 8;
/// Interval at which watched pages are refreshed.
const REFRESH_INTERVAL: Duration = Duration::from_secs(1);
/// Age up to which a page shows the parts of its last refresh. The next refresh may take a moment longer than its interval.
const FRESH_FOR: Duration = Duration::from_secs(2);
/// Time limit of one refresh. After it, the page keeps its numbers, with their time.
const REFRESH_TIMEOUT: Duration = Duration::from_secs(5);

/// The Live screen's data and its watchers. Clones are cheap.
#[derive(Clone)]
pub struct LiveHub(Arc<Inner>);

/// The fields of [`LiveHub`].
pub(super) struct Inner {
    pub(super) checkout: Checkout,
    metrics: Arc<Metrics>,
    samples: Samples,
    watched: Mutex<HashMap<View, watch::Sender<Option<Arc<Frame>>>>>,
    permits: Arc<Semaphore>,
    /// The permits of the operators who have open streams.
    operators: Mutex<HashMap<OperatorId, Arc<Semaphore>>>,
}

/// Why a page cannot be watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TooManyWatchers {
    /// The server has [`MAX_WATCHERS`] open streams.
    Server,
    /// The operator has [`MAX_WATCHERS_PER_OPERATOR`] open streams.
    Operator,
}

/// One refresh of a page, serialised once for all its watchers.
struct Frame {
    /// Grows by one with each frame of the page.
    number: u64,
    /// The parts that differ from the frame before.
    changed: Bytes,
    /// All parts, for a watcher that has not seen the frame before.
    full: Bytes,
    /// All parts.
    fragments: Vec<Fragment>,
    /// When the read of their data began.
    read_at: Instant,
}

impl LiveHub {
    /// Creates a hub without watchers.
    pub fn new(checkout: Checkout, metrics: Arc<Metrics>) -> Self {
        let permits = Arc::new(Semaphore::new(MAX_WATCHERS));
        Self(Arc::new(Inner {
            checkout,
            metrics,
            samples: Samples::default(),
            watched: Mutex::default(),
            permits,
            operators: Mutex::default(),
        }))
    }

    /// Returns the parts of a page: those of its last refresh if somebody watches it and they are fresh, else new ones.
    pub(super) async fn parts(&self, view: View) -> Result<Vec<Fragment>, Problem> {
        match self.0.fresh(view) {
            Some(fragments) => Ok(fragments),
            None => Ok(self.0.fragments(view).await?),
        }
    }

    /// Watches a page for an operator. The stream counts until it is dropped.
    ///
    /// # Errors
    ///
    /// The operator, or all operators together, have too many open streams.
    pub(super) fn watch(
        &self,
        operator: OperatorId,
        view: View,
    ) -> Result<impl Stream<Item = Bytes> + Send + use<>, TooManyWatchers> {
        let of_operator = self.0.operator_permit(operator).ok_or(TooManyWatchers::Operator)?;
        let of_server = self.0.permits.clone().try_acquire_owned().map_err(|_| TooManyWatchers::Server)?;
        let mut frames = self.0.watched().entry(view).or_insert_with(|| watch::Sender::new(None)).subscribe();
        // The page may be older than the last frame.
        frames.mark_changed();
        let watcher = Watcher { frames, seen: 0, _permits: [of_operator, of_server] };
        Ok(stream::unfold(watcher, Watcher::next))
    }

    /// Refreshes the pages that are watched, until it is dropped.
    pub async fn run(self) {
        let mut ticks = interval(REFRESH_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut sampled = None::<Instant>;
        loop {
            ticks.tick().await;
            if sampled.is_none_or(|at| at.elapsed() >= SAMPLE_INTERVAL) {
                self.0.samples.add(&self.0.checkout, &self.0.metrics);
                sampled = Some(Instant::now());
            }
            for view in self.0.watched_views() {
                self.0.refresh(view).await;
            }
        }
    }
}

impl Inner {
    pub(super) fn numbers(&self) -> ServerNumbers {
        self.samples.read(&self.checkout, &self.metrics)
    }

    /// Number of refunds that are due or have failed. `None` if it cannot be read, which the log says.
    pub(super) async fn refunds_due(&self) -> Option<u64> {
        let due = self.checkout.refunds_due().await;
        due.inspect_err(|error| tracing::warn!(%error, "could not count the refunds that are due")).ok()
    }

    /// Takes a permit of an operator. Returns `None` if they have none left. Forgets operators without open streams.
    fn operator_permit(&self, operator: OperatorId) -> Option<OwnedSemaphorePermit> {
        let mut operators = self.operators.lock().unwrap_or_else(PoisonError::into_inner);
        operators.retain(|_, permits| permits.available_permits() < MAX_WATCHERS_PER_OPERATOR);
        let permits = operators.entry(operator).or_insert_with(|| Arc::new(Semaphore::new(MAX_WATCHERS_PER_OPERATOR)));
        permits.clone().try_acquire_owned().ok()
    }

    fn watched(&self) -> MutexGuard<'_, HashMap<View, watch::Sender<Option<Arc<Frame>>>>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn watched_views(&self) -> Vec<View> {
        let mut watched = self.watched();
        watched.retain(|_, frames| frames.receiver_count() > 0);
        watched.keys().copied().collect()
    }

    /// Returns the parts of a page's last frame, unless they are older than [`FRESH_FOR`].
    fn fresh(&self, view: View) -> Option<Vec<Fragment>> {
        let frame = self.watched().get(&view)?.borrow().clone()?;
        (frame.read_at.elapsed() < FRESH_FOR).then(|| frame.fragments.clone())
    }

    /// Renders a page, and sends the parts that differ from the last frame.
    async fn refresh(&self, view: View) {
        let read_at = Instant::now();
        let rendered = match timeout(REFRESH_TIMEOUT, self.fragments(view)).await {
            Ok(Ok(fragments)) => fragments,
            Ok(Err(error)) => return tracing::warn!(?error, ?view, "could not refresh the Live screen"),
            Err(_) => return tracing::warn!(?view, "the Live screen took too long to refresh"),
        };
        let watched = self.watched();
        let Some(frames) = watched.get(&view) else { return };
        let last = frames.borrow().clone();
        let number = last.as_deref().map_or(0, |frame| frame.number);
        let before: &[Fragment] = last.as_deref().map_or(&[], |frame| frame.fragments.as_slice());
        let changed: Vec<_> = rendered.iter().filter(|fragment| !before.contains(fragment)).collect();
        if changed.is_empty() {
            return;
        }
        let (changed, full) = (message(changed), message(&rendered));
        let frame = Frame { number: number + 1, changed, full, fragments: rendered, read_at };
        frames.send_replace(Some(Arc::new(frame)));
    }
}

/// An event with the content of some parts, by their ids.
fn message<'a>(fragments: impl IntoIterator<Item = &'a Fragment>) -> Bytes {
    let parts: Map<_, _> =
        fragments.into_iter().map(|part| (part.id.to_owned(), Value::String(part.html.clone()))).collect();
    sse::event("live", None, Value::Object(parts).to_string().as_bytes())
}

/// A stream of one page.
struct Watcher {
    frames: watch::Receiver<Option<Arc<Frame>>>,
    /// The number of the last frame that was sent.
    seen: u64,
    _permits: [OwnedSemaphorePermit; 2],
}

impl Watcher {
    /// Returns the next event. A slow watcher skips frames, and then gets all parts.
    async fn next(mut self) -> Option<(Bytes, Self)> {
        loop {
            self.frames.changed().await.ok()?;
            let Some(frame) = self.frames.borrow_and_update().clone() else { continue };
            let is_next = self.seen > 0 && self.seen + 1 == frame.number;
            self.seen = frame.number;
            return Some((if is_next { frame.changed.clone() } else { frame.full.clone() }, self));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use checkout::Limits;

    #[tokio::test]
    async fn a_page_shows_the_last_refresh_only_while_it_is_fresh() {
        let dir = tempfile::tempdir().unwrap();
        let store = checkout::store::open(&format!("sqlite://{}/holdfast.db", dir.path().display())).await.unwrap();
        store.migrate().await.unwrap();
        let checkout = Checkout::start(store.clone(), store.clock(), Limits::default()).await.unwrap();
        let hub = LiveHub::new(checkout, Arc::new(Metrics::new().unwrap()));
        let refreshed = |read_at| {
            let fragments = vec![Fragment { id: "live-as-of", html: "of the last refresh".to_owned() }];
            let frame = Frame { number: 1, changed: Bytes::new(), full: Bytes::new(), fragments, read_at };
            hub.0.watched().insert(View::Overview, watch::Sender::new(Some(Arc::new(frame))));
        };
        let is_of_refresh = async || hub.parts(View::Overview).await.unwrap()[0].html == "of the last refresh";
        assert!(!is_of_refresh().await, "nobody watches the page");
        refreshed(Instant::now());
        assert!(is_of_refresh().await);
        refreshed(Instant::now().checked_sub(FRESH_FOR).unwrap());
        assert!(!is_of_refresh().await, "the refresh is too old");
    }
}
