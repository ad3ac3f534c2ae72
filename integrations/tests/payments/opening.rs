//! A shopper who presses "pay" gets one page, however badly the call goes.

use crate::support::{Fault, HOUR, MINUTE, ORIGIN, busy, noon, refused, unknown};
use checkout::model::{OrderStatus, PaymentStatus};
use integrations::{
    payments::{OpenError, OpenedPayment},
    provider::{
        SessionState::{Expired, Open},
        sandbox::SandboxProvider,
    },
};
use std::{sync::Arc, time::Duration};

fn url(opened: Result<OpenedPayment, OpenError>) -> String {
    opened.unwrap().url
}

crate::scenarios! {
    async fn two_tabs_and_two_nodes_open_one_page(shop: Shop) {
        let phone = shop.phone(1).await;
        let order = shop.ordered(phone).await;
        let (_other, other) = shop.second_node().await;
        let presses = (0..8).map(|nth| if nth % 2 == 0 { shop.payments.open(&order) } else { other.open(&order) });
        let urls: Vec<_> = futures::future::join_all(presses).await.into_iter().map(url).collect();
        assert!(urls.iter().all(|url| *url == urls[0]), "{urls:?}");
        assert_eq!(shop.provider.pages(), [Open]);
        assert_eq!(shop.states(&order).await, ["open"]);
        // Another press does not call the provider.
        let calls = shop.provider.calls("open");
        assert_eq!(url(shop.payments.open(&order).await), urls[0]);
        let page = shop.payments.page_of(order.id).await.unwrap().unwrap();
        assert_eq!((page.url, page.expires_at), (urls[0].clone(), order.pay_by));
        assert_eq!(shop.provider.calls("open"), calls);
    }

    async fn without_keys_two_nodes_would_open_several_pages(shop: Shop) {
        shop.provider.ignore_keys();
        let phone = shop.phone(1).await;
        let order = shop.ordered(phone).await;
        let (_other, other) = shop.second_node().await;
        let presses = (0..8).map(|nth| if nth % 2 == 0 { shop.payments.open(&order) } else { other.open(&order) });
        futures::future::join_all(presses).await;
        assert!(shop.provider.pages().len() > 1);
        // All but the one that the attempt has are closed.
        assert_eq!(shop.provider.pages().iter().filter(|page| **page == Open).count(), 1);
    }

    async fn a_second_page_of_one_attempt_is_closed(shop: Shop) {
        let phone = shop.phone(1).await;
        let order = shop.ordered(phone).await;
        shop.faulty.next("open", Fault::After(unknown()));
        shop.payments.open(&order).await.unwrap_err();
        // A webhook has told the page, and the provider has forgotten the key.
        let (attempt, session) = (shop.attempts(&order).await[0].id, "cs_0".to_owned().try_into().unwrap());
        assert!(shop.store.payment_attempts().adopt(attempt, &session, noon()).await.unwrap());
        shop.provider.forget_keys();
        assert!(matches!(shop.payments.open(&order).await, Err(OpenError::Busy { .. })));
        assert_eq!((shop.provider.pages(), shop.states(&order).await), (vec![Open, Expired], vec!["opening"]));
    }

    async fn a_process_that_is_killed_opens_one_page(shop: Shop) {
        let phone = shop.phone(2).await;
        for fault in [Fault::HangsBefore, Fault::HangsAfter] {
            let order = shop.ordered(phone).await;
            let before = shop.provider.pages().len();
            shop.faulty.next("open", fault);
            let (payments, pressed) = (shop.payments.clone(), order.clone());
            let killed = tokio::spawn(async move { payments.open(&pressed).await });
            shop.faulty.hangs().await;
            killed.abort();
            assert_eq!(shop.states(&order).await, ["opening"]);
            assert_eq!(shop.payments.page_of(order.id).await.unwrap(), None);
            let (_other, other) = shop.second_node().await;
            let opened = url(other.open(&order).await);
            assert_eq!(opened, format!("https://pay.example/{}", shop.provider.last_session()));
            assert_eq!((shop.provider.pages().len(), shop.states(&order).await), (before + 1, vec!["open"]));
        }
    }

    async fn a_process_that_is_killed_before_the_page_is_on_disk_opens_one_page(shop: Shop) {
        let phone = shop.phone(1).await;
        let order = shop.ordered(phone).await;
        let (process, _node, killed) = shop.process(None).await;
        shop.faulty.next("open", Fault::KillsAfter(process.kill_switch()));
        killed.open(&order).await.unwrap_err();
        assert_eq!((shop.provider.pages(), shop.states(&order).await), (vec![Open], vec!["opening"]));
        assert_eq!(shop.payments.page_of(order.id).await.unwrap(), None);
        let opened = url(shop.payments.open(&order).await);
        assert_eq!(opened, format!("https://pay.example/{}", shop.provider.last_session()));
        assert_eq!((shop.provider.pages(), shop.states(&order).await), (vec![Open], vec!["open"]));
        assert_eq!(shop.provider.calls("open"), 2);
    }

    async fn a_local_provider_stores_the_attempt_with_its_page(shop: Shop) {
        let phone = shop.phone(3).await;
        let order = shop.ordered(phone).await;
        let (remote, _node, payments) = shop.process(None).await;
        payments.open(&order).await.unwrap();
        assert_eq!(remote.attempt_writes(), 2);
        let order = shop.ordered(phone).await;
        let sandbox = Arc::new(SandboxProvider::new(shop.store.clone(), shop.clock.clone()));
        let (local, _node, payments) = shop.process(Some(sandbox)).await;
        let opened = payments.open(&order).await.unwrap();
        assert_eq!((opened.url, opened.expires_at), (format!("/sandbox/pay/{}", order.id), order.pay_by));
        assert_eq!((local.attempt_writes(), shop.states(&order).await), (1, vec!["open"]));
        let attempt = shop.attempts(&order).await.remove(0);
        assert_eq!(attempt.session.unwrap().as_str(), format!("sandbox-{}", attempt.id));
        // Another press returns the same page, and an order that has ended gets none.
        assert_eq!(url(payments.open(&order).await), format!("/sandbox/pay/{}", order.id));
        assert_eq!(local.attempt_writes(), 1);
        let ended = shop.ordered(phone).await;
        shop.cancel(&ended).await;
        assert!(matches!(payments.open(&ended).await, Err(OpenError::NotPayable(OrderStatus::Cancelled))));
        assert_eq!(shop.states(&ended).await, [""; 0]);
    }

    async fn a_lost_answer_is_asked_for_again_with_the_same_key(shop: Shop) {
        let phone = shop.phone(1).await;
        let order = shop.ordered(phone).await;
        for fault in [Fault::Before(unknown()), Fault::After(unknown())] {
            shop.faulty.next("open", fault);
            let pressed = shop.payments.open(&order).await;
            assert!(matches!(pressed, Err(OpenError::Busy { .. })), "{pressed:?}");
            assert_eq!(shop.states(&order).await, ["opening"]);
        }
        shop.payments.open(&order).await.unwrap();
        assert_eq!((shop.provider.pages(), shop.states(&order).await), (vec![Open], vec!["open"]));
    }

    async fn a_busy_provider_is_asked_again_if_it_says_soon(shop: Shop) {
        let phone = shop.phone(1).await;
        let order = shop.ordered(phone).await;
        shop.faulty.next("open", Fault::Before(busy(Some(MINUTE))));
        let pressed = shop.payments.open(&order).await;
        assert!(matches!(pressed, Err(OpenError::Busy { retry_after: MINUTE })), "{pressed:?}");
        shop.faulty.next("open", Fault::Before(busy(Some(Duration::from_millis(100)))));
        shop.faulty.next("open", Fault::Before(busy(None)));
        shop.payments.open(&order).await.unwrap();
        assert_eq!(shop.provider.pages(), [Open]);
    }

    async fn a_refusal_ends_the_attempt_and_the_next_press_makes_another(shop: Shop) {
        let phone = shop.phone(1).await;
        let order = shop.ordered(phone).await;
        shop.faulty.next("open", Fault::Before(refused()));
        assert!(matches!(shop.payments.open(&order).await, Err(OpenError::Refused)));
        shop.payments.open(&order).await.unwrap();
        assert_eq!(shop.states(&order).await, ["failed", "open"]);
    }

    async fn a_page_of_an_order_that_ends_meanwhile_is_closed(shop: Shop) {
        let phone = shop.phone(1).await;
        let order = shop.ordered(phone).await;
        let (pressed, ()) = tokio::join!(shop.payments.open(&order), async {
            while shop.states(&order).await.is_empty() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            shop.cancel(&order).await;
        });
        assert!(matches!(pressed, Err(OpenError::NotPayable(OrderStatus::Cancelled))), "{pressed:?}");
        assert_eq!((shop.provider.pages(), shop.states(&order).await), (vec![Expired], vec!["closed"]));
    }

    async fn the_calls_of_a_sale_keep_to_their_budget(shop: Shop) {
        let phone = shop.phone(30).await;
        let mut orders = Vec::new();
        for _ in 0..30 {
            orders.push(shop.ordered(phone).await);
        }
        let begun = std::time::Instant::now();
        let opened = futures::future::join_all(orders.iter().map(|order| shop.payments.open(order))).await;
        assert!(opened.iter().all(Result::is_ok), "{opened:?}");
        // The first call begins at once, and the others 40 ms after each other.
        assert!(begun.elapsed() >= Duration::from_millis(29 * 40), "{:?}", begun.elapsed());
    }

    async fn a_look_up_that_hangs_keeps_no_shopper_from_paying(shop: Shop) {
        let (first, _) = shop.opened().await;
        shop.clock.advance(2 * MINUTE);
        let hanging = ["find_session", "find_session", "find_session"].map(|call| {
            shop.faulty.next(call, Fault::HangsBefore);
            let payments = shop.payments.clone();
            tokio::spawn(async move { payments.audit().await })
        });
        shop.faulty.hangs().await;
        shop.cancel(&first).await;
        let order = shop.ordered(first.product_id).await;
        shop.payments.open(&order).await.unwrap();
        assert!(hanging.iter().all(|audit| !audit.is_finished()));
    }

    async fn an_order_that_does_not_wait_for_money_opens_no_page(shop: Shop) {
        let phone = shop.phone(3).await;
        let (paid, late) = (shop.ordered(phone).await, shop.ordered(phone).await);
        shop.report(&paid, "tx", PaymentStatus::Success).await;
        assert!(matches!(shop.payments.open(&paid).await, Err(OpenError::NotPayable(OrderStatus::Paid))));
        shop.clock.set(late.pay_by);
        assert!(matches!(shop.payments.open(&late).await, Err(OpenError::NotPayable(OrderStatus::Cancelled))));
        let order = shop.ordered(phone).await;
        assert!(matches!(shop.without_provider().open(&order).await, Err(OpenError::NoProvider)));
        assert_eq!((shop.provider.pages(), shop.states(&order).await), (vec![], vec![]));
    }

    async fn a_payment_that_is_on_its_way_opens_no_second_page(shop: Shop) {
        let (order, session) = shop.opened().await;
        shop.receive(shop.provider.debit(&session)).await;
        assert!(matches!(shop.payments.open(&order).await, Err(OpenError::Processing)));
        assert_eq!(shop.provider.pages().len(), 1);
    }

    async fn the_stored_request_has_no_contact_and_names_the_shop(shop: Shop) {
        let phone = shop.product(1, |draft| draft.pay_within = 2 * HOUR).await;
        let order = shop.ordered(phone).await;
        shop.payments.open(&order).await.unwrap();
        let request = shop.attempts(&order).await[0].request.clone();
        assert!(!request.contains("ada@example.com"), "{request}");
        let request: serde_json::Value = serde_json::from_str(&request).unwrap();
        let page = format!("{ORIGIN}/orders/{}", order.id);
        assert_eq!(request["success_url"], format!("{page}?returned=paid"));
        assert_eq!(request["cancel_url"], page);
        // The provider closes the page by itself only 31 minutes to a day ahead.
        assert_eq!(request["expires_at"], order.pay_by.to_string());
        let soon = shop.opened_within(10 * MINUTE).await;
        assert!(soon.contains("\"expires_at\":null"), "{soon}");
        let far = shop.opened_within(25 * HOUR).await;
        assert!(far.contains("\"expires_at\":null"), "{far}");
    }

    async fn an_attempt_that_is_too_old_to_be_repeated_is_given_up(shop: Shop) {
        let phone = shop.product(1, |draft| draft.pay_within = 48 * HOUR).await;
        let order = shop.ordered(phone).await;
        shop.faulty.next("open", Fault::After(unknown()));
        shop.payments.open(&order).await.unwrap_err();
        shop.clock.advance(24 * HOUR);
        shop.provider.forget_keys();
        shop.payments.open(&order).await.unwrap();
        assert_eq!(shop.states(&order).await, ["failed", "open"]);
    }
}
