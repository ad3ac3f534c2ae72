//! The screen and the exports of the audit log.

use super::{Fields, csv as table, html, response::fail};
use crate::{
    operators::{EntryView, OperatorError, OperatorService, SignedIn},
    problem::Problem,
    state::AppState,
};
use app::admin::audit_log::{self as view, AuditLogPage, FilterText};
use axum::{
    body::Body,
    extract::State,
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use checkout::{
    StoreError,
    model::{AuditEntry, AuditId, ChangeReason, Timestamp},
    store::{AuditFilter, Store},
};
use futures::stream;
use http::{HeaderValue, StatusCode, Uri, header};
use std::{borrow::Cow, collections::HashMap, sync::Arc, time::Duration};

const PATH: &str = "/admin/audit-log";
/// Entries on a page.
const PAGE_SIZE: u32 = 50;
/// Entries that an export reads at once.
const EXPORT_BATCH: u32 = 500;
/// Names of the columns of the export.
const COLUMNS: [&str; 11] = [
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
pub async fn csv(State(state): State<AppState>, uri: Uri) -> Result<Response, Problem> {
    let header = table::rows([COLUMNS.map(Cow::Borrowed)]).unwrap_or_default();
    export(&state, &uri, "text/csv; charset=utf-8", "audit-log.csv", header, |entries| {
        table::rows(entries.iter().map(cells)).unwrap_or_default()
    })
    .await
}

/// `GET /admin/audit-log.jsonl`
pub async fn json_lines(State(state): State<AppState>, uri: Uri) -> Result<Response, Problem> {
    export(&state, &uri, "application/jsonl; charset=utf-8", "audit-log.jsonl", Vec::new(), |entries| {
        entries.iter().flat_map(|entry| format!("{}\n", line(entry)).into_bytes()).collect()
    })
    .await
}

fn cells(entry: &AuditEntry) -> [Cow<'_, str>; 11] {
    let text = |value: &'_ Option<String>| Cow::Owned(value.clone().unwrap_or_default());
    [
        entry.id.to_string().into(),
        entry.at.to_string().into(),
        entry.actor.kind.name().into(),
        entry.actor.id.map(|id| id.to_string()).unwrap_or_default().into(),
        entry.actor.name.as_str().into(),
        (&*entry.action).into(),
        (&*entry.object.kind).into(),
        entry.object.id.as_str().into(),
        text(&entry.before),
        text(&entry.after),
        entry.reason.as_ref().map_or("", ChangeReason::as_str).into(),
    ]
}

fn line(entry: &AuditEntry) -> String {
    // An entry has only string keys, so it can be serialised.
    serde_json::to_string(&EntryView::from(entry.clone())).unwrap_or_default()
}

/// Streams all entries that match the filter in the address. Between two reads, nothing is held in the database.
async fn export(
    state: &AppState,
    uri: &Uri,
    media_type: &'static str,
    file: &'static str,
    header: Vec<u8>,
    write: impl Fn(&[AuditEntry]) -> Vec<u8> + Send + 'static,
) -> Result<Response, Problem> {
    let (filter, _) = filter(&query(uri));
    let store = state.store.clone();
    // The first read comes before the response, so that a failure is a proper error.
    let first = list(&*store, &filter, None, EXPORT_BATCH).await?;
    let mut start = header;
    start.extend(write(&first));
    let state = Export { store, filter, write, last: next_of(&first), start: Some(start.into()) };
    let body = Body::from_stream(stream::try_unfold(state, Export::next));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (header::CONTENT_DISPOSITION, disposition(file)),
    ];
    Ok((headers, body).into_response())
}

fn disposition(file: &str) -> HeaderValue {
    HeaderValue::from_str(&format!("attachment; filename=\"{file}\"")).unwrap_or(HeaderValue::from_static("attachment"))
}

/// An export that is under way.
struct Export<F> {
    store: Arc<dyn Store>,
    filter: AuditFilter,
    write: F,
    /// The last entry that was written, unless it was the last of all.
    last: Option<AuditId>,
    /// The part that is sent first.
    start: Option<Bytes>,
}

impl<F: Fn(&[AuditEntry]) -> Vec<u8>> Export<F> {
    async fn next(mut self) -> Result<Option<(Bytes, Self)>, StoreError> {
        if let Some(start) = self.start.take() {
            return Ok(Some((start, self)));
        }
        let Some(last) = self.last else { return Ok(None) };
        let entries = self.store.audit_log().list(&self.filter, Some(last), EXPORT_BATCH).await?;
        self.last = next_of(&entries);
        Ok(Some(((self.write)(&entries).into(), self)))
    }
}

/// Returns the entry after which the next read begins; `None` after a read that found the end.
fn next_of(entries: &[AuditEntry]) -> Option<AuditId> {
    entries.last().filter(|_| entries.len() == EXPORT_BATCH as usize).map(|entry| entry.id)
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
