//! The server function that cancels an order.

use super::{owner_of, redirect};
use crate::{
    paths,
    shop::{form_error::FormError, payment::Payments},
};
use checkout::model::{OrderId, Refusal};
use leptos::prelude::*;

/// Cancels an unpaid order. Cancelling it twice has the effect of once.
#[server(prefix = "/actions", endpoint = "cancel")]
pub(crate) async fn cancel_order(#[server(default)] order: String) -> Result<(), ServerFnError> {
    let Ok(order) = order.parse::<OrderId>() else { return redirect(paths::NOT_FOUND) };
    let result = async {
        let owner = owner_of(order).await?.ok_or(FormError::Refused(Refusal::UnknownOrder))?;
        let Payments(payments) = use_context().ok_or(FormError::Internal)?;
        Ok::<_, FormError>(payments.cancel_order(order, owner).await?)
    };
    let page = paths::order(&order.to_string());
    match result.await {
        Ok(_) | Err(FormError::Refused(Refusal::UnknownOrder)) => redirect(&page),
        Err(error) => redirect(&error.add_to_url(&page)),
    }
}
