//! One node at a time reconciles with a payment provider.

use crate::shop::noon;
use checkout::{
    model::{ProviderName, Timestamp},
    store::{ReconciliationRun, Store},
};
use std::time::Duration;
use uuid::Uuid;

const LEASE: Duration = Duration::from_mins(2);

fn run(claim: u128, now: Timestamp) -> ReconciliationRun {
    let claim = Uuid::from_u128(claim);
    ReconciliationRun { provider: ProviderName::Stripe, claim, now, until: now + LEASE, last_before: None }
}

async fn begins(store: &dyn Store, run: ReconciliationRun) -> bool {
    store.reconciliations().begin_run(run).await.unwrap().is_some()
}

crate::scenarios! {
    async fn one_run_has_the_lease_until_it_ends(shop: Shop) {
        let store = &*shop.store;
        let rows = store.reconciliations();
        assert_eq!(rows.reconciliation(ProviderName::Stripe).await.unwrap(), None);
        let claims = futures::future::join_all((1..=8).map(|claim| begins(store, run(claim, noon())))).await;
        assert_eq!(claims.iter().filter(|begun| **begun).count(), 1, "{claims:?}");
        let first = rows.reconciliation(ProviderName::Stripe).await.unwrap().unwrap();
        let claim = first.claim.unwrap();
        // Another provider has a row of its own.
        assert!(begins(store, ReconciliationRun { provider: ProviderName::Sandbox, ..run(9, noon()) }).await);
        let later = noon() + Duration::from_mins(1);
        assert!(!rows.end_run(ProviderName::Stripe, Uuid::from_u128(99), "{}", later).await.unwrap());
        assert!(rows.end_run(ProviderName::Stripe, claim, r#"{"events_read":3}"#, later).await.unwrap());
        let ended = rows.reconciliation(ProviderName::Stripe).await.unwrap().unwrap();
        assert_eq!((ended.claim, ended.leased_until, ended.started_at), (None, None, noon()));
        assert_eq!((ended.ended_at, ended.result.as_deref()), (Some(later), Some(r#"{"events_read":3}"#)));
        assert!(begins(store, run(10, later)).await);
    }

    async fn a_run_that_died_loses_its_lease_and_its_writes(shop: Shop) {
        let store = &*shop.store;
        let rows = store.reconciliations();
        assert!(begins(store, run(1, noon())).await);
        let (nearly, over) = (noon() + LEASE.saturating_sub(Duration::from_millis(1)), noon() + LEASE);
        assert!(!begins(store, run(2, nearly)).await);
        assert!(begins(store, run(2, over)).await);
        let dead = Uuid::from_u128(1);
        assert!(!rows.renew_run(ProviderName::Stripe, dead, Some(over), over + LEASE).await.unwrap());
        assert!(!rows.end_run(ProviderName::Stripe, dead, "{}", over).await.unwrap());
        let state = rows.reconciliation(ProviderName::Stripe).await.unwrap().unwrap();
        assert_eq!((state.claim, state.cursor_at, state.result), (Some(Uuid::from_u128(2)), None, None));
    }

    async fn the_cursor_only_moves_forward(shop: Shop) {
        let (store, rows) = (&*shop.store, shop.store.reconciliations());
        let at = |seconds| noon() + Duration::from_secs(seconds);
        let claim = Uuid::from_u128(1);
        assert!(begins(store, run(1, noon())).await);
        for (to, expected) in [(None, None), (Some(at(5)), Some(at(5))), (Some(at(3)), Some(at(5))), (None, Some(at(5)))] {
            assert!(rows.renew_run(ProviderName::Stripe, claim, to, noon() + LEASE).await.unwrap());
            assert_eq!(rows.reconciliation(ProviderName::Stripe).await.unwrap().unwrap().cursor_at, expected);
        }
        assert!(rows.end_run(ProviderName::Stripe, claim, "{}", at(9)).await.unwrap());
        let next = rows.begin_run(run(2, at(10))).await.unwrap().unwrap();
        assert_eq!(next.cursor_at, Some(at(5)));
    }

    async fn a_periodic_run_waits_until_the_last_is_old(shop: Shop) {
        let store = &*shop.store;
        assert!(begins(store, run(1, noon())).await);
        assert!(store.reconciliations().end_run(ProviderName::Stripe, Uuid::from_u128(1), "{}", noon()).await.unwrap());
        let now = noon() + Duration::from_mins(5);
        let periodic = |last_before| ReconciliationRun { last_before: Some(last_before), ..run(2, now) };
        assert!(!begins(store, periodic(noon())).await);
        assert!(begins(store, periodic(noon() + Duration::from_millis(1))).await);
    }
}
