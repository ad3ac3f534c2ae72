//! The user of the command line, for the audit log.

use checkout::{
    OperationContext,
    model::{Actor, ChangeReason},
};
use std::env;

/// Longest user name that the audit log shows, in characters.
const MAX_USER_LENGTH: usize = 64;

/// Returns the user of the command line as the audit log names them.
pub(super) fn actor() -> Actor {
    let named = |name| env::var(name).ok().filter(|user: &String| !user.is_empty());
    let user = named("USER").or_else(|| named("LOGNAME")).unwrap_or_else(|| "unknown".to_owned());
    Actor::command_line(user.chars().filter(|c| !c.is_control()).take(MAX_USER_LENGTH).collect::<String>())
}

/// Returns the context of an operation by the user.
pub(super) fn by_user(reason: Option<ChangeReason>) -> OperationContext {
    OperationContext { by: actor(), reason, idempotency: None }
}
