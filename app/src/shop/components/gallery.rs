//! The pictures of a product on its page: a strip that scrolls from one to the next, and a link to each. It needs no script.

use crate::ui::product_image::{Cover, PictureImage, ProductImage};
use checkout::model::{Picture, Product};
use leptos::prelude::*;

/// Width of the gallery on the page.
const SIZES: &str = "(min-width: 74rem) 38rem, (min-width: 56rem) 50vw, 100vw";
/// Width of the small picture in a link.
const THUMBNAIL_SIZES: &str = "5rem";

/// Renders the pictures of a product, or the image that stands for it.
pub(crate) fn gallery(product: &Product) -> AnyView {
    let pictures = &product.pictures;
    match &**pictures {
        [] => view! { <ProductImage cover=Cover::from(product) sizes=SIZES eager=true /> }.into_any(),
        [picture] => view! { <PictureImage picture=picture.clone() sizes=SIZES eager=true /> }.into_any(),
        _ => {
            let count = pictures.len();
            let slides: Vec<_> = pictures.iter().enumerate().map(|(nth, picture)| slide(nth, picture)).collect();
            let links: Vec<_> = pictures.iter().enumerate().map(|(nth, picture)| link(nth, count, picture)).collect();
            view! {
                <div class="gallery" role="region" aria-label="Pictures" tabindex="0">
                    <ul>{slides}</ul>
                </div>
                <nav class="thumbnails" aria-label="Pictures">
                    <ul>{links}</ul>
                </nav>
            }
            .into_any()
        }
    }
}

fn slide(nth: usize, picture: &Picture) -> impl IntoView + use<> {
    let eager = nth == 0;
    view! {
        <li id=format!("picture-{}", nth + 1)>
            <PictureImage picture=picture.clone() sizes=SIZES eager />
        </li>
    }
}

fn link(nth: usize, count: usize, picture: &Picture) -> impl IntoView + use<> {
    let number = nth + 1;
    let label = format!("Picture {number} of {count}: {}", picture.alt);
    let picture = Picture { alt: String::new(), ..picture.clone() };
    view! {
        <li>
            <a href=format!("#picture-{number}") aria-label=label>
                <PictureImage picture sizes=THUMBNAIL_SIZES />
            </a>
        </li>
    }
}
