//! `POST /api/orders`, `GET /api/orders/{id}`, its events and its cancelling: the client's own only.

use super::{Answer, created, done, named};
use crate::{
    auth::Client,
    extract::{Id, Posted, PostedNothing},
    sse,
    state::AppState,
};
use axum::{Json, extract::State, response::Response};
use bytes::Bytes;
use checkout::{
    OrderWatch,
    model::{
        Currency, HoldId, Order, OrderId, OrderState, Payment, ProductId, Quantity, RefundReason, Shopper, Timestamp,
        TransactionId,
    },
};
use futures::{Stream, stream};
use serde::{Deserialize, Serialize};

/// What a client asks for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlaceOrder {
    hold_id: HoldId,
}

/// An order as the API, and the storefront's live page, show it.
#[derive(Debug, Serialize)]
pub struct OrderView {
    order_id: OrderId,
    hold_id: HoldId,
    product_id: ProductId,
    qty: Quantity,
    #[serde(skip_serializing_if = "Option::is_none")]
    shopper: Option<Shopper>,
    /// Minor units of `currency`, for all units together.
    amount: i64,
    currency: Currency,
    /// `status`, and what belongs to it.
    #[serde(flatten)]
    state: OrderState,
    created_at: Timestamp,
    pay_by: Timestamp,
    /// Money that came and has to go back, or has gone (P7); told where one order is asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    refunds: Vec<RefundView>,
}

/// Money that goes back.
#[derive(Debug, Serialize)]
struct RefundView {
    transaction_id: TransactionId,
    status: &'static str,
    reason: RefundReason,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<Currency>,
}

impl From<Order> for OrderView {
    fn from(order: Order) -> Self {
        Self {
            order_id: order.id,
            hold_id: order.hold_id,
            product_id: order.product_id,
            qty: order.qty,
            shopper: named(order.shopper, order.owner),
            amount: order.amount.minor,
            currency: order.amount.currency,
            state: order.state,
            created_at: order.created_at,
            pay_by: order.pay_by,
            refunds: Vec::new(),
        }
    }
}

impl OrderView {
    fn with_refunds(self, payments: Vec<Payment>) -> Self {
        let refund = |payment: Payment| {
            Some(RefundView {
                reason: payment.outcome.refund_reason()?,
                status: payment.outcome.name(),
                transaction_id: payment.transaction_id,
                amount: payment.deposit.amount,
                currency: payment.deposit.currency,
            })
        };
        Self { refunds: payments.into_iter().filter_map(refund).collect(), ..self }
    }
}

/// Turns a hold into an order.
pub async fn place(
    State(state): State<AppState>,
    Client(owner): Client,
    Posted { body, idempotency }: Posted<PlaceOrder>,
) -> Answer<Response> {
    let order = state.checkout.place_order(body.hold_id, owner, idempotency).await?;
    let location = format!("/api/orders/{}", order.value.id);
    Ok(created(&location, order.replayed, OrderView::from(order.value)))
}

/// An order of one's own.
pub async fn one(
    State(state): State<AppState>,
    Client(owner): Client,
    Id(order): Id<OrderId>,
) -> Answer<Json<OrderView>> {
    let order = state.checkout.order(order, owner).await?;
    let payments = state.checkout.payments(&order).await?;
    Ok(Json(OrderView::from(order).with_refunds(payments)))
}

/// Cancels an order that is not paid; as often as one likes.
pub async fn cancel(
    State(state): State<AppState>,
    Client(owner): Client,
    Id(order): Id<OrderId>,
    PostedNothing { idempotency }: PostedNothing,
) -> Answer<Response> {
    Ok(done(state.checkout.cancel_order(order, owner, idempotency).await?, OrderView::from))
}

/// The order now, and each time it changes.
pub async fn events(State(state): State<AppState>, Client(owner): Client, Id(order): Id<OrderId>) -> Answer<Response> {
    let watch = state.checkout.watch_order(order, owner).await?;
    Ok(sse::answer(changes(watch), &state.stopping))
}

/// An order's events, for whoever may see them.
pub fn changes(watch: OrderWatch) -> impl Stream<Item = Bytes> {
    stream::unfold(watch, async |mut watch| {
        let order = OrderView::from(watch.next().await?);
        // A value of plain fields always has its JSON.
        let json = serde_json::to_vec(&order).ok()?;
        Some((sse::event("order", None, &json), watch))
    })
}
