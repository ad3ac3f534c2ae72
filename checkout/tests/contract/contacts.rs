//! The contact of an order is stored in the order's commit, and erased without touching the books.

use crate::shop::{Shop, event, eventually, key, noon, owner};
use checkout::{
    IdGenerator, Limits, PaymentEvent, SystemClock,
    model::{
        Actor, Address, AuditEntry, AuditObject, Contact, EmailAddress, EventPayload, Order, PaymentStatus, ProductId,
        Reference, StoredContact,
    },
    store::{ClientKey, Erasure},
};
use std::{sync::Arc, time::Duration};

const DAY: u64 = 24 * 3600;

fn contact(email: &str) -> Contact {
    let address = Address {
        country: "DE".parse().unwrap(),
        line1: "Unter den Linden 1".to_owned(),
        line2: None,
        city: "Berlin".to_owned(),
        postal_code: Some("10117".to_owned()),
        state: None,
    };
    Contact {
        email: email.parse().unwrap(),
        name: Some("Ada Lovelace".to_owned()),
        address: Some(address),
        language: Some("de-CH".parse().unwrap()),
    }
}

fn email(text: &str) -> EmailAddress {
    text.parse().unwrap()
}

async fn ordered_by(shop: &Shop, product: ProductId, email: &str) -> Order {
    let held = shop.hold(product, 1).await;
    shop.checkout.place_order(held.id, Some(contact(email)), owner(), None).await.unwrap().value
}

async fn stored(shop: &Shop, order: &Order) -> Option<StoredContact> {
    shop.second_node().await.contact(order.id).await.unwrap()
}

fn erasure() -> AuditEntry {
    AuditEntry {
        id: IdGenerator::new(Arc::new(SystemClock)).generate(),
        at: noon(),
        actor: Actor::command_line("ada"),
        action: "customer.erase".into(),
        object: AuditObject::new("customer", "1"),
        before: None,
        after: None,
        reason: None,
    }
}

crate::scenarios! {
    async fn a_contact_is_stored_with_its_order_and_nowhere_else(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let held = shop.hold(phone, 1).await;
        let place = async || shop.checkout.place_order(held.id, Some(contact("ada@example.com")), owner(), Some(key("k", 1))).await;
        let order = place().await.unwrap();
        assert!(place().await.unwrap().replayed);
        assert_eq!(stored(&shop, &order.value).await, Some(StoredContact::Known(contact("ada@example.com"))));
        let without = shop.ordered(phone, 1).await;
        assert_eq!(stored(&shop, &without).await, None);
        let both = shop.checkout.contacts(&[order.value.id, without.id]).await.unwrap();
        assert_eq!(both.keys().collect::<Vec<_>>(), [&order.value.id]);
        assert_eq!(shop.database.count("SELECT count(*) FROM idempotency_keys WHERE reply LIKE '%example.com%'").await, 0);
    }

    async fn a_refused_order_leaves_no_contact(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let held = shop.hold(phone, 1).await;
        shop.checkout.release_hold(held.id, owner(), None).await.unwrap();
        let refused = shop.checkout.place_order(held.id, Some(contact("ada@example.com")), owner(), None).await;
        assert!(refused.is_err());
        assert_eq!(shop.database.count("SELECT count(*) FROM order_contacts").await, 0);
    }

    async fn erasing_a_customer_blanks_contacts_and_payloads_and_leaves_the_books(shop: Shop) {
        let phone = shop.phone(9).await.id;
        let orders = [ordered_by(&shop, phone, "ada@example.com").await, ordered_by(&shop, phone, "ada@example.com").await];
        let other = ordered_by(&shop, phone, "bob@example.com").await;
        for (nth, order) in orders.iter().chain([&other]).enumerate() {
            // The second event names the hold.
            let about = if nth == 1 { Reference::Hold(order.hold_id) } else { Reference::Order(order.id) };
            let paid = event(&format!("e{nth}"), about, &format!("tx{nth}"), PaymentStatus::Success);
            let payload = EventPayload::new(None, b"{\"customer_email\": \"ada@example.com\"}");
            shop.deliver(PaymentEvent { payload, ..paid }).await.unwrap();
        }
        let contacts = shop.store.contacts();
        assert_eq!(contacts.erase(&email("nobody@example.com"), erasure(), None).await.unwrap(), Erasure::Done(0));
        assert_eq!(shop.database.count("SELECT count(*) FROM audit_log WHERE action = 'customer.erase'").await, 0);
        assert_eq!(contacts.erase(&email("ada@example.com"), erasure(), None).await.unwrap(), Erasure::Done(2));
        for order in &orders {
            assert_eq!(stored(&shop, order).await, Some(StoredContact::Erased { at: noon() }));
            let now = shop.order_now(order.id).await;
            assert_eq!((now.amount, now.transaction_id().is_some()), (order.amount, true));
        }
        assert!(stored(&shop, &other).await.unwrap().known().is_some());
        assert_eq!(shop.database.count("SELECT count(*) FROM payment_payloads").await, 1);
        let entries: Vec<(String,)> = shop.database.rows("SELECT after FROM audit_log WHERE action = 'customer.erase'").await;
        assert_eq!(entries[0].0, r#"{"orders":2}"#);
        let again = contacts.erase(&email("ada@example.com"), erasure(), None).await.unwrap();
        assert_eq!(again, Erasure::Done(0), "erased twice");
        shop.stock(phone).await;
    }

    async fn an_erasure_with_a_key_counts_once(shop: Shop) {
        let phone = shop.phone(9).await.id;
        ordered_by(&shop, phone, "ada@example.com").await;
        let contacts = shop.store.contacts();
        let ada = ClientKey { owner: owner(), idempotency: key("k", 1) };
        let other = ClientKey { owner: owner(), idempotency: key("k", 2) };
        let erase = async |key: &ClientKey| contacts.erase(&email("ada@example.com"), erasure(), Some(key)).await.unwrap();
        assert_eq!(erase(&ada).await, Erasure::Done(1));
        let later = ordered_by(&shop, phone, "ada@example.com").await;
        assert_eq!(erase(&ada).await, Erasure::Replayed(1));
        assert_eq!(erase(&other).await, Erasure::KeyReused);
        assert!(stored(&shop, &later).await.unwrap().known().is_some());
        assert_eq!(shop.database.count("SELECT count(*) FROM audit_log WHERE action = 'customer.erase'").await, 1);
    }

    async fn old_contacts_are_erased_oldest_first_in_small_batches(shop: Shop) {
        let phone = shop.phone(20).await.id;
        let mut orders = Vec::new();
        for _ in 0..5 {
            orders.push(ordered_by(&shop, phone, "ada@example.com").await);
            shop.advance(DAY);
        }
        let before = noon() + Duration::from_secs(3 * DAY);
        let purge = shop.store.purge();
        for expected in [2, 1, 0] {
            assert_eq!(purge.contacts(before, shop.checkout.now(), 2).await.unwrap(), expected);
        }
        for (nth, order) in orders.iter().enumerate() {
            let is_known = stored(&shop, order).await.unwrap().known().is_some();
            assert_eq!(is_known, nth >= 3, "{nth}");
        }
    }

    async fn maintenance_erases_a_contact_after_its_retention_and_not_before(shop: Shop) {
        let phone = shop.phone(9).await.id;
        let old = ordered_by(&shop, phone, "ada@example.com").await;
        shop.advance(31 * DAY);
        let young = ordered_by(&shop, phone, "ada@example.com").await;
        let contact_retention = Some(Duration::from_secs(30 * DAY));
        shop.checkout.start_maintenance(Limits { contact_retention, ..Limits::default() });
        eventually(async || shop.checkout.contact(old.id).await.unwrap().unwrap().known().is_none()).await;
        assert!(stored(&shop, &young).await.unwrap().known().is_some());
    }
}
