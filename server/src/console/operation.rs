//! The parts that all forms for a change by an operator share.

use crate::operators::SignedIn;
use app::admin::{confirm::ReasonField, refusal::forbidden_char};
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

/// Parses a reason. A text that is none is returned as a field with its error.
pub(super) fn parse_reason(text: &str) -> Result<ChangeReason, ReasonField> {
    ChangeReason::try_from(text.to_owned()).map_err(|error| ReasonField {
        value: text.to_owned(),
        error: Some(reason_error(error)),
        optional: false,
    })
}

/// An operator's context of an operation.
pub(super) fn context(signed_in: &SignedIn, reason: Option<ChangeReason>) -> OperationContext {
    OperationContext { by: signed_in.actor(), reason, idempotency: None }
}
