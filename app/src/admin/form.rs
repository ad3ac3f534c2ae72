//! Fields of forms: each has a label, and its error stands beside it.

use leptos::prelude::*;

/// A field with one line of text.
#[derive(Debug, Clone, Default)]
pub struct Field {
    /// The name in the form.
    pub name: &'static str,
    /// The label.
    pub label: &'static str,
    /// The type of the input.
    pub kind: &'static str,
    /// The autocomplete token.
    pub autocomplete: &'static str,
    /// The value at first.
    pub value: String,
    /// The value to enter, in a few words.
    pub hint: Option<&'static str>,
    /// The reason why the value is refused.
    pub error: Option<String>,
    /// Whether it may stay empty.
    pub optional: bool,
    /// The keyboard of phones, such as `numeric`.
    pub inputmode: Option<&'static str>,
    /// Whether it belongs to a filter, in which every field may stay empty and the label need not say so.
    pub is_filter: bool,
    /// Distinguishes fields of the same name on one page.
    pub id_prefix: &'static str,
    /// An example that stands in the field while it is empty.
    pub placeholder: Option<&'static str>,
    /// Whether the key `/` leads to the field.
    pub is_search: bool,
    /// The granularity of numbers and times, such as `any`.
    pub step: Option<&'static str>,
    /// The least number.
    pub min: Option<&'static str>,
    /// The label, where it is not fixed.
    pub own_label: Option<String>,
}

impl Field {
    /// A field that must be filled in.
    pub fn new(kind: &'static str, name: &'static str, label: &'static str) -> Self {
        Self { name, label, kind, autocomplete: "off", ..Self::default() }
    }

    /// A field of a filter.
    pub fn filter(kind: &'static str, name: &'static str, label: &'static str) -> Self {
        Self { optional: true, is_filter: true, id_prefix: "filter-", ..Self::new(kind, name, label) }
    }

    /// The operator's current password.
    pub fn current_password(name: &'static str, label: &'static str) -> Self {
        Self { autocomplete: "current-password", ..Self::new("password", name, label) }
    }

    /// A password that the operator chooses.
    pub fn new_password(name: &'static str, label: &'static str) -> Self {
        Self {
            autocomplete: "new-password",
            hint: Some("At least 12 characters. A few unrelated words are easy to remember."),
            ..Self::new("password", name, label)
        }
    }

    /// A code of the authenticator app.
    pub fn code(label: &'static str) -> Self {
        Self { autocomplete: "one-time-code", inputmode: Some("numeric"), ..Self::new("text", "code", label) }
    }

    /// Sets the value and the error.
    #[must_use]
    pub fn filled(mut self, value: impl Into<String>, error: Option<impl Into<String>>) -> Self {
        self.value = value.into();
        self.error = error.map(Into::into);
        self
    }

    /// Renders label, hint, input and error.
    pub fn render(self) -> AnyView {
        let Self { name, label, kind, autocomplete, value, hint, error, optional, inputmode, .. } = self;
        let Self { is_filter, id_prefix, placeholder, is_search, step, min, own_label, .. } = self;
        let shortcut = is_search.then_some("/");
        let label = own_label.unwrap_or_else(|| label.to_owned());
        let id = format!("{id_prefix}{name}");
        let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
        let described: Vec<_> =
            [hint.map(|_| hint_id.clone()), error.as_ref().map(|_| error_id.clone())].into_iter().flatten().collect();
        let described = (!described.is_empty()).then(|| described.join(" "));
        let invalid = error.as_ref().map(|_| "true");
        let label = if optional && !is_filter { format!("{label} (optional)") } else { label };
        view! {
            <div class="field">
                <label for=id.clone()>{label}</label>
                {hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
                <input
                    id=id
                    name=name
                    type=kind
                    autocomplete=autocomplete
                    inputmode=inputmode
                    placeholder=placeholder
                    step=step
                    min=min
                    data-search=is_search
                    aria-keyshortcuts=shortcut
                    value=(!value.is_empty()).then_some(value)
                    required=!optional
                    spellcheck="false"
                    autocapitalize="none"
                    aria-describedby=described
                    aria-invalid=invalid
                />
                {error.map(|error| view! { <p class="field-error" id=error_id>{error}</p> })}
            </div>
        }
        .into_any()
    }
}

/// Escapes the content of a textarea, which the renderer writes as it is. Browsers drop a line break at its beginning.
fn text_area_content(value: &str) -> String {
    format!("\n{}", value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"))
}

/// A field with several lines of text. `hint` says what to enter.
pub fn text_area(
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    rows: u8,
    value: &str,
    error: Option<String>,
) -> AnyView {
    let (hint_id, error_id) = (format!("{name}-hint"), format!("{name}-error"));
    let described = match &error {
        Some(_) => format!("{hint_id} {error_id}"),
        None => hint_id.clone(),
    };
    let invalid = error.as_ref().map(|_| "true");
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <p class="hint" id=hint_id>{hint}</p>
            <textarea
                id=name
                name=name
                rows=rows.to_string()
                aria-describedby=described
                aria-invalid=invalid
                inner_html=text_area_content(value)
            ></textarea>
            {error.map(|error| view! { <p class="field-error" id=error_id>{error}</p> })}
        </div>
    }
    .into_any()
}

/// A field with a choice of values: value, label.
pub fn select(
    id: String,
    name: &'static str,
    label: String,
    is_label_hidden: bool,
    options: impl IntoIterator<Item = (String, String)>,
    selected: &str,
) -> AnyView {
    let options: Vec<_> = options
        .into_iter()
        .map(|(value, label)| {
            let is_selected = value == selected;
            view! { <option value=value selected=is_selected>{label}</option> }
        })
        .collect();
    let class = if is_label_hidden { "visually-hidden" } else { "" };
    view! {
        <div class="field">
            <label for=id.clone() class=class>{label}</label>
            <select id=id name=name>{options}</select>
        </div>
    }
    .into_any()
}

/// A checkbox of a group.
pub struct Choice {
    /// The name of its value, also its label.
    pub name: &'static str,
    /// Its meaning, in a few words.
    pub description: &'static str,
    /// Whether it is checked.
    pub is_chosen: bool,
}

/// A group of checkboxes. The ids of the boxes begin with `prefix`, and `error_id` is that of the error.
pub fn choices(
    prefix: &str,
    legend: &'static str,
    choices: impl IntoIterator<Item = Choice>,
    error_id: String,
    error: Option<String>,
) -> AnyView {
    let boxes: Vec<_> = choices
        .into_iter()
        .map(|Choice { name, description, is_chosen }| {
            let id = format!("{prefix}-{name}");
            view! {
                <div class="choice">
                    <input type="checkbox" id=id.clone() name=name value="on" checked=is_chosen />
                    <label for=id>{name} <span class="row-detail">{description}</span></label>
                </div>
            }
        })
        .collect();
    let described = error.is_some().then(|| error_id.clone());
    view! {
        <fieldset class="field choices" aria-describedby=described>
            <legend>{legend}</legend>
            {boxes}
            {error.map(|error| view! { <p class="field-error" id=error_id>{error}</p> })}
        </fieldset>
    }
    .into_any()
}

/// A value that a form carries.
pub fn hidden(name: impl Into<String>, value: impl Into<String>) -> AnyView {
    view! { <input type="hidden" name=name.into() value=value.into() /> }.into_any()
}

/// The button that sends a form.
pub fn submit(label: impl Into<String>) -> AnyView {
    view! { <p class="actions"><button class="button button-primary" type="submit">{label.into()}</button></p> }
        .into_any()
}

/// A form that is only a button, such as one in a row of a table. `context` says to screen readers what the button is about.
pub fn button(action: String, fields: Vec<(&'static str, String)>, label: &'static str, context: &str) -> AnyView {
    let fields: Vec<_> = fields.into_iter().map(|(name, value)| hidden(name, value)).collect();
    let context = format!(" {context}");
    view! {
        <form method="post" action=action class="inline">
            {fields}
            <button class="button button-small" type="submit">{label}<span class="visually-hidden">{context}</span></button>
        </form>
    }
    .into_any()
}
