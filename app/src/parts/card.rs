//! A product on the page of all drops.
#![expect(clippy::needless_pass_by_value, reason = "components own their props")]

use super::{picture::Picture, teaser::Teaser};
use crate::{money, paths};
use checkout::model::{Product, Timestamp};
use leptos::prelude::*;
use std::sync::Arc;

/// The whole card leads to the product; its name is the link.
#[component]
pub(crate) fn ProductCard(product: Arc<Product>, now: Timestamp) -> impl IntoView {
    let millis = |at: Option<Timestamp>| at.map(Timestamp::as_millis);
    let (starts_at, ends_at) = (millis(product.window.starts_at), millis(product.window.ends_at));
    view! {
        <li class="card" data-testid="product-card">
            <Picture image=product.image.clone() />
            <div class="card-body">
                <h3><a href=paths::product(product.slug.as_str())>{product.name.clone()}</a></h3>
                <p class="price">{money::price(product.price)}</p>
                <Teaser counts=product.snapshot().into() rendered_at=now.as_millis() starts_at ends_at />
            </div>
        </li>
    }
}
