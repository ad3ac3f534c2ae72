//! The API's clients. Each change has its entry in the audit log in the same transaction (P12).

use crate::{
    command::Reply,
    error::StoreError,
    idempotency::Idempotency,
    model::{AuditEntry, Owner, ScopeSet, Timestamp},
    state::IdempotencyRecord,
};
use async_trait::async_trait;
use uuid::Uuid;

/// An API client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiClient {
    /// Its id, which is also the owner of its holds and orders.
    pub id: Uuid,
    /// Its display name.
    pub name: String,
    /// The argon2id hash of its secret, in the PHC string format.
    pub secret_hash: String,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Timestamp>,
    /// The calls that it may make.
    pub scopes: ScopeSet,
}

/// A change of an API client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientChange {
    /// Adds a client.
    Add(ApiClient),
    /// Replaces the secret of a client that is not revoked.
    SetSecret {
        /// The client.
        id: Uuid,
        /// See [`ApiClient::secret_hash`].
        secret_hash: String,
    },
    /// Replaces the scopes of a client that is not revoked, if it still has those that the requester saw.
    SetScopes {
        /// The client.
        id: Uuid,
        /// The scopes that the requester saw.
        seen: ScopeSet,
        /// The new scopes.
        scopes: ScopeSet,
    },
    /// Revokes a client for good.
    Revoke {
        /// The client.
        id: Uuid,
        /// When.
        at: Timestamp,
    },
}

impl ClientChange {
    /// The client that is changed.
    pub fn id(&self) -> Uuid {
        match self {
            Self::Add(client) => client.id,
            Self::SetSecret { id, .. } | Self::SetScopes { id, .. } | Self::Revoke { id, .. } => *id,
        }
    }
}

/// An idempotency key of a change, and its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientKey {
    /// The client that makes the request.
    pub owner: Owner,
    /// The key and the request that it stands for.
    pub idempotency: Idempotency,
}

impl ClientKey {
    /// Whether the stored request with the same key is the same request.
    pub(super) fn is_of(&self, stored: &Idempotency) -> bool {
        self.idempotency.fingerprint == stored.fingerprint
    }

    /// Returns the record that is stored with the change, for a repetition of its request.
    pub(super) fn record(&self, reply: Reply) -> IdempotencyRecord {
        IdempotencyRecord { owner: self.owner, idempotency: self.idempotency.clone(), reply }
    }
}

/// How a change of a client ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientOutcome {
    /// The change is on disk.
    Changed,
    /// Nothing was changed: there is no such client, it was revoked, or it has other scopes than the requester saw.
    Unchanged,
    /// An earlier request with the same key made the change, to this client.
    Replayed(Uuid),
    /// The key was used for another request.
    KeyReused,
}

/// The API's clients.
#[async_trait]
pub trait Clients: Send + Sync {
    /// Makes a change. A key is stored with it, so that the same request changes nothing again.
    async fn change(
        &self,
        change: &ClientChange,
        entry: &AuditEntry,
        key: Option<&ClientKey>,
    ) -> Result<ClientOutcome, StoreError>;
    /// Returns the client with this id.
    async fn find(&self, id: Uuid) -> Result<Option<ApiClient>, StoreError>;
    /// Returns all clients, oldest first.
    async fn all(&self) -> Result<Vec<ApiClient>, StoreError>;
}

/// Implements [`Clients`] for a store. Both databases understand the statements. `$instant` converts a timestamp to the
/// driver's type, and `insert` is in scope: it inserts one row and returns the number of rows inserted.
macro_rules! impl_clients {
    ($store:ty, $connection:ty, $reader:ident, $instant:expr) => {
        #[async_trait]
        impl Clients for $store {
            async fn change(
                &self,
                change: &ClientChange,
                entry: &AuditEntry,
                key: Option<&ClientKey>,
            ) -> Result<ClientOutcome, StoreError> {
                if let Some(known) = self.outcome_of_key(key).await? {
                    return Ok(known);
                }
                let record = key.map(|key| key.record(Reply::Client(change.id())));
                let change = change.clone();
                let done = self.audited_once(entry, record, move |connection| {
                    Box::pin(async move { make(connection, change).await })
                });
                if done.await? {
                    return Ok(ClientOutcome::Changed);
                }
                // Another request with the same key may have been first.
                Ok(self.outcome_of_key(key).await?.unwrap_or(ClientOutcome::Unchanged))
            }

            async fn find(&self, id: Uuid) -> Result<Option<ApiClient>, StoreError> {
                let columns = sql::select::<ApiClient>("c");
                let select = format!("SELECT {columns} FROM api_clients c WHERE c.id = $1");
                let query = sqlx::query_as::<_, ClientRow>(AssertSqlSafe(select)).bind(id);
                Ok(query.fetch_optional(&self.$reader).with_timeout().await?.map(ApiClient::from))
            }

            async fn all(&self) -> Result<Vec<ApiClient>, StoreError> {
                let select = format!("SELECT {} FROM api_clients c ORDER BY c.id", sql::select::<ApiClient>("c"));
                let query = sqlx::query_as::<_, ClientRow>(AssertSqlSafe(select));
                Ok(query.fetch_all(&self.$reader).with_timeout().await?.into_iter().map(ApiClient::from).collect())
            }
        }

        impl $store {
            /// Returns the outcome of the request with this key, if there was one.
            async fn outcome_of_key(&self, key: Option<&ClientKey>) -> Result<Option<ClientOutcome>, StoreError> {
                let Some(key) = key else { return Ok(None) };
                Ok(self.record_of_key(key).await?.map(|record| match record.reply {
                    Reply::Client(id) if key.is_of(&record.idempotency) => ClientOutcome::Replayed(id),
                    _ => ClientOutcome::KeyReused,
                }))
            }

            /// Returns the request with this key and its reply, if there was one.
            pub(super) async fn record_of_key(&self, key: &ClientKey) -> Result<Option<IdempotencyRecord>, StoreError> {
                let ClientKey { owner, idempotency } = key;
                let columns = sql::select::<StoredKey<'_>>("k");
                let select = format!("SELECT {columns} FROM idempotency_keys k WHERE k.owner = $1 AND k.key = $2");
                let query = sqlx::query_as::<_, KeyRow>(AssertSqlSafe(select));
                let query = query.bind(owner.0).bind(idempotency.key.as_str());
                let row = query.fetch_optional(&self.$reader).with_timeout().await?;
                row.map(IdempotencyRecord::try_from).transpose()
            }
        }

        /// Makes the change. Returns whether a row was changed.
        async fn make(connection: &mut $connection, change: ClientChange) -> Result<bool, StoreError> {
            let done = match change {
                ClientChange::Add(client) => return Ok(insert(connection, &client, "").await? == 1),
                ClientChange::SetSecret { id, secret_hash } => {
                    let sql = "UPDATE api_clients SET secret_hash = $2 WHERE id = $1 AND revoked_at IS NULL";
                    sqlx::query(sql).bind(id).bind(secret_hash).execute(connection).await
                }
                ClientChange::SetScopes { id, seen, scopes } => {
                    let sql = "UPDATE api_clients SET scopes = $2 WHERE id = $1 AND revoked_at IS NULL AND scopes = $3";
                    sqlx::query(sql).bind(id).bind(scopes.to_string()).bind(seen.to_string()).execute(connection).await
                }
                ClientChange::Revoke { id, at } => {
                    let sql = "UPDATE api_clients SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
                    sqlx::query(sql).bind(id).bind($instant(at)).execute(connection).await
                }
            };
            Ok(done.map_err(classify)?.rows_affected() == 1)
        }
    };
}
pub(super) use impl_clients;
