//! What one bad row, one full queue, one lost answer may cost: that one request, and nothing else.

use super::{
    fixture::{Shop, owner, units},
    invariants,
    memory_store::Fault,
};
use crate::{Error, Limits};
use futures::future::join_all;

#[tokio::test(start_paused = true)]
async fn a_broken_row_fails_whoever_meets_it_and_nobody_else() {
    let shop = Shop::new(Limits::default()).await;
    let (sound, broken) = (shop.product("sound", None).await, shop.product("broken", None).await);
    let held = shop.hold(broken, None).await.unwrap();
    // Counters that cannot be: the hold is there, and its unit is not.
    shop.memory.disk().products.get_mut(&broken).unwrap().stock.held = 0;
    let other = shop.another_node().await;
    let hold = || other.place_hold(sound, units(1), owner(), None, None);
    // Some are decided before the broken one, and some would be after it.
    let before = join_all((0..5).map(|_| hold()));
    let after = join_all((0..5).map(|_| hold()));
    let (before, released, after) = tokio::join!(before, other.release_hold(held.id, owner(), None), after);
    assert!(matches!(released, Err(Error::Internal)), "{released:?}");
    assert!(before.iter().chain(&after).all(Result::is_ok), "{before:?} {after:?}");
    // Nothing that was in doubt is remembered: neither counted twice, nor believed later.
    assert_eq!(shop.disk().products[&sound].stock.held, 10);
    hold().await.unwrap();
    let disk = shop.disk();
    assert_eq!((disk.products[&sound].stock.held, disk.holds.len()), (11, 12));
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_says_so_at_once_and_consumes_nothing() {
    let shop = Shop::new(Limits { queue: 4, batch: 2, ..Limits::default() }).await;
    let phone = shop.product("phone", None).await;
    let answers = join_all((0..20).map(|_| shop.hold(phone, None))).await;
    let held = answers.iter().flatten().count();
    let busy = answers.iter().filter(|answer| matches!(answer, Err(Error::Busy { .. }))).count();
    assert_eq!((held, busy), (4, 16), "{answers:?}");
    assert_eq!(shop.memory.disk().products[&phone].stock.held, 4);
}

#[tokio::test(start_paused = true)]
async fn whoever_went_away_before_the_work_began_is_spared_it() {
    use futures::FutureExt;
    let shop = Shop::new(Limits::default()).await;
    let phone = shop.product("phone", None).await;
    // Sent, and dropped before the writer has had its turn.
    assert!(shop.hold(phone, None).now_or_never().is_none());
    shop.hold(phone, None).await.unwrap();
    assert_eq!(shop.memory.disk().products[&phone].stock.held, 1);
}

/// What became of a request whose answer was lost is learned by repeating it (P9).
#[tokio::test(start_paused = true)]
async fn every_failure_leaves_the_whole_or_nothing_and_the_key_tells_which() {
    for (fault, written) in
        [(Fault::LostReading, 0), (Fault::LostBefore, 0), (Fault::LostAfter, 1), (Fault::Contended, 1)]
    {
        let shop = Shop::new(Limits::default()).await;
        let phone = shop.product("phone", None).await;
        shop.memory.inject(fault);
        let answer = shop.hold(phone, Some("k")).await;
        let fine = match fault {
            Fault::LostReading | Fault::LostBefore => matches!(answer, Err(Error::Busy { .. })),
            Fault::LostAfter => matches!(answer, Err(Error::OutcomeUnknown)),
            Fault::Contended | Fault::None => answer.is_ok(),
        };
        assert!(fine, "{fault:?}: {answer:?}");
        assert_eq!(shop.memory.disk().holds.len(), written, "{fault:?}");
        let again = shop.hold(phone, Some("k")).await.unwrap();
        assert!(answer.is_err() || answer.unwrap() == again);
        let disk = shop.memory.disk().clone();
        assert_eq!(disk.holds.len(), 1, "{fault:?}");
        invariants::check(&disk, &disk);
    }
}
