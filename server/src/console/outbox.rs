//! The list of the outbox's jobs, and another try.

use super::{
    html,
    list::{ListQuery, Sort},
    operation::context,
    orders::{PAGE_SIZE, available, direction},
    redirect,
    response::flash,
};
use crate::{
    operators::SignedIn,
    problem::{Kind, Problem},
    state::AppState,
};
use app::admin::{
    labels::job_kind_name,
    order::name_of,
    outbox::{self as view, OutboxPage, PATH, Tab},
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use checkout::{
    Checkout, Error,
    model::{Job, JobId, JobKind, OrderId},
    store::{
        listings::{Listing, PageRequest},
        outbox::JobFilter,
    },
};
use http::Uri;
use std::collections::{BTreeSet, HashMap};

/// `GET /admin/outbox`
pub async fn page(State(state): State<AppState>, signed_in: SignedIn, uri: Uri) -> Result<Response, Problem> {
    let checkout = &state.checkout;
    let fields = super::Fields::parse(uri.query().unwrap_or_default().as_bytes());
    let mut query = ListQuery::new(&uri, PATH);
    let tab = query.kept("state", Tab::from_name).unwrap_or_default();
    let kinds = JobKind::ALL.into_iter().filter(|kind| *kind != JobKind::Event);
    let kinds = kinds.map(|kind| (kind.name().to_owned(), job_kind_name(kind).to_owned()));
    let filter = JobFilter {
        state: tab.state(),
        kind: query.choice("kind", "Kind", kinds, JobKind::from_name),
        order: query.kept("order", |id| id.parse::<OrderId>().ok()),
        endpoint: None,
    };
    let direction = direction(&mut query, "since");
    let page = PageRequest { after: query.cursor(), direction, limit: PAGE_SIZE };
    let listed = if query.is_valid() { checkout.list_jobs(filter, page).await } else { Ok(Listing::empty()) };
    let (status, listed) = available(query.status(), listed)?;
    let next = listed.as_ref().ok().and_then(|listed| listed.next).map(|id| query.next(id));
    let jobs = match listed {
        Ok(listed) => Ok(with_orders(checkout, listed.items).await?),
        Err(text) => Err(text),
    };
    let page = OutboxPage {
        tab,
        jobs,
        next,
        filter: query.form(),
        age: query.column("Age", Sort::descending("since")),
        first: query.first(),
        now: checkout.now(),
    };
    Ok(html(status, view::outbox(signed_in.page_operator().await, page, flash(fields.get("done")))))
}

/// `POST /admin/outbox/{id}/retry`
pub async fn retry(
    State(state): State<AppState>,
    signed_in: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id: JobId = id.parse().map_err(|_| Problem::new(Kind::NotFound, "There is no such job."))?;
    state.checkout.retry_job(id, context(&signed_in, None)).await?;
    Ok(redirect(&format!("{PATH}?state=pending&done=job-retry")))
}

/// Adds how people call the orders, which one read returns.
async fn with_orders(checkout: &Checkout, jobs: Vec<Job>) -> Result<Vec<(Job, Option<String>)>, Error> {
    let ids: BTreeSet<OrderId> = jobs.iter().filter_map(|job| job.subject.order).collect();
    let orders = checkout.orders_of_any_owner(&ids.into_iter().collect::<Vec<_>>()).await?;
    let names: HashMap<_, _> = orders.iter().map(|order| (order.id, name_of(order))).collect();
    Ok(jobs
        .into_iter()
        .map(|job| {
            let order = job.subject.order.and_then(|id| names.get(&id).cloned());
            (job, order)
        })
        .collect())
}
