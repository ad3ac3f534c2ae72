//! SQLite: one file with one writer. WAL with `synchronous=FULL` puts a batch on disk before it is acknowledged (P2).

mod audit_log;
mod background;
mod checkpoint;
mod clients;
mod contacts;
mod endpoints;
mod listings;
mod load;
mod operators;
mod outbox;
mod payment_attempts;
mod pictures;
mod purge;
mod reads;
mod reconciliations;
mod sandbox_refunds;
mod sessions;
mod sql;
mod statistics;
mod write;

use super::{
    AuditLog, Clients, CommitOutcome, Contacts, DatabaseInfo, Endpoints, Listings, Operators, Outbox, PaymentAttempts,
    Pictures, Purge, Reads, Reconciliations, SandboxRefunds, Sessions, Statistics, Store, Transaction,
    accepting_newer_schema,
    table::{Rows, Table},
};
use crate::{
    error::StoreError,
    state::{LoadRequest, Loaded, WriteSet},
    supervisor::Supervisor,
};
use async_trait::async_trait;
use background::Background;
use checkpoint::MAX_WAL_PAGES;
use sqlx::{
    AssertSqlSafe, Connection, Sqlite, SqliteConnection, SqlitePool,
    migrate::Migrator,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{str::FromStr, sync::LazyLock, time::Duration};
use tokio::sync::{OwnedMutexGuard, mpsc};

/// The oldest SQLite that is safe. Older ones can corrupt a database when the WAL is reset.
const MIN_SQLITE_VERSION: (u32, u32, u32) = (3, 51, 3);

/// Number of connections for reads outside the writer's transaction.
const READERS: u32 = 4;

/// How long to wait while another process writes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

static MIGRATIONS: LazyLock<Migrator> =
    LazyLock::new(|| accepting_newer_schema(sqlx::migrate!("../migrations/sqlite")));

/// A shop in one SQLite file.
pub struct SqliteStore {
    writer: SqlitePool,
    readers: SqlitePool,
    background: Background,
    tasks: Supervisor,
    /// The queue of session changes, which are written in batches.
    sessions: mpsc::Sender<sessions::QueuedChange>,
}

impl SqliteStore {
    /// Opens the file. Creates the file and its folder if they do not exist.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::from_str(url)
            .map_err(|e| StoreError::Config(format!("not a SQLite address: {e}")))?
            .create_if_missing(true)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("wal_autocheckpoint", MAX_WAL_PAGES.to_string())
            .optimize_on_close(true, None);
        if let Some(folder) = options.get_filename().parent().filter(|f| !f.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)
                .map_err(|e| StoreError::Config(format!("cannot make the folder {}: {e}", folder.display())))?;
        }
        let pool = |size| {
            SqlitePoolOptions::new().max_connections(size).min_connections(1).idle_timeout(None).max_lifetime(None)
        };
        // After a COMMIT that failed, SQLite may have rolled back by itself. The driver then still counts a transaction, and the
        // connection begins no other.
        let writer = pool(1).before_acquire(|connection, _| Box::pin(async { Ok(!connection.is_in_transaction()) }));
        let writer = writer.connect_with(options.clone()).await.map_err(classify)?;
        let readers = pool(READERS).connect_with(options.clone()).await.map_err(classify)?;
        // After a COMMIT that failed, see above.
        let background =
            pool(1).before_acquire(|connection, _| Box::pin(async { Ok(!connection.is_in_transaction()) }));
        let background = Background::open(background, options.clone()).await?;
        let tasks = Supervisor::new();
        checkpoint::start(pool(1).connect_with(options).await.map_err(classify)?, &tasks);
        let sessions = sessions::start(writer.clone(), &tasks);
        let store = Self { writer, readers, background, tasks, sessions };
        store.check_version().await?;
        Ok(store)
    }

    async fn check_version(&self) -> Result<(), StoreError> {
        let text: String =
            sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&self.writer).await.map_err(classify)?;
        let mut parts = text.split('.').map(|part| part.parse().unwrap_or(0));
        let version = (parts.next().unwrap_or(0), parts.next().unwrap_or(0), parts.next().unwrap_or(0));
        if version < MIN_SQLITE_VERSION {
            let (a, b, c) = MIN_SQLITE_VERSION;
            return Err(StoreError::Config(format!(
                "SQLite {text} can corrupt its database; {a}.{b}.{c} or newer is needed"
            )));
        }
        Ok(())
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn migrate(&self) -> Result<(), StoreError> {
        // sqlx takes no lock on SQLite, so two processes that start together may both begin to migrate. The second one
        // fails, and finds the work done when it tries again.
        let mut tries = 0;
        loop {
            match MIGRATIONS.run(&self.writer).await {
                Ok(()) => return Ok(()),
                Err(error) if tries < 5 => {
                    tries += 1;
                    tracing::debug!(%error, tries, "migrating again");
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
                Err(error) => return Err(StoreError::Config(format!("cannot migrate the database: {error}"))),
            }
        }
    }

    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError> {
        let turn = self.background.turn().await;
        let transaction = self.writer.begin_with("BEGIN IMMEDIATE").await.map_err(classify)?;
        Ok(Box::new(SqliteTransaction { transaction, _turn: turn }))
    }

    fn reads(&self) -> &dyn Reads {
        self
    }

    async fn database(&self) -> Result<DatabaseInfo, StoreError> {
        let query = sqlx::query_as("SELECT sqlite_version(), (SELECT max(version) FROM _sqlx_migrations)");
        let (version, schema) = query.fetch_one(&self.readers).await.map_err(classify)?;
        Ok(DatabaseInfo { name: "SQLite", version, schema })
    }

    fn supervisor(&self) -> Option<&Supervisor> {
        Some(&self.tasks)
    }

    fn listings(&self) -> &dyn Listings {
        self
    }

    fn purge(&self) -> &dyn Purge {
        self
    }

    fn sessions(&self) -> &dyn Sessions {
        self
    }

    fn clients(&self) -> &dyn Clients {
        self
    }

    fn contacts(&self) -> &dyn Contacts {
        self
    }

    fn payment_attempts(&self) -> &dyn PaymentAttempts {
        self
    }

    fn reconciliations(&self) -> &dyn Reconciliations {
        self
    }

    fn sandbox_refunds(&self) -> &dyn SandboxRefunds {
        self
    }

    fn outbox(&self) -> &dyn Outbox {
        self
    }

    fn endpoints(&self) -> &dyn Endpoints {
        self
    }

    fn operators(&self) -> &dyn Operators {
        self
    }

    fn audit_log(&self) -> &dyn AuditLog {
        self
    }

    fn pictures(&self) -> &dyn Pictures {
        self
    }

    fn statistics(&self) -> &dyn Statistics {
        self
    }
}

struct SqliteTransaction {
    transaction: sqlx::Transaction<'static, Sqlite>,
    /// Background workers write after this transaction.
    _turn: OwnedMutexGuard<()>,
}

#[async_trait]
impl Transaction for SqliteTransaction {
    async fn load(&mut self, request: &LoadRequest) -> Result<Loaded, StoreError> {
        load::load(&mut self.transaction, request).await
    }

    async fn commit(mut self: Box<Self>, writes: &WriteSet) -> Result<CommitOutcome, StoreError> {
        if !write::write(&mut self.transaction, writes).await? {
            self.transaction.rollback().await.map_err(classify)?;
            return Ok(CommitOutcome::Conflict(Vec::new()));
        }
        // When the disk fails now, the batch may or may not be on it.
        self.transaction.commit().await.map_err(|error| {
            if writes.is_repeatable() {
                StoreError::Contended(Box::new(error))
            } else {
                StoreError::Ambiguous(Box::new(error))
            }
        })?;
        Ok(CommitOutcome::Committed)
    }
}

/// Inserts a row. Returns the number of rows inserted.
async fn insert<T: Table>(connection: &mut SqliteConnection, row: &T, end: &str) -> Result<u64, StoreError> {
    let query = sqlx::query(AssertSqlSafe(sql::insert::<T>() + end)).bind(sql::json(&Rows::new([row]))?);
    Ok(query.execute(connection).await.map_err(classify)?.rows_affected())
}

/// A query's result in the form that the shared statements expect. A query of a file needs no time limit.
trait QueryExt<T>: Future<Output = Result<T, sqlx::Error>> + Sized {
    async fn with_timeout(self) -> Result<T, StoreError> {
        self.await.map_err(classify)
    }
}

impl<T, F: Future<Output = Result<T, sqlx::Error>>> QueryExt<T> for F {}

/// Maps an error of the driver to the writer's error.
fn classify(error: sqlx::Error) -> StoreError {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code).and_then(|c| c.parse::<i32>().ok());
    match (code.map(|c| c & 0xff), &error) {
        // SQLITE_BUSY and SQLITE_LOCKED
        (Some(5 | 6), _) => StoreError::Contended(Box::new(error)),
        // SQLITE_IOERR, SQLITE_FULL and SQLITE_CANTOPEN: the batch was rolled back, and a later one may succeed.
        (Some(10 | 13 | 14), _) | (None, sqlx::Error::PoolTimedOut | sqlx::Error::Io(_)) => {
            StoreError::Unavailable(Box::new(error))
        }
        _ => StoreError::Rejected(Box::new(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clock::{IdGenerator, SystemClock},
        model::{Actor, AuditEntry, AuditObject, Timestamp},
        state::State,
    };
    use std::sync::Arc;

    /// A hook that refuses every commit stands for a disk that fails.
    #[tokio::test]
    async fn a_failed_commit_is_ambiguous_only_if_its_batch_has_an_effect() {
        let home = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&format!("sqlite://{}", home.path().join("shop.db").display())).await.unwrap();
        store.migrate().await.unwrap();
        let ids = IdGenerator::new(Arc::new(SystemClock));
        let mut writes = State::default().writes(&ids, Timestamp::default());
        let commit = async |writes: &WriteSet| store.begin().await.unwrap().commit(writes).await;
        let fail = async |writes: &WriteSet| {
            store.writer.acquire().await.unwrap().lock_handle().await.unwrap().set_commit_hook(|| false);
            commit(writes).await
        };
        let repeatable = fail(&writes).await;
        assert!(matches!(repeatable, Err(StoreError::Contended(_))), "{repeatable:?}");
        writes.audit_log.push(AuditEntry {
            id: ids.generate(),
            at: Timestamp::default(),
            actor: Actor::system(),
            action: "product.add".into(),
            object: AuditObject::new("product", 1),
            before: None,
            after: None,
            reason: None,
        });
        let changed = fail(&writes).await;
        assert!(matches!(changed, Err(StoreError::Ambiguous(_))), "{changed:?}");
        // The store goes on.
        assert!(matches!(commit(&writes).await, Ok(CommitOutcome::Committed)));
    }
}
