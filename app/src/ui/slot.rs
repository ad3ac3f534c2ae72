//! Texts of the catalogue around an element, such as a link or a date.

use leptos::prelude::*;

/// The argument of a text that stands for an element: Unicode's object replacement character.
pub(crate) const SLOT: &str = "\u{fffc}";

/// Renders a text with an element in the place of [`SLOT`].
pub(crate) fn with_element<E: IntoView>(text: &str, element: E) -> impl IntoView + use<E> {
    let (before, after) = text.split_once(SLOT).unwrap_or((text, ""));
    let part = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    view! { {part(before)} {element} {part(after)} }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_element_stands_where_the_language_wants_it() {
        let render = |text: String| with_element(&text, view! { <em>"x"</em> }).to_html();
        assert!(render(format!("{SLOT} first")).contains("<em>x</em> first"));
        assert!(render(format!("last {SLOT}")).starts_with("last <em>x</em>"));
    }
}
