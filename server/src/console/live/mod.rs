//! The Live screen and its stream.

mod hub;
mod numbers;
mod read;

pub use hub::LiveHub;

use super::{Fields, html};
use crate::{
    backoffice::lookup,
    http::sse::EventStreams,
    operators::{OperatorService, SignedIn},
    problem::{Kind, Problem},
};
use app::admin::live::{overview, sale};
use axum::{extract::State, response::Response};
use checkout::{
    Checkout,
    model::{Product, ProductId},
    store::operators::Permission,
};
use futures::StreamExt as _;
use http::{HeaderValue, StatusCode, Uri, header};
use hub::{MAX_WATCHERS_PER_OPERATOR, TooManyWatchers};
use std::{sync::Arc, time::Duration};

/// Interval at which a stream checks that its session still stands.
const SESSION_CHECK_INTERVAL: Duration = Duration::from_secs(3);

/// The part of the shop that a page or a stream shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum View {
    /// All sales.
    Overview,
    /// The sale of one product.
    Sale(ProductId),
}

/// `GET /admin/live`
pub async fn page(
    State(checkout): State<Checkout>,
    State(hub): State<LiveHub>,
    signed_in: SignedIn,
    uri: Uri,
) -> Result<Response, Problem> {
    let operator = signed_in.page_operator().await;
    let page = match product(&checkout, &uri)? {
        None => overview(operator, hub.parts(View::Overview).await?),
        Some(product) => sale(operator, &product, hub.parts(View::Sale(product.id)).await?),
    };
    Ok(html(StatusCode::OK, page))
}

/// `GET /admin/live/events`
pub async fn events(
    State(checkout): State<Checkout>,
    State(hub): State<LiveHub>,
    State(streams): State<EventStreams>,
    State(service): State<OperatorService>,
    signed_in: SignedIn,
    uri: Uri,
) -> Result<Response, Problem> {
    let view = product(&checkout, &uri)?.map_or(View::Overview, |product| View::Sale(product.id));
    let events = hub.watch(signed_in.operator.id, view).map_err(too_many_watchers)?;
    let mut response = streams.respond_uncounted(events.take_until(end_of_session(service, signed_in)));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    Ok(response)
}

/// Returns the product that an address names by its id or its slug. `None` for an address that names none.
fn product(checkout: &Checkout, uri: &Uri) -> Result<Option<Arc<Product>>, Problem> {
    let query = Fields::parse(uri.query().unwrap_or_default().as_bytes());
    let name = query.get("product").trim();
    if name.is_empty() {
        return Ok(None);
    }
    lookup::product(checkout, name).map(Some).ok_or_else(|| Problem::new(Kind::NotFound, "There is no such product."))
}

fn too_many_watchers(limit: TooManyWatchers) -> Problem {
    match limit {
        TooManyWatchers::Server => Problem::overloaded(),
        TooManyWatchers::Operator => {
            let detail = format!("You have {MAX_WATCHERS_PER_OPERATOR} Live screens open. Close one, and try again.");
            Problem::new(Kind::TooManyRequests, detail)
        }
    }
}

/// Waits until the operator is signed out, disabled, or may no longer see the screen.
async fn end_of_session(service: OperatorService, signed_in: SignedIn) {
    loop {
        tokio::time::sleep(SESSION_CHECK_INTERVAL).await;
        match service.still_may(&signed_in, Permission::See).await {
            Ok(false) => return,
            Ok(true) => {}
            // The next check may tell.
            Err(error) => tracing::warn!(%error, "could not check the session of a live stream"),
        }
    }
}
