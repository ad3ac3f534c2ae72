//! Attempts to pay at a payment provider.

use crate::shop::{Shop, noon, owner};
use checkout::{
    model::{
        AttemptId,
        AttemptState::{self, Closed, Completed, Failed, Open, Opening},
        Order, OrderId, PaymentAttempt, PaymentStatus, ProviderName, Reference, SessionId, Timestamp,
    },
    store::BeginOutcome,
};
use std::time::Duration;
use uuid::Uuid;

fn attempt(nth: u128, order: OrderId) -> PaymentAttempt {
    PaymentAttempt {
        id: AttemptId(Uuid::from_u128(nth)),
        order_id: order,
        provider: ProviderName::Stripe,
        state: Opening,
        session: None,
        url: None,
        request: format!(r#"{{"order":"{nth}","name":"Ünïcode"}}"#),
        created_at: noon(),
        updated_at: noon(),
    }
}

fn session(name: &str) -> SessionId {
    name.to_owned().try_into().unwrap()
}

fn later(seconds: u64) -> Timestamp {
    noon() + Duration::from_secs(seconds)
}

async fn begin(shop: &Shop, attempt: &PaymentAttempt) -> BeginOutcome {
    shop.store.payment_attempts().begin_attempt(attempt).await.unwrap()
}

/// Orders of one unit, each with an attempt whose id counts from 1.
async fn attempts(shop: &Shop, count: u128) -> Vec<(Order, PaymentAttempt)> {
    let phone = shop.phone(20).await.id;
    let mut attempts = Vec::new();
    for nth in 1..=count {
        let order = shop.ordered(phone, 1).await;
        let attempt = attempt(nth, order.id);
        assert_eq!(begin(shop, &attempt).await, BeginOutcome::Live(attempt.clone()));
        attempts.push((order, attempt));
    }
    attempts
}

crate::scenarios! {
    async fn two_begins_at_once_make_one_attempt(shop: Shop) {
        let phone = shop.phone(9).await.id;
        let elsewhere = checkout::store::open(&shop.database.url()).await.unwrap();
        for nth in 0..8 {
            let order = shop.ordered(phone, 1).await;
            let [one, two] = [1, 2].map(|n| attempt(10 * nth + n, order.id));
            let (first, second) = tokio::join!(begin(&shop, &one), elsewhere.payment_attempts().begin_attempt(&two));
            assert_eq!(first, second.unwrap());
            let [live] = <[_; 1]>::try_from(shop.store.payment_attempts().of_order(order.id).await.unwrap()).unwrap();
            assert!(live == one || live == two, "{live:?}");
            assert_eq!(first, BeginOutcome::Live(live));
        }
    }

    async fn only_a_pending_order_gets_an_attempt(shop: Shop) {
        let phone = shop.phone(9).await.id;
        let (cancelled, paid) = (shop.ordered(phone, 1).await, shop.paid(phone, 1, "tx").await);
        shop.checkout.cancel_order(cancelled.id, owner(), None).await.unwrap();
        for order in [cancelled.id, paid.id, OrderId(Uuid::from_u128(1))] {
            assert_eq!(begin(&shop, &attempt(1, order)).await, BeginOutcome::NotPending);
            assert_eq!(shop.store.payment_attempts().of_order(order).await.unwrap(), []);
        }
    }

    async fn an_attempt_that_has_ended_makes_room_for_another(shop: Shop) {
        let (order, first) = attempts(&shop, 1).await.remove(0);
        let store = shop.store.payment_attempts();
        let second = attempt(2, order.id);
        for state in [Open, Completed] {
            assert!(matches!(begin(&shop, &second).await, BeginOutcome::Live(live) if live.id == first.id), "{state:?}");
            store.opened(first.id, &session("cs_1"), "https://pay.example/1", later(1)).await.unwrap();
            assert!(store.advance(first.id, &[Open, Opening], state, later(2)).await.unwrap());
        }
        assert!(store.advance(first.id, &[Completed], Closed, later(3)).await.unwrap());
        assert_eq!(begin(&shop, &second).await, BeginOutcome::Live(second.clone()));
        let ids: Vec<_> = store.of_order(order.id).await.unwrap().iter().map(|attempt| attempt.id).collect();
        assert_eq!(ids, [first.id, second.id]);
    }

    async fn an_attempt_may_begin_with_its_page(shop: Shop) {
        let phone = shop.phone(9).await.id;
        let (order, cancelled) = (shop.ordered(phone, 1).await, shop.ordered(phone, 1).await);
        shop.checkout.cancel_order(cancelled.id, owner(), None).await.unwrap();
        let with_page = |nth, order| PaymentAttempt {
            state: Open,
            session: Some(session(&format!("page_{nth}"))),
            url: Some(format!("/pay/{nth}")),
            ..attempt(nth, order)
        };
        let first = with_page(1, order.id);
        assert_eq!(begin(&shop, &first).await, BeginOutcome::Live(first.clone()));
        assert_eq!(shop.store.payment_attempts().of_session(&session("page_1")).await.unwrap(), Some(first.clone()));
        // The order keeps its page, and an order that has ended gets none.
        assert_eq!(begin(&shop, &with_page(2, order.id)).await, BeginOutcome::Live(first));
        assert_eq!(begin(&shop, &with_page(3, cancelled.id)).await, BeginOutcome::NotPending);
        assert_eq!(shop.store.payment_attempts().of_session(&session("page_2")).await.unwrap(), None);
    }

    async fn a_page_is_recorded_while_its_order_is_pending(shop: Shop) {
        let all = attempts(&shop, 3).await;
        let store = shop.store.payment_attempts();
        let open = async |nth: usize| {
            store.opened(all[nth].1.id, &session(&format!("cs_{nth}")), "https://pay.example/", later(1)).await.unwrap()
        };
        shop.checkout.cancel_order(all[0].0.id, owner(), None).await.unwrap();
        shop.pay(Reference::Order(all[1].0.id), "tx", PaymentStatus::Success).await;
        assert_eq!((open(0).await, open(1).await, open(2).await), (false, false, true));
        // The page is shown once it is stored, and stays the one that it is.
        assert!(!open(2).await);
        assert!(!store.opened(all[2].1.id, &session("cs_9"), "https://pay.example/9", later(2)).await.unwrap());
        let opened = PaymentAttempt {
            state: Open,
            session: Some(session("cs_2")),
            url: Some("https://pay.example/".to_owned()),
            updated_at: later(1),
            ..all[2].1.clone()
        };
        assert_eq!(store.attempt(opened.id).await.unwrap(), Some(opened.clone()));
        assert_eq!(store.of_session(&session("cs_2")).await.unwrap(), Some(opened));
        assert_eq!(store.of_session(&session("cs_0")).await.unwrap(), None);
        assert_eq!(store.attempt(all[0].1.id).await.unwrap(), Some(all[0].1.clone()));
        assert_eq!(store.attempt(AttemptId(Uuid::from_u128(99))).await.unwrap(), None);
    }

    async fn a_page_whose_response_was_lost_is_adopted_once(shop: Shop) {
        let (_, lost) = attempts(&shop, 1).await.remove(0);
        let store = shop.store.payment_attempts();
        assert!(store.adopt(lost.id, &session("cs_1"), later(1)).await.unwrap());
        for name in ["cs_1", "cs_2"] {
            assert!(!store.adopt(lost.id, &session(name), later(2)).await.unwrap());
        }
        assert!(!store.adopt(AttemptId(Uuid::from_u128(99)), &session("cs_3"), later(2)).await.unwrap());
        let adopted = PaymentAttempt { session: Some(session("cs_1")), updated_at: later(1), ..lost.clone() };
        assert_eq!(store.of_session(&session("cs_1")).await.unwrap(), Some(adopted));
        // The opener comes back with the same page. Another page is not that of this attempt.
        assert!(!store.opened(lost.id, &session("cs_2"), "https://pay.example/2", later(3)).await.unwrap());
        assert!(store.opened(lost.id, &session("cs_1"), "https://pay.example/1", later(3)).await.unwrap());
        assert_eq!(store.attempt(lost.id).await.unwrap().unwrap().state, Open);
    }

    async fn an_attempt_leaves_only_the_states_that_are_named(shop: Shop) {
        let (_, attempt) = attempts(&shop, 1).await.remove(0);
        let store = shop.store.payment_attempts();
        let advance = async |from: &[AttemptState], state| store.advance(attempt.id, from, state, later(1)).await.unwrap();
        assert!(!advance(&[Open, Completed], Closed).await);
        assert!(!store.advance(AttemptId(Uuid::from_u128(99)), &[Opening], Closed, later(1)).await.unwrap());
        assert_eq!(store.attempt(attempt.id).await.unwrap(), Some(attempt.clone()));
        assert!(advance(&[Opening, Open], Failed).await);
        assert!(!advance(&[Opening, Open], Closed).await);
        let failed = PaymentAttempt { state: Failed, updated_at: later(1), ..attempt.clone() };
        assert_eq!(store.attempt(attempt.id).await.unwrap(), Some(failed));
    }

    async fn live_attempts_are_listed_in_pages(shop: Shop) {
        let all = attempts(&shop, 6).await;
        let store = shop.store.payment_attempts();
        store.advance(all[1].1.id, &[Opening], Failed, noon()).await.unwrap();
        store.advance(all[2].1.id, &[Opening], Completed, noon()).await.unwrap();
        store.advance(all[4].1.id, &[Opening], Completed, later(60)).await.unwrap();
        let page = async |provider, before, after: Option<u128>, limit| {
            let after = after.map(|nth| AttemptId(Uuid::from_u128(nth)));
            let live = store.live(provider, before, after, limit).await.unwrap();
            live.iter().map(|attempt| attempt.id.0.as_u128()).collect::<Vec<_>>()
        };
        let stripe = ProviderName::Stripe;
        assert_eq!(page(stripe, later(60), None, 2).await, [1, 3]);
        assert_eq!(page(stripe, later(60), Some(3), 2).await, [4, 6]);
        assert_eq!(page(stripe, later(60), Some(6), 2).await, []);
        assert_eq!(page(stripe, later(61), Some(3), 9).await, [4, 5, 6]);
        assert_eq!(page(stripe, noon(), None, 9).await, []);
        assert_eq!(page(ProviderName::Sandbox, later(61), None, 9).await, []);
    }

    async fn attempts_of_several_orders_are_read_at_once(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let (one, two, none) = (shop.ordered(phone, 1).await, shop.ordered(phone, 1).await, shop.ordered(phone, 1).await);
        begin(&shop, &attempt(2, two.id)).await;
        begin(&shop, &attempt(1, one.id)).await;
        let of = async |orders: &[OrderId]| {
            let found = shop.store.payment_attempts().of_orders(orders).await.unwrap();
            found.iter().map(|attempt| attempt.order_id).collect::<Vec<_>>()
        };
        assert_eq!(of(&[two.id, none.id, one.id]).await, [one.id, two.id]);
        assert_eq!(of(&[none.id]).await, []);
        assert_eq!(of(&[]).await, []);
    }

    async fn a_completed_attempt_is_live_until_its_order_is_paid(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let attempts = shop.store.payment_attempts();
        let order = shop.ordered(phone, 1).await;
        begin(&shop, &attempt(1, order.id)).await;
        let soon = later(1);
        let live = async |before| {
            let found = attempts.live(ProviderName::Stripe, before, None, 10).await.unwrap();
            found.iter().map(|attempt| attempt.id.0.as_u128()).collect::<Vec<_>>()
        };
        assert_eq!((live(noon()).await, live(soon).await), (vec![], vec![1]));
        let id = AttemptId(Uuid::from_u128(1));
        assert!(attempts.opened(id, &session("cs_1"), "https://pay.example/1", noon()).await.unwrap());
        assert!(attempts.advance(id, &[Open], Completed, noon()).await.unwrap());
        assert!(!attempts.advance(id, &[Open], Closed, noon()).await.unwrap());
        assert_eq!(live(soon).await, [1]);
        shop.pay(Reference::Order(order.id), "tx", PaymentStatus::Success).await;
        assert_eq!(live(soon).await, []);
    }
}
