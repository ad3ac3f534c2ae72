//! `POST /api/orders`, `GET /api/orders/{id}`, its events and its cancelling: the client's own only.

use super::{
    Answer, created, done, named,
    page::Page,
    words::{CancelReason, RefundReason},
};
use crate::{
    auth::{self, Client},
    extract::{Id, Posted, PostedNothing},
    sse,
    state::AppState,
};
use axum::{Json, extract::State, response::Response};
use bytes::Bytes;
use checkout::{
    Checkout, OrderWatch,
    model::{
        Currency, Deposit, EventOutcome, HoldId, Order, OrderId, OrderState, Owner, Payment, ProductId, Quantity,
        Shopper, Timestamp, TransactionId,
    },
};
use futures::{Stream, StreamExt as _, stream};
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What to order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceOrder {
    /// The hold that becomes the order.
    #[schema(value_type = Uuid)]
    hold_id: HoldId,
}

/// What a hold became, waiting for its money or past that.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Order)]
pub struct OrderView {
    /// The order's id.
    #[schema(value_type = Uuid)]
    order_id: OrderId,
    /// The hold it was.
    #[schema(value_type = Uuid)]
    hold_id: HoldId,
    /// What was ordered.
    #[schema(value_type = Uuid)]
    product_id: ProductId,
    /// How many units.
    #[schema(value_type = u32, minimum = 1, maximum = 10000)]
    qty: Quantity,
    /// Your name for your customer, if you gave one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    shopper: Option<Shopper>,
    /// What all units cost together, in minor units of `currency`.
    #[schema(minimum = 0)]
    amount: i64,
    /// ISO 4217.
    #[schema(value_type = String, pattern = "^[A-Z]{3}$")]
    currency: Currency,
    /// Where it stands.
    status: OrderStatus,
    /// When the shop learned of the payment, once it is paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = DateTime, required = false)]
    paid_at: Option<Timestamp>,
    /// The provider's transaction that paid it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    transaction_id: Option<TransactionId>,
    /// When it ended without its money.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = DateTime, required = false)]
    cancelled_at: Option<Timestamp>,
    /// Why it ended without its money.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = CancelReason, required = false)]
    reason: Option<CancelReason>,
    /// When it was placed.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Until when it has to be paid.
    #[schema(value_type = String, format = DateTime)]
    pay_by: Timestamp,
    /// Money that came and has to go back, or has gone; told where one order is asked for or watched.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    refunds: Vec<RefundView>,
}

/// Where an order stands: `pending` until it is `paid` or `cancelled`. One that was cancelled becomes `paid` after all when
/// late money comes and its units are still there.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    Pending,
    Paid,
    Cancelled,
}

impl From<&OrderState> for OrderStatus {
    fn from(state: &OrderState) -> Self {
        match state {
            OrderState::Pending => Self::Pending,
            OrderState::Paid { .. } => Self::Paid,
            OrderState::Cancelled { .. } => Self::Cancelled,
        }
    }
}

/// Money that goes back.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Refund)]
struct RefundView {
    /// The provider's transaction that brought it.
    #[schema(value_type = String)]
    transaction_id: TransactionId,
    /// Has it gone back?
    status: RefundStatus,
    /// Why it goes back.
    reason: RefundReason,
    /// How much, in minor units, where the provider said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = i64, minimum = 0, required = false)]
    amount: Option<i64>,
    /// Of which currency, where the provider said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, pattern = "^[A-Z]{3}$", required = false)]
    currency: Option<Currency>,
}

/// How far a refund is: `refund_due` until the shop's operator has made it, `refunded` from then on.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum RefundStatus {
    RefundDue,
    Refunded,
}

impl From<Order> for OrderView {
    fn from(order: Order) -> Self {
        let status = OrderStatus::from(&order.state);
        let (paid, cancelled) = match order.state {
            OrderState::Pending => (None, None),
            OrderState::Paid { paid_at, transaction_id } => (Some((paid_at, transaction_id)), None),
            OrderState::Cancelled { cancelled_at, reason } => (None, Some((cancelled_at, reason.into()))),
        };
        let ((paid_at, transaction_id), (cancelled_at, reason)) = (paid.unzip(), cancelled.unzip());
        Self {
            order_id: order.id,
            hold_id: order.hold_id,
            product_id: order.product_id,
            qty: order.qty,
            shopper: named(order.shopper, order.owner),
            amount: order.amount.minor,
            currency: order.amount.currency,
            status,
            paid_at,
            transaction_id,
            cancelled_at,
            reason,
            created_at: order.created_at,
            pay_by: order.pay_by,
            refunds: Vec::new(),
        }
    }
}

impl OrderView {
    pub(crate) fn with_refunds(self, payments: Vec<Payment>) -> Self {
        Self { refunds: payments.into_iter().filter_map(RefundView::of).collect(), ..self }
    }
}

impl RefundView {
    /// The refund of a payment, where it has one.
    fn of(payment: Payment) -> Option<Self> {
        let (status, reason) = match payment.outcome {
            EventOutcome::RefundDue(reason) => (RefundStatus::RefundDue, reason),
            EventOutcome::Refunded(reason) => (RefundStatus::Refunded, reason),
            _ => return None,
        };
        let Deposit { amount, currency } = payment.deposit;
        Some(Self { transaction_id: payment.transaction_id, status, reason: reason.into(), amount, currency })
    }
}

/// Turns a hold into an order.
pub async fn place(
    State(state): State<AppState>,
    Client(owner): Client,
    Posted { body, idempotency }: Posted<PlaceOrder>,
) -> Answer<Response> {
    let _underway = state.in_progress.enter(owner, idempotency.as_ref())?;
    let order = state.checkout.place_order(body.hold_id, owner, idempotency).await?;
    let location = format!("/api/orders/{}", order.value.id);
    Ok(created(&location, order.replayed, OrderView::from(order.value)))
}

/// All orders of one's own, newest first.
pub async fn list(State(state): State<AppState>, Client(owner): Client, page: Page<OrderId>) -> Answer<Response> {
    let limit = u32::try_from(page.with_one_more()).unwrap_or(u32::MAX);
    let orders = state.checkout.orders(owner, page.after, limit).await?;
    Ok(page.answer("/api/orders", &orders, |order| order.id.to_string(), |order| OrderView::from(order.clone())))
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
    let _underway = state.in_progress.enter(owner, idempotency.as_ref())?;
    Ok(done(state.checkout.cancel_order(order, owner, idempotency).await?, OrderView::from))
}

/// The order now, and each time it changes, for as long as the client's token is good.
pub async fn events(
    State(state): State<AppState>,
    Client(owner): Client,
    headers: HeaderMap,
    Id(order): Id<OrderId>,
) -> Answer<Response> {
    let token = auth::bearer(&headers).unwrap_or_default().to_owned();
    let ends = Box::pin(auth::until_it_ends(token, state.clone()));
    Ok(sse::answer(watch(&state, order, owner).await?.take_until(ends), &state))
}

/// An order's events, for its owner.
pub(crate) async fn watch(
    state: &AppState,
    order: OrderId,
    owner: Owner,
) -> Answer<impl Stream<Item = Bytes> + Send + use<>> {
    let watch = state.checkout.watch_order(order, owner).await?;
    Ok(changes(watch, state.checkout.clone()))
}

/// Ends where the refunds cannot be read: whoever watches comes again.
fn changes(watch: OrderWatch, checkout: Checkout) -> impl Stream<Item = Bytes> {
    stream::unfold((watch, checkout), async |(mut watch, checkout)| {
        let order = watch.next().await?;
        let payments = checkout.payments(&order).await.ok()?;
        // A value of plain fields always has its JSON.
        let json = serde_json::to_vec(&OrderView::from(order).with_refunds(payments)).ok()?;
        Some((sse::event("order", None, &json), (watch, checkout)))
    })
}
