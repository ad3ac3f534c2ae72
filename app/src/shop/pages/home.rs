//! All drops: live, coming and past.

use super::{Refresh, Request, Stop, page};
use crate::{
    clock::seconds_left,
    parts::{card::ProductCard, teaser::StockConnection},
};
use checkout::model::{Product, SalePhase, Timestamp};
use leptos::prelude::*;
use leptos_meta::{Meta, Title};
use std::sync::Arc;

/// Without scripts the counts are as old as the page; this often they are counted again.
const RECOUNT_SECONDS: i64 = 30;

#[component]
pub(crate) fn HomePage() -> impl IntoView {
    page(load)
}

async fn load(request: Request) -> Result<AnyView, Stop> {
    let now = request.checkout.now();
    let products = request.checkout.products();
    let empty = products.is_empty();
    let next_opening = products.iter().filter_map(|p| opens_in(p, now)).min();
    let Drops { live, coming, past } = Drops::sorted(products, now);
    Ok(view! {
        <Title text="Live drops" />
        <Meta
            name="description"
            content="Small drops, fairly held: live stock, and a reservation that is yours while you decide."
        />
        <Refresh seconds=next_opening.map_or(RECOUNT_SECONDS, |s| s.min(RECOUNT_SECONDS)) />
        <section class="hero">
            <h1>"Small drops, "<em>"fairly held."</em></h1>
            <p>
                "Few pieces, one moment. Reserve, and it is yours while you decide: nobody can take it out of your hands, and nobody is shown a number that is not true."
            </p>
            <StockConnection />
        </section>
        <Section title="On now" id="live" products=live now feature=true />
        <Section title="Coming up" id="coming" products=coming now feature=false />
        <Section title="Past drops" id="past" products=past now feature=false />
        {empty.then(|| view! {
            <div class="empty">
                <h2>"The shelf is empty"</h2>
                <p>"There is no drop yet. Come back soon: new ones show here before they open."</p>
            </div>
        })}
    }
    .into_any())
}

fn opens_in(product: &Product, now: Timestamp) -> Option<i64> {
    match product.window.at(now) {
        SalePhase::Upcoming(at) => Some(seconds_left(now.as_millis(), at.as_millis()) + 1),
        _ => None,
    }
}

#[derive(Default)]
struct Drops {
    live: Vec<Arc<Product>>,
    coming: Vec<Arc<Product>>,
    past: Vec<Arc<Product>>,
}

impl Drops {
    /// Coming ones soonest first, past ones newest first. A sale that has nothing left that could come back is past.
    fn sorted(products: Vec<Arc<Product>>, now: Timestamp) -> Self {
        let mut drops = Self::default();
        for product in products {
            let gone = product.stock.sold == product.stock.total;
            match product.window.at(now) {
                SalePhase::Upcoming(_) => drops.coming.push(product),
                SalePhase::Open if !gone => drops.live.push(product),
                SalePhase::Open | SalePhase::Ended(_) => drops.past.push(product),
            }
        }
        drops.coming.sort_by_key(|p| p.window.starts_at);
        drops.past.sort_by_key(|p| std::cmp::Reverse(p.window.ends_at.unwrap_or(p.updated_at)));
        drops
    }
}

#[component]
fn Section(
    title: &'static str,
    id: &'static str,
    products: Vec<Arc<Product>>,
    now: Timestamp,
    feature: bool,
) -> impl IntoView {
    (!products.is_empty()).then(|| {
        let cards = products.into_iter().map(|product| view! { <ProductCard product now /> }).collect_view();
        view! {
            <section class="drops" data-feature=feature.to_string() aria-labelledby=id>
                <h2 id=id>{title}</h2>
                <ul class="cards">{cards}</ul>
            </section>
        }
    })
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
    fn drops_are_live_coming_or_past() {
        let products = vec![
            product("later", (Some(300), None), 1),
            product("soon", (Some(200), None), 1),
            product("on", (None, None), 1),
            product("long-over", (None, Some(50)), 1),
            product("over", (None, Some(90)), 1),
            product("gone", (None, None), 0),
        ];
        let drops = Drops::sorted(products, Timestamp::from_millis(100));
        let slugs = |of: &[Arc<Product>]| of.iter().map(|p| p.slug.to_string()).collect::<Vec<_>>();
        assert_eq!(slugs(&drops.live), ["on"]);
        assert_eq!(slugs(&drops.coming), ["soon", "later"]);
        assert_eq!(slugs(&drops.past), ["over", "long-over", "gone"]);
    }
}
