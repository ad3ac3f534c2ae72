//! The mails that follow from events, and those that people ask for.

use crate::outbox::{Consequences, Event};
use async_trait::async_trait;
use checkout::{
    Error, IdGenerator, StoreError,
    model::{AuditEntry, Job, JobId, JobKind, JobSubject, NewJob, Order, OrderStatus, StoredContact, Timestamp, Topic},
    store::{
        Store,
        listings::PageRequest,
        operators::{Operator, OperatorId, Role},
        outbox::JobFilter,
    },
};
use std::sync::Arc;

/// Maximum number of mails of one order. Receipts are sent again until then.
pub const MAX_RECEIPTS: u32 = 20;

pub(super) struct MailConsequences {
    store: Arc<dyn Store>,
    ids: IdGenerator,
}

impl MailConsequences {
    pub(super) fn new(store: Arc<dyn Store>, ids: IdGenerator) -> Self {
        Self { store, ids }
    }

    fn job(&self, event: &Job, subject: JobSubject, unique_key: String) -> (JobId, NewJob) {
        let job = NewJob {
            id: self.ids.generate(),
            kind: JobKind::Mail,
            topic: event.topic,
            subject,
            endpoint: None,
            unique_key: Some(unique_key),
            body: None,
            due_at: event.created_at,
            created_at: event.created_at,
        };
        (event.id, job)
    }

    /// The mail to the shopper.
    fn to_shopper(&self, event: &Event) -> Option<(JobId, NewJob)> {
        let key = shopper_key(event)?;
        Some(self.job(&event.job, event.job.subject, key))
    }

    /// The mail to an operator. An endpoint is named by the body of its event.
    fn to_operator(&self, event: &Event, operator: &Operator) -> Option<(JobId, NewJob)> {
        let event = &event.job;
        if !is_told(operator, event.topic) {
            return None;
        }
        let name = event.topic.name();
        // An endpoint can be switched off again, so that its event tells the mails apart.
        let key = match event.topic {
            Topic::RefundFailed => format!("mail/{name}/{}/{}", event.subject.refund?, operator.id),
            _ => format!("mail/{name}/{}/{}", event.id, operator.id),
        };
        let subject = JobSubject { operator: Some(operator.id.0), ..event.subject };
        let (id, job) = self.job(event, subject, key);
        Some((id, NewJob { body: event.body.clone(), ..job }))
    }
}

/// The unique key of the mail to the shopper; `None` if the event leads to none.
fn shopper_key(event: &Event) -> Option<String> {
    let (topic, status) = (event.job.topic, event.order.as_ref()?.status());
    if !event.has_contact {
        return None;
    }
    match topic {
        // An order that was paid or has ended meanwhile gets the mail that says so.
        Topic::OrderCreated if status != OrderStatus::Pending => None,
        Topic::OrderCreated | Topic::OrderPaid | Topic::OrderCancelled => {
            Some(format!("mail/{}/{}", topic.name(), event.job.subject.order?))
        }
        Topic::RefundAccepted | Topic::RefundSucceeded => {
            Some(format!("mail/{}/{}", topic.name(), event.job.subject.refund?))
        }
        _ => None,
    }
}

/// Whether an operator gets the mails about a topic.
pub(super) fn is_told(operator: &Operator, topic: Topic) -> bool {
    let is_active = operator.disabled_at.is_none() && operator.password_hash.is_some();
    is_active && roles_of(topic).contains(&operator.role)
}

/// The roles that get the mails about a topic.
fn roles_of(topic: Topic) -> &'static [Role] {
    match topic {
        Topic::RefundFailed => &[Role::Money, Role::Admin],
        Topic::EndpointDisabled => &[Role::Admin],
        _ => &[],
    }
}

#[async_trait]
impl Consequences for MailConsequences {
    async fn of(&self, events: &[Event]) -> Result<Vec<(JobId, NewJob)>, Error> {
        let mut jobs: Vec<_> = events.iter().filter_map(|event| self.to_shopper(event)).collect();
        let for_operators: Vec<_> = events.iter().filter(|event| !roles_of(event.job.topic).is_empty()).collect();
        if for_operators.is_empty() {
            return Ok(jobs);
        }
        let operators = self.store.operators().all().await.map_err(|error| unreadable(&error))?;
        for operator in &operators {
            jobs.extend(for_operators.iter().filter_map(|event| self.to_operator(event, operator)));
        }
        Ok(jobs)
    }
}

fn unreadable(error: &StoreError) -> Error {
    let cause = error.cause();
    tracing::warn!(%error, cause, "the operators cannot be read");
    Error::Internal
}

/// Returns the job that mails an operator a one-time link. `topic` is [`Topic::OperatorInvited`] or [`Topic::OperatorReset`].
pub fn operator_mail(id: JobId, topic: Topic, operator: OperatorId, now: Timestamp) -> NewJob {
    NewJob {
        id,
        kind: JobKind::Mail,
        topic,
        subject: JobSubject { operator: Some(operator.0), ..JobSubject::default() },
        endpoint: None,
        unique_key: Some(format!("mail/{}/{operator}/{id}", topic.name())),
        body: None,
        due_at: now,
        created_at: now,
    }
}

/// How a request to send a receipt again ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resent {
    /// The receipt is in the outbox, and the entry of the audit log is on disk.
    Queued,
    /// An earlier request with the same key did it.
    Replayed,
    /// The order is not paid, so that there is no receipt.
    NotPaid,
    /// The order has no contact, or it was erased.
    NoContact,
    /// The order has had [`MAX_RECEIPTS`] mails.
    TooMany,
}

/// Sends the receipt of an order again. `request` names the request: a repeated one has no effect.
///
/// # Errors
///
/// The database cannot be read or written.
pub async fn resend_receipt(
    store: &dyn Store,
    ids: &IdGenerator,
    order: &Order,
    request: &str,
    entry: AuditEntry,
) -> Result<Resent, StoreError> {
    if !matches!(order.status(), OrderStatus::Paid | OrderStatus::Refunded) {
        return Ok(Resent::NotPaid);
    }
    let contact = store.contacts().of_order(order.id).await?.and_then(StoredContact::known);
    if contact.is_none() {
        return Ok(Resent::NoContact);
    }
    let job = NewJob {
        id: ids.generate(),
        kind: JobKind::Mail,
        topic: Topic::OrderPaid,
        subject: JobSubject { order: Some(order.id), version: order.version, ..JobSubject::default() },
        endpoint: None,
        unique_key: Some(format!("mail/order.paid/{}/{request}", order.id)),
        body: None,
        due_at: entry.at,
        created_at: entry.at,
    };
    let filter = JobFilter { kind: Some(JobKind::Mail), order: Some(order.id), ..JobFilter::default() };
    let mails = store.outbox().list(filter, PageRequest::first(MAX_RECEIPTS)).await?.items.len();
    if u32::try_from(mails).unwrap_or(u32::MAX) >= MAX_RECEIPTS {
        return Ok(Resent::TooMany);
    }
    let added = store.outbox().add_audited(job, &entry).await?;
    Ok(if added { Resent::Queued } else { Resent::Replayed })
}
