//! Takes back what nobody came for: holds and orders past their time, payments whose order never came. It sleeps until
//! the next instant at which something is due.

use crate::{
    clock::Clock,
    error::{Error, StoreError},
    model::Timestamp,
    service::{Checkout, Limits},
    store::Store,
};
use std::{error::Error as _, sync::Arc, time::Duration};

/// The longest sleep: a hold placed meanwhile may be due sooner than all that were known, and stock must be for sale
/// within a second of coming back (P4).
const LONGEST: Duration = Duration::from_millis(500);

/// The shortest sleep, so that something that is due and cannot be swept does not keep a core busy.
const SHORTEST: Duration = Duration::from_millis(20);

/// Sweeps for ever.
pub(crate) async fn run(checkout: Checkout, store: Arc<dyn Store>, clock: Arc<dyn Clock>, limits: Limits) {
    loop {
        let wait = match sweep(&checkout, &*store, clock.now(), limits).await {
            Ok(wait) => wait.clamp(SHORTEST, LONGEST),
            Err(error) => {
                let cause = error.source().map(ToString::to_string);
                tracing::warn!(%error, cause, "could not look for what is due");
                LONGEST
            }
        };
        tokio::time::sleep(wait).await;
    }
}

/// Takes back what is due at `now`; answers how long there is nothing more to do.
async fn sweep(checkout: &Checkout, store: &dyn Store, now: Timestamp, limits: Limits) -> Result<Duration, StoreError> {
    let (next, oldest_parked) = store.reads().next_due().await?;
    if next.is_some_and(|due| due <= now) {
        for product in store.reads().due(now).await? {
            log(checkout.sweep_product(product).await, "units came back");
        }
        // There may be more than one sweep takes.
        return Ok(SHORTEST);
    }
    let give_up_at = oldest_parked.map(|parked| parked + limits.parked_for);
    if give_up_at.is_some_and(|at| at <= now) {
        log(checkout.expire_unmatched(now - limits.parked_for).await, "payments without an order");
    }
    let later = [next, give_up_at].into_iter().flatten().filter(|at| *at > now).min();
    Ok(later.map_or(LONGEST, |at| now.until(at)))
}

fn log(swept: Result<u32, Error>, what: &'static str) {
    match swept {
        Ok(0) => {}
        Ok(count) => tracing::info!(count, what, "swept"),
        Err(error) => tracing::warn!(%error, what, "could not sweep"),
    }
}
