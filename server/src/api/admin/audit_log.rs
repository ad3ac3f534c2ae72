//! The audit log: who changed what, when and why.

use super::{
    examples,
    query::{self, Limit, ListView, Params, SearchText},
};
use crate::{api::ApiResult, backoffice::store_failed, operators::EntryView, problem::Problem, state::AppState};
use axum::{Json, extract::State};
use checkout::{
    model::{AuditId, Timestamp},
    store::{AuditFilter, listings::Listing},
};
use serde::Deserialize;

/// Filter and page of the list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditQuery {
    actor: Option<SearchText>,
    action: Option<SearchText>,
    object: Option<SearchText>,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    cursor: Option<AuditId>,
    #[serde(default)]
    limit: Limit,
}

/// Lists the audit log.
///
/// The changes by people and programs, newest first.
#[utoipa::path(
    get,
    path = "/api/admin/audit-log",
    operation_id = "adminListAuditLog",
    tag = "Admin audit log",
    summary = "List the audit log",
    params(
        ("actor", Query),
        ("action", Query),
        ("object", Query),
        ("since", Query),
        ("until", Query),
        ("limit", Query),
        ("page_cursor", Query),
    ),
    responses((
        status = OK,
        description = "A page of entries.",
        body = ListView<EntryView>,
        example = json!(examples::page(&examples::audit_entry())),
    )),
)]
pub async fn list(
    State(state): State<AppState>,
    Params(query): Params<AuditQuery>,
) -> ApiResult<Json<ListView<EntryView>>> {
    let limit = query.limit.get();
    let (cursor, filter) = (query.cursor, filter(query));
    let entries = state.store.audit_log().list(&filter, cursor, limit + 1).await;
    let mut items = entries.map_err(|error| Problem::from(store_failed(&error)))?;
    let is_last = items.len() <= limit as usize;
    items.truncate(limit as usize);
    let next = items.last().filter(|_| !is_last).map(|entry| entry.id.0);
    Ok(ListView::of(Listing { items, next }, EntryView::from))
}

fn filter(query: AuditQuery) -> AuditFilter {
    let text = |text: Option<SearchText>| query::given(text.as_ref()).map(str::to_owned);
    let object = text(query.object);
    let (kind, id) = match object.as_deref().map(|object| object.split_once('/').unwrap_or((object, ""))) {
        Some((kind, id)) => (Some(kind).filter(|kind| !kind.is_empty()), Some(id).filter(|id| !id.is_empty())),
        None => (None, None),
    };
    AuditFilter {
        actor: text(query.actor),
        action: text(query.action),
        object_kind: kind.map(str::to_owned),
        object_id: id.map(str::to_owned),
        objects: Vec::new(),
        since: query.since,
        until: query.until,
    }
}
