//! The context that all changes by an operator share.

use crate::operators::SignedIn;
use app::admin::refusal::forbidden_char;
use checkout::{
    OperationContext,
    model::{ChangeReason, ChangeReasonError},
};

/// Returns why a reason is refused, for people.
pub(super) fn reason_error(error: ChangeReasonError) -> String {
    match error {
        ChangeReasonError::Length => "Say why, in 1 to 500 characters on one line.".to_owned(),
        ChangeReasonError::Character(found) => forbidden_char(found),
    }
}

/// An operator's context of an operation.
pub(super) fn context(signed_in: &SignedIn, reason: Option<ChangeReason>) -> OperationContext {
    OperationContext { by: signed_in.actor(), reason, idempotency: None }
}
