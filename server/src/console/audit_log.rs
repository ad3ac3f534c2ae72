//! The screen and the exports of the audit log.

use super::{html, list::ListQuery, orders::available, response::fail};
use crate::{
    backoffice::{
        audit_log_export,
        export::{self, ExportFormat},
        store_failed,
    },
    operators::{OperatorService, SignedIn},
    problem::Problem,
    state::AppState,
};
use app::admin::audit_log::{self as view, AuditLogPage};
use axum::{extract::State, response::Response};
use checkout::{
    Error,
    model::{Actor, AuditEntry, AuditId},
    store::{AuditFilter, Store, listings::Listing},
};
use http::Uri;
use std::collections::HashMap;

const PATH: &str = "/admin/audit-log";
/// Entries on a page.
const PAGE_SIZE: u32 = 50;

/// `GET /admin/audit-log`
pub async fn page(
    State(state): State<AppState>,
    State(service): State<OperatorService>,
    signed_in: SignedIn,
    uri: Uri,
) -> Result<Response, Problem> {
    let mut query = ListQuery::new(&uri, PATH);
    let (filter, before) = (filter(&mut query), query.cursor());
    let listed = if query.is_valid() { list(&*state.store, &filter, before).await } else { Ok(Listing::empty()) };
    let (status, listed) = available(query.status(), listed)?;
    let names = match &listed {
        Ok(listed) if !listed.items.is_empty() => service.all().await.map_err(fail)?,
        _ => Vec::new(),
    };
    let names: HashMap<_, _> = names.into_iter().map(|operator| (operator.id.to_string(), operator.email)).collect();
    let page = AuditLogPage {
        next: listed.as_ref().ok().and_then(|listed| listed.next).map(|id| query.next(id)),
        entries: listed.map(|listed| listed.items),
        filter: query.form(),
        first: query.first(),
        exports: [".csv", ".jsonl"].map(|end| query.elsewhere(&format!("{PATH}{end}"))),
    };
    Ok(html(
        status,
        view::audit_log(signed_in.page_operator().await, page, |id| names.get(id).map(ToString::to_string)),
    ))
}

/// `GET /admin/audit-log.csv`
pub async fn csv(
    state: State<AppState>,
    service: State<OperatorService>,
    signed_in: SignedIn,
    uri: Uri,
) -> Result<Response, Problem> {
    export(state, service, signed_in, uri, ExportFormat::Csv).await
}

/// `GET /admin/audit-log.jsonl`
pub async fn json_lines(
    state: State<AppState>,
    service: State<OperatorService>,
    signed_in: SignedIn,
    uri: Uri,
) -> Result<Response, Problem> {
    export(state, service, signed_in, uri, ExportFormat::JsonLines).await
}

/// Streams all entries that the filter in the address matches. A filter that cannot be read exports nothing, and the page
/// says what is wrong with it.
async fn export(
    state: State<AppState>,
    service: State<OperatorService>,
    signed_in: SignedIn,
    uri: Uri,
    format: ExportFormat,
) -> Result<Response, Problem> {
    let mut query = ListQuery::new(&uri, PATH);
    let filter = filter(&mut query);
    if !query.is_valid() {
        return page(state, service, signed_in, uri).await;
    }
    let actor = signed_in.actor();
    let stream = audit_log_export::export(&state.checkout, state.store.clone(), &actor, filter, format);
    let stream = stream.await.map_err(|error| store_failed(&error))?;
    Ok(export::response(stream, format, "audit-log"))
}

/// Returns a page of the entries that are older than `before`, newest first.
async fn list(store: &dyn Store, filter: &AuditFilter, before: Option<AuditId>) -> Result<Listing<AuditEntry>, Error> {
    let entries = store.audit_log().list(filter, before, PAGE_SIZE + 1).await;
    let mut items = entries.map_err(|error| store_failed(&error))?;
    let has_next = items.len() > PAGE_SIZE as usize;
    items.truncate(PAGE_SIZE as usize);
    let next = items.last().filter(|_| has_next).map(|last| last.id.0);
    Ok(Listing { items, next })
}

/// Reads the filter in the address.
fn filter(query: &mut ListQuery) -> AuditFilter {
    let (actor, action) = (query.text("actor", "Who"), query.text("action", "Action"));
    let object = query.text("object", "Object").unwrap_or_default();
    let (kind, id) = object.split_once('/').unwrap_or((&object, ""));
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    AuditFilter {
        actor: actor.map(|shown| Actor::name_in(&shown).to_owned()),
        action,
        object_kind: given(kind),
        object_id: given(id),
        since: query.since(),
        until: query.until(),
        ..AuditFilter::default()
    }
}
