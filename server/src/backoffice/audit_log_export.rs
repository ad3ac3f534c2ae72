//! The export of the audit log.

use super::export::{EXPORT_BATCH, ExportFormat, ExportRows, ExportStream, stream_rows};
use crate::operators::EntryView;
use checkout::{
    Checkout, StoreError,
    model::{Actor, AuditId, AuditObject},
    store::{AuditFilter, Store},
};
use serde_json::{Value, json};
use std::{borrow::Cow, sync::Arc};

/// Streams all entries that match the filter, newest first. The export is in the audit log itself, as `audit_log.export`.
///
/// # Errors
///
/// The audit log cannot be read or written.
pub async fn export(
    checkout: &Checkout,
    store: Arc<dyn Store>,
    actor: &Actor,
    filter: AuditFilter,
    format: ExportFormat,
) -> Result<ExportStream, StoreError> {
    let after = json!({ "format": format.name(), "filter": facts(&filter) });
    let rows = Entries { store: store.clone(), filter, before: None, is_done: false };
    let stream = stream_rows(rows, format).await?;
    let object = AuditObject::new("audit_log", "export");
    store.audit_log().append(&checkout.audit_entry(actor, "audit_log.export", object, &after)).await?;
    Ok(stream)
}

/// The filter as the audit log shows it.
fn facts(filter: &AuditFilter) -> Value {
    let AuditFilter { actor, action, object_kind, object_id, objects: _, since, until } = filter;
    let object = object_kind.as_ref().map(|kind| match object_id {
        Some(id) => format!("{kind}/{id}"),
        None => kind.clone(),
    });
    let mut facts = json!({ "actor": actor, "action": action, "object": object, "since": since, "until": until });
    if let Some(facts) = facts.as_object_mut() {
        facts.retain(|_, value| !value.is_null());
    }
    facts
}

/// Entries that match a filter, newest first.
struct Entries {
    store: Arc<dyn Store>,
    filter: AuditFilter,
    before: Option<AuditId>,
    is_done: bool,
}

impl ExportRows for Entries {
    type Row = EntryView;
    type Error = StoreError;

    const COLUMNS: &'static [&'static str] = &[
        "id",
        "at",
        "actor_kind",
        "actor_id",
        "actor_name",
        "action",
        "object_kind",
        "object_id",
        "before",
        "after",
        "reason",
    ];

    async fn next_batch(&mut self) -> Result<Option<Vec<EntryView>>, StoreError> {
        if self.is_done {
            return Ok(None);
        }
        let entries = self.store.audit_log().list(&self.filter, self.before, EXPORT_BATCH).await?;
        self.is_done = entries.len() < EXPORT_BATCH as usize;
        self.before = entries.last().map(|entry| entry.id);
        Ok(Some(entries.into_iter().map(EntryView::from).collect()))
    }

    fn cells(entry: &EntryView) -> Vec<Cow<'_, str>> {
        let text = |value: &Option<Value>| value.as_ref().map(Value::to_string).unwrap_or_default();
        vec![
            entry.id.to_string().into(),
            entry.at.to_string().into(),
            entry.actor.kind.name().into(),
            entry.actor.id.map(|id| id.to_string()).unwrap_or_default().into(),
            entry.actor.name.as_str().into(),
            entry.action.as_str().into(),
            (&*entry.object.kind).into(),
            entry.object.id.as_str().into(),
            text(&entry.before).into(),
            text(&entry.after).into(),
            entry.reason.as_deref().unwrap_or_default().into(),
        ]
    }
}
