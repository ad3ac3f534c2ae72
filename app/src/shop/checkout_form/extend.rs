//! Extends the hold of a form.

use super::{CheckoutEntry, OrderForm, Submitted};
use crate::{
    paths,
    shop::{actions::idempotency, form_error::FormError},
};
use checkout::{
    Checkout,
    model::{Hold, HoldId, Owner, Refusal},
    retry_in_progress,
};
use http::StatusCode;
use tower_sessions::Session;
use uuid::Uuid;

/// Extends the hold of a form, which is possible once, and answers with its page and what was typed. The order is placed by the
/// same form later, so that its key is kept too.
///
/// # Errors
///
/// The hold cannot be read.
pub async fn extend(checkout: &Checkout, session: &Session, form: OrderForm) -> Result<Submitted, checkout::Error> {
    let (hold, _, product, owner) = match form.of_hold(checkout, session).await? {
        Ok(found) => found,
        Err(answer) => return Ok(answer),
    };
    let key = form.key.parse::<Uuid>().ok();
    let (status, error) = match extend_hold(checkout, hold, owner, key).await {
        Ok(_) => (StatusCode::OK, None),
        Err(FormError::Refused(Refusal::HoldUsed { order_id })) => {
            return Ok(Submitted::See(paths::order(&order_id.to_string())));
        }
        // The page itself shows that the hold has expired, was released or does not exist.
        Err(FormError::Refused(Refusal::UnknownHold | Refusal::HoldExpired { .. } | Refusal::HoldReleased)) => {
            return Ok(Submitted::See(paths::hold(&hold.to_string())));
        }
        Err(error) => (error.status(), Some(error)),
    };
    let (draft, kept_email) = (form.typed(product.ships), form.kept_email());
    let is_extended = error.is_none();
    let entry = CheckoutEntry { draft, kept_email, error, is_extended, key, ..CheckoutEntry::default() };
    Ok(Submitted::Page { hold, status, entry: entry.into() })
}

async fn extend_hold(checkout: &Checkout, hold: HoldId, owner: Owner, key: Option<Uuid>) -> Result<Hold, FormError> {
    let idempotency = idempotency(key.ok_or(FormError::InvalidForm)?, paths::EXTEND, &hold.to_string());
    Ok(retry_in_progress(|| checkout.extend_hold(hold, owner, idempotency.clone())).await?.value)
}
