//! Browser sessions and API clients, which all nodes share.

use crate::shop::{entry, noon};
use checkout::{
    Idempotency, IdempotencyKey,
    model::{AuditEntry, Owner, Scope, ScopeSet},
    store::{ApiClient, AuditFilter, ClientChange, ClientKey, ClientOutcome, Clients},
};
use std::time::Duration;
use uuid::Uuid;

const HOUR: Duration = Duration::from_hours(1);

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

/// Makes a change without a key.
async fn change(clients: &dyn Clients, change: ClientChange, entry: AuditEntry) -> ClientOutcome {
    clients.change(&change, &entry, None).await.unwrap()
}

crate::scenarios! {
    async fn a_session_lasts_until_its_end_or_until_it_is_deleted(shop: Shop) {
        let sessions = shop.store.sessions();
        assert!(sessions.create(id(1), b"one", noon() + HOUR).await.unwrap());
        assert!(!sessions.create(id(1), b"another's", noon() + HOUR).await.unwrap(), "the id is taken");
        assert_eq!(sessions.load(id(1), noon()).await.unwrap(), Some((b"one".to_vec(), noon() + HOUR)));
        sessions.save(id(1), b"two", noon() + HOUR * 2).await.unwrap();
        assert_eq!(sessions.load(id(1), noon() + HOUR).await.unwrap(), Some((b"two".to_vec(), noon() + HOUR * 2)));
        assert_eq!(sessions.load(id(1), noon() + HOUR * 2).await.unwrap(), None);
        sessions.save(id(2), b"saved without being created", noon() + HOUR).await.unwrap();
        sessions.delete(id(2)).await.unwrap();
        assert_eq!(sessions.load(id(2), noon()).await.unwrap(), None);
        sessions.save(id(3), b"stays", noon() + HOUR * 9).await.unwrap();
        assert_eq!(sessions.purge(noon() + HOUR * 2).await.unwrap(), 1);
        assert!(sessions.load(id(3), noon()).await.unwrap().is_some());
    }

    async fn a_thousand_sessions_are_created_concurrently(shop: Shop) {
        let created = (0..1000).map(|n| {
            let store = shop.store.clone();
            tokio::spawn(async move { store.sessions().create(id(n), &n.to_be_bytes(), noon() + HOUR).await.unwrap() })
        });
        assert!(futures::future::join_all(created).await.into_iter().all(Result::unwrap));
        for n in 0..1000 {
            let (data, _) = shop.store.sessions().load(id(n), noon()).await.unwrap().unwrap();
            assert_eq!(data, n.to_be_bytes());
        }
    }

    async fn a_client_is_found_by_its_id_on_every_node(shop: Shop) {
        let client = client(7);
        change(shop.store.clients(), ClientChange::Add(client.clone()), entry(1, "client.add")).await;
        let other = checkout::store::open(&shop.database.url()).await.unwrap();
        assert_eq!(other.clients().find(id(7)).await.unwrap(), Some(client));
        assert_eq!(other.clients().find(id(8)).await.unwrap(), None);
    }

    async fn a_client_gets_a_new_secret_until_it_is_revoked(shop: Shop) {
        let clients = shop.store.clients();
        for n in [7, 8] {
            change(clients, ClientChange::Add(client(n)), entry(n, "client.add")).await;
        }
        let rotate = |n, secret: &str| ClientChange::SetSecret { id: id(n), secret_hash: secret.to_owned() };
        let revoke = |n, at| ClientChange::Revoke { id: id(n), at };
        let rotated = change(clients, rotate(7, "new"), entry(9, "client.rotate")).await;
        let revoked = change(clients, revoke(7, noon()), entry(10, "client.revoke")).await;
        assert_eq!([rotated, revoked], [ClientOutcome::Changed; 2]);
        let later = noon() + Duration::from_secs(1);
        for late in [revoke(7, later), rotate(7, "newer"), revoke(9, noon()), rotate(9, "x")] {
            let outcome = change(clients, late.clone(), entry(11, "client.refused")).await;
            assert_eq!(outcome, ClientOutcome::Unchanged, "{late:?}");
        }
        let revoked = ApiClient { secret_hash: "new".into(), revoked_at: Some(noon()), ..client(7) };
        assert_eq!(clients.all().await.unwrap(), [revoked, client(8)]);
        // A refused change leaves no entry (P12).
        let entries = shop.store.audit_log().list(&AuditFilter::default(), None, 10).await.unwrap();
        let actions: Vec<_> = entries.iter().rev().map(|entry| &*entry.action).collect();
        assert_eq!(actions, ["client.add", "client.add", "client.rotate", "client.revoke"]);
    }

    async fn the_scopes_of_a_client_are_changed_unless_somebody_was_first(shop: Shop) {
        let clients = shop.store.clients();
        change(clients, ClientChange::Add(client(7)), entry(1, "client.add")).await;
        let more: ScopeSet = [Scope::Checkout, Scope::OrdersRead].into_iter().collect();
        let set = |seen, scopes| ClientChange::SetScopes { id: id(7), seen, scopes };
        let entry = |n| entry(n, "client.scopes");
        let done = clients.change(&set(ScopeSet::CHECKOUT, more), &entry(2), None).await.unwrap();
        assert_eq!((done, clients.find(id(7)).await.unwrap().unwrap().scopes), (ClientOutcome::Changed, more));
        let stale = clients.change(&set(ScopeSet::CHECKOUT, ScopeSet::ALL), &entry(3), None).await.unwrap();
        assert_eq!((stale, clients.find(id(7)).await.unwrap().unwrap().scopes), (ClientOutcome::Unchanged, more));
    }

    async fn a_change_of_a_client_with_a_key_is_made_once(shop: Shop) {
        let key = |fingerprint| ClientKey {
            owner: Owner(id(1)),
            idempotency: Idempotency { key: IdempotencyKey::parse("k").unwrap(), fingerprint: [fingerprint; 32] },
        };
        let other = checkout::store::open(&shop.database.url()).await.unwrap();
        // Two nodes get the same request at the same time, each with an id of its own for the client.
        let (first, second) = (client(7), client(8));
        let (one, two) = (ClientChange::Add(first), ClientChange::Add(second));
        let key_one = key(1);
        let (entry_one, entry_two) = (entry(1, "client.add"), entry(2, "client.add"));
        let (one, two) = tokio::join!(
            shop.store.clients().change(&one, &entry_one, Some(&key_one)),
            other.clients().change(&two, &entry_two, Some(&key_one))
        );
        let added = shop.store.clients().all().await.unwrap();
        let [added] = &added[..] else { panic!("{added:?}") };
        let outcomes = [one.unwrap(), two.unwrap()];
        assert!(outcomes.contains(&ClientOutcome::Changed) && outcomes.contains(&ClientOutcome::Replayed(added.id)), "{outcomes:?}");
        let revoke = ClientChange::Revoke { id: added.id, at: noon() };
        let reused = other.clients().change(&revoke, &entry(3, "client.revoke"), Some(&key(2))).await.unwrap();
        assert_eq!(reused, ClientOutcome::KeyReused);
        // A refused change stores no key.
        let unknown = ClientChange::Revoke { id: id(9), at: noon() };
        let free = ClientKey { owner: Owner(id(2)), ..key(3) };
        for _ in 0..2 {
            let refused = other.clients().change(&unknown, &entry(4, "client.revoke"), Some(&free)).await.unwrap();
            assert_eq!(refused, ClientOutcome::Unchanged);
        }
        assert_eq!(shop.store.audit_log().list(&AuditFilter::default(), None, 10).await.unwrap().len(), 1);
    }

    /// A key of a client's change and one of the engine's commands are the same key.
    async fn a_key_of_a_clients_change_is_refused_for_a_hold(shop: Shop) {
        let phone = shop.phone(3).await.id;
        let mut key = crate::shop::key("k", 1);
        let change = ClientKey { owner: crate::shop::owner(), idempotency: key.clone() };
        let added = ClientChange::Add(client(7));
        shop.store.clients().change(&added, &entry(1, "client.add"), Some(&change)).await.unwrap();
        key.fingerprint = [9; 32];
        let hold = shop.checkout.place_hold(phone, 1.try_into().unwrap(), crate::shop::owner(), None, Some(key));
        assert_eq!(crate::shop::refused(hold.await), checkout::model::Refusal::KeyReused);
    }
}

fn client(n: u128) -> ApiClient {
    let (name, secret_hash) = ("a shop".to_owned(), "$argon2id$".to_owned());
    ApiClient { id: id(n), name, secret_hash, created_at: noon(), revoked_at: None, scopes: ScopeSet::CHECKOUT }
}
