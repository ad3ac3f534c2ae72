//! The shop of one test: a database, a clock that only the test moves, and a provider.

#[path = "../../../../checkout/tests/contract/database.rs"]
#[expect(dead_code, reason = "shared with the engine's contract, which uses more of it")]
mod database;
mod faulty;
mod process;
mod provider;

pub use faulty::{Fault, Faulty, busy, refused, unknown};
pub use process::Process;
pub use provider::{FakeProvider, ORIGIN};

use checkout::{
    Checkout, IssueRefund, Limits, ManualClock, PaymentEvent, PaymentReply, Restock, Supervisor,
    model::{
        Actor, Contact, Job, JobKind, Order, OrderId, OrderStatus, Owner, PaymentAttempt, PaymentStatus, ProductDraft,
        ProductId, Quantity, Reference, Refund, RefundState, ReportedAmount, Timestamp,
    },
    store::{self, AuditFilter, Store, listings::PageRequest, outbox::JobFilter},
};
use database::Database;
use integrations::{
    outbox,
    payments::{PaymentSettings, Payments, Received},
    provider::{Notice, SharedProvider},
};
use std::{sync::Arc, time::Duration};
use uuid::Uuid;

/// The time at which each scenario starts.
pub fn noon() -> Timestamp {
    Timestamp::parse("2026-11-27T12:00:00Z").unwrap()
}

pub const MINUTE: Duration = Duration::from_mins(1);
pub const HOUR: Duration = Duration::from_hours(1);

pub struct Shop {
    pub checkout: Checkout,
    pub clock: Arc<ManualClock>,
    pub store: Arc<dyn Store>,
    pub process: Arc<Process>,
    pub provider: Arc<FakeProvider>,
    pub faulty: Arc<Faulty>,
    pub payments: Payments,
    workers: Supervisor,
    // Last, so that it is dropped after its connections.
    database: Database,
}

impl Shop {
    pub async fn sqlite() -> Self {
        Self::open(Database::sqlite()).await
    }

    pub async fn postgres() -> Self {
        Self::open(Database::postgres().await).await
    }

    async fn open(database: Database) -> Self {
        let clock = Arc::new(ManualClock::at(noon()));
        let process = Arc::new(Process::new(store::open(&database.url()).await.unwrap()));
        let store: Arc<dyn Store> = process.clone();
        store.migrate().await.unwrap();
        let checkout = Checkout::start(store.clone(), clock.clone(), Limits::default()).await.unwrap();
        let provider = Arc::new(FakeProvider::new(clock.clone()));
        let faulty = Arc::new(Faulty::new(provider.clone()));
        let payments = payments(&checkout, &store, Some(faulty.clone()), settings());
        Self { checkout, clock, store, process, provider, faulty, payments, workers: Supervisor::new(), database }
    }

    /// The service with other settings.
    pub fn with(&self, change: impl FnOnce(&mut PaymentSettings)) -> Payments {
        let mut settings = settings();
        change(&mut settings);
        payments(&self.checkout, &self.store, Some(self.faulty.clone()), settings)
    }

    /// The service of a node without a provider.
    pub fn without_provider(&self) -> Payments {
        payments(&self.checkout, &self.store, None, settings())
    }

    /// The service of another node. To the database and the provider it looks like another process.
    pub async fn second_node(&self) -> (Checkout, Payments) {
        let store = store::open(&self.database.url()).await.unwrap();
        let checkout = Checkout::start(store.clone(), self.clock.clone(), Limits::default()).await.unwrap();
        let payments = payments(&checkout, &store, Some(self.faulty.clone()), settings());
        (checkout, payments)
    }

    /// The service of a process that can be killed, at the same provider or at another one.
    pub async fn process(&self, provider: Option<SharedProvider>) -> (Arc<Process>, Checkout, Payments) {
        let process = Arc::new(Process::new(store::open(&self.database.url()).await.unwrap()));
        let store: Arc<dyn Store> = process.clone();
        let checkout = Checkout::start(store.clone(), self.clock.clone(), Limits::default()).await.unwrap();
        let provider = provider.unwrap_or_else(|| self.faulty.clone());
        let payments = Payments::new(checkout.clone(), store, Some(provider), settings());
        (process, checkout, payments)
    }

    /// The names of those whom the audit log has with this action, newest first.
    pub async fn audited(&self, action: &str) -> Vec<String> {
        let filter = AuditFilter { action: Some(action.to_owned()), ..AuditFilter::default() };
        let entries = self.store.audit_log().list(&filter, None, 100).await.unwrap();
        entries.into_iter().map(|entry| entry.actor.name).collect()
    }

    /// Starts the outbox's workers.
    pub fn start_workers(&self) {
        self.start_workers_of(&self.payments);
    }

    pub fn start_workers_of(&self, payments: &Payments) {
        let consequences = vec![payments.consequences()];
        outbox::start(&self.checkout, &self.store, consequences, payments.lanes(), &self.workers);
    }

    /// Puts a phone on sale: 19.99 USD, ten minutes to pay.
    pub async fn phone(&self, stock: u32) -> ProductId {
        self.product(stock, |_| {}).await
    }

    pub async fn product(&self, stock: u32, change: impl FnOnce(&mut ProductDraft)) -> ProductId {
        let price = checkout::model::Money::parse("19.99", "USD".parse().unwrap()).unwrap();
        let mut draft = ProductDraft::new("phone".parse().unwrap(), "Phone", price, stock);
        change(&mut draft);
        self.checkout.add_product(draft, Actor::system()).await.unwrap().value.id
    }

    /// Places a hold and orders it.
    pub async fn ordered(&self, product: ProductId) -> Order {
        let qty = Quantity::try_from(1).unwrap();
        let hold = self.checkout.place_hold(product, qty, owner(), None, None).await.unwrap().value;
        let contact = Contact { email: "ada@example.com".parse().unwrap(), name: None, address: None, language: None };
        self.checkout.place_order(hold.id, Some(contact), owner(), None).await.unwrap().value
    }

    /// An order of a new product with one unit, and the session of its open page.
    pub async fn opened(&self) -> (Order, String) {
        let phone = self.phone(1).await;
        (self.opened_for(phone).await, self.provider.last_session())
    }

    /// An order of this product with an open page.
    pub async fn opened_for(&self, product: ProductId) -> Order {
        let order = self.ordered(product).await;
        self.payments.open(&order).await.unwrap();
        order
    }

    /// Opens a page for an order that must be paid within this time. Returns the stored request.
    pub async fn opened_within(&self, pay_within: Duration) -> String {
        let slug = format!("phone-{}", pay_within.as_secs());
        let phone = self.product(1, |draft| (draft.slug, draft.pay_within) = (slug.parse().unwrap(), pay_within)).await;
        let order = self.ordered(phone).await;
        self.payments.open(&order).await.unwrap();
        self.attempts(&order).await[0].request.clone()
    }

    /// An order that was paid at its page, and the transaction.
    pub async fn paid(&self) -> (Order, String) {
        let (order, session) = self.opened().await;
        self.receive(self.provider.pay(&session)).await;
        assert_eq!(self.status(&order).await, OrderStatus::Paid);
        let order = self.checkout.order_of_any_owner(order.id).await.unwrap();
        let transaction = order.transaction_id().unwrap().as_str().to_owned();
        (order, transaction)
    }

    pub async fn receive(&self, notice: Notice) -> Received {
        self.payments.receive(notice, None).await.unwrap()
    }

    /// A payment event that did not come from the provider.
    pub async fn report(&self, order: &Order, transaction: &str, status: PaymentStatus) -> PaymentReply {
        let key = format!("evt-{transaction}-{}", status.name());
        let event = PaymentEvent {
            key: key.try_into().unwrap(),
            fingerprint: [1; 32],
            reference: Reference::Order(order.id),
            transaction_id: transaction.to_owned().try_into().unwrap(),
            status,
            reported: ReportedAmount::default(),
            dispute_id: None,
            payload: None,
        };
        self.checkout.record_payment(event).await.unwrap()
    }

    pub async fn status(&self, order: &Order) -> OrderStatus {
        self.checkout.order_of_any_owner(order.id).await.unwrap().status()
    }

    pub async fn cancel(&self, order: &Order) {
        self.checkout.cancel_order(order.id, owner(), None).await.unwrap();
    }

    pub async fn attempts(&self, order: &Order) -> Vec<PaymentAttempt> {
        self.store.payment_attempts().of_order(order.id).await.unwrap()
    }

    /// The states of the order's attempts, oldest first.
    pub async fn states(&self, order: &Order) -> Vec<&'static str> {
        self.attempts(order).await.iter().map(|attempt| attempt.state.name()).collect()
    }

    pub async fn refunds(&self, order: &Order) -> Vec<Refund> {
        self.checkout.refunds(order.id).await.unwrap()
    }

    pub async fn refund(&self, order: &Order) -> Refund {
        let refunds = self.refunds(order).await;
        let [refund] = &refunds[..] else { panic!("not one refund: {refunds:?}") };
        refund.clone()
    }

    pub async fn refund_is(&self, order: &Order, state: RefundState, attempt: u32) -> bool {
        let refund = self.refund(order).await;
        (refund.state, refund.attempt) == (state, attempt)
    }

    /// Issues a refund of an order.
    pub async fn issue(&self, order: OrderId, amount: Option<i64>) -> Refund {
        let issue = IssueRefund { id: self.checkout.new_refund_id(), order, amount, restock: Restock::None };
        self.checkout.issue_refund(issue, Actor::system()).await.unwrap().value
    }

    pub async fn jobs(&self, kind: JobKind) -> Vec<Job> {
        let filter = JobFilter { kind: Some(kind), ..JobFilter::default() };
        self.store.outbox().list(filter, PageRequest::first(100)).await.unwrap().items
    }
}

fn settings() -> PaymentSettings {
    PaymentSettings { shop_url: ORIGIN.to_owned(), auto_refund: true, accepts_other_intents: false }
}

fn payments(
    checkout: &Checkout,
    store: &Arc<dyn Store>,
    provider: Option<Arc<Faulty>>,
    settings: PaymentSettings,
) -> Payments {
    let provider = provider.map(|provider| provider as SharedProvider);
    Payments::new(checkout.clone(), store.clone(), provider, settings)
}

pub fn owner() -> Owner {
    Owner(Uuid::from_u128(7))
}

/// How long [`eventually`] waits. Workers look for what is due twice a second; the rest is for a slow machine.
const EVENTUALLY_TIMEOUT: Duration = Duration::from_secs(15);

/// Waits until a condition holds.
pub async fn eventually(mut holds: impl AsyncFnMut() -> bool) {
    let waited = tokio::time::timeout(EVENTUALLY_TIMEOUT, async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    waited.await.expect("the condition does not hold in time");
}
