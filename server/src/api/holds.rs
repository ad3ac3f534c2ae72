//! Holds of the calling client: place, get, extend, release.

use super::{ApiResult, created, examples, named, updated};
use crate::{
    auth::{Client, SCOPE},
    http::extract::{Id, IdempotentEmpty, IdempotentJson},
    problem::Kind,
};
use axum::{Json, extract::State, response::Response};
use checkout::{
    Checkout, Idempotent,
    model::{Hold, HoldId, HoldState, OrderId, ProductId, Quantity, Shopper, Timestamp},
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
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
        let Hold { id, product_id, owner, qty, shopper, state, created_at, expires_at, .. } = hold;
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
///
/// Reserves units for the product's `hold_seconds`. If too few units are available, the call first expires the product's
/// overdue holds and unpaid orders, so `sold-out` is never caused by a hold that is past its time.
///
/// A rejected request changes nothing and does not use up its key: the same request may succeed a moment later.
#[utoipa::path(
    post,
    path = "/api/holds",
    operation_id = "placeHold",
    tag = "Holds",
    summary = "Place a hold",
    params(("Idempotency-Key", Header)),
    request_body(
        content = PlaceHold,
        examples(
            ("one" = (summary = "One unit for a customer", value = json!(examples::place_hold()))),
            ("several" = (
                summary = "Several units, without naming a customer",
                value = json!({ "product_id": examples::PRODUCT_ID, "qty": 3 })
            )),
        ),
    ),
    responses((
        status = CREATED,
        description = "The hold is placed.",
        body = HoldView,
        headers(("Location"), ("Idempotency-Replayed")),
        links(
            ("getHold" = (operation_id = "getHold", parameters(("hold" = "$response.body#/hold_id")))),
            ("extendHold" = (operation_id = "extendHold", parameters(("hold" = "$response.body#/hold_id")))),
            ("releaseHold" = (operation_id = "releaseHold", parameters(("hold" = "$response.body#/hold_id")))),
            ("placeOrder" = (
                operation_id = "placeOrder",
                request_body = json!({ "hold_id": "$response.body#/hold_id" })
            )),
        ),
        example = json!(examples::hold()),
    )),
    security(("oauth2" = [SCOPE]), ("bearer" = [])),
    extensions(("x-problems" = json!([Kind::UnknownProduct, Kind::SoldOut, Kind::SaleNotOpen, Kind::SalePaused, Kind::LimitReached]))),
)]
pub async fn place(
    State(checkout): State<Checkout>,
    Client(owner): Client,
    IdempotentJson { body, idempotency }: IdempotentJson<PlaceHold>,
) -> ApiResult<Response> {
    let PlaceHold { product_id, qty, shopper } = body;
    Ok(hold_created(checkout.place_hold(product_id, qty, owner, shopper, idempotency).await?))
}

/// Builds the response for a hold that was just placed, or replayed.
pub fn hold_created(hold: Idempotent<Hold>) -> Response {
    let location = format!("/api/holds/{}", hold.value.id);
    created(&location, hold.replayed, HoldView::from(hold.value))
}

/// Returns a hold of the client.
///
/// Holds of other clients are not found.
#[utoipa::path(
    get,
    path = "/api/holds/{hold}",
    operation_id = "getHold",
    tag = "Holds",
    summary = "Get a hold",
    responses((
        status = OK,
        description = "The hold.",
        body = HoldView,
        examples(
            ("active" = (summary = "Waiting for its order", value = json!(examples::hold()))),
            ("ordered" = (summary = "Ordered", value = json!(examples::ordered_hold()))),
        ),
    )),
    security(("oauth2" = [SCOPE]), ("bearer" = [])),
    extensions(("x-problems" = json!([Kind::UnknownHold]))),
)]
pub async fn get(
    State(checkout): State<Checkout>,
    Client(owner): Client,
    Id(hold): Id<HoldId>,
) -> ApiResult<Json<HoldView>> {
    Ok(Json(checkout.hold(hold, owner).await?.into()))
}

/// Releases a hold.
///
/// Its units are for sale again at once. Releasing a hold that was released before, or has expired, has no effect.
#[utoipa::path(
    delete,
    path = "/api/holds/{hold}",
    operation_id = "releaseHold",
    tag = "Holds",
    summary = "Release a hold",
    params(("Idempotency-Key", Header)),
    responses((status = NO_CONTENT, description = "The hold is released or has expired.")),
    security(("oauth2" = [SCOPE]), ("bearer" = [])),
    extensions(("x-problems" = json!([Kind::UnknownHold, Kind::HoldUsed]))),
)]
pub async fn release(
    State(checkout): State<Checkout>,
    Client(owner): Client,
    Id(hold): Id<HoldId>,
    IdempotentEmpty { idempotency }: IdempotentEmpty,
) -> ApiResult<StatusCode> {
    checkout.release_hold(hold, owner, idempotency).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Extends a hold.
///
/// Adds the product's `extend_seconds` to `expires_at`. A hold can be extended once, before it expires, and only if
/// `extend_seconds` is not null.
#[utoipa::path(
    post,
    path = "/api/holds/{hold}/extend",
    operation_id = "extendHold",
    tag = "Holds",
    summary = "Extend a hold",
    params(("Idempotency-Key", Header)),
    responses((
        status = OK,
        description = "The hold, with its new `expires_at`.",
        body = HoldView,
        headers(("Idempotency-Replayed")),
        example = json!(examples::extended_hold()),
    )),
    security(("oauth2" = [SCOPE]), ("bearer" = [])),
    extensions(("x-problems" = json!([Kind::UnknownHold, Kind::HoldUsed, Kind::HoldExpired, Kind::HoldReleased, Kind::NoExtension]))),
)]
pub async fn extend(
    State(checkout): State<Checkout>,
    Client(owner): Client,
    Id(hold): Id<HoldId>,
    IdempotentEmpty { idempotency }: IdempotentEmpty,
) -> ApiResult<Response> {
    Ok(updated(checkout.extend_hold(hold, owner, idempotency).await?, HoldView::from))
}
