//! `GET /live/products/{id}`: streams a product to its page: its stock as in the API, and before its sale opens the number
//! of pages that wait.

use crate::{
    api::{events::stock_event, products},
    http::sse::{self, EventStreams},
    problem::Problem,
};
use axum::{
    extract::{Path, State, rejection::PathRejection},
    response::Response,
};
use bytes::Bytes;
use checkout::{
    Checkout,
    model::{ProductId, Refusal, SalePhase},
};
use futures::{Stream, stream};
use std::time::Duration;
use tokio::time::{Interval, MissedTickBehavior, interval};

/// Interval at which a page learns how many watch.
const WATCHING_INTERVAL: Duration = Duration::from_secs(5);

/// Streams the product now, and each time it changes.
pub async fn watch(
    State(checkout): State<Checkout>,
    State(streams): State<EventStreams>,
    name: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let product = products::find(&checkout, name)?.id;
    Ok(streams.respond(events(checkout, product).ok_or(Refusal::UnknownProduct)?))
}

/// Each stock as an event `stock`, and the number of watchers as events `watching`, whose data is the number.
fn events(checkout: Checkout, product: ProductId) -> Option<impl Stream<Item = Bytes>> {
    let mut stock = checkout.watch_stock(product)?;
    let now = stock_event(&stock.current());
    let audience = Audience::new(checkout, product);
    Some(stream::unfold((Some(now), stock, audience), async |(now, mut stock, mut audience)| {
        let event = if let Some(event) = now {
            event
        } else {
            tokio::select! {
                biased;
                update = stock.next() => stock_event(&*update?),
                count = audience.next() => sse::event("watching", None, count.to_string().as_bytes()),
            }
        };
        Some((event, (None, stock, audience)))
    }))
}

/// The number of streams of a product on this server, until its sale opens. During the sale it would cost each watcher a
/// timer, and nobody asks for it.
struct Audience {
    checkout: Checkout,
    product: ProductId,
    ticks: Interval,
    /// The number that was sent last.
    sent: Option<usize>,
    is_over: bool,
}

impl Audience {
    fn new(checkout: Checkout, product: ProductId) -> Self {
        let mut ticks = interval(WATCHING_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { checkout, product, ticks, sent: None, is_over: false }
    }

    /// Waits until the number differs from the one before. It never ends once the sale has opened.
    async fn next(&mut self) -> usize {
        while !self.is_over {
            self.ticks.tick().await;
            let (product, now) = (self.checkout.product(self.product), self.checkout.now());
            self.is_over = !product.is_some_and(|product| matches!(product.window.at(now), SalePhase::Upcoming(_)));
            let count = self.checkout.stock_watchers(self.product);
            if !self.is_over && self.sent.replace(count) != Some(count) {
                return count;
            }
        }
        std::future::pending().await
    }
}
