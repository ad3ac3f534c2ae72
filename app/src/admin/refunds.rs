//! The list of refunds, with a tab for each state.

use super::{
    labels::{self, money},
    layout::{Page, PageOperator, Screen},
    list::{Column, EmptyList, FilterForm, ListPage, Row},
    order::path_of,
    refund::path,
};
use checkout::model::{Product, Refund, RefundState, Timestamp};
use leptos::prelude::*;
use std::sync::Arc;

/// A tab of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tab {
    /// Refunds that wait to be carried out.
    #[default]
    Due,
    /// Refunds whose result is not known.
    Sending,
    /// Refunds that failed.
    Failed,
    /// Refunds that were carried out.
    Done,
    /// All refunds.
    All,
}

impl Tab {
    /// All tabs, in their order.
    pub const ALL: [Self; 5] = [Self::Due, Self::Sending, Self::Failed, Self::Done, Self::All];

    /// The name in the address.
    pub fn name(self) -> &'static str {
        self.state().map_or("all", RefundState::name)
    }

    /// Returns the tab of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tab| tab.name() == name)
    }

    /// The state of its refunds; `None` for all.
    pub fn state(self) -> Option<RefundState> {
        match self {
            Self::Due => Some(RefundState::Due),
            Self::Sending => Some(RefundState::Sending),
            Self::Failed => Some(RefundState::Failed),
            Self::Done => Some(RefundState::Succeeded),
            Self::All => None,
        }
    }

    /// The label.
    pub fn label(self) -> &'static str {
        self.state().map_or("All", labels::refund_state_name)
    }

    fn empty(self) -> EmptyList {
        let (title, text) = match self {
            Self::Due => ("Nothing is due", "Refunds that wait to be carried out appear here."),
            Self::Sending => {
                ("Nothing is being sent", "Refunds whose result the provider has not told yet appear here.")
            }
            Self::Failed => ("Nothing has failed", "Refunds that the provider could not carry out appear here."),
            Self::Done => ("Nothing was refunded yet", "Refunds that were carried out appear here."),
            Self::All => ("No refunds yet", "Refunds of orders, and of payments that could not be used, appear here."),
        };
        EmptyList { title, text }
    }
}

/// A refund as the list shows it.
pub struct RefundRow {
    /// The refund.
    pub refund: Refund,
    /// Its product.
    pub product: Option<Arc<Product>>,
    /// How people call its order.
    pub order: Option<String>,
}

/// A page of the list.
pub struct RefundsPage {
    /// The tab.
    pub tab: Tab,
    /// The refunds, or the reason why they cannot be shown.
    pub refunds: Result<Vec<RefundRow>, String>,
    /// The filter.
    pub filter: FilterForm,
    /// The column by which the list is sorted.
    pub age: Column,
    /// The address of the first page, unless this is it.
    pub first: Option<String>,
    /// The address of the next page, if there is one.
    pub next: Option<String>,
    /// The current time.
    pub now: Timestamp,
}

/// Renders the page.
pub fn refunds(operator: PageOperator<'_>, page: RefundsPage) -> String {
    let RefundsPage { tab, refunds, filter, age, first, next, now } = page;
    let tabs: Vec<_> = Tab::ALL
        .into_iter()
        .map(|other| {
            let current = (other == tab).then_some("page");
            let href = format!("/admin/refunds?state={}", other.name());
            view! { <li><a href=href aria-current=current>{other.label()}</a></li> }
        })
        .collect();
    let list = ListPage {
        label: "Refunds",
        filter,
        columns: vec![
            Column::new("Amount"),
            age,
            Column::new("State"),
            Column::new("Why"),
            Column::new("Product"),
            Column::new("Order"),
        ],
        rows: refunds.map(|refunds| refunds.into_iter().map(|refund| row(refund, now)).collect()),
        empty: tab.empty(),
        note: None,
        first,
        next,
    };
    Page::new("Refunds").signed_in(operator, Screen::Refunds).render(view! {
        <nav class="tabs" aria-label="States of refunds"><ul>{tabs}</ul></nav>
        {list.render()}
    })
}

fn row(RefundRow { refund, product, order }: RefundRow, now: Timestamp) -> Row {
    let attempts = (refund.attempt > 1).then(|| format!("attempt {}", refund.attempt));
    let detail = refund.failure.clone().or(attempts);
    let detail = detail.map(|text| view! { <span class="row-detail">{text}</span> });
    let order = match (refund.order_id, order) {
        (Some(id), Some(name)) => view! { <a href=path_of(id)>{name}</a> }.into_any(),
        (Some(id), None) => view! { <a href=path_of(id)>"Open order"</a> }.into_any(),
        (None, _) => view! { <span class="muted">"No order"</span> }.into_any(),
    };
    let age = view! {
        <time datetime=refund.created_at.to_string() title=labels::date_time(refund.created_at)>
            {labels::age(refund.created_at, now)}
        </time>
    };
    Row::linked(labels::refund_amount(&refund, money), path(&refund))
        .cell(age)
        .cell(view! { {labels::refund_state(refund.state)} {detail} })
        .cell(labels::words(labels::refund_reason(refund.reason)))
        .cell(product.map(|product| product.name.clone()))
        .cell(order)
}
