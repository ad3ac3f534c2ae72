//! `GET /live/orders/{id}`: streams an order to the storefront's order page, for the session that owns the order, or has
//! opened it with the link of a mail.

use crate::{
    api::orders::order_changes,
    http::{extract::Id, sse::EventStreams},
    problem::Problem,
};
use app::shop::session::{self, GrantSecrets};
use axum::{Extension, extract::State, response::Response};
use checkout::{
    Checkout,
    model::{OrderId, Refusal},
};
use tower_sessions::Session;

/// Streams the order now, and each time it changes.
pub async fn watch(
    State(checkout): State<Checkout>,
    State(streams): State<EventStreams>,
    session: Session,
    Extension(secrets): Extension<GrantSecrets>,
    Id(order): Id<OrderId>,
) -> Result<Response, Problem> {
    let owner = session::owner_of(&session, Some(&secrets), &checkout, order).await?;
    Ok(streams.respond(order_changes(checkout, order, owner.ok_or(Refusal::UnknownOrder)?).await?))
}
