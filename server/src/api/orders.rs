//! Orders of the calling client: place, list, get, cancel, watch.

use super::{
    ApiResult, contact::ContactBody, created, events::EventsOf, examples, order_payment, order_view::OrderView,
    pagination::Page, updated,
};
use crate::{
    auth::{self, Client, SCOPE, Tokens},
    http::{
        extract::{Id, IdempotentEmpty, IdempotentJson},
        sse::{self, EventStreams},
        strict_object::StrictObject,
    },
    payments::ShopUrl,
    problem::Kind,
};
use axum::{Json, extract::State, response::Response};
use bytes::Bytes;
use checkout::{
    Checkout,
    model::{HoldId, OrderId, Owner, StoredContact},
};
use futures::{Stream, StreamExt as _, stream};
use http::HeaderMap;
use integrations::payments::Payments;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A request to place an order.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceOrder {
    /// The hold to order.
    #[schema(value_type = Uuid)]
    hold_id: HoldId,
    /// The buyer's e-mail address, name and postal address.
    #[schema(value_type = Option<ContactBody>)]
    contact: Option<StrictObject<ContactBody>>,
}

/// Schema of the stream of an order.
type OrderEvents = EventsOf<OrderView>;

/// Places an order from a hold.
///
/// Each hold can be ordered once. The price is fixed now, and must be paid within the product's `pay_seconds`.
///
/// If a payment for the hold has already arrived, it is applied at once, and the response is a paid order.
///
/// If the shop has a payment provider, `payment` is the page on which your customer pays. It opens for whoever has its address.
/// Afterwards your customer comes to a page of the shop that shows nothing of the order. `payment` is `null` if there is no page:
/// your system takes the payment, or the provider was too slow. In that case, ask again with `POST /api/orders/{order}/payment`.
///
/// `contact` is stored apart from the order. Only `GET /api/orders/{order}` returns it, and only to you. A problem names each of its
/// fields that cannot be used.
#[utoipa::path(
    post,
    path = "/api/orders",
    operation_id = "placeOrder",
    tag = "Orders",
    summary = "Place an order",
    params(("Idempotency-Key", Header)),
    request_body(
        content = PlaceOrder,
        examples(
            ("contact" = (summary = "With the buyer's contact", value = json!(examples::place_order_with_contact()))),
            ("anonymous" = (summary = "Without a contact", value = json!(examples::place_order()))),
        ),
    ),
    responses((
        status = CREATED,
        description = "The order is placed.",
        body = OrderView,
        headers(("Location"), ("Idempotency-Replayed")),
        links(
            ("getOrder" = (operation_id = "getOrder", parameters(("order" = "$response.body#/order_id")))),
            ("cancelOrder" = (operation_id = "cancelOrder", parameters(("order" = "$response.body#/order_id")))),
            ("openPayment" = (operation_id = "openPayment", parameters(("order" = "$response.body#/order_id")))),
        ),
        examples(
            ("pending" = (summary = "Awaiting payment", value = json!(examples::payable_order()))),
            ("own" = (summary = "Your system takes the payment", value = json!(examples::order_without_page()))),
            ("paid" = (summary = "The payment arrived first", value = json!(examples::order_paid_at_once()))),
        ),
    )),
    security(("oauth2" = [SCOPE]), ("bearer" = [])),
    extensions((
        "x-problems" = json!([
            Kind::UnknownHold,
            Kind::HoldUsed,
            Kind::HoldExpired,
            Kind::HoldReleased,
            Kind::InvalidContact,
        ])
    )),
)]
pub async fn place(
    State(checkout): State<Checkout>,
    State(payments): State<Payments>,
    State(shop_url): State<ShopUrl>,
    Client(owner): Client,
    IdempotentJson { body, idempotency }: IdempotentJson<PlaceOrder>,
) -> ApiResult<Response> {
    let PlaceOrder { hold_id, contact } = body;
    let contact = contact.map(|StrictObject(contact)| contact.check()).transpose()?;
    let order = checkout.place_order(hold_id, contact, owner, idempotency).await?;
    let location = format!("/api/orders/{}", order.value.id);
    let page = order_payment::open_if_possible(&payments, &order.value, &shop_url).await;
    Ok(created(&location, order.replayed, OrderView::from(order.value).with_payment(page)))
}

/// Lists the client's orders, newest first.
///
/// The list has neither refunds nor contacts; get a single order to see them.
#[utoipa::path(
    get,
    path = "/api/orders",
    operation_id = "listOrders",
    tag = "Orders",
    summary = "List your orders",
    params(("limit", Query), ("cursor", Query)),
    responses((
        status = OK,
        description = "A page of orders.",
        body = [OrderView],
        headers(("Link")),
        links(("getOrder" = (operation_id = "getOrder", parameters(("order" = "$response.body#/0/order_id"))))),
        example = json!([examples::order()]),
    )),
    security(("oauth2" = [SCOPE]), ("bearer" = [])),
)]
pub async fn list(State(checkout): State<Checkout>, Client(owner): Client, page: Page<OrderId>) -> ApiResult<Response> {
    let limit = u32::try_from(page.limit_plus_one()).unwrap_or(u32::MAX);
    let orders = checkout.orders(owner, page.after, limit).await?;
    Ok(page.respond("/api/orders", &orders, |order| order.id.to_string(), |order| OrderView::from(order.clone())))
}

/// Returns an order of the client, with its refunds and its contact.
///
/// Orders of other clients are not found. `payment` is the payment page that is open. `refunds` lists the refunds, each with its
/// state: the money of one that `failed` was not returned, and one is on its way back to your customer only when it is `sending` or
/// `succeeded`. `contact` is what you sent with the order, until it is erased.
#[utoipa::path(
    get,
    path = "/api/orders/{order}",
    operation_id = "getOrder",
    tag = "Orders",
    summary = "Get an order",
    responses((
        status = OK,
        description = "The order.",
        body = OrderView,
        links(("openPayment" = (operation_id = "openPayment", parameters(("order" = "$response.body#/order_id"))))),
        examples(
            ("pending" = (summary = "Awaiting payment", value = json!(examples::payable_order()))),
            ("paid" = (summary = "Paid", value = json!(examples::paid_order()))),
            ("contact" = (summary = "With the buyer's contact", value = json!(examples::order_with_contact()))),
            ("refund" = (summary = "Paid too late: a refund is due", value = json!(examples::late_order()))),
            ("refunded" = (summary = "Refunded by the shop", value = json!(examples::refunded_order()))),
        ),
    )),
    security(("oauth2" = [SCOPE]), ("bearer" = [])),
    extensions(("x-problems" = json!([Kind::UnknownOrder]))),
)]
pub async fn get(
    State(checkout): State<Checkout>,
    State(service): State<Payments>,
    State(shop_url): State<ShopUrl>,
    Client(owner): Client,
    Id(order): Id<OrderId>,
) -> ApiResult<Json<OrderView>> {
    let order = checkout.order(order, owner).await?;
    let (payments, refunds) = (checkout.payments(&order).await?, checkout.refunds(order.id).await?);
    let contact = checkout.contact(order.id).await?.and_then(StoredContact::known);
    let page = order_payment::open_page_of(&service, &order, &shop_url).await?;
    Ok(Json(OrderView::from(order).with_payment(page).with_refunds(payments, refunds).with_contact(contact)))
}

/// Cancels an unpaid order.
///
/// Its units are for sale again at once. Cancelling it again has no effect. If a payment arrives later and units are still
/// available, the order becomes paid after all; otherwise `refunds` says that a refund is due.
#[utoipa::path(
    post,
    path = "/api/orders/{order}/cancel",
    operation_id = "cancelOrder",
    tag = "Orders",
    summary = "Cancel an order",
    params(("Idempotency-Key", Header)),
    responses((
        status = OK,
        description = "The order is cancelled.",
        body = OrderView,
        headers(("Idempotency-Replayed")),
        example = json!(examples::cancelled_order()),
    )),
    security(("oauth2" = [SCOPE]), ("bearer" = [])),
    extensions(("x-problems" = json!([Kind::UnknownOrder, Kind::OrderPaid]))),
)]
pub async fn cancel(
    State(payments): State<Payments>,
    Client(owner): Client,
    Id(order): Id<OrderId>,
    IdempotentEmpty { idempotency }: IdempotentEmpty,
) -> ApiResult<Response> {
    Ok(updated(payments.cancel_order(order, owner, idempotency).await?, OrderView::from))
}

/// Streams the order now and each time it changes, until the client's token expires.
///
/// Server-sent events: each event is named `order`, and its data is an `Order`. The stream starts with the current order and
/// ends when the token expires.
#[utoipa::path(
    get,
    path = "/api/orders/{order}/events",
    operation_id = "watchOrder",
    tag = "Orders",
    summary = "Watch an order",
    params(("Last-Event-ID", Header)),
    responses((
        status = OK,
        description = "The order now, and each time it changes.",
        content_type = "text/event-stream",
        body = inline(OrderEvents),
        example = json!(examples::stream("order", None, &examples::paid_order())),
    )),
    security(("oauth2" = [SCOPE]), ("bearer" = [])),
    extensions(("x-problems" = json!([Kind::UnknownOrder]))),
)]
pub async fn watch(
    State(checkout): State<Checkout>,
    State(streams): State<EventStreams>,
    State(tokens): State<Arc<Tokens>>,
    Client(owner): Client,
    headers: HeaderMap,
    Id(order): Id<OrderId>,
) -> ApiResult<Response> {
    let token = auth::bearer(&headers).unwrap_or_default().to_owned();
    let clock = checkout.clone();
    let expired = Box::pin(async move { tokens.expired(&token, || clock.now()).await });
    Ok(streams.respond(order_changes(checkout, order, owner).await?.take_until(expired)))
}

/// Returns an order's events, for its owner. The stream ends when the refunds cannot be read; watchers then reconnect.
pub(crate) async fn order_changes(
    checkout: Checkout,
    order: OrderId,
    owner: Owner,
) -> ApiResult<impl Stream<Item = Bytes> + Send + use<>> {
    let watch = checkout.watch_order(order, owner).await?;
    Ok(stream::unfold((watch, checkout), async |(mut watch, checkout)| {
        let order = watch.next().await?;
        let (payments, refunds) = (checkout.payments(&order).await.ok()?, checkout.refunds(order.id).await.ok()?);
        // Serialising a struct of plain fields cannot fail.
        let json = serde_json::to_vec(&OrderView::from(order).with_refunds(payments, refunds)).ok()?;
        Some((sse::event("order", None, &json), (watch, checkout)))
    }))
}
