//! A product's card on the home page, and the larger one of the featured drop. The name is the link, and the style sheet
//! extends it over the whole card.
#![expect(clippy::needless_pass_by_value, reason = "components own their props")]

use super::{stock_badge::StockBadge, story};
use crate::{
    i18n::text,
    paths,
    price::format_price,
    ui::{
        product_image::{Cover, ProductImage},
        world::world_class,
    },
};
use checkout::model::{Product, Timestamp};
use leptos::prelude::*;
use std::sync::Arc;

/// Width of a card's image on the page.
const SIZES: &str = "(min-width: 40rem) 24rem, 100vw";
/// Width of the featured drop's image.
const FEATURED_SIZES: &str = "(min-width: 56rem) 44rem, 100vw";

/// A product as its card shows it.
pub(crate) struct Card {
    /// The product.
    pub(crate) product: Arc<Product>,
    /// How it ended, if it is sold out for good. Other cards follow the stock.
    pub(crate) result: Option<String>,
}

/// The card of a product in a section. `eager` loads its image at once.
#[component]
pub(crate) fn ProductCard(card: Card, now: Timestamp, eager: bool) -> impl IntoView {
    let Card { product, result } = card;
    view! {
        <li class=class("card", &product) data-testid="product-card">
            <ProductImage cover=Cover::from(&*product) sizes=SIZES eager />
            <div class="card-body">
                <h3><a href=paths::product(product.slug.as_str())>{product.name.clone()}</a></h3>
                {story::tagline(&product)}
                <p class="price">{format_price(product.price)}</p>
                {match result {
                    Some(result) => view! {
                        <div class="stock-badge" data-sale-state="sold-out">
                            <p class="badge">{text!("sale-sold-out")}</p>
                            <p class="card-result" data-testid="result">{result}</p>
                        </div>
                    }
                    .into_any(),
                    None => stock(&product, now).into_any(),
                }}
            </div>
        </li>
    }
}

/// The card of the featured drop, as wide as the page.
#[component]
pub(crate) fn FeaturedCard(product: Arc<Product>, now: Timestamp) -> impl IntoView {
    view! {
        <article class=class("card featured", &product) data-testid="product-card">
            <ProductImage cover=Cover::from(&*product) sizes=FEATURED_SIZES eager=true />
            <div class="card-body">
                <h2><a href=paths::product(product.slug.as_str())>{product.name.clone()}</a></h2>
                {story::tagline(&product)}
                <p class="price">{format_price(product.price)}</p>
                {stock(&product, now)}
                // The link of the name covers the card, so that a second link would only repeat it.
                <p class="featured-action" aria-hidden="true">
                    <span class="button button-primary">{text!("home-see-drop")}</span>
                </p>
            </div>
        </article>
    }
}

/// Adds the classes of the product's colours.
fn class(class: &'static str, product: &Product) -> String {
    world_class(product).map_or_else(|| class.to_owned(), |world| format!("{class} {world}"))
}

fn stock(product: &Product, now: Timestamp) -> impl IntoView + use<> {
    let [starts_at, ends_at] =
        [product.window.starts_at, product.window.ends_at].map(|at| at.map(Timestamp::as_millis));
    view! { <StockBadge counts=product.snapshot().into() rendered_at=now.as_millis() starts_at ends_at /> }
}
