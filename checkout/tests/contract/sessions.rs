//! Browser sessions and API clients, which all nodes share.

use crate::shop::{entry, noon};
use checkout::store::{ApiClient, AuditFilter};
use std::time::Duration;
use uuid::Uuid;

const HOUR: Duration = Duration::from_hours(1);

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
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
        shop.store.clients().add(&client, &entry(1, "client.add")).await.unwrap();
        let other = checkout::store::open(&shop.database.url()).await.unwrap();
        assert_eq!(other.clients().find(id(7)).await.unwrap(), Some(client));
        assert_eq!(other.clients().find(id(8)).await.unwrap(), None);
    }

    async fn a_client_gets_a_new_secret_until_it_is_revoked(shop: Shop) {
        let clients = shop.store.clients();
        for n in [7, 8] {
            clients.add(&client(n), &entry(n, "client.add")).await.unwrap();
        }
        assert!(clients.set_secret(id(7), "new", &entry(9, "client.rotate")).await.unwrap());
        assert!(clients.revoke(id(7), noon(), &entry(10, "client.revoke")).await.unwrap());
        let later = noon() + Duration::from_secs(1);
        assert!(!clients.revoke(id(7), later, &entry(11, "client.revoke")).await.unwrap(), "it is revoked already");
        assert!(!clients.set_secret(id(7), "newer", &entry(11, "client.rotate")).await.unwrap());
        assert!(!clients.revoke(id(9), noon(), &entry(11, "client.revoke")).await.unwrap());
        assert!(!clients.set_secret(id(9), "x", &entry(11, "client.rotate")).await.unwrap());
        let revoked = ApiClient { secret_hash: "new".into(), revoked_at: Some(noon()), ..client(7) };
        assert_eq!(clients.all().await.unwrap(), [revoked, client(8)]);
        // A refused change leaves no entry (P12).
        let entries = shop.store.audit_log().list(&AuditFilter::default(), None, 10).await.unwrap();
        let actions: Vec<_> = entries.iter().rev().map(|entry| &*entry.action).collect();
        assert_eq!(actions, ["client.add", "client.add", "client.rotate", "client.revoke"]);
    }
}

fn client(n: u128) -> ApiClient {
    let (name, secret_hash) = ("a shop".to_owned(), "$argon2id$".to_owned());
    ApiClient { id: id(n), name, secret_hash, created_at: noon(), revoked_at: None }
}
