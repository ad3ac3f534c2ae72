//! The quantity field of the reservation form.

use crate::ui::IslandText;
use leptos::prelude::*;

/// The input's id, for its label and for [`current_or`].
const FIELD_ID: &str = "qty";

/// Returns the input's value: what the shopper typed before hydration, or what the browser restored after a reload. Falls
/// back to `suggested`.
fn current_or(suggested: u32) -> u32 {
    #[cfg(feature = "hydrate")]
    {
        use wasm_bindgen::JsCast;
        let field = document().get_element_by_id(FIELD_ID).and_then(|e| e.dyn_into::<web_sys::HtmlInputElement>().ok());
        field.and_then(|field| field.value().parse().ok()).unwrap_or(suggested)
    }
    #[cfg(not(feature = "hydrate"))]
    suggested
}

/// An input named `qty`, from 1 to `max`, with buttons for one less and one more, which need the island to be hydrated. A
/// button at its limit is marked with `aria-disabled` and does nothing. The `disabled` attribute would take the focus away
/// from keyboard users.
#[island]
pub fn QuantityField(
    /// Initial quantity.
    qty: u32,
    max: u32,
    /// Whether the error notice beside the form is about this field.
    has_notice: bool,
) -> impl IntoView {
    let initial = qty;
    let qty = RwSignal::new(current_or(qty));
    let on_input = move |text: String| {
        if let Ok(n) = text.parse::<u32>() {
            qty.set(n);
        }
    };
    view! {
        <div class="quantity">
            <label for=FIELD_ID>{IslandText::Quantity.get()}</label>
            <div class="stepper">
                <button
                    type="button"
                    class="stepper-button"
                    aria-label=IslandText::OneLess.get()
                    aria-disabled=move || (qty.get() <= 1).then_some("true")
                    on:click=move |_| qty.update(|n| *n = n.saturating_sub(1).clamp(1, max))
                >
                    "−"
                </button>
                <input
                    id=FIELD_ID
                    name="qty"
                    type="number"
                    inputmode="numeric"
                    min="1"
                    max=max.to_string()
                    required
                    value=initial.to_string()
                    prop:value=move || qty.get().to_string()
                    aria-describedby=has_notice.then_some("notice")
                    on:input=move |event| on_input(event_target_value(&event))
                />
                <button
                    type="button"
                    class="stepper-button"
                    aria-label=IslandText::OneMore.get()
                    aria-disabled=move || (qty.get() >= max).then_some("true")
                    on:click=move |_| qty.update(|n| *n = n.saturating_add(1).clamp(1, max))
                >
                    "+"
                </button>
            </div>
        </div>
    }
}
