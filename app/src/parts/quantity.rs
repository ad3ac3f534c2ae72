//! How many: a number field that works by itself, and two buttons that wake up in the browser.

use leptos::prelude::*;

/// A field named `qty`, from 1 to `most`.
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
            <label for="qty">"Quantity"</label>
            <div class="stepper">
                <button
                    type="button"
                    class="step"
                    aria-label="One less"
                    disabled=move || qty.get() <= 1
                    on:click=move |_| qty.update(|n| *n = n.saturating_sub(1).clamp(1, most))
                >
                    "−"
                </button>
                <input
                    id="qty"
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
                    disabled=move || { qty.get() >= most }
                    on:click=move |_| qty.update(|n| *n = n.saturating_add(1).clamp(1, most))
                >
                    "+"
                </button>
            </div>
        </div>
    }
}
