//! The list of payment events: the inbox of the provider's deliveries.

use super::{
    labels,
    layout::{Page, PageOperator, Screen, time},
    list::{Column, EmptyList, FilterForm, ListPage, Row},
    order::path_of,
    payment::path,
};
use checkout::model::{Payment, Product, Reference};
use leptos::prelude::*;
use std::sync::Arc;

/// A payment event with its product.
pub type ListedPayment = (Payment, Option<Arc<Product>>);

/// A page of the list.
pub struct PaymentsPage {
    /// The events with their products, or the reason why they cannot be shown.
    pub payments: Result<Vec<ListedPayment>, String>,
    /// The filter.
    pub filter: FilterForm,
    /// The column by which the list is sorted.
    pub received: Column,
    /// The address of the first page, unless this is it.
    pub first: Option<String>,
    /// The address of the next page, if there is one.
    pub next: Option<String>,
}

/// Renders the page.
pub fn payments(operator: PageOperator<'_>, page: PaymentsPage) -> String {
    let PaymentsPage { payments, filter, received, first, next } = page;
    let list = ListPage {
        label: "Payments",
        filter,
        columns: vec![
            Column::new("Transaction"),
            received,
            Column::new("Status"),
            Column::new("Amount").number(),
            Column::new("Outcome"),
            Column::new("Product"),
            Column::new("Order"),
        ],
        rows: payments.map(|payments| payments.into_iter().map(row).collect()),
        empty: EmptyList {
            title: "No payments yet",
            text: "Each event that the payment provider delivers appears here, with what it did.",
        },
        note: None,
        first,
        next,
    };
    Page::new("Payments").signed_in(operator, Screen::Payments).render(list.render())
}

fn row((payment, product): (Payment, Option<Arc<Product>>)) -> Row {
    let order = match payment.reference {
        Reference::Order(id) => view! { <a href=path_of(id)>"Open order"</a> }.into_any(),
        // The search finds the order that the hold became, if it became one.
        Reference::Hold(id) => view! { <a href=format!("/admin/orders?q={id}")>"Find order"</a> }.into_any(),
    };
    let about = format!(" of {}", payment.transaction_id);
    Row::linked(payment.transaction_id.to_string(), path(&payment))
        .cell(time(payment.received_at))
        .cell(labels::words(payment.status.name()))
        .cell(labels::reported_amount(&payment, labels::money))
        .cell(labels::outcome(payment.outcome))
        .cell(product.map(|product| product.name.clone()))
        .cell(view! { {order}<span class="visually-hidden">{about}</span> })
}
