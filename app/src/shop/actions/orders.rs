//! The server function that cancels an order.

use super::{checkout, owner_of, redirect};
use crate::{
    paths,
    shop::{form_error::FormError, payment::PaymentProvider},
};
use checkout::model::{OrderId, Refusal};
use leptos::prelude::*;

/// Cancels an unpaid order. Cancelling it twice has the effect of once.
#[server(prefix = "/actions", endpoint = "cancel")]
pub(crate) async fn cancel_order(#[server(default)] order: String) -> Result<(), ServerFnError> {
    let Ok(order) = order.parse::<OrderId>() else { return redirect(paths::NOT_FOUND) };
    let result = async {
        let owner = owner_of(order).await?.ok_or(FormError::Refused(Refusal::UnknownOrder))?;
        let checkout = checkout()?;
        checkout.order(order, owner).await?;
        if let Some(PaymentProvider(provider)) = use_context() {
            provider.close_before_cancel(order).await?;
        }
        Ok::<_, FormError>(checkout.cancel_order(order, owner, None).await?.value)
    };
    let page = paths::order(&order.to_string());
    match result.await {
        Ok(_) | Err(FormError::Refused(Refusal::UnknownOrder)) => redirect(&page),
        Err(error) => redirect(&error.add_to_url(&page)),
    }
}
