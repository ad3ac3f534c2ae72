//! Lists: a filter that stands in the address, a table whose columns sort, and the links to other pages. They work without
//! scripts, and each view of a list has an address that can be shared.

use super::form::{Field, hidden, select};
use leptos::prelude::*;

/// A list, with everything that its page shows besides the frame.
pub struct ListPage {
    /// The name of the list, for screen readers, such as `Orders`.
    pub label: &'static str,
    /// The filter.
    pub filter: FilterForm,
    /// The columns. The first one identifies the row.
    pub columns: Vec<Column>,
    /// The rows, or the reason why they cannot be shown.
    pub rows: Result<Vec<Row>, String>,
    /// The text in place of the table where nothing is listed and no filter is set.
    pub empty: EmptyList,
    /// A text above the table, such as the number of rows.
    pub note: Option<AnyView>,
    /// The address of the first page, unless this is it.
    pub first: Option<String>,
    /// The address of the next page, if there is one.
    pub next: Option<String>,
}

/// The text in place of an empty table.
pub struct EmptyList {
    /// A heading of a few words.
    pub title: &'static str,
    /// The reason, and the next step.
    pub text: &'static str,
}

/// The filter of a list.
pub struct FilterForm {
    /// The path of the list.
    pub path: &'static str,
    /// The fields.
    pub fields: Vec<FilterField>,
    /// Further parts of the address that the form keeps: the order of the rows.
    pub kept: Vec<(&'static str, String)>,
    /// Why the address cannot be read, apart from the fields.
    pub error: Option<String>,
}

/// A field of a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterField {
    /// The name in the address.
    pub name: &'static str,
    /// The label.
    pub label: &'static str,
    /// The kind of its values.
    pub kind: FilterKind,
    /// The value in the address.
    pub value: String,
    /// Why the value is refused.
    pub error: Option<String>,
}

/// The kind of a filter's values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FilterKind {
    /// The text to search for. The key `/` leads to it. The text says what can be searched.
    Search(&'static str),
    /// A text.
    Text,
    /// A day in UTC.
    Day,
    /// One of these values: value and label. The empty value, for all, is added.
    Choice(Vec<(String, String)>),
    /// A value that links beside the form set, such as a tab. The form keeps it.
    Kept,
}

impl FilterForm {
    /// Whether any field is set.
    pub fn is_set(&self) -> bool {
        self.fields.iter().any(|field| field.kind != FilterKind::Kept && !field.value.is_empty())
    }

    /// Whether the address has a value that cannot be read.
    pub fn has_error(&self) -> bool {
        self.error.is_some() || self.fields.iter().any(|field| field.error.is_some())
    }

    fn render(self, list: &'static str) -> AnyView {
        let is_set = self.is_set();
        let Self { path, fields, kept, error: _ } = self;
        if fields.is_empty() {
            return ().into_any();
        }
        let fields: Vec<_> = fields.into_iter().map(FilterField::render).collect();
        let kept: Vec<_> = kept.into_iter().map(|(name, value)| hidden(name, value)).collect();
        view! {
            <form method="get" action=path class="filter" role="search" aria-label=format!("Filter: {list}")>
                {fields}
                {kept}
                <div class="filter-actions">
                    <button class="button button-secondary" type="submit">"Filter"</button>
                    {is_set.then(|| view! { <a class="button button-quiet" href=path>"Clear"</a> })}
                </div>
            </form>
        }
        .into_any()
    }
}

impl FilterField {
    fn render(self) -> AnyView {
        let Self { name, label, kind, value, error } = self;
        match kind {
            FilterKind::Search(searched) => view! {
                <div class="filter-search">
                    {Field { placeholder: Some(searched), is_search: true, ..Field::filter("search", name, label) }
                        .filled(value, error)
                        .render()}
                </div>
            }
            .into_any(),
            FilterKind::Kept => hidden(name, value),
            FilterKind::Text => Field::filter("search", name, label).filled(value, error).render(),
            // A date field drops a text that is no date, so the text is shown as it was typed.
            FilterKind::Day => {
                let kind = if error.is_some() { "text" } else { "date" };
                Field::filter(kind, name, label).filled(value, error).render()
            }
            FilterKind::Choice(options) => {
                let options = [(String::new(), "All".to_owned())].into_iter().chain(options);
                let select = select(format!("filter-{name}"), name, label.to_owned(), false, options, &value);
                let error = error.map(|error| view! { <p class="field-error">{error}</p> });
                view! { <div>{select}{error}</div> }.into_any()
            }
        }
    }
}

/// A column of a table.
pub struct Column {
    /// The heading.
    pub label: &'static str,
    /// Whether it has numbers, which are aligned at the right.
    pub is_number: bool,
    /// Whether the heading is for screen readers only.
    pub is_label_hidden: bool,
    /// The link that sorts by it, if it sorts.
    pub sort: Option<SortLink>,
}

/// The link in a column's heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SortLink {
    /// The address of the list in the order that the link leads to.
    pub href: String,
    /// Whether the rows are in the column's order now: `Some(true)` where it is descending.
    pub is_descending: Option<bool>,
}

impl Column {
    /// A column that does not sort.
    pub fn new(label: &'static str) -> Self {
        Self { label, is_number: false, is_label_hidden: false, sort: None }
    }

    /// Aligns the column at the right.
    #[must_use]
    pub fn number(self) -> Self {
        Self { is_number: true, ..self }
    }

    /// Shows the heading to screen readers only.
    #[must_use]
    pub fn hidden_label(self) -> Self {
        Self { is_label_hidden: true, ..self }
    }

    fn render(self) -> AnyView {
        let Self { label, is_number, is_label_hidden, sort } = self;
        let class = if is_number { "number" } else { "" };
        if is_label_hidden {
            return view! { <th scope="col" class=class><span class="visually-hidden">{label}</span></th> }.into_any();
        }
        let Some(SortLink { href, is_descending }) = sort else {
            return view! { <th scope="col" class=class>{label}</th> }.into_any();
        };
        let order = is_descending.map(|descending| if descending { "descending" } else { "ascending" });
        view! { <th scope="col" class=class aria-sort=order><a href=href>{label}</a></th> }.into_any()
    }
}

/// A row of a table.
pub struct Row {
    title: AnyView,
    cells: Vec<AnyView>,
}

impl Row {
    /// A row with this title in its first column, which leads to a page of its own.
    pub fn linked(title: impl Into<String>, href: impl Into<String>) -> Self {
        let title = view! { <a data-row-link href=href.into()>{title.into()}</a> };
        Self { title: title.into_any(), cells: Vec::new() }
    }

    /// A row without a page of its own.
    pub fn plain(title: impl IntoView + 'static) -> Self {
        Self { title: title.into_any(), cells: Vec::new() }
    }

    /// Adds a text below the title.
    #[must_use]
    pub fn detail(self, detail: impl IntoView + 'static) -> Self {
        let title = view! { {self.title} <span class="row-detail">{detail}</span> };
        Self { title: title.into_any(), ..self }
    }

    /// Adds the cell of the next column.
    #[must_use]
    pub fn cell(mut self, cell: impl IntoView + 'static) -> Self {
        self.cells.push(cell.into_any());
        self
    }

    fn render(self, is_number: &[bool]) -> AnyView {
        let Self { title, cells } = self;
        let cells: Vec<_> = cells
            .into_iter()
            .enumerate()
            .map(|(nth, cell)| {
                let class = if is_number.get(nth + 1) == Some(&true) { "number" } else { "" };
                view! { <td class=class>{cell}</td> }
            })
            .collect();
        view! { <tr><th scope="row">{title}</th>{cells}</tr> }.into_any()
    }
}

/// A table in a box of its own that scrolls sideways.
pub fn table(label: &'static str, columns: Vec<Column>, rows: Vec<Row>) -> AnyView {
    let is_number: Vec<_> = columns.iter().map(|column| column.is_number).collect();
    let columns: Vec<_> = columns.into_iter().map(Column::render).collect();
    let rows: Vec<_> = rows.into_iter().map(|row| row.render(&is_number)).collect();
    view! {
        <div class="table" role="region" aria-label=format!("Table: {label}") tabindex="0">
            <table>
                <thead><tr>{columns}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

impl ListPage {
    /// Renders the list.
    pub fn render(self) -> AnyView {
        let Self { label, filter, columns, rows, empty, note, first, next } = self;
        let (path, is_set, has_error) = (filter.path, filter.is_set(), filter.has_error());
        let address_error = filter.error.clone();
        let body = match rows {
            _ if has_error => {
                let text = address_error.unwrap_or_else(|| "Correct the filter above to see the list.".to_owned());
                no_rows("This list cannot be shown".to_owned(), text, Some(path), true)
            }
            Err(text) => no_rows("This list cannot be shown".to_owned(), text, None, true),
            Ok(rows) if rows.is_empty() && (is_set || first.is_some()) => {
                let text = "Nothing matches this filter.".to_owned();
                no_rows("No matches".to_owned(), text, Some(path), false)
            }
            Ok(rows) if rows.is_empty() => no_rows(empty.title.to_owned(), empty.text.to_owned(), None, false),
            Ok(rows) => {
                let note = note.map(|note| view! { <div class="list-notes">{note}</div> });
                view! { {note} {table(label, columns, rows)} }.into_any()
            }
        };
        let has_pages = first.is_some() || next.is_some();
        let pages = has_pages.then(|| {
            view! {
                <nav class="pages" aria-label="Pages">
                    {first.map(|href| view! { <a class="button button-small" href=href>"First page"</a> })}
                    {next.map(|href| view! { <a class="button button-small next" rel="next" href=href>"Next"</a> })}
                </nav>
            }
        });
        view! { {filter.render(label)} {body} {pages} }.into_any()
    }
}

/// The box in place of a table.
fn no_rows(title: String, text: String, clear: Option<&'static str>, is_error: bool) -> AnyView {
    let role = if is_error { "alert" } else { "status" };
    let clear = clear.map(|path| {
        view! { <p class="actions"><a class="button button-small" href=path>"Clear the filter"</a></p> }
    });
    view! { <div class="empty" role=role><h2>{title}</h2><p>{text}</p>{clear}</div> }.into_any()
}
