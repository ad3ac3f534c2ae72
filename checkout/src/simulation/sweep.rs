//! The sweep on tokio's paused clock, which jumps to the next timer when all tasks are idle. So its wake-ups are exact.

use super::{
    invariants,
    memory_store::{Memory, MemoryStore},
    tables::Constraints,
    workload::start_time,
};
use crate::{
    Checkout, Clock, Limits,
    model::{Actor, Money, Owner, Product, ProductDraft, Quantity, Timestamp},
    state::MAX_DUE_PER_LOAD,
};
use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};
use tokio::time::Instant;
use uuid::Uuid;

/// A clock that follows tokio's.
struct TokioClock(Instant);

impl Clock for TokioClock {
    fn now(&self) -> Timestamp {
        start_time() + self.0.elapsed()
    }
}

async fn node(memory: &Arc<Memory>, clock: &Arc<TokioClock>) -> Checkout {
    Checkout::start(Arc::new(MemoryStore(memory.clone())), clock.clone(), Limits::default()).await.unwrap()
}

async fn product(node: &Checkout, slug: &str, stock: u32, hold_for: Duration) -> Product {
    let price = Money::parse("10", "USD".parse().unwrap()).unwrap();
    let mut draft = ProductDraft::new(slug.parse().unwrap(), slug, price, stock);
    draft.hold_for = hold_for;
    node.add_product(draft, Actor::system()).await.unwrap().value
}

async fn hold(node: &Checkout, product: &Product) -> Timestamp {
    let qty = Quantity::try_from(1).unwrap();
    let hold = node.place_hold(product.id, qty, Owner(Uuid::from_u128(7)), None, None).await.unwrap().value;
    hold.expires_at
}

#[tokio::test(start_paused = true)]
async fn the_sweep_wakes_when_something_is_due() {
    let memory = Memory::new(1, Constraints::ALL);
    let clock = Arc::new(TokioClock(Instant::now()));
    let node = node(&memory, &clock).await;
    node.start_maintenance(Limits::default());
    // At irregular instants, so that a sweep every half second would be late for most.
    for (nth, pause) in [130, 270, 310, 450, 90].into_iter().enumerate() {
        tokio::time::sleep(Duration::from_millis(pause)).await;
        let phone = product(&node, &format!("phone-{nth}"), 1, Duration::from_secs(1)).await;
        let due = hold(&node, &phone).await;
        while memory.tables().products[&phone.id].stock.available == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let late = due.until(clock.now());
        assert!(clock.now() >= due, "swept before its time");
        assert!(late <= Duration::from_millis(50), "swept {late:?} late");
    }
}

#[tokio::test(start_paused = true)]
async fn the_sweep_sleeps_while_nothing_is_due() {
    let memory = Memory::new(1, Constraints::ALL);
    let clock = Arc::new(TokioClock(Instant::now()));
    let node = node(&memory, &clock).await;
    let phone = product(&node, "phone", 1, Duration::from_hours(1)).await;
    hold(&node, &phone).await;
    node.start_maintenance(Limits::default());
    tokio::time::sleep(Duration::from_mins(1)).await;
    let due_reads = memory.due_reads.load(Ordering::Relaxed);
    assert!((60..=130).contains(&due_reads), "{due_reads} reads in a minute");
}

#[tokio::test(start_paused = true)]
async fn two_sweeps_at_once_give_back_thousands_exactly_once_in_bounded_batches() {
    let memory = Memory::new(1, Constraints::ALL);
    let clock = Arc::new(TokioClock(Instant::now()));
    let nodes = [node(&memory, &clock).await, node(&memory, &clock).await];
    let phone = product(&nodes[0], "phone", 2_500, Duration::from_secs(1)).await;
    futures::future::join_all((0..2_500).map(|_| hold(&nodes[0], &phone))).await;
    memory.largest.store(0, Ordering::Relaxed);
    for node in &nodes {
        node.start_maintenance(Limits::default());
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let tables = memory.tables().clone();
    invariants::check(&tables, &tables);
    assert_eq!(tables.products[&phone.id].stock.available, 2_500);
    let largest = memory.largest.load(Ordering::Relaxed);
    assert!(largest <= MAX_DUE_PER_LOAD, "{largest} in one commit");
}
