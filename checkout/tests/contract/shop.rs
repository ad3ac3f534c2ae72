//! The shop of one test: a database, a clock that only the test moves, and helpers to use the shop.

use crate::database::Database;
use checkout::{
    Checkout, Error, Idempotency, IdempotencyKey, Limits, ManualClock, PaymentEvent, PaymentReply, PaymentVerdict,
    model::{
        Actor, AuditEntry, AuditObject, EventKey, Hold, HoldId, Order, OrderId, Owner, Payment, PaymentStatus, Picture,
        PictureFacts, PictureId, PictureSize, Product, ProductDraft, ProductId, Quantity, Reference, Refusal,
        ReportedAmount, Shopper, Stock, Timestamp,
    },
    store::{self, NewPicture, PictureFile, Store},
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use uuid::Uuid;

/// The time at which each scenario starts.
pub fn noon() -> Timestamp {
    Timestamp::parse("2026-11-27T12:00:00Z").unwrap()
}

pub struct Shop {
    pub checkout: Checkout,
    pub clock: Arc<ManualClock>,
    pub store: Arc<dyn Store>,
    events: AtomicU32,
    pub database: Database,
}

impl Shop {
    pub async fn sqlite() -> Self {
        Self::open(Database::sqlite()).await
    }

    pub async fn postgres() -> Self {
        Self::open(Database::postgres().await).await
    }

    async fn open(database: Database) -> Self {
        let url = database.url();
        Self::open_at(database, &url).await
    }

    /// Opens a shop whose database is reached through another address than its own.
    pub async fn open_at(database: Database, url: &str) -> Self {
        let clock = Arc::new(ManualClock::at(noon()));
        let store = store::open(url).await.unwrap();
        store.migrate().await.unwrap();
        let checkout = Checkout::start(store.clone(), clock.clone(), Limits::default()).await.unwrap();
        Self { checkout, clock, store, events: AtomicU32::new(0), database }
    }

    /// Starts another node on the same clock. To the database it looks like another process.
    pub async fn second_node(&self) -> Checkout {
        let store = store::open(&self.database.url()).await.unwrap();
        Checkout::start(store, self.clock.clone(), Limits::default()).await.unwrap()
    }

    /// Puts a phone on sale: 19.99 USD, two minutes to decide, ten to pay.
    pub async fn phone(&self, stock: u32) -> Product {
        self.product("phone", stock, |_| {}).await
    }

    pub async fn product(&self, slug: &str, stock: u32, change: impl FnOnce(&mut ProductDraft)) -> Product {
        let price = checkout::model::Money::parse("19.99", "USD".parse().unwrap()).unwrap();
        let mut draft = ProductDraft::new(slug.parse().unwrap(), "Phone", price, stock);
        change(&mut draft);
        self.checkout.add_product(draft, Actor::system()).await.unwrap().value
    }

    pub async fn try_hold(&self, product: ProductId, qty: i64) -> Result<Hold, Error> {
        hold(&self.checkout, product, qty, None).await
    }

    pub async fn hold(&self, product: ProductId, qty: i64) -> Hold {
        self.try_hold(product, qty).await.unwrap()
    }

    pub async fn order(&self, hold: HoldId) -> Order {
        self.try_order(hold).await.unwrap()
    }

    pub async fn try_order(&self, hold: HoldId) -> Result<Order, Error> {
        Ok(self.checkout.place_order(hold, None, owner(), None).await?.value)
    }

    /// Places a hold and orders it.
    pub async fn ordered(&self, product: ProductId, qty: i64) -> Order {
        let hold = self.hold(product, qty).await;
        self.order(hold.id).await
    }

    pub async fn order_now(&self, id: OrderId) -> Order {
        self.checkout.order(id, owner()).await.unwrap()
    }

    /// Delivers a new payment event.
    pub async fn pay(&self, about: Reference, transaction: &str, status: PaymentStatus) -> PaymentVerdict {
        let nth = self.events.fetch_add(1, Ordering::Relaxed);
        self.deliver(event(&format!("evt_{nth}"), about, transaction, status)).await.unwrap().verdict
    }

    pub async fn deliver(&self, delivery: PaymentEvent) -> Result<PaymentReply, Error> {
        self.checkout.record_payment(delivery).await
    }

    pub async fn payments(&self, order: &Order) -> Vec<Payment> {
        self.checkout.payments(order).await.unwrap()
    }

    /// Returns the stored counters, after an audit without drift (P1).
    pub async fn stock(&self, product: ProductId) -> Stock {
        let audit = self.checkout.audit().await.unwrap();
        assert!(audit.clean, "{audit:?}");
        let products = self.store.reads().products().await.unwrap();
        products.into_iter().find(|p| p.id == product).unwrap().stock
    }

    /// Returns the rows of the audit log without those of added products, oldest first: action, kind of object, before, after.
    pub async fn audit_log(&self) -> Vec<(String, String, Option<String>, Option<String>)> {
        let sql = "SELECT action, object_kind, before, after FROM audit_log WHERE action <> 'product.add' ORDER BY id";
        self.database.rows(sql).await
    }

    /// A paid order of this many units.
    pub async fn paid(&self, product: ProductId, qty: i64, transaction: &str) -> Order {
        let order = self.ordered(product, qty).await;
        assert_eq!(
            self.pay(Reference::Order(order.id), transaction, PaymentStatus::Success).await,
            PaymentVerdict::Processed
        );
        self.order_now(order.id).await
    }

    /// A stored picture.
    pub async fn picture(&self, nth: u8) -> Picture {
        self.store.pictures().add(new_picture(nth), self.checkout.now()).await.unwrap();
        Picture { id: PictureId([nth; 32]), alt: "A phone".to_owned(), width: 400, height: 300, hue: hue_of(nth) }
    }

    pub fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}

/// How long [`eventually`] waits. The shop promises most of these things within a second (P4); the rest is for a slow
/// machine.
const EVENTUALLY_TIMEOUT: Duration = Duration::from_secs(5);

/// Waits until a condition holds.
pub async fn eventually(mut holds: impl AsyncFnMut() -> bool) {
    let waited = tokio::time::timeout(EVENTUALLY_TIMEOUT, async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    waited.await.expect("the condition does not hold in time");
}

pub async fn hold(checkout: &Checkout, product: ProductId, qty: i64, key: Option<Idempotency>) -> Result<Hold, Error> {
    let qty = Quantity::try_from(qty).unwrap();
    Ok(checkout.place_hold(product, qty, owner(), None, key).await?.value)
}

/// The API client of most scenarios.
pub fn owner() -> Owner {
    Owner(Uuid::from_u128(7))
}

pub fn shopper(name: &str) -> Shopper {
    Shopper::try_from(name.to_owned()).unwrap()
}

pub fn event(key: &str, reference: Reference, transaction: &str, status: PaymentStatus) -> PaymentEvent {
    PaymentEvent {
        key: EventKey::try_from(key.to_owned()).unwrap(),
        fingerprint: [1; 32],
        reference,
        transaction_id: transaction.to_owned().try_into().unwrap(),
        status,
        reported: ReportedAmount::default(),
        dispute_id: None,
        payload: None,
    }
}

pub fn key(name: &str, fingerprint: u8) -> Idempotency {
    Idempotency { key: IdempotencyKey::parse(name).unwrap(), fingerprint: [fingerprint; 32] }
}

#[track_caller]
pub fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> Refusal {
    match result {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

/// Available, held, pending and sold units.
pub fn counts(stock: Stock) -> [u32; 4] {
    [stock.available, stock.held, stock.pending, stock.sold]
}

/// The hue of a picture: every third is grey.
fn hue_of(nth: u8) -> Option<u16> {
    (!nth.is_multiple_of(3)).then_some(u16::from(nth) * 10)
}

/// A picture to store, of 400 × 300 pixels.
pub fn new_picture(nth: u8) -> NewPicture {
    let size = PictureSize { width: 400, height: 300 };
    let file = |size| PictureFile { size, media_type: "image/webp", bytes: vec![nth, 0, 255].into() };
    NewPicture {
        id: PictureId([nth; 32]),
        facts: PictureFacts { size, hue: hue_of(nth) },
        files: size.all_stored().map(file).collect(),
    }
}

/// An entry of the audit log with this id.
pub fn entry(id: u128, action: &'static str) -> AuditEntry {
    AuditEntry {
        id: Uuid::from_u128(id).into(),
        at: noon(),
        actor: Actor::command_line("ada"),
        action: action.into(),
        object: AuditObject::new("operator", id),
        before: None,
        after: Some(r#"{"role":"seller"}"#.to_owned()),
        reason: None,
    }
}
