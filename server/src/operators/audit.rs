//! Entries of the audit log (P12).

use checkout::{
    Clock, IdGenerator,
    model::{Actor, AuditEntry, AuditObject},
};
use serde_json::Value;
use std::sync::Arc;

/// Makes entries of the audit log.
#[derive(Clone)]
pub struct Entries {
    ids: IdGenerator,
    clock: Arc<dyn Clock>,
}

impl Entries {
    /// Entries with the time of `clock`.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { ids: IdGenerator::new(clock.clone()), clock }
    }

    /// Returns a new id.
    pub fn new_id<T: From<uuid::Uuid>>(&self) -> T {
        self.ids.generate()
    }

    /// An entry that says what there was before and what there is now; `Value::Null` stands for nothing.
    pub fn entry(
        &self,
        actor: &Actor,
        action: &'static str,
        object: AuditObject,
        before: &Value,
        after: &Value,
    ) -> AuditEntry {
        let text = |value: &Value| (!value.is_null()).then(|| value.to_string());
        AuditEntry {
            id: self.ids.generate(),
            at: self.clock.now(),
            actor: actor.clone(),
            action: action.into(),
            object,
            before: text(before),
            after: text(after),
            reason: None,
        }
    }
}
