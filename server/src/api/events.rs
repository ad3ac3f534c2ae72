//! Live stock as server-sent events: `GET /api/products/events` and `GET /api/products/{id or slug}/events`.

use super::{ApiResult, examples, products};
use crate::{
    http::sse::{self, EventStreams},
    problem::Kind,
};
use axum::{
    extract::{Path, State, rejection::PathRejection},
    response::Response,
};
use bytes::Bytes;
use checkout::{
    Checkout, StockUpdate, StockWatch,
    model::{ProductId, Refusal},
};
use futures::{Stream, stream};
use std::{
    collections::{HashMap, VecDeque},
    marker::PhantomData,
    sync::Arc,
};
use tokio::sync::broadcast::{Receiver, error::RecvError};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, Ref, RefOr, Schema, Type},
};
use uuid::Uuid;

/// Stock of a product after a commit. `total` is always `available + held + pending + sold`.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the engine serialises it; this is the schema")]
pub struct StockEvent {
    /// Id of the product.
    product_id: Uuid,
    /// Total number of units in the sale.
    total: u32,
    /// Units available to hold.
    available: u32,
    /// Units in active holds; they may become available again.
    held: u32,
    /// Units in orders awaiting payment; they may become available again.
    pending: u32,
    /// Units sold: their orders are paid.
    sold: u32,
    /// Whether the product accepts no new holds, because the shop has paused its sale.
    paused: bool,
    /// Increases by one with each commit that changes the product; a lower version is older.
    version: u64,
    /// Time of that commit, by the server's clock.
    #[schema(value_type = String, format = DateTime)]
    at: (),
}

/// Schema of the streams of stock.
type StockEvents = EventsOf<StockEvent>;

/// Schema of an event stream. OpenAPI 3.1 cannot describe one, so it is a text whose data has the schema of `T`.
pub struct EventsOf<T>(PhantomData<T>);

impl<T: ToSchema> PartialSchema for EventsOf<T> {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String).content_media_type("application/json");
        text.content_schema(Some(Ref::from_schema_name(T::name()))).into()
    }
}

impl<T: ToSchema> ToSchema for EventsOf<T> {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(schemas);
    }
}

/// Streams the stock of one product.
///
/// Server-sent events, as for all products.
#[utoipa::path(
    get,
    path = "/api/products/{product}/events",
    operation_id = "watchProduct",
    tag = "Products",
    summary = "Watch the stock of a product",
    params(("Last-Event-ID", Header)),
    responses((
        status = OK,
        description = "The stock now, and each change.",
        content_type = "text/event-stream",
        body = inline(StockEvents),
        example = json!(examples::stream("stock", Some(74), &examples::stock_event())),
    )),
    extensions(("x-problems" = json!([Kind::UnknownProduct]))),
)]
pub async fn watch_product(
    State(checkout): State<Checkout>,
    State(streams): State<EventStreams>,
    name: Result<Path<String>, PathRejection>,
) -> ApiResult<Response> {
    let product = products::find(&checkout, name)?;
    let watch = checkout.watch_stock(product.id).ok_or(Refusal::UnknownProduct)?;
    Ok(streams.respond(stock_changes(watch)))
}

/// Streams the stock of every product.
///
/// Server-sent events: the current stock of each product, then each change.
///
/// Each event is named `stock`, its `id` is the product's version, and its data is a `StockEvent`. A product's events come
/// at most 20 times a second, and never go back to an older version. The server sends a comment every 15 seconds, so that
/// clients notice a dead connection. Reconnect after the time in `retry`.
#[utoipa::path(
    get,
    path = "/api/products/events",
    operation_id = "watchProducts",
    tag = "Products",
    summary = "Watch the stock of all products",
    params(("Last-Event-ID", Header)),
    responses((
        status = OK,
        description = "The stock now, and each change.",
        content_type = "text/event-stream",
        body = inline(StockEvents),
        example = json!(examples::stream("stock", Some(74), &examples::stock_event())),
    )),
)]
pub async fn watch_products(State(checkout): State<Checkout>, State(streams): State<EventStreams>) -> Response {
    streams.respond(AllStock::watch(checkout).changes())
}

/// Returns an update as it is sent to all its watchers.
pub(crate) fn stock_event(frame: &StockUpdate) -> Bytes {
    frame.message(|frame| sse::event("stock", Some(frame.snapshot.version), &frame.json))
}

fn stock_changes(mut watch: StockWatch) -> impl Stream<Item = Bytes> {
    let now = stock_event(&watch.current());
    stream::unfold((Some(now), watch), async |(now, mut watch)| {
        let event = match now {
            Some(event) => event,
            None => stock_event(&*watch.next().await?),
        };
        Some((event, (None, watch)))
    })
}

/// Watches the stock of every product. A watcher that lags too far behind gets the whole state again.
struct AllStock {
    checkout: Checkout,
    pending: VecDeque<Arc<StockUpdate>>,
    changes: Receiver<Arc<StockUpdate>>,
    /// Last version sent of each product; older versions are dropped.
    sent: HashMap<ProductId, u64>,
}

impl AllStock {
    fn watch(checkout: Checkout) -> Self {
        let (pending, changes) = Self::subscribe(&checkout);
        Self { checkout, pending, changes, sent: HashMap::new() }
    }

    /// Returns the current state of each listed product, and a channel of changes.
    fn subscribe(checkout: &Checkout) -> (VecDeque<Arc<StockUpdate>>, Receiver<Arc<StockUpdate>>) {
        let (now, changes) = checkout.watch_all_stock();
        let is_listed = |update: &Arc<StockUpdate>| {
            checkout.product(update.snapshot.product_id).is_some_and(|product| products::is_listed(&product))
        };
        (now.into_iter().filter(is_listed).collect(), changes)
    }

    fn changes(self) -> impl Stream<Item = Bytes> {
        stream::unfold(self, async |mut all| {
            let frame = all.next().await?;
            Some((stock_event(&frame), all))
        })
    }

    async fn next(&mut self) -> Option<Arc<StockUpdate>> {
        loop {
            let frame = match self.pending.pop_front() {
                Some(frame) => frame,
                None => match self.changes.recv().await {
                    Ok(frame) => frame,
                    Err(RecvError::Closed) => return None,
                    Err(RecvError::Lagged(_)) => {
                        (self.pending, self.changes) = Self::subscribe(&self.checkout);
                        continue;
                    }
                },
            };
            let version = frame.snapshot.version;
            let known = self.sent.insert(frame.snapshot.product_id, version);
            match known {
                // Restore the newer version; the older frame is not sent.
                Some(sent) if sent >= version => self.sent.insert(frame.snapshot.product_id, sent),
                _ => return Some(frame),
            };
        }
    }
}
