//! The parts that all forms for a change by an operator share.

use crate::operators::SignedIn;
use app::admin::confirm::ReasonField;
use checkout::{OperationContext, model::ChangeReason};

/// Why a reason is refused, for people.
pub(super) const REASON_ERROR: &str = "Say why, in 1 to 500 characters on one line.";

/// The field with a reason that cannot be one.
pub(super) fn refused_reason(text: String) -> ReasonField {
    ReasonField { value: text, error: Some(REASON_ERROR.to_owned()), optional: false }
}

/// An operator's context of an operation.
pub(super) fn context(signed_in: &SignedIn, reason: Option<ChangeReason>) -> OperationContext {
    OperationContext { by: signed_in.actor(), reason, idempotency: None }
}
