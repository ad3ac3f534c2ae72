//! `GET /live/orders/{id}`: the storefront's order page, live, for the session that owns the order.

use crate::{
    api::{Answer, orders},
    extract::Id,
    problem::Problem,
    sse,
    state::AppState,
};
use axum::{extract::State, response::Response};
use checkout::model::{OrderId, Refusal};
use std::time::Duration;
use tower_sessions::Session;

/// When to come back where the session cannot be read.
const SOON: Duration = Duration::from_secs(1);

/// The order now, and each time it changes.
pub async fn order(State(state): State<AppState>, session: Session, Id(order): Id<OrderId>) -> Answer<Response> {
    let owner = app::session::owner(&session).await.map_err(|error| {
        if app::session::is_away(&error) { Problem::busy(SOON) } else { Problem::fault(&error.to_string()) }
    })?;
    let events = orders::watch(&state, order, owner.ok_or(Refusal::UnknownOrder)?).await?;
    Ok(sse::answer(events, &state))
}
