//! The sandbox answers as a provider does: a repeated request has one effect, and a refund that was pending succeeds.

use super::*;
use checkout::{
    Checkout, Limits, ManualClock, PaymentEvent,
    model::{Actor, Order, Owner, ProductDraft, Reference, ReportedAmount},
    store::{self, BeginOutcome},
};
use uuid::Uuid;

struct Shop {
    checkout: Checkout,
    store: Arc<dyn Store>,
    clock: Arc<ManualClock>,
    sandbox: SandboxProvider,
    _folder: tempfile::TempDir,
}

fn owner() -> Owner {
    Owner(Uuid::from_u128(7))
}

impl Shop {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = store::open(&format!("sqlite://{}", folder.path().join("shop.db").display())).await.unwrap();
        store.migrate().await.unwrap();
        let clock = Arc::new(ManualClock::at(Timestamp::parse("2026-11-27T12:00:00Z").unwrap()));
        let checkout = Checkout::start(store.clone(), clock.clone(), Limits::default()).await.unwrap();
        let sandbox = SandboxProvider::new(store.clone(), clock.clone());
        Self { checkout, store, clock, sandbox, _folder: folder }
    }

    async fn order(&self) -> Order {
        let price = Money::parse("19.99", "USD".parse().unwrap()).unwrap();
        let draft = ProductDraft::new("lamp".parse().unwrap(), "Lamp", price, 9);
        let product = self.checkout.add_product(draft, Actor::system()).await.unwrap().value;
        let hold = self.checkout.place_hold(product.id, 1.try_into().unwrap(), owner(), None, None).await.unwrap();
        self.checkout.place_order(hold.value.id, None, owner(), None).await.unwrap().value
    }

    async fn pay(&self, order: &Order, transaction: &str) {
        let event = PaymentEvent {
            key: format!("event-{transaction}").try_into().unwrap(),
            fingerprint: [1; 32],
            reference: Reference::Order(order.id),
            transaction_id: transaction.to_owned().try_into().unwrap(),
            status: PaymentStatus::Success,
            dispute_id: None,
            reported: ReportedAmount { amount: Some(order.amount.minor), currency: Some(order.amount.currency) },
            payload: None,
        };
        self.checkout.record_payment(event).await.unwrap();
    }

    /// Begins an attempt, and opens its page.
    async fn open_page(&self, order: &Order) -> PaymentPage {
        let request = OpenRequest::of(order, "Lamp", "http://shop.example", None);
        let attempt = PaymentAttempt {
            id: Uuid::from_u128(1).into(),
            order_id: order.id,
            provider: ProviderName::Sandbox,
            state: AttemptState::Opening,
            session: None,
            url: None,
            request: serde_json::to_string(&request).unwrap(),
            created_at: self.clock.now(),
            updated_at: self.clock.now(),
        };
        let begun = self.store.payment_attempts().begin_attempt(&attempt).await.unwrap();
        assert!(matches!(begun, BeginOutcome::Live(_)));
        let page = self.sandbox.open(attempt.id, &request).await.unwrap();
        assert_eq!(self.sandbox.open(attempt.id, &request).await.unwrap(), page, "a repeated call");
        page
    }
}

fn request(later: LaterRefund, attempt: u32, amount: Option<Money>) -> RefundRequest {
    RefundRequest {
        refund: Uuid::from_u128(5).into(),
        attempt,
        transaction: later.transaction_id("one").try_into().unwrap(),
        amount,
        order: None,
    }
}

fn dollars(minor: i64) -> Money {
    Money { minor, currency: "USD".parse().unwrap() }
}

#[test]
fn the_id_of_a_transaction_says_what_happens_to_its_refunds() {
    for later in LaterRefund::ALL {
        let id = TransactionId::try_from(later.transaction_id("0b7e")).unwrap();
        assert_eq!(LaterRefund::of(&id), Some(later));
    }
    assert_eq!(LaterRefund::of(&"pi_123".to_owned().try_into().unwrap()), None);
}

#[tokio::test]
async fn a_refund_is_made_once_for_each_attempt() {
    let shop = Shop::open().await;
    let first = shop.sandbox.refund(&request(LaterRefund::Succeeds, 1, Some(dollars(500)))).await.unwrap();
    assert_eq!((first.state, first.amount), (ReportedRefundState::Succeeded, dollars(500)));
    shop.clock.advance(Duration::from_secs(1));
    assert_eq!(shop.sandbox.refund(&request(LaterRefund::Succeeds, 1, Some(dollars(500)))).await.unwrap(), first);
    let second = shop.sandbox.refund(&request(LaterRefund::Succeeds, 2, Some(dollars(500)))).await.unwrap();
    assert_eq!(second.ours.map(|(_, attempt)| attempt), Some(2));
    assert_eq!(shop.sandbox.find_refunds(&first.transaction).await.unwrap(), [first.clone(), second]);
    assert_eq!(shop.sandbox.find_refund(&first.reference).await.unwrap(), Some(first));
    let unknown = RefundReference::try_from("re_1".to_owned()).unwrap();
    assert_eq!(shop.sandbox.find_refund(&unknown).await.unwrap(), None);
}

#[tokio::test]
async fn a_pending_refund_succeeds_when_it_is_looked_up_after_a_minute() {
    let shop = Shop::open().await;
    let pending = shop.sandbox.refund(&request(LaterRefund::Waits, 1, Some(dollars(500)))).await.unwrap();
    let now = async || shop.sandbox.find_refund(&pending.reference).await.unwrap().unwrap().state;
    shop.clock.advance(PENDING_TIME.saturating_sub(Duration::from_millis(1)));
    assert_eq!((pending.state, now().await), (ReportedRefundState::Pending, ReportedRefundState::Pending));
    shop.clock.advance(Duration::from_millis(1));
    assert_eq!(now().await, ReportedRefundState::Succeeded);
    let stored = shop.store.sandbox_refunds().sandbox_refund(&pending.reference).await.unwrap().unwrap();
    assert_eq!(stored.state, ReportedRefundState::Succeeded);
}

#[tokio::test]
async fn a_rejected_refund_says_why_and_a_foreign_transaction_is_refused() {
    let shop = Shop::open().await;
    let failed = shop.sandbox.refund(&request(LaterRefund::Fails, 1, Some(dollars(500)))).await.unwrap();
    assert_eq!((failed.state, failed.lacks_funds), (ReportedRefundState::Failed, false));
    assert!(failed.failure.is_some());
    let foreign =
        RefundRequest { transaction: "pi_1".to_owned().try_into().unwrap(), ..request(LaterRefund::Fails, 1, None) };
    assert!(matches!(shop.sandbox.refund(&foreign).await, Err(ProviderError::Refused(_))));
    let unknown_amount = shop.sandbox.refund(&request(LaterRefund::Succeeds, 1, None)).await;
    assert!(matches!(unknown_amount, Err(ProviderError::Refused(_))));
}

#[tokio::test]
async fn a_page_is_open_until_it_is_paid_or_closed() {
    let shop = Shop::open().await;
    let order = shop.order().await;
    let page = shop.open_page(&order).await;
    assert_eq!(page.url, format!("/sandbox/pay/{}", order.id));
    let state = async || shop.sandbox.find_session(&page.session).await.unwrap().state;
    assert_eq!(state().await, SessionState::Open);
    assert_eq!(shop.sandbox.close(&page.session).await, Ok(CloseOutcome::Closed));

    let transaction = LaterRefund::Succeeds.transaction_id("one");
    shop.pay(&order, &transaction).await;
    let report = shop.sandbox.find_session(&page.session).await.unwrap();
    assert_eq!((report.state, report.amount), (SessionState::Paid, Some(order.amount)));
    assert_eq!(report.transaction.unwrap().as_str(), transaction);
    assert_eq!(shop.sandbox.close(&page.session).await, Ok(CloseOutcome::Completed));
    // A request without an amount returns the whole transaction.
    let whole = RefundRequest { order: Some(order.id), ..request(LaterRefund::Succeeds, 1, None) };
    assert_eq!(shop.sandbox.refund(&whole).await.unwrap().amount, order.amount);

    let unknown = SessionId::try_from("cs_test_1".to_owned()).unwrap();
    assert!(matches!(shop.sandbox.close(&unknown).await, Err(ProviderError::Refused(_))));
}

#[tokio::test]
async fn the_page_of_an_attempt_that_was_closed_has_expired() {
    let shop = Shop::open().await;
    let page = shop.open_page(&shop.order().await).await;
    let (id, now) = (Uuid::from_u128(1).into(), shop.clock.now());
    let attempts = shop.store.payment_attempts();
    assert!(attempts.advance(id, &[AttemptState::Opening], AttemptState::Closed, now).await.unwrap());
    assert_eq!(shop.sandbox.find_session(&page.session).await.unwrap().state, SessionState::Expired);
}
