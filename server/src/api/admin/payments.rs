//! Payment events: list, get, process again.

use super::{
    access::AdminClient,
    bodies::OptionalReasonBody,
    examples,
    query::{self, Limit, ListView, Params, SearchText},
};
use crate::{
    api::ApiResult,
    backoffice::views::AdminPaymentView,
    http::extract::{Id, IdempotentOptional},
    problem::Kind,
};
use axum::{Json, extract::State};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use checkout::{
    Checkout,
    model::{EventOutcome, PaymentPayload, PaymentStatus, Timestamp, WebhookId},
    store::listings::{PaymentFilter, PaymentSearch},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Filter and page of the list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentQuery {
    q: Option<SearchText>,
    outcome: Option<OutcomeName>,
    status: Option<PaymentStatus>,
    product: Option<String>,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    cursor: Option<Uuid>,
    #[serde(default)]
    limit: Limit,
}

/// Name of an outcome.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct OutcomeName(String);

impl TryFrom<String> for OutcomeName {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        let is_known = EventOutcome::NAMES.contains(&name.as_str());
        if is_known { Ok(Self(name)) } else { Err(format!("outcome is one of {}", EventOutcome::NAMES.join(", "))) }
    }
}

/// A payment event with its payload.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AdminPaymentDetail)]
pub struct PaymentDetail {
    #[serde(flatten)]
    payment: AdminPaymentView,
    /// The body of its first delivery; null if it is no longer kept. It may contain personal data.
    #[schema(required)]
    payload: Option<PayloadView>,
}

/// The body of a delivery.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AdminPaymentPayload)]
struct PayloadView {
    /// Content type of the body, if the delivery had one.
    #[schema(required)]
    content_type: Option<String>,
    /// The body, byte for byte, in base64.
    #[schema(content_encoding = "base64")]
    base64: String,
}

impl From<PaymentPayload> for PayloadView {
    fn from(payload: PaymentPayload) -> Self {
        Self { content_type: payload.content_type, base64: BASE64_STANDARD.encode(payload.body) }
    }
}

/// Lists payment events.
///
/// The events of the payment provider, newest first, each as it was first delivered.
#[utoipa::path(
    get,
    path = "/api/admin/payments",
    operation_id = "adminListPayments",
    tag = "Admin payments",
    summary = "List and search payment events",
    params(
        ("q", Query, description = "Id of the event, of its order or hold, an order number, the provider's key or transaction, in full."),
        ("outcome", Query),
        ("payment_status", Query),
        ("filter_product", Query),
        ("since", Query),
        ("until", Query),
        ("limit", Query),
        ("page_cursor", Query),
    ),
    responses((
        status = OK,
        description = "A page of payment events.",
        body = ListView<AdminPaymentView>,
        example = json!(examples::page(&examples::payment())),
    )),
    extensions(("x-problems" = json!([Kind::UnknownProduct]))),
)]
pub async fn list(
    State(checkout): State<Checkout>,
    Params(query): Params<PaymentQuery>,
) -> ApiResult<Json<ListView<AdminPaymentView>>> {
    let product = query.product.map(|name| query::product(&checkout, &name)).transpose()?;
    let filter = PaymentFilter {
        search: query::given(query.q.as_ref()).and_then(PaymentSearch::parse),
        outcome: query.outcome.map(|OutcomeName(name)| name),
        status: query.status,
        product: product.map(|product| product.id),
        since: query.since,
        until: query.until,
    };
    let payments = checkout.list_payments(&filter, query.limit.page(query.cursor)).await?;
    Ok(ListView::of(payments, AdminPaymentView::from))
}

/// Returns one payment event.
///
/// With the body as the payment provider sent it, which is kept for some time.
#[utoipa::path(
    get,
    path = "/api/admin/payments/{payment}",
    operation_id = "adminGetPayment",
    tag = "Admin payments",
    summary = "Get a payment event",
    responses((
        status = OK,
        description = "The event.",
        body = PaymentDetail,
        example = json!(examples::payment_detail()),
    )),
    extensions(("x-problems" = json!([Kind::UnknownPayment]))),
)]
pub async fn get(State(checkout): State<Checkout>, Id(id): Id<WebhookId>) -> ApiResult<Json<PaymentDetail>> {
    let (payment, payload) = (checkout.payment(id).await?, checkout.payment_payload(id).await?);
    Ok(Json(PaymentDetail { payment: payment.into(), payload: payload.map(PayloadView::from) }))
}

/// Processes a payment event again.
///
/// The stock, the limit or the order may have changed since the event came. It still has one effect: an event that was
/// applied, or whose money is on its way back, stays as it is.
#[utoipa::path(
    post,
    path = "/api/admin/payments/{payment}/replay",
    operation_id = "adminReplayPayment",
    tag = "Admin payments",
    summary = "Process a payment event again",
    params(("Idempotency-Key", Header)),
    request_body(content = Option<OptionalReasonBody>, example = json!({ "reason": "units were added" })),
    responses((
        status = OK,
        description = "The event with its outcome.",
        body = AdminPaymentView,
        example = json!(examples::payment()),
    )),
    extensions(("x-problems" = json!([Kind::UnknownPayment]))),
)]
pub async fn replay(
    State(checkout): State<Checkout>,
    client: AdminClient,
    Id(payment): Id<WebhookId>,
    IdempotentOptional { body, idempotency }: IdempotentOptional<OptionalReasonBody>,
) -> ApiResult<Json<AdminPaymentView>> {
    checkout.replay_payment(payment, client.operation(body.reason, idempotency)).await?;
    Ok(Json(checkout.payment(payment).await?.into()))
}
