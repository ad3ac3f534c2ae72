//! Attempts to pay at a payment provider: an order has at most one that is live.

use crate::shop::{Shop, noon};
use checkout::{
    model::{
        AttemptId, AttemptState, Order, OrderId, PaymentAttempt, PaymentStatus, ProviderName, Reference, SessionId,
        Timestamp,
    },
    store::BeginOutcome,
};
use std::time::Duration;
use uuid::Uuid;

fn attempt(id: u128, order: OrderId) -> PaymentAttempt {
    PaymentAttempt {
        id: AttemptId(Uuid::from_u128(id)),
        order_id: order,
        provider: ProviderName::Stripe,
        state: AttemptState::Opening,
        session: None,
        url: None,
        request: r#"{"quantity":1}"#.to_owned(),
        created_at: noon(),
        updated_at: noon(),
    }
}

fn session(text: &str) -> SessionId {
    text.to_owned().try_into().unwrap()
}

async fn begin(shop: &Shop, id: u128, order: &Order) -> BeginOutcome {
    shop.store.payment_attempts().begin_attempt(&attempt(id, order.id)).await.unwrap()
}

async fn live(shop: &Shop, before: Timestamp) -> Vec<u128> {
    let found = shop.store.payment_attempts().live(ProviderName::Stripe, before, None, 10).await.unwrap();
    found.iter().map(|attempt| attempt.id.0.as_u128()).collect()
}

crate::scenarios! {
    async fn an_order_has_one_live_attempt(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let order = shop.ordered(phone, 1).await;
        let attempts = shop.store.payment_attempts();
        let begun = futures::future::join_all((1..=6).map(|id| begin(&shop, id, &order))).await;
        let BeginOutcome::Live(first) = &begun[0] else { panic!("{begun:?}") };
        assert!(begun.iter().all(|outcome| *outcome == BeginOutcome::Live(first.clone())), "{begun:?}");
        assert!(attempts.advance(first.id, &[AttemptState::Opening], AttemptState::Failed, noon()).await.unwrap());
        assert!(matches!(begin(&shop, 7, &order).await, BeginOutcome::Live(second) if second.id != first.id));
        assert_eq!(attempts.of_order(order.id).await.unwrap().len(), 2);
    }

    async fn an_order_that_has_ended_opens_no_page(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let order = shop.ordered(phone, 1).await;
        let attempts = shop.store.payment_attempts();
        begin(&shop, 1, &order).await;
        shop.pay(Reference::Order(order.id), "tx", PaymentStatus::Success).await;
        let id = AttemptId(Uuid::from_u128(1));
        assert!(!attempts.opened(id, &session("cs_1"), "https://pay.example/1", noon()).await.unwrap());
        assert_eq!(begin(&shop, 2, &order).await, BeginOutcome::NotPending);
        // The page is known nevertheless, so that it can be closed.
        assert!(attempts.adopt(id, &session("cs_1"), noon()).await.unwrap());
        assert!(!attempts.adopt(id, &session("cs_2"), noon()).await.unwrap());
        assert_eq!(attempts.of_session(&session("cs_1")).await.unwrap().unwrap().id, id);
    }

    async fn attempts_of_several_orders_are_read_at_once(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let (one, two, none) = (shop.ordered(phone, 1).await, shop.ordered(phone, 1).await, shop.ordered(phone, 1).await);
        begin(&shop, 2, &two).await;
        begin(&shop, 1, &one).await;
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
        begin(&shop, 1, &order).await;
        let later = noon() + Duration::from_secs(1);
        assert_eq!((live(&shop, noon()).await, live(&shop, later).await), (vec![], vec![1]));
        let id = AttemptId(Uuid::from_u128(1));
        assert!(attempts.opened(id, &session("cs_1"), "https://pay.example/1", noon()).await.unwrap());
        assert!(attempts.advance(id, &[AttemptState::Open], AttemptState::Completed, noon()).await.unwrap());
        assert!(!attempts.advance(id, &[AttemptState::Open], AttemptState::Closed, noon()).await.unwrap());
        assert_eq!(live(&shop, later).await, [1]);
        shop.pay(Reference::Order(order.id), "tx", PaymentStatus::Success).await;
        assert_eq!(live(&shop, later).await, []);
    }
}
