//! The engine's enums as the API serialises them, with a schema. A new variant in the engine does not compile until the
//! API documents it.

use checkout::model;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Reason for a cancellation: the payment failed, the payment deadline passed, or the client or the shop's operator
/// cancelled the order.
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

/// Reason for a refund: the order had ended and its units were sold out, or the shopper had others up to the limit
/// (`over_limit`); another payment had paid the order; the amount or currency did not match; no order was ever placed; or
/// the shop's operator refunds a paid order; or the shop made the refund at its payment provider (`at_provider`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefundReason {
    SoldOut,
    AlreadyPaid,
    AmountMismatch,
    OrderNeverCreated,
    OverLimit,
    ByOperator,
    AtProvider,
}

impl From<model::RefundReason> for RefundReason {
    fn from(reason: model::RefundReason) -> Self {
        match reason {
            model::RefundReason::SoldOut => Self::SoldOut,
            model::RefundReason::AlreadyPaid => Self::AlreadyPaid,
            model::RefundReason::AmountMismatch => Self::AmountMismatch,
            model::RefundReason::OrderNeverCreated => Self::OrderNeverCreated,
            model::RefundReason::OverLimit => Self::OverLimit,
            model::RefundReason::ByOperator => Self::ByOperator,
            model::RefundReason::AtProvider => Self::AtProvider,
        }
    }
}

/// Name of a scope.
#[derive(Debug, Clone, Copy, ToSchema)]
#[schema(as = Scope)]
pub enum ScopeName {
    #[schema(rename = "checkout")]
    Checkout,
    #[schema(rename = "catalog:read")]
    CatalogRead,
    #[schema(rename = "catalog:write")]
    CatalogWrite,
    #[schema(rename = "orders:read")]
    OrdersRead,
    #[schema(rename = "orders:write")]
    OrdersWrite,
    #[schema(rename = "payments:read")]
    PaymentsRead,
    #[schema(rename = "payments:write")]
    PaymentsWrite,
    #[schema(rename = "refunds:write")]
    RefundsWrite,
    #[schema(rename = "audit:read")]
    AuditRead,
    #[schema(rename = "clients:read")]
    ClientsRead,
    #[schema(rename = "clients:write")]
    ClientsWrite,
}

/// Status of a payment: it succeeded, it failed for good, it is still processing, or the shopper's dispute of it was opened or
/// closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    Success,
    Failure,
    Processing,
    DisputeOpened,
    DisputeClosed,
}

impl From<PaymentStatus> for model::PaymentStatus {
    fn from(status: PaymentStatus) -> Self {
        match status {
            PaymentStatus::Success => Self::Success,
            PaymentStatus::Failure => Self::Failure,
            PaymentStatus::Processing => Self::Processing,
            PaymentStatus::DisputeOpened => Self::DisputeOpened,
            PaymentStatus::DisputeClosed => Self::DisputeClosed,
        }
    }
}
