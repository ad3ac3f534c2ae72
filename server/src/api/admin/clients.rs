//! API clients: list, get, create, change scopes, rotate, revoke.

use super::{
    access::AdminClient,
    bodies::{OptionalReasonBody, ReasonText, present},
    examples,
    query::{Limit, ListView, Params},
};
use crate::{
    api::{ApiResult, created, enums::ScopeName, updated},
    clients::{ClientError, ClientName, ClientService, ClientView, IssuedClient},
    http::extract::{IdempotentEmpty, IdempotentJson, IdempotentOptional},
    problem::Kind,
};
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    response::Response,
};
use checkout::model::{ChangeReason, ScopeSet};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A new client.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateClient {
    /// Display name: 1 to 200 characters on one line, without control and invisible characters. It must not look like
    /// another actor of the audit log: it has no `@`, and does not begin with `operator`, `holdfast` or a similar word.
    #[schema(
        value_type = String,
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]*[^\s\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff][^\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]*$"
    )]
    name: ClientName,
    /// Its scopes, which your token must have as well.
    #[schema(value_type = Vec<ScopeName>, min_items = 1)]
    scopes: ScopeSet,
    /// Reason, for the audit log.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = ReasonText, required = false)]
    reason: Option<ChangeReason>,
}

/// A change of a client's scopes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetScopes {
    /// All scopes that it has from now on. Your token must have those that are new.
    #[schema(value_type = Vec<ScopeName>, min_items = 1)]
    scopes: ScopeSet,
    /// Reason, for the audit log.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = ReasonText, required = false)]
    reason: Option<ChangeReason>,
}

/// A client with the secret that was just generated.
#[derive(Serialize, ToSchema)]
#[schema(as = ApiClientWithSecret)]
pub struct SecretView {
    #[serde(flatten)]
    client: ClientView,
    /// The secret, which is shown this once. A repeated request with the same `Idempotency-Key` gets null: if you lost the
    /// first response, rotate the secret.
    #[schema(required)]
    client_secret: Option<String>,
}

impl From<IssuedClient> for SecretView {
    fn from(IssuedClient { client, secret }: IssuedClient) -> Self {
        Self { client: client.into(), client_secret: secret }
    }
}

/// Page of the list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientQuery {
    cursor: Option<Uuid>,
    #[serde(default)]
    limit: Limit,
}

/// Id of a client in the path.
type ClientId = Result<Path<Uuid>, PathRejection>;

/// Lists API clients.
///
/// Newest first, revoked ones included.
#[utoipa::path(
    get,
    path = "/api/admin/clients",
    operation_id = "adminListClients",
    tag = "Admin clients",
    summary = "List API clients",
    params(
        ("limit", Query),
        ("page_cursor", Query),
    ),
    responses((
        status = OK,
        description = "A page of clients, without their secrets.",
        body = ListView<ClientView>,
        example = json!(examples::page(&examples::client())),
    )),
)]
pub async fn list(
    State(clients): State<ClientService>,
    Params(ClientQuery { cursor, limit }): Params<ClientQuery>,
) -> ApiResult<Json<ListView<ClientView>>> {
    Ok(ListView::of_all(clients.all().await?, |client| client.id, limit, cursor, ClientView::from))
}

/// Returns one API client.
///
/// Its secret is never shown again.
#[utoipa::path(
    get,
    path = "/api/admin/clients/{client}",
    operation_id = "adminGetClient",
    tag = "Admin clients",
    summary = "Get an API client",
    responses((status = OK, description = "The client.", body = ClientView, example = json!(examples::client()))),
    extensions(("x-problems" = json!([Kind::UnknownClient]))),
)]
pub async fn get(State(clients): State<ClientService>, id: ClientId) -> ApiResult<Json<ClientView>> {
    Ok(Json(clients.find(client_id(id)?).await?.into()))
}

/// Creates an API client, and returns its secret this once.
///
/// It can have scopes of your token only.
#[utoipa::path(
    post,
    path = "/api/admin/clients",
    operation_id = "adminCreateClient",
    tag = "Admin clients",
    summary = "Create an API client",
    params(("Idempotency-Key", Header)),
    request_body(
        content = CreateClient,
        example = json!({ "name": "Back office", "scopes": ["checkout", "orders:read", "refunds:write"] }),
    ),
    responses((
        status = CREATED,
        description = "The client with its secret.",
        body = SecretView,
        headers(("Location"), ("Idempotency-Replayed")),
        example = json!(examples::client_with_secret()),
    )),
)]
pub async fn create(
    State(clients): State<ClientService>,
    client: AdminClient,
    IdempotentJson { body, idempotency }: IdempotentJson<CreateClient>,
) -> ApiResult<Response> {
    let CreateClient { name, scopes, reason } = body;
    let added = clients.add(name, scopes, client.client_change(reason, idempotency)).await?;
    let location = format!("/api/admin/clients/{}", added.value.client.id);
    Ok(created(&location, added.replayed, SecretView::from(added.value)))
}

/// Replaces the scopes of an API client.
///
/// Its tokens lose the scopes that are gone within seconds. Tokens that it has get no new scopes.
#[utoipa::path(
    patch,
    path = "/api/admin/clients/{client}",
    operation_id = "adminSetClientScopes",
    tag = "Admin clients",
    summary = "Change the scopes of an API client",
    params(("Idempotency-Key", Header)),
    request_body(content = SetScopes, example = json!({ "scopes": ["checkout"] })),
    responses((
        status = OK,
        description = "The client with its scopes.",
        body = ClientView,
        headers(("Idempotency-Replayed")),
        example = json!(examples::client()),
    )),
    extensions(("x-problems" = json!([Kind::UnknownClient, Kind::ClientRevoked, Kind::ClientChanged]))),
)]
pub async fn set_scopes(
    State(clients): State<ClientService>,
    client: AdminClient,
    id: ClientId,
    IdempotentJson { body, idempotency }: IdempotentJson<SetScopes>,
) -> ApiResult<Response> {
    let SetScopes { scopes, reason } = body;
    let context = client.client_change(reason, idempotency);
    let changed = clients.set_scopes(client_id(id)?, None, scopes, context).await?;
    Ok(updated(changed, |changed| ClientView::from(changed.client)))
}

/// Replaces the secret of an API client, and returns the new one this once.
///
/// The old secret gets no more tokens. Tokens that were issued before remain valid until they expire. Your token must have all
/// scopes of the client, because you learn its secret.
#[utoipa::path(
    post,
    path = "/api/admin/clients/{client}/rotate",
    operation_id = "adminRotateClient",
    tag = "Admin clients",
    summary = "Rotate the secret of an API client",
    params(("Idempotency-Key", Header)),
    request_body(content = Option<OptionalReasonBody>, example = json!({ "reason": "somebody left the team" })),
    responses((
        status = OK,
        description = "The client with its new secret.",
        body = SecretView,
        headers(("Idempotency-Replayed")),
        example = json!(examples::client_with_secret()),
    )),
    extensions(("x-problems" = json!([Kind::UnknownClient, Kind::ClientRevoked]))),
)]
pub async fn rotate(
    State(clients): State<ClientService>,
    client: AdminClient,
    id: ClientId,
    IdempotentOptional { body, idempotency }: IdempotentOptional<OptionalReasonBody>,
) -> ApiResult<Response> {
    let context = client.client_change(body.reason, idempotency);
    Ok(updated(clients.rotate(client_id(id)?, context).await?, SecretView::from))
}

/// Revokes an API client for good.
///
/// It gets no more tokens, and those that it has are rejected within seconds. Its holds and orders remain. Revoking it again
/// has no effect.
#[utoipa::path(
    delete,
    path = "/api/admin/clients/{client}",
    operation_id = "adminRevokeClient",
    tag = "Admin clients",
    summary = "Revoke an API client",
    params(("Idempotency-Key", Header)),
    responses((status = NO_CONTENT, description = "The client is revoked.")),
    extensions(("x-problems" = json!([Kind::UnknownClient]))),
)]
pub async fn revoke(
    State(clients): State<ClientService>,
    client: AdminClient,
    id: ClientId,
    IdempotentEmpty { idempotency }: IdempotentEmpty,
) -> ApiResult<StatusCode> {
    clients.revoke(client_id(id)?, client.client_change(None, idempotency)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Returns the id in the path. Text that is not an id gets the response for an unknown client.
fn client_id(id: ClientId) -> Result<Uuid, ClientError> {
    id.map(|Path(id)| id).map_err(|_| ClientError::Unknown)
}
