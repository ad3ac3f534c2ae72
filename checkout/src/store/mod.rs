//! The interface to the databases: load rows, commit a decided batch, and a few reads. All logic lies above it, so that
//! a store is only statements and row mapping.

use crate::{
    clock::{Clock, SystemClock},
    error::StoreError,
    model::{
        Hold, HoldId, Order, OrderId, Owner, PaidBefore, Payment, PaymentPayload, Product, ProductId, Reference,
        Refund, RefundId, Timestamp, TransactionId, WebhookId,
    },
    state::{LoadRequest, Loaded, WriteSet},
    supervisor::Supervisor,
};
use async_trait::async_trait;
use serde::Serialize;
use sqlx::migrate::Migrator;
use std::{sync::Arc, time::Duration};
use uuid::Uuid;

#[doc(hidden)]
pub use crate::state::OrderSnapshot;
pub use audit_log::{AuditFilter, AuditLog};
pub use clients::{ApiClient, ClientChange, ClientKey, ClientOutcome, Clients};
pub use contacts::{Contacts, Erasure};
pub use endpoints::{
    Delivery, DeliveryFailure, DeliveryFilter, DeliveryRecord, DisabledReason, Endpoint, EndpointChange,
    EndpointOutcome, Endpoints, MAX_ENDPOINTS, MAX_RESPONSE_CHARS, PreviousSecret, SigningSecret, SwitchOff,
};
pub use listings::Listings;
pub use operators::Operators;
pub use outbox::Outbox;
pub use payment_attempts::{BeginOutcome, PaymentAttempts};
pub use pictures::{NewPicture, PictureFile, Pictures, StoredFile};
pub use reconciliations::{Reconciliation, ReconciliationRun, Reconciliations};
pub use sandbox_refunds::{SandboxRefund, SandboxRefunds};
pub use statistics::Statistics;

mod audit;
mod audit_log;
mod clients;
mod contacts;
mod endpoints;
pub mod listings;
pub mod operators;
pub mod outbox;
mod payment_attempts;
mod pictures;
pub mod postgres;
mod reconciliations;
mod rows;
mod sandbox_refunds;
pub mod sqlite;
mod statistics;
mod table;

/// Time between polls for commits of other processes, where the store has no notifications. Such a commit must show
/// within a second, which leaves time for three polls.
const POLL_INTERVAL: Duration = Duration::from_millis(300);

/// Returns the migrations, which do not fail on a newer schema: a server of the version before may restart while the
/// upgrade of the others is under way.
fn accepting_newer_schema(mut migrations: Migrator) -> Migrator {
    migrations.set_ignore_missing(true);
    migrations
}

/// A database that stores the shop.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Applies the migrations that are missing, under a lock.
    async fn migrate(&self) -> Result<(), StoreError>;

    /// Begins a transaction of the writer. No other writer can change the products that it has loaded.
    #[doc(hidden)]
    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError>;

    /// Reads without locks.
    fn reads(&self) -> &dyn Reads;

    /// The lists of the shop's people.
    fn listings(&self) -> &dyn Listings;

    /// Deletes rows whose retention time is over.
    fn purge(&self) -> &dyn Purge;

    /// The browser sessions.
    fn sessions(&self) -> &dyn Sessions;

    /// The API's clients.
    fn clients(&self) -> &dyn Clients;

    /// The contacts of orders.
    fn contacts(&self) -> &dyn Contacts;

    /// Attempts to pay at a payment provider.
    fn payment_attempts(&self) -> &dyn PaymentAttempts;

    /// The reconciliation with payment providers.
    fn reconciliations(&self) -> &dyn Reconciliations;

    /// Refunds of the sandbox.
    fn sandbox_refunds(&self) -> &dyn SandboxRefunds;

    /// The outbox.
    fn outbox(&self) -> &dyn Outbox;

    /// The endpoints that receive webhooks.
    fn endpoints(&self) -> &dyn Endpoints;

    /// The operators of the console.
    fn operators(&self) -> &dyn Operators;

    /// The audit log.
    fn audit_log(&self) -> &dyn AuditLog;

    /// The pictures of products.
    fn pictures(&self) -> &dyn Pictures;

    /// The statistics of sales.
    fn statistics(&self) -> &dyn Statistics;

    /// Returns the database's name and versions, for operators.
    async fn database(&self) -> Result<DatabaseInfo, StoreError> {
        Ok(DatabaseInfo { name: "memory", version: String::new(), schema: 0 })
    }

    /// The store's background tasks, if it has any.
    fn supervisor(&self) -> Option<&Supervisor> {
        None
    }

    /// The clock that all processes on this store share.
    fn clock(&self) -> Arc<dyn Clock> {
        Arc::new(SystemClock)
    }

    /// Notifies other processes of a commit by this one. Returns at once.
    fn notify(&self) {}

    /// Waits until another process has committed, or may have.
    async fn wait_for_change(&self) {
        tokio::time::sleep(POLL_INTERVAL).await;
    }
}

/// The database behind a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseInfo {
    /// The name, such as `PostgreSQL`.
    pub name: &'static str,
    /// Its version.
    pub version: String,
    /// The number of the last migration that was applied.
    pub schema: i64,
}

/// One transaction of the writer. When it is dropped, the database rolls it back as soon as it notices.
#[doc(hidden)]
#[async_trait]
pub trait Transaction: Send {
    /// Loads the requested rows in bulk, as they are now.
    async fn load(&mut self, request: &LoadRequest) -> Result<Loaded, StoreError>;

    /// Writes the batch and commits it, unless another writer was first.
    async fn commit(self: Box<Self>, writes: &WriteSet) -> Result<CommitOutcome, StoreError>;

    /// Releases the locks on what was loaded, at once.
    async fn rollback(self: Box<Self>) {}
}

/// How an attempt to commit ended.
#[doc(hidden)]
#[derive(Debug)]
pub enum CommitOutcome {
    /// The batch is on disk.
    Committed,
    /// Nothing was written: a product was no longer at the version that the batch was decided on, or a key was taken.
    /// Some stores return the current products, which may save the writer from loading them.
    Conflict(Vec<Product>),
}

/// Reads outside the writer's transaction.
#[async_trait]
pub trait Reads: Send + Sync {
    /// Every product, oldest first.
    async fn products(&self) -> Result<Vec<Product>, StoreError>;
    /// The product with this id.
    async fn product(&self, id: ProductId) -> Result<Option<Product>, StoreError>;
    /// Products whose version is newer than here, and products that are missing here.
    async fn products_beyond(&self, known: &[(ProductId, u64)]) -> Result<Vec<Product>, StoreError>;
    /// The hold with this id, of any owner.
    async fn hold(&self, id: HoldId) -> Result<Option<Hold>, StoreError>;
    /// The owner's active holds for named shoppers that are not overdue, newest first.
    async fn active_holds(&self, owner: Owner, now: Timestamp, limit: u32) -> Result<Vec<Hold>, StoreError>;
    /// The order with this id, of any owner.
    async fn order(&self, id: OrderId) -> Result<Option<Order>, StoreError>;
    /// These orders as their watchers see them, of any owner.
    async fn order_snapshots(&self, ids: &[OrderId]) -> Result<Vec<OrderSnapshot>, StoreError>;
    /// The owner's orders, newest first.
    async fn orders(&self, owner: Owner, before: Option<OrderId>, limit: u32) -> Result<Vec<Order>, StoreError>;
    /// The units that were paid before each of these orders that is paid, in no particular order.
    async fn paid_before(&self, orders: &[OrderId]) -> Result<Vec<PaidBefore>, StoreError>;
    /// The plan of [`Reads::paid_before`], line by line.
    async fn explain_paid_before(&self, orders: &[OrderId]) -> Result<Vec<String>, StoreError>;
    /// The payment events that refer to a hold, or to the order that it became, oldest first.
    async fn payments(&self, hold: HoldId, order: Option<OrderId>) -> Result<Vec<Payment>, StoreError>;
    /// The payload of the payment event with this id, if it is stored.
    async fn payment_payload(&self, id: WebhookId) -> Result<Option<PaymentPayload>, StoreError>;
    /// The order or hold that the events of a transaction refer to; first of all that of a success.
    async fn reference_of(&self, transaction: &TransactionId) -> Result<Option<Reference>, StoreError>;
    /// Those of these transactions that are disputed: one of their disputes was opened and not closed.
    async fn disputed(&self, transactions: &[TransactionId]) -> Result<Vec<TransactionId>, StoreError>;
    /// Payment events that are due for refund and have no refund, oldest first, at most `most`.
    async fn refunds_due_without_row(&self, most: u32) -> Result<Vec<WebhookId>, StoreError>;
    /// The refund with this id.
    async fn refund(&self, id: RefundId) -> Result<Option<Refund>, StoreError>;
    /// Those of these refunds that exist, in no particular order.
    async fn refunds_by_id(&self, ids: &[RefundId]) -> Result<Vec<Refund>, StoreError>;
    /// The refunds of an order's own payment and of its other payments (P7), oldest first, at most 1000.
    async fn refunds_of_order(&self, order: OrderId) -> Result<Vec<Refund>, StoreError>;
    /// Products on which a hold or an order is due at `now`.
    async fn due(&self, now: Timestamp) -> Result<Vec<ProductId>, StoreError>;
    /// When the next hold or order is due, and when the oldest parked payment was received.
    async fn next_due(&self) -> Result<(Option<Timestamp>, Option<Timestamp>), StoreError>;
    /// Number of refunds that are due or have failed.
    async fn refunds_due(&self) -> Result<u64, StoreError>;
    /// Recomputes every counter from the rows, and compares orders with payments.
    async fn audit(&self) -> Result<Audit, StoreError>;
    /// Checks that the database responds.
    async fn ping(&self) -> Result<(), StoreError>;
}

/// Deletes rows whose retention time is over. Each call is a small transaction of its own.
#[async_trait]
pub trait Purge: Send + Sync {
    /// Deletes up to `most` idempotency keys that were stored before `before`, oldest first. Returns the number
    /// deleted.
    async fn idempotency_keys(&self, before: Timestamp, most: u32) -> Result<u64, StoreError>;
    /// Deletes up to `most` rows of one product's stock history that are older than `before`, oldest first and never the
    /// newest row. Returns the number deleted.
    async fn stock_events(&self, before: Timestamp, most: u32) -> Result<u64, StoreError>;
    /// Deletes up to `most` pictures that no product shows and that were last uploaded before `before`, with their files.
    /// Returns the number deleted.
    async fn pictures(&self, before: Timestamp, most: u32) -> Result<u64, StoreError>;
    /// Deletes up to `most` payloads of payment events that were received before `before`, oldest first. Returns the number
    /// deleted.
    async fn payment_payloads(&self, before: Timestamp, most: u32) -> Result<u64, StoreError>;
    /// Deletes up to `most` attempts to deliver webhooks that were started before `before`, oldest first. Returns the number
    /// deleted.
    async fn webhook_deliveries(&self, before: Timestamp, most: u32) -> Result<u64, StoreError>;
    /// Erases up to `most` contacts that were given before `before`, oldest first. Returns the number erased.
    async fn contacts(&self, before: Timestamp, now: Timestamp, most: u32) -> Result<u64, StoreError>;
    /// Deletes up to `most` jobs of the outbox that were done before `before`, oldest first. Returns the number deleted.
    async fn jobs(&self, before: Timestamp, most: u32) -> Result<u64, StoreError>;
    /// Deletes up to `most` jobs of the outbox that failed for good before `before`, oldest first. Returns the number deleted.
    async fn dead_jobs(&self, before: Timestamp, most: u32) -> Result<u64, StoreError>;
}

/// The result of an audit: whether the rows add up to the counters (P1), and whether orders match their payments (P5,
/// P7).
#[derive(Debug, Clone, Serialize)]
pub struct Audit {
    /// Whether there is no drift.
    pub clean: bool,
    /// Number of products checked.
    pub products: u64,
    /// Number of holds checked.
    pub holds: u64,
    /// Number of orders checked.
    pub orders: u64,
    /// Number of payment events checked.
    pub payments: u64,
    /// Number of refunds that are due or have failed.
    pub refunds_due: u64,
    /// Each counter that differs from the sum of its rows, and each rule that is broken.
    pub drift: Vec<Drift>,
}

/// A counter that differs from the sum of its rows, or a rule that rows break.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Drift {
    /// The product's slug. Empty for payments that refer to no known product.
    pub product: String,
    /// The name of the counter or of the rule.
    pub counter: String,
    /// The stored value. 0 for a rule.
    pub stored: i64,
    /// The sum of the rows. For a rule, the number of rows that break it.
    pub counted: i64,
}

/// Browser sessions: opaque bytes that expire.
#[async_trait]
pub trait Sessions: Send + Sync {
    /// Stores a new session. Returns `false` when that id is taken.
    async fn create(&self, id: Uuid, data: &[u8], ends_at: Timestamp) -> Result<bool, StoreError>;
    /// Stores a session, and replaces the one of that id if there is one.
    async fn save(&self, id: Uuid, data: &[u8], ends_at: Timestamp) -> Result<(), StoreError>;
    /// Returns the session and its end, unless it has ended at `now`.
    async fn load(&self, id: Uuid, now: Timestamp) -> Result<Option<(Vec<u8>, Timestamp)>, StoreError>;
    /// Deletes the session.
    async fn delete(&self, id: Uuid) -> Result<(), StoreError>;
    /// Deletes the sessions that have ended. Returns the number deleted.
    async fn purge(&self, now: Timestamp) -> Result<u64, StoreError>;
}

/// A column that the stores' statements know.
#[doc(hidden)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownColumn {
    /// The table's name.
    pub table: &'static str,
    /// The column's name.
    pub name: &'static str,
    /// The kind of its values, which each database stores in a type of its own.
    pub kind: String,
    /// Whether it may be empty.
    pub nullable: bool,
}

/// Returns every column that the stores' statements know, so that a test can compare them with the schema.
#[doc(hidden)]
pub fn known_columns() -> Vec<KnownColumn> {
    rows::known_columns()
}

/// Opens the store that a database address names: `sqlite://path` or `postgres://…`.
pub async fn open(url: &str) -> Result<Arc<dyn Store>, StoreError> {
    match url.split(':').next().unwrap_or_default() {
        "sqlite" => Ok(Arc::new(sqlite::SqliteStore::open(url).await?)),
        "postgres" | "postgresql" => Ok(Arc::new(postgres::PostgresStore::open(url).await?)),
        // The message leaves the rest of the address out, because it may contain a password.
        other => Err(StoreError::Config(format!("no store for {other:?}: use sqlite://path or postgres://…"))),
    }
}
