//! Attempts to deliver webhooks: test, list, send again.

use super::{
    access::AdminClient,
    bodies::OptionalReasonBody,
    examples,
    query::{Limit, ListView, Params},
    webhooks::{EndpointPath, endpoint_id},
};
use crate::{
    api::ApiResult,
    endpoints::{DeliveryView, EndpointError, EndpointService},
    http::extract::IdempotentOptional,
    problem::Kind,
};
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
};
use checkout::{
    model::{DeliveryId, EndpointId},
    store::DeliveryFilter,
};
use serde::Deserialize;
use uuid::Uuid;

/// The state of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// The endpoint accepted it.
    Delivered,
    /// It failed.
    Failed,
}

/// Filter and page of the list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveryQuery {
    endpoint: Option<EndpointId>,
    state: Option<DeliveryState>,
    cursor: Option<Uuid>,
    #[serde(default)]
    limit: Limit,
}

/// Sends a test event to a webhook endpoint, and returns the attempt.
///
/// It waits for the response, up to 15 seconds. An endpoint that does not accept it has `delivered: false`. Each call sends an event.
#[utoipa::path(
    post,
    path = "/api/admin/webhooks/{endpoint}/test",
    operation_id = "adminTestWebhookEndpoint",
    tag = "Admin webhooks",
    summary = "Send a test event",
    responses((
        status = OK,
        description = "The attempt, whether or not the endpoint accepted it.",
        body = DeliveryView,
        example = json!(examples::test_delivery()),
    )),
    extensions(("x-problems" = json!([Kind::UnknownEndpoint]))),
)]
pub async fn test(State(endpoints): State<EndpointService>, id: EndpointPath) -> ApiResult<Json<DeliveryView>> {
    Ok(Json(endpoints.test(endpoint_id(id)?).await?.into()))
}

/// Lists attempts to deliver webhooks.
///
/// Newest first. They are kept for 30 days.
#[utoipa::path(
    get,
    path = "/api/admin/webhook-deliveries",
    operation_id = "adminListWebhookDeliveries",
    tag = "Admin webhooks",
    summary = "List deliveries of webhooks",
    params(
        ("filter_endpoint", Query),
        ("delivery_state", Query),
        ("limit", Query),
        ("page_cursor", Query),
    ),
    responses((
        status = OK,
        description = "A page of attempts.",
        body = ListView<DeliveryView>,
        example = json!(examples::page(&examples::delivery())),
    )),
)]
pub async fn list(
    State(endpoints): State<EndpointService>,
    Params(DeliveryQuery { endpoint, state, cursor, limit }): Params<DeliveryQuery>,
) -> ApiResult<Json<ListView<DeliveryView>>> {
    let filter = DeliveryFilter { endpoint, failed: state.map(|state| state == DeliveryState::Failed) };
    Ok(ListView::of(endpoints.deliveries(filter, limit.page(cursor)).await?, DeliveryView::from))
}

/// Sends the webhook of an attempt again.
///
/// A new job has the same content and id. It waits while the endpoint is switched off.
#[utoipa::path(
    post,
    path = "/api/admin/webhook-deliveries/{delivery}/redeliver",
    operation_id = "adminRedeliverWebhook",
    tag = "Admin webhooks",
    summary = "Send a webhook again",
    params(("Idempotency-Key", Header)),
    request_body(content = Option<OptionalReasonBody>, example = json!({ "reason": "the warehouse lost it" })),
    responses((
        status = OK,
        description = "The attempt whose webhook is sent again.",
        body = DeliveryView,
        example = json!(examples::delivery()),
    )),
    extensions(("x-problems" = json!([Kind::UnknownDelivery, Kind::UnknownEndpoint, Kind::DeliveryNotKept]))),
)]
pub async fn redeliver(
    State(endpoints): State<EndpointService>,
    client: AdminClient,
    id: Result<Path<Uuid>, PathRejection>,
    IdempotentOptional { body, idempotency }: IdempotentOptional<OptionalReasonBody>,
) -> ApiResult<Json<DeliveryView>> {
    let Path(id) = id.map_err(|_| EndpointError::UnknownDelivery)?;
    Ok(Json(endpoints.redeliver(DeliveryId(id), client.operation(body.reason, idempotency)).await?.into()))
}
