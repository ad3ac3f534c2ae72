//! `holdfast audit-log`: shows and exports who changed what.

use super::{Failure, actor::actor, args::AuditLogArgs, export_file, output::List};
use crate::{backoffice::audit_log_export, operators::EntryView, startup::Engine};
use checkout::{
    model::{Actor, ChangeReason},
    store::AuditFilter,
};
use std::process::ExitCode;

/// Shows the audit log, newest first, or exports it.
pub(super) async fn run(engine: &Engine, args: AuditLogArgs) -> Result<ExitCode, Failure> {
    let (object_kind, object_id) = match args.object.as_deref().map(|object| object.split_once('/')) {
        None => (None, None),
        Some(Some((kind, id))) => (Some(kind.to_owned()), Some(id.to_owned())),
        Some(None) => (args.object.clone(), None),
    };
    let filter = AuditFilter {
        actor: args.actor.map(|shown| Actor::name_in(&shown).to_owned()),
        action: args.action,
        object_kind,
        object_id,
        since: args.since,
        until: args.until,
        ..AuditFilter::default()
    };
    if let Some(format) = args.format {
        let (store, actor) = (engine.store.clone(), actor());
        let rows = audit_log_export::export(&engine.checkout, store, &actor, filter, format).await?;
        return export_file::write(rows, args.file.as_deref()).await;
    }
    // One more than is shown tells whether there are more.
    let mut entries =
        engine.store.audit_log().list(&filter, args.page.cursor.map(Into::into), args.page.limit + 1).await?;
    let limit = usize::try_from(args.page.limit).unwrap_or(usize::MAX);
    let has_more = entries.len() > limit;
    entries.truncate(limit);
    let next = entries.last().filter(|_| has_more).map(|entry| entry.id);
    let columns = ["TIME", "WHO", "ACTION", "OBJECT", "BEFORE", "AFTER", "REASON"];
    List::page(entries, next).print(args.output.json, EntryView::from, columns, |entry| {
        let object = format!("{}/{}", entry.object.kind, entry.object.id);
        let reason = entry.reason.as_ref().map_or("", ChangeReason::as_str);
        [
            entry.at.to_string(),
            entry.actor.to_string(),
            entry.action.to_string(),
            object,
            entry.before.clone().unwrap_or_default(),
            entry.after.clone().unwrap_or_default(),
            reason.to_owned(),
        ]
    })
}
