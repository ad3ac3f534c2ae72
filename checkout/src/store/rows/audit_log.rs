//! The audit log.

use super::corrupt;
use crate::{
    error::StoreError,
    model::{Actor, ActorKind, AuditEntry, AuditObject, ChangeReason},
    store::table::{Millis, table},
};
use uuid::Uuid;

table! {
    "audit_log", read as AuditRow, written from entry: AuditEntry {
        Key id: Uuid = entry.id.0;
        Fixed at: Millis = entry.at;
        Fixed actor_kind: String = entry.actor.kind.name();
        Fixed actor_id: Option<Uuid> = entry.actor.id;
        Fixed actor_name: String = entry.actor.name.as_str();
        Fixed action: String = &*entry.action;
        Fixed object_kind: String = &*entry.object.kind;
        Fixed object_id: String = entry.object.id.as_str();
        Fixed before: Option<String> = entry.before.as_deref();
        Fixed after: Option<String> = entry.after.as_deref();
        Fixed reason: Option<String> = entry.reason.as_ref().map(ChangeReason::as_str);
    }
}

impl TryFrom<AuditRow> for AuditEntry {
    type Error = StoreError;

    fn try_from(row: AuditRow) -> Result<Self, StoreError> {
        let kind = ActorKind::from_name(&row.actor_kind).ok_or_else(|| corrupt("an actor's kind"))?;
        Ok(Self {
            id: row.id.into(),
            at: row.at.0,
            actor: Actor { kind, id: row.actor_id, name: row.actor_name },
            action: row.action.into(),
            object: AuditObject { kind: row.object_kind.into(), id: row.object_id },
            before: row.before,
            after: row.after,
            reason: row.reason.map(ChangeReason::from_stored),
        })
    }
}
