//! All sales at a glance.

use super::{
    EVENTS_PATH, Fragment, Overview, PATH, Sale, as_of,
    chart::small_stock,
    connection,
    figures::{Figure, figures, refunds_due, server},
    live_page,
    text::{NONE, clock, count, rate, share, span},
};
use crate::{
    admin::{
        layout::{Page, PageOperator, Screen, time},
        sale_state::SaleState,
    },
    price::format_english,
};
use checkout::{
    model::{Money, Product, Timestamp},
    statistics::SaleRate,
};
use leptos::prelude::*;
use std::sync::Arc;

/// Renders the page from its parts.
pub fn overview(operator: PageOperator<'_>, parts: Vec<Fragment>) -> String {
    Page::new(Screen::Live.label())
        .signed_in(operator, Screen::Live)
        .actions(connection(PATH.to_owned()))
        .render(live_page(EVENTS_PATH.to_owned(), parts))
}

/// The parts of the page.
pub fn overview_fragments(overview: &Overview) -> Vec<Fragment> {
    let Overview { now, running, upcoming, over, left_out, server: numbers, .. } = overview;
    let is_empty = running.is_empty() && upcoming.is_empty() && over.is_empty();
    vec![
        as_of(*now),
        if is_empty { empty() } else { numbers_of_all(overview) },
        sales("live-running", "On sale", running, *now),
        next("live-upcoming", upcoming, *now),
        sales("live-over", "Finished", over, *now),
        comparison(running, over, *now, *left_out),
        server(*numbers, None),
    ]
}

/// The page of a shop without products.
fn empty() -> Fragment {
    Fragment::new(
        "live-figures",
        view! {
            <div class="empty live-empty">
                <h2>"No sales yet"</h2>
                <p>"Add a product. Its stock, its orders and its revenue then move here while it sells."</p>
                <p class="actions"><a class="button button-primary" href="/admin/products/new">"Add a product"</a></p>
            </div>
        },
    )
}

fn numbers_of_all(overview: &Overview) -> Fragment {
    let Overview { running, over, revenue, refunds_due: refunds, .. } = overview;
    let (mut rates, mut left, mut total) = (SaleRate::default(), 0_u64, 0_u64);
    for Sale { product, statistics, .. } in running {
        rates.held += statistics.present.held;
        rates.ordered += statistics.present.ordered;
        left += u64::from(product.stock.available);
        total += u64::from(product.stock.total);
    }
    let sums = running.iter().chain(over).map(|sale| sale.statistics.sums);
    let (held, paid) = sums.fold((0, 0), |(held, paid), sums| (held + sums.held, paid + sums.paid));
    let money = money(revenue);
    let sales = match running.len() {
        0 => "No sale is running".to_owned(),
        1 => "In one running sale".to_owned(),
        n => format!("In {n} running sales"),
    };
    let available = if running.is_empty() { NONE.to_owned() } else { count(left) };
    let of_total = if running.is_empty() { sales.clone() } else { format!("Of {} on sale", count(total)) };
    figures(
        "live-figures",
        vec![
            Figure::new("Revenue", money.0, money.1),
            Figure::new("Available", available, of_total),
            Figure::new("Holds a second", rate(rates.held), "Units, last minute"),
            Figure::new("Orders a second", rate(rates.ordered), "Units, last minute"),
            Figure::new("Cart to payment", share(paid, held), "Units of the sales below"),
            refunds_due(*refunds),
        ],
    )
}

/// The revenue as one number and a note with the other currencies.
fn money(revenue: &[Money]) -> (String, String) {
    let note = "Paid, less what was returned";
    match revenue {
        [] => (NONE.to_owned(), "No order is paid yet".to_owned()),
        [only] => (format_english(*only), note.to_owned()),
        [first, others @ ..] => {
            let others: Vec<_> = others.iter().map(|money| format_english(*money)).collect();
            (format_english(*first), format!("And {}. {note}", others.join(", ")))
        }
    }
}

/// Sales as small charts of the same form.
fn sales(id: &'static str, title: &'static str, sales: &[Sale], now: Timestamp) -> Fragment {
    if sales.is_empty() {
        return Fragment::empty(id);
    }
    let cards: Vec<_> = sales.iter().map(|sale| card(sale, now)).collect();
    let title_id = format!("{id}-title");
    Fragment::new(
        id,
        view! {
            <section aria-labelledby=title_id>
                <h2 id=title_id.clone()>{title}</h2>
                <ul class="sale-cards">{cards}</ul>
            </section>
        },
    )
}

fn card(sale: &Sale, now: Timestamp) -> AnyView {
    let Sale { product, statistics, .. } = sale;
    let stock = product.stock;
    let (slug, state) = (product.slug.as_str(), sale.state(now));
    let (value, what) = match state {
        over if over.is_over() => (count(stock.sold), format!("of {} sold", count(stock.total))),
        _ => (count(stock.available), format!("of {} available", count(stock.total))),
    };
    view! {
        <li class="sale-card">
            <div class="sale-card-head">
                <h3><a href=address(slug)>{product.name.clone()}</a></h3>
                {state.badge()}
            </div>
            <p class="sale-card-value"><strong data-live-value>{value}</strong>" "{what}</p>
            {small_stock(&format!("sale-{slug}"), &product.name, statistics, stock)}
            <dl class="sale-card-facts">
                <div><dt>"Revenue"</dt><dd>{format_english(sale.net())}</dd></div>
                <div><dt>"Paid"</dt><dd>{share(stock.sold, stock.total)}</dd></div>
                <div><dt>{pace(sale, state).0}</dt><dd>{pace(sale, state).1}</dd></div>
            </dl>
        </li>
    }
    .into_any()
}

/// The pace of a sale: its name and its value.
fn pace(sale: &Sale, state: SaleState) -> (&'static str, String) {
    let Sale { product, statistics, .. } = sale;
    match state {
        SaleState::SoldOut => ("Sold out in", statistics.time_to_sell_out().map_or(NONE.to_owned(), span)),
        SaleState::Ended => ("Ended", product.window.ends_at.map_or(NONE.to_owned(), clock)),
        SaleState::Paused | SaleState::Archived => ("Sells out in", NONE.to_owned()),
        _ => (
            "Sells out in",
            statistics.time_left(product.stock).map_or(NONE.to_owned(), |left| format!("≈ {}", span(left))),
        ),
    }
}

/// The sales that open later.
fn next(id: &'static str, upcoming: &[Arc<Product>], now: Timestamp) -> Fragment {
    if upcoming.is_empty() {
        return Fragment::empty(id);
    }
    let rows: Vec<_> = upcoming
        .iter()
        .filter_map(|product| product.window.starts_at.map(|at| (product, at)))
        .map(|(product, at)| {
            view! {
                <li>
                    <a href=address(product.slug.as_str())>{product.name.clone()}</a>
                    <span>{count(product.stock.available)}" units, "{format_english(product.price)}</span>
                    <span>{time(at)}</span>
                    <strong>"in "{span(now.until(at))}</strong>
                </li>
            }
        })
        .collect();
    Fragment::new(
        id,
        view! {
            <section aria-labelledby="live-upcoming-title">
                <h2 id="live-upcoming-title">"Opens next"</h2>
                <ul class="upcoming">{rows}</ul>
            </section>
        },
    )
}

/// The table behind the small charts.
fn comparison(running: &[Sale], over: &[Sale], now: Timestamp, left_out: usize) -> Fragment {
    if running.is_empty() && over.is_empty() {
        return Fragment::empty("live-comparison");
    }
    let rows: Vec<_> = running
        .iter()
        .chain(over)
        .map(|sale| {
            let stock = sale.product.stock;
            let numbers = [stock.available, stock.held, stock.pending, stock.sold].map(count);
            let cells: Vec<_> = numbers.into_iter().map(|cell| view! { <td class="number">{cell}</td> }).collect();
            view! {
                <tr>
                    <th scope="row">{sale.product.name.clone()}</th>
                    <td>{sale.state(now).badge()}</td>
                    {cells}
                    <td class="number">{format_english(sale.net())}</td>
                </tr>
            }
        })
        .collect();
    let more = (left_out > 0).then(|| {
        let text = match left_out {
            1 => "One sale is not shown here. ".to_owned(),
            n => format!("{n} sales are not shown here. "),
        };
        view! { <p class="muted">{text}<a href="/admin/products">"All products"</a></p> }
    });
    let names = ["Sale", "State", "Available", "In carts", "Awaiting payment", "Sold", "Revenue"];
    let head: Vec<_> = names.into_iter().map(|name| view! { <th scope="col">{name}</th> }).collect();
    Fragment::new(
        "live-comparison",
        view! {
            <details class="chart-table" id="live-comparison-table">
                <summary>"Show the sales as a table"</summary>
                <div class="table" role="region" aria-label="Sales" tabindex="0">
                    <table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>
                </div>
            </details>
            {more}
        },
    )
}

/// The address of a sale in detail.
fn address(slug: &str) -> String {
    format!("{PATH}?product={slug}")
}
