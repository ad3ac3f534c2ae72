//! Sends a refund at once, as an operator asks for: also where refunds are not sent by themselves, and after the job that sends
//! it has failed for good.

use super::{Payments, refunds::RefundJob, stored};
use checkout::{
    Error, OperationContext,
    model::{AuditEntry, AuditObject, JobState, Refund, RefundState, Topic},
};
use serde_json::json;

/// Result of asking to send a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendNow {
    /// Its job is due.
    Started,
    /// It is being sent already, or its job waits for its next attempt.
    UnderWay,
    /// The refund is not due, or the provider did not take its money.
    NotPossible,
}

impl Payments {
    /// Whether the provider took the money of a refund, so that it can be returned there.
    pub async fn carries_out(&self, refund: &Refund) -> Result<bool, Error> {
        if self.calls().is_none() {
            return Ok(false);
        }
        let attempts = match refund.order_id {
            Some(order) => stored(self.attempts().of_order(order).await)?,
            None => Vec::new(),
        };
        Ok(self.took(refund, attempts.iter()))
    }

    /// Whether due refunds are sent by themselves.
    pub fn sends_refunds(&self) -> bool {
        self.calls().is_some() && self.parts.settings.auto_refund
    }

    /// Sends a refund that is due. The audit log has an entry where a job begins, also anew. A key in `context` does not count:
    /// the attempt of the refund is the key.
    pub async fn send_now(&self, refund: &Refund, context: impl Into<OperationContext>) -> Result<SendNow, Error> {
        if refund.state != RefundState::Due || !self.carries_out(refund).await? {
            return Ok(SendNow::NotPossible);
        }
        let job = RefundJob::Send { attempt: refund.attempt };
        let row = job.row(self, refund, Topic::RefundDue, self.checkout().now());
        let OperationContext { by, reason, idempotency: _ } = context.into();
        let object = AuditObject::new("refund", refund.id);
        let after = json!({ "attempt": refund.attempt });
        let entry = AuditEntry { reason, ..self.checkout().audit_entry(&by, "refund.send_now", object, &after) };
        if stored(self.store().outbox().add_audited(row, &entry).await)? {
            self.checkout().wake_outbox();
            return Ok(SendNow::Started);
        }
        let known = stored(self.store().outbox().job_of_key(&job.key(refund.id)).await)?;
        let Some(ended) = known.filter(|job| job.state != JobState::Pending) else {
            return Ok(SendNow::UnderWay);
        };
        let began = stored(self.store().outbox().retry(ended.id, &entry).await)?;
        self.checkout().wake_outbox();
        Ok(if began { SendNow::Started } else { SendNow::UnderWay })
    }
}
