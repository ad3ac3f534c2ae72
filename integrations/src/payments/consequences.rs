//! The jobs that follow from events: pages to close, and refunds to send.

use super::{Payments, refunds::RefundJob, stored};
use crate::outbox::{Consequences, Event};
use async_trait::async_trait;
use checkout::{
    Error,
    model::{
        AttemptState, Job, JobId, JobKind, JobSubject, NewJob, OrderId, PaymentAttempt, Refund, RefundState, Timestamp,
        Topic,
    },
};
use std::collections::BTreeSet;

/// The jobs of payments. They are made also where no provider is configured: another node may have one.
pub(super) struct PaymentConsequences(pub(super) Payments);

#[async_trait]
impl Consequences for PaymentConsequences {
    async fn of(&self, events: &[Event]) -> Result<Vec<(JobId, NewJob)>, Error> {
        let concerns = [Topic::OrderPaid, Topic::OrderCancelled, Topic::RefundDue];
        let concerned = events.iter().filter(|event| concerns.contains(&event.job.topic));
        let orders: BTreeSet<OrderId> = concerned.clone().filter_map(|event| event.job.subject.order).collect();
        let orders: Vec<OrderId> = orders.into_iter().collect();
        let attempts = stored(self.0.attempts().of_orders(&orders).await)?;
        let now = self.0.checkout().now();
        let jobs = concerned.filter_map(|event| Some((event.job.id, self.0.job_of(event, &attempts, now)?)));
        Ok(jobs.collect())
    }
}

impl Payments {
    fn job_of(&self, event: &Event, attempts: &[PaymentAttempt], now: Timestamp) -> Option<NewJob> {
        let Job { topic, subject, .. } = event.job;
        let mut of_order = attempts.iter().filter(|attempt| Some(attempt.order_id) == subject.order);
        if topic == Topic::RefundDue {
            let refund = event.refund.as_deref()?;
            let is_wanted = self.parts.settings.auto_refund && self.took(refund, of_order);
            let is_due = matches!(refund.state, RefundState::Due | RefundState::Sending);
            let job = RefundJob::Send { attempt: refund.attempt };
            return (is_wanted && is_due).then(|| job.row(self, refund, topic, now));
        }
        let order = subject.order?;
        let is_open = |attempt: &PaymentAttempt| matches!(attempt.state, AttemptState::Opening | AttemptState::Open);
        of_order.any(is_open).then(|| NewJob {
            id: self.parts.ids.generate(),
            kind: JobKind::ClosePayment,
            topic,
            subject: JobSubject { order: Some(order), ..subject },
            endpoint: None,
            unique_key: Some(format!("close_payment/{order}/{}", topic.name())),
            body: None,
            due_at: now,
            created_at: event.job.created_at,
        })
    }

    /// Whether the provider took the money of this refund.
    pub(super) fn took<'a>(&self, refund: &Refund, mut attempts: impl Iterator<Item = &'a PaymentAttempt>) -> bool {
        let provider = self.provider_name();
        let is_own = |attempt: &PaymentAttempt| {
            refund.order_id == Some(attempt.order_id)
                && attempt.state != AttemptState::Failed
                && provider.is_none_or(|provider| attempt.provider == provider)
        };
        // Without a provider here, another node may have one.
        let is_possible = self.calls().is_none_or(|calls| calls.provider().may_have_taken(&refund.transaction_id));
        let takes_others = self.parts.settings.accepts_other_intents && provider.is_some();
        is_possible && (attempts.any(is_own) || takes_others)
    }
}
