//! The screens of products: the list, one product with its form and its stock, and the form of a new one.

mod form;
mod page;

pub use form::{Conflict, DETAILS, EditState, FEATURED, Meanwhile, SHIPS, new_product};
pub use page::{ActionState, ProductPage, product};

use super::{
    labels,
    layout::{Flash, Page, PageOperator, Screen, time},
    list::{ListPage, Row},
    sale_state::SaleState,
};
use checkout::{
    model::{Product, ProductId, Stock, Timestamp},
    store::operators::Permission,
};
use leptos::prelude::*;

/// The path of the list.
pub const PATH: &str = "/admin/products";

/// Returns the path of a product's page.
pub fn path(id: ProductId) -> String {
    format!("{PATH}/{id}")
}

/// Renders the list.
pub fn products(operator: PageOperator<'_>, list: ListPage, flash: Option<Flash>) -> String {
    let page = Page::new("Products").signed_in(operator, Screen::Products).flash(flash);
    let add = operator.role.may(Permission::Products).then(|| {
        view! { <a class="button button-primary" href="/admin/products/new">"New product"</a> }
    });
    page.actions(add).render(list.render())
}

/// Returns the row of a product. Its cells are: status, price, stock, available, sold, window.
pub fn row(product: &Product, now: Timestamp) -> Row {
    let stock = product.stock;
    Row::linked(product.name.clone(), path(product.id))
        .detail(product.slug.to_string())
        .cell(SaleState::of(product, now).badge())
        .cell(labels::money(product.price))
        .cell(view! { {stock_bar(stock)} <span class="row-detail">{taken(stock)}</span> })
        .cell(stock.available.to_string())
        .cell(stock.sold.to_string())
        .cell(window(product))
}

/// The number of products, above the list.
pub fn count(total: usize) -> AnyView {
    let text = if total == 1 { "1 product".to_owned() } else { format!("{total} products") };
    view! { <p>{text}</p> }.into_any()
}

/// The message after a change of the price.
pub fn price_changed(product: &Product) -> String {
    let Stock { held, pending, .. } = product.stock;
    let units = labels::units;
    let keep = match (held, pending) {
        (0, 0) => "No active hold or unpaid order has the old price.".to_owned(),
        (held, 0) => format!("{} in active holds keep the price at which they were placed.", units(held)),
        (0, pending) => format!("{} in unpaid orders keep the price at which they were placed.", units(pending)),
        (held, pending) => format!(
            "{} in active holds and {} in unpaid orders keep the price at which they were placed.",
            units(held),
            units(pending)
        ),
    };
    format!("The product is saved, with the new price for new holds. {keep}")
}

/// The units that are neither available nor sold, and the total.
fn taken(stock: Stock) -> String {
    let Stock { total, held, pending, .. } = stock;
    match (held, pending) {
        (0, 0) => format!("of {total}"),
        (held, 0) => format!("{held} held, of {total}"),
        (0, pending) => format!("{pending} pending, of {total}"),
        (held, pending) => format!("{held} held, {pending} pending, of {total}"),
    }
}

/// The time of the sale.
fn window(product: &Product) -> AnyView {
    let (starts_at, ends_at) = (product.window.starts_at, product.window.ends_at);
    if starts_at.is_none() && ends_at.is_none() {
        return view! { <span class="muted">"Always"</span> }.into_any();
    }
    let line = |label: &'static str, at: Timestamp| view! { <span class="window-line">{label} {time(at)}</span> };
    view! { {starts_at.map(|at| line("from ", at))} {ends_at.map(|at| line("until ", at))} }.into_any()
}

/// Width of the bar's view box.
const BAR_WIDTH: u64 = 1000;

/// A bar in four parts: sold, pending, held, available. It repeats the numbers beside it, so it is hidden from screen
/// readers.
fn stock_bar(stock: Stock) -> AnyView {
    let Stock { total, available, held, pending, sold } = stock;
    let mut x = 0;
    let parts = [("sold", sold), ("pending", pending), ("held", held), ("available", available)].map(|(name, units)| {
        let (start, end) = (x, x + u64::from(units));
        x = end;
        let at = |units: u64| units * BAR_WIDTH / u64::from(total.max(1));
        let (left, width) = (at(start), at(end) - at(start));
        view! { <rect class=format!("stock-{name}") x=left.to_string() y="0" width=width.to_string() height="12" /> }
    });
    view! {
        <svg class="stock-bar" viewBox="0 0 1000 12" preserveAspectRatio="none" aria-hidden="true" focusable="false">
            {parts.into_iter().collect::<Vec<_>>()}
        </svg>
    }
    .into_any()
}

/// The bar, and the five numbers with their labels, which are its legend.
fn stock_summary(stock: Stock) -> AnyView {
    let Stock { total, available, held, pending, sold } = stock;
    let numbers = [
        ("available", "Available", available),
        ("held", "Held", held),
        ("pending", "Pending payment", pending),
        ("sold", "Sold", sold),
        ("total", "Total", total),
    ];
    let numbers: Vec<_> = numbers
        .into_iter()
        .map(|(name, label, units)| {
            view! {
                <div class=format!("stock-figure stock-figure-{name}")>
                    <dt>{label}</dt>
                    <dd data-testid=format!("stock-{name}")>{units.to_string()}</dd>
                </div>
            }
        })
        .collect();
    view! { {stock_bar(stock)} <dl class="stock-figures">{numbers}</dl> }.into_any()
}
