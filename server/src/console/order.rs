//! The screen of one order, and its cancellation.

use super::{Fields, html, operation::context, redirect, response::flash};
use crate::{
    backoffice::{
        lookup,
        timeline::{self, OrderHistory, TimelineEvent},
    },
    operators::SignedIn,
    problem::{Kind, Problem},
    state::AppState,
};
use app::admin::{
    confirm::ReasonField,
    layout::Flash,
    order::{self as view, OrderPage, TimelineRow, path_of},
    order_refund::RefundForm,
    refusal::refusal,
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use checkout::{
    Error,
    model::{CancelReason, Order, OrderState, Refusal},
};
use http::{StatusCode, Uri};
use uuid::Uuid;

/// `GET /admin/orders/{id}`
pub async fn page(
    State(state): State<AppState>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Response, Problem> {
    let order = find(&state, &id).await?;
    let done = Fields::parse(uri.query().unwrap_or_default().as_bytes());
    Shown { flash: flash(done.get("done")), ..Shown::default() }.render(&state, &signed_in, order).await
}

/// `POST /admin/orders/{id}/cancel`
pub async fn cancel(
    State(state): State<AppState>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let order = find(&state, &id).await?;
    let reason = match fields.required_reason() {
        Ok(reason) => reason,
        Err(cancel) => {
            let shown = Shown { status: StatusCode::UNPROCESSABLE_ENTITY, cancel, ..Shown::default() };
            return shown.render(&state, &signed_in, order).await;
        }
    };
    let cancelled = state.payments.cancel_order_by_operator(order.id, context(&signed_in, Some(reason))).await;
    let refused = match cancelled {
        Ok(done) if is_cancelled_by_operator(&done.value) => {
            return Ok(redirect(&format!("{}?done=order-cancelled", path_of(order.id))));
        }
        Ok(_) => "The order had ended before, so its units are on sale already.".to_owned(),
        Err(Error::Refused(refused @ Refusal::OrderPaid)) => refusal(&refused, Some(order.amount.currency)),
        Err(error) => return Err(error.into()),
    };
    let order = state.checkout.order_of_any_owner(order.id).await?;
    Shown::refused(&refused).render(&state, &signed_in, order).await
}

fn is_cancelled_by_operator(order: &Order) -> bool {
    matches!(order.state, OrderState::Cancelled { reason: CancelReason::ByOperator, .. })
}

/// Returns the order with this id or number.
pub(super) async fn find(state: &AppState, id: &str) -> Result<Order, Problem> {
    let key = id.parse().map_err(|_| Problem::new(Kind::NotFound, "There is no such order."))?;
    Ok(lookup::order(&state.checkout, key).await?)
}

/// The forms and messages of the screen.
pub(super) struct Shown {
    pub(super) status: StatusCode,
    pub(super) flash: Option<Flash>,
    pub(super) cancel: ReasonField,
    pub(super) erase: ReasonField,
    /// The form that refunds, if it was sent.
    pub(super) refund: Option<RefundForm>,
}

impl Default for Shown {
    fn default() -> Self {
        Self {
            status: StatusCode::OK,
            flash: None,
            cancel: ReasonField::default(),
            erase: ReasonField::optional(),
            refund: None,
        }
    }
}

impl Shown {
    /// A change that the order's state does not allow.
    pub(super) fn refused(text: &str) -> Self {
        Self {
            status: StatusCode::CONFLICT,
            flash: Some(Flash::error(format!("Nothing was changed. {text}"))),
            ..Self::default()
        }
    }

    pub(super) async fn render(
        self,
        state: &AppState,
        signed_in: &SignedIn,
        order: Order,
    ) -> Result<Response, Problem> {
        let checkout = &state.checkout;
        let history = timeline::of_order(checkout, &*state.store, &order).await?;
        let OrderHistory { payments, attempts, refunds, mails, events } = history;
        let page = OrderPage {
            product: checkout.product(order.product_id),
            timeline: events.into_iter().map(row).collect(),
            payments,
            attempts,
            refunds,
            contact: checkout.contact(order.id).await?,
            cancel: self.cancel,
            erase: self.erase,
            mails,
            receipt_request: state.ids.generate::<Uuid>().to_string(),
            refund: self.refund.unwrap_or_else(|| RefundForm::new(checkout.new_refund_id())),
            order,
        };
        Ok(html(self.status, view::order(signed_in.page_operator().await, page, self.flash)))
    }
}

fn row(event: TimelineEvent) -> TimelineRow {
    let TimelineEvent { at, kind, title, detail, actor, reason } = event;
    TimelineRow { at, kind: kind.name(), title, detail, actor, reason }
}
