//! Thousands of random commands on two nodes over one store that loses commits and answers: after every step the
//! promises are checked on what is on disk. A failure prints its seed; `HOLDFAST_SEED=… cargo test simulation` repeats it.

#![expect(clippy::unwrap_used, reason = "a simulation that cannot go on has failed")]

mod memory;

use crate::{
    Checkout, Clock, Delivery, Error, Idempotency, IdempotencyKey, Limits, ManualClock,
    model::{
        Deposit, EventOutcome, HoldId, HoldState, Money, OrderId, OrderState, Owner, PaymentStatus, ProductDraft,
        ProductId, Quantity, Reference, Shopper, Timestamp,
    },
};
use fastrand::Rng;
use memory::{Disk, Fate, Memory, MemoryStore};
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use uuid::Uuid;

const STEPS: u32 = 400;
const SEEDS: u64 = 12;
/// A shopper in three is impatient, a payment in three is about somebody else's order: few names collide often.
const NAMES: u32 = 12;

struct Simulation {
    rng: Rng,
    memory: Arc<Memory>,
    clock: Arc<ManualClock>,
    nodes: Vec<Checkout>,
    products: Vec<ProductId>,
}

impl Simulation {
    async fn new(seed: u64) -> Self {
        let memory = Arc::new(Memory::default());
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_795_000_000_000)));
        let mut nodes = Vec::new();
        for _ in 0..2 {
            let store = Arc::new(MemoryStore(memory.clone()));
            nodes.push(Checkout::start(store, clock.clone(), Limits::default()).await.unwrap());
        }
        let mut products = Vec::new();
        for (slug, stock, limit) in [("a", 7, None), ("b", 3, Some(2)), ("c", 40, Some(5))] {
            let price = Money::parse("10", "USD".parse().unwrap()).unwrap();
            let mut draft = ProductDraft::new(slug.parse().unwrap(), slug, price, stock);
            draft.per_shopper_limit = limit;
            products.push(nodes[0].add_product(draft).await.unwrap().unwrap().id);
        }
        Self { rng: Rng::with_seed(seed), memory, clock, nodes, products }
    }

    /// Some commands at once, so that they share batches, while the store and the clock misbehave.
    async fn step(&mut self) {
        match self.rng.u32(0..10) {
            0 => self.memory.doom(Fate::LostBefore),
            1 => self.memory.doom(Fate::LostAfter),
            2 => self.clock.advance(Duration::from_secs(self.rng.u64(1..400))),
            3 => self.clock.set(Timestamp::from_millis(self.clock.now().as_millis() - 30_000)),
            _ => self.clock.advance(Duration::from_millis(self.rng.u64(0..2_000))),
        }
        let size = self.rng.usize(1..8);
        let commands: Vec<_> = (0..size).map(|_| self.command()).collect();
        let results = futures::future::join_all(commands).await;
        for error in results.into_iter().filter_map(Result::err) {
            assert!(!matches!(error, Error::Fault), "a fault: {error:?}");
        }
    }

    fn command(&mut self) -> futures::future::BoxFuture<'static, Result<(), Error>> {
        let node = self.rng.choice(&self.nodes).unwrap().clone();
        let owner = Owner(Uuid::from_u128(self.rng.u128(1..3)));
        let key = self.key();
        let product = *self.rng.choice(&self.products).unwrap();
        match self.rng.u32(0..20) {
            0..8 => {
                let qty = Quantity::try_from(self.rng.i64(1..4)).unwrap();
                let name = format!("shopper-{}", self.rng.u32(0..NAMES));
                let shopper = self.rng.bool().then(|| Shopper::try_from(name).unwrap());
                Box::pin(async move { node.place_hold(product, qty, owner, shopper, key).await.map(drop) })
            }
            8..12 => {
                let hold = self.some_hold();
                Box::pin(async move { node.place_order(hold, owner, key).await.map(drop) })
            }
            12 => {
                let hold = self.some_hold();
                Box::pin(async move { node.release_hold(hold, owner, key).await.map(drop) })
            }
            13 => {
                let hold = self.some_hold();
                Box::pin(async move { node.extend_hold(hold, owner, key).await.map(drop) })
            }
            14 => {
                let order = self.some_order();
                Box::pin(async move { node.cancel_order(order, owner, key).await.map(drop) })
            }
            15 => Box::pin(async move { node.sweep_product(product).await.map(drop) }),
            16 => {
                let total = self.rng.u32(0..50);
                Box::pin(async move { node.adjust_stock(product, total).await.map(drop) })
            }
            _ => {
                let delivery = self.delivery();
                Box::pin(async move { node.record_payment(delivery).await.map(drop) })
            }
        }
    }

    /// Few keys, so that they are used again for the same, and for something else.
    fn key(&mut self) -> Option<Idempotency> {
        let fingerprint = [u8::from(self.rng.u32(0..8) == 0); 32];
        let name = self.rng.u32(0..400).to_string();
        self.rng.bool().then(|| Idempotency { key: IdempotencyKey::parse(&name).unwrap(), fingerprint })
    }

    fn delivery(&mut self) -> Delivery {
        let reference = match self.rng.u32(0..3) {
            0 => Reference::Hold(self.some_hold()),
            _ => Reference::Order(self.some_order()),
        };
        let status = match self.rng.u32(0..5) {
            0 => PaymentStatus::Failure,
            1 => PaymentStatus::Processing,
            _ => PaymentStatus::Success,
        };
        let amount = self.rng.bool().then(|| self.rng.i64(1..4) * 1000);
        Delivery {
            key: format!("evt-{}", self.rng.u32(0..600)).try_into().unwrap(),
            fingerprint: [1; 32],
            reference,
            transaction_id: format!("tx-{}", self.rng.u32(0..300)).try_into().unwrap(),
            status,
            deposit: Deposit { amount, currency: None },
        }
    }

    fn some_hold(&mut self) -> HoldId {
        let ids: Vec<_> = self.memory.disk().holds.keys().rev().take(20).copied().collect();
        self.rng.choice(ids).unwrap_or(HoldId(Uuid::nil()))
    }

    fn some_order(&mut self) -> OrderId {
        let ids: Vec<_> = self.memory.disk().orders.keys().rev().take(20).copied().collect();
        self.rng.choice(ids).unwrap_or(OrderId(Uuid::nil()))
    }

    /// Everybody goes home: what is due comes back, and nothing is left waiting.
    async fn close(&self) {
        self.clock.advance(Duration::from_hours(48));
        for product in &self.products {
            self.nodes[0].sweep_product(*product).await.unwrap();
        }
        self.nodes[1].sweep_parked(self.clock.now()).await.unwrap();
        let disk = self.memory.disk();
        for product in disk.products.values() {
            assert_eq!((product.stock.held, product.stock.pending), (0, 0), "{}", product.slug);
        }
        let parked = disk.payments.values().filter(|p| p.outcome == EventOutcome::Parked).count();
        assert_eq!(parked, 0, "P7: money that nobody answers for");
    }
}

/// The promises, on what is on disk.
fn check(disk: &Disk, before: &Disk) {
    for product in disk.products.values() {
        let stock = product.stock;
        assert!(stock.is_consistent(), "P1: {stock:?}");
        let of = |state: &str| {
            let orders = disk.orders.values().filter(|o| o.product_id == product.id && o.state.name() == state);
            orders.map(|o| o.qty.get()).sum::<u32>()
        };
        let active = disk.holds.values().filter(|h| h.product_id == product.id && h.state == HoldState::Active);
        let held: u32 = active.map(|h| h.qty.get()).sum();
        assert_eq!((stock.held, stock.pending, stock.sold), (held, of("pending"), of("paid")), "P1: {}", product.slug);
    }
    for order in disk.orders.values() {
        let hold = &disk.holds[&order.hold_id];
        assert_eq!(hold.state, HoldState::Ordered { order_id: order.id }, "P3");
        assert!(order.created_at < hold.expires_at, "P3: an order from a hold past its time");
    }
    for (id, order) in &before.orders {
        if matches!(order.state, OrderState::Paid { .. }) {
            assert_eq!(disk.orders[id].state, order.state, "P7: nothing undoes a paid order");
        }
    }
    let mut applied: BTreeMap<_, u32> = BTreeMap::new();
    for payment in disk.payments.values().filter(|p| p.status == PaymentStatus::Success) {
        let answered = [EventOutcome::Applied, EventOutcome::Parked, EventOutcome::Duplicate];
        assert!(answered.contains(&payment.outcome) || payment.outcome.refund_reason().is_some(), "P7: {payment:?}");
        if payment.outcome == EventOutcome::Applied {
            *applied.entry(payment.transaction_id.clone()).or_default() += 1;
        }
    }
    assert!(applied.values().all(|n| *n == 1), "P5: {applied:?}");
    let paid = disk.orders.values().filter(|o| matches!(o.state, OrderState::Paid { .. })).count();
    assert_eq!(paid, applied.len(), "P5: one applied payment for each paid order");
}

async fn simulate(seed: u64) {
    let mut simulation = Simulation::new(seed).await;
    for _ in 0..STEPS {
        let before = simulation.memory.disk().clone();
        simulation.step().await;
        check(&simulation.memory.disk(), &before);
    }
    simulation.memory.doom(Fate::Fine);
    simulation.close().await;
    let disk = simulation.memory.disk();
    let paid = disk.orders.values().filter(|o| matches!(o.state, OrderState::Paid { .. })).count();
    assert!(paid > 5 && disk.payments.len() > 50, "seed {seed} sold too little to mean anything");
}

#[tokio::test]
async fn the_promises_hold_through_thousands_of_random_commands() {
    let seeds = match std::env::var("HOLDFAST_SEED") {
        Ok(seed) => vec![seed.parse().unwrap()],
        Err(_) => (0..SEEDS).chain([fastrand::u64(..)]).collect(),
    };
    for seed in seeds {
        println!("HOLDFAST_SEED={seed}");
        simulate(seed).await;
    }
}
