//! Erasing the contact of an order's customer.

use super::{
    ConfirmedForm,
    operation::context,
    order::{Shown, find},
    redirect,
};
use crate::{
    backoffice::customer::{self, EraseError},
    problem::Problem,
    state::AppState,
};
use app::admin::{confirm::ReasonField, entered::Entered, order::path_of};
use axum::{
    extract::{Path, State},
    response::Response,
};
use checkout::model::StoredContact;
use http::StatusCode;

/// `POST /admin/orders/{id}/erase-contact`
pub async fn erase(
    State(state): State<AppState>,
    Path(id): Path<String>,
    ConfirmedForm { signed_in, fields }: ConfirmedForm,
) -> Result<Response, Problem> {
    let order = find(&state, &id).await?;
    let Some(contact) = state.checkout.contact(order.id).await?.and_then(StoredContact::known) else {
        return Shown::refused("This order has no contact.").render(&state, &signed_in, order).await;
    };
    let mut entered = Entered::default();
    let reason = fields.reason(&mut entered, false);
    if entered.is_valid() {
        let context = context(&signed_in, reason);
        match customer::erase(&state.checkout, &*state.store, &contact.email, context).await {
            Ok(_) => return Ok(redirect(&format!("{}?done=contact-erased", path_of(order.id)))),
            Err(EraseError::AddressInReason) => {
                entered.refuse(ReasonField::NAME, "Leave out the customer’s address: the audit log would keep it.");
            }
            Err(EraseError::Failed(error)) => return Err(error.into()),
        }
    }
    let erase = ReasonField { optional: true, ..ReasonField::entered(&entered) };
    let shown = Shown { status: StatusCode::UNPROCESSABLE_ENTITY, erase, ..Shown::default() };
    shown.render(&state, &signed_in, order).await
}
