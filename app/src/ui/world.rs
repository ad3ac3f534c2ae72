//! The colour world of a drop: the hue from which the style sheet derives the colours of its page and its card.

use checkout::model::Product;
use leptos::prelude::*;
use leptos_meta::Style;
use std::{fmt::Write as _, sync::Arc};

/// Returns the classes that give an element the colours of a product's world. [`worlds`] says which colours these are. A
/// product without a hue has none, and looks like the rest of the page.
pub(crate) fn world_class(product: &Product) -> Option<String> {
    product.world_hue().map(|_| format!("world {}", name(product)))
}

/// The class of one product's world. A slug has only characters that a class may have.
fn name(product: &Product) -> String {
    format!("world-{}", product.slug)
}

/// Returns the style sheet with the hue of each product, by class.
fn hues<'a>(products: impl IntoIterator<Item = &'a Product>) -> String {
    products.into_iter().fold(String::new(), |mut rules, product| {
        if let Some(hue) = product.world_hue() {
            // Writing to a string never fails.
            let _ = write!(rules, ".{}{{--hue:{hue}}}", name(product));
        }
        rules
    })
}

/// Returns the style sheet that puts a whole page, with its header and footer, into the world of a product.
pub(crate) fn page_hue(product: &Product) -> Option<String> {
    product.world_hue().map(|hue| format!(":root{{--hue:{hue}}}"))
}

/// Adds the hues of the products that a page shows to its head. The content security policy allows them by the nonce.
pub(crate) fn worlds(products: &[Arc<Product>]) -> impl IntoView + use<> {
    Some(hues(products.iter().map(|product| &**product)))
        .filter(|rules| !rules.is_empty())
        .map(|rules| view! { <Style>{rules}</Style> })
}

/// Puts a page into the world of the product that it is about.
pub(crate) fn page_world(product: &Product) -> impl IntoView + use<> {
    page_hue(product).map(|rules| view! { <Style>{rules}</Style> })
}

#[cfg(test)]
mod tests {
    use super::*;
    use checkout::model::{Money, ProductDraft, Timestamp};

    fn product(slug: &str, hue: Option<u16>) -> Product {
        let price = Money::parse("1.00", "USD".parse().unwrap()).unwrap();
        let draft = ProductDraft { hue, ..ProductDraft::new(slug.parse().unwrap(), "Lamp", price, 1) };
        draft.check(uuid::Uuid::nil().into(), Timestamp::default()).unwrap()
    }

    #[test]
    fn each_product_with_a_hue_has_a_class_of_its_own() {
        let products = [product("ember-lamp", Some(40)), product("plain", None), product("2-tides", Some(230))];
        assert_eq!(hues(&products), ".world-ember-lamp{--hue:40}.world-2-tides{--hue:230}");
        let classes: Vec<_> = products.iter().map(world_class).collect();
        assert_eq!(classes[0].as_deref(), Some("world world-ember-lamp"));
        assert_eq!(classes[1], None);
    }

    #[test]
    fn a_page_takes_the_hue_of_its_product() {
        assert_eq!(page_hue(&product("lamp", Some(310))).as_deref(), Some(":root{--hue:310}"));
        assert_eq!(page_hue(&product("lamp", None)), None);
    }
}
