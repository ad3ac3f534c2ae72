//! Time and chance, as values that are handed in: the only file that asks the machine for either.

use crate::model::Timestamp;
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use uuid::{ContextV7, Uuid};

/// Tells the time. The writer asks once a batch.
pub trait Clock: Send + Sync + 'static {
    /// Now, by the server's clock.
    fn now(&self) -> Timestamp;
}

/// The machine's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everybody else asks")]
    fn now(&self) -> Timestamp {
        Timestamp::from_datetime(time::OffsetDateTime::now_utc())
    }
}

/// Mints ids: UUIDv7 of the clock's time, a counter within the millisecond, and random bits. Each sorts after the last.
#[derive(Clone)]
pub struct IdGenerator {
    clock: Arc<dyn Clock>,
    counter: Arc<Mutex<ContextV7>>,
}

impl IdGenerator {
    /// A ids that stamps its ids by `clock`.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, counter: Arc::new(Mutex::new(ContextV7::new())) }
    }

    /// A new id, of whichever kind is asked for.
    pub fn generate<T: From<Uuid>>(&self) -> T {
        let age = Duration::from_millis(u64::try_from(self.clock.now().as_millis()).unwrap_or(0));
        let stamp = uuid::Timestamp::from_unix(&*self.counter, age.as_secs(), age.subsec_nanos());
        Uuid::new_v7(stamp).into()
    }

    /// About `span`, from half of it to one and a half: whoever waits for the same thing does not come back together.
    pub(crate) fn jitter(&self, span: Duration) -> Duration {
        let chance = self.generate::<Uuid>().as_u128() & 0xff;
        span / 2 + span * u32::try_from(chance).unwrap_or(0) / 0xff
    }
}

/// A clock that stands still until it is turned.
#[cfg(feature = "testing")]
#[derive(Debug)]
pub struct ManualClock(std::sync::atomic::AtomicI64);

#[cfg(feature = "testing")]
impl ManualClock {
    /// Stands at `at`.
    pub fn at(at: Timestamp) -> Self {
        Self(at.as_millis().into())
    }

    /// Turns it on by `span`.
    pub fn advance(&self, span: Duration) {
        self.set(self.now() + span);
    }

    /// Sets it, forwards or back.
    pub fn set(&self, at: Timestamp) {
        self.0.store(at.as_millis(), std::sync::atomic::Ordering::SeqCst);
    }
}

#[cfg(feature = "testing")]
impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(std::sync::atomic::Ordering::SeqCst))
    }
}
