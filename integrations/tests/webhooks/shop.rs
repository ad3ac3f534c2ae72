//! A shop with the workers of its outbox, and a clock that only the test moves.

use checkout::{
    Checkout, Clock as _, IdGenerator, Limits, ManualClock, PaymentEvent, Supervisor,
    model::{
        Actor, AuditEntry, AuditObject, EndpointId, Job, Money, Order, Owner, PaymentStatus, Product, ProductDraft,
        Reference, ReportedAmount, Timestamp, Topic,
    },
    store::{
        self, Delivery, DeliveryFilter, Endpoint, EndpointChange, EndpointOutcome, SigningSecret, Store,
        listings::PageRequest, outbox::JobFilter,
    },
};
use integrations::{
    outbox::{self, Consequences},
    webhooks::{Sender, SenderSettings, Webhooks, new_secret},
};
use std::{sync::Arc, time::Duration};
use uuid::Uuid;

/// How long [`eventually`] waits.
const EVENTUALLY_TIMEOUT: Duration = Duration::from_secs(10);

pub struct Shop {
    pub checkout: Checkout,
    pub clock: Arc<ManualClock>,
    pub store: Arc<dyn Store>,
    pub webhooks: Webhooks,
    ids: IdGenerator,
    _supervisor: Supervisor,
    _home: tempfile::TempDir,
}

impl Shop {
    /// A shop that may send to this machine.
    pub async fn open() -> Self {
        Self::with(SenderSettings::new(true)).await
    }

    /// The same, with further consequences of events.
    pub async fn open_with(others: Vec<Arc<dyn Consequences>>) -> Self {
        Self::start(SenderSettings::new(true), others).await
    }

    pub async fn with(settings: SenderSettings) -> Self {
        Self::start(settings, Vec::new()).await
    }

    async fn start(settings: SenderSettings, mut consequences: Vec<Arc<dyn Consequences>>) -> Self {
        let home = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(Timestamp::parse("2026-11-27T12:00:00Z").unwrap()));
        let store = store::open(&format!("sqlite://{}", home.path().join("shop.db").display())).await.unwrap();
        store.migrate().await.unwrap();
        let checkout = Checkout::start(store.clone(), clock.clone(), Limits::default()).await.unwrap();
        let webhooks = Webhooks::new(checkout.clone(), store.clone(), Sender::new(settings).unwrap());
        let supervisor = Supervisor::new();
        consequences.push(webhooks.consequences());
        outbox::start(&checkout, &store, consequences, webhooks.lanes(), &supervisor);
        let ids = IdGenerator::new(clock.clone());
        Self { checkout, clock, store, webhooks, ids, _supervisor: supervisor, _home: home }
    }

    pub async fn endpoint(&self, url: &str, events: &[Topic]) -> Endpoint {
        let endpoint = Endpoint {
            id: self.ids.generate(),
            url: url.to_owned(),
            events: events.iter().copied().collect(),
            description: String::new(),
            secret: new_secret(&[7; 32]),
            previous: None,
            disabled: None,
            failing_since: None,
            created_at: self.clock.now(),
            version: 1,
        };
        self.change(EndpointChange::Add(endpoint.clone())).await;
        endpoint
    }

    pub async fn change(&self, change: EndpointChange) {
        let entry = AuditEntry {
            id: self.ids.generate(),
            at: self.clock.now(),
            actor: Actor::system(),
            action: "webhook.change".into(),
            object: AuditObject::new("webhook", change.id()),
            before: None,
            after: None,
            reason: None,
        };
        let done = self.store.endpoints().change(&change, &entry, None).await.unwrap();
        assert_eq!(done, EndpointOutcome::Changed);
    }

    /// Replaces the secret of an endpoint, and returns the new one.
    pub async fn rotate(&self, id: EndpointId) -> SigningSecret {
        let secret = new_secret(&[8; 32]);
        let previous_until = self.clock.now() + Duration::from_hours(24);
        self.change(EndpointChange::Rotate { id, secret: secret.clone(), previous_until }).await;
        secret
    }

    /// The time in seconds since the Unix epoch.
    pub fn clock_seconds(&self) -> i64 {
        self.clock.now().as_millis() / 1000
    }

    pub async fn endpoint_now(&self, id: EndpointId) -> Endpoint {
        self.store.endpoints().find(id).await.unwrap().unwrap()
    }

    pub async fn product(&self) -> Product {
        let price = Money::parse("19.99", "USD".parse().unwrap()).unwrap();
        let draft = ProductDraft::new("phone".parse().unwrap(), "Phone", price, 100);
        self.checkout.add_product(draft, Actor::system()).await.unwrap().value
    }

    pub async fn ordered(&self, product: &Product) -> Order {
        let owner = Owner(Uuid::from_u128(7));
        let held = self.checkout.place_hold(product.id, 1.try_into().unwrap(), owner, None, None).await.unwrap().value;
        self.checkout.place_order(held.id, None, owner, None).await.unwrap().value
    }

    pub async fn pay(&self, order: &Order) {
        let event = PaymentEvent {
            key: format!("evt-{}", order.id).try_into().unwrap(),
            fingerprint: [1; 32],
            reference: Reference::Order(order.id),
            transaction_id: format!("tx-{}", order.id).try_into().unwrap(),
            status: PaymentStatus::Success,
            reported: ReportedAmount::default(),
            dispute_id: None,
            payload: None,
        };
        self.checkout.record_payment(event).await.unwrap();
    }

    /// Waits until the result of each attempt is recorded.
    pub async fn settled(&self) {
        eventually(async || self.jobs().await.iter().all(|job| job.claim.is_none())).await;
    }

    /// All attempts, oldest first.
    pub async fn deliveries(&self) -> Vec<Delivery> {
        let filter = DeliveryFilter::default();
        let mut all = self.store.endpoints().deliveries(filter, PageRequest::first(1000)).await.unwrap().items;
        all.reverse();
        all
    }

    /// All jobs, oldest first.
    pub async fn jobs(&self) -> Vec<Job> {
        let mut all = self.store.outbox().list(JobFilter::default(), PageRequest::first(1000)).await.unwrap().items;
        all.reverse();
        all
    }
}

/// Waits until a condition holds.
pub async fn eventually(mut holds: impl AsyncFnMut() -> bool) {
    let waited = tokio::time::timeout(EVENTUALLY_TIMEOUT, async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    waited.await.expect("the condition does not hold in time");
}
