//! What one bad row, one full queue, one lost answer may cost: that one request, and nothing else.

use super::{
    disk::Guards,
    memory::{Fate, Memory, MemoryStore},
    oracles,
    town::morning,
};
use crate::{
    Checkout, Error, Idempotency, IdempotencyKey, Limits, ManualClock,
    model::{Hold, Money, Owner, ProductDraft, ProductId, Quantity},
};
use futures::future::join_all;
use std::sync::Arc;
use uuid::Uuid;

struct Shop {
    memory: Arc<Memory>,
    node: Checkout,
}

impl Shop {
    async fn new(limits: Limits) -> Self {
        let memory = Memory::new(1, Guards::ALL);
        let clock = Arc::new(ManualClock::at(morning()));
        let node = Checkout::start(Arc::new(MemoryStore(memory.clone())), clock, limits).await.unwrap();
        Self { memory, node }
    }

    async fn product(&self, slug: &str) -> ProductId {
        let price = Money::parse("10", "USD".parse().unwrap()).unwrap();
        let draft = ProductDraft::new(slug.parse().unwrap(), slug, price, 50);
        self.node.add_product(draft).await.unwrap().unwrap().id
    }

    async fn hold(&self, product: ProductId, key: Option<&str>) -> Result<Hold, Error> {
        let key = key.map(|name| Idempotency { key: IdempotencyKey::parse(name).unwrap(), fingerprint: [1; 32] });
        let one = Quantity::try_from(1).unwrap();
        Ok(self.node.place_hold(product, one, Owner(Uuid::from_u128(7)), None, key).await?.value)
    }
}

#[tokio::test(start_paused = true)]
async fn a_broken_row_fails_whoever_meets_it_and_nobody_else() {
    let shop = Shop::new(Limits::default()).await;
    let (sound, broken) = (shop.product("sound").await, shop.product("broken").await);
    let held = shop.hold(broken, None).await.unwrap();
    // Counters that cannot be: the hold is there, and its unit is not.
    shop.memory.disk().products.get_mut(&broken).unwrap().stock.held = 0;
    let other = Checkout::start(
        Arc::new(MemoryStore(shop.memory.clone())),
        Arc::new(ManualClock::at(morning())),
        Limits::default(),
    );
    let other = Shop { memory: shop.memory.clone(), node: other.await.unwrap() };
    let release = other.node.release_hold(held.id, held.owner, None);
    let neighbours = join_all((0..9).map(|_| other.hold(sound, None)));
    let (released, neighbours) = tokio::join!(release, neighbours);
    assert!(matches!(released, Err(Error::Fault)), "{released:?}");
    assert!(neighbours.iter().all(Result::is_ok), "{neighbours:?}");
    // Nothing that was in doubt is remembered.
    other.hold(sound, None).await.unwrap();
    assert_eq!(other.memory.disk().products[&sound].stock.held, 10);
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_says_so_at_once_and_consumes_nothing() {
    let shop = Shop::new(Limits { queue: 4, batch: 2, ..Limits::default() }).await;
    let phone = shop.product("phone").await;
    let answers = join_all((0..20).map(|_| shop.hold(phone, None))).await;
    let held = answers.iter().flatten().count();
    let busy = answers.iter().filter(|answer| matches!(answer, Err(Error::Busy { .. }))).count();
    assert_eq!((held, busy), (4, 16), "{answers:?}");
    assert_eq!(shop.memory.disk().products[&phone].stock.held, 4);
}

#[tokio::test(start_paused = true)]
async fn whoever_went_away_before_the_work_began_is_spared_it() {
    use futures::FutureExt;
    let shop = Shop::new(Limits::default()).await;
    let phone = shop.product("phone").await;
    // Sent, and dropped before the writer has had its turn.
    assert!(shop.hold(phone, None).now_or_never().is_none());
    shop.hold(phone, None).await.unwrap();
    assert_eq!(shop.memory.disk().products[&phone].stock.held, 1);
}

/// What became of a request whose answer was lost is learned by repeating it (P9).
#[tokio::test(start_paused = true)]
async fn every_failure_leaves_the_whole_or_nothing_and_the_key_tells_which() {
    for (fate, written) in [(Fate::LostReading, 0), (Fate::LostBefore, 0), (Fate::LostAfter, 1), (Fate::Contended, 1)] {
        let shop = Shop::new(Limits::default()).await;
        let phone = shop.product("phone").await;
        shop.memory.doom(fate);
        let answer = shop.hold(phone, Some("k")).await;
        let fine = match fate {
            Fate::LostReading | Fate::LostBefore => matches!(answer, Err(Error::Busy { .. })),
            Fate::LostAfter => matches!(answer, Err(Error::Unknown)),
            Fate::Contended | Fate::Fine => answer.is_ok(),
        };
        assert!(fine, "{fate:?}: {answer:?}");
        assert_eq!(shop.memory.disk().holds.len(), written, "{fate:?}");
        let again = shop.hold(phone, Some("k")).await.unwrap();
        assert!(answer.is_err() || answer.unwrap() == again);
        let disk = shop.memory.disk().clone();
        assert_eq!(disk.holds.len(), 1, "{fate:?}");
        oracles::check(&disk, &disk);
    }
}
