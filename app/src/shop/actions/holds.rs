//! Server functions that place and release a hold.

use super::{checkout, idempotency, owner, redirect};
use crate::{
    paths,
    shop::{form_error::FormError, session},
};
use checkout::{
    model::{Hold, HoldId, Product, Quantity, Refusal, Shopper},
    retry_in_progress,
};
use leptos::prelude::*;
use uuid::Uuid;

/// Reserves units. Redirects to the hold's page, or back to the product with an error.
#[server(prefix = "/actions", endpoint = "reserve")]
pub(crate) async fn reserve(
    #[server(default)] product: String,
    #[server(default)] qty: String,
    #[server(default)] key: String,
    #[server(default)] again: String,
) -> Result<(), ServerFnError> {
    let product = product.parse().ok().and_then(|id| checkout().ok()?.product(id));
    let Some(product) = product else { return redirect(paths::NOT_FOUND) };
    let Ok(form_key) = key.parse::<Uuid>() else {
        return redirect(&product_url_with_error(&product, &FormError::InvalidForm, &qty, None));
    };
    // A retry after an unknown outcome uses the key of the first attempt.
    let retry_key = again.parse().unwrap_or_else(|_| session::retry_key(form_key));
    match place_hold(&product, &qty, form_key, retry_key).await {
        Ok(hold) => redirect(&paths::hold(&hold.id.to_string())),
        Err(error) => redirect(&product_url_with_error(&product, &error, &qty, Some(retry_key))),
    }
}

async fn place_hold(product: &Product, qty: &str, form_key: Uuid, retry_key: Uuid) -> Result<Hold, FormError> {
    let qty = qty.trim().parse::<i64>().ok().and_then(|n| Quantity::try_from(n).ok());
    let qty = qty.ok_or(FormError::InvalidQuantity)?;
    let session = session::current().ok_or(FormError::Internal)?;
    let checkout = checkout()?;
    let owner = session::owner_or_new(&session, form_key, checkout.now())
        .await
        .map_err(|error| FormError::from_session(&error))?;
    let idempotency = idempotency(retry_key, paths::RESERVE, &format!("{} {}", product.id, qty.get()));
    // After a double click, the second request waits for the first.
    let place = || checkout.place_hold(product.id, qty, owner, Some(Shopper::from(owner)), idempotency.clone());
    let placed = retry_in_progress(place).await?;
    Ok(placed.value)
}

/// The URL carries the quantity back into the form. If the outcome is unknown, it also carries the key for a retry (P9).
fn product_url_with_error(product: &Product, error: &FormError, qty: &str, retry_key: Option<Uuid>) -> String {
    let page = error.add_to_url(&paths::product(product.slug.as_str()));
    let qty = qty.trim().parse::<u32>().map(|qty| format!("&qty={qty}")).unwrap_or_default();
    let again = retry_key.filter(|_| *error == FormError::OutcomeUnknown).map(|key| format!("&again={key}"));
    format!("{page}{qty}{}#buy", again.unwrap_or_default())
}

/// Releases a hold. Releasing it twice has the effect of once.
#[server(prefix = "/actions", endpoint = "release")]
pub(crate) async fn release(#[server(default)] hold: String) -> Result<(), ServerFnError> {
    let Ok(hold) = hold.parse::<HoldId>() else { return redirect(paths::NOT_FOUND) };
    let result = async {
        let owner = owner().await?.ok_or(FormError::Refused(Refusal::UnknownHold))?;
        Ok(checkout()?.release_hold(hold, owner, None).await?.value)
    };
    redirect_to_hold(hold, result.await)
}

/// Redirects to the hold's page, which shows its state, or to the order if the hold has become one.
fn redirect_to_hold(hold: HoldId, result: Result<Hold, FormError>) -> Result<(), ServerFnError> {
    let page = paths::hold(&hold.to_string());
    match result {
        Err(FormError::Refused(Refusal::HoldUsed { order_id })) => redirect(&paths::order(&order_id.to_string())),
        Ok(_) | Err(FormError::Refused(Refusal::UnknownHold | Refusal::HoldExpired { .. } | Refusal::HoldReleased)) => {
            redirect(&page)
        }
        Err(error) => redirect(&error.add_to_url(&page)),
    }
}
