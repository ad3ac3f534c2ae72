//! The pictures of a product on its page: a strip that scrolls from one to the next, a link to each, and each picture as
//! large as the window. It needs no script.

use crate::{
    i18n::text,
    ui::product_image::{Cover, PictureImage, ProductImage},
};
use checkout::model::{Picture, Product};
use leptos::prelude::*;

/// Width of the gallery on the page.
const SIZES: &str = "(min-width: 80rem) 44rem, (min-width: 56rem) 55vw, 100vw";
/// Width of the small picture in a link.
const THUMBNAIL_SIZES: &str = "4.5rem";
/// Width of the enlarged picture.
const ENLARGED_SIZES: &str = "100vw";

/// Renders the pictures of a product, or the image that stands for it.
pub(crate) fn gallery(product: &Product) -> AnyView {
    let pictures = &product.pictures;
    match &**pictures {
        [] => view! { <ProductImage cover=Cover::from(product) sizes=SIZES eager=true /> }.into_any(),
        [picture] => enlargeable(0, picture).into_any(),
        _ => {
            let count = pictures.len();
            let slides: Vec<_> = pictures.iter().enumerate().map(|(nth, picture)| slide(nth, picture)).collect();
            let links: Vec<_> = pictures.iter().enumerate().map(|(nth, picture)| link(nth, count, picture)).collect();
            view! {
                <div class="gallery" role="region" aria-label=text!("drop-pictures") tabindex="0">
                    <ul>{slides}</ul>
                </div>
                <nav class="thumbnails" aria-label=text!("drop-pictures")>
                    <ul>{links}</ul>
                </nav>
            }
            .into_any()
        }
    }
}

fn slide(nth: usize, picture: &Picture) -> impl IntoView + use<> {
    view! { <li id=format!("picture-{}", nth + 1)>{enlargeable(nth, picture)}</li> }
}

/// A picture with a button that shows it in the whole window. The browser opens the window and closes it by the Escape key.
fn enlargeable(nth: usize, picture: &Picture) -> impl IntoView + use<> {
    let (eager, id) = (nth == 0, format!("enlarged-{}", nth + 1));
    let target = id.clone();
    let label = text!("drop-picture-enlarge", alt = picture.alt.as_str());
    let enlarged = picture.clone();
    view! {
        <div class="gallery-picture">
            <PictureImage picture=picture.clone() sizes=SIZES eager />
            <button class="zoom" type="button" popovertarget=target.clone() aria-label=label.clone()>
                <svg viewBox="0 0 20 20" fill="none" stroke="currentColor" stroke-width="2" aria-hidden="true" focusable="false">
                    <path d="M12 2h6v6M8 18H2v-6M18 2l-7 7M2 18l7-7" />
                </svg>
            </button>
        </div>
        <div class="lightbox" id=id popover="auto" role="dialog" aria-label=label>
            <PictureImage picture=enlarged sizes=ENLARGED_SIZES />
            <button class="button button-secondary lightbox-close" type="button" popovertarget=target popovertargetaction="hide" autofocus>
                {text!("drop-picture-close")}
            </button>
        </div>
    }
}

fn link(nth: usize, count: usize, picture: &Picture) -> impl IntoView + use<> {
    let number = nth + 1;
    let label = text!("drop-picture", number = number, count = count, alt = picture.alt.as_str());
    let picture = Picture { alt: String::new(), ..picture.clone() };
    view! {
        <li>
            <a href=format!("#picture-{number}") aria-label=label>
                <PictureImage picture sizes=THUMBNAIL_SIZES />
            </a>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use checkout::model::{Money, PictureId, ProductDraft, Timestamp};

    fn product(count: u8) -> Product {
        let price = Money::parse("1.00", "USD".parse().unwrap()).unwrap();
        let draft = ProductDraft::new("lamp".parse().unwrap(), "Lamp", price, 1);
        let product = draft.check(uuid::Uuid::nil().into(), Timestamp::default()).unwrap();
        let picture =
            |n: u8| Picture { id: PictureId([n; 32]), alt: format!("View {n}"), width: 960, height: 720, hue: None };
        Product { pictures: (1..=count).map(picture).collect(), ..product }
    }

    /// Returns the values of an attribute, in the page's order.
    fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
        let start = format!(" {attribute}=\"");
        html.split(&start).skip(1).filter_map(|rest| Some(rest.split_once('"')?.0)).collect()
    }

    #[test]
    fn each_picture_opens_in_the_whole_window_and_closes() {
        for count in [1, 3] {
            let html = gallery(&product(count)).to_html();
            let targets = values(&html, "popovertarget");
            let ids = values(&html, "id");
            assert_eq!(targets.len(), 2 * usize::from(count), "{html}");
            assert!(targets.iter().all(|target| ids.contains(target)), "{html}");
            assert_eq!(values(&html, "popovertargetaction"), vec!["hide"; count.into()]);
            assert!(html.contains("aria-label=\"Enlarge: View 1\""), "{html}");
        }
    }

    #[test]
    fn several_pictures_have_a_link_each() {
        let html = gallery(&product(3)).to_html();
        assert_eq!(values(&html, "href"), ["#picture-1", "#picture-2", "#picture-3"]);
        assert!(html.contains("aria-label=\"Picture 2 of 3: View 2\""), "{html}");
        assert!(!gallery(&product(1)).to_html().contains("<nav"));
        assert!(!gallery(&product(0)).to_html().contains("popover"));
    }
}
