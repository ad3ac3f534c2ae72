//! `POST /api/holds`, `GET` and `DELETE /api/holds/{id}`: the client's own only.

use super::{Answer, created, named};
use crate::{
    auth::Client,
    extract::{Id, Posted, PostedNothing},
    state::AppState,
};
use axum::{Json, extract::State, response::Response};
use checkout::{
    Replayed,
    model::{Hold, HoldId, HoldState, OrderId, ProductId, Quantity, Shopper, Timestamp},
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What to hold.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceHold {
    /// The product's id.
    #[schema(value_type = Uuid)]
    pub product_id: ProductId,
    /// How many units.
    #[schema(value_type = u32, minimum = 1, maximum = 10000)]
    pub qty: Quantity,
    /// Your name for your customer: any text without control characters. The sale's limit for one shopper is counted by
    /// it; without it, your client is the shopper.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200, pattern = r"^[^\u0000-\u001f\u007f-\u009f]*$")]
    pub shopper: Option<Shopper>,
}

/// Some units of a product, set aside for a while.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Hold)]
pub struct HoldView {
    /// The hold's id. A payment may refer to it before the order exists.
    #[schema(value_type = Uuid)]
    hold_id: HoldId,
    /// What is held.
    #[schema(value_type = Uuid)]
    product_id: ProductId,
    /// How many units.
    #[schema(value_type = u32, minimum = 1, maximum = 10000)]
    qty: Quantity,
    /// Your name for your customer, if you gave one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    shopper: Option<Shopper>,
    /// Where it stands.
    status: HoldStatus,
    /// The order it became, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Uuid, required = false)]
    order_id: Option<OrderId>,
    /// When it was placed.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// The first instant at which it can no longer be ordered.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// Where a hold stands: `active` until it is `ordered`, has `expired`, or was given back (`released`).
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

/// Sets some units aside.
pub async fn place(
    State(state): State<AppState>,
    Client(owner): Client,
    Posted { body, idempotency }: Posted<PlaceHold>,
) -> Answer<Response> {
    let _underway = state.in_progress.enter(owner, idempotency.as_ref())?;
    let PlaceHold { product_id, qty, shopper } = body;
    Ok(placed(state.checkout.place_hold(product_id, qty, owner, shopper, idempotency).await?))
}

/// The answer to whoever placed `hold`.
pub fn placed(hold: Replayed<Hold>) -> Response {
    let location = format!("/api/holds/{}", hold.value.id);
    created(&location, hold.replayed, HoldView::from(hold.value))
}

/// A hold of one's own.
pub async fn one(State(state): State<AppState>, Client(owner): Client, Id(hold): Id<HoldId>) -> Answer<Json<HoldView>> {
    Ok(Json(state.checkout.hold(hold, owner).await?.into()))
}

/// Gives a hold back; as often as one likes.
pub async fn release(
    State(state): State<AppState>,
    Client(owner): Client,
    Id(hold): Id<HoldId>,
    PostedNothing { idempotency }: PostedNothing,
) -> Answer<StatusCode> {
    let _underway = state.in_progress.enter(owner, idempotency.as_ref())?;
    state.checkout.release_hold(hold, owner, idempotency).await?;
    Ok(StatusCode::NO_CONTENT)
}
