//! The list of orders, and its export.

use super::{
    html,
    list::{ListQuery, Sort},
};
use crate::{operators::SignedIn, problem::Problem, state::AppState};
use app::admin::{
    labels::words,
    orders::{self as view, OrdersPage},
};
use axum::{extract::State, response::Response};
use checkout::{
    Checkout, Error,
    model::{OrderStatus, ProductId},
    store::listings::{Direction, Listing, OrderFilter, OrderSearch, PageRequest},
};
use http::{StatusCode, Uri};

const PATH: &str = "/admin/orders";
/// Rows on a page.
pub(super) const PAGE_SIZE: u32 = 50;

/// `GET /admin/orders`
pub async fn page(State(state): State<AppState>, signed_in: SignedIn, uri: Uri) -> Result<Response, Problem> {
    let mut query = ListQuery::new(&uri, PATH);
    let (filter, direction) = (filter(&mut query, &state.checkout), direction(&mut query, "placed"));
    let page = PageRequest { after: query.cursor(), direction, limit: PAGE_SIZE };
    let listed = if query.is_valid() { state.checkout.list_orders(&filter, page).await } else { Ok(nothing()) };
    let (status, listed) = available(query.status(), listed)?;
    let page = OrdersPage {
        next: listed.as_ref().ok().and_then(|listed| listed.next).map(|id| query.next(id)),
        orders: listed.map(|listed| {
            let product_of = |id| state.checkout.product(id);
            listed
                .items
                .into_iter()
                .map(|order| {
                    let product = product_of(order.product_id);
                    (order, product)
                })
                .collect()
        }),
        filter: query.form(),
        placed: query.column("Placed", Sort::descending("placed")),
        first: query.first(),
        exports: None,
    };
    Ok(html(status, view::orders(&signed_in.operator, page)))
}

/// Reads the filter in the address.
fn filter(query: &mut ListQuery, checkout: &Checkout) -> OrderFilter {
    let search = query.search("Search", "Order number, id, transaction or shopper");
    let statuses = OrderStatus::ALL.map(|status| (status.name().to_owned(), words(status.name())));
    OrderFilter {
        search: search.as_deref().and_then(OrderSearch::parse),
        status: query.choice("status", "Status", statuses, OrderStatus::from_name),
        product: product(query, checkout),
        since: query.since(),
        until: query.until(),
    }
}

/// Reads the product in the address.
pub(super) fn product(query: &mut ListQuery, checkout: &Checkout) -> Option<ProductId> {
    let products = checkout.products();
    let options = products.iter().map(|product| (product.id.to_string(), product.name.clone()));
    query.choice("product", "Product", options, |id| id.parse().ok())
}

/// Reads the order of the rows. `key` names the time that the list shows.
pub(super) fn direction(query: &mut ListQuery, key: &'static str) -> Direction {
    match query.sort(&[key], Sort::descending(key)).is_descending {
        true => Direction::NewestFirst,
        false => Direction::OldestFirst,
    }
}

/// An empty list.
pub(super) fn nothing<T>() -> Listing<T> {
    Listing { items: Vec::new(), next: None }
}

/// Returns the list with the status of its page. While the database does not answer, a text stands in place of the rows.
pub(super) fn available<T>(
    status: StatusCode,
    listed: Result<Listing<T>, Error>,
) -> Result<(StatusCode, Result<Listing<T>, String>), Problem> {
    match listed {
        Ok(listed) => Ok((status, Ok(listed))),
        Err(Error::Busy { .. }) => {
            let text = "The database does not answer at the moment. Nothing is lost. Load the page again in a moment.";
            Ok((StatusCode::SERVICE_UNAVAILABLE, Err(text.to_owned())))
        }
        Err(error) => Err(error.into()),
    }
}
