//! A shop on the simulated store, for tests with fixed scenarios.

use super::{
    memory_store::{Memory, MemoryStore},
    tables::{Constraints, Tables},
    workload::start_time,
};
use crate::{
    Checkout, Error, Idempotency, IdempotencyKey, Limits, ManualClock,
    model::{Actor, Hold, Money, Order, Owner, ProductDraft, ProductId, Quantity, Shopper},
};
use std::{sync::Arc, time::Duration};
use uuid::Uuid;

pub(super) struct Shop {
    pub(super) memory: Arc<Memory>,
    pub(super) clock: Arc<ManualClock>,
    pub(super) node: Checkout,
}

pub(super) fn owner() -> Owner {
    Owner(Uuid::from_u128(7))
}

pub(super) fn shopper(name: &str) -> Shopper {
    Shopper::try_from(name.to_owned()).unwrap()
}

impl Shop {
    pub(super) async fn new(limits: Limits) -> Self {
        let memory = Memory::new(1, Constraints::ALL);
        let clock = Arc::new(ManualClock::at(start_time()));
        let node = Checkout::start(Arc::new(MemoryStore(memory.clone())), clock.clone(), limits).await.unwrap();
        Self { memory, clock, node }
    }

    /// Another node on the same store, with an empty state.
    pub(super) async fn another_node(&self) -> Checkout {
        let store = Arc::new(MemoryStore(self.memory.clone()));
        Checkout::start(store, self.clock.clone(), Limits::default()).await.unwrap()
    }

    /// A product with fifty units and the default times.
    pub(super) async fn product(&self, slug: &str, limit: Option<u32>) -> ProductId {
        let price = Money::parse("10", "USD".parse().unwrap()).unwrap();
        let mut draft = ProductDraft::new(slug.parse().unwrap(), slug, price, 50);
        draft.per_shopper_limit = limit;
        self.node.add_product(draft, Actor::system()).await.unwrap().value.id
    }

    /// A hold of one unit without a shopper.
    pub(super) async fn hold(&self, product: ProductId, key: Option<&str>) -> Result<Hold, Error> {
        let key = key.map(|name| Idempotency { key: IdempotencyKey::parse(name).unwrap(), fingerprint: [1; 32] });
        Ok(self.node.place_hold(product, units(1), owner(), None, key).await?.value)
    }

    /// An order of one unit.
    pub(super) async fn order(&self, product: ProductId) -> Order {
        let hold = self.hold(product, None).await.unwrap();
        self.node.place_order(hold.id, None, owner(), None).await.unwrap().value
    }

    pub(super) fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    pub(super) fn tables(&self) -> Tables {
        self.memory.tables().clone()
    }
}

pub(super) fn units(n: i64) -> Quantity {
    Quantity::try_from(n).unwrap()
}
