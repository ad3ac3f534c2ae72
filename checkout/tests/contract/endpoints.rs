//! Endpoints of webhooks, and the attempts to deliver to them.

use crate::shop::{Shop, eventually, key, noon, owner};
use checkout::{
    IdGenerator, Limits, SystemClock,
    model::{
        Actor, AuditEntry, AuditObject, Contact, EndpointId, JobId, JobKind, JobSubject, NewJob, OrderId, Timestamp,
        Topic,
    },
    store::{
        ClientKey, Delivery, DeliveryFailure, DeliveryFilter, DeliveryRecord, DisabledReason, Endpoint, EndpointChange,
        EndpointOutcome, MAX_ENDPOINTS, SigningSecret, SwitchOff, listings::PageRequest, outbox::ClaimRequest,
    },
};
use std::{
    collections::BTreeSet,
    sync::{Arc, LazyLock},
    time::Duration,
};
use uuid::Uuid;

const DAY: Duration = Duration::from_hours(24);

/// Ids of one generator sort by age.
static IDS: LazyLock<IdGenerator> = LazyLock::new(|| IdGenerator::new(Arc::new(SystemClock)));

fn endpoint() -> Endpoint {
    Endpoint {
        id: IDS.generate(),
        url: "https://example.com/hooks?token=1".to_owned(),
        events: [Topic::OrderPaid, Topic::RefundFailed].into(),
        description: "Warehouse".to_owned(),
        secret: SigningSecret::new("whsec_bmV3".to_owned()),
        previous: None,
        disabled: None,
        failing_since: None,
        created_at: noon(),
        version: 1,
    }
}

fn entry(action: &'static str, id: EndpointId) -> AuditEntry {
    AuditEntry {
        id: IDS.generate(),
        at: noon(),
        actor: Actor::command_line("ada"),
        action: action.into(),
        object: AuditObject::new("webhook", id),
        before: None,
        after: None,
        reason: None,
    }
}

async fn change(shop: &Shop, change: EndpointChange) -> EndpointOutcome {
    shop.store.endpoints().change(&change, &entry("webhook.change", change.id()), None).await.unwrap()
}

async fn added(shop: &Shop) -> Endpoint {
    let endpoint = endpoint();
    assert_eq!(change(shop, EndpointChange::Add(endpoint.clone())).await, EndpointOutcome::Changed);
    endpoint
}

async fn now(shop: &Shop, endpoint: &Endpoint) -> Endpoint {
    shop.store.endpoints().find(endpoint.id).await.unwrap().unwrap()
}

fn job(kind: JobKind, topic: Topic, endpoint: Option<EndpointId>, at: Timestamp) -> NewJob {
    let id: JobId = IDS.generate();
    let unique_key = (kind != JobKind::Event).then(|| id.to_string());
    NewJob {
        id,
        kind,
        topic,
        subject: JobSubject::default(),
        endpoint,
        unique_key,
        body: Some("{}".to_owned()),
        due_at: at,
        created_at: at,
    }
}

fn delivery(endpoint: EndpointId, at: Timestamp, failure: Option<DeliveryFailure>) -> Delivery {
    Delivery {
        id: IDS.generate(),
        job: Some(IDS.generate()),
        endpoint,
        topic: Some(Topic::OrderPaid),
        order: None,
        attempt: 1,
        started_at: at,
        duration_ms: 12,
        status: Some(if failure.is_none() { 204 } else { 500 }),
        response: Some("Grüße\n".to_owned()),
        failure,
    }
}

fn record(delivery: Delivery) -> DeliveryRecord {
    DeliveryRecord { delivery, switch_off: None }
}

/// A failure that switches its endpoint off if it has failed since then.
fn last_straw(endpoint: EndpointId, at: Timestamp, since: Option<Timestamp>) -> DeliveryRecord {
    let reason = if since.is_some() { DisabledReason::Failing } else { DisabledReason::Gone };
    let switch_off = SwitchOff {
        reason,
        if_failing_since: since,
        entry: AuditEntry { actor: Actor::system(), ..entry("webhook.disable", endpoint) },
        event: job(JobKind::Event, Topic::EndpointDisabled, None, at),
    };
    let delivery = delivery(endpoint, at, Some(DeliveryFailure::Status));
    DeliveryRecord { delivery, switch_off: Some(switch_off) }
}

async fn due(shop: &Shop) -> BTreeSet<EndpointId> {
    shop.store.outbox().endpoints_due(shop.checkout.now(), 100).await.unwrap().into_iter().collect()
}

/// The number of webhooks that wait, and when the oldest was made, as the metrics tell.
async fn waiting(shop: &Shop) -> (u64, Option<Timestamp>) {
    let counts = shop.store.outbox().counts().await.unwrap();
    let webhooks = counts.into_iter().find(|count| count.kind == JobKind::Webhook).unwrap();
    (webhooks.pending, webhooks.oldest)
}

crate::scenarios! {
    async fn an_endpoint_is_read_as_it_was_written_and_changed(shop: Shop) {
        let first = added(&shop).await;
        assert_eq!(now(&shop, &first).await, first);
        let edit = |seen| EndpointChange::Edit {
            id: first.id,
            seen,
            url: "https://example.net/".to_owned(),
            events: [Topic::ProductSoldOut].into(),
            description: String::new(),
        };
        assert_eq!(change(&shop, edit(1)).await, EndpointOutcome::Changed);
        // Somebody else saw the version before.
        assert_eq!(change(&shop, edit(1)).await, EndpointOutcome::Unchanged);
        let edited = now(&shop, &first).await;
        assert_eq!((edited.url.as_str(), edited.version), ("https://example.net/", 2));
        assert_eq!(edited.events, [Topic::ProductSoldOut].into());
        let until = noon() + DAY;
        let secret = SigningSecret::new("whsec_b3RoZXI=".to_owned());
        change(&shop, EndpointChange::Rotate { id: first.id, secret: secret.clone(), previous_until: until }).await;
        let rotated = now(&shop, &first).await;
        assert_eq!((rotated.version, rotated.previous.as_ref().unwrap().until), (3, until));
        let texts = |at| rotated.secrets(at).map(|secret| secret.reveal().to_owned()).collect::<Vec<_>>();
        assert_eq!(texts(noon()), [secret.reveal(), first.secret.reveal()]);
        assert_eq!(texts(until), [secret.reveal()]);
        assert!(!format!("{rotated:?}").contains("whsec_"), "a secret is shown");
        assert_eq!(change(&shop, EndpointChange::Remove(first.id)).await, EndpointOutcome::Changed);
        assert_eq!(change(&shop, EndpointChange::Remove(first.id)).await, EndpointOutcome::Unchanged);
        assert_eq!(shop.store.endpoints().all().await.unwrap(), []);
        // Refused changes are not in the audit log.
        assert_eq!(shop.database.count("SELECT count(*) FROM audit_log WHERE object_kind = 'webhook'").await, 4);
        assert_eq!(shop.database.count("SELECT count(*) FROM audit_log WHERE after LIKE '%whsec_%'").await, 0);
    }

    async fn the_number_of_endpoints_is_limited(shop: Shop) {
        for _ in 0..MAX_ENDPOINTS {
            added(&shop).await;
        }
        assert_eq!(change(&shop, EndpointChange::Add(endpoint())).await, EndpointOutcome::Unchanged);
        assert_eq!(shop.store.endpoints().all().await.unwrap().len(), 20);
    }

    async fn a_change_with_a_key_counts_once(shop: Shop) {
        let endpoint = endpoint();
        let add = EndpointChange::Add(endpoint.clone());
        let key = |fingerprint| ClientKey { owner: owner(), idempotency: key("k", fingerprint) };
        let send = async |fingerprint| {
            shop.store.endpoints().change(&add, &entry("webhook.add", endpoint.id), Some(&key(fingerprint))).await.unwrap()
        };
        assert_eq!(send(1).await, EndpointOutcome::Changed);
        assert_eq!(send(1).await, EndpointOutcome::Replayed(endpoint.id));
        assert_eq!(send(2).await, EndpointOutcome::KeyReused);
        assert_eq!(shop.store.endpoints().all().await.unwrap(), [endpoint]);
    }

    async fn webhooks_of_an_endpoint_that_is_off_wait_and_others_do_not(shop: Shop) {
        let (one, two) = (added(&shop).await, added(&shop).await);
        let removed = EndpointId(Uuid::from_u128(1));
        let mut jobs = [one.id, two.id, removed].map(|id| job(JobKind::Webhook, Topic::OrderPaid, Some(id), noon()));
        for job in &mut jobs[1..] {
            job.created_at = noon() + DAY;
        }
        shop.store.outbox().add(&jobs).await.unwrap();
        assert_eq!(waiting(&shop).await, (3, Some(noon())));
        assert_eq!(change(&shop, EndpointChange::Disable(one.id)).await, EndpointOutcome::Changed);
        assert_eq!(change(&shop, EndpointChange::Disable(one.id)).await, EndpointOutcome::Unchanged);
        assert_eq!(now(&shop, &one).await.disabled, Some(DisabledReason::Operator));
        assert_eq!(due(&shop).await, [removed, two.id].into());
        assert_eq!(waiting(&shop).await, (2, Some(noon() + DAY)));
        assert_eq!(change(&shop, EndpointChange::Enable(one.id)).await, EndpointOutcome::Changed);
        assert_eq!(change(&shop, EndpointChange::Enable(one.id)).await, EndpointOutcome::Unchanged);
        assert_eq!((due(&shop).await.len(), waiting(&shop).await), (3, (3, Some(noon()))));
    }

    async fn an_endpoint_that_fails_for_days_is_switched_off_once_and_operators_are_told(shop: Shop) {
        let endpoint = added(&shop).await;
        let other = added(&shop).await;
        let store = shop.store.endpoints();
        let failed = |at| record(delivery(endpoint.id, at, Some(DeliveryFailure::Timeout)));
        store.record(&[failed(noon())]).await.unwrap();
        store.record(&[failed(noon() + DAY)]).await.unwrap();
        assert_eq!(now(&shop, &endpoint).await.failing_since, Some(noon()));
        // A success begins anew.
        let late = noon() + 4 * DAY;
        store.record(&[failed(late), record(delivery(endpoint.id, late, None))]).await.unwrap();
        assert_eq!(now(&shop, &endpoint).await.failing_since, None);
        store.record(&[failed(late)]).await.unwrap();
        let straw = |days: u32| {
            let at = late + days * DAY;
            last_straw(endpoint.id, at, Some(at - 5 * DAY))
        };
        assert_eq!(store.record(&[straw(4)]).await.unwrap(), []);
        assert_eq!(store.record(&[straw(5), straw(5)]).await.unwrap(), [endpoint.id]);
        assert_eq!(now(&shop, &endpoint).await.disabled, Some(DisabledReason::Failing));
        let request = ClaimRequest {
            kind: JobKind::Event,
            endpoint: None,
            claim: Uuid::from_u128(1),
            now: late + 9 * DAY,
            until: late + 10 * DAY,
            limit: 9,
        };
        let told = shop.store.outbox().claim(request).await.unwrap();
        assert_eq!(told.iter().map(|job| job.topic).collect::<Vec<_>>(), [Topic::EndpointDisabled]);
        assert_eq!(shop.database.count("SELECT count(*) FROM audit_log WHERE action = 'webhook.disable'").await, 1);
        change(&shop, EndpointChange::Enable(endpoint.id)).await;
        let enabled = now(&shop, &endpoint).await;
        assert_eq!((enabled.is_enabled(), enabled.failing_since), (true, None));
        // An endpoint that is gone is switched off at once.
        assert_eq!(store.record(&[last_straw(other.id, noon(), None)]).await.unwrap(), [other.id]);
        assert_eq!(now(&shop, &other).await.disabled, Some(DisabledReason::Gone));
    }

    async fn a_test_event_says_nothing_about_the_health_of_its_endpoint(shop: Shop) {
        let endpoint = added(&shop).await;
        let test = Delivery {
            job: None,
            topic: None,
            ..delivery(endpoint.id, noon(), Some(DeliveryFailure::Connect))
        };
        shop.store.endpoints().record(&[record(test)]).await.unwrap();
        assert_eq!(now(&shop, &endpoint).await.failing_since, None);
    }

    async fn attempts_are_listed_as_they_were_written_by_endpoint_and_state(shop: Shop) {
        let (one, two) = (added(&shop).await, added(&shop).await);
        let failed = Delivery {
            status: None,
            response: None,
            order: Some(OrderId(Uuid::from_u128(5))),
            ..delivery(one.id, noon(), Some(DeliveryFailure::Dns))
        };
        let done = delivery(one.id, noon(), None);
        let test = Delivery { job: None, topic: None, ..delivery(two.id, noon(), Some(DeliveryFailure::Gone)) };
        let store = shop.store.endpoints();
        store.record(&[record(failed.clone()), record(done.clone()), record(test.clone())]).await.unwrap();
        let list = async |endpoint, failed, page| {
            store.deliveries(DeliveryFilter { endpoint, failed }, page).await.unwrap()
        };
        let all = PageRequest::first(9);
        assert_eq!(list(None, None, all).await.items, [test.clone(), done.clone(), failed.clone()]);
        assert_eq!(list(None, Some(true), all).await.items, [test.clone(), failed.clone()]);
        assert_eq!(list(None, Some(false), all).await.items, std::slice::from_ref(&done));
        assert_eq!(list(Some(one.id), Some(true), all).await.items, std::slice::from_ref(&failed));
        assert_eq!(list(Some(one.id), Some(false), all).await.items, std::slice::from_ref(&done));
        let first = list(Some(one.id), None, PageRequest::first(1)).await;
        assert_eq!((first.items, first.next), (vec![done.clone()], Some(done.id.0)));
        let next = list(Some(one.id), None, PageRequest { after: first.next, ..PageRequest::first(1) }).await;
        assert_eq!((next.items, next.next), (vec![failed], None));
        assert_eq!(store.delivery(done.id).await.unwrap(), Some(done));
        assert_eq!(store.delivery(Uuid::nil().into()).await.unwrap(), None);
    }

    async fn erasing_a_customer_blanks_the_responses_about_their_orders(shop: Shop) {
        let phone = shop.phone(9).await.id;
        let ordered_by = async |email: &str| {
            let contact = Contact { email: email.parse().unwrap(), name: None, address: None, language: None };
            let held = shop.hold(phone, 1).await;
            shop.checkout.place_order(held.id, Some(contact), owner(), None).await.unwrap().value.id
        };
        let (ada, bob) = (ordered_by("ada@example.com").await, ordered_by("bob@example.com").await);
        let about = |order| Delivery { order: Some(order), ..delivery(EndpointId(Uuid::from_u128(1)), noon(), None) };
        let (of_ada, of_bob) = (about(ada), about(bob));
        shop.store.endpoints().record(&[record(of_ada.clone()), record(of_bob.clone())]).await.unwrap();
        let erase = entry("customer.erase", EndpointId(Uuid::nil()));
        shop.store.contacts().erase(&"ada@example.com".parse().unwrap(), erase, None).await.unwrap();
        let stored = async |delivery: &Delivery| shop.store.endpoints().delivery(delivery.id).await.unwrap().unwrap();
        assert_eq!(stored(&of_ada).await, Delivery { response: None, ..of_ada });
        assert_eq!(stored(&of_bob).await, of_bob);
    }

    async fn attempts_are_deleted_after_thirty_days_oldest_first(shop: Shop) {
        let at = |days: u32| record(delivery(EndpointId(Uuid::from_u128(1)), noon() + days * DAY, None));
        let records: Vec<_> = (0..5).map(at).collect();
        shop.store.endpoints().record(&records).await.unwrap();
        let count = async || shop.database.count("SELECT count(*) FROM webhook_deliveries").await;
        for expected in [2, 1, 0] {
            let before = noon() + 3 * DAY;
            assert_eq!(shop.store.purge().webhook_deliveries(before, 2).await.unwrap(), expected);
        }
        assert_eq!(count().await, 2);
        shop.clock.advance(33 * DAY + DAY / 2);
        shop.checkout.start_maintenance(Limits::default());
        eventually(async || count().await == 1).await;
    }

    async fn a_webhook_is_sent_again_with_its_entry_in_the_audit_log(shop: Shop) {
        let endpoint = added(&shop).await;
        let again = job(JobKind::Webhook, Topic::OrderPaid, Some(endpoint.id), noon());
        let redeliver = EndpointChange::Redeliver(endpoint.id, Box::new(again.clone()));
        assert_eq!(change(&shop, redeliver.clone()).await, EndpointOutcome::Changed);
        assert_eq!(shop.store.outbox().job(again.id).await.unwrap().unwrap().body, again.body);
        // The unique key lets the same job be added once.
        let twice = EndpointChange::Redeliver(
            endpoint.id,
            Box::new(NewJob { id: IDS.generate(), ..again }),
        );
        assert_eq!(change(&shop, twice).await, EndpointOutcome::Unchanged);
    }
}
