//! `holdfast operator`: manages the operators of the console.

use crate::{operators::Entries, startup::Engine};
use checkout::model::{Actor, AuditEntry, AuditObject};
use serde_json::Value;
use std::env;

/// Longest user name that the audit log shows, in characters.
const MAX_USER_LENGTH: usize = 64;

/// The user of the command line, as the audit log names them.
pub(super) fn actor() -> Actor {
    let named = |name| env::var(name).ok().filter(|user: &String| !user.is_empty());
    let user = named("USER").or_else(|| named("LOGNAME")).unwrap_or_else(|| "unknown".to_owned());
    Actor::command_line(user.chars().filter(|c| !c.is_control()).take(MAX_USER_LENGTH).collect::<String>())
}

/// An entry of the audit log for a change by the command line.
pub(super) fn command_line_entry(
    engine: &Engine,
    action: &'static str,
    object: AuditObject,
    before: &Value,
    after: &Value,
) -> AuditEntry {
    Entries::new(engine.clock.clone()).entry(&actor(), action, object, before, after)
}
