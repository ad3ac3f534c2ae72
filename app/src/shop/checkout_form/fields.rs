//! The fields of a contact.
#![expect(clippy::needless_pass_by_value, reason = "components own their props")]

use super::{CheckoutEntry, countries::countries};
use crate::{
    i18n::text,
    shop::ShopInfo,
    ui::slot::{SLOT, with_element},
};
use checkout::model::{
    AddressDraft, ContactField, ContactProblem, MAX_CONTACT_TEXT_CHARS, MAX_EMAIL_LENGTH, MAX_POSTAL_CODE_CHARS,
};
use leptos::prelude::*;

/// A text field.
struct TextField {
    field: ContactField,
    /// The name in the form, and the id of the input.
    name: &'static str,
    label: String,
    kind: &'static str,
    /// HTML's autofill field name, by which the browser fills the field in.
    autocomplete: &'static str,
    need: Need,
    value: String,
    max_length: usize,
}

/// The id of the hint about a mistyped address.
const HINT_ID: &str = "email-hint";

/// Whether a field must be filled in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    Required,
    Optional,
    /// The server decides: some countries have no postal codes.
    ByCountry,
}

impl TextField {
    fn render(self, entry: &CheckoutEntry) -> AnyView {
        let Self { field, name, label, kind, autocomplete, need, value, max_length } = self;
        let error = entry.problem(field).map(|problem| message(&label, problem));
        let error_id = format!("{name}-error");
        let has_hint = field == ContactField::Email && entry.suggestion.is_some();
        let described_by = if has_hint { Some(HINT_ID.to_owned()) } else { error.is_some().then(|| error_id.clone()) };
        view! {
            <p class="field" data-field=name>
                <label for=name>
                    {label}
                    {(need == Need::Optional).then(|| view! { <span class="muted">" " {text!("field-optional")}</span> })}
                </label>
                <input
                    id=name
                    name=name
                    type=kind
                    autocomplete=autocomplete
                    inputmode=(kind == "email").then_some("email")
                    autocapitalize=(kind == "email").then_some("none")
                    spellcheck="false"
                    maxlength=max_length.to_string()
                    required=need == Need::Required
                    value=value
                    autofocus=entry.field_to_correct() == Some(field)
                    aria-invalid=error.is_some().then_some("true")
                    aria-describedby=described_by
                />
                {error.map(|error| view! { <span class="field-error" id=error_id>{error}</span> })}
            </p>
        }
        .into_any()
    }
}

/// The fields of e-mail, name and, where the product ships, address. `action` is the text of the form's button.
#[component]
pub(crate) fn ContactFields(ships: bool, entry: CheckoutEntry, action: String) -> impl IntoView {
    let draft = entry.draft.clone();
    let email = TextField {
        field: ContactField::Email,
        name: "email",
        label: text!("field-email"),
        kind: "email",
        autocomplete: "email",
        need: Need::Required,
        value: draft.email,
        max_length: MAX_EMAIL_LENGTH,
    };
    let name = text_field(ContactField::Name, "name", text!("field-name"), "name", draft.name.unwrap_or_default());
    let name = TextField { need: if ships { Need::Required } else { Need::Optional }, ..name };
    let address = ships.then(|| address_fields(draft.address.unwrap_or_default(), &entry));
    let has_hint = entry.suggestion.is_some();
    // Sending the form again answers the question whether the address is right.
    let kept_email = if has_hint { Some(entry.draft.email.clone()) } else { entry.kept_email.clone() };
    view! {
        // The Enter key presses the first button of a form. It must not be the one that changes the address.
        {has_hint.then(|| view! {
            <button class="visually-hidden" type="submit" tabindex="-1" aria-hidden="true">{action}</button>
        })}
        <fieldset class="fields">
            <legend>{text!("field-your-details")}</legend>
            {email.render(&entry)}
            {kept_email.map(|kept| view! { <input type="hidden" name="keep_email" value=kept /> })}
            {entry.suggestion.clone().map(|meant| view! { <Suggestion meant /> })}
            {name.render(&entry)}
        </fieldset>
        {address}
    }
}

fn text_field(
    field: ContactField,
    name: &'static str,
    label: String,
    autocomplete: &'static str,
    value: String,
) -> TextField {
    TextField {
        field,
        name,
        label,
        kind: "text",
        autocomplete,
        need: Need::Required,
        value,
        max_length: MAX_CONTACT_TEXT_CHARS,
    }
}

fn address_fields(address: AddressDraft, entry: &CheckoutEntry) -> AnyView {
    let AddressDraft { country, line1, line2, city, postal_code, state } = address;
    let optional = |field: TextField| TextField { need: Need::Optional, ..field };
    let (line2, postal_code) = (line2.unwrap_or_default(), postal_code.unwrap_or_default());
    let line1 = text_field(ContactField::Line1, "line1", text!("field-line1"), "address-line1", line1);
    let line2 = text_field(ContactField::Line2, "line2", text!("field-line2"), "address-line2", line2);
    let label = text!("field-postal-code");
    let postal_code = text_field(ContactField::PostalCode, "postal_code", label, "postal-code", postal_code);
    let city = text_field(ContactField::City, "city", text!("field-city"), "address-level2", city);
    let state = state.unwrap_or_default();
    let state = text_field(ContactField::State, "state", text!("field-state"), "address-level1", state);
    let postal_code = TextField { max_length: MAX_POSTAL_CODE_CHARS, need: Need::ByCountry, ..postal_code };
    view! {
        <fieldset class="fields">
            <legend>{text!("field-where-to")}</legend>
            {country_field(&country, entry)}
            {line1.render(entry)}
            {optional(line2).render(entry)}
            <div class="field-row">{postal_code.render(entry)} {city.render(entry)}</div>
            {optional(state).render(entry)}
        </fieldset>
    }
    .into_any()
}

fn country_field(chosen: &str, entry: &CheckoutEntry) -> AnyView {
    let label = text!("field-country");
    let error = entry.problem(ContactField::Country).map(|problem| message(&label, problem));
    let options = countries().iter().map(|(country, name)| {
        let is_chosen = country.code().eq_ignore_ascii_case(chosen.trim());
        view! { <option value=country.code() selected=is_chosen>{name.as_str()}</option> }
    });
    view! {
        <p class="field" data-field="country">
            <label for="country">{label}</label>
            <select
                id="country"
                name="country"
                autocomplete="country"
                required
                autofocus=entry.field_to_correct() == Some(ContactField::Country)
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=error.is_some().then_some("country-error")
            >
                <option value="">{text!("field-country", "choose")}</option>
                {options.collect_view()}
            </select>
            {error.map(|error| view! { <span class="field-error" id="country-error">{error}</span> })}
        </p>
    }
    .into_any()
}

/// Asks whether an address was mistyped. Continuing with the form keeps the address as it is.
#[component]
fn Suggestion(meant: String) -> impl IntoView {
    let sends_mail = use_context::<ShopInfo>().is_some_and(|info| info.sends_mail);
    let reached = if sends_mail { text!("field-receipt-goes-there") } else { text!("field-shop-reaches-you") };
    let label = text!("field-use-email", email = meant.as_str());
    let question = with_element(&text!("field-did-you-mean", email = SLOT), view! { <strong>{meant.clone()}</strong> });
    view! {
        <div class="field-hint" id=HINT_ID role="alert" data-testid="email-hint">
            <p>{question} " " {reached}</p>
            <button class="button button-secondary" type="submit" name="use_email" value=meant formnovalidate>
                {label}
            </button>
        </div>
    }
}

/// Returns the message beside a field: the shopper's next step.
fn message(label: &str, problem: ContactProblem) -> String {
    match problem {
        ContactProblem::Missing => text!("field-error-missing", field = label),
        ContactProblem::Email => text!("field-error-email"),
        ContactProblem::Country => text!("field-error-country"),
        // The form has no field for it.
        ContactProblem::Language => text!("field-error-language", field = label),
        ContactProblem::TooLong(most) => text!("field-error-long", field = label, most = most),
        ContactProblem::Unprintable => text!("field-error-unprintable", field = label),
    }
}
