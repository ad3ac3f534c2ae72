//! One sale in detail. Before the opening, during the sale and after its end, the page has another composition.

use super::{
    EVENTS_PATH, Fragment, PATH, Sale, SaleDetail, as_of, chart, connection,
    figures::{Figure, figures, refunds_due, server},
    live_page,
    text::{NONE, count, rate, share, span},
};
use crate::{
    admin::{
        layout::{Page, PageOperator, Screen, time},
        sale_state::SaleState,
    },
    price::format_english,
};
use checkout::{
    model::{Product, Timestamp},
    statistics::SaleStatistics,
};
use leptos::prelude::*;
use std::time::Duration;

/// Renders the page of a product from its parts.
pub fn sale(operator: PageOperator<'_>, product: &Product, parts: Vec<Fragment>) -> String {
    let Product { id, slug, name, .. } = product;
    let query = format!("product={slug}");
    let edit = view! { <a class="button button-small" href=format!("/admin/products/{id}")>"Product"</a> };
    Page::new(name.clone())
        .signed_in(operator, Screen::Live)
        .back("All sales", PATH)
        .actions(view! { {connection(format!("{PATH}?{query}"))} {edit} })
        .render(live_page(format!("{EVENTS_PATH}?{query}"), parts))
}

/// The parts of the page.
pub fn sale_fragments(detail: &SaleDetail) -> Vec<Fragment> {
    let SaleDetail { now, sale, watchers, server: numbers, .. } = detail;
    let state = sale.state(*now);
    let is_before = state == SaleState::Upcoming && sale.statistics.sums.held == 0;
    let mut parts = vec![as_of(*now), headline(sale, state, *now), numbers_of(detail, state)];
    if is_before {
        parts.extend(["live-stock", "live-rates", "live-funnel"].map(Fragment::empty));
    } else {
        parts.extend(charts(sale, state));
    }
    parts.push(server(*numbers, Some(*watchers)));
    parts
}

/// The one thing to know about the sale now.
fn headline(sale: &Sale, state: SaleState, now: Timestamp) -> Fragment {
    let Sale { product, statistics, .. } = sale;
    let stock = product.stock;
    let of_total = format!("of {} units", count(stock.total));
    let may_return = stock.held + stock.pending;
    let (label, value, note) = match state {
        SaleState::Upcoming => {
            let at = product.window.starts_at.unwrap_or(now);
            ("Opens in", span(now.until(at)), time(at))
        }
        SaleState::Open => ("Available", count(stock.available), format!("{of_total}. {}", forecast(sale)).into_any()),
        SaleState::AllTaken => {
            let note = format!("{} may come back from carts and unpaid orders", count(may_return));
            ("Available", count(stock.available), format!("{of_total}. {note}").into_any())
        }
        SaleState::Paused => ("Paused with", count(stock.available), format!("{of_total} available").into_any()),
        SaleState::SoldOut => {
            let taken = statistics.time_to_sell_out().map_or(NONE.to_owned(), span);
            ("Sold out in", taken, format!("All {} units are paid", count(stock.total)).into_any())
        }
        SaleState::Ended => {
            let at = product.window.ends_at.unwrap_or(now);
            ("Sold", count(stock.sold), view! { {of_total}". Ended "{time(at)} }.into_any())
        }
        SaleState::Archived => ("Sold", count(stock.sold), format!("{of_total}. The product is archived").into_any()),
    };
    Fragment::new(
        "live-headline",
        view! {
            <div class="headline">
                {state.badge()}
                <p class="headline-label">{label}</p>
                <p class="headline-value" data-live-value>{value}</p>
                {chart::stock_bar(stock)}
                <p class="headline-note">{note}</p>
            </div>
        },
    )
}

/// The projected time until the last unit is paid.
fn forecast(sale: &Sale) -> String {
    match sale.statistics.time_left(sale.product.stock) {
        Some(left) => format!("Sells out in about {} at the rate of the last minute", span(left)),
        None => "None was paid in the last minute".to_owned(),
    }
}

fn numbers_of(detail: &SaleDetail, state: SaleState) -> Fragment {
    let SaleDetail { sale, refunds_due: refunds, .. } = detail;
    let Sale { product, statistics, .. } = sale;
    let (stock, sums, present) = (product.stock, statistics.sums, statistics.present);
    let sold = Figure::new("Sold", count(stock.sold), format!("{} of the stock", share(stock.sold, stock.total)));
    let conversion = Figure::new("Cart to payment", share(sums.paid, sums.held), "Units");
    let list = match state {
        SaleState::Upcoming => vec![
            Figure::new("Ready", count(stock.available), "Units"),
            Figure::new("Price", format_english(product.price), "A unit"),
            Figure::new("Limit", limit(product), "Units for each shopper"),
            Figure::new("Hold", span(product.hold_for), "Time to order"),
            Figure::new("Payment", span(product.pay_within), "Time to pay"),
        ],
        SaleState::Open | SaleState::AllTaken | SaleState::Paused => vec![
            sold,
            Figure::new("In carts", count(stock.held), "May come back"),
            Figure::new("Awaiting payment", count(stock.pending), "May come back"),
            revenue(sale),
            Figure::new("Holds a second", rate(present.held), "Units, last minute"),
            Figure::new("Orders a second", rate(present.ordered), "Units, last minute"),
            conversion,
            refunds_due(*refunds),
        ],
        SaleState::SoldOut | SaleState::Ended | SaleState::Archived => vec![
            sold,
            revenue(sale),
            conversion,
            Figure::new("Took", span(duration(statistics)), "From the opening to the end"),
            Figure::new("Peak", peak(statistics), "Holds a second"),
            refunds_due(*refunds),
        ],
    };
    figures("live-figures", list)
}

fn revenue(sale: &Sale) -> Figure {
    let returned = sale.revenue.filter(|revenue| revenue.returned.minor > 0);
    let note = returned.map_or_else(
        || "Paid orders".to_owned(),
        |revenue| format!("{} paid, {} returned", format_english(revenue.paid), format_english(revenue.returned)),
    );
    Figure::new("Revenue", format_english(sale.net()), note)
}

fn limit(product: &Product) -> String {
    product.per_shopper_limit.map_or("None".to_owned(), count)
}

fn duration(statistics: &SaleStatistics) -> Duration {
    statistics.from.until(statistics.until)
}

fn peak(statistics: &SaleStatistics) -> String {
    rate(statistics.rates.rates.iter().map(|rate| rate.held).fold(0.0, f64::max))
}

fn charts(sale: &Sale, state: SaleState) -> [Fragment; 3] {
    let Sale { product, statistics, .. } = sale;
    let present = (!state.is_over()).then_some(statistics.present);
    let rates_title = if state.is_over() { "Speed over the whole sale" } else { "Speed of the last five minutes" };
    let is_untouched = statistics.sums.held == 0;
    let funnel = if is_untouched {
        view! { <p class="muted">"Nobody has put a unit in a cart yet."</p> }.into_any()
    } else {
        chart::funnel(statistics.sums)
    };
    [
        panel("live-stock", "Stock over the life of the sale", chart::stock(statistics, product.stock)),
        panel("live-rates", rates_title, chart::rates(&statistics.rates, present)),
        panel("live-funnel", "From cart to payment", funnel),
    ]
}

fn panel(id: &'static str, title: &'static str, content: AnyView) -> Fragment {
    let title_id = format!("{id}-title");
    Fragment::new(
        id,
        view! {
            <section class="panel chart-panel" aria-labelledby=title_id>
                <h2 id=title_id.clone()>{title}</h2>
                {content}
            </section>
        },
    )
}
