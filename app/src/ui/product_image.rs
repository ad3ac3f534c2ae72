//! Images of products: their pictures in the size that a page needs, a file of the shop, or a drawing.
#![expect(clippy::needless_pass_by_value, reason = "components own their props")]

use crate::paths;
use checkout::model::{Picture, Product};
use leptos::prelude::*;

/// The width that browsers without `srcset` get, in pixels, if the picture has it.
const FALLBACK_WIDTH_PX: u32 = 640;

/// The image that stands for a product on cards and in rows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cover {
    picture: Option<Picture>,
    path: String,
}

impl From<&Product> for Cover {
    fn from(product: &Product) -> Self {
        let picture = product.pictures.first().cloned().map(|picture| {
            // The product's name always stands beside the image. A screen reader should not say it twice.
            let alt = if picture.alt == product.name { String::new() } else { picture.alt };
            Picture { alt, ..picture }
        });
        Self { picture, path: product.image.clone() }
    }
}

/// A product's image, or a placeholder if it has none. Its size is fixed, so that loading shifts nothing. `sizes` is its
/// width on the page, for the browser's choice among the picture's sizes. Images that are not `eager` load when they come
/// near the screen.
#[component]
pub(crate) fn ProductImage(cover: Cover, sizes: &'static str, #[prop(optional)] eager: bool) -> impl IntoView {
    let loading = (!eager).then_some("lazy");
    match (cover.picture, same_origin_url(&cover.path)) {
        (Some(picture), _) => view! { <PictureImage picture sizes eager /> }.into_any(),
        (None, Some(src)) => {
            // Without a picture, the alternative text is empty because the product's name always stands beside it.
            view! { <img class="product-image" src=src alt="" width="640" height="480" loading=loading decoding="async" /> }
                .into_any()
        }
        (None, None) => view! {
            <svg class="product-image product-image-placeholder" viewBox="0 0 640 480" preserveAspectRatio="xMidYMid slice" width="640" height="480" aria-hidden="true" focusable="false">
                <path d="M0 330c80-40 160-40 240 0s160 40 240 0 160-40 240 0v150H0z" />
                <path d="M0 380c80-40 160-40 240 0s160 40 240 0 160-40 240 0v100H0z" />
                <circle cx="470" cy="130" r="46" />
            </svg>
        }
        .into_any(),
    }
}

/// A picture, in the sizes that are stored.
#[component]
pub(crate) fn PictureImage(picture: Picture, sizes: &'static str, #[prop(optional)] eager: bool) -> impl IntoView {
    let url = |width| paths::picture(picture.id, width);
    let all: Vec<_> = picture.sizes().collect();
    let srcset: Vec<_> = all.iter().map(|size| format!("{} {}w", url(size.width), size.width)).collect();
    let fallback = all.iter().rev().find(|size| size.width <= FALLBACK_WIDTH_PX).or(all.first());
    view! {
        <img
            class="product-image product-picture"
            src=fallback.map(|size| url(size.width))
            srcset=srcset.join(", ")
            sizes=sizes
            width=picture.width
            height=picture.height
            alt=picture.alt.clone()
            loading=(!eager).then_some("lazy")
            fetchpriority=eager.then_some("high")
            decoding="async"
        />
    }
}

/// Images are files below the site root. The content security policy would block any other origin.
pub(crate) fn same_origin_url(path: &str) -> Option<String> {
    let path = path.trim().trim_start_matches('/');
    (!path.is_empty() && !path.contains("//")).then(|| format!("/{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use checkout::model::PictureId;

    #[test]
    fn images_come_from_this_origin_only() {
        assert_eq!(same_origin_url("/img/lamp.svg").as_deref(), Some("/img/lamp.svg"));
        assert_eq!(same_origin_url("img/lamp.svg").as_deref(), Some("/img/lamp.svg"));
        assert_eq!(same_origin_url(""), None);
        assert_eq!(same_origin_url("https://example.com/x.png"), None);
        assert_eq!(same_origin_url("//example.com/x.png").as_deref(), Some("/example.com/x.png"));
    }

    #[test]
    fn a_picture_names_each_of_its_sizes() {
        let id = PictureId([0xAB; 32]);
        let picture = Picture { id, alt: "A \"red\" lamp".to_owned(), width: 960, height: 720, hue: None };
        let html = view! { <PictureImage picture=picture.clone() sizes="10rem" /> }.to_html();
        let hex = "ab".repeat(32);
        for part in [
            format!(
                "srcset=\"/pictures/{hex}/320.webp 320w, /pictures/{hex}/640.webp 640w, /pictures/{hex}/960.webp 960w\""
            ),
            format!("src=\"/pictures/{hex}/640.webp\""),
            "width=\"960\" height=\"720\" alt=\"A &quot;red&quot; lamp\" loading=\"lazy\"".to_owned(),
        ] {
            assert!(html.contains(&part), "{part}: {html}");
        }
        assert!(!html.contains("fetchpriority"), "{html}");
        let eager =
            view! { <PictureImage picture=Picture { width: 200, ..picture } sizes="10rem" eager=true /> }.to_html();
        assert!(eager.contains("fetchpriority=\"high\"") && !eager.contains("loading"), "{eager}");
        assert!(eager.contains(&format!("src=\"/pictures/{hex}/200.webp\"")), "{eager}");
    }
}
