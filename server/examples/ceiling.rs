//! The ceiling of `make bench`: the whole server, except that `POST /api/holds` returns a made-up hold without calling the
//! engine. It measures HTTP, token, parsing and response, whose cost no store can reduce.

use axum::routing::post;
use checkout::{
    Clock, IdGenerator, Idempotent, SystemClock,
    model::{Hold, HoldState},
};
use server::{
    api::holds::{PlaceHold, hold_created},
    auth::Client,
    http::extract::IdempotentJson,
};
use std::{future::ready, process::ExitCode, sync::Arc, time::Duration};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let ids = IdGenerator::new(clock.clone());
    let invent = move |Client(owner): Client, IdempotentJson { body, .. }: IdempotentJson<PlaceHold>| {
        let PlaceHold { product_id, qty, shopper } = body;
        let now = clock.now();
        let hold = Hold {
            id: ids.generate(),
            product_id,
            owner,
            shopper,
            qty,
            created_at: now,
            unit_price: None,
            expires_at: now + Duration::from_mins(2),
            extended: false,
            state: HoldState::Active,
        };
        ready(hold_created(Idempotent { value: hold, replayed: false }))
    };
    server::cli::main_with(post(invent))
}
