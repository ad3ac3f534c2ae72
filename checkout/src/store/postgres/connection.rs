//! The writer's own connection. It is kept between batches, outside the pool: the pool would check twice in each batch
//! whether it is still alive. A batch that finds it closed is decided again on a new one. A lease that is dropped
//! instead of given back closes the connection, so that a connection in an unknown state is never used again.

use super::error::{RESPONSE_TIMEOUT, unavailable, with_deadline};
use crate::error::StoreError;
use sqlx::{ConnectOptions, Executor, PgConnection, postgres::PgConnectOptions};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{Mutex, OwnedMutexGuard},
    time::timeout,
};

/// How long to wait for a connection. After this the database counts as unavailable.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Opens the connection, and keeps it while no batch uses it.
pub(super) struct WriterConnection {
    options: PgConnectOptions,
    idle: Arc<Mutex<Option<PgConnection>>>,
}

/// The connection, while one batch uses it.
pub(super) struct Lease {
    idle: OwnedMutexGuard<Option<PgConnection>>,
    connection: PgConnection,
    in_transaction: bool,
}

impl WriterConnection {
    pub(super) fn new(options: PgConnectOptions) -> Self {
        Self { options, idle: Arc::default() }
    }

    /// Leases the connection, and opens it first if there is none. After an error nothing is written, so the caller may
    /// retry.
    pub(super) async fn lease(&self) -> Result<Lease, StoreError> {
        let lease = async {
            let mut idle = self.idle.clone().lock_owned().await;
            let connection = match idle.take() {
                Some(kept) => kept,
                None => self.options.connect().await.map_err(unavailable)?,
            };
            Ok(Lease { idle, connection, in_transaction: false })
        };
        timeout(CONNECT_TIMEOUT, lease).await.map_err(unavailable)?
    }

    /// Opens another connection, to find out the outcome of the writer's lost commit.
    pub(super) async fn auxiliary(&self) -> Result<PgConnection, sqlx::Error> {
        self.options.clone().application_name("holdfast").connect().await
    }

    /// The application name of the writer's connection. No other connection has this name.
    pub(super) fn name(&self) -> &str {
        self.options.get_application_name().unwrap_or_default()
    }
}

impl Lease {
    pub(super) fn connection(&mut self) -> &mut PgConnection {
        &mut self.connection
    }

    pub(super) fn in_transaction(&self) -> bool {
        self.in_transaction
    }

    pub(super) async fn begin(&mut self) -> Result<(), sqlx::Error> {
        with_deadline(RESPONSE_TIMEOUT, self.connection.execute("BEGIN")).await?;
        self.in_transaction = true;
        Ok(())
    }

    pub(super) async fn commit(&mut self) -> Result<(), sqlx::Error> {
        with_deadline(RESPONSE_TIMEOUT, self.connection.execute("COMMIT")).await?;
        self.in_transaction = false;
        Ok(())
    }

    /// Keeps the connection for the next batch. Rolls back an open transaction first, because its locks block other
    /// nodes.
    pub(super) async fn give_back(mut self) {
        if self.in_transaction && with_deadline(RESPONSE_TIMEOUT, self.connection.execute("ROLLBACK")).await.is_err() {
            return;
        }
        *self.idle = Some(self.connection);
    }
}
