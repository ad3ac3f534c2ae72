//! The response to a payment event that is on disk.

use crate::api::{enums::RefundReason, order_view::OrderStatus};
use axum::{
    Json,
    response::{IntoResponse, Response},
};
use checkout::{PaymentReply, PaymentVerdict, model::OrderId};
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

/// Confirms to the provider that its event is on disk.
#[derive(Debug, Serialize, ToSchema)]
pub struct Receipt {
    /// Outcome of the event.
    status: Outcome,
    /// The event's order, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Uuid, required = false)]
    order_id: Option<OrderId>,
    /// Current status of that order.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = OrderStatus, required = false)]
    order_status: Option<OrderStatus>,
    /// Reason for the refund, where one is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = RefundReason, required = false)]
    reason: Option<RefundReason>,
}

/// Outcome of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PaymentOutcome)]
pub enum Outcome {
    /// It changed its order or a refund, or opened or closed a dispute.
    Processed,
    /// It, or an equal event of its transaction, was recorded before.
    Duplicate,
    /// Recorded without effect.
    Ignored,
    /// Recorded until its order exists; sent with status 202.
    Parked,
    /// A refund is due.
    RefundDue,
}

impl Receipt {
    /// The receipt of an event that is not about this shop.
    pub(super) fn ignored() -> Self {
        Self { status: Outcome::Ignored, order_id: None, order_status: None, reason: None }
    }

    /// The receipt of an event about a refund, of this order if it has one.
    pub(super) fn processed(order_id: Option<OrderId>) -> Self {
        Self { status: Outcome::Processed, order_id, order_status: None, reason: None }
    }

    /// The receipt of an event that was recorded.
    pub(super) fn of(reply: &PaymentReply) -> Self {
        let (status, reason) = match reply.verdict {
            PaymentVerdict::Processed => (Outcome::Processed, None),
            PaymentVerdict::Duplicate => (Outcome::Duplicate, None),
            PaymentVerdict::Ignored => (Outcome::Ignored, None),
            PaymentVerdict::Parked => (Outcome::Parked, None),
            PaymentVerdict::RefundDue(reason) => (Outcome::RefundDue, Some(reason.into())),
        };
        let (order_id, order_status) = reply.order.map(|(id, status)| (id, status.into())).unzip();
        Self { status, order_id, order_status, reason }
    }
}

impl IntoResponse for Receipt {
    fn into_response(self) -> Response {
        let status = if self.status == Outcome::Parked { StatusCode::ACCEPTED } else { StatusCode::OK };
        (status, Json(self)).into_response()
    }
}
