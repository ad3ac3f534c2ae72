//! Generates random scripts of commands, in batches at given instants. Ids are derived from the position in the script, so
//! that a script is the same for every writer.

use crate::{
    command::{Action, Command, IssueRefund, Operation, PlaceHold, Requester, Restock, StockChange},
    idempotency::{Idempotency, IdempotencyKey},
    model::{
        Actor, ActorKind, AuditId, DisputeId, EventOutcome, EventPayload, HoldId, Money, OrderId, Owner, Payment,
        PaymentStatus, Product, ProductDraft, ProductId, ProductStatus, Quantity, Reference, RefundId, RefundReference,
        RefundStep, ReportedAmount, ReportedRefund, ReportedRefundState, Shopper, Timestamp, WebhookId,
    },
    simulation::requests::digest,
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use std::time::Duration;
use uuid::Uuid;

/// Commands that share a commit, at one instant.
#[derive(Debug, Clone)]
pub(super) struct ScriptedBatch {
    pub(super) now: Timestamp,
    pub(super) commands: Vec<Command>,
}

/// One step of a script. An index refers to an earlier hold, order or product.
#[derive(Debug, Clone)]
enum Step {
    Hold {
        product: usize,
        qty: i64,
        shopper: Option<u8>,
        key: Option<u8>,
    },
    Order {
        hold: usize,
        key: Option<u8>,
    },
    Release {
        hold: usize,
        key: Option<u8>,
    },
    Extend {
        hold: usize,
        key: Option<u8>,
    },
    Cancel {
        order: usize,
        key: Option<u8>,
    },
    Pay {
        target: PaymentTarget,
        nth: usize,
        transaction: u8,
        status: PaymentStatus,
        amount: Option<i64>,
        key: u8,
    },
    Edit {
        product: usize,
        revision: u64,
        price: i64,
        limit: Option<u32>,
    },
    Status {
        product: usize,
        status: ProductStatus,
    },
    Stock {
        product: usize,
        change: StockChange,
        key: Option<u8>,
    },
    CancelByOperator {
        order: usize,
    },
    Refund {
        nth: usize,
        order: usize,
        amount: Option<i64>,
        restock: Restock,
        key: Option<u8>,
    },
    AdvanceRefund {
        nth: usize,
        attempt: u32,
        step: RefundStep,
    },
    /// The provider reports one of three refunds of a transaction.
    Report {
        transaction: u8,
        nth: u8,
        ours: Option<usize>,
        amount: i64,
        state: ReportedRefundState,
    },
    Replay {
        nth: usize,
    },
    Sweep {
        product: usize,
    },
    ExpireUnmatched,
    /// Ends the batch and moves the clock by this many seconds, forward or back.
    Wait(i64),
}

#[derive(Debug, Clone, Copy)]
enum PaymentTarget {
    Hold,
    Order,
    Nothing,
}

const PRODUCTS: usize = 2;

fn step() -> impl Strategy<Value = Step> {
    let key = || option::weighted(0.4, 0..5_u8);
    let nth = || 0..12_usize;
    let status = select([&[PaymentStatus::Success, PaymentStatus::Success][..], &PaymentStatus::ALL].concat());
    let target = select(vec![
        PaymentTarget::Hold,
        PaymentTarget::Order,
        PaymentTarget::Order,
        PaymentTarget::Order,
        PaymentTarget::Nothing,
    ]);
    let pay = (target, nth(), 0..10_u8, status, option::weighted(0.3, select(vec![1000, 2000, 7])), 0..3_u8);
    prop_oneof![
        8 => (0..PRODUCTS, 1..4_i64, option::of(0..3_u8), key())
            .prop_map(|(product, qty, shopper, key)| Step::Hold { product, qty, shopper, key }),
        5 => (nth(), key()).prop_map(|(hold, key)| Step::Order { hold, key }),
        1 => (nth(), key()).prop_map(|(hold, key)| Step::Release { hold, key }),
        1 => (nth(), key()).prop_map(|(hold, key)| Step::Extend { hold, key }),
        1 => (nth(), key()).prop_map(|(order, key)| Step::Cancel { order, key }),
        6 => pay.prop_map(|(target, nth, transaction, status, amount, key)| {
            Step::Pay { target, nth, transaction, status, amount, key }
        }),
        2 => operation(),
        1 => (0..PRODUCTS).prop_map(|product| Step::Sweep { product }),
        1 => Just(Step::ExpireUnmatched),
        5 => (-40..200_i64).prop_map(Step::Wait),
    ]
}

fn operation() -> impl Strategy<Value = Step> {
    let nth = || 0..6_usize;
    let statuses = [ProductStatus::Active, ProductStatus::Active, ProductStatus::Paused, ProductStatus::Archived];
    let change = prop_oneof![(0..12_u32).prop_map(StockChange::Total), (-3..4_i32).prop_map(StockChange::By)];
    let restock = select(vec![Restock::None, Restock::All, Restock::Units(1), Restock::Units(2)]);
    let note = || RefundReference::try_from("by hand".to_owned()).unwrap();
    let states = vec![ReportedRefundState::Pending, ReportedRefundState::Succeeded, ReportedRefundState::Failed];
    let steps = vec![
        RefundStep::Send,
        RefundStep::Send,
        RefundStep::Succeed { provider_reference: None },
        RefundStep::Fail { failure: "declined".to_owned() },
        RefundStep::Retry,
        RefundStep::DoneElsewhere { note: note() },
    ];
    prop_oneof![
        1 => (0..PRODUCTS, 1..4_u64, select(vec![1000, 1200]), option::of(1..4_u32))
            .prop_map(|(product, revision, price, limit)| Step::Edit { product, revision, price, limit }),
        1 => (0..PRODUCTS, select(statuses.to_vec())).prop_map(|(product, status)| Step::Status { product, status }),
        1 => (0..PRODUCTS, change, option::of(0..5_u8)).prop_map(|(product, change, key)| Step::Stock { product, change, key }),
        1 => nth().prop_map(|order| Step::CancelByOperator { order }),
        3 => (nth(), nth(), option::of(1..2500_i64), restock, option::weighted(0.2, 0..5_u8))
            .prop_map(|(nth, order, amount, restock, key)| Step::Refund { nth, order, amount, restock, key }),
        3 => (nth(), 1..3_u32, select(steps)).prop_map(|(nth, attempt, step)| Step::AdvanceRefund { nth, attempt, step }),
        3 => (0..10_u8, 0..3_u8, option::weighted(0.3, nth()), select(vec![7, 1000, 2000]), select(states))
            .prop_map(|(transaction, nth, ours, amount, state)| Step::Report { transaction, nth, ours, amount, state }),
        1 => nth().prop_map(|nth| Step::Replay { nth }),
    ]
}

/// A shop with two products, and up to fifty steps.
pub(super) fn script() -> impl Strategy<Value = Vec<ScriptedBatch>> {
    vec(step(), 1..50).prop_map(|steps| {
        let mut builder = ScriptBuilder::default();
        for step in steps {
            builder.push(&step);
        }
        builder.batches
    })
}

struct ScriptBuilder {
    batches: Vec<ScriptedBatch>,
    now: Timestamp,
    /// Requested ids, granted or not.
    holds: Vec<HoldId>,
    orders: Vec<OrderId>,
    /// Requested refunds of operators, and all events, whose refunds have their ids.
    refunds: Vec<RefundId>,
    events: Vec<WebhookId>,
    ids: u128,
}

/// One product with five units, and one with three units and a limit of two per shopper.
pub(super) fn products(now: Timestamp) -> Vec<Product> {
    let draft = |slug: &str, stock, limit| {
        let price = Money::parse("10", "USD".parse().unwrap()).unwrap();
        let mut draft = ProductDraft::new(slug.parse().unwrap(), slug, price, stock);
        draft.per_shopper_limit = limit;
        if limit.is_some() {
            // The time to pay is shorter than the hold: an order is due before its hold would have been.
            draft.pay_within = Duration::from_secs(30);
        }
        draft
    };
    let drafts = [draft("plain", 5, None), draft("limited", 3, Some(2))];
    (1..).zip(drafts).map(|(id, draft)| draft.check(ProductId(Uuid::from_u128(id)), now).unwrap()).collect()
}

pub(super) fn noon() -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000)
}

impl Default for ScriptBuilder {
    fn default() -> Self {
        let now = noon();
        let add = |(id, product)| operate(id, Action::AddProduct(Box::new(product)), None);
        let commands = (1..).zip(products(now)).map(add).collect();
        // A product's id is known only after the batch that adds the product.
        let batches = vec![ScriptedBatch { now, commands }, ScriptedBatch { now, commands: Vec::new() }];
        Self { batches, now, holds: Vec::new(), orders: Vec::new(), refunds: Vec::new(), events: Vec::new(), ids: 1000 }
    }
}

impl ScriptBuilder {
    fn push(&mut self, step: &Step) {
        if let Step::Wait(seconds) = step {
            self.now = Timestamp::from_millis(self.now.as_millis() + seconds * 1000);
            self.batches.push(ScriptedBatch { now: self.now, commands: Vec::new() });
            return;
        }
        let command = self.command(step);
        if command.is_alone() {
            let batch = |commands| ScriptedBatch { now: self.now, commands };
            self.batches.extend([batch(vec![command]), batch(Vec::new())]);
            return;
        }
        let batch = self.batches.last_mut().unwrap();
        // A batch contains at most one expiry of unmatched payments: it expires those that were there at the batch's start.
        let sweeps = |command: &Command| matches!(command, Command::ExpireUnmatched { .. });
        if !(sweeps(&command) && batch.commands.iter().any(sweeps)) {
            batch.commands.push(command);
        }
    }

    fn command(&mut self, step: &Step) -> Command {
        self.ids += 1;
        if let Some((action, key)) = self.action(step) {
            return operate(self.ids, action, key);
        }
        let id = Uuid::from_u128(self.ids);
        let product = |nth: usize| ProductId(Uuid::from_u128(nth as u128 + 1));
        match *step {
            Step::Hold { product: nth, qty, shopper, key } => {
                self.holds.push(HoldId(id));
                let shopper = shopper.map(|n| Shopper::try_from(format!("shopper-{n}")).unwrap());
                let by = by(key, &format!("hold {nth} {qty} {shopper:?}"));
                let qty = Quantity::try_from(qty).unwrap();
                Command::PlaceHold(PlaceHold { id: HoldId(id), product: product(nth), qty, shopper, by })
            }
            Step::Order { hold, key } => {
                self.orders.push(OrderId(id));
                let hold = self.hold(hold);
                Command::PlaceOrder { id: OrderId(id), hold, contact: None, by: by(key, &format!("order {hold}")) }
            }
            Step::Release { hold, key } => {
                let hold = self.hold(hold);
                Command::ReleaseHold { hold, by: by(key, &format!("release {hold}")) }
            }
            Step::Extend { hold, key } => {
                let hold = self.hold(hold);
                Command::ExtendHold { hold, by: by(key, &format!("extend {hold}")) }
            }
            Step::Cancel { order, key } => {
                let order = self.order(order);
                Command::CancelOrder { order, by: by(key, &format!("cancel {order}")) }
            }
            Step::Pay { target, nth, transaction, status, amount, key } => {
                let reference = match target {
                    PaymentTarget::Hold => Reference::Hold(self.hold(nth)),
                    PaymentTarget::Order => Reference::Order(self.order(nth)),
                    PaymentTarget::Nothing => Reference::Order(OrderId(Uuid::nil())),
                };
                let reported = ReportedAmount { amount, currency: None };
                let content =
                    format!("{reference:?} {transaction} {status:?} {amount:?} {:?}", dispute_of(status, key));
                self.events.push(WebhookId(id));
                let payment = Box::new(Payment {
                    id: WebhookId(id),
                    key: format!("evt-{transaction}-{}-{key}", status.name()).try_into().unwrap(),
                    fingerprint: digest(&content),
                    reference,
                    product_id: None,
                    transaction_id: format!("tx-{transaction}").try_into().unwrap(),
                    status,
                    dispute_id: dispute_of(status, key),
                    reported,
                    received_at: self.now,
                    outcome: EventOutcome::Ignored,
                });
                Command::RecordPayment(payment, EventPayload::new(Some("text/plain"), content.as_bytes()))
            }
            Step::Sweep { product: nth } => Command::Sweep(product(nth)),
            // The other steps are operations.
            _ => {
                let minute = i64::try_from(Duration::from_mins(1).as_millis()).unwrap();
                Command::ExpireUnmatched { before: Timestamp::from_millis(self.now.as_millis() - minute) }
            }
        }
    }

    /// The operation of a step, and its idempotency key.
    fn action(&mut self, step: &Step) -> Option<(Action, Option<u8>)> {
        let product = |nth: usize| ProductId(Uuid::from_u128(nth as u128 + 1));
        let action = match step {
            Step::Edit { product: nth, revision, price, limit } => {
                let mut details = products(self.now)[*nth].details();
                details.price.minor = *price;
                details.per_shopper_limit = *limit;
                Action::EditProduct { product: product(*nth), revision: *revision, details: Box::new(details) }
            }
            Step::Status { product: nth, status } => Action::SetStatus { product: product(*nth), status: *status },
            Step::Stock { product: nth, change, key } => {
                return Some((Action::SetStock { product: product(*nth), change: *change }, *key));
            }
            Step::CancelByOperator { order } => Action::CancelOrder { order: self.order(*order) },
            Step::Refund { nth, order, amount, restock, key } => {
                let order = self.order(*order);
                let fresh = RefundId(Uuid::from_u128(self.ids));
                let id = if *nth == 0 { pick(&self.refunds, 0).unwrap_or(fresh) } else { fresh };
                self.refunds.push(id);
                let issue = IssueRefund { id, order, amount: *amount, restock: *restock };
                return Some((Action::IssueRefund(issue), *key));
            }
            Step::AdvanceRefund { nth, attempt, step } => {
                let of_event = pick(&self.events, *nth).map(|event| RefundId(event.0));
                let own = pick(&self.refunds, nth / 2);
                let refund = if nth % 2 == 0 { own.or(of_event) } else { of_event };
                Action::AdvanceRefund {
                    refund: refund.unwrap_or(RefundId(Uuid::nil())),
                    attempt: *attempt,
                    step: step.clone(),
                }
            }
            Step::Report { transaction, nth, ours, amount, state } => Action::RecordRefund {
                id: RefundId(Uuid::from_u128(self.ids)),
                report: Box::new(ReportedRefund {
                    reference: format!("re-{transaction}-{nth}").try_into().unwrap(),
                    transaction: format!("tx-{transaction}").try_into().unwrap(),
                    ours: ours.and_then(|nth| Some((pick(&self.refunds, nth)?, 1))),
                    amount: Money { minor: *amount, currency: "USD".parse().unwrap() },
                    state: *state,
                    failure: None,
                    lacks_funds: false,
                    created_at: self.now,
                }),
            },
            Step::Replay { nth } => {
                Action::ReplayPayment { event: pick(&self.events, *nth).unwrap_or(WebhookId(Uuid::nil())) }
            }
            _ => return None,
        };
        Some((action, None))
    }

    fn hold(&self, nth: usize) -> HoldId {
        pick(&self.holds, nth).unwrap_or(HoldId(Uuid::nil()))
    }

    fn order(&self, nth: usize) -> OrderId {
        pick(&self.orders, nth).unwrap_or(OrderId(Uuid::nil()))
    }
}

/// The dispute that an event names: one of two, or none.
fn dispute_of(status: PaymentStatus, key: u8) -> Option<DisputeId> {
    let name = (status.is_dispute() && key > 0).then(|| format!("dp-{key}"))?;
    DisputeId::try_from(name).ok()
}

/// Returns the item at an index that counts from the newest one.
fn pick<T: Copy>(list: &[T], nth: usize) -> Option<T> {
    let back = nth % list.len().max(1);
    list.iter().rev().nth(back).copied()
}

/// An operation of an operator. Its row of the audit log has this id.
pub(super) fn operate(id: u128, action: Action, key: Option<u8>) -> Command {
    let requester = Some(by(key, &format!("{action:?}")));
    let actor = Actor { kind: ActorKind::Operator, id: Some(Uuid::from_u128(7)), name: "op@example.com".to_owned() };
    let audit_id = AuditId(Uuid::from_u128(id));
    Command::Operate(Box::new(Operation { by: actor, requester, reason: None, audit_id, action }))
}

pub(super) fn by(key: Option<u8>, payload: &str) -> Requester {
    let idempotency = key.map(|key| Idempotency {
        key: IdempotencyKey::parse(&format!("key-{key}")).unwrap(),
        fingerprint: digest(payload),
    });
    Requester { owner: Owner(Uuid::from_u128(7)), idempotency }
}
