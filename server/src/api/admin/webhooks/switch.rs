//! Switches endpoints of webhooks on and off, and rotates their secrets.

use super::{EndpointPath, SecretView, endpoint_id};
use crate::{
    api::{
        ApiResult,
        admin::{access::AdminClient, bodies::OptionalReasonBody, examples},
        updated,
    },
    endpoints::{EndpointService, EndpointView},
    http::extract::IdempotentOptional,
    problem::Kind,
};
use axum::{extract::State, response::Response};

/// Switches a webhook endpoint on.
///
/// Webhooks that wait for it are sent. An endpoint that is on stays so.
#[utoipa::path(
    post,
    path = "/api/admin/webhooks/{endpoint}/enable",
    operation_id = "adminEnableWebhookEndpoint",
    tag = "Admin webhooks",
    summary = "Switch a webhook endpoint on",
    params(("Idempotency-Key", Header)),
    request_body(content = Option<OptionalReasonBody>, example = json!({ "reason": "repaired" })),
    responses((
        status = OK,
        description = "The endpoint as it is now.",
        body = EndpointView,
        headers(("Idempotency-Replayed")),
        example = json!(examples::endpoint()),
    )),
    extensions(("x-problems" = json!([Kind::UnknownEndpoint]))),
)]
pub async fn enable(
    State(endpoints): State<EndpointService>,
    client: AdminClient,
    id: EndpointPath,
    IdempotentOptional { body, idempotency }: IdempotentOptional<OptionalReasonBody>,
) -> ApiResult<Response> {
    let enabled = endpoints.enable(endpoint_id(id)?, client.operation(body.reason, idempotency)).await?;
    Ok(updated(enabled, |enabled| EndpointView::from(enabled.endpoint)))
}

/// Switches a webhook endpoint off.
///
/// Its webhooks wait, and new events lead to none. An endpoint that is off stays so.
#[utoipa::path(
    post,
    path = "/api/admin/webhooks/{endpoint}/disable",
    operation_id = "adminDisableWebhookEndpoint",
    tag = "Admin webhooks",
    summary = "Switch a webhook endpoint off",
    params(("Idempotency-Key", Header)),
    request_body(content = Option<OptionalReasonBody>, example = json!({ "reason": "the warehouse moves" })),
    responses((
        status = OK,
        description = "The endpoint as it is now.",
        body = EndpointView,
        headers(("Idempotency-Replayed")),
        example = json!(examples::disabled_endpoint()),
    )),
    extensions(("x-problems" = json!([Kind::UnknownEndpoint]))),
)]
pub async fn disable(
    State(endpoints): State<EndpointService>,
    client: AdminClient,
    id: EndpointPath,
    IdempotentOptional { body, idempotency }: IdempotentOptional<OptionalReasonBody>,
) -> ApiResult<Response> {
    let disabled = endpoints.disable(endpoint_id(id)?, client.operation(body.reason, idempotency)).await?;
    Ok(updated(disabled, |disabled| EndpointView::from(disabled.endpoint)))
}

/// Replaces the secret of a webhook endpoint, and returns the new one this once.
///
/// The old secret signs beside it for 24 hours.
#[utoipa::path(
    post,
    path = "/api/admin/webhooks/{endpoint}/rotate",
    operation_id = "adminRotateWebhookEndpoint",
    tag = "Admin webhooks",
    summary = "Rotate the secret of a webhook endpoint",
    params(("Idempotency-Key", Header)),
    request_body(content = Option<OptionalReasonBody>, example = json!({ "reason": "somebody left the team" })),
    responses((
        status = OK,
        description = "The endpoint with its new secret.",
        body = SecretView,
        headers(("Idempotency-Replayed")),
        example = json!(examples::endpoint_with_secret()),
    )),
    extensions(("x-problems" = json!([Kind::UnknownEndpoint]))),
)]
pub async fn rotate(
    State(endpoints): State<EndpointService>,
    client: AdminClient,
    id: EndpointPath,
    IdempotentOptional { body, idempotency }: IdempotentOptional<OptionalReasonBody>,
) -> ApiResult<Response> {
    let rotated = endpoints.rotate(endpoint_id(id)?, client.operation(body.reason, idempotency)).await?;
    Ok(updated(rotated, SecretView::from))
}
