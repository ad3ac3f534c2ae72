//! Endpoints of webhooks: list, get, create, edit, remove.

pub mod switch;

use super::{
    access::AdminClient,
    bodies::{ReasonText, present},
    examples,
    query::{Limit, ListView, Params},
};
use crate::{
    api::{ApiResult, created, updated},
    endpoints::{Description, Edit, EndpointError, EndpointService, EndpointView, Events, IssuedEndpoint, TopicName},
    http::extract::{IdempotentEmpty, IdempotentJson},
    problem::Kind,
};
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    response::Response,
};
use checkout::model::{ChangeReason, EndpointId};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A new endpoint.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CreateWebhookEndpoint)]
pub struct CreateEndpoint {
    /// Address that receives the webhooks: an absolute `https` URL without user name, of a public host.
    #[schema(min_length = 1, max_length = 2048)]
    url: String,
    /// Events that it is told of.
    #[schema(value_type = Vec<TopicName>, min_items = 1)]
    events: Events,
    /// Description, for people: one line without control and invisible characters.
    #[serde(default)]
    #[schema(
        value_type = String,
        max_length = 200,
        pattern = r"^[^\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]*$",
        required = false
    )]
    description: Description,
    /// Reason, for the audit log.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = ReasonText, required = false)]
    reason: Option<ChangeReason>,
}

/// A change of an endpoint. What is left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EditWebhookEndpoint)]
pub struct EditEndpoint {
    /// New address.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = String, min_length = 1, max_length = 2048, required = false)]
    url: Option<String>,
    /// All events that it is told of from now on.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Vec<TopicName>, min_items = 1, required = false)]
    events: Option<Events>,
    /// New description.
    #[serde(default, deserialize_with = "present")]
    #[schema(
        value_type = String,
        max_length = 200,
        pattern = r"^[^\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]*$",
        required = false
    )]
    description: Option<Description>,
    /// The version that you read. With it, the change is refused if somebody else changed the endpoint meanwhile.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = u64, minimum = 1, maximum = 9_007_199_254_740_991_u64, required = false)]
    version: Option<u64>,
    /// Reason, for the audit log.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = ReasonText, required = false)]
    reason: Option<ChangeReason>,
}

/// An endpoint with the secret that was just generated.
#[derive(Serialize, ToSchema)]
#[schema(as = WebhookEndpointWithSecret)]
pub struct SecretView {
    #[serde(flatten)]
    endpoint: EndpointView,
    /// The secret that signs, which is shown this once. A repeated request with the same `Idempotency-Key` gets null: if you lost
    /// the first response, rotate the secret.
    #[schema(required)]
    secret: Option<String>,
}

impl From<IssuedEndpoint> for SecretView {
    fn from(IssuedEndpoint { endpoint, is_secret_new }: IssuedEndpoint) -> Self {
        let secret = is_secret_new.then(|| endpoint.secret.reveal().to_owned());
        Self { endpoint: endpoint.into(), secret }
    }
}

/// Page of the list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndpointQuery {
    cursor: Option<Uuid>,
    #[serde(default)]
    limit: Limit,
}

/// Id of an endpoint in the path.
pub(super) type EndpointPath = Result<Path<Uuid>, PathRejection>;

/// Lists webhook endpoints.
///
/// Newest first, those included that are switched off.
#[utoipa::path(
    get,
    path = "/api/admin/webhooks",
    operation_id = "adminListWebhookEndpoints",
    tag = "Admin webhooks",
    summary = "List webhook endpoints",
    params(
        ("limit", Query),
        ("page_cursor", Query),
    ),
    responses((
        status = OK,
        description = "A page of endpoints, without their secrets.",
        body = ListView<EndpointView>,
        example = json!(examples::page(&examples::endpoint())),
    )),
)]
pub async fn list(
    State(endpoints): State<EndpointService>,
    Params(EndpointQuery { cursor, limit }): Params<EndpointQuery>,
) -> ApiResult<Json<ListView<EndpointView>>> {
    let all = endpoints.all().await?;
    Ok(ListView::of_all(all, |endpoint| endpoint.id.0, limit, cursor, EndpointView::from))
}

/// Returns one webhook endpoint.
///
/// Its secret is never shown again.
#[utoipa::path(
    get,
    path = "/api/admin/webhooks/{endpoint}",
    operation_id = "adminGetWebhookEndpoint",
    tag = "Admin webhooks",
    summary = "Get a webhook endpoint",
    responses((status = OK, description = "The endpoint.", body = EndpointView, example = json!(examples::endpoint()))),
    extensions(("x-problems" = json!([Kind::UnknownEndpoint]))),
)]
pub async fn get(State(endpoints): State<EndpointService>, id: EndpointPath) -> ApiResult<Json<EndpointView>> {
    Ok(Json(endpoints.find(endpoint_id(id)?).await?.into()))
}

/// Creates a webhook endpoint, and returns its secret this once.
///
/// Events from now on are sent to it. The shop has at most 20 endpoints.
#[utoipa::path(
    post,
    path = "/api/admin/webhooks",
    operation_id = "adminCreateWebhookEndpoint",
    tag = "Admin webhooks",
    summary = "Create a webhook endpoint",
    params(("Idempotency-Key", Header)),
    request_body(
        content = CreateEndpoint,
        example = json!({ "url": "https://example.com/hooks", "events": ["order.paid", "refund.succeeded"] }),
    ),
    responses((
        status = CREATED,
        description = "The endpoint with its secret.",
        body = SecretView,
        headers(("Location"), ("Idempotency-Replayed")),
        example = json!(examples::endpoint_with_secret()),
    )),
    extensions(("x-problems" = json!([Kind::TooManyEndpoints]))),
)]
pub async fn create(
    State(endpoints): State<EndpointService>,
    client: AdminClient,
    IdempotentJson { body, idempotency }: IdempotentJson<CreateEndpoint>,
) -> ApiResult<Response> {
    let CreateEndpoint { url, events, description, reason } = body;
    let added = endpoints.add(&url, events, description, client.operation(reason, idempotency)).await?;
    let location = format!("/api/admin/webhooks/{}", added.value.endpoint.id);
    Ok(created(&location, added.replayed, SecretView::from(added.value)))
}

/// Changes address, events or description of a webhook endpoint.
///
/// Webhooks that wait for it are sent to the new address.
#[utoipa::path(
    patch,
    path = "/api/admin/webhooks/{endpoint}",
    operation_id = "adminEditWebhookEndpoint",
    tag = "Admin webhooks",
    summary = "Edit a webhook endpoint",
    params(("Idempotency-Key", Header)),
    request_body(content = EditEndpoint, example = json!({ "events": ["order.paid"], "version": 1 })),
    responses((
        status = OK,
        description = "The endpoint as it is now.",
        body = EndpointView,
        headers(("Idempotency-Replayed")),
        example = json!(examples::endpoint()),
    )),
    extensions(("x-problems" = json!([Kind::UnknownEndpoint, Kind::EndpointChanged]))),
)]
pub async fn edit(
    State(endpoints): State<EndpointService>,
    client: AdminClient,
    id: EndpointPath,
    IdempotentJson { body, idempotency }: IdempotentJson<EditEndpoint>,
) -> ApiResult<Response> {
    let EditEndpoint { url, events, description, version, reason } = body;
    let edit = Edit { seen: version, url, events, description };
    let edited = endpoints.edit(endpoint_id(id)?, edit, client.operation(reason, idempotency)).await?;
    Ok(updated(edited, |edited| EndpointView::from(edited.endpoint)))
}

/// Removes a webhook endpoint.
///
/// Webhooks that wait for it are dropped.
#[utoipa::path(
    delete,
    path = "/api/admin/webhooks/{endpoint}",
    operation_id = "adminRemoveWebhookEndpoint",
    tag = "Admin webhooks",
    summary = "Remove a webhook endpoint",
    params(("Idempotency-Key", Header)),
    responses((status = NO_CONTENT, description = "The endpoint is removed.")),
    extensions(("x-problems" = json!([Kind::UnknownEndpoint]))),
)]
pub async fn remove(
    State(endpoints): State<EndpointService>,
    client: AdminClient,
    id: EndpointPath,
    IdempotentEmpty { idempotency }: IdempotentEmpty,
) -> ApiResult<StatusCode> {
    endpoints.remove(endpoint_id(id)?, client.operation(None, idempotency)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Returns the id in the path. Text that is not an id gets the response for an unknown endpoint.
pub(super) fn endpoint_id(id: EndpointPath) -> Result<EndpointId, EndpointError> {
    id.map(|Path(id)| EndpointId(id)).map_err(|_| EndpointError::Unknown)
}
