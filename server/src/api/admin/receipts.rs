//! Sends the receipt of an order again.

use super::{access::AdminClient, bodies::OptionalReasonBody};
use crate::{
    api::{ApiResult, updated},
    backoffice::receipt::{self, ReceiptError},
    http::extract::{Id, IdempotentOptional},
    problem::{Kind, Problem, sentence},
    state::AppState,
};
use axum::{extract::State, response::Response};
use checkout::{Idempotent, model::OrderId};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;
use uuid::Uuid;

/// A receipt that is to be sent.
#[derive(Serialize, ToSchema)]
#[schema(as = QueuedReceipt)]
pub struct ReceiptView {
    /// The order.
    #[schema(value_type = Uuid)]
    order_id: OrderId,
}

/// Sends the receipt of a paid order again.
///
/// The buyer gets it by mail, with a new link to the order. It is sent as soon as a server can send mails.
#[utoipa::path(
    post,
    path = "/api/admin/orders/{order}/receipt",
    operation_id = "adminResendReceipt",
    tag = "Admin orders",
    summary = "Resend a receipt",
    params(("Idempotency-Key", Header)),
    request_body(content = Option<OptionalReasonBody>, example = json!({ "reason": "the buyer lost it" })),
    responses((
        status = OK,
        description = "The receipt is in the outbox.",
        body = ReceiptView,
        headers(("Idempotency-Replayed")),
        example = json!({ "order_id": "01934b2e-7c00-7f11-a3c1-5d2f5a0c0f10" }),
    )),
    extensions(("x-problems" = json!([Kind::UnknownOrder, Kind::NoReceipt]))),
)]
pub async fn resend(
    State(state): State<AppState>,
    client: AdminClient,
    Id(order): Id<OrderId>,
    IdempotentOptional { body: OptionalReasonBody { reason }, idempotency }: IdempotentOptional<OptionalReasonBody>,
) -> ApiResult<Response> {
    let order = state.checkout.order_of_any_owner(order).await?;
    let request = match &idempotency {
        Some(idempotency) => request_name(&client, idempotency.key.as_str()),
        None => state.ids.generate::<Uuid>().to_string(),
    };
    let context = client.operation(reason, None);
    let replayed = receipt::resend(&state.checkout, &*state.store, &order, &request, context).await?;
    Ok(updated(Idempotent { value: order.id, replayed }, |order_id| ReceiptView { order_id }))
}

/// The name of a request with a key: the same for the same client and key.
fn request_name(client: &AdminClient, key: &str) -> String {
    let client = client.actor.id.unwrap_or_default();
    hex::encode(&Sha256::new().chain_update(client).chain_update(key).finalize()[..16])
}

impl From<ReceiptError> for Problem {
    fn from(error: ReceiptError) -> Self {
        match error {
            ReceiptError::Failed(error) => error.into(),
            refused => Self::new(Kind::NoReceipt, sentence(&refused.to_string())),
        }
    }
}
