//! The ceiling that `make bench` measures against: the whole program, except that whoever asks for a hold gets one
//! without the engine being asked, so no stock, no queue and no database. What is left is what HTTP, the token, reading
//! the request and writing the answer cost, and no store can be faster.

use axum::routing::post;
use checkout::{
    Clock, Mint, Replayed, SystemClock,
    model::{Hold, HoldState},
};
use server::{
    api::holds::{PlaceHold, placed},
    auth::Client,
    extract::Posted,
};
use std::{future::ready, process::ExitCode, sync::Arc, time::Duration};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let mint = Mint::new(clock.clone());
    let invent = move |Client(owner): Client, Posted { body, idempotency: _ }: Posted<PlaceHold>| {
        let PlaceHold { product_id, qty, shopper } = body;
        let now = clock.now();
        let hold = Hold {
            id: mint.id(),
            product_id,
            owner,
            shopper,
            qty,
            created_at: now,
            expires_at: now + Duration::from_mins(2),
            extended: false,
            state: HoldState::Active,
        };
        ready(placed(Replayed { value: hold, replayed: false }))
    };
    server::commands::main_with(post(invent))
}
