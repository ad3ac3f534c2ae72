//! API clients: add, rotate, change scopes, revoke. The console, the admin API and the command line share it.

mod name;

pub use name::{ClientName, ClientNameError};

use crate::{
    auth::hashing::{Hasher, HashingError},
    operators::Entries,
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use checkout::{
    Clock, Idempotency, Idempotent, StoreError,
    model::{Actor, AuditEntry, AuditObject, ChangeReason, Owner, ScopeSet, Timestamp},
    store::{ApiClient, ClientChange, ClientKey, ClientOutcome, Store},
};
use serde::Serialize;
use serde_json::{Value, json};
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;

/// An API client without its secret.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApiClient)]
pub struct ClientView {
    /// Id of the client, with which it requests tokens.
    client_id: Uuid,
    /// Display name.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// Scopes that its tokens can have.
    #[schema(value_type = Vec<crate::api::enums::ScopeName>)]
    scopes: ScopeSet,
    /// Creation time.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Time of its revocation, if it was revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = DateTime, required = false)]
    revoked_at: Option<Timestamp>,
}

impl From<ApiClient> for ClientView {
    fn from(client: ApiClient) -> Self {
        let ApiClient { id, name, secret_hash: _, created_at, revoked_at, scopes } = client;
        Self { client_id: id, name, scopes, created_at, revoked_at }
    }
}

/// A client, and its secret where it was just generated. A repeated request with the same key gets no secret, because only
/// its hash is stored.
pub struct IssuedClient {
    /// The client.
    pub client: ApiClient,
    /// The secret.
    pub secret: Option<String>,
}

/// The requester of a change, and what they may hand on.
#[derive(Debug, Clone)]
pub struct ClientContext {
    /// The person or program.
    pub by: Actor,
    /// Scopes that the requester may give to a client: all for a person, the token's own for an API client.
    pub may_grant: ScopeSet,
    /// Why, in their words.
    pub reason: Option<ChangeReason>,
    /// The key of the request. Only an actor with an id can have one.
    pub idempotency: Option<Idempotency>,
}

impl From<Actor> for ClientContext {
    fn from(by: Actor) -> Self {
        Self { by, may_grant: ScopeSet::ALL, reason: None, idempotency: None }
    }
}

/// Why a change of a client was refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// There is no client with this id.
    #[error("no client has this id")]
    Unknown,
    /// The client was revoked.
    #[error("the client is revoked")]
    Revoked,
    /// Somebody changed the client's scopes meanwhile.
    #[error("the scopes of the client were changed meanwhile")]
    Changed,
    /// A client has at least one scope.
    #[error("a client has at least one scope; revoke it instead")]
    NoScope,
    /// The requester would hand on scopes that it does not have.
    #[error("you do not have the scopes {0}, so you cannot give them to a client")]
    Escalation(ScopeSet),
    /// The idempotency key was used for another request.
    #[error("this idempotency key was used for a different request")]
    KeyReused,
    /// The secret could not be hashed.
    #[error(transparent)]
    Hashing(#[from] HashingError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Manages API clients. Clones share the store and the hasher.
#[derive(Clone)]
pub struct ClientService {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    hasher: Arc<Hasher>,
    entries: Entries,
}

impl ClientService {
    /// Manages the clients in `store`.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, hasher: Arc<Hasher>) -> Self {
        Self { entries: Entries::new(clock.clone()), store, clock, hasher }
    }

    /// Returns all clients, oldest first.
    pub async fn all(&self) -> Result<Vec<ApiClient>, ClientError> {
        Ok(self.store.clients().all().await?)
    }

    /// Returns the client with this id.
    pub async fn find(&self, id: Uuid) -> Result<ApiClient, ClientError> {
        self.store.clients().find(id).await?.ok_or(ClientError::Unknown)
    }

    /// Adds a client, and returns it with its secret.
    pub async fn add(
        &self,
        name: ClientName,
        scopes: ScopeSet,
        context: impl Into<ClientContext>,
    ) -> Result<Idempotent<IssuedClient>, ClientError> {
        let context = context.into();
        may_grant(&context, scopes)?;
        let (secret, secret_hash) = self.new_secret().await?;
        let (id, created_at) = (self.entries.new_id(), self.clock.now());
        let client = ApiClient { id, name: name.0, secret_hash, created_at, revoked_at: None, scopes };
        let after = json!({ "name": client.name, "scopes": client.scopes });
        let entry = self.entry(&context, "client.add", id, &Value::Null, &after);
        self.change(ClientChange::Add(client), &entry, &context, Some(secret)).await
    }

    /// Replaces the secret of a client, and returns the new one. The requester learns it, so it must have all scopes of the
    /// client itself.
    pub async fn rotate(
        &self,
        id: Uuid,
        context: impl Into<ClientContext>,
    ) -> Result<Idempotent<IssuedClient>, ClientError> {
        let context = context.into();
        let client = self.find(id).await?;
        may_grant(&context, client.scopes)?;
        let (secret, secret_hash) = self.new_secret().await?;
        let entry = self.entry(&context, "client.rotate", id, &Value::Null, &Value::Null);
        self.change(ClientChange::SetSecret { id, secret_hash }, &entry, &context, Some(secret)).await
    }

    /// Replaces the scopes of a client. Tokens that it has lose those that are gone within seconds. The requester must have all
    /// scopes of the client, the old ones and the new: otherwise it could narrow a client, rotate its secret, and use the
    /// secret once somebody restores the scopes. `seen` are the scopes that the requester saw: the change is refused with
    /// [`ClientError::Changed`] if the client has others by now.
    pub async fn set_scopes(
        &self,
        id: Uuid,
        seen: Option<ScopeSet>,
        scopes: ScopeSet,
        context: impl Into<ClientContext>,
    ) -> Result<Idempotent<IssuedClient>, ClientError> {
        let context = context.into();
        let client = self.find(id).await?;
        may_grant(&context, scopes)?;
        may_grant(&context, client.scopes)?;
        if scopes == client.scopes && client.revoked_at.is_none() {
            return Ok(Idempotent { value: IssuedClient { client, secret: None }, replayed: false });
        }
        let seen = seen.unwrap_or(client.scopes);
        let (before, after) = (json!({ "scopes": seen }), json!({ "scopes": scopes }));
        let entry = self.entry(&context, "client.scopes", id, &before, &after);
        self.change(ClientChange::SetScopes { id, seen, scopes }, &entry, &context, None).await
    }

    /// Revokes a client for good. Revoking it again is a no-op.
    pub async fn revoke(
        &self,
        id: Uuid,
        context: impl Into<ClientContext>,
    ) -> Result<Idempotent<IssuedClient>, ClientError> {
        let context = context.into();
        let entry = self.entry(&context, "client.revoke", id, &Value::Null, &Value::Null);
        let revoked = self.change(ClientChange::Revoke { id, at: self.clock.now() }, &entry, &context, None).await;
        match revoked {
            Err(ClientError::Revoked) => {
                Ok(Idempotent { value: IssuedClient { client: self.find(id).await?, secret: None }, replayed: false })
            }
            other => other,
        }
    }

    async fn change(
        &self,
        change: ClientChange,
        entry: &AuditEntry,
        context: &ClientContext,
        secret: Option<String>,
    ) -> Result<Idempotent<IssuedClient>, ClientError> {
        let key = context.by.id.zip(context.idempotency.clone());
        let key = key.map(|(owner, idempotency)| ClientKey { owner: Owner(owner), idempotency });
        match self.store.clients().change(&change, entry, key.as_ref()).await? {
            ClientOutcome::Changed => {
                let client = self.find(change.id()).await?;
                Ok(Idempotent { value: IssuedClient { client, secret }, replayed: false })
            }
            ClientOutcome::Replayed(id) => {
                let client = self.find(id).await?;
                Ok(Idempotent { value: IssuedClient { client, secret: None }, replayed: true })
            }
            ClientOutcome::KeyReused => Err(ClientError::KeyReused),
            ClientOutcome::Unchanged => {
                let client = self.find(change.id()).await?;
                Err(if client.revoked_at.is_some() { ClientError::Revoked } else { ClientError::Changed })
            }
        }
    }

    /// Generates a secret. Returns it with its hash.
    async fn new_secret(&self) -> Result<(String, String), ClientError> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|error| HashingError::Failed(error.to_string()))?;
        let secret = format!("hfs_{}", BASE64_URL_SAFE_NO_PAD.encode(bytes));
        let hash = self.hasher.hash(secret.clone()).await?;
        Ok((secret, hash))
    }

    fn entry(
        &self,
        context: &ClientContext,
        action: &'static str,
        id: Uuid,
        before: &Value,
        after: &Value,
    ) -> AuditEntry {
        let entry = self.entries.entry(&context.by, action, AuditObject::new("client", id), before, after);
        AuditEntry { reason: context.reason.clone(), ..entry }
    }
}

/// Refuses scopes that the requester does not have itself, and an empty set.
fn may_grant(context: &ClientContext, scopes: ScopeSet) -> Result<(), ClientError> {
    let missing = scopes.without(context.may_grant);
    match (scopes.is_empty(), missing.is_empty()) {
        (true, _) => Err(ClientError::NoScope),
        (false, true) => Ok(()),
        (false, false) => Err(ClientError::Escalation(missing)),
    }
}
