//! Entries of the audit log (P12).

use checkout::{
    Clock, IdGenerator,
    model::{Actor, AuditEntry, AuditId, AuditObject, Timestamp},
};
use serde::Serialize;
use serde_json::Value;
use std::sync::Arc;

/// An entry of the audit log in exports and on the command line.
#[derive(Serialize)]
pub struct EntryView {
    /// See [`AuditEntry::id`].
    pub id: AuditId,
    /// See [`AuditEntry::at`].
    pub at: Timestamp,
    /// See [`AuditEntry::actor`].
    pub actor: Actor,
    /// See [`AuditEntry::action`].
    pub action: String,
    /// See [`AuditEntry::object`].
    pub object: AuditObject,
    /// See [`AuditEntry::before`].
    pub before: Option<Value>,
    /// See [`AuditEntry::after`].
    pub after: Option<Value>,
    /// See [`AuditEntry::reason`].
    pub reason: Option<String>,
}

impl From<AuditEntry> for EntryView {
    fn from(entry: AuditEntry) -> Self {
        let json = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok());
        Self {
            id: entry.id,
            at: entry.at,
            actor: entry.actor,
            action: entry.action.into_owned(),
            object: entry.object,
            before: json(entry.before),
            after: json(entry.after),
            reason: entry.reason.map(String::from),
        }
    }
}

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
