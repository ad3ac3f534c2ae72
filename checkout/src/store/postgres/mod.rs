//! PostgreSQL: one database for several processes. A batch that memory suffices for is one statement; any other is a
//! transaction that locks its products, loads, and ends with that same statement.

mod accounts;
mod clock;
mod columns;
mod load;
mod news;
mod purge;
mod reads;
mod statement;
mod unit;
mod write;

use super::{Clients, Purge, Reads, Sessions, Store, Unit};
use crate::{clock::Clock, fault::StoreError};
use async_trait::async_trait;
use clock::DatabaseClock;
use news::News;
use sqlx::{
    ConnectOptions, PgPool,
    error::DatabaseError,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use std::{str::FromStr, sync::Arc, time::Duration};
use tokio::task::JoinSet;
use uuid::Uuid;

/// Connections for reading and for sessions; one more listens.
const CONNECTIONS: u32 = 9;

/// How long to wait for a connection. Past this the database is not available.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);

/// What every connection sets for itself: nothing waits for ever, and a transaction that was left open is ended.
const SETTINGS: [(&str, &str); 6] = [
    ("idle_in_transaction_session_timeout", "10s"),
    ("lock_timeout", "5s"),
    ("statement_timeout", "30s"),
    ("synchronous_commit", "on"),
    ("timezone", "UTC"),
    // Each statement runs once a batch, on arrays: compiling it would cost more than it saves.
    ("jit", "off"),
];

/// The writer looks rows up by their keys. A plan is made once, perhaps in a young database whose tables are read through in
/// no time; it must not read them through when they have grown.
const WRITER_SETTINGS: [(&str, &str); 1] = [("enable_seqscan", "off")];

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../migrations/postgres");

/// The shop in a PostgreSQL database.
pub struct PostgresStore {
    /// The writer's own connection, which nobody else makes wait.
    writer: PgPool,
    pool: PgPool,
    /// What the writer's connection is called in the database; no other has this name.
    writer_name: String,
    clock: Arc<DatabaseClock>,
    news: News,
    /// Ended with the store.
    _tasks: JoinSet<()>,
}

impl PostgresStore {
    /// Connects to the database, which must exist.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        known_parameters(url)?;
        let options = PgConnectOptions::from_str(url)
            .map_err(|_| {
                StoreError::Config("not a PostgreSQL address: use postgres://user:password@host/database".to_owned())
            })?
            .options(SETTINGS)
            .disable_statement_logging();
        // A pool would try again until its time is up, and then not say why.
        options.connect().await.map_err(|error| unreachable(&options, &error))?;
        let node = Uuid::new_v4();
        let writer_name = format!("holdfast writer {node}");
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(CONNECT_WITHIN)
            .connect_with(options.clone().application_name("holdfast"))
            .await
            .map_err(classify)?;
        let writer = PgPoolOptions::new()
            .max_connections(1)
            .acquire_timeout(CONNECT_WITHIN)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_lazy_with(options.application_name(&writer_name).options(WRITER_SETTINGS));
        let mut tasks = JoinSet::new();
        let clock = DatabaseClock::start(&pool, &mut tasks).await?;
        let news = News::start(&pool, node, &mut tasks);
        Ok(Self { writer, pool, writer_name, clock, news, _tasks: tasks })
    }
}

#[async_trait]
impl Store for PostgresStore {
    async fn migrate(&self) -> Result<(), StoreError> {
        // Under a lock of the database's, so that nodes that start together wait for each other.
        let done = MIGRATIONS.run(&self.pool).await;
        done.map_err(|error| StoreError::Config(format!("cannot migrate the database: {error}")))
    }

    async fn begin(&self) -> Result<Box<dyn Unit>, StoreError> {
        Ok(Box::new(unit::PostgresUnit::new(self)))
    }

    fn reads(&self) -> &dyn Reads {
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

    fn clock(&self) -> Arc<dyn Clock> {
        self.clock.clone()
    }

    fn tell(&self) {
        self.news.tell();
    }

    async fn news(&self) {
        self.news.wait().await;
    }
}

/// What may follow the `?` of an address.
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

/// The driver would log a parameter that it does not know, with its value: a mistyped `password=` would be read by all.
fn known_parameters(url: &str) -> Result<(), StoreError> {
    let (_, query) = url.split_once('?').unwrap_or((url, ""));
    let mut names = query.split('&').filter_map(|pair| pair.split('=').next()).filter(|name| !name.is_empty());
    match names.find(|name| !PARAMETERS.contains(name) && !name.starts_with("options[")) {
        None => Ok(()),
        // It may be the rest of a password that has a question mark in it.
        Some(_) if query.contains('@') => Err(StoreError::Config(
            "the PostgreSQL address has an unknown parameter; in a password, ? is written %3F".to_owned(),
        )),
        Some(name) => Err(StoreError::Config(format!("the PostgreSQL address has an unknown parameter, {name:?}"))),
    }
}

/// Why there is no connection, in words for whoever set the address; its password stays out of it.
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

/// What an error of the driver means to the writer, where it is certain that nothing was written.
fn classify(error: sqlx::Error) -> StoreError {
    let code = error.as_database_error().and_then(DatabaseError::code);
    match (code.as_deref(), &error) {
        // serialization_failure, deadlock_detected, lock_not_available
        (Some("40001" | "40P01" | "55P03"), _) => StoreError::Contended(Box::new(error)),
        // insufficient_resources, operator_intervention (shutdown, cancelled by a time limit), connection exceptions
        (Some(code), _) if ["53", "57", "08"].iter().any(|class| code.starts_with(class)) => {
            StoreError::Unavailable(Box::new(error))
        }
        (None, _) if is_lost(&error) => StoreError::Unavailable(Box::new(error)),
        _ => StoreError::Rejected(Box::new(error)),
    }
}

/// The connection is gone, and with it the answer.
fn is_lost(error: &sqlx::Error) -> bool {
    use sqlx::Error::{Io, PoolClosed, PoolTimedOut, Protocol, Tls, WorkerCrashed};
    matches!(error, Io(_) | Protocol(_) | Tls(_) | PoolTimedOut | PoolClosed | WorkerCrashed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_parameter_is_refused_and_its_value_not_repeated() {
        assert!(known_parameters("postgres://a:b@c/d").is_ok());
        assert!(known_parameters("postgres://a@c/d?sslmode=require&password=sesame").is_ok());
        let refused = known_parameters("postgres://a@c/d?sslmode=require&passwort=sesame").unwrap_err().to_string();
        assert!(refused.contains("passwort") && !refused.contains("sesame"), "{refused}");
        let refused = known_parameters("postgres://a:open?sesame@c/d").unwrap_err().to_string();
        assert!(refused.contains("%3F") && !refused.contains("sesame"), "{refused}");
    }
}
