//! What the commands of one batch know of each other, and what becomes of a batch when another node is first. Commands
//! that are sent together share a batch: here the writer gets its turn only when all of them wait.

use super::{
    fixture::{Shop, owner, shopper, units},
    invariants,
};
use crate::{
    Error, Limits, PaymentEvent, PaymentVerdict,
    model::{PaymentStatus, Reference, Refusal, ReportedAmount},
};

/// A refusal that came first rests on a product that the batch then finds changed.
#[tokio::test(start_paused = true)]
async fn a_batch_that_meets_newer_news_halfway_decides_all_of_it_again() {
    let shop = Shop::new(Limits::default()).await;
    let phone = shop.product("phone", None).await;
    let (given, _stale) = (shop.hold(phone, None).await.unwrap(), shop.hold(phone, None).await.unwrap());
    // Behind this node's back one of the two units comes back; then the other is due.
    shop.another_node().await.release_hold(given.id, owner(), None).await.unwrap();
    shop.turn(120);
    // As far as this node knows two units are committed, and 48 are not: it looks for what is due, and finds the news.
    let (lowered, short) =
        tokio::join!(shop.node.adjust_stock(phone, 1), shop.node.place_hold(phone, units(49), owner(), None, None));
    assert_eq!(lowered.unwrap().stock.total, 1);
    assert!(matches!(short, Err(Error::Refused(Refusal::SoldOut { available: 1, may_return: 0 }))), "{short:?}");
    invariants::check(&shop.disk(), &shop.disk());
}

/// What a shopper is rid of counts no longer, for the very next command.
#[tokio::test(start_paused = true)]
async fn an_order_that_ends_makes_room_for_a_hold_of_the_same_batch() {
    let shop = Shop::new(Limits::default()).await;
    let phone = shop.product("phone", Some(1)).await;
    let hold = || shop.node.place_hold(phone, units(1), owner(), Some(shopper("ada")), None);
    let first = hold().await.unwrap().value;
    let order = shop.node.place_order(first.id, owner(), None).await.unwrap().value;
    let (cancelled, second, third) = tokio::join!(shop.node.cancel_order(order.id, owner(), None), hold(), hold());
    cancelled.unwrap();
    assert!(matches!(third, Err(Error::Refused(Refusal::LimitReached { limit: 1, taken: 1 }))), "{third:?}");
    let order = shop.node.place_order(second.unwrap().value.id, owner(), None).await.unwrap().value;
    let declined = PaymentEvent {
        key: "evt".to_owned().try_into().unwrap(),
        fingerprint: [1; 32],
        reference: Reference::Order(order.id),
        transaction_id: "tx".to_owned().try_into().unwrap(),
        status: PaymentStatus::Failure,
        reported: ReportedAmount::default(),
    };
    let (declined, fourth) = tokio::join!(shop.node.record_payment(declined), hold());
    assert_eq!(declined.unwrap().verdict, PaymentVerdict::Processed);
    fourth.unwrap();
    invariants::check(&shop.disk(), &shop.disk());
}

/// Whoever has been too late often enough takes the product for itself, and is not too late again.
#[tokio::test(start_paused = true)]
async fn a_rival_who_is_always_first_does_not_keep_a_batch_out_for_ever() {
    let shop = Shop::new(Limits::default()).await;
    let phone = shop.product("phone", None).await;
    shop.hold(phone, None).await.unwrap();
    shop.memory.force_conflicts();
    shop.hold(phone, None).await.unwrap();
    let disk = shop.disk();
    // The product's own commits are three: it was added, and held from twice.
    assert!(disk.products[&phone].version > 3, "nobody was ever first");
    assert_eq!(disk.products[&phone].stock.held, 2);
    invariants::check(&disk, &disk);
}
