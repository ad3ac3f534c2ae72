//! The context that all changes by an operator share.

use crate::operators::SignedIn;
use checkout::{OperationContext, model::ChangeReason};

/// An operator's context of an operation.
pub(super) fn context(signed_in: &SignedIn, reason: Option<ChangeReason>) -> OperationContext {
    OperationContext { by: signed_in.actor(), reason, idempotency: None }
}
