//! Dates and times: in UTC as the server renders them, in the shopper's time zone once hydrated, in the language of the page.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A date and time with its texts. The server formats it, because calendar code in the browser would be larger than the rest
/// of an island.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateTime {
    /// Milliseconds since the epoch.
    pub millis: i64,
    /// RFC 3339.
    pub iso: String,
    /// For people, in UTC.
    pub text: String,
}

#[cfg(feature = "ssr")]
impl From<checkout::model::Timestamp> for DateTime {
    fn from(at: checkout::model::Timestamp) -> Self {
        Self { millis: at.as_millis(), iso: at.to_string(), text: crate::messages::format_date_time(at) }
    }
}

impl DateTime {
    /// Creates a date and time from the RFC 3339 text of an event. That text is also shown if the browser cannot format it.
    pub fn from_iso(iso: String) -> Self {
        Self { millis: parse_millis(&iso), text: iso.clone(), iso }
    }
}

/// A `<time>` element for use inside an island.
#[component]
pub fn LocalTime(
    at: DateTime,
    /// Whether to name the time zone.
    #[prop(optional)]
    zone: bool,
) -> impl IntoView {
    let DateTime { millis, iso, text } = at;
    let text = RwSignal::new(text);
    Effect::new(move |_| {
        if let Some(local) = format_local(millis, zone) {
            text.set(local);
        }
    });
    view! { <time datetime=iso>{move || text.get()}</time> }
}

/// A `<time>` element as an island of its own.
#[island]
pub fn LocalTimeIsland(at: DateTime) -> impl IntoView {
    view! { <LocalTime at /> }
}

/// A `<time>` element that names its time zone, as an island of its own.
#[island]
pub fn ZonedTime(at: DateTime) -> impl IntoView {
    view! { <LocalTime at zone=true /> }
}

/// The format of `Intl.DateTimeFormat`.
#[cfg(feature = "hydrate")]
const SHORT: &[(&str, &str)] = &[("dateStyle", "medium"), ("timeStyle", "short")];
/// The same with the zone, which cannot be combined with the styles.
#[cfg(feature = "hydrate")]
const WITH_ZONE: &[(&str, &str)] = &[
    ("year", "numeric"),
    ("month", "short"),
    ("day", "numeric"),
    ("hour", "numeric"),
    ("minute", "2-digit"),
    ("timeZoneName", "short"),
];

#[cfg(feature = "hydrate")]
fn format_local(millis: i64, zone: bool) -> Option<String> {
    use wasm_bindgen::JsValue;
    let options = js_sys::Object::new();
    for (name, value) in if zone { WITH_ZONE } else { SHORT } {
        js_sys::Reflect::set(&options, &(*name).into(), &(*value).into()).ok()?;
    }
    let language = document().document_element()?.get_attribute("lang")?;
    #[expect(clippy::cast_precision_loss, reason = "milliseconds until the year 9999 are exact in a double")]
    let date = js_sys::Date::new(&JsValue::from_f64(millis as f64));
    date.to_locale_string(&language, &options).as_string()
}

#[cfg(not(feature = "hydrate"))]
fn format_local(_: i64, _: bool) -> Option<String> {
    None
}

#[cfg(feature = "hydrate")]
#[expect(clippy::cast_possible_truncation, reason = "milliseconds until the year 9999; NaN for invalid text becomes 0")]
fn parse_millis(iso: &str) -> i64 {
    js_sys::Date::parse(iso) as i64
}

/// Only the browser receives events.
#[cfg(not(feature = "hydrate"))]
fn parse_millis(_: &str) -> i64 {
    0
}
