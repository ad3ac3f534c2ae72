//! The engine's words as the API says them. They are the same; here they have a schema, and a reason that is new in the
//! engine does not compile until it is in the document.

use checkout::model;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why an order ended without its money: the payment failed, none came in time, or the client or the shop's operator
/// cancelled it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CancelReason {
    PaymentFailed,
    Expired,
    ByShopper,
    ByOperator,
}

impl From<model::CancelReason> for CancelReason {
    fn from(reason: model::CancelReason) -> Self {
        match reason {
            model::CancelReason::PaymentFailed => Self::PaymentFailed,
            model::CancelReason::Expired => Self::Expired,
            model::CancelReason::ByShopper => Self::ByShopper,
            model::CancelReason::ByOperator => Self::ByOperator,
        }
    }
}

/// Why money goes back: its order had ended and the units were gone, another transaction had paid, it was another amount or
/// currency, or nothing was ever ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefundReason {
    SoldOut,
    AlreadyPaid,
    AmountMismatch,
    OrderNeverCreated,
}

impl From<model::RefundReason> for RefundReason {
    fn from(reason: model::RefundReason) -> Self {
        match reason {
            model::RefundReason::SoldOut => Self::SoldOut,
            model::RefundReason::AlreadyPaid => Self::AlreadyPaid,
            model::RefundReason::AmountMismatch => Self::AmountMismatch,
            model::RefundReason::OrderNeverCreated => Self::OrderNeverCreated,
        }
    }
}

/// What happened to the money: it came, it will not come from this transaction, or it is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    Success,
    Failure,
    Processing,
}

impl From<PaymentStatus> for model::PaymentStatus {
    fn from(status: PaymentStatus) -> Self {
        match status {
            PaymentStatus::Success => Self::Success,
            PaymentStatus::Failure => Self::Failure,
            PaymentStatus::Processing => Self::Processing,
        }
    }
}
