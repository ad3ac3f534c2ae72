//! An instant for people: in UTC as the server draws it, in the shopper's own zone and language once awake.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// An instant as the server writes it: the browser needs no calendar of its own, which would be more code than the
/// rest of an island.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// Milliseconds since the epoch.
    pub at: i64,
    /// RFC 3339.
    pub iso: String,
    /// For people, in UTC.
    pub text: String,
}

#[cfg(feature = "ssr")]
impl From<checkout::model::Timestamp> for Moment {
    fn from(at: checkout::model::Timestamp) -> Self {
        Self { at: at.as_millis(), iso: at.to_string(), text: crate::words::date(at) }
    }
}

impl Moment {
    /// An instant as a stream tells it. Its text is for a browser that cannot put it in the shopper's language.
    pub fn told(iso: String) -> Self {
        Self { at: instant(&iso), text: iso.clone(), iso }
    }
}

/// A `<time>`.
#[component]
pub fn When(moment: Moment) -> impl IntoView {
    let Moment { at, iso, text } = moment;
    let text = RwSignal::new(text);
    Effect::new(move |_| {
        if let Some(local) = local(at) {
            text.set(local);
        }
    });
    view! { <time datetime=iso>{move || text.get()}</time> }
}

/// The same on a page that the server draws.
#[island]
pub fn LocalTime(moment: Moment) -> impl IntoView {
    view! { <When moment /> }
}

#[cfg(feature = "hydrate")]
fn local(at: i64) -> Option<String> {
    use wasm_bindgen::JsValue;
    let options = js_sys::Object::new();
    for (name, value) in [("dateStyle", "medium"), ("timeStyle", "short")] {
        js_sys::Reflect::set(&options, &name.into(), &value.into()).ok()?;
    }
    let language = window().navigator().language()?;
    #[expect(clippy::cast_precision_loss, reason = "milliseconds until the year 9999 are exact in a double")]
    let date = js_sys::Date::new(&JsValue::from_f64(at as f64));
    date.to_locale_string(&language, &options).as_string()
}

#[cfg(feature = "hydrate")]
#[expect(clippy::cast_possible_truncation, reason = "milliseconds until the year 9999, or 0 for what is no instant")]
fn instant(iso: &str) -> i64 {
    js_sys::Date::parse(iso) as i64
}

/// Only the browser is told.
#[cfg(not(feature = "hydrate"))]
fn instant(_: &str) -> i64 {
    0
}

#[cfg(not(feature = "hydrate"))]
fn local(_: i64) -> Option<String> {
    None
}
