//! Reserving, giving back, and asking for more time.

use super::{checkout, idempotency, lead_to, owner, session_failed};
use crate::{flash::Trouble, paths, session};
use checkout::model::{Hold, HoldId, Product, Quantity, Refusal, Shopper};
use leptos::prelude::*;
use uuid::Uuid;

/// Reserves some units: leads to the reservation, or back to the product.
#[server(prefix = "/actions", endpoint = "reserve")]
pub(crate) async fn reserve(
    #[server(default)] product: String,
    #[server(default)] qty: String,
    #[server(default)] key: String,
) -> Result<(), ServerFnError> {
    let known = product.parse().ok().and_then(|id| checkout().ok()?.product(id));
    let Some(product) = known else { return lead_to(paths::NOWHERE) };
    match try_reserve(&product, &qty, &key).await {
        Ok(hold) => lead_to(&paths::checkout(&hold.id.to_string())),
        Err(trouble) => lead_to(&back_to_product(&product, &trouble, &qty, &key)),
    }
}

async fn try_reserve(product: &Product, qty: &str, key: &str) -> Result<Hold, Trouble> {
    let form: Uuid = key.parse().map_err(|_| Trouble::Form)?;
    let qty = qty.trim().parse::<i64>().ok().and_then(|n| Quantity::try_from(n).ok()).ok_or(Trouble::Quantity)?;
    let session = session::current().ok_or(Trouble::Fault)?;
    let owner = session::owner_or_new(&session, form).await.map_err(|error| session_failed(&error))?;
    let once = idempotency(form, &format!("reserve {} {}", product.id, qty.get()));
    let placed = checkout()?.place_hold(product.id, qty, owner, Some(Shopper::from(owner)), once).await?;
    Ok(placed.value)
}

/// The quantity goes back into the form; so does the key where a repetition under the same one is what it takes (P9).
fn back_to_product(product: &Product, trouble: &Trouble, qty: &str, key: &str) -> String {
    let page = trouble.at(&paths::product(product.slug.as_str()));
    let qty = qty.trim().parse::<u32>().map(|qty| format!("&qty={qty}")).unwrap_or_default();
    let key = match (trouble, key.parse::<Uuid>()) {
        (Trouble::Unknown, Ok(key)) => format!("&key={key}"),
        _ => String::new(),
    };
    format!("{page}{qty}{key}#buy")
}

/// Gives a reservation back. Twice is as good as once.
#[server(prefix = "/actions", endpoint = "release")]
pub(crate) async fn release(#[server(default)] hold: String) -> Result<(), ServerFnError> {
    let Ok(hold) = hold.parse::<HoldId>() else { return lead_to(paths::NOWHERE) };
    let done = async {
        let owner = owner().await?.ok_or(Trouble::Refused(Refusal::UnknownHold))?;
        Ok(checkout()?.release_hold(hold, owner, None).await?.value)
    };
    lead_on(hold, done.await)
}

/// Asks for more time, once.
#[server(prefix = "/actions", endpoint = "extend")]
pub(crate) async fn extend(
    #[server(default)] hold: String,
    #[server(default)] key: String,
) -> Result<(), ServerFnError> {
    let Ok(hold) = hold.parse::<HoldId>() else { return lead_to(paths::NOWHERE) };
    let done = async {
        let form: Uuid = key.parse().map_err(|_| Trouble::Form)?;
        let owner = owner().await?.ok_or(Trouble::Refused(Refusal::UnknownHold))?;
        let once = idempotency(form, &format!("extend {hold}"));
        Ok(checkout()?.extend_hold(hold, owner, once).await?.value)
    };
    lead_on(hold, done.await)
}

/// To the reservation's page, which says how it stands; one that has become an order leads to that.
fn lead_on(hold: HoldId, done: Result<Hold, Trouble>) -> Result<(), ServerFnError> {
    let page = paths::checkout(&hold.to_string());
    match done {
        Err(Trouble::Refused(Refusal::HoldUsed { order_id })) => lead_to(&paths::order(&order_id.to_string())),
        Ok(_) | Err(Trouble::Refused(Refusal::UnknownHold | Refusal::HoldExpired { .. } | Refusal::HoldReleased)) => {
            lead_to(&page)
        }
        Err(trouble) => lead_to(&trouble.at(&page)),
    }
}
