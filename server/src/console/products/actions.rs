//! Pauses, resumes and archives products, and changes their stock.

use super::{Shown, find, render};
use crate::{
    console::{Fields, redirect},
    operators::SignedIn,
    problem::Problem,
};
use app::admin::{
    entered::Entered,
    products::{self as view, ActionState},
    refusal::refusal,
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use checkout::{
    Checkout, Error, OperationContext, StockChange,
    model::{ChangeReason, Product, ProductStatus},
    retry_in_progress,
};
use http::StatusCode;

/// `POST /admin/products/{id}/pause`
pub(super) async fn pause(
    State(checkout): State<Checkout>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    set_status(&checkout, &signed_in, &id, &fields, "pause", ProductStatus::Paused, "paused").await
}

/// `POST /admin/products/{id}/resume`
pub(super) async fn resume(
    State(checkout): State<Checkout>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    set_status(&checkout, &signed_in, &id, &fields, "resume", ProductStatus::Active, "resumed").await
}

/// `POST /admin/products/{id}/archive`
pub(super) async fn archive(
    State(checkout): State<Checkout>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    set_status(&checkout, &signed_in, &id, &fields, "archive", ProductStatus::Archived, "archived").await
}

async fn set_status(
    checkout: &Checkout,
    signed_in: &SignedIn,
    id: &str,
    fields: &Fields,
    action: &'static str,
    status: ProductStatus,
    done: &str,
) -> Result<Response, Problem> {
    let product = find(checkout, id)?;
    let mut entered = Entered::default();
    let Some(reason) = fields.reason(&mut entered, true) else {
        let refused = ActionState { action, entered, error: None };
        return Ok(refuse(checkout, signed_in, &product, StatusCode::UNPROCESSABLE_ENTITY, refused).await);
    };
    let context = context(signed_in, reason);
    match checkout.set_product_status(product.id, status, context).await {
        Ok(_) => Ok(redirect(&format!("{}?done={done}", view::path(product.id)))),
        Err(error) => refused(checkout, signed_in, &product, ActionState { action, entered, error: None }, error).await,
    }
}

/// `POST /admin/products/{id}/stock`
pub(super) async fn change_stock(
    State(checkout): State<Checkout>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let product = find(&checkout, &id)?;
    let mut entered = Entered::default();
    entered.set("delta", fields.get("delta"));
    let delta = entered.parse("delta", parse_delta);
    let reason = fields.reason(&mut entered, true);
    let (Some(delta), Some(reason)) = (delta, reason) else {
        let refused = ActionState { action: "stock", entered, error: None };
        return Ok(refuse(&checkout, &signed_in, &product, StatusCode::UNPROCESSABLE_ENTITY, refused).await);
    };
    let idempotency = fields.idempotency(&format!("{}/stock", view::path(product.id)));
    let context = OperationContext { idempotency, ..context(&signed_in, reason) };
    let change = || checkout.set_stock(product.id, StockChange::By(delta), context.clone());
    match retry_in_progress(change).await {
        Ok(_) => Ok(redirect(&format!("{}?done=stock", view::path(product.id)))),
        Err(error) => {
            refused(&checkout, &signed_in, &product, ActionState { action: "stock", entered, error: None }, error).await
        }
    }
}

/// Parses a number of units with a sign, which may be a typographic minus.
fn parse_delta(text: &str) -> Result<i32, &'static str> {
    let delta = text.replace('\u{2212}', "-").parse().ok().filter(|delta| *delta != 0);
    delta.ok_or("Enter a whole number other than zero, such as +10 or -5.")
}

fn context(signed_in: &SignedIn, reason: ChangeReason) -> OperationContext {
    OperationContext { reason: Some(reason), ..signed_in.actor().into() }
}

/// Shows the product's page again with the reason of a refusal.
async fn refused(
    checkout: &Checkout,
    signed_in: &SignedIn,
    product: &Product,
    state: ActionState,
    error: Error,
) -> Result<Response, Problem> {
    let Error::Refused(refused) = error else { return Err(error.into()) };
    let state = ActionState { error: Some(refusal(&refused, Some(product.price.currency))), ..state };
    Ok(refuse(checkout, signed_in, product, StatusCode::CONFLICT, state).await)
}

async fn refuse(
    checkout: &Checkout,
    signed_in: &SignedIn,
    product: &Product,
    status: StatusCode,
    refused: ActionState,
) -> Response {
    render(signed_in, product, checkout.now(), status, Shown { refused, ..Shown::default() }).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_stock_has_a_sign_and_is_not_zero() {
        for (text, delta) in [("5", 5), ("+5", 5), ("-5", -5), ("\u{2212}5", -5)] {
            assert_eq!(parse_delta(text), Ok(delta));
        }
        for text in ["", "0", "-0", "five", "1.5", "99999999999", "+-1", "5 5"] {
            assert!(parse_delta(text).is_err(), "{text}");
        }
    }
}
