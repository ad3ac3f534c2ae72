//! PostgreSQL: one database for several processes. A batch that needs nothing from the database is written by one
//! statement. Any other batch is a transaction that locks its products, loads rows, and ends with the same statement.

mod audit_log;
mod clients;
mod clock;
mod connection;
mod contacts;
mod endpoints;
mod error;
mod listings;
mod load;
mod notifications;
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
mod statement;
mod statistics;
mod transaction;
mod write;

use super::{
    AuditLog, Clients, Contacts, DatabaseInfo, Endpoints, Listings, Operators, Outbox, PaymentAttempts, Pictures,
    Purge, Reads, Reconciliations, SandboxRefunds, Sessions, Statistics, Store, Transaction, accepting_newer_schema,
};
use crate::{clock::Clock, error::StoreError, supervisor::Supervisor};
use async_trait::async_trait;
use clock::DatabaseClock;
use connection::{CONNECT_TIMEOUT, WriterConnection};
use error::{QueryExt as _, classify};
use notifications::Notifications;
use sqlx::{
    ConnectOptions, PgPool,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use std::{
    str::FromStr,
    sync::{Arc, LazyLock},
};
use uuid::Uuid;

/// Connections in the pool, for reads, sessions and notifications. The writer has one more.
const CONNECTIONS: u32 = 9;

/// Settings of every connection. Nothing waits forever, and the database ends a transaction that was left open.
const SETTINGS: [(&str, &str); 6] = [
    ("idle_in_transaction_session_timeout", "10s"),
    ("lock_timeout", "5s"),
    ("statement_timeout", "8s"),
    ("synchronous_commit", "on"),
    ("timezone", "UTC"),
    // A statement on arrays runs once for each batch. To compile it would cost more than it saves.
    ("jit", "off"),
];

/// The writer finds rows by their keys. Its plans are made once, perhaps while the tables are nearly empty and a
/// sequential scan is cheap. They must not scan the tables after these have grown.
const WRITER_SETTINGS: [(&str, &str); 1] = [("enable_seqscan", "off")];

/// Migrations and the wait for another node's migration have no time limit.
const MIGRATION_SETTINGS: [(&str, &str); 2] = [("lock_timeout", "0"), ("statement_timeout", "0")];

static MIGRATIONS: LazyLock<Migrator> =
    LazyLock::new(|| accepting_newer_schema(sqlx::migrate!("../migrations/postgres")));

/// A shop in a PostgreSQL database.
pub struct PostgresStore {
    options: PgConnectOptions,
    writer: Arc<WriterConnection>,
    pool: PgPool,
    clock: Arc<DatabaseClock>,
    notifications: Notifications,
    tasks: Supervisor,
}

impl PostgresStore {
    /// Connects to the database, which must exist.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        check_parameters(url)?;
        let options = PgConnectOptions::from_str(url)
            .map_err(|_| {
                StoreError::Config("not a PostgreSQL address: use postgres://user:password@host/database".to_owned())
            })?
            .application_name("holdfast")
            .options(SETTINGS)
            .disable_statement_logging();
        // The pool would retry until its timeout, and then not say why it could not connect.
        options.connect().await.map_err(|error| unreachable(&options, &error))?;
        let node = Uuid::new_v4();
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(CONNECT_TIMEOUT)
            .connect_with(options.clone())
            .await
            .map_err(classify)?;
        let named = options.clone().application_name(&format!("holdfast writer {node}"));
        let writer = Arc::new(WriterConnection::new(named.options(WRITER_SETTINGS)));
        let tasks = Supervisor::new();
        let clock = DatabaseClock::start(&pool, &tasks).await?;
        let notifications = Notifications::start(&pool, node, &tasks);
        Ok(Self { options, writer, pool, clock, notifications, tasks })
    }
}

#[async_trait]
impl Store for PostgresStore {
    async fn migrate(&self) -> Result<(), StoreError> {
        // sqlx takes an advisory lock, so that nodes that start together wait for each other.
        let options = self.options.clone().options(MIGRATION_SETTINGS);
        let pool = PgPoolOptions::new().max_connections(1).connect_with(options).await.map_err(classify)?;
        let done = MIGRATIONS.run(&pool).await;
        pool.close().await;
        done.map_err(|error| StoreError::Config(format!("cannot migrate the database: {error}")))
    }

    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError> {
        Ok(Box::new(transaction::PostgresTransaction::new(self)))
    }

    fn reads(&self) -> &dyn Reads {
        self
    }

    async fn database(&self) -> Result<DatabaseInfo, StoreError> {
        let query = "SELECT current_setting('server_version'), (SELECT max(version) FROM _sqlx_migrations)";
        let (version, schema) = sqlx::query_as(query).fetch_one(&self.pool).with_timeout().await?;
        Ok(DatabaseInfo { name: "PostgreSQL", version, schema })
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

    fn clock(&self) -> Arc<dyn Clock> {
        self.clock.clone()
    }

    fn notify(&self) {
        self.notifications.notify();
    }

    async fn wait_for_change(&self) {
        self.notifications.wait().await;
    }
}

/// Parameters that may follow the `?` of an address.
const PARAMETERS: [&str; 18] = [
    "application_name",
    "dbname",
    "host",
    "hostaddr",
    "options",
    "password",
    "port",
    "ssl-ca",
    "ssl-cert",
    "ssl-key",
    "ssl-mode",
    "ssl-root-cert",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "statement-cache-capacity",
    "user",
];

/// Refuses parameters that the driver does not know. The driver would log them with their values, and so a mistyped
/// `password=` would put the password into the log.
fn check_parameters(url: &str) -> Result<(), StoreError> {
    let (_, query) = url.split_once('?').unwrap_or((url, ""));
    let mut names = query.split('&').filter_map(|pair| pair.split('=').next()).filter(|name| !name.is_empty());
    match names.find(|name| !PARAMETERS.contains(name) && !name.starts_with("options[")) {
        None => Ok(()),
        // This may be the rest of a password that contains a question mark.
        Some(_) if query.contains('@') => Err(StoreError::Config(
            "the PostgreSQL address has an unknown parameter; in a password, ? is written %3F".to_owned(),
        )),
        Some(name) => Err(StoreError::Config(format!("the PostgreSQL address has an unknown parameter, {name:?}"))),
    }
}

/// Explains to the operator why the database cannot be reached. The message does not contain the password.
fn unreachable(options: &PgConnectOptions, error: &sqlx::Error) -> StoreError {
    let database = options.get_database().unwrap_or_else(|| options.get_username());
    let why = match error {
        sqlx::Error::Database(error) => error.message().to_owned(),
        sqlx::Error::Io(error) => error.to_string(),
        other => other.to_string(),
    };
    let (host, port) = (options.get_host(), options.get_port());
    StoreError::Config(format!("cannot connect to the PostgreSQL database {database:?} on {host}:{port}: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_parameter_is_refused_without_repeating_its_value() {
        assert!(check_parameters("postgres://a:b@c/d").is_ok());
        assert!(check_parameters("postgres://a@c/d?sslmode=require&password=sesame").is_ok());
        let refused = check_parameters("postgres://a@c/d?sslmode=require&passwort=sesame").unwrap_err().to_string();
        assert!(refused.contains("passwort") && !refused.contains("sesame"), "{refused}");
        let refused = check_parameters("postgres://a:open?sesame@c/d").unwrap_err().to_string();
        assert!(refused.contains("%3F") && !refused.contains("sesame"), "{refused}");
    }
}
