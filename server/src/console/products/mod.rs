//! The screens of products.

mod actions;
mod edit;
mod entry;
mod preview;

use super::{
    Access, ConsoleRoute, Fields, flash, form, html,
    list::{ListQuery, Sort},
    page,
};
use crate::{
    operators::SignedIn,
    problem::{Kind, Problem},
};
use app::admin::{
    layout::Flash,
    list::{Column, EmptyList, ListPage},
    products::{self as view, ActionState, EditState, ProductPage},
    sale_state::SaleState,
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use checkout::{
    Checkout,
    model::{Product, Timestamp},
    store::operators::Permission,
};
use http::{StatusCode, Uri};
use std::{cmp::Ordering, sync::Arc};
use uuid::Uuid;

/// Products on a page.
const PAGE_SIZE: usize = 100;
/// The columns that sort.
const SORTS: [&str; 6] = ["name", "price", "available", "sold", "start", "added"];

/// The routes.
pub(super) fn routes() -> Vec<ConsoleRoute> {
    let (see, change) = (Access::With(Permission::See), Access::With(Permission::Products));
    vec![
        page(view::PATH, see, list),
        form(view::PATH, change, edit::create),
        page("/admin/products/new", change, edit::new_page),
        page("/admin/products/{id}", see, show),
        form("/admin/products/{id}", change, edit::save),
        page("/admin/products/{id}/preview", see, preview::page),
        form("/admin/products/{id}/pause", change, actions::pause),
        form("/admin/products/{id}/resume", change, actions::resume),
        form("/admin/products/{id}/archive", change, actions::archive),
        form("/admin/products/{id}/stock", change, actions::change_stock),
    ]
}

/// `GET /admin/products`
async fn list(State(checkout): State<Checkout>, signed_in: SignedIn, uri: Uri) -> Response {
    let now = checkout.now();
    let mut query = ListQuery::new(&uri, view::PATH);
    let search = query.search("Search", "Name or slug");
    let statuses = SaleState::ALL.map(|status| (status.name().to_owned(), status.label().to_owned()));
    let status = query.choice("status", "Status", statuses, SaleState::from_name);
    let sort = query.sort(&SORTS, Sort::descending("added"));
    let start = query.cursor::<usize>().unwrap_or(0);
    let mut products = checkout.products();
    products.retain(|product| search.as_deref().is_none_or(|text| matches(product, text)));
    products.retain(|product| status.is_none_or(|status| SaleState::of(product, now) == status));
    let total = products.len();
    products.sort_by(|one, other| compare(sort, one, other));
    let rows = products.iter().skip(start).take(PAGE_SIZE).map(|product| view::row(product, now)).collect();
    let end = start.saturating_add(PAGE_SIZE);
    let list = ListPage {
        label: "Products",
        columns: vec![
            query.column("Product", Sort::ascending("name")),
            Column::new("Status"),
            query.column("Price", Sort::descending("price")).number(),
            Column::new("Stock"),
            query.column("Available", Sort::descending("available")).number(),
            query.column("Sold", Sort::descending("sold")).number(),
            query.column("Time of the sale", Sort::descending("start")),
        ],
        rows: Ok(rows),
        empty: EmptyList { title: "No products yet", text: "Create the first one, and set when its sale opens." },
        note: Some(view::count(total)),
        first: query.first(),
        next: (end < total).then(|| query.next(end)),
        filter: query.form(),
    };
    html(query.status(), view::products(signed_in.page_operator().await, list, None))
}

fn matches(product: &Product, text: &str) -> bool {
    let text = text.to_lowercase();
    product.name.to_lowercase().contains(&text)
        || product.slug.as_str().contains(&text)
        || product.id.to_string() == text
}

/// Compares two products in this order. Equal ones are in the order in which they were added, newest first.
fn compare(sort: Sort, one: &Arc<Product>, other: &Arc<Product>) -> Ordering {
    let order = match sort.key {
        "name" => one.name.to_lowercase().cmp(&other.name.to_lowercase()),
        "price" => {
            let price = |product: &Product| (product.price.currency.to_string(), product.price.minor);
            price(one).cmp(&price(other))
        }
        "available" => one.stock.available.cmp(&other.stock.available),
        "sold" => one.stock.sold.cmp(&other.stock.sold),
        "start" => one.window.starts_at.cmp(&other.window.starts_at),
        _ => one.id.cmp(&other.id),
    };
    let order = if sort.is_descending { order.reverse() } else { order };
    order.then_with(|| other.id.cmp(&one.id))
}

/// `GET /admin/products/{id}`
async fn show(
    State(checkout): State<Checkout>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Response, Problem> {
    let product = find(&checkout, &id)?;
    let query = Fields::parse(uri.query().unwrap_or_default().as_bytes());
    let flash = match query.get("done") {
        "price" => Some(Flash::done(view::price_changed(&product))),
        done => flash(done),
    };
    let shown = Shown { flash, ..Shown::default() };
    Ok(render(&signed_in, &product, checkout.now(), StatusCode::OK, shown).await)
}

/// The parts of a product's page that depend on the form that was sent.
#[derive(Default)]
struct Shown {
    edit: Option<EditState>,
    refused: ActionState,
    flash: Option<Flash>,
}

async fn render(signed_in: &SignedIn, product: &Product, now: Timestamp, status: StatusCode, shown: Shown) -> Response {
    let Shown { edit, refused, flash } = shown;
    let edit = edit.unwrap_or_else(|| entry::edit_of(product));
    let form_key = Uuid::new_v4().to_string();
    html(
        status,
        view::product(signed_in.page_operator().await, ProductPage { product, now, edit, refused, form_key, flash }),
    )
}

/// Returns the product with the id in a path.
pub(super) fn find(checkout: &Checkout, id: &str) -> Result<Arc<Product>, Problem> {
    let product = id.parse::<Uuid>().ok().and_then(|id| checkout.product(id.into()));
    product.ok_or_else(|| Problem::new(Kind::NotFound, "There is no such product."))
}
