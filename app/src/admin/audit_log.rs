//! The screen of the audit log.

use super::{
    form::Field,
    layout::{Page, Screen, time},
};
use checkout::{model::AuditEntry, store::operators::Operator};
use leptos::prelude::*;

/// The filter as it stands in the address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FilterText {
    /// The actor's name.
    pub actor: String,
    /// The action.
    pub action: String,
    /// The kind of the object, and its id after a slash.
    pub object: String,
    /// The first day.
    pub since: String,
    /// The last day.
    pub until: String,
    /// Why the first day is refused.
    pub since_error: Option<String>,
    /// Why the last day is refused.
    pub until_error: Option<String>,
}

/// The page's rows and links.
pub struct AuditLogPage {
    /// The entries, newest first.
    pub entries: Vec<AuditEntry>,
    /// The filter.
    pub filter: FilterText,
    /// The address of the next page, if there is one.
    pub older: Option<String>,
    /// The address of the first page, unless this is it.
    pub newest: Option<String>,
    /// The addresses of the exports: CSV and JSON lines.
    pub exports: [String; 2],
}

/// Renders the page. `name_of` returns the e-mail address of an operator whose id an entry has.
pub fn audit_log(operator: &Operator, page: AuditLogPage, name_of: impl Fn(&str) -> Option<String>) -> String {
    let AuditLogPage { entries, filter, older, newest, exports: [csv, json] } = page;
    let is_empty = entries.is_empty();
    let rows: Vec<_> = entries.into_iter().map(|entry| row(entry, &name_of)).collect();
    let text = |name, label, value: String| Field::filter("search", name, label).filled(value, None::<String>).render();
    let day = |name, label, value: String, error| Field::filter("date", name, label).filled(value, error).render();
    Page::new("Audit log").signed_in(operator, Screen::AuditLog).render(view! {
        <form method="get" action="/admin/audit-log" class="filter" role="search" aria-label="Filter the audit log">
            {text("actor", "Who", filter.actor)}
            {text("action", "Action", filter.action)}
            {text("object", "Object", filter.object)}
            {day("since", "From", filter.since, filter.since_error)}
            {day("until", "To", filter.until, filter.until_error)}
            <button class="button button-primary" type="submit">"Filter"</button>
            <a class="button button-small" href="/admin/audit-log">"Clear"</a>
        </form>
        <p class="exports">
            "Export: " <a href=csv download="audit-log.csv">"CSV"</a> ", " <a href=json download="audit-log.jsonl">"JSON lines"</a>
        </p>
        {is_empty.then(|| view! { <p class="empty">"No entry matches this filter."</p> })}
        {(!is_empty).then(|| view! {
            <div class="table" role="region" aria-label="Entries" tabindex="0">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">"When"</th>
                            <th scope="col">"Who"</th>
                            <th scope="col">"Action"</th>
                            <th scope="col">"Object"</th>
                            <th scope="col">"Change"</th>
                            <th scope="col">"Reason"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        })}
        <nav class="pages" aria-label="Pages">
            {newest.map(|href| view! { <a class="button button-small" href=href>"Newest"</a> })}
            {older.map(|href| view! { <a class="button button-small" rel="next" href=href>"Older"</a> })}
        </nav>
    })
}

fn row(entry: AuditEntry, name_of: &impl Fn(&str) -> Option<String>) -> AnyView {
    let object = match name_of(&entry.object.id).filter(|_| entry.object.kind == "operator") {
        Some(email) => format!("operator {email}"),
        None => format!("{} {}", entry.object.kind, entry.object.id),
    };
    let part = |label: &'static str, json: Option<String>| {
        json.map(|json| view! { <div><span class="muted">{label}</span> <code>{json}</code></div> })
    };
    view! {
        <tr>
            <td>{time(entry.at)}</td>
            <td>{entry.actor.name}</td>
            <td class="action-name"><code>{entry.action.into_owned()}</code></td>
            <td class="object">{object}</td>
            <td class="change">{part("before ", entry.before)} {part("after ", entry.after)}</td>
            <td>{entry.reason.map(String::from)}</td>
        </tr>
    }
    .into_any()
}
