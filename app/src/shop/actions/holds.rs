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
    #[server(default)] again: String,
) -> Result<(), ServerFnError> {
    let known = product.parse().ok().and_then(|id| checkout().ok()?.product(id));
    let Some(product) = known else { return lead_to(paths::NOWHERE) };
    let Ok(form) = key.parse::<Uuid>() else { return lead_to(&back_to_product(&product, &Trouble::Form, &qty, None)) };
    // Under another form's name where that one was sent before, and nobody knows how it ended.
    let attempt = again.parse().unwrap_or_else(|_| session::attempt(form));
    match try_reserve(&product, &qty, form, attempt).await {
        Ok(hold) => lead_to(&paths::checkout(&hold.id.to_string())),
        Err(trouble) => lead_to(&back_to_product(&product, &trouble, &qty, Some(attempt))),
    }
}

async fn try_reserve(product: &Product, qty: &str, form: Uuid, attempt: Uuid) -> Result<Hold, Trouble> {
    let qty = qty.trim().parse::<i64>().ok().and_then(|n| Quantity::try_from(n).ok()).ok_or(Trouble::Quantity)?;
    let session = session::current().ok_or(Trouble::Fault)?;
    let checkout = checkout()?;
    let owner = session::owner_or_new(&session, form, checkout.now()).await.map_err(|error| session_failed(&error))?;
    let once = idempotency(attempt, &format!("reserve {} {}", product.id, qty.get()));
    let placed = checkout.place_hold(product.id, qty, owner, Some(Shopper::from(owner)), once).await?;
    Ok(placed.value)
}

/// The quantity goes back into the form; so does the attempt where a repetition of the same one is what it takes (P9).
fn back_to_product(product: &Product, trouble: &Trouble, qty: &str, attempt: Option<Uuid>) -> String {
    let page = trouble.at(&paths::product(product.slug.as_str()));
    let qty = qty.trim().parse::<u32>().map(|qty| format!("&qty={qty}")).unwrap_or_default();
    let again = attempt.filter(|_| *trouble == Trouble::Unknown).map(|attempt| format!("&again={attempt}"));
    format!("{page}{qty}{}#buy", again.unwrap_or_default())
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
