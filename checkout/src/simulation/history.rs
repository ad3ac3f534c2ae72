//! The history of all replies. Each new reply is checked against the earlier ones and against the stored rows.

use super::{
    requests::{Operation, Output, Request},
    tables::Tables,
};
use crate::{
    Error, Idempotent, PaymentEvent, PaymentReply, PaymentVerdict, Restock,
    model::{
        EventKey, EventOutcome, HoldId, HoldState, OrderId, OrderState, OrderStatus, Owner, PaymentStatus, Product,
        ProductId, ProductStatus, RefundReason, RefundStep, Refusal, ReportedRefund, ReportedRefundState, Timestamp,
        TransactionId,
    },
};
use std::collections::{BTreeMap, BTreeSet};

/// A request and its reply; `None` if the caller disconnected.
pub(super) type Exchange = (Request, Option<Result<Idempotent<Output>, Error>>);

#[derive(Default)]
pub(super) struct History {
    granted: BTreeMap<(Owner, String), (String, Output)>,
    /// Fingerprints of the recorded events.
    recorded: BTreeMap<EventKey, [u8; 32]>,
    /// The kinds of replies so far, to check that the simulation reaches all of them.
    pub(super) seen: BTreeSet<String>,
}

/// One step of the simulation, with the tables before and after it.
pub(super) struct Step<'a> {
    pub(super) before: &'a Tables,
    pub(super) after: &'a Tables,
    pub(super) now: Timestamp,
    pub(super) exchanges: &'a [Exchange],
}

impl History {
    pub(super) fn check(&mut self, step: &Step<'_>) {
        let replied = step.exchanges.iter().filter_map(|(request, result)| Some((request, result.as_ref()?)));
        let replied: Vec<_> = replied.collect();
        for (request, result) in &replied {
            assert!(!matches!(result, Err(Error::Internal)), "a fault: {request:?}");
            self.seen.insert(kind(result));
            self.check_key(request, result);
            if let Err(Error::Refused(refusal)) = result {
                assert!(step.is_true(request, refusal), "{request:?} was refused for no reason: {refusal:?}");
            }
            match &request.operation {
                Operation::Pay(event) => self.check_event(step, event, result),
                Operation::Report(report) => step.check_report(report, result),
                _ => {}
            }
        }
        for (request, result) in replied {
            if let Ok(reply) = result {
                step.must_be_on_disk(&reply.value);
                self.remember(request, &reply.value);
            }
        }
    }

    /// A granted key returns the same reply for the same request, and is refused for another one (P9).
    fn check_key(&self, request: &Request, result: &Result<Idempotent<Output>, Error>) {
        let Some(key) = &request.key else { return };
        let Some((payload, reply)) = self.granted.get(&(request.owner, key.as_str().to_owned())) else { return };
        let fine = match result {
            // The outcome is unknown, or the request changed nothing.
            Err(Error::Busy { .. } | Error::OutcomeUnknown | Error::Refused(Refusal::InProgress)) => true,
            Ok(again) => *payload == request.payload() && again.replayed && again.value == *reply,
            Err(Error::Refused(Refusal::KeyReused)) => *payload != request.payload(),
            Err(_) => false,
        };
        assert!(fine, "P9: {key:?} was granted {reply:?} for {payload}; now {request:?} got {result:?}");
    }

    /// Each event has one effect, and a reply that matches it (P5–P7).
    fn check_event(&self, step: &Step<'_>, event: &PaymentEvent, result: &Result<Idempotent<Output>, Error>) {
        let reply = match result {
            Ok(Idempotent { value: Output::Payment(reply), .. }) => reply,
            Err(Error::Refused(refusal)) => {
                assert_eq!(*refusal, Refusal::KeyReused, "a provider's word is taken");
                return;
            }
            _ => return,
        };
        if let Some(fingerprint) = self.recorded.get(&event.key) {
            assert_eq!(*fingerprint, event.fingerprint, "P5: {} was used for something else", event.key);
            assert_eq!(reply.verdict, PaymentVerdict::Duplicate, "P5: {} counted again", event.key);
        }
        let report = (&event.transaction_id, event.status, &event.dispute_id);
        let same_report = step.after.payments.values();
        let same_report = same_report.filter(|p| (&p.transaction_id, p.status, &p.dispute_id) == report);
        let counted = same_report.filter(|p| p.outcome != EventOutcome::Duplicate);
        assert_eq!(counted.count(), 1, "P5: {event:?} got the reply {reply:?}");
        step.check_verdict(event, reply);
    }

    fn remember(&mut self, request: &Request, reply: &Output) {
        if let (Operation::Pay(event), Output::Payment(reply)) = (&request.operation, reply)
            // A duplicate does not use up its key.
            && reply.verdict != PaymentVerdict::Duplicate
        {
            self.recorded.insert(event.key.clone(), event.fingerprint);
        }
        let Some(key) = &request.key else { return };
        let known = (request.payload(), reply.clone());
        let entry = self.granted.entry((request.owner, key.as_str().to_owned())).or_insert_with(|| known.clone());
        assert_eq!(*entry, known, "P9: {key:?} was granted twice");
    }
}

impl Step<'_> {
    /// Returns whether the refusal is true.
    fn is_true(&self, request: &Request, refusal: &Refusal) -> bool {
        let own_hold = |id| self.before.holds.get(id).is_some_and(|hold| hold.owner == request.owner);
        let own_order = |id| self.before.orders.get(id).is_some_and(|order| order.owner == request.owner);
        match (&request.operation, refusal) {
            (Operation::Hold { product, qty, .. }, Refusal::SoldOut { available, .. }) => {
                self.must_be_short(*product, qty.get());
                *available < qty.get()
            }
            (Operation::Hold { product, .. }, Refusal::LimitReached { limit, .. }) => {
                self.had(*product, |p| p.per_shopper_limit == Some(*limit))
            }
            (Operation::Hold { product, .. }, Refusal::UnknownProduct) => {
                !self.before.products.contains_key(product)
                    || self.had(*product, |p| p.status == ProductStatus::Archived)
            }
            (Operation::Hold { product, .. }, Refusal::SalePaused) => {
                self.had(*product, |p| p.status != ProductStatus::Active)
            }
            (Operation::Order(id, _) | Operation::Release(id) | Operation::Extend(id), refusal) => match refusal {
                Refusal::UnknownHold => !own_hold(id),
                Refusal::HoldUsed { order_id } => {
                    self.after.holds[id].state == HoldState::Ordered { order_id: *order_id }
                }
                Refusal::HoldReleased => self.after.holds[id].state == HoldState::Released,
                Refusal::HoldExpired { expired_at } => self.after.holds[id].expires_at == *expired_at,
                Refusal::NoExtension => self.after.holds[id].extended || self.has_no_extension(*id),
                _ => matches!(refusal, Refusal::KeyReused | Refusal::InProgress),
            },
            (Operation::Cancel(id), Refusal::UnknownOrder) => !own_order(id),
            (Operation::Cancel(id), Refusal::OrderPaid) => {
                matches!(self.after.orders[id].state, OrderState::Paid { .. })
            }
            _ => self.is_true_of_operation(request, refusal),
        }
    }

    fn is_true_of_operation(&self, request: &Request, refusal: &Refusal) -> bool {
        let was_paid = |id| self.before.orders.get(id).is_some_and(|o| matches!(o.state, OrderState::Paid { .. }));
        match (&request.operation, refusal) {
            (Operation::Edit { revision, .. }, Refusal::StaleRevision { seen, current }) => {
                seen == revision && current != seen
            }
            (Operation::CancelByOperator(id), Refusal::UnknownOrder) => !self.before.orders.contains_key(id),
            (Operation::CancelByOperator(id), Refusal::OrderPaid) => {
                matches!(self.after.orders[id].state, OrderState::Paid { .. })
            }
            (Operation::Refund(issue), Refusal::OrderNotPaid) => !was_paid(&issue.order),
            (Operation::Refund(issue), Refusal::RefundTooLarge { left }) => match issue.amount {
                Some(amount) => amount > *left || amount <= 0,
                None => *left == 0,
            },
            (Operation::Refund(issue), Refusal::AlreadyRestocked { left }) => match issue.restock {
                Restock::Units(units) => units > *left,
                Restock::All => *left == 0,
                Restock::None => false,
            },
            (Operation::Refund(issue), Refusal::DisputeOpen) => {
                let order = self.after.orders.get(&issue.order);
                order.and_then(|order| order.transaction_id()).is_some_and(|id| self.may_be_disputed(id))
            }
            (Operation::AdvanceRefund { refund, step, .. }, Refusal::DisputeOpen) => {
                *step == RefundStep::Send && self.may_be_disputed(&self.after.refunds[refund].transaction_id)
            }
            (Operation::AdvanceRefund { refund, .. }, Refusal::UnknownRefund) => {
                !self.before.refunds.contains_key(refund)
            }
            (Operation::Replay(event), Refusal::UnknownPayment) => !self.before.payments.contains_key(event),
            _ => true,
        }
    }

    /// Whether a transaction was disputed before or after this step, or may have been in between.
    fn may_be_disputed(&self, id: &TransactionId) -> bool {
        let opens = |(request, _): &Exchange| match &request.operation {
            Operation::Pay(event) => event.status == PaymentStatus::DisputeOpened && event.transaction_id == *id,
            _ => false,
        };
        self.before.disputed().chain(self.after.disputed()).any(|disputed| disputed == *id)
            || self.exchanges.iter().any(opens)
    }

    /// Whether a product had a property before or after this step, or may have had it in between.
    fn had(&self, id: ProductId, property: impl Fn(&Product) -> bool) -> bool {
        let changes = |(request, _): &Exchange| match request.operation {
            Operation::Edit { product, .. } | Operation::Status { product, .. } => product == id,
            _ => false,
        };
        let known = [self.before, self.after].into_iter().filter_map(|tables| tables.products.get(&id));
        known.into_iter().any(property) || self.exchanges.iter().any(changes)
    }

    fn has_no_extension(&self, hold: HoldId) -> bool {
        self.after.products[&self.after.holds[&hold].product_id].extend_by.is_none()
    }

    fn must_be_on_disk(&self, reply: &Output) {
        let stored = match reply {
            Output::Hold(hold) => self.after.holds.contains_key(&hold.id),
            Output::Order(order) => self.after.orders.contains_key(&order.id),
            Output::Product(product) => self.after.products.contains_key(&product.id),
            Output::Refund(refund) => self.after.refunds.contains_key(&refund.id),
            Output::Payment(_) | Output::Done => true,
        };
        assert!(stored, "P2: {reply:?} is not stored");
    }

    /// A report is recorded for the refund that it is about. Only one of an unknown payment, or of an unknown refund that has
    /// failed, is not.
    fn check_report(&self, report: &ReportedRefund, result: &Result<Idempotent<Output>, Error>) {
        match result {
            Ok(Idempotent { value: Output::Refund(refund), .. }) => {
                let by_metadata = report.ours.is_some_and(|(id, _)| id == refund.id);
                let by_reference = refund.provider_reference.as_ref() == Some(&report.reference);
                assert_eq!(refund.transaction_id, report.transaction, "{report:?} was recorded as {refund:?}");
                assert!(by_metadata || by_reference, "{report:?} was recorded as {refund:?}");
            }
            Ok(_) => {
                let mut payments = self.before.payments.values();
                let is_known =
                    payments.any(|p| p.transaction_id == report.transaction && p.status == PaymentStatus::Success);
                assert!(!is_known || report.state == ReportedRefundState::Failed, "{report:?} was not recorded");
            }
            Err(Error::Refused(refusal)) => panic!("the provider's report was refused: {refusal:?} {report:?}"),
            Err(_) => {}
        }
    }

    fn check_verdict(&self, event: &PaymentEvent, reply: &PaymentReply) {
        match (reply.verdict, &reply.order) {
            (PaymentVerdict::Processed, _) if event.status.is_dispute() => {}
            (PaymentVerdict::Processed, Some((order, OrderStatus::Paid))) => {
                let transaction = self.after.orders[order].transaction_id();
                assert_eq!((transaction, event.status), (Some(&event.transaction_id), PaymentStatus::Success));
            }
            (PaymentVerdict::Processed, Some((_, OrderStatus::Cancelled))) => {
                assert_eq!(event.status, PaymentStatus::Failure);
            }
            (PaymentVerdict::RefundDue(RefundReason::SoldOut), Some((order, _))) => {
                let order = &self.after.orders[order];
                self.must_be_short(order.product_id, order.qty.get());
            }
            (PaymentVerdict::Processed, other) => panic!("processed, and the order is {other:?}"),
            _ => {}
        }
    }

    /// A request is refused as sold out only if too few units are available or overdue (P4, P8), also counting the units that
    /// other requests of the same step took.
    fn must_be_short(&self, product: ProductId, qty: u32) {
        let (Some(was), Some(is)) = (self.before.products.get(&product), self.after.products.get(&product)) else {
            return;
        };
        let adjusted = |(request, _): &Exchange| matches!(request.operation, Operation::Stock { product: id, .. } if id == product);
        if was.stock.total != is.stock.total || self.exchanges.iter().any(adjusted) {
            return;
        }
        let due = self.before.due_instants(product).into_iter().filter(|(at, _)| *at <= self.now);
        let due: u32 = due.map(|(_, hold)| self.before.holds[&hold].qty.get()).sum();
        let held =
            self.after.holds.values().filter(|h| h.product_id == product && !self.before.holds.contains_key(&h.id));
        let held: u32 = held.map(|h| h.qty.get()).sum();
        let paid = self.after.orders.values().filter(|o| o.product_id == product && self.was_paid_now(o.id));
        let paid: u32 = paid.map(|o| o.qty.get()).sum();
        let free = was.stock.available + due;
        assert!(qty + held + paid > free, "P4: {qty} were refused of {free}, and {held} + {paid} were taken meanwhile");
    }

    fn was_paid_now(&self, order: OrderId) -> bool {
        let paid =
            |tables: &Tables| tables.orders.get(&order).is_some_and(|o| matches!(o.state, OrderState::Paid { .. }));
        paid(self.after) && !paid(self.before)
    }
}

/// The kind of a reply.
fn kind(result: &Result<Idempotent<Output>, Error>) -> String {
    let text = match result {
        Ok(Idempotent { replayed: true, .. }) => "Replayed".to_owned(),
        Ok(Idempotent { value: Output::Payment(reply), .. }) => format!("{:?}", reply.verdict),
        Ok(_) => "Granted".to_owned(),
        Err(Error::Refused(refusal)) => format!("{refusal:?}"),
        Err(error) => format!("{error:?}"),
    };
    text.split([' ', '{']).next().unwrap_or_default().to_owned()
}
