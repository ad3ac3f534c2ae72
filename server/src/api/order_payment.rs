//! Payment pages of orders.

use super::{ApiResult, examples, order_view::PaymentView};
use crate::{
    auth::{Client, SCOPE},
    http::extract::Id,
    payments::ShopUrl,
    problem::Kind,
};
use axum::{Json, extract::State};
use checkout::{
    Checkout, Error,
    model::{Order, OrderId, OrderState},
};
use integrations::payments::{OpenError, Payments};
use std::time::Duration;

/// How long placing an order waits for its payment page. Then the caller asks for the page by itself.
const PLACE_TIMEOUT: Duration = Duration::from_secs(3);

/// Opens the payment page of an order, or returns the one that is open.
///
/// Lead your customer to its `url`, which opens for whoever has it. After paying, your customer comes to a page of the shop that
/// says thank you and shows nothing of the order: tell them yourself when the payment has arrived.
///
/// Repeating the request returns the same page, and charges nobody. The page closes at
/// `expires_at`, which is the order's `pay_by`. Once your customer has paid, the order becomes `paid`; watch it with
/// `GET /api/orders/{order}/events`.
#[utoipa::path(
    post,
    path = "/api/orders/{order}/payment",
    operation_id = "openPayment",
    tag = "Orders",
    summary = "Open the payment page",
    responses((
        status = OK,
        description = "The page is open.",
        body = PaymentView,
        example = json!(examples::payment_page()),
    )),
    security(("oauth2" = [SCOPE]), ("bearer" = [])),
    extensions(("x-problems" = json!([
        Kind::UnknownOrder,
        Kind::OrderNotPayable,
        Kind::PaymentProcessing,
        Kind::NoPaymentProvider,
        Kind::PaymentRefused,
        Kind::PaymentProviderBusy,
    ]))),
)]
pub async fn open(
    State(checkout): State<Checkout>,
    State(payments): State<Payments>,
    State(shop_url): State<ShopUrl>,
    Client(owner): Client,
    Id(order): Id<OrderId>,
) -> ApiResult<Json<PaymentView>> {
    let order = checkout.order(order, owner).await?;
    let page = payments.open(&order).await?;
    Ok(Json(PaymentView::new(&page, &shop_url)))
}

/// Opens the page of an order that was just placed. Returns `None` if the provider is slow or refuses: the order is placed all the
/// same.
pub(super) async fn open_if_possible(payments: &Payments, order: &Order, shop_url: &ShopUrl) -> Option<PaymentView> {
    if order.state != OrderState::Pending || payments.provider_name().is_none() {
        return None;
    }
    match tokio::time::timeout(PLACE_TIMEOUT, payments.open(order)).await {
        Ok(Ok(page)) => Some(PaymentView::new(&page, shop_url)),
        // The order has ended since, or the provider keeps its page until it is asked again.
        Ok(Err(OpenError::NotPayable(_) | OpenError::Processing)) | Err(_) => None,
        Ok(Err(error)) => {
            tracing::warn!(order = %order.id, %error, "an order was placed without a payment page");
            None
        }
    }
}

/// Returns the page of a pending order that is open. The provider is not asked.
pub(super) async fn open_page_of(
    payments: &Payments,
    order: &Order,
    shop_url: &ShopUrl,
) -> Result<Option<PaymentView>, Error> {
    if order.state != OrderState::Pending {
        return Ok(None);
    }
    Ok(payments.page_of(order.id).await?.map(|page| PaymentView::new(&page, shop_url)))
}
