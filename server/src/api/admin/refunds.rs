//! Refunds: issue, list, get, mark as done, retry, send.

use super::{
    access::AdminClient,
    bodies::{OptionalReasonBody, ReasonText, present},
    examples,
    query::{self, Limit, ListView, Params, SearchText},
};
use crate::{
    api::{ApiResult, created, updated},
    backoffice::{
        send_refund::{self, SendRefundError},
        views::AdminRefundView,
    },
    http::extract::{Id, IdempotentJson, IdempotentOptional},
    problem::{Kind, Problem, sentence},
    state::AppState,
};
use axum::{Json, extract::State, response::Response};
use checkout::{
    Checkout, Error, Idempotent, IssueRefund, OperationContext,
    model::{ChangeReason, OrderId, Refund, RefundId, RefundReference, RefundState, RefundStep, Timestamp},
    store::listings::{RefundFilter, RefundSearch},
};
use serde::{Deserialize, Deserializer, de::Error as _};
use utoipa::ToSchema;
use uuid::Uuid;

mod restock;

use restock::Restocked;

/// A refund of a paid order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = IssueRefund)]
pub struct IssueRefundBody {
    /// Amount in minor units of the order's currency. Without it, all that is left.
    #[serde(default, deserialize_with = "positive")]
    #[schema(value_type = i64, required = false, minimum = 1)]
    amount: Option<i64>,
    #[schema(schema_with = restock::schema)]
    restock: Restocked,
    /// Reason, for the audit log.
    #[schema(value_type = ReasonText)]
    reason: ChangeReason,
}

/// Reads an amount that may be missing.
fn positive<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let minor = i64::deserialize(deserializer)?;
    if minor < 1 { Err(D::Error::custom("at least 1 minor unit")) } else { Ok(Some(minor)) }
}

/// A note of how the money was returned outside the provider.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundDone {
    /// For example the number of a bank transfer. The refund shows it as its `note`.
    #[schema(
        value_type = String,
        min_length = 1,
        max_length = 255,
        pattern = r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$"
    )]
    reference: RefundReference,
    /// Reason, for the audit log.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = ReasonText, required = false)]
    reason: Option<ChangeReason>,
}

/// Filter and page of the list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefundQuery {
    q: Option<SearchText>,
    state: Option<RefundState>,
    product: Option<String>,
    order: Option<OrderId>,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    cursor: Option<Uuid>,
    #[serde(default)]
    limit: Limit,
}

/// Refunds a paid order, in full or in part.
///
/// The refund is `due` until it is carried out. The refunds of an order that have not failed never exceed its amount, and each
/// unit is put back on sale once. Send an `Idempotency-Key`: without one, a repeated request is another refund.
#[utoipa::path(
    post,
    path = "/api/admin/orders/{order}/refunds",
    operation_id = "adminIssueRefund",
    tag = "Admin refunds",
    summary = "Issue a refund",
    params(("Idempotency-Key", Header)),
    request_body(
        content = IssueRefundBody,
        examples(
            ("full" = (
                summary = "Everything that is left, and the units are for sale again",
                value = json!({ "restock": "all", "reason": "returned unopened" })
            )),
            ("partial" = (
                summary = "A part, and the shopper keeps the units",
                value = json!({ "amount": 50_000, "restock": 0, "reason": "scratched" })
            )),
        ),
    ),
    responses((
        status = CREATED,
        description = "The refund is due.",
        body = AdminRefundView,
        headers(("Location"), ("Idempotency-Replayed")),
        example = json!(examples::refund()),
    )),
    extensions(("x-problems" = json!([
        Kind::UnknownOrder, Kind::OrderNotPaid, Kind::RefundTooLarge, Kind::AlreadyRestocked, Kind::DisputeOpen
    ]))),
)]
pub async fn issue(
    State(checkout): State<Checkout>,
    client: AdminClient,
    Id(order): Id<OrderId>,
    IdempotentJson { body, idempotency }: IdempotentJson<IssueRefundBody>,
) -> ApiResult<Response> {
    let IssueRefundBody { amount, restock: Restocked(restock), reason } = body;
    let refund = IssueRefund { id: checkout.new_refund_id(), order, amount, restock };
    let issued = checkout.issue_refund(refund, client.operation(Some(reason), idempotency)).await?;
    let location = format!("/api/admin/refunds/{}", issued.value.id);
    Ok(created(&location, issued.replayed, AdminRefundView::from(issued.value)))
}

/// Lists refunds.
///
/// Newest first: those by operators, and those of payments that the shop must not keep.
#[utoipa::path(
    get,
    path = "/api/admin/refunds",
    operation_id = "adminListRefunds",
    tag = "Admin refunds",
    summary = "List and search refunds",
    params(
        ("q", Query, description = "Id of the refund or of its order, an order number, the transaction or the provider's id of the refund, in full."),
        ("state", Query),
        ("filter_product", Query),
        ("filter_order", Query),
        ("since", Query),
        ("until", Query),
        ("limit", Query),
        ("page_cursor", Query),
    ),
    responses((
        status = OK,
        description = "A page of refunds.",
        body = ListView<AdminRefundView>,
        example = json!(examples::page(&examples::refund())),
    )),
    extensions(("x-problems" = json!([Kind::UnknownProduct]))),
)]
pub async fn list(
    State(checkout): State<Checkout>,
    Params(query): Params<RefundQuery>,
) -> ApiResult<Json<ListView<AdminRefundView>>> {
    let product = query.product.map(|name| query::product(&checkout, &name)).transpose()?;
    let filter = RefundFilter {
        search: query::given(query.q.as_ref()).and_then(RefundSearch::parse),
        state: query.state,
        product: product.map(|product| product.id),
        order: query.order,
        since: query.since,
        until: query.until,
    };
    let refunds = checkout.list_refunds(&filter, query.limit.page(query.cursor)).await?;
    Ok(ListView::of(refunds, AdminRefundView::from))
}

/// Returns one refund.
///
/// Its `attempt` grows with each retry.
#[utoipa::path(
    get,
    path = "/api/admin/refunds/{refund}",
    operation_id = "adminGetRefund",
    tag = "Admin refunds",
    summary = "Get a refund",
    responses((
        status = OK,
        description = "The refund.",
        body = AdminRefundView,
        example = json!(examples::refund()),
    )),
    extensions(("x-problems" = json!([Kind::UnknownRefund]))),
)]
pub async fn get(State(checkout): State<Checkout>, Id(refund): Id<RefundId>) -> ApiResult<Json<AdminRefundView>> {
    Ok(Json(checkout.refund(refund).await?.into()))
}

/// Marks a refund as done elsewhere.
///
/// For money that you returned outside the payment provider, such as by bank transfer. The refund must be due or failed.
#[utoipa::path(
    post,
    path = "/api/admin/refunds/{refund}/done",
    operation_id = "adminRefundDone",
    tag = "Admin refunds",
    summary = "Mark a refund as done",
    params(("Idempotency-Key", Header)),
    request_body(content = RefundDone, example = json!({ "reference": "bank transfer 2026-1142" })),
    responses((
        status = OK,
        description = "The refund has succeeded.",
        body = AdminRefundView,
        headers(("Idempotency-Replayed")),
        example = json!(examples::done_refund()),
    )),
    extensions(("x-problems" = json!([Kind::UnknownRefund, Kind::RefundState]))),
)]
pub async fn done(
    State(checkout): State<Checkout>,
    client: AdminClient,
    Id(refund): Id<RefundId>,
    IdempotentJson { body, idempotency }: IdempotentJson<RefundDone>,
) -> ApiResult<Response> {
    let step = RefundStep::DoneElsewhere { note: body.reference };
    let done = advance(&checkout, refund, step, client.operation(body.reason, idempotency)).await?;
    Ok(updated(done, AdminRefundView::from))
}

/// Makes a failed refund due again.
///
/// Retrying a refund that is due has no effect.
#[utoipa::path(
    post,
    path = "/api/admin/refunds/{refund}/retry",
    operation_id = "adminRetryRefund",
    tag = "Admin refunds",
    summary = "Retry a refund",
    params(("Idempotency-Key", Header)),
    request_body(content = Option<OptionalReasonBody>, example = json!({ "reason": "the card is valid again" })),
    responses((
        status = OK,
        description = "The refund is due.",
        body = AdminRefundView,
        headers(("Idempotency-Replayed")),
        example = json!(examples::refund()),
    )),
    extensions(("x-problems" = json!([Kind::UnknownRefund, Kind::RefundState]))),
)]
pub async fn retry(
    State(checkout): State<Checkout>,
    client: AdminClient,
    Id(refund): Id<RefundId>,
    IdempotentOptional { body, idempotency }: IdempotentOptional<OptionalReasonBody>,
) -> ApiResult<Response> {
    let retried = advance(&checkout, refund, RefundStep::Retry, client.operation(body.reason, idempotency)).await?;
    Ok(updated(retried, AdminRefundView::from))
}

/// Sends a refund to the payment provider at once.
///
/// For a refund whose money the shop's provider took, where refunds are not sent by themselves, or after its job has failed for
/// good. Sending a refund that is being sent has no effect. Read the refund again for its result.
#[utoipa::path(
    post,
    path = "/api/admin/refunds/{refund}/send",
    operation_id = "adminSendRefund",
    tag = "Admin refunds",
    summary = "Send a refund to the provider",
    params(("Idempotency-Key", Header)),
    request_body(content = Option<OptionalReasonBody>, example = json!({ "reason": "the shopper is waiting for it" })),
    responses((
        status = OK,
        description = "The refund is sent in a moment.",
        body = AdminRefundView,
        headers(("Idempotency-Replayed")),
        example = json!(examples::refund()),
    )),
    extensions(("x-problems" = json!([Kind::UnknownRefund, Kind::RefundState, Kind::RefundNotAtProvider]))),
)]
pub async fn send(
    State(state): State<AppState>,
    client: AdminClient,
    Id(refund): Id<RefundId>,
    IdempotentOptional { body, idempotency }: IdempotentOptional<OptionalReasonBody>,
) -> ApiResult<Response> {
    let refund = state.checkout.refund(refund).await?;
    // An attempt is sent once, whatever the key: its own is the refund's id and attempt.
    let has_key = idempotency.is_some();
    let (value, is_under_way) = send_refund::send(&state.payments, refund, client.operation(body.reason, None)).await?;
    Ok(updated(Idempotent { value, replayed: has_key && is_under_way }, AdminRefundView::from))
}

impl From<SendRefundError> for Problem {
    fn from(error: SendRefundError) -> Self {
        match error {
            SendRefundError::Failed(error) => error.into(),
            refused @ SendRefundError::NotAtProvider => {
                Self::new(Kind::RefundNotAtProvider, sentence(&refused.to_string()))
            }
        }
    }
}

/// Takes a step of the refund's current attempt. If another request starts the next attempt meanwhile, the step is refused.
async fn advance(
    checkout: &Checkout,
    id: RefundId,
    step: RefundStep,
    context: OperationContext,
) -> Result<Idempotent<Refund>, Error> {
    let attempt = checkout.refund(id).await?.attempt;
    checkout.advance_refund(id, attempt, step, context).await
}
