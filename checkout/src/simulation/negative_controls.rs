//! Races with negative controls. Each race runs with all of the store's constraints and with one turned off. Without the
//! constraint it must fail within a few seeds: otherwise the test would prove nothing.

use super::{
    invariants,
    memory_store::{Memory, MemoryStore},
    tables::{Constraints, Tables},
    workload::start_time,
};
use crate::{
    Checkout, Error, Idempotency, IdempotencyKey, Limits, ManualClock, PaymentEvent,
    model::{
        Actor, HoldId, Money, Owner, PaymentStatus, ProductDraft, ProductId, Quantity, Reference, ReportedAmount,
        Shopper,
    },
};
use std::sync::Arc;
use uuid::Uuid;

pub(super) const SEEDS: u64 = 20;
const UNITS: u32 = 5;

pub(super) struct Race {
    memory: Arc<Memory>,
    pub(super) nodes: [Checkout; 2],
}

impl Race {
    pub(super) async fn new(seed: u64, constraints: Constraints) -> Self {
        let memory = Memory::new(seed, constraints);
        let clock = Arc::new(ManualClock::at(start_time()));
        let node = async || {
            Checkout::start(Arc::new(MemoryStore(memory.clone())), clock.clone(), Limits::default()).await.unwrap()
        };
        let nodes = [node().await, node().await];
        Self { memory, nodes }
    }

    pub(super) async fn product(&self, slug: &str, limit: Option<u32>) -> ProductId {
        let price = Money::parse("10", "USD".parse().unwrap()).unwrap();
        let mut draft = ProductDraft::new(slug.parse().unwrap(), slug, price, UNITS);
        draft.per_shopper_limit = limit;
        self.nodes[0].add_product(draft, Actor::system()).await.unwrap().value.id
    }

    pub(super) fn tables(&self) -> Tables {
        self.memory.tables().clone()
    }
}

pub(super) fn owner() -> Owner {
    Owner(Uuid::from_u128(7))
}

pub(super) async fn hold(
    node: &Checkout,
    product: ProductId,
    shopper: Option<&str>,
    key: Option<Idempotency>,
) -> Result<HoldId, Error> {
    let shopper = shopper.map(|name| Shopper::try_from(name.to_owned()).unwrap());
    let qty = Quantity::try_from(1).unwrap();
    node.place_hold(product, qty, owner(), shopper, key).await.map(|hold| hold.value.id)
}

/// Ten shoppers race for the last three units on two nodes that both know the product. Returns what went wrong.
async fn last_units(seed: u64, constraints: Constraints) -> Option<String> {
    let race = Race::new(seed, constraints).await;
    let product = race.product("phone", None).await;
    for node in &race.nodes {
        hold(node, product, None, None).await.unwrap();
    }
    let requests = (0..10).map(|n| hold(&race.nodes[n % 2], product, None, None));
    let granted = 2 + futures::future::join_all(requests).await.into_iter().flatten().count();
    let drift = invariants::drift(&race.tables());
    (granted != UNITS as usize || !drift.is_empty()).then(|| format!("{granted} sold of {UNITS}; {drift:?}"))
}

/// One shopper, who may have one unit, sends requests to two nodes at once. Returns what went wrong.
async fn limit(seed: u64, constraints: Constraints) -> Option<String> {
    let race = Race::new(seed, constraints).await;
    let product = race.product("phone", Some(1)).await;
    let requests = (0..4).map(|n| hold(&race.nodes[n % 2], product, Some("ada"), None));
    let granted = futures::future::join_all(requests).await.into_iter().flatten().count();
    (granted != 1).then(|| format!("{granted} for a shopper who may have one"))
}

/// One hold is ordered on one node and released on another at once. Returns what went wrong.
async fn one_hold(seed: u64, constraints: Constraints) -> Option<String> {
    let race = Race::new(seed, constraints).await;
    let product = race.product("phone", None).await;
    let id = hold(&race.nodes[0], product, None, None).await.unwrap();
    let (ordered, released) =
        tokio::join!(race.nodes[0].place_order(id, None, owner(), None), race.nodes[1].release_hold(id, owner(), None));
    let drift = invariants::drift(&race.tables());
    let both = ordered.is_ok() == released.is_ok();
    (both || !drift.is_empty()).then(|| format!("ordered {ordered:?}, released {released:?}; {drift:?}"))
}

/// One event of an unknown order comes to two nodes at once. Returns what went wrong.
async fn one_event(seed: u64, constraints: Constraints) -> Option<String> {
    let race = Race::new(seed, constraints).await;
    let event = PaymentEvent {
        key: "evt".to_owned().try_into().unwrap(),
        fingerprint: [1; 32],
        reference: Reference::Hold(HoldId(Uuid::from_u128(1))),
        transaction_id: "tx".to_owned().try_into().unwrap(),
        status: PaymentStatus::Success,
        reported: ReportedAmount::default(),
        dispute_id: None,
        payload: None,
    };
    let events = (0..4).map(|n| race.nodes[n % 2].record_payment(event.clone()));
    for reply in futures::future::join_all(events).await {
        reply.unwrap();
    }
    let counted = race.tables().payments.len();
    (counted != 1).then(|| format!("one event counted {counted} times"))
}

/// One key is used for different requests on two nodes at once. Returns what went wrong.
async fn one_key(seed: u64, constraints: Constraints) -> Option<String> {
    let race = Race::new(seed, constraints).await;
    let products = [race.product("phone", None).await, race.product("watch", None).await];
    let requests = (0..2).map(|n| {
        let idempotency = Idempotency { key: IdempotencyKey::parse("k").unwrap(), fingerprint: [u8::from(n == 1); 32] };
        hold(&race.nodes[n], products[n], None, Some(idempotency))
    });
    let granted = futures::future::join_all(requests).await.into_iter().flatten().count();
    (granted != 1).then(|| format!("one key was granted {granted} times"))
}

/// Runs a race on every seed with all constraints, when it must never fail, and without one, when it must fail once.
macro_rules! negative_controls {
    ($($name:ident: $race:ident, without $guard:ident;)*) => {$(
        #[tokio::test(start_paused = true)]
        async fn $name() {
            let off = Constraints { $guard: false, ..Constraints::ALL };
            let mut damage = None;
            for seed in 0..SEEDS {
                assert_eq!($race(seed, Constraints::ALL).await, None, "seed {seed}");
                damage = match damage {
                    None => $race(seed, off).await,
                    seen => seen,
                };
            }
            assert!(damage.is_some(), "without its constraint the race must fail on one of {SEEDS} seeds");
        }
    )*};
}
pub(super) use negative_controls;

negative_controls! {
    the_version_check_keeps_two_nodes_from_overselling: last_units, without versions;
    the_version_check_keeps_a_shopper_within_the_limit: limit, without versions;
    the_version_check_keeps_a_hold_from_ending_twice: one_hold, without versions;
    the_unique_event_keeps_it_from_counting_twice: one_event, without unique;
    the_unique_key_keeps_it_from_meaning_two_things: one_key, without unique;
}
