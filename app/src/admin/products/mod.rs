//! The screens of products: the list, one product with its form and its stock, and the form of a new one.

mod form;
mod page;

pub use form::{Conflict, DETAILS, EditState, Meanwhile, new_product};
pub use page::{ActionState, ProductPage, product};

use super::{
    layout::{Flash, Page, Screen, Tone, badge, time},
    list::{ListPage, Row},
};
use crate::price::format_price;
use checkout::{
    model::{Product, ProductId, ProductStatus, SalePhase, Stock, Timestamp},
    store::operators::{Operator, Permission},
};
use leptos::prelude::*;

/// The path of the list.
pub const PATH: &str = "/admin/products";

/// Returns the path of a product's page.
pub fn path(id: ProductId) -> String {
    format!("{PATH}/{id}")
}

/// The state of a sale as operators see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaleStatus {
    /// The sale has not opened yet.
    Upcoming,
    /// Units can be reserved.
    Open,
    /// All units are taken, and some are not paid for.
    AllTaken,
    /// All units are sold.
    SoldOut,
    /// The shop has paused the sale.
    Paused,
    /// The sale has ended.
    Ended,
    /// The product is not listed any more.
    Archived,
}

impl SaleStatus {
    /// All states.
    pub const ALL: [Self; 7] =
        [Self::Upcoming, Self::Open, Self::AllTaken, Self::SoldOut, Self::Paused, Self::Ended, Self::Archived];

    /// Returns the state of a product's sale at `now`.
    pub fn of(product: &Product, now: Timestamp) -> Self {
        let Stock { total, available, sold, .. } = product.stock;
        match (product.status, product.phase(now)) {
            (ProductStatus::Archived, _) => Self::Archived,
            (_, SalePhase::Ended(_)) => Self::Ended,
            (_, SalePhase::Paused) => Self::Paused,
            (_, SalePhase::Upcoming(_)) => Self::Upcoming,
            (_, SalePhase::Open) if sold == total => Self::SoldOut,
            (_, SalePhase::Open) if available == 0 => Self::AllTaken,
            (_, SalePhase::Open) => Self::Open,
        }
    }

    /// The name in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Upcoming => "upcoming",
            Self::Open => "open",
            Self::AllTaken => "all-taken",
            Self::SoldOut => "sold-out",
            Self::Paused => "paused",
            Self::Ended => "ended",
            Self::Archived => "archived",
        }
    }

    /// Returns the state of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }

    /// The text for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Upcoming => "Upcoming",
            Self::Open => "On sale",
            Self::AllTaken => "All taken",
            Self::SoldOut => "Sold out",
            Self::Paused => "Paused",
            Self::Ended => "Ended",
            Self::Archived => "Archived",
        }
    }

    fn badge(self) -> AnyView {
        let tone = match self {
            Self::Open => Tone::Good,
            Self::Upcoming | Self::SoldOut | Self::AllTaken => Tone::Neutral,
            Self::Paused => Tone::Warning,
            Self::Ended | Self::Archived => Tone::Quiet,
        };
        badge(self.label(), tone)
    }
}

/// Renders the list.
pub fn products(operator: &Operator, list: ListPage, flash: Option<Flash>) -> String {
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
        .cell(SaleStatus::of(product, now).badge())
        .cell(format_price(product.price))
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
    let units = crate::messages::units;
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

#[cfg(test)]
mod tests {
    use super::*;
    use checkout::model::{Money, ProductDraft, SaleWindow};
    use std::time::Duration;

    #[test]
    fn each_state_of_a_sale_has_a_name() {
        let now = Timestamp::from_millis(1_800_000_000_000);
        let price = Money { minor: 100, currency: "USD".parse().unwrap() };
        let draft = ProductDraft::new("mug".parse().unwrap(), "Mug", price, 10);
        let open = draft.check(ProductId(uuid::Uuid::nil()), now).unwrap();
        let with_stock = |stock: Stock| Product { stock, ..open.clone() };
        let with_window = |starts_at, ends_at| Product { window: SaleWindow { starts_at, ends_at }, ..open.clone() };
        let later = now + Duration::from_secs(1);
        for (product, status) in [
            (open.clone(), SaleStatus::Open),
            (with_stock(Stock { total: 10, available: 0, held: 1, pending: 0, sold: 9 }), SaleStatus::AllTaken),
            (with_stock(Stock { total: 10, available: 0, held: 0, pending: 0, sold: 10 }), SaleStatus::SoldOut),
            (with_window(Some(later), None), SaleStatus::Upcoming),
            (with_window(None, Some(now)), SaleStatus::Ended),
            (Product { status: ProductStatus::Paused, ..open.clone() }, SaleStatus::Paused),
            (Product { status: ProductStatus::Archived, ..open.clone() }, SaleStatus::Archived),
        ] {
            assert_eq!(SaleStatus::of(&product, now), status);
            assert_eq!(SaleStatus::from_name(status.name()), Some(status));
        }
    }
}
