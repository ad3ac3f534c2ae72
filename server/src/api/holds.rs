//! Holds of the calling client: place, get, extend, release.

use super::{ApiResult, created, named, updated};
use crate::{
    auth::Client,
    http::extract::{Id, IdempotentEmpty, IdempotentJson},
    in_progress::InProgress,
};
use axum::{Json, extract::State, response::Response};
use checkout::{
    Checkout, Idempotent,
    model::{Hold, HoldId, HoldState, OrderId, ProductId, Quantity, Shopper, Timestamp},
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// A request for a hold.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceHold {
    /// The product's id.
    #[schema(value_type = Uuid)]
    pub product_id: ProductId,
    /// Number of units.
    #[schema(value_type = u32, minimum = 1, maximum = 10000)]
    pub qty: Quantity,
    /// Your identifier for your customer: any text without control characters. The per-shopper limit is counted by it.
    /// Without it, your client counts as the shopper.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200, pattern = r"^[^\u0000-\u001f\u007f-\u009f]*$")]
    pub shopper: Option<Shopper>,
}

/// Units of a product, reserved until the hold expires.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Hold)]
pub struct HoldView {
    /// Id of the hold. A payment may refer to it before the order exists.
    #[schema(value_type = Uuid)]
    hold_id: HoldId,
    /// The product held.
    #[schema(value_type = Uuid)]
    product_id: ProductId,
    /// Number of units.
    #[schema(value_type = u32, minimum = 1, maximum = 10000)]
    qty: Quantity,
    /// Your identifier for your customer, if you sent one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    shopper: Option<Shopper>,
    /// Current status.
    status: HoldStatus,
    /// The order placed from this hold, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Uuid, required = false)]
    order_id: Option<OrderId>,
    /// Creation time.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// First instant at which the hold can no longer be ordered.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// Status of a hold: `active` until it is `ordered`, `expired` or `released`.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HoldStatus {
    Active,
    Ordered,
    Expired,
    Released,
}

impl From<Hold> for HoldView {
    fn from(hold: Hold) -> Self {
        let Hold { id, product_id, owner, qty, shopper, state, created_at, expires_at, extended: _ } = hold;
        let (status, order_id) = match state {
            HoldState::Active => (HoldStatus::Active, None),
            HoldState::Ordered { order_id } => (HoldStatus::Ordered, Some(order_id)),
            HoldState::Expired => (HoldStatus::Expired, None),
            HoldState::Released => (HoldStatus::Released, None),
        };
        let shopper = named(shopper, owner);
        Self { hold_id: id, product_id, qty, shopper, status, order_id, created_at, expires_at }
    }
}

/// Places a hold.
pub async fn place(
    State(checkout): State<Checkout>,
    State(in_progress): State<Arc<InProgress>>,
    Client(owner): Client,
    IdempotentJson { body, idempotency }: IdempotentJson<PlaceHold>,
) -> ApiResult<Response> {
    let _guard = in_progress.enter(owner, idempotency.as_ref())?;
    let PlaceHold { product_id, qty, shopper } = body;
    Ok(hold_created(checkout.place_hold(product_id, qty, owner, shopper, idempotency).await?))
}

/// Builds the response for a hold that was just placed, or replayed.
pub fn hold_created(hold: Idempotent<Hold>) -> Response {
    let location = format!("/api/holds/{}", hold.value.id);
    created(&location, hold.replayed, HoldView::from(hold.value))
}

/// Returns a hold of the client.
pub async fn get(
    State(checkout): State<Checkout>,
    Client(owner): Client,
    Id(hold): Id<HoldId>,
) -> ApiResult<Json<HoldView>> {
    Ok(Json(checkout.hold(hold, owner).await?.into()))
}

/// Releases a hold. Releasing it again has no effect.
pub async fn release(
    State(checkout): State<Checkout>,
    State(in_progress): State<Arc<InProgress>>,
    Client(owner): Client,
    Id(hold): Id<HoldId>,
    IdempotentEmpty { idempotency }: IdempotentEmpty,
) -> ApiResult<StatusCode> {
    let _guard = in_progress.enter(owner, idempotency.as_ref())?;
    checkout.release_hold(hold, owner, idempotency).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Extends a hold once, where its product allows it.
pub async fn extend(
    State(checkout): State<Checkout>,
    State(in_progress): State<Arc<InProgress>>,
    Client(owner): Client,
    Id(hold): Id<HoldId>,
    IdempotentEmpty { idempotency }: IdempotentEmpty,
) -> ApiResult<Response> {
    let _guard = in_progress.enter(owner, idempotency.as_ref())?;
    Ok(updated(checkout.extend_hold(hold, owner, idempotency).await?, HoldView::from))
}
