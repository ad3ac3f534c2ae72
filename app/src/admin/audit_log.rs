//! The screen of the audit log.

use super::{
    layout::{Page, PageOperator, Screen, time},
    list::{Column, EmptyList, FilterForm, ListPage, Row},
};
use checkout::model::{AuditEntry, AuditObject};
use leptos::prelude::*;
use uuid::Uuid;

/// The page's rows and links.
pub struct AuditLogPage {
    /// The entries, newest first, or the reason why they cannot be shown.
    pub entries: Result<Vec<AuditEntry>, String>,
    /// The filter.
    pub filter: FilterForm,
    /// The address of the first page, unless this is it.
    pub first: Option<String>,
    /// The address of the next page, if there is one.
    pub next: Option<String>,
    /// The addresses of the exports: CSV and JSON lines.
    pub exports: [String; 2],
}

/// Renders the page. `name_of` returns the e-mail address of an operator whose id an entry has.
pub fn audit_log(operator: PageOperator<'_>, page: AuditLogPage, name_of: impl Fn(&str) -> Option<String>) -> String {
    let AuditLogPage { entries, filter, first, next, exports: [csv, json] } = page;
    let list = ListPage {
        label: "Audit log",
        filter,
        columns: ["When", "Who", "Action", "Object", "Change", "Reason"].map(Column::new).into(),
        rows: entries.map(|entries| entries.into_iter().map(|entry| row(entry, &name_of)).collect()),
        empty: EmptyList {
            title: "No entries yet",
            text: "Each change that a person or a program makes appears here.",
        },
        note: Some(
            view! {
                <p class="exports">
                    "Export this list: "
                    <a href=csv download="audit-log.csv">"CSV"</a> ", "
                    <a href=json download="audit-log.jsonl">"JSON lines"</a>
                </p>
            }
            .into_any(),
        ),
        first,
        next,
    };
    Page::new("Audit log").signed_in(operator, Screen::AuditLog).render(list.render())
}

fn row(entry: AuditEntry, name_of: &impl Fn(&str) -> Option<String>) -> Row {
    let part = |label: &'static str, json: Option<String>| {
        json.map(|json| view! { <div><span class="muted">{label}</span> <code>{json}</code></div> })
    };
    Row::plain(time(entry.at))
        .cell(entry.actor.to_string())
        .cell(view! { <code class="action-name">{entry.action.into_owned()}</code> })
        .cell(view! { <div class="object">{object(&entry.object, name_of)}</div> })
        .cell(view! { <div class="change">{part("before ", entry.before)} {part("after ", entry.after)}</div> })
        .cell(entry.reason.map(String::from))
}

/// Renders the name of an object: a link to its screen if it has one.
fn object(object: &AuditObject, name_of: &impl Fn(&str) -> Option<String>) -> AnyView {
    let AuditObject { kind, id } = object;
    let name = match name_of(id).filter(|_| kind == "operator") {
        Some(email) => format!("operator {email}"),
        None => format!("{kind} {id}"),
    };
    match path_of(object) {
        Some(path) => view! { <a href=path>{name}</a> }.into_any(),
        None => name.into_any(),
    }
}

/// Returns the address of an object's screen. Entries about no single object, such as an export, have another id.
fn path_of(object: &AuditObject) -> Option<String> {
    let screen = match &*object.kind {
        "product" => "products",
        "order" => "orders",
        "refund" => "refunds",
        "payment" => "payments",
        _ => return None,
    };
    let id = object.id.parse::<Uuid>().ok()?;
    Some(format!("/admin/{screen}/{id}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_with_a_screen_link_to_it() {
        let id = Uuid::from_u128(7);
        for (kind, screen) in
            [("product", "products"), ("order", "orders"), ("refund", "refunds"), ("payment", "payments")]
        {
            assert_eq!(path_of(&AuditObject::new(kind, id)), Some(format!("/admin/{screen}/{id}")));
        }
        assert_eq!(path_of(&AuditObject::new("client", id)), None);
        assert_eq!(path_of(&AuditObject::new("order", "export")), None);
    }
}
