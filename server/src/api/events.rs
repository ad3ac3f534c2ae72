//! Live stock as server-sent events: `GET /api/products/events` and `GET /api/products/{id or slug}/events`.

use super::{ApiResult, products};
use crate::http::sse::{self, EventStreams};
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
    sync::Arc,
};
use tokio::sync::broadcast::{Receiver, error::RecvError};

/// Streams the stock of one product.
pub async fn watch_product(
    State(checkout): State<Checkout>,
    State(streams): State<EventStreams>,
    name: Result<Path<String>, PathRejection>,
) -> ApiResult<Response> {
    let product = name.ok().and_then(|Path(name)| products::find(&checkout, &name)).ok_or(Refusal::UnknownProduct)?;
    let watch = checkout.watch_stock(product.id).ok_or(Refusal::UnknownProduct)?;
    Ok(streams.respond(stock_changes(watch)))
}

/// Streams the stock of every product.
pub async fn watch_products(State(checkout): State<Checkout>, State(streams): State<EventStreams>) -> Response {
    streams.respond(AllStock::watch(checkout).changes())
}

fn stock_event(frame: &StockUpdate) -> Bytes {
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
        let (now, changes) = checkout.watch_all_stock();
        Self { checkout, pending: now.into(), changes, sent: HashMap::new() }
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
                        let (now, changes) = self.checkout.watch_all_stock();
                        (self.pending, self.changes) = (now.into(), changes);
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
