//! The screen of one payment event, and its repeated processing.

use super::{
    Fields, html,
    operation::{context, refused_reason},
    redirect,
};
use crate::{
    operators::SignedIn,
    problem::{Kind, Problem},
    state::AppState,
};
use app::admin::{
    confirm::ReasonField,
    layout::Flash,
    order::name_of,
    payment::{self as view, PaymentPage},
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use checkout::{
    Error,
    model::{ChangeReason, Order, Payment, Reference, Refusal, WebhookId},
    store::listings::{OrderFilter, OrderSearch, PageRequest},
};
use http::{StatusCode, Uri};

/// `GET /admin/payments/{id}`
pub async fn page(
    State(state): State<AppState>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Response, Problem> {
    let payment = find(&state, &id).await?;
    let query = Fields::parse(uri.query().unwrap_or_default().as_bytes());
    let standing = view::standing(payment.outcome);
    let flash = match query.get("done") {
        "payment-changed" => Some(Flash::done(format!("Processed again: {standing}"))),
        "payment-unchanged" => Some(Flash::done(format!("Nothing changed: {standing}"))),
        _ => None,
    };
    render(&state, &signed_in, StatusCode::OK, payment, ReasonField::default(), flash).await
}

/// `POST /admin/payments/{id}/replay`
pub async fn replay(
    State(state): State<AppState>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let before = find(&state, &id).await?;
    let text = fields.get("reason").to_owned();
    let Ok(reason) = ChangeReason::try_from(text.clone()) else {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return render(&state, &signed_in, status, before, refused_reason(text), None).await;
    };
    state.checkout.replay_payment(before.id, context(&signed_in, Some(reason))).await?;
    let after = state.checkout.payment(before.id).await?;
    let done = if after.outcome == before.outcome { "payment-unchanged" } else { "payment-changed" };
    Ok(redirect(&format!("{}?done={done}", view::path(&after))))
}

async fn find(state: &AppState, id: &str) -> Result<Payment, Problem> {
    let id: WebhookId = id.parse().map_err(|_| Problem::new(Kind::NotFound, "There is no such payment."))?;
    Ok(state.checkout.payment(id).await?)
}

async fn render(
    state: &AppState,
    signed_in: &SignedIn,
    status: StatusCode,
    payment: Payment,
    replay: ReasonField,
    flash: Option<Flash>,
) -> Result<Response, Problem> {
    let page = PaymentPage {
        order: order_of(state, payment.reference).await?.map(|order| (order.id.to_string(), name_of(&order))),
        product: payment.product_id.and_then(|id| state.checkout.product(id)),
        payload: None,
        replay,
        payment,
    };
    Ok(html(status, view::payment(&signed_in.operator, page, flash)))
}

/// Returns the order that an event is about, if it exists.
async fn order_of(state: &AppState, reference: Reference) -> Result<Option<Order>, Error> {
    match reference {
        Reference::Order(id) => match state.checkout.order_of_any_owner(id).await {
            Err(Error::Refused(Refusal::UnknownOrder)) => Ok(None),
            found => found.map(Some),
        },
        Reference::Hold(id) => {
            let filter = OrderFilter { search: Some(OrderSearch::Id(id.0)), ..OrderFilter::default() };
            let page = PageRequest::first(1);
            Ok(state.checkout.list_orders(&filter, page).await?.items.pop())
        }
    }
}
