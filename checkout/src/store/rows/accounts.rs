//! Idempotency keys, API clients and browser sessions.

use super::{corrupt, fingerprint};
use crate::{
    error::StoreError,
    idempotency::{Idempotency, IdempotencyKey},
    model::{Owner, ScopeSet, Timestamp},
    state::{IdempotencyRecord, WriteSet},
    store::{
        ApiClient,
        table::{Millis, table},
    },
};
use uuid::Uuid;

/// An idempotency key with its reply, and the instant at which it is stored.
pub(in crate::store) struct StoredKey<'a> {
    record: &'a IdempotencyRecord,
    at: Timestamp,
}

impl<'a> StoredKey<'a> {
    /// The rows that a batch adds, in the order of their keys. All nodes insert in this order, so that two nodes that
    /// insert the same keys do not wait for each other.
    pub(in crate::store) fn all(writes: &'a WriteSet) -> Vec<Self> {
        let mut records: Vec<_> = writes.keys.iter().collect();
        records.sort_by(|a, b| (a.owner, &a.idempotency.key).cmp(&(b.owner, &b.idempotency.key)));
        records.into_iter().map(|record| Self { record, at: writes.at }).collect()
    }

    /// The row of a key that is stored outside the writer's batches.
    pub(in crate::store) fn new(record: &'a IdempotencyRecord, at: Timestamp) -> Self {
        Self { record, at }
    }
}

table! {
    "idempotency_keys", read as KeyRow, written from stored: StoredKey<'_> {
        Key owner: Uuid = stored.record.owner.0;
        Key key: String = stored.record.idempotency.key.as_str();
        Fixed fingerprint: Vec<u8> = stored.record.idempotency.fingerprint.as_slice();
        Fixed reply: String = serde_json::to_string(&stored.record.reply).unwrap_or_default();
    }
    write_only {
        created_at: Millis = stored.at;
    }
}

impl TryFrom<KeyRow> for IdempotencyRecord {
    type Error = StoreError;

    fn try_from(row: KeyRow) -> Result<Self, StoreError> {
        let key = IdempotencyKey::parse(&row.key).ok_or_else(|| corrupt("an idempotency key"))?;
        let reply = serde_json::from_str(&row.reply).map_err(|_| corrupt("a stored reply"))?;
        Ok(Self {
            owner: Owner(row.owner),
            idempotency: Idempotency { key, fingerprint: fingerprint(&row.fingerprint)? },
            reply,
        })
    }
}

table! {
    "api_clients", read as ClientRow, written from client: ApiClient {
        Key id: Uuid = client.id;
        Fixed name: String = client.name.as_str();
        Mutable secret_hash: String = client.secret_hash.as_str();
        Fixed created_at: Millis = client.created_at;
        Mutable revoked_at: Option<Millis> = client.revoked_at;
        Mutable scopes: String = client.scopes.to_string();
    }
}

impl From<ClientRow> for ApiClient {
    fn from(row: ClientRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            secret_hash: row.secret_hash,
            created_at: row.created_at.0,
            revoked_at: row.revoked_at.map(|Millis(at)| at),
            scopes: ScopeSet::from_stored(&row.scopes),
        }
    }
}

/// A browser session, as it is written.
pub(in crate::store) struct Session<'a> {
    pub(in crate::store) id: Uuid,
    pub(in crate::store) data: &'a [u8],
    pub(in crate::store) ends_at: Timestamp,
}

table! {
    "sessions", read as SessionRow, written from session: Session<'_> {
        Key id: Uuid = session.id;
        Mutable data: Vec<u8> = session.data;
        Mutable ends_at: Millis = session.ends_at;
    }
}

impl From<SessionRow> for (Vec<u8>, Timestamp) {
    fn from(row: SessionRow) -> Self {
        let SessionRow { id: _id, data, ends_at } = row;
        (data, ends_at.0)
    }
}
