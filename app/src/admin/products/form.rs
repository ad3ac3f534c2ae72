//! The forms of a new product and of an edit.

use super::{PATH, path};
use crate::admin::{
    confirm::ReasonField,
    entered::Entered,
    form::{Field, hidden, select, submit, text_area},
    layout::{Page, PageOperator, Screen, time},
};
use checkout::model::{Product, Timestamp};
use leptos::prelude::*;

/// The fields of a product's details, by their names in the forms.
pub const DETAILS: [&str; 15] = [
    "name",
    "description",
    "tagline",
    "story",
    "specification",
    "hue",
    "featured",
    "price",
    "limit",
    "starts_at",
    "ends_at",
    "hold_seconds",
    "pay_seconds",
    "extend_seconds",
    "ships",
];

/// The value of the field `ships` for a product that is sent to its buyer.
pub const SHIPS: &str = "yes";

/// The value of the field `featured` for a product that the home page shows first.
pub const FEATURED: &str = "yes";

/// The state of the form that edits a product.
pub struct EditState {
    /// The values in the fields.
    pub entered: Entered,
    /// Digests of the values that the operator saw before they changed any. The form carries them, so that a conflict shows
    /// which fields both operators changed.
    pub base: Entered,
    /// The revision that the form is about.
    pub revision: u64,
    /// The changes since the operator opened the form.
    pub conflict: Option<Conflict>,
}

/// A change that somebody else made while the operator edited a product.
pub struct Meanwhile {
    /// The person or program.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// The name of the field in the audit log.
    pub field: String,
    /// The value before.
    pub before: String,
    /// The value after.
    pub after: String,
}

/// Changes that others made while the operator edited a product.
pub struct Conflict {
    /// The changes, newest first.
    pub changes: Vec<Meanwhile>,
    /// Fields that both operators changed. The form keeps the values that were typed.
    pub both: Vec<&'static str>,
}

/// Renders the page of a new product.
pub fn new_product(operator: PageOperator<'_>, entered: &Entered) -> String {
    let slug = Field {
        hint: Some("The name in the product’s address: letters a to z, digits, hyphens."),
        ..text("slug", "Slug")
    };
    let stock = Field { min: Some("0"), ..number("stock", "Units for sale") };
    let currency =
        Field { hint: Some("Three letters, such as USD. It cannot be changed later."), ..text("currency", "Currency") };
    Page::new("New product").signed_in(operator, Screen::Products).back("Products", PATH).render(view! {
        <form method="post" action=PATH class="panel" novalidate>
            {summary(entered)}
            {entered.fill(text("name", "Name")).render()}
            {entered.fill(slug).render()}
            {words(entered)}
            <div class="field-row">
                {entered.fill(price()).render()}
                {entered.fill(currency).render()}
            </div>
            <div class="field-row">
                {entered.fill(stock).render()}
                {entered.fill(limit()).render()}
            </div>
            {window(entered)}
            {times(entered)}
            {delivery(entered)}
            {appearance(entered)}
            {submit("Create product")}
        </form>
    })
}

/// Renders the form that edits a product.
pub(super) fn edit_form(product: &Product, state: EditState) -> AnyView {
    let EditState { entered, base, revision, conflict } = state;
    let label = format!("Price in {}", product.price.currency);
    let keep = match product.stock.held {
        0 => String::new(),
        held => format!(" Now, {} in active holds.", crate::admin::labels::units(held)),
    };
    let submit_label = if conflict.is_some() { "Save on top of these changes" } else { "Save changes" };
    let conflict = conflict.map(conflict_notice);
    let base: Vec<_> = DETAILS.map(|name| hidden(format!("was_{name}"), base.get(name))).into();
    let reason = ReasonField { optional: true, ..ReasonField::entered(&entered) };
    view! {
        <form method="post" action=path(product.id) class="panel" novalidate aria-labelledby="edit">
            <h2 id="edit">"Details"</h2>
            {conflict}
            {summary(&entered)}
            {hidden("revision", revision.to_string())}
            {base}
            {entered.fill(text("name", "Name")).render()}
            {words(&entered)}
            <div class="field-row">
                {entered.fill(Field { own_label: Some(label), ..price() }).render()}
                {entered.fill(limit()).render()}
            </div>
            <p class="hint">
                "A new price counts for new holds. Existing holds and orders keep the price at which they were placed."
                {keep}
            </p>
            {window(&entered)}
            {times(&entered)}
            {delivery(&entered)}
            {appearance(&entered)}
            {reason.render("edit-")}
            {submit(submit_label)}
        </form>
    }
    .into_any()
}

/// A message above the form: some fields have to be corrected.
fn summary(entered: &Entered) -> Option<AnyView> {
    (!entered.is_valid()).then(|| {
        view! { <p class="flash flash-error" role="alert">"Nothing was saved. Correct the fields that are marked."</p> }
            .into_any()
    })
}

fn text(name: &'static str, label: &'static str) -> Field {
    Field::new("text", name, label)
}

fn number(name: &'static str, label: &'static str) -> Field {
    Field { inputmode: Some("numeric"), min: Some("1"), ..Field::new("number", name, label) }
}

fn price() -> Field {
    Field { inputmode: Some("decimal"), placeholder: Some("19.99"), ..text("price", "Price") }
}

fn limit() -> Field {
    Field { optional: true, ..number("limit", "Limit per shopper") }
}

/// The texts of the product's page.
fn words(entered: &Entered) -> AnyView {
    let tagline = Field {
        optional: true,
        hint: Some("One sentence below the name, at most 160 characters."),
        ..text("tagline", "Tagline")
    };
    let area = |name, label, hint, rows| {
        text_area(name, label, hint, rows, entered.get(name), entered.error(name).map(str::to_owned))
    };
    let description = "One or two sentences, at most 2000 characters. They begin the story where there is a tagline.";
    let story = "Below the picture, at most 5000 characters. An empty line begins a new paragraph.";
    let specification = "One fact a line, such as “Weight: 180 g”. At most 30 lines.";
    view! {
        {entered.fill(tagline).render()}
        {area("description", "Description (optional)", description, 4)}
        {area("story", "Story (optional)", story, 8)}
        {area("specification", "Specification (optional)", specification, 6)}
    }
    .into_any()
}

/// The colours, and the place on the home page.
fn appearance(entered: &Entered) -> AnyView {
    let hue = Field {
        optional: true,
        min: Some("0"),
        hint: Some(
            "An angle from 0 to 359: 29 is red, 110 yellow, 142 green, 195 cyan, 264 blue, 328 magenta. Leave it empty \
             to take the colours of the first picture.",
        ),
        ..number("hue", "Hue")
    };
    let places = [("", "Among the others"), (FEATURED, "Featured: shown first")];
    let places = places.map(|(value, label)| (value.to_owned(), label.to_owned()));
    let place = select(
        "featured".to_owned(),
        "featured",
        "Place on the home page".to_owned(),
        false,
        places,
        entered.get("featured"),
    );
    view! {
        {entered.fill(hue).render()}
        {place}
        {entered.error("featured").map(|error| view! { <p class="field-error">{error.to_owned()}</p> })}
    }
    .into_any()
}

fn window(entered: &Entered) -> AnyView {
    let at = |name, label| Field { optional: true, step: Some("any"), ..Field::new("datetime-local", name, label) };
    view! {
        <div class="field-row">
            {entered.fill(at("starts_at", "Sale starts, in UTC")).render()}
            {entered.fill(at("ends_at", "Sale ends, in UTC")).render()}
        </div>
    }
    .into_any()
}

fn times(entered: &Entered) -> AnyView {
    let extension = Field { optional: true, ..number("extend_seconds", "Extension, in seconds") };
    view! {
        <div class="field-row">
            {entered.fill(number("hold_seconds", "Hold lasts, in seconds")).render()}
            {entered.fill(number("pay_seconds", "Time to pay, in seconds")).render()}
            {entered.fill(extension).render()}
        </div>
    }
    .into_any()
}

fn delivery(entered: &Entered) -> AnyView {
    let choices = [("", "Not shipped: ask for the e-mail address"), (SHIPS, "Shipped: ask for name and address")];
    let choices = choices.map(|(value, label)| (value.to_owned(), label.to_owned()));
    select("ships".to_owned(), "ships", "Delivery".to_owned(), false, choices, entered.get("ships"))
}

/// A table of the changes that others made meanwhile, field by field.
fn conflict_notice(conflict: Conflict) -> AnyView {
    let Conflict { changes, both } = conflict;
    let rows: Vec<_> = changes
        .into_iter()
        .map(|Meanwhile { by, at, field, before, after }| {
            view! {
                <tr>
                    <th scope="row">{field_label(&field)}</th>
                    <td class="change-text">{before}</td>
                    <td class="change-text">{after}</td>
                    <td>{by}</td>
                    <td>{time(at)}</td>
                </tr>
            }
        })
        .collect();
    let both: Vec<_> = both.into_iter().map(field_label).collect();
    let kept = if both.is_empty() {
        "The fields below contain these changes and yours. Check them, and save again.".to_owned()
    } else {
        format!(
            "You changed these fields as well, and the form keeps your values: {}. Check them, and save again.",
            both.join(", ")
        )
    };
    view! {
        <div class="flash flash-warning conflict" role="alert" data-testid="conflict">
            <h3>"Somebody else changed this product while you edited it"</h3>
            <p>"Nothing of yours was saved yet. "{kept}</p>
            <div class="table" role="region" aria-label="Changes made meanwhile" tabindex="0">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">"Field"</th>
                            <th scope="col">"Before"</th>
                            <th scope="col">"Now"</th>
                            <th scope="col">"Who"</th>
                            <th scope="col">"When"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </div>
    }
    .into_any()
}

/// Returns the label of a field, by its name in a form or in the audit log.
fn field_label(name: &str) -> String {
    let label = match name {
        "limit" | "per_shopper_limit" => "Limit per shopper",
        "starts_at" => "Start of the sale",
        "ends_at" => "End of the sale",
        "window" => "Time of the sale",
        "hold_seconds" | "hold_for" => "Hold time",
        "pay_seconds" | "pay_within" => "Time to pay",
        "extend_seconds" | "extend_by" => "Extension",
        "ships" => "Delivery",
        "tagline" => "Tagline",
        "story" => "Story",
        "specification" => "Specification",
        "hue" => "Hue",
        "featured" => "Place on the home page",
        "name" => "Name",
        "description" => "Description",
        "price" => "Price",
        "image" | "pictures" => "Pictures",
        other => other,
    };
    label.to_owned()
}
