//! Forms for one change, which open under their button and ask for a reason. They work without scripts.

use super::{
    entered::Entered,
    form::{Field, hidden},
};
use leptos::prelude::*;

/// The field in which an operator says why they make a change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReasonField {
    /// The text that was entered.
    pub value: String,
    /// Why the text is refused.
    pub error: Option<String>,
    /// Whether it may stay empty.
    pub optional: bool,
}

impl ReasonField {
    /// The name of the field in a form.
    pub const NAME: &'static str = "reason";

    /// An empty field that may stay empty.
    pub fn optional() -> Self {
        Self { optional: true, ..Self::default() }
    }

    /// The required field as it was sent in a form, with its message.
    pub fn entered(entered: &Entered) -> Self {
        let error = entered.error(Self::NAME).map(str::to_owned);
        Self { value: entered.get(Self::NAME).to_owned(), error, optional: false }
    }

    /// Renders the field. `id_prefix` distinguishes the reasons of several forms on one page.
    pub fn render(self, id_prefix: &'static str) -> AnyView {
        let Self { value, error, optional } = self;
        let hint = Some("For the audit log. Shoppers do not see it.");
        Field { hint, optional, id_prefix, ..Field::new("text", Self::NAME, "Reason") }.filled(value, error).render()
    }
}

/// A form for one change, closed at first.
pub struct ActionForm {
    /// Distinguishes the form's fields on the page, such as `pause-`.
    pub id_prefix: &'static str,
    /// The path that the form is sent to.
    pub action: String,
    /// The button that opens the form.
    pub label: &'static str,
    /// The consequences of the change.
    pub explanation: String,
    /// Values that the form carries.
    pub hidden: Vec<(&'static str, String)>,
    /// Fields above the reason.
    pub fields: Vec<AnyView>,
    /// The field for the reason, if the change has one.
    pub reason: Option<ReasonField>,
    /// The button that sends the form.
    pub submit: &'static str,
    /// Whether the change takes something away.
    pub is_danger: bool,
    /// Why the change was refused. The form is then open.
    pub error: Option<String>,
}

impl ActionForm {
    /// A form with a required reason and no further fields.
    pub fn new(id_prefix: &'static str, action: impl Into<String>, label: &'static str, submit: &'static str) -> Self {
        Self {
            id_prefix,
            action: action.into(),
            label,
            explanation: String::new(),
            hidden: Vec::new(),
            fields: Vec::new(),
            reason: Some(ReasonField::default()),
            submit,
            is_danger: false,
            error: None,
        }
    }

    /// Renders the button and the form.
    pub fn render(self) -> AnyView {
        let Self { id_prefix, action, label, explanation, hidden: carried, fields, reason, submit, is_danger, error } =
            self;
        let is_open = error.is_some() || reason.as_ref().is_some_and(|reason| reason.error.is_some());
        let opener = if is_danger { "button button-danger" } else { "button button-secondary" };
        let sender = if is_danger { "button button-danger" } else { "button button-primary" };
        let explanation = (!explanation.is_empty()).then(|| view! { <p>{explanation}</p> });
        let error = error.map(|error| view! { <p class="flash flash-error" role="alert">{error}</p> });
        let carried: Vec<_> = carried.into_iter().map(|(name, value)| hidden(name, value)).collect();
        view! {
            <details class="action" open=is_open>
                <summary class=opener>{label}</summary>
                <form method="post" action=action class="panel">
                    {error}
                    {explanation}
                    {carried}
                    {fields}
                    {reason.map(|reason| reason.render(id_prefix))}
                    <p class="actions"><button class=sender type="submit">{submit}</button></p>
                </form>
            </details>
        }
        .into_any()
    }
}
