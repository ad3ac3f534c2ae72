//! The list of payment events.

use super::{
    html,
    list::{ListQuery, Sort},
    orders::{PAGE_SIZE, available, direction, product},
};
use crate::{operators::SignedIn, problem::Problem, state::AppState};
use app::admin::{
    labels::words,
    payments::{self as view, PaymentsPage},
};
use axum::{extract::State, response::Response};
use checkout::{
    Checkout,
    model::{EventOutcome, PaymentStatus},
    store::listings::{Listing, PageRequest, PaymentFilter, PaymentSearch},
};
use http::Uri;

const PATH: &str = "/admin/payments";

/// `GET /admin/payments`
pub async fn page(State(state): State<AppState>, signed_in: SignedIn, uri: Uri) -> Result<Response, Problem> {
    let mut query = ListQuery::new(&uri, PATH);
    let (filter, direction) = (filter(&mut query, &state.checkout), direction(&mut query, "received"));
    let page = PageRequest { after: query.cursor(), direction, limit: PAGE_SIZE };
    let listed =
        if query.is_valid() { state.checkout.list_payments(&filter, page).await } else { Ok(Listing::empty()) };
    let (status, listed) = available(query.status(), listed)?;
    let page = PaymentsPage {
        next: listed.as_ref().ok().and_then(|listed| listed.next).map(|id| query.next(id)),
        payments: listed.map(|listed| {
            let with_product = |payment: checkout::model::Payment| {
                let product = payment.product_id.and_then(|id| state.checkout.product(id));
                (payment, product)
            };
            listed.items.into_iter().map(with_product).collect()
        }),
        filter: query.form(),
        received: query.column("Received", Sort::descending("received")),
        first: query.first(),
    };
    Ok(html(status, view::payments(signed_in.page_operator().await, page)))
}

fn filter(query: &mut ListQuery, checkout: &Checkout) -> PaymentFilter {
    let search = query.search("Search", "Event key, transaction or order");
    let options = |names: &[&str]| names.iter().map(|name| ((*name).to_owned(), words(name))).collect::<Vec<_>>();
    let statuses = PaymentStatus::ALL.map(PaymentStatus::name);
    let status_of = |name: &str| PaymentStatus::ALL.into_iter().find(|status| status.name() == name);
    PaymentFilter {
        search: search.as_deref().and_then(PaymentSearch::parse),
        outcome: query.choice("outcome", "Outcome", options(&EventOutcome::NAMES), |name| Some(name.to_owned())),
        status: query.choice("status", "Status", options(&statuses), status_of),
        product: product(query, checkout),
        since: query.since(),
        until: query.until(),
    }
}
