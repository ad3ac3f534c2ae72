//! The writer's own connection, which nobody else makes wait. It is kept between batches, and outside the pool, which would
//! ask it twice a batch whether it is still there: a batch that finds it gone is made again on another. A lease that is
//! dropped instead of given back closes it, for what is in doubt is not used again.

use super::error::{RESPONSE_TIMEOUT, unavailable, with_deadline};
use crate::error::StoreError;
use sqlx::{ConnectOptions, Executor, PgConnection, postgres::PgConnectOptions};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{Mutex, OwnedMutexGuard},
    time::timeout,
};

/// How long to wait for a connection. Past this the database is not available.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Makes the connection, and keeps it while it is not in use.
pub(super) struct WriterConnection {
    options: PgConnectOptions,
    idle: Arc<Mutex<Option<PgConnection>>>,
}

/// The connection while one batch uses it.
pub(super) struct Lease {
    idle: OwnedMutexGuard<Option<PgConnection>>,
    connection: PgConnection,
    in_transaction: bool,
}

impl WriterConnection {
    pub(super) fn new(options: PgConnectOptions) -> Self {
        Self { options, idle: Arc::default() }
    }

    /// The connection, made if there is none. A failure has written nothing: whoever asked may try again.
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

    /// A new connection that is not the writer's, to ask what became of the writer's.
    pub(super) async fn auxiliary(&self) -> Result<PgConnection, sqlx::Error> {
        self.options.clone().application_name("holdfast").connect().await
    }

    /// What the writer's connection is called in the database; no other has this name.
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

    /// For the next batch. What was not committed is rolled back, at once: its locks are in the way of other nodes.
    pub(super) async fn give_back(mut self) {
        if self.in_transaction && with_deadline(RESPONSE_TIMEOUT, self.connection.execute("ROLLBACK")).await.is_err() {
            return;
        }
        *self.idle = Some(self.connection);
    }
}
