//! Server functions that place and cancel an order.

use super::{checkout, idempotency, owner, redirect};
use crate::{paths, shop::form_error::FormError};
use checkout::{
    model::{HoldId, OrderId, Refusal},
    retry_in_progress,
};
use leptos::prelude::*;
use uuid::Uuid;

/// Orders what is reserved. Redirects to the order, also if it existed already.
#[server(prefix = "/actions", endpoint = "order")]
pub(crate) async fn place_order(
    #[server(default)] hold: String,
    #[server(default)] key: String,
) -> Result<(), ServerFnError> {
    let Ok(hold) = hold.parse::<HoldId>() else { return redirect(paths::NOT_FOUND) };
    let result = async {
        let form_key: Uuid = key.parse().map_err(|_| FormError::InvalidForm)?;
        let owner = owner().await?.ok_or(FormError::Refused(Refusal::UnknownHold))?;
        let idempotency = idempotency(form_key, paths::ORDER, &hold.to_string());
        let checkout = checkout()?;
        Ok::<_, FormError>(retry_in_progress(|| checkout.place_order(hold, owner, idempotency.clone())).await?.value)
    };
    let page = paths::hold(&hold.to_string());
    match result.await {
        Ok(order) => redirect(&paths::order(&order.id.to_string())),
        Err(FormError::Refused(Refusal::HoldUsed { order_id })) => redirect(&paths::order(&order_id.to_string())),
        // The page itself shows that the hold expired, was released or does not exist.
        Err(FormError::Refused(_)) => redirect(&page),
        Err(error) => redirect(&error.add_to_url(&page)),
    }
}

/// Cancels an unpaid order. Cancelling it twice has the effect of once.
#[server(prefix = "/actions", endpoint = "cancel")]
pub(crate) async fn cancel_order(#[server(default)] order: String) -> Result<(), ServerFnError> {
    let Ok(order) = order.parse::<OrderId>() else { return redirect(paths::NOT_FOUND) };
    let result = async {
        let owner = owner().await?.ok_or(FormError::Refused(Refusal::UnknownOrder))?;
        Ok::<_, FormError>(checkout()?.cancel_order(order, owner, None).await?.value)
    };
    let page = paths::order(&order.to_string());
    match result.await {
        Ok(_) | Err(FormError::Refused(Refusal::UnknownOrder)) => redirect(&page),
        Err(error) => redirect(&error.add_to_url(&page)),
    }
}
