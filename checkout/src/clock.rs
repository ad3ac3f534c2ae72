//! The clock and the id generator. No other file reads the machine's clock or its random source.

use crate::model::Timestamp;
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use uuid::{ContextV7, Uuid};

/// Returns the current time. The writer reads it once a batch.
pub trait Clock: Send + Sync + 'static {
    /// The current time.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "all other code reads the time from a Clock")]
    fn now(&self) -> Timestamp {
        Timestamp::from_datetime(time::OffsetDateTime::now_utc())
    }
}

/// Generates UUIDv7 ids: the clock's time, a counter within the millisecond, and random bits. Each id sorts after the one
/// before it. Clones share the counter.
#[derive(Clone)]
pub struct IdGenerator {
    clock: Arc<dyn Clock>,
    counter: Arc<Mutex<ContextV7>>,
}

impl IdGenerator {
    /// Returns a generator that takes the time from `clock`.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, counter: Arc::new(Mutex::new(ContextV7::new())) }
    }

    /// Returns a new id of the type that the caller needs.
    pub fn generate<T: From<Uuid>>(&self) -> T {
        let since_epoch = Duration::from_millis(u64::try_from(self.clock.now().as_millis()).unwrap_or(0));
        let stamp = uuid::Timestamp::from_unix(&*self.counter, since_epoch.as_secs(), since_epoch.subsec_nanos());
        Uuid::new_v7(stamp).into()
    }

    /// Returns 64 random bits.
    pub(crate) fn random(&self) -> u64 {
        // Of a UUIDv7, 62 bits of the lower half are random; the rest is constant.
        self.generate::<Uuid>().as_u64_pair().1
    }

    /// Returns a random duration from 0.5 to 1.5 times `span`, so that competing retries spread out.
    pub(crate) fn jitter(&self, span: Duration) -> Duration {
        let random = self.generate::<Uuid>().as_u128() & 0xff;
        span / 2 + span * u32::try_from(random).unwrap_or(0) / 0xff
    }
}

/// A clock for tests. It moves only when a test moves it.
#[cfg(feature = "testing")]
#[derive(Debug)]
pub struct ManualClock(std::sync::atomic::AtomicI64);

#[cfg(feature = "testing")]
impl ManualClock {
    /// Returns a clock that shows `at`.
    pub fn at(at: Timestamp) -> Self {
        Self(at.as_millis().into())
    }

    /// Moves the clock forward by `span`.
    pub fn advance(&self, span: Duration) {
        self.set(self.now() + span);
    }

    /// Sets the clock, forward or back.
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
