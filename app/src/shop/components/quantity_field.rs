//! How many: a number field that works by itself, and two buttons that wake up in the browser.

use leptos::prelude::*;

/// The field's id, by which its label and [`typed`] find it.
const FIELD: &str = "qty";

/// What the shopper has typed before the page woke up, or the browser has kept from before a reload; else `suggested`.
pub(super) fn typed(suggested: u32) -> u32 {
    #[cfg(feature = "hydrate")]
    {
        use wasm_bindgen::JsCast;
        let field = document().get_element_by_id(FIELD).and_then(|e| e.dyn_into::<web_sys::HtmlInputElement>().ok());
        field.and_then(|field| field.value().parse().ok()).unwrap_or(suggested)
    }
    #[cfg(not(feature = "hydrate"))]
    suggested
}

/// A field named `qty`, from 1 to `most`. A button that has come to its end says so and does nothing more; were it disabled,
/// it would lose the focus of who presses it by keyboard.
#[component]
pub(super) fn Quantity(
    qty: RwSignal<u32>,
    most: u32,
    /// The refusal beside the form, where it is about this field.
    invalid: bool,
) -> impl IntoView {
    let first = qty.get_untracked();
    let heard = move |text: String| {
        if let Ok(n) = text.parse::<u32>() {
            qty.set(n);
        }
    };
    view! {
        <div class="quantity">
            <label for=FIELD>"Quantity"</label>
            <div class="stepper">
                <button
                    type="button"
                    class="step"
                    aria-label="One less"
                    aria-disabled=move || (qty.get() <= 1).then_some("true")
                    on:click=move |_| qty.update(|n| *n = n.saturating_sub(1).clamp(1, most))
                >
                    "−"
                </button>
                <input
                    id=FIELD
                    name="qty"
                    type="number"
                    inputmode="numeric"
                    min="1"
                    max=most.to_string()
                    required
                    value=first.to_string()
                    prop:value=move || qty.get().to_string()
                    aria-invalid=invalid.then_some("true")
                    aria-describedby=invalid.then_some("notice")
                    on:input=move |event| heard(event_target_value(&event))
                />
                <button
                    type="button"
                    class="step"
                    aria-label="One more"
                    aria-disabled=move || (qty.get() >= most).then_some("true")
                    on:click=move |_| qty.update(|n| *n = n.saturating_add(1).clamp(1, most))
                >
                    "+"
                </button>
            </div>
        </div>
    }
}
