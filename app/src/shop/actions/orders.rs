//! Ordering what is reserved, and cancelling.

use super::{checkout, idempotency, lead_to, owner};
use crate::{flash::Trouble, paths};
use checkout::model::{HoldId, OrderId, Refusal};
use leptos::prelude::*;
use uuid::Uuid;

/// Orders what is reserved: leads to the order, also where it had been made before.
#[server(prefix = "/actions", endpoint = "order")]
pub(crate) async fn place_order(
    #[server(default)] hold: String,
    #[server(default)] key: String,
) -> Result<(), ServerFnError> {
    let Ok(hold) = hold.parse::<HoldId>() else { return lead_to(paths::NOWHERE) };
    let done = async {
        let form: Uuid = key.parse().map_err(|_| Trouble::Form)?;
        let owner = owner().await?.ok_or(Trouble::Refused(Refusal::UnknownHold))?;
        let once = idempotency(form, &format!("order {hold}"));
        Ok::<_, Trouble>(checkout()?.place_order(hold, owner, once).await?.value)
    };
    let page = paths::checkout(&hold.to_string());
    match done.await {
        Ok(order) => lead_to(&paths::order(&order.id.to_string())),
        Err(Trouble::Refused(Refusal::HoldUsed { order_id })) => lead_to(&paths::order(&order_id.to_string())),
        // The page says by itself that it ran out, was given back, or is not there.
        Err(Trouble::Refused(_)) => lead_to(&page),
        Err(trouble) => lead_to(&trouble.at(&page)),
    }
}

/// Cancels an order that is not paid. Twice is as good as once.
#[server(prefix = "/actions", endpoint = "cancel")]
pub(crate) async fn cancel_order(#[server(default)] order: String) -> Result<(), ServerFnError> {
    let Ok(order) = order.parse::<OrderId>() else { return lead_to(paths::NOWHERE) };
    let done = async {
        let owner = owner().await?.ok_or(Trouble::Refused(Refusal::UnknownOrder))?;
        Ok::<_, Trouble>(checkout()?.cancel_order(order, owner, None).await?.value)
    };
    let page = paths::order(&order.to_string());
    match done.await {
        Ok(_) | Err(Trouble::Refused(Refusal::UnknownOrder)) => lead_to(&page),
        Err(trouble) => lead_to(&trouble.at(&page)),
    }
}
