//! Injected faults: a corrupt row, a full queue or a lost reply fails only the requests that meet it.

use super::{
    fixture::{Shop, owner, units},
    invariants,
    memory_store::Fault,
    workload::start_time,
};
use crate::{Error, Limits};
use futures::future::join_all;
use std::time::Duration;

#[tokio::test(start_paused = true)]
async fn a_corrupt_row_fails_only_the_command_that_meets_it() {
    let shop = Shop::new(Limits::default()).await;
    let (sound, broken) = (shop.product("sound", None).await, shop.product("broken", None).await);
    let held = shop.hold(broken, None).await.unwrap();
    // The counters contradict the hold.
    shop.memory.tables().products.get_mut(&broken).unwrap().stock.held = 0;
    let other = shop.another_node().await;
    let hold = || other.place_hold(sound, units(1), owner(), None, None);
    // Some commands are decided before the failing one and some after it.
    let before = join_all((0..5).map(|_| hold()));
    let after = join_all((0..5).map(|_| hold()));
    let (before, released, after) = tokio::join!(before, other.release_hold(held.id, owner(), None), after);
    assert!(matches!(released, Err(Error::Internal)), "{released:?}");
    assert!(before.iter().chain(&after).all(Result::is_ok), "{before:?} {after:?}");
    // The failed attempts leave nothing in the writer's memory.
    assert_eq!(shop.tables().products[&sound].stock.held, 10);
    hold().await.unwrap();
    let tables = shop.tables();
    assert_eq!((tables.products[&sound].stock.held, tables.holds.len()), (11, 12));
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_says_so_at_once_and_consumes_nothing() {
    let shop = Shop::new(Limits { queue_capacity: 4, batch_size: 2, ..Limits::default() }).await;
    let phone = shop.product("phone", None).await;
    let replies = join_all((0..20).map(|_| shop.hold(phone, None))).await;
    let held = replies.iter().flatten().count();
    let busy = replies.iter().filter(|reply| matches!(reply, Err(Error::Busy { .. }))).count();
    assert_eq!((held, busy), (4, 16), "{replies:?}");
    assert_eq!(shop.memory.tables().products[&phone].stock.held, 4);
}

#[tokio::test(start_paused = true)]
async fn a_command_whose_caller_disconnected_is_skipped() {
    use futures::FutureExt;
    let shop = Shop::new(Limits::default()).await;
    let phone = shop.product("phone", None).await;
    // Queued, and dropped before the writer runs.
    assert!(shop.hold(phone, None).now_or_never().is_none());
    shop.hold(phone, None).await.unwrap();
    assert_eq!(shop.memory.tables().products[&phone].stock.held, 1);
}

/// A retry returns the outcome of a request whose reply was lost (P9).
#[tokio::test(start_paused = true)]
async fn each_fault_leaves_the_whole_effect_or_none_and_a_retry_tells_which() {
    for (fault, written) in
        [(Fault::LostReading, 0), (Fault::LostBefore, 0), (Fault::LostAfter, 1), (Fault::Contended, 1)]
    {
        let shop = Shop::new(Limits::default()).await;
        let phone = shop.product("phone", None).await;
        shop.memory.inject(fault);
        let reply = shop.hold(phone, Some("k")).await;
        let fine = match fault {
            Fault::LostReading | Fault::LostBefore => matches!(reply, Err(Error::Busy { .. })),
            Fault::LostAfter => matches!(reply, Err(Error::OutcomeUnknown)),
            Fault::Contended | Fault::None => reply.is_ok(),
        };
        assert!(fine, "{fault:?}: {reply:?}");
        assert_eq!(shop.memory.tables().holds.len(), written, "{fault:?}");
        let again = shop.hold(phone, Some("k")).await.unwrap();
        assert!(reply.is_err() || reply.unwrap() == again);
        let tables = shop.memory.tables().clone();
        assert_eq!(tables.holds.len(), 1, "{fault:?}");
        invariants::check(&tables, &tables);
    }
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_was_far_ahead_is_followed_once_it_is_corrected() {
    let shop = Shop::new(Limits::default()).await;
    let phone = shop.product("phone", None).await;
    shop.clock.advance(Duration::from_hours(1));
    let ahead = shop.hold(phone, None).await.unwrap().created_at;
    assert_eq!(ahead, start_time() + Duration::from_hours(1));
    // A small step back is ignored.
    shop.clock.set(ahead - Duration::from_mins(1));
    assert_eq!(shop.hold(phone, None).await.unwrap().created_at, ahead);
    // A large one is followed, to within five minutes.
    shop.clock.set(start_time());
    let corrected = shop.hold(phone, None).await.unwrap().created_at;
    assert!(corrected <= start_time() + Duration::from_mins(5), "{corrected}");
}
