//! Sending the receipt of an order again.

use super::{
    Fields,
    operation::context,
    order::{Shown, find},
    redirect,
};
use crate::{
    backoffice::receipt::{self, ReceiptError},
    operators::SignedIn,
    problem::{Problem, sentence},
    state::AppState,
};
use app::admin::{order::path_of, order_mail::REQUEST_FIELD};
use axum::{
    extract::{Path, State},
    response::Response,
};
use uuid::Uuid;

/// `POST /admin/orders/{id}/receipt`
pub async fn resend(
    State(state): State<AppState>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let order = find(&state, &id).await?;
    // A form without a name is a request of its own.
    let request = fields.get(REQUEST_FIELD).parse::<Uuid>().unwrap_or_else(|_| state.ids.generate());
    let context = context(&signed_in, None);
    match receipt::resend(&state.checkout, &*state.store, &order, &request.to_string(), context).await {
        Ok(_) => Ok(redirect(&format!("{}?done=receipt", path_of(order.id)))),
        Err(ReceiptError::Failed(error)) => Err(error.into()),
        Err(refused) => {
            let text = sentence(&refused.to_string());
            Shown::refused(&text).render(&state, &signed_in, order).await
        }
    }
}
