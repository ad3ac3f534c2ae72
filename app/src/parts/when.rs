//! An instant for people: in UTC as the server draws it, in the shopper's own zone and language once awake.

use crate::words;
use checkout::model::Timestamp;
use leptos::prelude::*;

/// A `<time>`; `at` is in milliseconds since the epoch.
#[component]
pub fn When(at: i64) -> impl IntoView {
    let at = Timestamp::from_millis(at);
    let text = RwSignal::new(words::date(at));
    Effect::new(move |_| {
        if let Some(local) = local(at) {
            text.set(local);
        }
    });
    view! { <time datetime=at.to_string()>{move || text.get()}</time> }
}

/// The same on a page that the server draws.
#[island]
pub fn LocalTime(at: i64) -> impl IntoView {
    view! { <When at /> }
}

#[cfg(feature = "hydrate")]
fn local(at: Timestamp) -> Option<String> {
    use wasm_bindgen::JsValue;
    let options = js_sys::Object::new();
    for (name, value) in [("dateStyle", "medium"), ("timeStyle", "short")] {
        js_sys::Reflect::set(&options, &name.into(), &value.into()).ok()?;
    }
    let language = window().navigator().language()?;
    #[expect(clippy::cast_precision_loss, reason = "milliseconds until the year 9999 are exact in a double")]
    let date = js_sys::Date::new(&JsValue::from_f64(at.as_millis() as f64));
    date.to_locale_string(&language, &options).as_string()
}

#[cfg(not(feature = "hydrate"))]
fn local(_: Timestamp) -> Option<String> {
    None
}
