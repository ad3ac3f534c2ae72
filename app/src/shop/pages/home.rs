//! All products: on now, coming up, and past.

use super::{NoScriptRefresh, PageError, PageRequest, render_public_page};
use crate::{
    clock::seconds_left,
    paths,
    price::format_price,
    shop::components::stock_badge::{StockBadge, StockConnection},
    ui::{
        head,
        product_image::{Cover, ProductImage},
    },
};
use checkout::model::{Product, ProductId, ProductStatus, SalePhase, Timestamp};
use leptos::prelude::*;
use std::sync::Arc;

/// Refresh interval without scripts, for the counts.
const REFRESH_SECONDS: i64 = 30;

/// Width of a card's image on the page, and of the larger cards of running sales.
const SIZES: &str = "(min-width: 40rem) 24rem, 100vw";
const FEATURED_SIZES: &str = "(min-width: 56rem) 41rem, 100vw";

#[component]
pub(crate) fn HomePage() -> impl IntoView {
    render_public_page(load)
}

async fn load(request: PageRequest) -> Result<AnyView, PageError> {
    let now = request.checkout.now();
    let mut products = request.checkout.products();
    products.retain(|product| product.status != ProductStatus::Archived);
    let is_empty = products.is_empty();
    let next_opening = products.iter().filter_map(|p| seconds_until_opening(p, now)).min();
    let Drops { live, upcoming, past } = Drops::sort(products, now);
    // The first image of the page is loaded at once, and the others as they come near the screen.
    let first = [&live, &upcoming, &past].into_iter().flatten().next().map(|product| product.id);
    Ok(view! {
        {head::home("Live drops")}
        <NoScriptRefresh seconds=next_opening.map_or(REFRESH_SECONDS, |s| s.min(REFRESH_SECONDS)) />
        <section class="hero">
            <h1>"Small drops, "<em>"fairly held."</em></h1>
            <p>
                "Limited runs with live stock. Reserve yours and it’s held for you while you decide. Nobody else can take it, and every number you see is real."
            </p>
            <StockConnection />
        </section>
        <DropSection title="On now" id="live" products=live now first featured=true />
        <DropSection title="Coming up" id="coming" products=upcoming now first featured=false />
        <DropSection title="Past drops" id="past" products=past now first featured=false />
        {is_empty.then(|| view! {
            <div class="empty-state">
                <h2>"No drops yet"</h2>
                <p>"Come back soon. You’ll see new drops here before they open."</p>
            </div>
        })}
    }
    .into_any())
}

fn seconds_until_opening(product: &Product, now: Timestamp) -> Option<i64> {
    match product.phase(now) {
        SalePhase::Upcoming(at) => Some(seconds_left(now.as_millis(), at.as_millis()) + 1),
        _ => None,
    }
}

#[derive(Default)]
struct Drops {
    live: Vec<Arc<Product>>,
    upcoming: Vec<Arc<Product>>,
    past: Vec<Arc<Product>>,
}

impl Drops {
    /// Sorts upcoming drops by opening and past ones newest first. A sale whose units are all sold counts as past. A paused
    /// sale stays where its window puts it, after those that can be reserved.
    fn sort(products: Vec<Arc<Product>>, now: Timestamp) -> Self {
        let mut drops = Self::default();
        for product in products {
            let is_sold_out = product.stock.sold == product.stock.total;
            match product.window.at(now) {
                SalePhase::Upcoming(_) => drops.upcoming.push(product),
                SalePhase::Ended(_) => drops.past.push(product),
                SalePhase::Open | SalePhase::Paused if is_sold_out => drops.past.push(product),
                SalePhase::Open | SalePhase::Paused => drops.live.push(product),
            }
        }
        drops.live.sort_by_key(|p| p.status == ProductStatus::Paused);
        drops.upcoming.sort_by_key(|p| p.window.starts_at);
        drops.past.sort_by_key(|p| std::cmp::Reverse(p.window.ends_at.unwrap_or(p.updated_at)));
        drops
    }
}

#[component]
fn DropSection(
    title: &'static str,
    id: &'static str,
    products: Vec<Arc<Product>>,
    now: Timestamp,
    first: Option<ProductId>,
    featured: bool,
) -> impl IntoView {
    (!products.is_empty()).then(|| {
        let sizes = if featured { FEATURED_SIZES } else { SIZES };
        let card = |product: Arc<Product>| {
            let eager = Some(product.id) == first;
            view! { <ProductCard product now sizes eager /> }
        };
        let cards = products.into_iter().map(card).collect_view();
        view! {
            <section class="drops" data-featured=featured.to_string() aria-labelledby=id>
                <h2 id=id>{title}</h2>
                <ul class="cards">{cards}</ul>
            </section>
        }
    })
}

/// A product's card. The name is the link, and the style sheet extends it over the whole card.
#[component]
fn ProductCard(product: Arc<Product>, now: Timestamp, sizes: &'static str, eager: bool) -> impl IntoView {
    let [starts_at, ends_at] =
        [product.window.starts_at, product.window.ends_at].map(|at| at.map(Timestamp::as_millis));
    view! {
        <li class="card" data-testid="product-card">
            <ProductImage cover=Cover::from(&*product) sizes eager />
            <div class="card-body">
                <h3><a href=paths::product(product.slug.as_str())>{product.name.clone()}</a></h3>
                <p class="price">{format_price(product.price)}</p>
                <StockBadge counts=product.snapshot().into() rendered_at=now.as_millis() starts_at ends_at />
            </div>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use checkout::model::{Money, ProductDraft, SaleWindow};

    fn product(slug: &str, window: (Option<i64>, Option<i64>), stock: u32) -> Arc<Product> {
        let price = Money::parse("1.00", "USD".parse().unwrap()).unwrap();
        let at = |ms: Option<i64>| ms.map(Timestamp::from_millis);
        let window = SaleWindow { starts_at: at(window.0), ends_at: at(window.1) };
        let draft = ProductDraft { window, ..ProductDraft::new(slug.parse().unwrap(), slug, price, stock) };
        Arc::new(draft.check(uuid::Uuid::nil().into(), Timestamp::default()).unwrap())
    }

    #[test]
    fn drops_are_live_upcoming_or_past() {
        let paused = |slug, window| {
            let product = Arc::unwrap_or_clone(product(slug, window, 1));
            Arc::new(Product { status: ProductStatus::Paused, ..product })
        };
        let products = vec![
            paused("paused", (None, None)),
            paused("paused-soon", (Some(400), None)),
            product("later", (Some(300), None), 1),
            product("soon", (Some(200), None), 1),
            product("on", (None, None), 1),
            product("long-over", (None, Some(50)), 1),
            product("over", (None, Some(90)), 1),
            product("gone", (None, None), 0),
        ];
        let drops = Drops::sort(products, Timestamp::from_millis(100));
        let slugs = |of: &[Arc<Product>]| of.iter().map(|p| p.slug.to_string()).collect::<Vec<_>>();
        assert_eq!(slugs(&drops.live), ["on", "paused"]);
        assert_eq!(slugs(&drops.upcoming), ["soon", "later", "paused-soon"]);
        assert_eq!(slugs(&drops.past), ["over", "long-over", "gone"]);
    }
}
