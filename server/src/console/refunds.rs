//! The list of refunds.

use super::{
    html,
    list::{ListQuery, Sort},
    orders::{PAGE_SIZE, available, direction, product},
};
use crate::{operators::SignedIn, problem::Problem, state::AppState};
use app::admin::{
    order::name_of,
    refunds::{self as view, RefundRow, RefundsPage, Tab},
};
use axum::{extract::State, response::Response};
use checkout::{
    Checkout, Error,
    model::{OrderId, Refund},
    store::listings::{Listing, PageRequest, RefundFilter, RefundSearch},
};
use http::Uri;
use std::collections::HashMap;

const PATH: &str = "/admin/refunds";

/// `GET /admin/refunds`
pub async fn page(State(state): State<AppState>, signed_in: SignedIn, uri: Uri) -> Result<Response, Problem> {
    let checkout = &state.checkout;
    let mut query = ListQuery::new(&uri, PATH);
    let tab = query.kept("state", Tab::from_name).unwrap_or_default();
    let search = query.search("Search", "Order number, id, transaction or provider’s reference");
    let filter = RefundFilter {
        search: search.as_deref().and_then(RefundSearch::parse),
        state: tab.state(),
        product: product(&mut query, checkout),
        since: query.since(),
        until: query.until(),
        ..RefundFilter::default()
    };
    let direction = direction(&mut query, "issued");
    let page = PageRequest { after: query.cursor(), direction, limit: PAGE_SIZE };
    let listed = if query.is_valid() { checkout.list_refunds(&filter, page).await } else { Ok(Listing::empty()) };
    let (status, listed) = available(query.status(), listed)?;
    let next = listed.as_ref().ok().and_then(|listed| listed.next).map(|id| query.next(id));
    let refunds = match listed {
        Ok(listed) => Ok(rows(checkout, listed.items).await?),
        Err(text) => Err(text),
    };
    let page = RefundsPage {
        tab,
        refunds,
        next,
        filter: query.form(),
        age: query.column("Age", Sort::descending("issued")),
        first: query.first(),
        now: checkout.now(),
    };
    Ok(html(status, view::refunds(signed_in.page_operator().await, page)))
}

/// Adds products and orders, which one read returns.
async fn rows(checkout: &Checkout, refunds: Vec<Refund>) -> Result<Vec<RefundRow>, Error> {
    let ids: Vec<OrderId> = refunds.iter().filter_map(|refund| refund.order_id).collect();
    let orders = checkout.orders_of_any_owner(&ids).await?;
    let names: HashMap<_, _> = orders.iter().map(|order| (order.id, name_of(order))).collect();
    let row = |refund: Refund| RefundRow {
        product: refund.product_id.and_then(|id| checkout.product(id)),
        order: refund.order_id.and_then(|id| names.get(&id).cloned()),
        refund,
    };
    Ok(refunds.into_iter().map(row).collect())
}
