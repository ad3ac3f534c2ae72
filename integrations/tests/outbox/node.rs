//! A node with workers in a runtime of its own, so that it can be killed like a process.

use crate::database::Database;
use async_trait::async_trait;
use checkout::{
    Checkout, Error, Limits, ManualClock, Supervisor,
    model::{
        Actor, EndpointId, Job, JobId, JobKind, JobSubject, Money, NewJob, OrderId, Owner, ProductDraft, Timestamp,
        Topic,
    },
    store::{self, Store, listings::PageRequest, outbox::JobFilter},
};
use integrations::outbox::{self, Consequences, Handler, Lane, Outcome};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};
use std::{pin::Pin, sync::Arc, time::Duration};
use tokio::runtime::{Builder, Runtime};
use uuid::Uuid;

pub use integrations::outbox::Event as FannedOut;

impl Database {
    /// Keeps the database from answering: PostgreSQL ends all connections and accepts none, and another process holds the file.
    pub async fn outage(&self, time: Duration) {
        match self {
            Self::Sqlite(_) => {
                let mut connection = SqliteConnection::connect(&self.url()).await.unwrap();
                sqlx::query("BEGIN IMMEDIATE").execute(&mut connection).await.unwrap();
                tokio::time::sleep(time).await;
                sqlx::query("COMMIT").execute(&mut connection).await.unwrap();
            }
            Self::Postgres { server, name } => {
                run(server, format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).await.unwrap();
                let end = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
                run(server, end).await.unwrap();
                tokio::time::sleep(time).await;
                run(server, format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")).await.unwrap();
            }
        }
    }

    /// Lets the database refuse to record that the job with this key is done.
    pub async fn refuse_result(&self, key: &str) {
        match self {
            Self::Sqlite(_) => {
                let mut connection = SqliteConnection::connect(&self.url()).await.unwrap();
                let trigger = format!(
                    "CREATE TRIGGER refusal BEFORE UPDATE ON outbox WHEN NEW.state = 'done' AND NEW.unique_key = '{key}'
                     BEGIN SELECT RAISE(ABORT, 'refused'); END"
                );
                sqlx::raw_sql(AssertSqlSafe(trigger)).execute(&mut connection).await.unwrap();
            }
            Self::Postgres { .. } => {
                let mut connection = PgConnection::connect(&self.url()).await.unwrap();
                let check = format!("ALTER TABLE outbox ADD CHECK (unique_key <> '{key}' OR state <> 'done')");
                sqlx::raw_sql(AssertSqlSafe(check)).execute(&mut connection).await.unwrap();
            }
        }
    }
}

async fn run(server: &str, sql: String) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect(server).await?;
    sqlx::query(AssertSqlSafe(sql)).execute(&mut connection).await.map(drop)
}

pub type Hook = Arc<dyn Fn(Job) -> Pin<Box<dyn Future<Output = Outcome> + Send>> + Send + Sync>;

/// A handler that calls a function of the test.
pub struct Recorder {
    pub kind: JobKind,
    pub hook: Hook,
}

#[async_trait]
impl Handler for Recorder {
    fn kind(&self) -> JobKind {
        self.kind
    }

    fn task_name(&self) -> &'static str {
        "outbox_test"
    }

    async fn run(&self, job: &Job) -> Outcome {
        (self.hook)(job.clone()).await
    }
}

/// A mail for each order that was placed. The first time that it sees an event of a product it panics with the whole batch.
pub struct Event;

impl Event {
    pub fn page() -> PageRequest {
        PageRequest::first(100)
    }
}

#[async_trait]
impl Consequences for Event {
    async fn of(&self, events: &[FannedOut]) -> Result<Vec<(JobId, NewJob)>, Error> {
        let is_alone = events.len() == 1;
        assert!(is_alone || events.iter().all(|event| event.product.is_none()), "an event of a product beside others");
        let placed = events.iter().filter(|event| event.job.topic == Topic::OrderCreated);
        Ok(placed
            .map(|event| {
                let order = event.order.as_ref().unwrap().id;
                let key = format!("mail/order.created/{order}");
                let id = JobId(Uuid::from_u128(event.job.id.0.as_u128() ^ 1));
                let Job { topic, subject, created_at, .. } = event.job;
                (event.job.id, NewJob::new(id, JobKind::Mail, topic, subject, key, created_at))
            })
            .collect())
    }
}

pub struct Node {
    pub checkout: Checkout,
    pub store: Arc<dyn Store>,
    pub clock: Arc<ManualClock>,
    pub tasks: Supervisor,
    runtime: Option<Runtime>,
}

impl Node {
    pub async fn start(database: &Database, lanes: Vec<Lane>) -> Self {
        Self::start_at(database, Arc::new(ManualClock::at(noon())), lanes).await
    }

    pub async fn start_at(database: &Database, clock: Arc<ManualClock>, lanes: Vec<Lane>) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let (url, time) = (database.url(), clock.clone());
        let started = runtime.spawn(async move {
            let store = store::open(&url).await.unwrap();
            store.migrate().await.unwrap();
            let checkout = Checkout::start(store.clone(), time, Limits::default()).await.unwrap();
            let tasks = Supervisor::new();
            outbox::start(&checkout, &store, vec![Arc::new(Event)], lanes, &tasks);
            (checkout, store, tasks)
        });
        let (checkout, store, tasks) = started.await.unwrap();
        Self { checkout, store, clock, tasks, runtime: Some(runtime) }
    }

    /// Ends the node without a chance to finish anything.
    pub fn kill(mut self) {
        self.runtime.take().unwrap().shutdown_background();
    }

    /// Stops the node gracefully.
    pub async fn stop(self) {
        assert_eq!(self.tasks.stop(Duration::from_secs(6)).await, Vec::<&str>::new());
        self.kill();
    }

    /// Number of attempts at jobs of this kind with this outcome.
    pub fn attempts(&self, kind: JobKind, outcome: &str) -> u64 {
        let all = self.checkout.metrics().job_attempts();
        all.filter(|(of, name, _)| (*of, *name) == (kind, outcome)).map(|(_, _, count)| count).sum()
    }

    pub async fn jobs(&self, kind: JobKind) -> Vec<Job> {
        let filter = JobFilter { kind: Some(kind), ..JobFilter::default() };
        self.store.outbox().list(filter, PageRequest::first(1000)).await.unwrap().items
    }

    /// Places an order of the last unit of a product.
    pub async fn order(&self) -> OrderId {
        let price = Money::parse("19.99", "USD".parse().unwrap()).unwrap();
        let draft = ProductDraft::new("phone".parse().unwrap(), "Phone", price, 1);
        let phone = self.checkout.add_product(draft, Actor::system()).await.unwrap().value;
        let owner = Owner(Uuid::from_u128(7));
        let hold = self.checkout.place_hold(phone.id, 1.try_into().unwrap(), owner, None, None).await.unwrap().value;
        self.checkout.place_order(hold.id, None, owner, None).await.unwrap().value.id
    }
}

impl Drop for Node {
    /// A runtime cannot be dropped in another one.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

pub fn noon() -> Timestamp {
    Timestamp::parse("2026-11-27T12:00:00Z").unwrap()
}

/// A mail that is due at noon. The last digits of its ids are `nth`.
pub fn mail(nth: u128) -> NewJob {
    let subject = JobSubject { version: 1, ..JobSubject::default() };
    let id = JobId(Uuid::from_u128(nth));
    NewJob::new(id, JobKind::Mail, Topic::OrderPaid, subject, format!("mail/{nth}"), noon())
}

/// A webhook to an endpoint, due at noon.
pub fn webhook(nth: u128, endpoint: u128) -> NewJob {
    NewJob { kind: JobKind::Webhook, endpoint: Some(EndpointId(Uuid::from_u128(endpoint))), ..mail(nth) }
}

/// Waits until a condition holds, at most ten seconds.
pub async fn eventually(mut holds: impl AsyncFnMut() -> bool) {
    let waited = tokio::time::timeout(Duration::from_secs(10), async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    waited.await.expect("the condition does not hold in time");
}
