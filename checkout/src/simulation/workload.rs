//! A random workload of shoppers, a payment provider and an operator on two nodes over one store, while the store loses
//! commits and replies and the clock jumps.

use super::{
    history::{Exchange, History, Step},
    invariants,
    memory_store::{Fault, Memory, MemoryStore},
    requests::{Operation, Output, Request, digest},
    tables::{Constraints, Tables},
};
use crate::{
    Checkout, Clock, IdempotencyKey, Idempotent, IssueRefund, Limits, ManualClock, PaymentEvent, Restock, StockChange,
    model::{
        Actor, Contact, EventOutcome, EventPayload, HoldId, Money, OrderId, OrderState, Owner, PaymentStatus,
        ProductDraft, ProductId, ProductStatus, Quantity, Reference, RefundId, RefundReference, RefundStep,
        ReportedAmount, ReportedRefund, ReportedRefundState, SaleWindow, Shopper, Timestamp, WebhookId,
    },
};
use fastrand::Rng;
use futures::FutureExt;
use std::{sync::Arc, time::Duration};
use uuid::Uuid;

/// Number of shoppers. It is small, so that requests collide often.
const NAMES: u32 = 12;

/// Number of recent requests and events that may be repeated.
const MAX_REMEMBERED: usize = 40;

/// A clock that is a little ahead. The ids of one step then sort by node, so that a run with the same seed is the same.
struct OffsetClock(Arc<ManualClock>, Duration);

impl Clock for OffsetClock {
    fn now(&self) -> Timestamp {
        self.0.now() + self.1
    }
}

pub(super) struct Workload {
    rng: Rng,
    memory: Arc<Memory>,
    clock: Arc<ManualClock>,
    nodes: Vec<Checkout>,
    products: Vec<ProductId>,
    holds: Vec<(HoldId, Owner)>,
    orders: Vec<(OrderId, Owner)>,
    asked: Vec<Request>,
    sent_events: Vec<PaymentEvent>,
    reported: Vec<ReportedRefund>,
    names: u32,
    pub(super) history: History,
}

/// The start of each simulation.
pub(super) fn start_time() -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000)
}

impl Workload {
    pub(super) async fn new(seed: u64) -> Self {
        let memory = Memory::new(seed, Constraints::ALL);
        let clock = Arc::new(ManualClock::at(start_time()));
        let mut nodes = Vec::new();
        for ahead in 0..2 {
            let store = Arc::new(MemoryStore(memory.clone()));
            let clock = Arc::new(OffsetClock(clock.clone(), Duration::from_millis(ahead)));
            nodes.push(Checkout::start(store, clock, Limits::default()).await.unwrap());
        }
        let mut products = Vec::new();
        for (slug, stock, limit) in
            [("a", 7, None), ("b", 3, Some(2)), ("c", 40, Some(5)), ("d", 9, None), ("e", 2, None)]
        {
            let price = Money::parse("10", "USD".parse().unwrap()).unwrap();
            let mut draft = ProductDraft::new(slug.parse().unwrap(), slug, price, stock);
            draft.per_shopper_limit = limit;
            if slug == "d" {
                let opens = start_time() + Duration::from_mins(10);
                draft.window = SaleWindow { starts_at: Some(opens), ends_at: Some(opens + Duration::from_hours(1)) };
                draft.extend_by = None;
            }
            if slug == "e" {
                // The time to pay is shorter than the hold.
                draft.pay_within = Duration::from_secs(5);
            }
            products.push(nodes[0].add_product(draft, Actor::system()).await.unwrap().value.id);
        }
        Self {
            rng: Rng::with_seed(seed),
            memory,
            clock,
            nodes,
            products,
            holds: Vec::new(),
            orders: Vec::new(),
            asked: Vec::new(),
            sent_events: Vec::new(),
            reported: Vec::new(),
            names: 0,
            history: History::default(),
        }
    }

    /// Sends some requests at once, so that they share batches, and checks the invariants.
    pub(super) async fn step(&mut self) {
        self.inject_faults();
        let before = self.memory.tables().clone();
        let requests: Vec<_> = (0..self.rng.usize(1..9)).map(|_| self.request()).collect();
        let replies = requests.iter().map(|request| {
            let node = self.rng.choice(&self.nodes).unwrap().clone();
            send(request.clone(), node)
        });
        let replies: Vec<_> = replies.collect();
        let replies = futures::future::join_all(replies).await;
        let exchanges: Vec<Exchange> = requests.into_iter().zip(replies).collect();
        let after = self.memory.tables().clone();
        self.history.check(&Step { before: &before, after: &after, now: self.clock.now(), exchanges: &exchanges });
        invariants::check(&before, &after);
        self.remember_results(exchanges);
    }

    /// Injects faults into the store and the clock.
    fn inject_faults(&mut self) {
        let faults = [Fault::LostReading, Fault::Contended, Fault::LostBefore, Fault::LostAfter];
        if self.rng.u32(0..4) == 0 {
            self.memory.inject(*self.rng.choice(&faults).unwrap());
        }
        match self.rng.u32(0..10) {
            0 => self.clock.advance(Duration::from_secs(self.rng.u64(1..400))),
            1 => self.clock.set(Timestamp::from_millis(self.clock.now().as_millis() - self.rng.i64(1..90_000))),
            _ => self.clock.advance(Duration::from_millis(self.rng.u64(2..2_000))),
        }
    }

    fn request(&mut self) -> Request {
        if self.rng.u32(0..6) == 0
            && let Some(again) = self.rng.choice(&self.asked)
        {
            return again.clone();
        }
        let (operation, owner) = self.operation();
        let mut request = Request { owner, key: None, operation, impatient: self.rng.u32(0..16) == 0 };
        if request.operation.accepts_a_key() && self.rng.bool() {
            // One key in twelve was used before, for another request.
            let used = self.rng.choice(&self.asked).filter(|_| self.rng.u32(0..12) == 0);
            let name = used.and_then(|r| r.key.clone());
            self.names += 1;
            request.key = name.or_else(|| IdempotencyKey::parse(&format!("key-{}", self.names)));
            push_bounded(&mut self.asked, request.clone());
        }
        request
    }

    fn operation(&mut self) -> (Operation, Owner) {
        let owner = Owner(Uuid::from_u128(self.rng.u128(1..3)));
        let product = *self.rng.choice(&self.products).unwrap();
        let nothing = Uuid::from_u128(self.rng.u128(1..99));
        let hold = self.recent(self.holds.len()).map(|n| self.holds[n]);
        let (hold, holder) = hold.unwrap_or((HoldId(nothing), owner));
        let order = self.recent(self.orders.len()).map(|n| self.orders[n]);
        let (order, buyer) = order.unwrap_or((OrderId(nothing), owner));
        match self.rng.u32(0..30) {
            0..8 => {
                let qty = Quantity::try_from(self.rng.i64(1..4)).unwrap();
                let name = format!("shopper-{}", self.rng.u32(0..NAMES));
                let shopper = self.rng.bool().then(|| Shopper::try_from(name).unwrap());
                let product = if self.rng.u32(0..40) == 0 { ProductId(nothing) } else { product };
                (Operation::Hold { product, qty, shopper }, owner)
            }
            8..12 => (Operation::Order(hold, self.contact(hold)), holder),
            // Sometimes the hold belongs to another owner.
            12 => (Operation::Order(hold, self.contact(hold)), owner),
            13 => (Operation::Release(hold), holder),
            14 => (Operation::Extend(hold), holder),
            15 => (Operation::Cancel(order), buyer),
            16 => match self.rng.u32(0..4) {
                0 => (self.stock(product), owner),
                1 => (Operation::ExpireUnmatched { before: self.clock.now() }, owner),
                _ => (Operation::Sweep(product), owner),
            },
            17..22 => (Operation::Pay(Box::new(self.event(hold, order))), owner),
            22 => (self.edit(product), owner),
            23 => (self.status(product), owner),
            24 => (self.refund(order), owner),
            25 => (self.replay(nothing), owner),
            26 if self.rng.bool() => (Operation::CancelByOperator(order), owner),
            28 | 29 => (self.report(), owner),
            _ => (self.refund_step(nothing), owner),
        }
    }

    fn stock(&mut self, product: ProductId) -> Operation {
        let change = match self.rng.u32(0..3) {
            0 => StockChange::Total(self.rng.u32(0..50)),
            _ => StockChange::By(self.rng.i32(-3..4)),
        };
        Operation::Stock { product, change }
    }

    /// An edit of the price and the limit. One in four has seen another revision.
    fn edit(&mut self, id: ProductId) -> Operation {
        let product = self.memory.tables().products[&id].clone();
        let mut details = product.details();
        details.price = Money { minor: *self.rng.choice(&[1000, 1000, 1200]).unwrap(), ..details.price };
        details.per_shopper_limit = self.rng.bool().then(|| self.rng.u32(1..6));
        let ahead = u64::from(self.rng.u32(0..4) == 0);
        Operation::Edit { product: id, revision: product.revision + ahead, details: Box::new(details) }
    }

    /// A product that is not on sale goes on sale soon.
    fn status(&mut self, product: ProductId) -> Operation {
        let is_active = self.memory.tables().products[&product].status == ProductStatus::Active;
        let choices = [ProductStatus::Active, ProductStatus::Paused, ProductStatus::Archived];
        let status =
            if is_active || self.rng.u32(0..4) == 0 { *self.rng.choice(&choices).unwrap() } else { choices[0] };
        Operation::Status { product, status }
    }

    /// A refund of a paid order, mostly. One in six repeats an id.
    fn refund(&mut self, order: OrderId) -> Operation {
        self.names += 1;
        let tables = self.memory.tables().clone();
        let is_paid = |id: &&OrderId| matches!(tables.orders[id].state, OrderState::Paid { .. });
        let paid: Vec<_> = tables.orders.keys().filter(is_paid).copied().collect();
        let order = self.rng.choice(paid).filter(|_| self.rng.u32(0..8) > 0).unwrap_or(order);
        let known = self.rng.choice(tables.refunds.keys()).filter(|_| self.rng.u32(0..6) == 0);
        let id = known.copied().unwrap_or(RefundId(Uuid::from_u128(u128::from(self.names) << 64)));
        let amount = self.rng.bool().then(|| self.rng.i64(1..2500));
        let restock = match self.rng.u32(0..3) {
            0 => Restock::All,
            1 => Restock::Units(self.rng.u32(1..3)),
            _ => Restock::None,
        };
        Operation::Refund(IssueRefund { id, order, amount, restock })
    }

    /// A step of a known refund, mostly of its present attempt.
    fn refund_step(&mut self, nothing: Uuid) -> Operation {
        self.names += 1;
        let refunds: Vec<_> = self.memory.tables().refunds.values().cloned().collect();
        let known = self.rng.choice(refunds).filter(|_| self.rng.u32(0..20) > 0);
        let (refund, attempt) = known.map_or((RefundId(nothing), 1), |refund| (refund.id, refund.attempt));
        let attempt = if self.rng.u32(0..4) == 0 { self.rng.u32(1..=attempt + 1) } else { attempt };
        let reference = RefundReference::try_from(format!("ref-{}", self.names)).unwrap();
        let step = match self.rng.u32(0..9) {
            0..3 => RefundStep::Send,
            3 | 4 => RefundStep::Succeed { provider_reference: self.rng.bool().then_some(reference) },
            5 | 6 => RefundStep::Fail { failure: "declined".to_owned() },
            7 => RefundStep::Retry,
            _ => RefundStep::DoneElsewhere { note: reference },
        };
        Operation::AdvanceRefund { refund, attempt, step }
    }

    /// The provider's report of a refund: of one that it has reported before, in any state, or of another one. It names a refund
    /// of the shop, or was made at the provider: of a payment, and often with the amount of a refund that is due.
    fn report(&mut self) -> Operation {
        let states = [ReportedRefundState::Pending, ReportedRefundState::Succeeded, ReportedRefundState::Failed];
        let state = states[usize::from(self.rng.bool()) + usize::from(self.rng.u32(0..4) == 0)];
        if let Some(known) = self.rng.choice(&self.reported).filter(|_| self.rng.u32(0..5) > 1).cloned() {
            return Operation::Report(Box::new(ReportedRefund { state, ..known }));
        }
        self.names += 1;
        let tables = self.memory.tables().clone();
        let paid = tables.payments.values().filter(|p| p.status == PaymentStatus::Success);
        let paid: Vec<_> = paid.map(|p| p.transaction_id.clone()).collect();
        let refund = self.rng.choice(tables.refunds.values()).filter(|_| self.rng.bool());
        let transaction = refund.map(|r| r.transaction_id.clone()).or_else(|| self.rng.choice(paid));
        let fallback = || format!("unknown-{}", self.names).try_into().unwrap();
        let transaction = transaction.filter(|_| self.rng.u32(0..12) > 0).unwrap_or_else(fallback);
        let ours = refund.filter(|_| self.rng.bool()).map(|r| (r.id, self.rng.u32(1..=r.attempt)));
        let minor = refund.and_then(|r| r.amount).filter(|minor| *minor > 0).unwrap_or(self.rng.i64(1..3000));
        let report = ReportedRefund {
            reference: format!("re-{}", self.names).try_into().unwrap(),
            transaction,
            ours,
            amount: Money { minor, ..tables.products[&self.products[0]].price },
            state,
            failure: None,
            lacks_funds: false,
            created_at: self.clock.now(),
        };
        push_bounded(&mut self.reported, report.clone());
        Operation::Report(Box::new(report))
    }

    /// An event to process again, mostly one whose refund is due.
    fn replay(&mut self, nothing: Uuid) -> Operation {
        let tables = self.memory.tables().clone();
        let due = tables.payments.values().filter(|p| matches!(p.outcome, EventOutcome::RefundDue(_)));
        let due: Vec<_> = due.map(|p| p.id).collect();
        let event = match self.rng.u32(0..10) {
            0 => None,
            1 | 2 => self.rng.choice(tables.payments.keys()).copied(),
            _ => self.rng.choice(due),
        };
        Operation::Replay(event.unwrap_or(WebhookId(nothing)))
    }

    /// The index of a recent item, mostly.
    fn recent(&mut self, len: usize) -> Option<usize> {
        let missing = self.rng.u32(0..30) == 0;
        (len > 0 && !missing).then(|| self.rng.usize(len.saturating_sub(20)..len))
    }

    /// The contact of whoever orders a hold: none, or one that tells which hold it is.
    fn contact(&mut self, hold: HoldId) -> Option<Contact> {
        let email = format!("{}@example.com", hold.0.simple()).parse().unwrap();
        self.rng.bool().then_some(Contact { email, name: None, address: None })
    }

    /// A new event, or an old one: repeated, under another key, or with other content.
    fn event(&mut self, hold: HoldId, order: OrderId) -> PaymentEvent {
        self.names += 1;
        let known = self.rng.choice(&self.sent_events).cloned();
        let status = match self.rng.u32(0..6) {
            0 => PaymentStatus::Failure,
            1 => PaymentStatus::Processing,
            _ => PaymentStatus::Success,
        };
        let fresh = |name: u32| format!("evt-{name}").try_into().unwrap();
        let mut event = match (known, self.rng.u32(0..10)) {
            (Some(known), 0) => return known,
            (Some(known), 1) => PaymentEvent { key: fresh(self.names), ..known },
            (Some(known), 2) => PaymentEvent { key: fresh(self.names), status, dispute_id: None, ..known },
            (Some(known), 3) => PaymentEvent { reported: ReportedAmount { amount: Some(7), currency: None }, ..known },
            (Some(known), 4 | 5) => PaymentEvent { key: fresh(self.names), ..self.dispute_of(known) },
            _ => {
                let reference = if self.rng.u32(0..3) == 0 { Reference::Hold(hold) } else { Reference::Order(order) };
                let amount = (self.rng.u32(0..3) == 0).then(|| self.rng.i64(1..4) * 1000);
                PaymentEvent {
                    key: fresh(self.names),
                    fingerprint: [0; 32],
                    reference,
                    transaction_id: format!("tx-{}", self.names).try_into().unwrap(),
                    status,
                    dispute_id: None,
                    reported: ReportedAmount { amount, currency: None },
                    payload: None,
                }
            }
        };
        let PaymentEvent { reference, transaction_id, status, dispute_id, reported, .. } = &event;
        let content = format!("{reference:?} {transaction_id} {status:?} {dispute_id:?} {reported:?}");
        event.fingerprint = digest(&content);
        event.payload = EventPayload::new(Some("text/plain"), content.as_bytes());
        push_bounded(&mut self.sent_events, event.clone());
        event
    }

    /// A dispute of a payment, or of a transaction that was disputed before: its beginning or its end.
    fn dispute_of(&mut self, known: PaymentEvent) -> PaymentEvent {
        let paid: Vec<_> = self.sent_events.iter().filter(|event| event.status == PaymentStatus::Success).collect();
        let known = self.rng.choice(paid).cloned().unwrap_or(known);
        let status = if self.rng.u32(0..3) == 0 { PaymentStatus::DisputeClosed } else { PaymentStatus::DisputeOpened };
        let dispute_id = self.rng.bool().then(|| format!("dp-{}", self.rng.u32(0..2)).try_into().unwrap());
        PaymentEvent { status, dispute_id, ..known }
    }

    /// Remembers the holds and orders that were placed.
    fn remember_results(&mut self, exchanges: Vec<Exchange>) {
        for (request, result) in exchanges {
            match result {
                Some(Ok(Idempotent { value: Output::Hold(hold), replayed: false })) => {
                    self.holds.push((hold.id, request.owner));
                }
                Some(Ok(Idempotent { value: Output::Order(order), replayed: false })) => {
                    self.orders.push((order.id, request.owner));
                }
                _ => {}
            }
        }
    }

    /// Ends the run: expires everything, and checks that no payment is left parked.
    pub(super) async fn finish(&self) -> Tables {
        self.memory.inject(Fault::None);
        self.clock.advance(Duration::from_hours(48));
        for product in &self.products {
            self.nodes[0].sweep_product(*product).await.unwrap();
        }
        self.nodes[1].expire_unmatched(self.clock.now()).await.unwrap();
        let tables = self.memory.tables().clone();
        for product in tables.products.values() {
            assert_eq!((product.stock.held, product.stock.pending), (0, 0), "{}", product.slug);
        }
        let parked = tables.payments.values().filter(|p| p.outcome == EventOutcome::Parked).count();
        assert_eq!(parked, 0, "P7: a payment without an outcome");
        assert_eq!(tables.payloads.len(), tables.payments.len(), "an event without its payload");
        let with_contact = (tables.contacts.len(), tables.orders.len());
        assert!(
            with_contact.1 < 20 || (1..with_contact.1).contains(&with_contact.0),
            "contacts, orders: {with_contact:?}"
        );
        invariants::check(&tables, &tables);
        tables
    }
}

/// Sends a request. An impatient caller disconnects at once.
async fn send(request: Request, node: Checkout) -> Option<Result<Idempotent<Output>, crate::Error>> {
    let impatient = request.impatient;
    let asked = request.send(node);
    if impatient { asked.now_or_never() } else { Some(asked.await) }
}

fn push_bounded<T>(list: &mut Vec<T>, item: T) {
    if list.len() == MAX_REMEMBERED {
        list.remove(0);
    }
    list.push(item);
}
