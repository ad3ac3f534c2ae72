//! Orders of all owners: list, get with timeline, cancel.

use super::{
    access::AdminClient,
    bodies::ReasonBody,
    examples,
    query::{self, Limit, ListView, Params, SearchText},
};
use crate::{
    api::{ApiResult, order_view::OrderStatus, updated},
    backoffice::{
        lookup,
        timeline::{self, TimelineEvent},
        views::AdminOrderView,
    },
    http::extract::{Id, IdempotentJson},
    problem::Kind,
    state::AppState,
};
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    response::Response,
};
use checkout::{
    Checkout,
    model::{OrderId, Refusal, Timestamp},
    store::listings::{OrderFilter, OrderSearch},
};
use integrations::payments::Payments;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Filter and page of the list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderQuery {
    q: Option<SearchText>,
    status: Option<OrderStatus>,
    product: Option<String>,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    cursor: Option<Uuid>,
    #[serde(default)]
    limit: Limit,
}

/// Returns the filter that the parameters of a list or an export describe.
pub fn filter(
    checkout: &Checkout,
    q: Option<&SearchText>,
    status: Option<OrderStatus>,
    product: Option<&str>,
    (since, until): (Option<Timestamp>, Option<Timestamp>),
) -> Result<OrderFilter, Refusal> {
    let product = product.map(|name| query::product(checkout, name)).transpose()?;
    Ok(OrderFilter {
        search: query::given(q).and_then(OrderSearch::parse),
        status: status.map(Into::into),
        product: product.map(|product| product.id),
        since,
        until,
    })
}

/// An order with its payments, refunds and timeline.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AdminOrderDetail)]
pub struct OrderDetail {
    #[serde(flatten)]
    order: AdminOrderView,
    /// The hold, the order, its payments, its refunds and the operations of people, in order of time.
    timeline: Vec<TimelineEvent>,
}

/// Lists orders.
///
/// The orders of all shoppers and clients, newest first. Payments, payment pages, refunds and contacts are part of a single order only.
#[utoipa::path(
    get,
    path = "/api/admin/orders",
    operation_id = "adminListOrders",
    tag = "Admin orders",
    summary = "List and search orders",
    params(
        ("order_search", Query),
        ("order_status", Query),
        ("filter_product", Query),
        ("since", Query),
        ("until", Query),
        ("limit", Query),
        ("page_cursor", Query),
    ),
    responses((
        status = OK,
        description = "A page of orders.",
        body = ListView<AdminOrderView>,
        example = json!(examples::page(&examples::order())),
    )),
    extensions(("x-problems" = json!([Kind::UnknownProduct]))),
)]
pub async fn list(
    State(checkout): State<Checkout>,
    Params(query): Params<OrderQuery>,
) -> ApiResult<Json<ListView<AdminOrderView>>> {
    let OrderQuery { q, status, product, since, until, cursor, limit } = query;
    let filter = filter(&checkout, q.as_ref(), status, product.as_deref(), (since, until))?;
    let orders = checkout.list_orders(&filter, limit.page(cursor)).await?;
    Ok(ListView::of(orders, |order| AdminOrderView::new(&checkout, order)))
}

/// Returns one order.
///
/// An order of any shopper or client, with its contact, its payments, its payment pages, its refunds and its timeline.
#[utoipa::path(
    get,
    path = "/api/admin/orders/{order}",
    operation_id = "adminGetOrder",
    tag = "Admin orders",
    summary = "Get an order with its timeline",
    responses((
        status = OK,
        description = "The order.",
        body = OrderDetail,
        example = json!(examples::order_detail()),
    )),
    extensions(("x-problems" = json!([Kind::UnknownOrder]))),
)]
pub async fn get(
    State(state): State<AppState>,
    name: Result<Path<String>, PathRejection>,
) -> ApiResult<Json<OrderDetail>> {
    let Path(name) = name.map_err(|_| Refusal::UnknownOrder)?;
    let key = name.parse().map_err(|_| Refusal::UnknownOrder)?;
    let order = lookup::order(&state.checkout, key).await?;
    let mut history = timeline::of_order(&state.checkout, &*state.store, &order).await?;
    let timeline = std::mem::take(&mut history.events);
    let contact = state.checkout.contact(order.id).await?;
    let order = AdminOrderView::complete(&state.checkout, order, history).with_contact(contact);
    Ok(Json(OrderDetail { order, timeline }))
}

/// Cancels an unpaid order.
///
/// Its units are for sale again at once. Cancelling it again has no effect. A paid order is refunded instead.
#[utoipa::path(
    post,
    path = "/api/admin/orders/{order}/cancel",
    operation_id = "adminCancelOrder",
    tag = "Admin orders",
    summary = "Cancel an order",
    params(("Idempotency-Key", Header)),
    request_body(content = ReasonBody, example = json!({ "reason": "the shopper asked for it" })),
    responses((
        status = OK,
        description = "The order is cancelled.",
        body = AdminOrderView,
        headers(("Idempotency-Replayed")),
        example = json!(examples::cancelled_order()),
    )),
    extensions(("x-problems" = json!([Kind::UnknownOrder, Kind::OrderPaid]))),
)]
pub async fn cancel(
    State(checkout): State<Checkout>,
    State(payments): State<Payments>,
    client: AdminClient,
    Id(order): Id<OrderId>,
    IdempotentJson { body, idempotency }: IdempotentJson<ReasonBody>,
) -> ApiResult<Response> {
    let context = client.operation(Some(body.reason), idempotency);
    let cancelled = payments.cancel_order_by_operator(order, context).await?;
    Ok(updated(cancelled, |order| AdminOrderView::new(&checkout, order)))
}
