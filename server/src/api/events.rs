//! `GET /api/products/events` and `/api/products/{id or slug}/events`: the true stock, live (DESIGN §7).

use super::{Answer, products};
use crate::{sse, state::AppState};
use axum::{
    extract::{Path, State, rejection::PathRejection},
    response::Response,
};
use bytes::Bytes;
use checkout::{
    Checkout, Frame, StockWatch,
    model::{ProductId, Refusal},
};
use futures::{Stream, stream};
use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};
use tokio::sync::broadcast::{Receiver, error::RecvError};

/// One product.
pub async fn one(State(state): State<AppState>, name: Result<Path<String>, PathRejection>) -> Answer<Response> {
    let product =
        name.ok().and_then(|Path(name)| products::find(&state.checkout, &name)).ok_or(Refusal::UnknownProduct)?;
    let watch = state.checkout.watch_stock(product.id).ok_or(Refusal::UnknownProduct)?;
    Ok(sse::answer(changes_of(watch), &state))
}

/// Every product.
pub async fn all(State(state): State<AppState>) -> Response {
    sse::answer(AllStock::watch(state.checkout.clone()).changes(), &state)
}

fn stock_event(frame: &Frame) -> Bytes {
    frame.message(|frame| sse::event("stock", Some(frame.snapshot.version), &frame.json))
}

fn changes_of(mut watch: StockWatch) -> impl Stream<Item = Bytes> {
    let now = stock_event(&watch.current());
    stream::unfold((Some(now), watch), async |(now, mut watch)| {
        let event = match now {
            Some(event) => event,
            None => stock_event(&*watch.next().await?),
        };
        Some((event, (None, watch)))
    })
}

/// A watcher of everything. One that falls too far behind is told the whole state again instead of what it missed.
struct AllStock {
    checkout: Checkout,
    pending: VecDeque<Arc<Frame>>,
    changes: Receiver<Arc<Frame>>,
    /// What was told last of each product; an older version is dropped.
    told: HashMap<ProductId, u64>,
}

impl AllStock {
    fn watch(checkout: Checkout) -> Self {
        let (now, changes) = checkout.watch_all_stock();
        Self { checkout, pending: now.into(), changes, told: HashMap::new() }
    }

    fn changes(self) -> impl Stream<Item = Bytes> {
        stream::unfold(self, async |mut all| {
            let frame = all.next().await?;
            Some((stock_event(&frame), all))
        })
    }

    async fn next(&mut self) -> Option<Arc<Frame>> {
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
            let known = self.told.insert(frame.snapshot.product_id, version);
            match known {
                // Put the newer one back: the older is neither told nor remembered.
                Some(told) if told >= version => self.told.insert(frame.snapshot.product_id, told),
                _ => return Some(frame),
            };
        }
    }
}
