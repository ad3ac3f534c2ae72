//! All drops: the featured one, then those that are on, coming up, and past. A section with many drops has pages of its own.

use super::{NoScriptRefresh, PageError, PageRequest, render_public_page};
use crate::{
    clock::seconds_left,
    i18n::{notice, text},
    messages::{self, Notice},
    shop::components::{
        product_card::{Card, FeaturedCard, ProductCard},
        stock_badge::StockConnection,
    },
    ui::{
        head,
        slot::{SLOT, with_element},
        world::worlds,
    },
};
use checkout::{
    Checkout,
    model::{Product, ProductId, ProductStatus, SalePhase, Timestamp},
};
use leptos::prelude::*;
use leptos_router::params::ParamsMap;
use std::{cmp::Reverse, sync::Arc};

/// Refresh interval without scripts, for the counts.
const REFRESH_SECONDS: i64 = 30;

/// Maximum number of cards of a section, and of a page of that section.
const PAGE_SIZE: usize = 12;

#[component]
pub(crate) fn HomePage() -> impl IntoView {
    render_public_page(load)
}

async fn load(request: PageRequest) -> Result<AnyView, PageError> {
    let now = request.checkout.now();
    let mut products = request.checkout.products();
    products.retain(|product| product.status != ProductStatus::Archived);
    let next_opening = products.iter().filter_map(|p| seconds_until_opening(p, now)).min();
    let refresh_after = next_opening.map_or(REFRESH_SECONDS, |s| s.min(REFRESH_SECONDS));
    let drops = Drops::sort(products, now);
    let page = match Section::requested(&request.query) {
        Some((section, page)) => section_page(&request.checkout, &drops, section, page, now).await?,
        None => home(&request.checkout, drops, now).await,
    };
    Ok(view! {
        <NoScriptRefresh seconds=refresh_after />
        {page}
    }
    .into_any())
}

fn seconds_until_opening(product: &Product, now: Timestamp) -> Option<i64> {
    match product.phase(now) {
        SalePhase::Upcoming(at) => Some(seconds_left(now.as_millis(), at.as_millis()) + 1),
        _ => None,
    }
}

/// The featured drop and the first cards of each section.
async fn home(checkout: &Checkout, mut drops: Drops, now: Timestamp) -> AnyView {
    let featured = drops.take_featured();
    let is_over = featured.is_none() && !drops.past.is_empty();
    let is_empty = featured.is_none() && drops.past.is_empty();
    // The first image of the page is loaded at once, and the others as they come near the screen.
    let first = drops.past.first().filter(|_| is_over).map(|product| product.id);
    let shown = Section::ALL.into_iter().flat_map(|section| drops.of(section).iter().take(PAGE_SIZE));
    let hues = worlds(&featured.iter().chain(shown).cloned().collect::<Vec<_>>());
    let mut sections = Vec::new();
    for section in Section::ALL {
        sections.push(section_of_home(checkout, &drops, section, now, first).await);
    }
    let emphasis = view! { <em>{text!("home-headline", "emphasis")}</em> };
    let headline = with_element(&text!("home-headline", emphasis = SLOT), emphasis);
    view! {
        {head::drops(text!("home-title"), "/".to_owned())}
        {hues}
        <section class="home-intro">
            <h1>{headline}</h1>
            <p class="home-lead">{text!("home-lead")}</p>
            <StockConnection />
        </section>
        {featured.map(|product| view! { <FeaturedCard product now /> })}
        {is_over.then(|| empty_state(notice!("home-over"), None))}
        {sections}
        {is_empty.then(|| empty_state(notice!("home-empty"), Some(("/orders", text!("nav-orders")))))}
    }
    .into_any()
}

fn empty_state(Notice { title, text }: Notice, link: Option<(&'static str, String)>) -> AnyView {
    let link = link.map(|(url, label)| {
        view! { <p class="actions"><a class="button button-secondary" href=url>{label}</a></p> }
    });
    view! {
        <div class="empty-state">
            <h2>{title}</h2>
            <p>{text}</p>
            {link}
        </div>
    }
    .into_any()
}

async fn section_of_home(
    checkout: &Checkout,
    drops: &Drops,
    section: Section,
    now: Timestamp,
    first: Option<ProductId>,
) -> Option<AnyView> {
    let products = drops.of(section);
    let cards = cards(checkout, &products[..products.len().min(PAGE_SIZE)], now, first).await?;
    let id = section.name();
    let all = (products.len() > PAGE_SIZE).then(|| {
        view! { <p class="actions"><a class="button button-secondary" href=section.page_url(1)>{section.title_of_all()}</a></p> }
    });
    let view = view! {
        <section class="drops" data-featured="false" data-section=id aria-labelledby=id>
            <h2 id=id>
                {section.title()}
                {(section == Section::Coming).then(|| view! { <span class="just-opened">{text!("home-just-opened")}</span> })}
            </h2>
            {cards}
            {all}
        </section>
    };
    Some(view.into_any())
}

/// One page of a section with many drops.
async fn section_page(
    checkout: &Checkout,
    drops: &Drops,
    section: Section,
    page: usize,
    now: Timestamp,
) -> Result<AnyView, PageError> {
    let products = drops.of(section);
    let pages = products.chunks(PAGE_SIZE);
    let count = pages.len();
    let shown = page.checked_sub(1).and_then(|index| pages.clone().nth(index)).ok_or(PageError::NotFound)?;
    let first = shown.first().map(|product| product.id);
    let cards = cards(checkout, shown, now, first).await;
    let link = |to: usize, rel: &'static str, label: String| {
        (1..=count)
            .contains(&to)
            .then(|| view! { <a class="button button-secondary" rel=rel href=section.page_url(to)>{label}</a> })
    };
    Ok(view! {
        {head::drops(section.title_of_all(), section.page_url(page))}
        {worlds(shown)}
        <section class="drops" data-featured="false" data-section=section.name() aria-labelledby=section.name()>
            <p class="breadcrumb"><a href="/">{text!("home-all-drops")}</a></p>
            <h1 id=section.name()>{section.title_of_all()}</h1>
            // The cards are one level below it.
            <h2 class="visually-hidden">{text!("home-page", page = page, pages = count)}</h2>
            {cards}
            {(count > 1).then(|| view! {
                <nav class="actions pages" aria-label=text!("home-pages")>
                    {link(page - 1, "prev", text!("home-previous"))}
                    <span class="muted">{text!("home-page", page = page, pages = count)}</span>
                    {link(page + 1, "next", text!("home-next"))}
                </nav>
            })}
        </section>
    }
    .into_any())
}

/// Renders the cards of some products, or nothing if there are none.
async fn cards(
    checkout: &Checkout,
    products: &[Arc<Product>],
    now: Timestamp,
    first: Option<ProductId>,
) -> Option<AnyView> {
    let mut cards = Vec::with_capacity(products.len());
    for product in products {
        let eager = Some(product.id) == first;
        let card = Card { product: product.clone(), result: result(checkout, product).await };
        cards.push(view! { <ProductCard card now eager /> });
    }
    (!cards.is_empty()).then(|| view! { <ul class="cards">{cards}</ul> }.into_any())
}

/// How a drop ended that is sold out. The time is left out where it is not known; an error of the read is logged.
async fn result(checkout: &Checkout, product: &Product) -> Option<String> {
    if !product.is_sold_out() {
        return None;
    }
    let time = checkout.time_to_sell_out(product).await.unwrap_or_default();
    Some(messages::home::sold_out(product.stock.sold, time))
}

/// A section of the home page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    Live,
    Coming,
    Past,
}

impl Section {
    const ALL: [Self; 3] = [Self::Live, Self::Coming, Self::Past];

    /// Reads the section and the number of its page from the query, such as `?past=2`.
    fn requested(query: &ParamsMap) -> Option<(Self, usize)> {
        Self::ALL.into_iter().find_map(|section| Some((section, query.get(section.name())?.parse().unwrap_or(0))))
    }

    fn page_url(self, page: usize) -> String {
        format!("/?{}={page}", self.name())
    }

    /// The name in URLs and in the page.
    fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Coming => "coming",
            Self::Past => "past",
        }
    }

    fn title(self) -> String {
        match self {
            Self::Live => text!("home-live"),
            Self::Coming => text!("home-coming"),
            Self::Past => text!("home-past"),
        }
    }

    fn title_of_all(self) -> String {
        match self {
            Self::Live => text!("home-all-live"),
            Self::Coming => text!("home-all-coming"),
            Self::Past => text!("home-all-past"),
        }
    }
}

#[derive(Default)]
struct Drops {
    live: Vec<Arc<Product>>,
    upcoming: Vec<Arc<Product>>,
    past: Vec<Arc<Product>>,
}

impl Drops {
    /// Sorts running drops by the opening, newest first, upcoming ones by opening, and past ones newest first. A sale whose
    /// units are all sold counts as past. A paused sale stays where its window puts it, after those that can be reserved.
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
        drops.live.sort_by_key(|p| (p.status == ProductStatus::Paused, Reverse(opened_at(p))));
        drops.upcoming.sort_by_key(|p| p.window.starts_at);
        drops.past.sort_by_key(|p| Reverse(p.window.ends_at.unwrap_or(p.updated_at)));
        drops
    }

    /// Takes out the drop that the page begins with: the operator's choice unless it is over, or else the running one that
    /// opened last, or the next one to open.
    fn take_featured(&mut self) -> Option<Arc<Product>> {
        let is_empty = self.live.is_empty();
        let lists = [&mut self.live, &mut self.upcoming];
        let place = |list: &Vec<Arc<Product>>| list.iter().position(|product| product.featured);
        let chosen = lists.iter().position(|list| place(list).is_some());
        let list = lists.into_iter().nth(chosen.unwrap_or(usize::from(is_empty)))?;
        let place = place(list).unwrap_or(0);
        (place < list.len()).then(|| list.remove(place))
    }

    fn of(&self, section: Section) -> &[Arc<Product>] {
        match section {
            Section::Live => &self.live,
            Section::Coming => &self.upcoming,
            Section::Past => &self.past,
        }
    }
}

/// Returns when a sale opened, in milliseconds: at the beginning of its window, or when the product was added, which its id
/// has.
fn opened_at(product: &Product) -> i64 {
    let added_at = product.id.0.get_timestamp().map(|at| at.to_unix());
    let added_at = added_at.map_or(0, |(secs, nanos)| secs.saturating_mul(1000) + u64::from(nanos / 1_000_000));
    let added_at = i64::try_from(added_at).unwrap_or(i64::MAX);
    product.window.starts_at.map_or(added_at, |start| start.as_millis().max(added_at))
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

    fn paused(slug: &str, window: (Option<i64>, Option<i64>)) -> Arc<Product> {
        let product = Arc::unwrap_or_clone(product(slug, window, 1));
        Arc::new(Product { status: ProductStatus::Paused, ..product })
    }

    fn slugs(of: &[Arc<Product>]) -> Vec<String> {
        of.iter().map(|p| p.slug.to_string()).collect()
    }

    #[test]
    fn drops_are_live_upcoming_or_past() {
        let products = vec![
            paused("paused", (None, None)),
            paused("paused-soon", (Some(400), None)),
            product("later", (Some(300), None), 1),
            product("soon", (Some(200), None), 1),
            product("on", (None, None), 1),
            product("on-since", (Some(60), None), 1),
            product("long-over", (None, Some(50)), 1),
            product("over", (None, Some(90)), 1),
            product("gone", (None, None), 0),
        ];
        let drops = Drops::sort(products, Timestamp::from_millis(100));
        assert_eq!(slugs(&drops.live), ["on-since", "on", "paused"]);
        assert_eq!(slugs(&drops.upcoming), ["soon", "later", "paused-soon"]);
        assert_eq!(slugs(&drops.past), ["over", "long-over", "gone"]);
    }

    #[test]
    fn the_featured_drop_is_the_last_to_open_or_else_the_next() {
        let featured = |products| {
            let mut drops = Drops::sort(products, Timestamp::from_millis(100));
            let featured = drops.take_featured().map(|product| product.slug.to_string());
            (featured, [drops.live.len(), drops.upcoming.len(), drops.past.len()])
        };
        let on = || vec![product("first", (Some(10), None), 1), product("last", (Some(20), None), 1)];
        let soon = || vec![product("later", (Some(300), None), 1), product("soon", (Some(200), None), 1)];
        let over = || vec![product("over", (None, Some(50)), 1)];
        assert_eq!(featured([on(), soon(), over()].concat()), (Some("last".to_owned()), [1, 2, 1]));
        assert_eq!(featured([soon(), over()].concat()), (Some("soon".to_owned()), [0, 1, 1]));
        assert_eq!(featured(over()), (None, [0, 0, 1]));
        let choose = |slug: &str, mut all: Vec<Arc<Product>>| {
            for product in &mut all {
                let product = Arc::make_mut(product);
                product.featured = product.slug.as_str() == slug;
            }
            featured(all)
        };
        assert_eq!(choose("first", [on(), soon()].concat()), (Some("first".to_owned()), [1, 2, 0]));
        assert_eq!(choose("later", [on(), soon()].concat()), (Some("later".to_owned()), [2, 1, 0]));
        assert_eq!(choose("over", [on(), over()].concat()).0.as_deref(), Some("last"), "the choice is over");
        let pausing = vec![paused("paused", (Some(50), None)), product("on", (Some(20), None), 1)];
        assert_eq!(featured(pausing).0.as_deref(), Some("on"));
    }

    #[test]
    fn a_sale_without_an_opening_opened_when_its_product_was_added() {
        let product = Arc::unwrap_or_clone(product("on", (None, None), 1));
        let id: uuid::Uuid = "0198c0de-0000-7000-8000-000000000000".parse().unwrap();
        let added = |starts_at: Option<i64>| {
            let window = SaleWindow { starts_at: starts_at.map(Timestamp::from_millis), ends_at: None };
            opened_at(&Product { id: id.into(), window, ..product.clone() })
        };
        let millis = 0x0198_c0de_0000;
        assert_eq!([added(None), added(Some(5)), added(Some(millis + 5))], [millis, millis, millis + 5]);
    }

    #[test]
    fn the_query_names_a_section_and_a_page() {
        let requested = |name: &str, value: &str| {
            let query: ParamsMap = [(name.to_owned(), value.to_owned())].into_iter().collect();
            Section::requested(&query)
        };
        assert_eq!(requested("past", "2"), Some((Section::Past, 2)));
        assert_eq!(requested("live", "-1"), Some((Section::Live, 0)));
        assert_eq!(requested("page", "2"), None);
        assert_eq!(Section::Coming.page_url(3), "/?coming=3");
    }
}
