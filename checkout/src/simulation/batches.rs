//! Commands that share a batch, and batches that conflict with another node. Commands that are sent together share a batch:
//! on this single-threaded runtime the writer runs only once all of them are queued.

use super::{
    fixture::{Shop, owner, shopper, units},
    invariants,
};
use crate::{
    Error, Limits, PaymentEvent, PaymentVerdict,
    model::{PaymentStatus, Reference, Refusal, ReportedAmount},
};

/// The first command is decided on a version of the product that a later load replaces.
#[tokio::test(start_paused = true)]
async fn a_batch_that_loads_a_newer_version_decides_all_commands_again() {
    let shop = Shop::new(Limits::default()).await;
    let phone = shop.product("phone", None).await;
    let (given, _stale) = (shop.hold(phone, None).await.unwrap(), shop.hold(phone, None).await.unwrap());
    // Another node releases one of the two units. Then the other unit is due.
    shop.another_node().await.release_hold(given.id, owner(), None).await.unwrap();
    shop.advance(120);
    // This node still knows two held units and 48 available ones. It loads what is due, and finds the newer version.
    let hold = |qty| shop.node.place_hold(phone, units(qty), owner(), None, None);
    let (first, short) = tokio::join!(hold(1), hold(50));
    first.unwrap();
    assert!(matches!(short, Err(Error::Refused(Refusal::SoldOut { available: 49, may_return: 1 }))), "{short:?}");
    invariants::check(&shop.tables(), &shop.tables());
}

/// A cancelled order no longer counts towards the limit, even for the next command of the same batch.
#[tokio::test(start_paused = true)]
async fn an_order_that_ends_makes_room_for_a_hold_of_the_same_batch() {
    let shop = Shop::new(Limits::default()).await;
    let phone = shop.product("phone", Some(1)).await;
    let hold = || shop.node.place_hold(phone, units(1), owner(), Some(shopper("ada")), None);
    let first = hold().await.unwrap().value;
    let order = shop.node.place_order(first.id, None, owner(), None).await.unwrap().value;
    let (cancelled, second, third) = tokio::join!(shop.node.cancel_order(order.id, owner(), None), hold(), hold());
    cancelled.unwrap();
    assert!(matches!(third, Err(Error::Refused(Refusal::LimitReached { limit: 1, taken: 1 }))), "{third:?}");
    let order = shop.node.place_order(second.unwrap().value.id, None, owner(), None).await.unwrap().value;
    let declined = PaymentEvent {
        key: "evt".to_owned().try_into().unwrap(),
        fingerprint: [1; 32],
        reference: Reference::Order(order.id),
        transaction_id: "tx".to_owned().try_into().unwrap(),
        status: PaymentStatus::Failure,
        reported: ReportedAmount::default(),
        dispute_id: None,
        payload: None,
    };
    let (declined, fourth) = tokio::join!(shop.node.record_payment(declined), hold());
    assert_eq!(declined.unwrap().verdict, PaymentVerdict::Processed);
    fourth.unwrap();
    invariants::check(&shop.tables(), &shop.tables());
}

/// After several conflicts a batch locks the product, which prevents further conflicts.
#[tokio::test(start_paused = true)]
async fn a_rival_that_always_commits_first_does_not_starve_a_batch() {
    let shop = Shop::new(Limits::default()).await;
    let phone = shop.product("phone", None).await;
    shop.hold(phone, None).await.unwrap();
    shop.memory.force_conflicts();
    shop.hold(phone, None).await.unwrap();
    let tables = shop.tables();
    // This node commits three times: the product and two holds.
    assert!(tables.products[&phone].version > 3, "there was no conflict");
    assert_eq!(tables.products[&phone].stock.held, 2);
    invariants::check(&tables, &tables);
}
