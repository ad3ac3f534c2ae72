//! The screen and the exports of the audit log.

use super::{Fields, html, response::fail};
use crate::{
    backoffice::{
        audit_log_export,
        export::{self, ExportFormat},
    },
    operators::{OperatorError, OperatorService, SignedIn},
    problem::Problem,
    state::AppState,
};
use app::admin::audit_log::{self as view, AuditLogPage, FilterText};
use axum::{extract::State, response::Response};
use checkout::{
    model::{AuditEntry, AuditId, Timestamp},
    store::{AuditFilter, Store},
};
use http::{StatusCode, Uri};
use std::{collections::HashMap, time::Duration};

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
    let query = query(&uri);
    let (filter, text) = filter(&query);
    let status = if text.since_error.is_some() || text.until_error.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let before = query.get("before").parse::<AuditId>().ok();
    let mut entries = list(&*state.store, &filter, before, PAGE_SIZE + 1).await?;
    let has_older = entries.len() > PAGE_SIZE as usize;
    entries.truncate(PAGE_SIZE as usize);
    let older = entries.last().filter(|_| has_older).map(|last| address(PATH, &text, Some(last.id)));
    let newest = before.map(|_| address(PATH, &text, None));
    let exports = [".csv", ".jsonl"].map(|end| address(&format!("{PATH}{end}"), &text, None));
    let names: HashMap<_, _> =
        service.all().await.map_err(fail)?.into_iter().map(|o| (o.id.to_string(), o.email)).collect();
    let page = AuditLogPage { entries, filter: text, older, newest, exports };
    Ok(html(status, view::audit_log(&signed_in.operator, page, |id| names.get(id).map(ToString::to_string))))
}

/// `GET /admin/audit-log.csv`
pub async fn csv(state: State<AppState>, signed_in: SignedIn, uri: Uri) -> Result<Response, Problem> {
    export(&state, &signed_in, &uri, ExportFormat::Csv).await
}

/// `GET /admin/audit-log.jsonl`
pub async fn json_lines(state: State<AppState>, signed_in: SignedIn, uri: Uri) -> Result<Response, Problem> {
    export(&state, &signed_in, &uri, ExportFormat::JsonLines).await
}

/// Exports all entries that match the filter in the address.
async fn export(state: &AppState, signed_in: &SignedIn, uri: &Uri, format: ExportFormat) -> Result<Response, Problem> {
    let ((filter, _), actor) = (filter(&query(uri)), signed_in.actor());
    let stream = audit_log_export::export(&state.checkout, state.store.clone(), &actor, filter, format);
    let stream = stream.await.map_err(|error| fail(OperatorError::Store(error)))?;
    Ok(export::response(stream, format, "audit-log"))
}

async fn list(
    store: &dyn Store,
    filter: &AuditFilter,
    before: Option<AuditId>,
    limit: u32,
) -> Result<Vec<AuditEntry>, Problem> {
    store.audit_log().list(filter, before, limit).await.map_err(|error| fail(OperatorError::Store(error)))
}

fn query(uri: &Uri) -> Fields {
    Fields::parse(uri.query().unwrap_or_default().as_bytes())
}

/// Returns the filter in an address, and its text for the form. A day that cannot be read has an error, and is no filter.
fn filter(query: &Fields) -> (AuditFilter, FilterText) {
    // PostgreSQL has no text with a NUL character, so nothing in it matches one.
    let text = |name: &str| query.get(name).trim().replace('\0', "\u{fffd}").chars().take(300).collect::<String>();
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let [actor, action, object, since, until] = ["actor", "action", "object", "since", "until"].map(text);
    let (kind, id) = object.split_once('/').unwrap_or((&object, ""));
    let (first, last) = (day(&since), day(&until));
    let error = |text: &str, day: Option<Timestamp>| {
        (!text.is_empty() && day.is_none()).then(|| "Enter a day, such as 2026-11-27.".to_owned())
    };
    let filter = AuditFilter {
        actor: given(&actor),
        action: given(&action),
        object_kind: given(kind),
        object_id: given(id),
        since: first,
        until: last.map(|day| day + Duration::from_hours(24)),
        ..AuditFilter::default()
    };
    let (since_error, until_error) = (error(&since, first), error(&until, last));
    (filter, FilterText { actor, action, object, since, until, since_error, until_error })
}

fn day(text: &str) -> Option<Timestamp> {
    (text.len() == 10).then(|| Timestamp::parse(&format!("{text}T00:00:00Z")).ok()).flatten()
}

/// Returns an address with the filter, and the entry before which the page begins.
fn address(path: &str, filter: &FilterText, before: Option<AuditId>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    let fields = [
        ("actor", &filter.actor),
        ("action", &filter.action),
        ("object", &filter.object),
        ("since", &filter.since),
        ("until", &filter.until),
    ];
    for (name, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
        query.append_pair(name, value);
    }
    if let Some(before) = before {
        query.append_pair("before", &before.to_string());
    }
    let query = query.finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}
