//! The boundary to the databases: load these rows, apply this decision, commit, and a handful of reads. All logic lies
//! above it, so that a store is statements and row mapping only.

use crate::{
    clock::{Clock, SystemClock},
    error::StoreError,
    model::{Hold, HoldId, Order, OrderId, Owner, Payment, Product, ProductId, Timestamp},
    state::{LoadRequest, Loaded, WriteSet},
};
use async_trait::async_trait;
use serde::Serialize;
use std::{sync::Arc, time::Duration};
use uuid::Uuid;

mod audit;
pub mod postgres;
mod rows;
pub mod sqlite;

/// How often other processes' commits are looked for where nothing tells of them. A third of the second within which
/// they must show.
const POLL_INTERVAL: Duration = Duration::from_millis(300);

/// A database that keeps the shop.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Brings the schema up to date, forward only, under a lock.
    async fn migrate(&self) -> Result<(), StoreError>;

    /// Begins to write. Whoever holds the unit is alone with the products it has loaded.
    #[doc(hidden)]
    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError>;

    /// The reads that need no lock.
    fn reads(&self) -> &dyn Reads;

    /// What has been kept long enough.
    fn purge(&self) -> &dyn Purge;

    /// The browser sessions.
    fn sessions(&self) -> &dyn Sessions;

    /// The API's clients.
    fn clients(&self) -> &dyn Clients;

    /// The clock that all processes on this store go by.
    fn clock(&self) -> Arc<dyn Clock> {
        Arc::new(SystemClock)
    }

    /// Tells other processes that this one has committed, without waiting for anything.
    fn notify(&self) {}

    /// Returns when another process has committed, or may have.
    async fn wait_for_change(&self) {
        tokio::time::sleep(POLL_INTERVAL).await;
    }
}

/// One transaction of the writer. Dropped, it is rolled back when the database notices.
#[doc(hidden)]
#[async_trait]
pub trait Transaction: Send {
    /// Loads what is wanted, in bulk, as it is now.
    async fn load(&mut self, request: &LoadRequest) -> Result<Loaded, StoreError>;

    /// Writes everything and commits, unless another writer was first.
    async fn commit(self: Box<Self>, writes: &WriteSet) -> Result<CommitOutcome, StoreError>;

    /// Lets go of what was loaded, at once.
    async fn rollback(self: Box<Self>) {}
}

/// How an attempt to commit ended.
#[doc(hidden)]
#[derive(Debug)]
pub enum CommitOutcome {
    /// On disk.
    Committed,
    /// A product was no longer at the version that the decisions were made on, or a key was taken; nothing is written.
    /// These products are known as they are now, which may spare the writer the reading.
    Conflict(Vec<Product>),
}

/// What an order's watchers are told of: the order, and its refunds, which leave no trace on the order itself.
#[doc(hidden)]
#[derive(Debug, Clone)]
pub struct OrderSnapshot {
    /// The order.
    pub order: Order,
    /// How many payments for it went back or must go back. It never shrinks.
    pub refunds: i64,
}

/// Reads outside the writer's transaction.
#[async_trait]
pub trait Reads: Send + Sync {
    /// Every product, oldest first.
    async fn products(&self) -> Result<Vec<Product>, StoreError>;
    /// A number that changes whenever somebody commits.
    async fn change_token(&self) -> Result<i64, StoreError>;
    /// A hold, whoever owns it.
    async fn hold(&self, id: HoldId) -> Result<Option<Hold>, StoreError>;
    /// The owner's holds for a named shopper that are active and not past their time, newest first.
    async fn active_holds(&self, owner: Owner, now: Timestamp, limit: u32) -> Result<Vec<Hold>, StoreError>;
    /// An order, whoever owns it.
    async fn order(&self, id: OrderId) -> Result<Option<Order>, StoreError>;
    /// These orders as their watchers see them, whoever owns them.
    async fn order_snapshots(&self, ids: &[OrderId]) -> Result<Vec<OrderSnapshot>, StoreError>;
    /// The owner's orders, newest first.
    async fn orders(&self, owner: Owner, before: Option<OrderId>, limit: u32) -> Result<Vec<Order>, StoreError>;
    /// The payment events that refer to a hold, or to the order that it became, oldest first.
    async fn payments(&self, hold: HoldId, order: Option<OrderId>) -> Result<Vec<Payment>, StoreError>;
    /// Products on which a hold or an order is due at `now`.
    async fn due(&self, now: Timestamp) -> Result<Vec<ProductId>, StoreError>;
    /// When the next hold or order is due, and when the oldest parked payment came.
    async fn next_due(&self) -> Result<(Option<Timestamp>, Option<Timestamp>), StoreError>;
    /// How many payment events there are whose money must go back.
    async fn refunds_due(&self) -> Result<u64, StoreError>;
    /// Recomputes every counter from the rows, and holds orders against payments.
    async fn audit(&self) -> Result<Audit, StoreError>;
    /// Answers.
    async fn ping(&self) -> Result<(), StoreError>;
}

/// Deletes what has been kept long enough, a few rows at a time, in a transaction of their own.
#[async_trait]
pub trait Purge: Send + Sync {
    /// Deletes at most `most` answers that were stored before `before`, oldest first; answers how many.
    async fn idempotency_keys(&self, before: Timestamp, most: u32) -> Result<u64, StoreError>;
    /// Deletes at most `most` rows of one product's audit trail from before `before`, oldest first and never its newest;
    /// answers how many.
    async fn audit_log(&self, before: Timestamp, most: u32) -> Result<u64, StoreError>;
}

/// What the rows add up to (P1), and whether orders and payments answer for each other (P5, P7).
#[derive(Debug, Clone, Serialize)]
pub struct Audit {
    /// No drift anywhere.
    pub clean: bool,
    /// Products looked at.
    pub products: u64,
    /// Holds looked at.
    pub holds: u64,
    /// Orders looked at.
    pub orders: u64,
    /// Payment events looked at.
    pub payments: u64,
    /// Payment events whose money must go back.
    pub refunds_due: u64,
    /// Each counter that is not what the rows add up to, and each rule that is broken.
    pub drift: Vec<Drift>,
}

/// A counter that is not what the rows add up to, or a rule that rows break.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Drift {
    /// The product's slug; empty for payments about nothing that is known.
    pub product: String,
    /// Which counter, or which rule.
    pub counter: String,
    /// What is stored; 0 for a rule.
    pub stored: i64,
    /// What the rows add up to; for a rule, how many break it.
    pub counted: i64,
}

/// Browser sessions: opaque bytes with an end.
#[async_trait]
pub trait Sessions: Send + Sync {
    /// Stores a new session; `false` when that id is taken.
    async fn create(&self, id: Uuid, data: &[u8], ends_at: Timestamp) -> Result<bool, StoreError>;
    /// Stores a session over whatever it was.
    async fn save(&self, id: Uuid, data: &[u8], ends_at: Timestamp) -> Result<(), StoreError>;
    /// The session, unless it has ended at `now`.
    async fn load(&self, id: Uuid, now: Timestamp) -> Result<Option<(Vec<u8>, Timestamp)>, StoreError>;
    /// Forgets it.
    async fn delete(&self, id: Uuid) -> Result<(), StoreError>;
    /// Forgets those that have ended; answers how many.
    async fn purge(&self, now: Timestamp) -> Result<u64, StoreError>;
}

/// An API client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiClient {
    /// Its id, which is also the owner of its holds and orders.
    pub id: Uuid,
    /// Its name for people.
    pub name: String,
    /// argon2id, in the PHC string format.
    pub secret_hash: String,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Timestamp>,
}

/// The API's clients.
#[async_trait]
pub trait Clients: Send + Sync {
    /// Adds one.
    async fn add(&self, client: &ApiClient) -> Result<(), StoreError>;
    /// Finds one.
    async fn find(&self, id: Uuid) -> Result<Option<ApiClient>, StoreError>;
    /// All of them, oldest first.
    async fn all(&self) -> Result<Vec<ApiClient>, StoreError>;
    /// Replaces its secret; `false` when there is no such client, or it was revoked.
    async fn set_secret(&self, id: Uuid, secret_hash: &str) -> Result<bool, StoreError>;
    /// Revokes it for good; again is no error. `false` when there is no such client.
    async fn revoke(&self, id: Uuid, at: Timestamp) -> Result<bool, StoreError>;
}

/// Opens the store that a database address names: `sqlite://path` or `postgres://…`.
pub async fn open(url: &str) -> Result<Arc<dyn Store>, StoreError> {
    match url.split(':').next().unwrap_or_default() {
        "sqlite" => Ok(Arc::new(sqlite::SqliteStore::open(url).await?)),
        "postgres" | "postgresql" => Ok(Arc::new(postgres::PostgresStore::open(url).await?)),
        // The rest of the address may hold a password.
        other => Err(StoreError::Config(format!("no store for {other:?}: use sqlite://path or postgres://…"))),
    }
}
