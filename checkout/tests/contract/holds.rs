//! Holds: they take stock once, return it once, and expire in time.

use crate::shop::{counts, eventually, noon, owner, refused, shopper};
use checkout::model::{HoldState, Owner, PaymentStatus, Quantity, Reference, Refusal, SaleWindow};
use std::time::Duration;
use uuid::Uuid;

crate::scenarios! {
    async fn a_sold_unit_is_not_sold_again(shop: Shop) {
        let phone = shop.phone(1).await.id;
        let order = shop.ordered(phone, 1).await;
        shop.pay(Reference::Order(order.id), "tx", PaymentStatus::Success).await;
        let refusal = refused(shop.try_hold(phone, 1).await);
        assert_eq!(refusal, Refusal::SoldOut { available: 0, may_return: 0 });
        assert_eq!(counts(shop.stock(phone).await), [0, 0, 0, 1]);
    }

    async fn a_refusal_takes_no_stock(shop: Shop) {
        let phone = shop.phone(10).await.id;
        let mut held = 0;
        for _ in 0..100 {
            held += u32::from(shop.try_hold(phone, 1).await.is_ok());
        }
        assert_eq!(held, 10);
        assert_eq!(counts(shop.stock(phone).await), [0, 10, 0, 0]);
    }

    async fn a_refusal_reports_available_and_returning_units(shop: Shop) {
        let phone = shop.phone(5).await.id;
        shop.hold(phone, 2).await;
        shop.ordered(phone, 1).await;
        let refusal = refused(shop.try_hold(phone, 3).await);
        assert_eq!(refusal, Refusal::SoldOut { available: 2, may_return: 3 });
    }

    async fn a_hold_released_twice_returns_its_stock_once(shop: Shop) {
        let phone = shop.phone(3).await.id;
        let hold = shop.hold(phone, 2).await;
        for _ in 0..2 {
            let after = shop.checkout.release_hold(hold.id, owner(), None).await.unwrap().value;
            assert_eq!(after.state, HoldState::Released);
        }
        assert_eq!(counts(shop.stock(phone).await), [3, 0, 0, 0]);
        assert_eq!(refused(shop.try_order(hold.id).await), Refusal::HoldReleased);
    }

    async fn an_expired_hold_cannot_be_ordered_even_before_the_sweep(shop: Shop) {
        let phone = shop.phone(1).await.id;
        let hold = shop.hold(phone, 1).await;
        shop.advance(120);
        assert_eq!(refused(shop.try_order(hold.id).await), Refusal::HoldExpired { expired_at: hold.expires_at });
        assert_eq!(shop.checkout.hold(hold.id, owner()).await.unwrap().state, HoldState::Expired);
    }

    async fn a_late_sweep_makes_no_product_sold_out(shop: Shop) {
        let phone = shop.phone(2).await.id;
        let stale = shop.hold(phone, 2).await;
        shop.advance(119);
        refused(shop.try_hold(phone, 1).await);
        shop.advance(1);
        // No sweep runs here. The request itself reclaims the expired hold (P4).
        shop.hold(phone, 2).await;
        assert_eq!(counts(shop.stock(phone).await), [0, 2, 0, 0]);
        assert_eq!(shop.checkout.hold(stale.id, owner()).await.unwrap().state, HoldState::Expired);
    }

    async fn one_request_reclaims_thousands_of_expired_holds(shop: Shop) {
        let phone = shop.phone(2_500).await.id;
        let tasks = (0..2_500).map(|_| {
            let checkout = shop.checkout.clone();
            tokio::spawn(async move { crate::shop::hold(&checkout, phone, 1, None).await.unwrap() })
        });
        futures::future::join_all(tasks).await;
        shop.advance(120);
        shop.hold(phone, 2_500).await;
        assert_eq!(counts(shop.stock(phone).await), [0, 2_500, 0, 0]);
    }

    async fn the_sweep_returns_expired_stock(shop: Shop) {
        let phone = shop.phone(4).await.id;
        shop.hold(phone, 3).await;
        shop.ordered(phone, 1).await;
        shop.checkout.start_maintenance(checkout::Limits::default());
        shop.advance(600);
        eventually(async || counts(shop.stock(phone).await) == [4, 0, 0, 0]).await;
    }

    async fn a_sale_sells_only_within_its_window(shop: Shop) {
        let opens = noon() + Duration::from_mins(1);
        let closes = noon() + Duration::from_mins(2);
        let window = SaleWindow { starts_at: Some(opens), ends_at: Some(closes) };
        let phone = shop.product("phone", 5, |draft| draft.window = window).await.id;
        assert_eq!(refused(shop.try_hold(phone, 1).await), Refusal::SaleNotStarted { starts_at: opens });
        shop.advance(60);
        shop.hold(phone, 1).await;
        shop.advance(60);
        assert_eq!(refused(shop.try_hold(phone, 1).await), Refusal::SaleEnded { ended_at: closes });
    }

    async fn a_shopper_gets_no_more_than_the_limit(shop: Shop) {
        let phone = shop.product("phone", 50, |draft| draft.per_shopper_limit = Some(3)).await.id;
        let checkout = shop.checkout.clone();
        let hold = async |name: &str, owner: Owner, qty: i64| {
            checkout.place_hold(phone, Quantity::try_from(qty).unwrap(), owner, Some(shopper(name)), None).await
        };
        let ordered = hold("ada", owner(), 1).await.unwrap().value;
        let order = shop.order(ordered.id).await;
        shop.pay(Reference::Order(order.id), "tx", PaymentStatus::Success).await;
        let kept = hold("ada", owner(), 1).await.unwrap().value;
        assert_eq!(refused(hold("ada", owner(), 2).await), Refusal::LimitReached { limit: 3, taken: 2 });
        // Another shopper has a limit of their own, and so has another client's shopper of the same name.
        hold("bob", owner(), 3).await.unwrap();
        hold("ada", Owner(Uuid::from_u128(8)), 3).await.unwrap();
        // A released hold no longer counts, and neither does an expired one, even before the sweep.
        shop.checkout.release_hold(kept.id, owner(), None).await.unwrap();
        hold("ada", owner(), 2).await.unwrap();
        refused(hold("ada", owner(), 1).await);
        shop.advance(120);
        hold("ada", owner(), 2).await.unwrap();
        assert!(shop.checkout.audit().await.unwrap().clean);
    }

    async fn each_request_without_a_shopper_has_its_own_limit(shop: Shop) {
        let phone = shop.product("phone", 50, |draft| draft.per_shopper_limit = Some(2)).await.id;
        shop.hold(phone, 2).await;
        shop.hold(phone, 2).await;
        assert_eq!(refused(shop.try_hold(phone, 3).await), Refusal::LimitReached { limit: 2, taken: 0 });
    }

    async fn a_hold_is_extended_once_where_the_sale_allows_it(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let hold = shop.hold(phone, 1).await;
        let extended = shop.checkout.extend_hold(hold.id, owner(), None).await.unwrap().value;
        assert_eq!(extended.expires_at, hold.expires_at + Duration::from_mins(2));
        assert_eq!(refused(shop.checkout.extend_hold(hold.id, owner(), None).await), Refusal::NoExtension);
        shop.advance(200);
        shop.order(hold.id).await;
        let strict = shop.product("strict", 5, |draft| draft.extend_by = None).await.id;
        let hold = shop.hold(strict, 1).await;
        assert_eq!(refused(shop.checkout.extend_hold(hold.id, owner(), None).await), Refusal::NoExtension);
    }

    async fn another_owners_hold_is_unknown(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let hold = shop.hold(phone, 1).await;
        let stranger = Owner(Uuid::from_u128(8));
        assert_eq!(refused(shop.checkout.hold(hold.id, stranger).await), Refusal::UnknownHold);
        assert_eq!(refused(shop.checkout.release_hold(hold.id, stranger, None).await), Refusal::UnknownHold);
        assert_eq!(refused(shop.checkout.place_order(hold.id, None, stranger, None).await), Refusal::UnknownHold);
        assert_eq!(counts(shop.stock(phone).await), [4, 1, 0, 0]);
    }

    async fn an_expired_hold_stays_expired_when_the_clock_jumps_back(shop: Shop) {
        let phone = shop.phone(1).await.id;
        let hold = shop.hold(phone, 1).await;
        shop.advance(120);
        shop.hold(phone, 1).await;
        shop.clock.set(noon());
        refused(shop.try_order(hold.id).await);
        assert_eq!(counts(shop.stock(phone).await), [0, 1, 0, 0]);
    }
}
