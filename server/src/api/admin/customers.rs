//! Customers: erase one.

use super::{
    access::AdminClient,
    bodies::{ReasonText, present},
};
use crate::{
    api::{ApiResult, updated},
    backoffice::customer::{self, EraseError},
    http::extract::IdempotentJson,
    problem::{Kind, Problem, sentence},
    state::AppState,
};
use axum::{extract::State, response::Response};
use checkout::model::{ChangeReason, EmailAddress};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A customer to erase.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EraseCustomer {
    /// E-mail address of the customer. Capital letters make no difference.
    #[schema(value_type = String, min_length = 3, max_length = 254, pattern = r"^\s*[!-~]+@[!-?A-~]+\s*$")]
    email: EmailAddress,
    /// Reason, for the audit log. It must not contain the address.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = ReasonText, required = false)]
    reason: Option<ChangeReason>,
}

/// The result of an erasure.
#[derive(Serialize, ToSchema)]
#[schema(as = ErasedCustomer)]
pub struct ErasedView {
    /// Number of orders whose contact was erased.
    #[schema(minimum = 0)]
    orders: u64,
}

/// Erases a customer.
///
/// The contacts of all orders with this address are erased, and so are the payloads of their payments, which may repeat them.
/// The orders, payments and refunds remain. The audit log has one entry, without the address. Erasing a customer again has no
/// effect.
#[utoipa::path(
    post,
    path = "/api/admin/customers/erase",
    operation_id = "adminEraseCustomer",
    tag = "Admin orders",
    summary = "Erase a customer",
    params(("Idempotency-Key", Header)),
    request_body(
        content = EraseCustomer,
        example = json!({ "email": "ada@example.com", "reason": "the customer asked for it" }),
    ),
    responses((
        status = OK,
        description = "The customer is erased.",
        body = ErasedView,
        headers(("Idempotency-Replayed")),
        example = json!({ "orders": 2 }),
    )),
)]
pub async fn erase(
    State(state): State<AppState>,
    client: AdminClient,
    IdempotentJson { body, idempotency }: IdempotentJson<EraseCustomer>,
) -> ApiResult<Response> {
    let EraseCustomer { email, reason } = body;
    let context = client.operation(reason, idempotency);
    let erased = customer::erase(&state.checkout, &*state.store, &email, context).await?;
    Ok(updated(erased, |orders| ErasedView { orders }))
}

impl From<EraseError> for Problem {
    fn from(error: EraseError) -> Self {
        match error {
            EraseError::AddressInReason => Self::new(Kind::InvalidBody, sentence(&error.to_string())),
            EraseError::Failed(error) => error.into(),
        }
    }
}
