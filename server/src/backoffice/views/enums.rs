//! The engine's enums as operators' views serialise them, with a schema. A new variant in the engine does not compile until
//! the views document it.

use checkout::model;
use serde::Serialize;
use utoipa::ToSchema;

/// Whether a product is in the shop: `active`, `paused` (it accepts no new holds) or `archived` (it is not shown).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ProductStatus)]
#[serde(rename_all = "snake_case")]
pub enum ProductStatus {
    Active,
    Paused,
    Archived,
}

impl From<model::ProductStatus> for ProductStatus {
    fn from(status: model::ProductStatus) -> Self {
        match status {
            model::ProductStatus::Active => Self::Active,
            model::ProductStatus::Paused => Self::Paused,
            model::ProductStatus::Archived => Self::Archived,
        }
    }
}

/// Status that a payment event reports: the money arrived, the payment failed for good, it is still processing, or the
/// shopper's dispute of it was opened or closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PaymentEventStatus)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    Success,
    Failure,
    Processing,
    DisputeOpened,
    DisputeClosed,
}

impl From<model::PaymentStatus> for PaymentStatus {
    fn from(status: model::PaymentStatus) -> Self {
        match status {
            model::PaymentStatus::Success => Self::Success,
            model::PaymentStatus::Failure => Self::Failure,
            model::PaymentStatus::Processing => Self::Processing,
            model::PaymentStatus::DisputeOpened => Self::DisputeOpened,
            model::PaymentStatus::DisputeClosed => Self::DisputeClosed,
        }
    }
}

/// Outcome of a payment event: it changed its order (`applied`), waits for its order (`parked`), repeats another event
/// (`duplicate`), or has no effect (`ignored`); or its money is due for refund (`refund_due`) or was `refunded`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = StoredOutcome)]
pub enum PaymentOutcome {
    Applied,
    Parked,
    Duplicate,
    Ignored,
    RefundDue,
    Refunded,
}

impl From<model::EventOutcome> for PaymentOutcome {
    fn from(outcome: model::EventOutcome) -> Self {
        match outcome {
            model::EventOutcome::Applied => Self::Applied,
            model::EventOutcome::Parked => Self::Parked,
            model::EventOutcome::Duplicate => Self::Duplicate,
            model::EventOutcome::Ignored => Self::Ignored,
            model::EventOutcome::RefundDue(_) => Self::RefundDue,
            model::EventOutcome::Refunded(_) => Self::Refunded,
        }
    }
}

/// State of a refund: it waits to be carried out (`due`), the provider was asked (`sending`), the money was returned
/// (`succeeded`), the last attempt `failed`, or the shop keeps the money after all (`withdrawn`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefundState {
    Due,
    Sending,
    Succeeded,
    Failed,
    Withdrawn,
}

impl From<model::RefundState> for RefundState {
    fn from(state: model::RefundState) -> Self {
        match state {
            model::RefundState::Due => Self::Due,
            model::RefundState::Sending => Self::Sending,
            model::RefundState::Succeeded => Self::Succeeded,
            model::RefundState::Failed => Self::Failed,
            model::RefundState::Withdrawn => Self::Withdrawn,
        }
    }
}

/// A payment provider: the built-in `sandbox`, or `stripe`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentProvider {
    Sandbox,
    Stripe,
}

impl From<model::ProviderName> for PaymentProvider {
    fn from(provider: model::ProviderName) -> Self {
        match provider {
            model::ProviderName::Sandbox => Self::Sandbox,
            model::ProviderName::Stripe => Self::Stripe,
        }
    }
}

/// State of a payment page: the provider is asked for it (`opening`), the shopper can pay there (`open`), the shopper has finished
/// it (`completed`), it was `closed` without a payment, or the provider refused to make it (`failed`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PaymentAttemptState)]
#[serde(rename_all = "snake_case")]
pub enum AttemptState {
    Opening,
    Open,
    Completed,
    Closed,
    Failed,
}

impl From<model::AttemptState> for AttemptState {
    fn from(state: model::AttemptState) -> Self {
        match state {
            model::AttemptState::Opening => Self::Opening,
            model::AttemptState::Open => Self::Open,
            model::AttemptState::Completed => Self::Completed,
            model::AttemptState::Closed => Self::Closed,
            model::AttemptState::Failed => Self::Failed,
        }
    }
}
