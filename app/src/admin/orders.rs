//! The list of orders.

use super::{
    labels::{self, money},
    layout::{Page, PageOperator, Screen, time},
    list::{Column, EmptyList, FilterForm, ListPage, Row},
    order::{name_of, path_of},
};
use checkout::model::{Order, Product};
use leptos::prelude::*;
use std::sync::Arc;

/// An order with its product.
pub type ListedOrder = (Order, Option<Arc<Product>>);

/// A page of the list.
pub struct OrdersPage {
    /// The orders with their products, or the reason why they cannot be shown.
    pub orders: Result<Vec<ListedOrder>, String>,
    /// The filter.
    pub filter: FilterForm,
    /// The column by which the list is sorted.
    pub placed: Column,
    /// The address of the first page, unless this is it.
    pub first: Option<String>,
    /// The address of the next page, if there is one.
    pub next: Option<String>,
    /// The addresses of the exports as CSV and JSON lines, if the operator may export.
    pub exports: Option<[String; 2]>,
}

/// Renders the page.
pub fn orders(operator: PageOperator<'_>, page: OrdersPage) -> String {
    let OrdersPage { orders, filter, placed, first, next, exports } = page;
    let list = ListPage {
        label: "Orders",
        filter,
        columns: vec![
            Column::new("Order"),
            placed,
            Column::new("Product"),
            Column::new("Units").number(),
            Column::new("Amount").number(),
            Column::new("Status"),
            Column::new("Shopper"),
        ],
        rows: orders.map(|orders| orders.into_iter().map(row).collect()),
        empty: EmptyList {
            title: "No orders yet",
            text: "Orders appear here as soon as shoppers place them. Check under Live that a sale is open.",
        },
        note: exports.map(|[csv, json]| {
            view! {
                <p class="exports">
                    "Export this list: "
                    <a href=csv download="orders.csv">"CSV"</a> ", "
                    <a href=json download="orders.jsonl">"JSON lines"</a>
                </p>
            }
            .into_any()
        }),
        first,
        next,
    };
    Page::new("Orders").signed_in(operator, Screen::Orders).render(list.render())
}

fn row((order, product): (Order, Option<Arc<Product>>)) -> Row {
    let product = product.map_or_else(|| order.product_id.to_string(), |product| product.name.clone());
    let shopper = order.shopper.clone().map(String::from);
    let shopper = shopper.map(|shopper| view! { <span class="shopper">{shopper}</span> });
    Row::linked(name_of(&order), path_of(order.id))
        .cell(time(order.created_at))
        .cell(product)
        .cell(order.qty.get().to_string())
        .cell(money(order.amount))
        .cell(labels::order_status(&order))
        .cell(shopper)
}
