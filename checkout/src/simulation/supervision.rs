//! The engine's background tasks: a dead one is reported, and a stop loses no queued command.

use super::{
    fixture::Shop,
    memory_store::{Memory, MemoryStore},
    tables::Constraints,
    workload::start_time,
};
use crate::{Checkout, Clock, Error, Limits, model::Timestamp};
use futures::future::join_all;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

const LIMIT: Duration = Duration::from_secs(5);

/// A clock that panics once it is broken.
#[derive(Default)]
struct BreakableClock(AtomicBool);

impl Clock for BreakableClock {
    fn now(&self) -> Timestamp {
        assert!(!self.0.load(Ordering::Relaxed), "the clock is broken");
        start_time()
    }
}

#[tokio::test(start_paused = true)]
async fn a_dead_sweep_is_reported() {
    let clock = Arc::new(BreakableClock::default());
    let store = Arc::new(MemoryStore(Memory::new(1, Constraints::ALL)));
    let node = Checkout::start(store, clock.clone(), Limits::default()).await.unwrap();
    node.start_maintenance(Limits::default());
    tokio::time::sleep(LIMIT).await;
    let names: Vec<_> = node.tasks().into_iter().map(|task| task.name).collect();
    assert_eq!(names, ["change_watcher", "feed", "purge", "sweep", "writer"]);
    assert_eq!(node.dead_tasks(), Vec::<&str>::new());
    clock.0.store(true, Ordering::Relaxed);
    tokio::time::sleep(LIMIT).await;
    assert_eq!(node.dead_tasks(), ["sweep"]);
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_executes_what_is_queued_and_then_stops_every_task() {
    let shop = Shop::new(Limits { batch_size: 3, ..Limits::default() }).await;
    let phone = shop.product("phone", None).await;
    shop.node.start_maintenance(Limits::default());
    let (held, running) = tokio::join!(join_all((0..10).map(|_| shop.hold(phone, None))), shop.node.shutdown(LIMIT));
    assert!(held.iter().all(Result::is_ok), "{held:?}");
    assert_eq!(running, Vec::<&str>::new());
    assert!(shop.node.tasks().iter().all(|task| task.running == 0));
    assert_eq!(shop.node.dead_tasks(), Vec::<&str>::new());
    assert!(matches!(shop.hold(phone, None).await, Err(Error::Internal)));
}
