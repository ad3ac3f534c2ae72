//! The address of a page that is the response to a form.

use leptos::prelude::*;

/// Shows the address of the page in place of the form's. Then a reload, the back button and a bookmark open the page, and the
/// browser does not ask whether to send the form again.
#[island]
pub fn OwnAddress(path: String) -> impl IntoView {
    Effect::new(move |_| replace_address(&path));
    view! { <span hidden></span> }
}

#[cfg(feature = "hydrate")]
fn replace_address(path: &str) {
    // Without it the page still works.
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(path));
    }
}

/// Only the browser has an address to replace.
#[cfg(not(feature = "hydrate"))]
fn replace_address(_: &str) {}
