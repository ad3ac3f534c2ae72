//! An order's timeline: its hold, itself, its payments, its refunds and the operations of people, in order of time.

mod attempts;
mod operations;

use app::admin::labels::{self, money};
use checkout::{
    Checkout, Error,
    model::{
        AuditEntry, CancelReason, EventOutcome, Hold, Job, JobKind, JobState, Order, OrderState, Payment,
        PaymentAttempt, PaymentStatus, Refund, RefundReason, RefundState, Refusal, Timestamp,
    },
    store::{AuditFilter, Store, listings::PageRequest, outbox::JobFilter},
};
use serde::Serialize;
use std::collections::HashSet;
use utoipa::ToSchema;

/// Mails that a timeline reads at most.
const MAX_MAILS: u32 = 50;

/// Entries of the audit log that a timeline reads at most.
const MAX_ENTRIES: u32 = 1000;

/// The part of an order's life that an event belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TimelineKind {
    /// The hold that the order was placed from.
    Hold,
    /// The order itself.
    Order,
    /// A payment event.
    Payment,
    /// A refund.
    Refund,
    /// A mail about the order.
    Mail,
}

impl TimelineKind {
    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::Order => "order",
            Self::Payment => "payment",
            Self::Refund => "refund",
            Self::Mail => "mail",
        }
    }
}

/// An event in an order's life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TimelineEvent {
    /// When it happened.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The part of the order's life.
    pub kind: TimelineKind,
    /// The event in a few words.
    pub title: String,
    /// Amounts, ids and outcomes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub detail: Option<String>,
    /// The person or program that made the change, if the audit log names one: an operator’s e-mail address, or a name after
    /// its kind, such as `API client Back office`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub actor: Option<String>,
    /// Why, in their words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub reason: Option<String>,
}

impl TimelineEvent {
    fn new(at: Timestamp, kind: TimelineKind, title: impl Into<String>, detail: impl Into<Option<String>>) -> Self {
        Self { at, kind, title: title.into(), detail: detail.into(), actor: None, reason: None }
    }
}

/// An order's timeline, with the payments and refunds that it was made from.
#[derive(Debug)]
pub struct OrderHistory {
    /// Payment events of the order, oldest first.
    pub payments: Vec<Payment>,
    /// Payment pages that were opened for the order, oldest first.
    pub attempts: Vec<PaymentAttempt>,
    /// Refunds of the order, oldest first.
    pub refunds: Vec<Refund>,
    /// The latest mails of the order, newest first.
    pub mails: Vec<Job>,
    /// The events of the timeline, oldest first.
    pub events: Vec<TimelineEvent>,
}

/// Reads an order's payments and refunds, and its timeline.
///
/// # Errors
///
/// The database cannot be read.
pub async fn of_order(checkout: &Checkout, store: &dyn Store, order: &Order) -> Result<OrderHistory, Error> {
    let hold = match checkout.hold(order.hold_id, order.owner).await {
        Ok(hold) => Some(hold),
        Err(Error::Refused(Refusal::UnknownHold)) => None,
        Err(error) => return Err(error),
    };
    let (payments, refunds) = (checkout.payments(order).await?, checkout.refunds(order.id).await?);
    let attempts = store.payment_attempts().of_order(order.id).await;
    let attempts = attempts.map_err(|error| super::store_failed(&error))?;
    let filter = AuditFilter::of_order(order.id, &payments, &refunds);
    let entries = store.audit_log().list(&filter, None, MAX_ENTRIES).await;
    let entries = entries.map_err(|error| super::store_failed(&error))?;
    let filter = JobFilter { kind: Some(JobKind::Mail), order: Some(order.id), ..JobFilter::default() };
    let mails = store.outbox().list(filter, PageRequest::first(MAX_MAILS)).await;
    let mails = mails.map_err(|error| super::store_failed(&error))?.items;
    let mut events = merge(hold.as_ref(), order, &payments, &refunds, &entries);
    events.extend(mails.iter().rev().filter_map(mail_ended));
    events.extend(attempts.iter().flat_map(attempts::events));
    events.sort_by_key(|event| event.at);
    Ok(OrderHistory { payments, attempts, refunds, mails, events })
}

/// Merges the events of all sources. Events of one instant stay in the order of cause and effect.
fn merge(
    hold: Option<&Hold>,
    order: &Order,
    payments: &[Payment],
    refunds: &[Refund],
    entries: &[AuditEntry],
) -> Vec<TimelineEvent> {
    let mut events: Vec<_> = hold.map(hold_placed).into_iter().collect();
    events.extend(payments.iter().map(payment_received));
    events.push(order_placed(order));
    let is_cancelled_by_operator = entries.iter().any(|entry| entry.action == "order.cancel");
    events.extend(order_ended(order, is_cancelled_by_operator));
    let told: HashSet<_> = entries.iter().filter_map(operations::refund_step).collect();
    events.extend(refunds.iter().flat_map(|refund| refund_events(refund, &told)));
    // The log lists the newest entry first.
    events.extend(entries.iter().rev().map(|entry| operations::event(entry, order.amount.currency)));
    events.sort_by_key(|event| event.at);
    events
}

fn hold_placed(hold: &Hold) -> TimelineEvent {
    let extended = if hold.extended { ", extended once" } else { "" };
    let detail = format!("{}, until {}{extended}", units(hold.qty.get()), hold.expires_at);
    TimelineEvent::new(hold.created_at, TimelineKind::Hold, "Hold placed", detail)
}

fn order_placed(order: &Order) -> TimelineEvent {
    let detail = format!("{}, {}, to be paid by {}", units(order.qty.get()), money(order.amount), order.pay_by);
    TimelineEvent::new(order.created_at, TimelineKind::Order, "Order placed", detail)
}

/// The payment or the cancellation of the order. The audit log tells of a cancellation by an operator.
fn order_ended(order: &Order, is_cancelled_by_operator: bool) -> Option<TimelineEvent> {
    let kind = TimelineKind::Order;
    match &order.state {
        OrderState::Pending => None,
        OrderState::Paid { paid_at, transaction_id } => {
            Some(TimelineEvent::new(*paid_at, kind, "Order paid", format!("transaction {transaction_id}")))
        }
        OrderState::Cancelled { reason: CancelReason::ByOperator, .. } if is_cancelled_by_operator => None,
        OrderState::Cancelled { cancelled_at, reason } => {
            let why = labels::cancel_reason(*reason).to_owned();
            Some(TimelineEvent::new(*cancelled_at, kind, "Order cancelled", why))
        }
    }
}

/// A mail that was handed over, was not true any more, or failed for good.
fn mail_ended(job: &Job) -> Option<TimelineEvent> {
    let name = labels::mail(job.topic);
    let title = match job.state {
        JobState::Pending => return None,
        JobState::Done if job.is_skipped() => format!("Mail not sent: {name}"),
        JobState::Done => format!("Mail sent: {name}"),
        JobState::Dead => format!("Mail failed: {name}"),
    };
    Some(TimelineEvent::new(job.done_at?, TimelineKind::Mail, title, job.last_error.clone()))
}

fn payment_received(payment: &Payment) -> TimelineEvent {
    let title = match payment.status {
        PaymentStatus::Success => "Payment received",
        PaymentStatus::Failure => "Payment failed",
        PaymentStatus::Processing => "Payment in progress",
        PaymentStatus::DisputeOpened => "Dispute opened",
        PaymentStatus::DisputeClosed => "Dispute closed",
    };
    let amount = payment.reported.amount.map(|minor| labels::amount(minor, payment.reported.currency, money));
    let outcome = match payment.outcome {
        EventOutcome::Applied => "applied to the order".to_owned(),
        EventOutcome::Parked => "waits for its order".to_owned(),
        EventOutcome::Duplicate => "repeats an earlier event".to_owned(),
        EventOutcome::Ignored => "without effect".to_owned(),
        EventOutcome::RefundDue(reason) => format!("due for refund: {}", labels::refund_reason(reason)),
        EventOutcome::Refunded(reason) => format!("refunded: {}", labels::refund_reason(reason)),
    };
    let transaction = Some(format!("transaction {}", payment.transaction_id));
    let detail: Vec<_> = [amount, transaction, Some(outcome)].into_iter().flatten().collect();
    TimelineEvent::new(payment.received_at, TimelineKind::Payment, title, detail.join(", "))
}

/// The events of a refund that the audit log does not tell of: a refund of a payment that could not be used becomes due
/// without a person, and refunds of an older version of the shop have no entries.
fn refund_events(refund: &Refund, told: &HashSet<(String, RefundState)>) -> Vec<TimelineEvent> {
    let (id, kind) = (refund.id.to_string(), TimelineKind::Refund);
    let amount = labels::refund_amount(refund, money);
    let mut events = Vec::new();
    // A refund that was made at the provider was never due. The log tells when the shop heard of it.
    let was_due = refund.reason != RefundReason::AtProvider;
    if was_due && !told.contains(&(id.clone(), RefundState::Due)) {
        let detail = format!("{amount}, {}, refund {id}", labels::refund_reason(refund.reason));
        events.push(TimelineEvent::new(refund.created_at, kind, refund_title(RefundState::Due), detail));
    }
    if !told.contains(&(id.clone(), refund.state)) && refund.state != RefundState::Due {
        let title = refund_title(refund.state);
        events.push(TimelineEvent::new(refund.updated_at, kind, title, format!("{amount}, refund {id}")));
    }
    events
}

fn units(units: u32) -> String {
    if units == 1 { "1 unit".to_owned() } else { format!("{units} units") }
}

/// Returns the title of the event that brings a refund into a state.
fn refund_title(state: RefundState) -> String {
    match state {
        RefundState::Sending => "Refund sent to the payment provider".to_owned(),
        RefundState::Withdrawn => "Refund withdrawn: the payment has paid the order".to_owned(),
        state => format!("Refund {}", labels::refund_state_name(state).to_lowercase()),
    }
}

#[cfg(test)]
mod tests;
