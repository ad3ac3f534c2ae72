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
    model::{Hold, HoldId, HoldState, ProductId, Quantity, Shopper, Timestamp},
};
use http::StatusCode;
use serde::{Deserialize, Serialize};

/// What a client asks for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlaceHold {
    /// Of what.
    pub product_id: ProductId,
    /// How many units.
    pub qty: Quantity,
    /// The client's name for its customer.
    pub shopper: Option<Shopper>,
}

/// A hold as the API shows it.
#[derive(Debug, Serialize)]
pub struct HoldView {
    hold_id: HoldId,
    product_id: ProductId,
    qty: Quantity,
    #[serde(skip_serializing_if = "Option::is_none")]
    shopper: Option<Shopper>,
    /// `status`, and the `order_id` it became.
    #[serde(flatten)]
    state: HoldState,
    created_at: Timestamp,
    expires_at: Timestamp,
}

impl From<Hold> for HoldView {
    fn from(hold: Hold) -> Self {
        let Hold { id, product_id, owner, qty, shopper, state, created_at, expires_at, extended: _ } = hold;
        Self { hold_id: id, product_id, qty, shopper: named(shopper, owner), state, created_at, expires_at }
    }
}

/// Sets some units aside.
pub async fn place(
    State(state): State<AppState>,
    Client(owner): Client,
    Posted { body, idempotency }: Posted<PlaceHold>,
) -> Answer<Response> {
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
    state.checkout.release_hold(hold, owner, idempotency).await?;
    Ok(StatusCode::NO_CONTENT)
}
