//! Whether the browser shows the page, or another tab or window hides it.

use leptos::prelude::document;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, VisibilityState};

/// Returns true while nobody can see the page.
pub(crate) fn is_hidden() -> bool {
    document().visibility_state() == VisibilityState::Hidden
}

/// Calls `handler` whenever the page is hidden or shown, until the document goes.
pub(crate) fn on_visibility_change(handler: fn()) {
    let listener = Closure::<dyn FnMut(Event)>::new(move |_| handler());
    let _ = document().add_event_listener_with_callback("visibilitychange", listener.as_ref().unchecked_ref());
    listener.forget();
}
