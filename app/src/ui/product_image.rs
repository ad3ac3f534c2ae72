//! Product images.
#![expect(clippy::needless_pass_by_value, reason = "components own their props")]

use leptos::prelude::*;

/// A product's image, or a placeholder if it has none. Its size is fixed, so that loading shifts nothing. The alternative
/// text is empty because the product's name always stands beside it.
#[component]
pub(crate) fn ProductImage(path: String) -> impl IntoView {
    match same_origin_url(&path) {
        Some(src) => {
            view! { <img class="product-image" src=src alt="" width="640" height="480" decoding="async" /> }
                .into_any()
        }
        None => view! {
            <svg class="product-image product-image-placeholder" viewBox="0 0 640 480" width="640" height="480" aria-hidden="true" focusable="false">
                <path d="M0 330c80-40 160-40 240 0s160 40 240 0 160-40 240 0v150H0z" />
                <path d="M0 380c80-40 160-40 240 0s160 40 240 0 160-40 240 0v100H0z" />
                <circle cx="470" cy="130" r="46" />
            </svg>
        }
        .into_any(),
    }
}

/// Images are files below the site root. The content security policy would block any other origin.
fn same_origin_url(path: &str) -> Option<String> {
    let path = path.trim().trim_start_matches('/');
    (!path.is_empty() && !path.contains("//")).then(|| format!("/{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_come_from_this_origin_only() {
        assert_eq!(same_origin_url("/img/lamp.svg").as_deref(), Some("/img/lamp.svg"));
        assert_eq!(same_origin_url("img/lamp.svg").as_deref(), Some("/img/lamp.svg"));
        assert_eq!(same_origin_url(""), None);
        assert_eq!(same_origin_url("https://example.com/x.png"), None);
        assert_eq!(same_origin_url("//example.com/x.png").as_deref(), Some("/example.com/x.png"));
    }
}
