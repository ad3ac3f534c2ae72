//! Creates and edits products.

use super::{Shown, entry, find, render};
use crate::{
    backoffice::{edit_conflict, lookup, store_failed},
    console::{Fields, html, redirect},
    operators::SignedIn,
    problem::Problem,
    state::AppState,
};
use app::admin::{
    products::{self as view, Conflict, EditState, Meanwhile},
    refusal::product_error,
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use checkout::{
    Checkout, Error, OperationContext,
    model::{Product, Refusal},
};
use http::StatusCode;

/// `GET /admin/products/new`
pub(super) async fn new_page(signed_in: SignedIn) -> Response {
    html(StatusCode::OK, view::new_product(signed_in.page_operator().await, &entry::new_product()))
}

/// `POST /admin/products`
pub(super) async fn create(
    State(checkout): State<Checkout>,
    signed_in: SignedIn,
    fields: Fields,
) -> Result<Response, Problem> {
    let mut entered = entry::sent_product(&fields);
    let Some(draft) = entry::draft(&mut entered) else {
        return Ok(html(
            StatusCode::UNPROCESSABLE_ENTITY,
            view::new_product(signed_in.page_operator().await, &entered),
        ));
    };
    let status = match checkout.add_product(draft, signed_in.actor()).await {
        Ok(added) => return Ok(redirect(&format!("{}?done=created", view::path(added.value.id)))),
        Err(Error::Refused(Refusal::InvalidProduct { error })) => {
            let (field, text) = product_error(error);
            entered.refuse(field, text);
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Err(Error::Refused(Refusal::SlugTaken)) => {
            entered.refuse("slug", "Another product has this slug. Choose another one.");
            StatusCode::CONFLICT
        }
        Err(error) => return Err(error.into()),
    };
    Ok(html(status, view::new_product(signed_in.page_operator().await, &entered)))
}

/// `POST /admin/products/{id}`
pub(super) async fn save(
    State(state): State<AppState>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let checkout = &state.checkout;
    let product = find(checkout, &id)?;
    let mut sent = entry::sent_edit(&fields);
    let reason = fields.reason(&mut sent.entered, false);
    let details = entry::details(&mut sent.entered, &product);
    let Some(details) = details.filter(|_| sent.entered.is_valid()) else {
        return show(checkout, &signed_in, &product, StatusCode::UNPROCESSABLE_ENTITY, sent).await;
    };
    let context = OperationContext { by: signed_in.actor(), reason, idempotency: None };
    match checkout.edit_product(product.id, sent.revision, details, context).await {
        Ok(edited) => {
            let done = if edited.value.price == product.price { "edited" } else { "price" };
            Ok(redirect(&format!("{}?done={done}", view::path(product.id))))
        }
        Err(Error::Refused(Refusal::StaleRevision { seen, current })) => {
            let product = lookup::product_at_revision(&*state.store, product, current).await?;
            let edit = merge(&state, &product, sent, seen).await?;
            show(checkout, &signed_in, &product, StatusCode::CONFLICT, edit).await
        }
        Err(Error::Refused(Refusal::InvalidProduct { error })) => {
            let (field, text) = product_error(error);
            sent.entered.refuse(field, text);
            show(checkout, &signed_in, &product, StatusCode::UNPROCESSABLE_ENTITY, sent).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Shows the product's page with a form as it was sent.
async fn show(
    checkout: &Checkout,
    signed_in: &SignedIn,
    product: &Product,
    status: StatusCode,
    edit: EditState,
) -> Result<Response, Problem> {
    let shown = Shown { edit: Some(edit), ..Shown::default() };
    Ok(render(signed_in, product, checkout.now(), status, shown).await)
}

/// Moves a stale edit on top of the current product, and says what changed since the revision that the operator saw.
async fn merge(state: &AppState, product: &Product, sent: EditState, seen: u64) -> Result<EditState, Problem> {
    let edits = edit_conflict::since(&*state.store, product.id, seen).await;
    let edits = edits.map_err(|error| store_failed(&error))?;
    let changes = edits.into_iter().flat_map(|edit| {
        let (by, at) = (edit.by, edit.at);
        edit.fields.into_iter().map(move |field| Meanwhile {
            by: by.clone(),
            at,
            before: field.before_text(),
            after: field.after_text(),
            field: field.name,
        })
    });
    let (merged, both) = entry::merge(sent, product);
    Ok(EditState { conflict: Some(Conflict { changes: changes.collect(), both }), ..merged })
}
