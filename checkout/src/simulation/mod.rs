//! The simulation: thousands of random requests to two nodes over one store that loses commits and replies. After each step
//! the promises are checked on the stored rows and on the replies. A failure prints the command that repeats it.

#![expect(clippy::unwrap_used, reason = "a simulation that cannot go on has failed")]

mod audit_trail;
mod batches;
mod fault_injection;
mod feed;
mod fixture;
mod history;
pub(crate) mod invariants;
mod memory_store;
mod negative_controls;
mod operation_controls;
mod payment_invariants;
pub(crate) mod requests;
mod supervision;
mod sweep;
pub(crate) mod tables;
mod workload;

use crate::model::OrderState;
use std::collections::BTreeSet;
use workload::Workload;

const STEPS: u64 = 300;
const SEEDS: u64 = 12;

/// The kinds of replies that the simulation must reach.
const KINDS: [&str; 34] = [
    "Granted",
    "Replayed",
    "Processed",
    "Duplicate",
    "Ignored",
    "Parked",
    "RefundDue(SoldOut)",
    "RefundDue(AlreadyPaid)",
    "RefundDue(AmountMismatch)",
    "RefundDue(OrderNeverCreated)",
    "Busy",
    "OutcomeUnknown",
    "UnknownProduct",
    "UnknownHold",
    "UnknownOrder",
    "SoldOut",
    "SaleNotStarted",
    "LimitReached",
    "HoldExpired",
    "HoldUsed",
    "InProgress",
    "KeyReused",
    "StockCommitted",
    "RefundDue(OverLimit)",
    "SalePaused",
    "StaleRevision",
    "ProductInUse",
    "OrderNotPaid",
    "RefundTooLarge",
    "AlreadyRestocked",
    "RefundState",
    "DisputeOpen",
    "UnknownRefund",
    "UnknownPayment",
];

/// Prints how to repeat a run that fails.
struct Repeat {
    seed: u64,
    step: u64,
}

impl Drop for Repeat {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let Self { seed, step } = self;
            eprintln!(
                "at step {step}; repeat: HOLDFAST_SEED={seed} HOLDFAST_STEPS={step} cargo test -p checkout simulation"
            );
        }
    }
}

async fn simulate(seed: u64, steps: u64) -> BTreeSet<String> {
    let mut run = Repeat { seed, step: 0 };
    let mut workload = Workload::new(seed).await;
    for step in 1..=steps {
        run.step = step;
        workload.step().await;
    }
    let tables = workload.finish().await;
    let paid = tables.orders.values().filter(|o| matches!(o.state, OrderState::Paid { .. })).count();
    assert!(paid as u64 >= steps / 60, "seed {seed} sold too little to mean anything: {paid}");
    workload.history.seen
}

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().unwrap())
}

#[tokio::test(start_paused = true)]
async fn the_promises_hold_through_thousands_of_random_commands() {
    let steps = setting("HOLDFAST_STEPS").unwrap_or(STEPS);
    if let Some(seed) = setting("HOLDFAST_SEED") {
        simulate(seed, steps).await;
        return;
    }
    let mut seen = BTreeSet::new();
    for seed in (0..SEEDS).chain([fastrand::u64(..)]) {
        println!("HOLDFAST_SEED={seed} HOLDFAST_STEPS={steps}");
        seen.append(&mut simulate(seed, steps).await);
    }
    let missed: Vec<_> = KINDS.into_iter().filter(|kind| !seen.contains(*kind)).collect();
    assert!(missed.is_empty() || steps < STEPS, "never reached: {missed:?}");
}

/// A run with the same seed has the same result.
#[tokio::test(start_paused = true)]
async fn a_seed_repeats_its_run() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let mut workload = Workload::new(5).await;
        for _ in 0..60 {
            workload.step().await;
        }
        let tables = workload.finish().await;
        let stock: Vec<_> = tables.products.values().map(|p| (p.stock, p.version)).collect();
        let outcomes: Vec<_> = tables.payments.values().map(|p| (p.key.clone(), p.outcome)).collect();
        runs.push((stock, outcomes, tables.holds.len(), tables.keys.len()));
    }
    assert_eq!(runs[0], runs[1]);
}
