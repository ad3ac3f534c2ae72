//! A product's picture, or a calm stand-in where it has none. Sizes are given, so that nothing jumps.
#![expect(clippy::needless_pass_by_value, reason = "components own their props")]

use leptos::prelude::*;

/// Its name always stands beside it, so the picture itself says nothing to who cannot see it.
#[component]
pub(crate) fn Picture(image: String) -> impl IntoView {
    match source(&image) {
        Some(src) => {
            view! { <img class="picture" src=src alt="" width="640" height="480" decoding="async" /> }
                .into_any()
        }
        None => view! {
            <svg class="picture picture-none" viewBox="0 0 640 480" width="640" height="480" aria-hidden="true" focusable="false">
                <path d="M0 330c80-40 160-40 240 0s160 40 240 0 160-40 240 0v150H0z" />
                <path d="M0 380c80-40 160-40 240 0s160 40 240 0 160-40 240 0v100H0z" />
                <circle cx="470" cy="130" r="46" />
            </svg>
        }
        .into_any(),
    }
}

/// Pictures are files below the site root; an address elsewhere would be blocked by the page's policy anyway.
fn source(image: &str) -> Option<String> {
    let path = image.trim().trim_start_matches('/');
    (!path.is_empty() && !path.contains("//")).then(|| format!("/{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_come_from_this_site_alone() {
        assert_eq!(source("/img/lamp.svg").as_deref(), Some("/img/lamp.svg"));
        assert_eq!(source("img/lamp.svg").as_deref(), Some("/img/lamp.svg"));
        assert_eq!(source(""), None);
        assert_eq!(source("https://example.com/x.png"), None);
        assert_eq!(source("//example.com/x.png").as_deref(), Some("/example.com/x.png"));
    }
}
