//! The list of orders, and its export.

use super::{
    html,
    list::{ListQuery, Sort},
};
use crate::{
    backoffice::{
        export::{self, ExportFormat},
        order_export,
    },
    operators::SignedIn,
    problem::Problem,
    state::AppState,
};
use app::admin::{
    labels::words,
    orders::{self as view, OrdersPage},
};
use axum::{extract::State, response::Response};
use checkout::{
    Checkout, Error,
    model::{Order, OrderStatus, ProductId},
    store::{
        listings::{Direction, Listing, OrderFilter, OrderSearch, PageRequest},
        operators::Permission,
    },
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
    let listed = if query.is_valid() { state.checkout.list_orders(&filter, page).await } else { Ok(Listing::empty()) };
    let (status, listed) = available(query.status(), listed)?;
    let may_export = signed_in.operator.role.may(Permission::Orders);
    let exports = may_export.then(|| [".csv", ".jsonl"].map(|end| query.elsewhere(&format!("{PATH}{end}"))));
    let page = OrdersPage {
        next: listed.as_ref().ok().and_then(|listed| listed.next).map(|id| query.next(id)),
        orders: listed.map(|listed| {
            let with_product = |order: Order| {
                let product = state.checkout.product(order.product_id);
                (order, product)
            };
            listed.items.into_iter().map(with_product).collect()
        }),
        filter: query.form(),
        placed: query.column("Placed", Sort::descending("placed")),
        first: query.first(),
        exports,
    };
    Ok(html(status, view::orders(signed_in.page_operator().await, page)))
}

/// `GET /admin/orders.csv`
pub async fn csv(state: State<AppState>, signed_in: SignedIn, uri: Uri) -> Result<Response, Problem> {
    export(state, signed_in, uri, ExportFormat::Csv).await
}

/// `GET /admin/orders.jsonl`
pub async fn json_lines(state: State<AppState>, signed_in: SignedIn, uri: Uri) -> Result<Response, Problem> {
    export(state, signed_in, uri, ExportFormat::JsonLines).await
}

/// Streams the orders that the filter in the address matches. A filter that cannot be read exports nothing, and the list
/// says what is wrong with it.
async fn export(
    State(state): State<AppState>,
    signed_in: SignedIn,
    uri: Uri,
    format: ExportFormat,
) -> Result<Response, Problem> {
    let mut query = ListQuery::new(&uri, PATH);
    let filter = filter(&mut query, &state.checkout);
    if !query.is_valid() {
        return page(State(state), signed_in, uri).await;
    }
    let stream = order_export::export(&state.checkout, &*state.store, &signed_in.actor(), filter, format).await?;
    Ok(export::response(stream, format, "orders"))
}

/// Reads the filter in the address.
fn filter(query: &mut ListQuery, checkout: &Checkout) -> OrderFilter {
    let search = query.search("Search", "Order number, id, transaction, shopper or e-mail address");
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
    let sort = query.sort(&[key], Sort::descending(key));
    if sort.is_descending { Direction::NewestFirst } else { Direction::OldestFirst }
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
