//! Returns money at the provider. A refund is looked for before it is sent, so that a lost answer, an operator who retries, and
//! two nodes at once return the money once.

use super::{
    Payments,
    calls::{CallError, Calls},
    stored,
};
use crate::{
    outbox::Outcome,
    provider::{ProviderError, RefundRequest},
};
use checkout::{
    Error,
    model::{
        Actor, JobKind, JobSubject, Money, NewJob, Refund, RefundId, RefundState, RefundStep, Refusal, ReportedRefund,
        ReportedRefundState, Timestamp, Topic,
    },
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The pause while a dispute is open, and while a refund is not known to have failed.
const WAIT: Duration = Duration::from_hours(1);

/// The first pause after a lack of funds. It doubles with each attempt.
const FUNDS_PAUSE: Duration = Duration::from_hours(1);

/// The longest pause after a lack of funds.
const LONGEST_FUNDS_PAUSE: Duration = Duration::from_hours(24);

/// How long a refund becomes due again by itself. After it, operators decide.
const FUNDS_RETRY_LIFETIME: Duration = Duration::from_hours(14 * 24);

/// The failure of a refund whose provider gave no reason.
const NO_REASON: &str = "the provider gave no reason";

/// The body of a job about a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub(super) enum RefundJob {
    /// Sends this attempt.
    Send {
        /// The attempt.
        attempt: u32,
    },
    /// Makes the refund due again, after this attempt failed for lack of funds.
    Retry {
        /// The attempt.
        attempt: u32,
    },
}

impl RefundJob {
    /// The unique key of the job.
    pub(super) fn key(self, refund: RefundId) -> String {
        match self {
            Self::Send { attempt } => format!("send_refund/{refund}/{attempt}"),
            Self::Retry { attempt } => format!("retry_refund/{refund}/{attempt}"),
        }
    }

    /// The row of the outbox.
    pub(super) fn row(self, payments: &Payments, refund: &Refund, topic: Topic, due_at: Timestamp) -> NewJob {
        NewJob {
            id: payments.parts.ids.generate(),
            kind: JobKind::SendRefund,
            topic,
            subject: JobSubject {
                order: refund.order_id,
                refund: Some(refund.id),
                product: refund.product_id,
                operator: None,
                version: refund.version,
            },
            endpoint: None,
            unique_key: Some(self.key(refund.id)),
            body: serde_json::to_string(&self).ok(),
            due_at,
            created_at: payments.checkout().now(),
        }
    }
}

impl Payments {
    /// Sends an attempt of a refund, unless it was sent before.
    pub(super) async fn send_refund(&self, calls: &Calls, id: RefundId, attempt: u32) -> Result<Outcome, CallError> {
        let Some(refund) = self.refund_to_send(id, attempt).await? else { return Ok(Outcome::Done) };
        if !self.checkout().disputed(std::slice::from_ref(&refund.transaction_id)).await?.is_empty() {
            return Ok(waits_for_dispute());
        }
        let known = match calls.refunds_of(&refund.transaction_id).await {
            Ok(known) => known,
            Err(ProviderError::Refused(reason)) => return self.fail_refund(&refund, reason).await,
            Err(error) => return Err(error.into()),
        };
        // A refund that was made at the provider may be this one.
        for foreign in known.iter().filter(|report| report.ours.is_none()) {
            self.record_refund(foreign.clone()).await?;
        }
        let Some(refund) = self.refund_to_send(id, attempt).await? else { return Ok(Outcome::Done) };
        match self.checkout().advance_refund(id, attempt, RefundStep::Send, Actor::system()).await {
            Ok(_) => {}
            Err(Error::Refused(Refusal::DisputeOpen)) => return Ok(waits_for_dispute()),
            // Another worker, a webhook or an operator has already taken this step.
            Err(Error::Refused(Refusal::RefundState { .. })) => return Ok(Outcome::Done),
            Err(error) => return Err(error.into()),
        }
        if let Some(report) = sent_before(&refund, &known) {
            return self.apply_report(&refund, report).await;
        }
        let amount = refund.amount.zip(refund.currency).map(|(minor, currency)| Money { minor, currency });
        let request = RefundRequest {
            refund: id,
            attempt,
            transaction: refund.transaction_id.clone(),
            amount,
            order: refund.order_id,
        };
        match calls.refund(&request).await {
            Ok(report) => {
                if let Some((asked, there)) = difference(request.amount, report.amount) {
                    let reference = report.reference.as_str();
                    tracing::warn!(refund = %id, attempt, reference, %asked, %there, "the provider returned another amount");
                }
                self.apply_report(&refund, &report).await
            }
            Err(ProviderError::Refused(reason)) => self.fail_refund(&refund, reason).await,
            Err(error) => Err(error.into()),
        }
    }

    /// Makes a refund due again whose attempt failed for lack of funds.
    pub(super) async fn retry_refund(&self, id: RefundId, attempt: u32) -> Result<Outcome, CallError> {
        let refund = self.checkout().refund(id).await?;
        if refund.attempt != attempt || self.checkout().now() >= refund.created_at + FUNDS_RETRY_LIFETIME {
            return Ok(Outcome::Done);
        }
        match refund.state {
            RefundState::Failed => self.step(&refund, RefundStep::Retry).await,
            // The job is made before the failure is recorded.
            RefundState::Due | RefundState::Sending => {
                Ok(Outcome::NotYet("the refund is not known to have failed".to_owned(), WAIT))
            }
            RefundState::Succeeded | RefundState::Withdrawn => Ok(Outcome::Done),
        }
    }

    /// Makes the job that makes a refund of ours due again, if it failed for lack of funds. It is made before the failure is
    /// recorded: a crash in between then forgets neither.
    pub(super) async fn retry_for_lack_of_funds(&self, report: &ReportedRefund) -> Result<(), Error> {
        let lacks_funds = report.state == ReportedRefundState::Failed && report.lacks_funds;
        let (Some((id, attempt)), true, true) = (report.ours, lacks_funds, self.parts.settings.auto_refund) else {
            return Ok(());
        };
        let refund = match self.checkout().refund(id).await {
            Ok(refund) if refund.transaction_id == report.transaction => refund,
            Ok(_) | Err(Error::Refused(_)) => return Ok(()),
            Err(error) => return Err(error),
        };
        let now = self.checkout().now();
        if refund.attempt != attempt || now >= refund.created_at + FUNDS_RETRY_LIFETIME {
            return Ok(());
        }
        let job = RefundJob::Retry { attempt }.row(self, &refund, Topic::RefundFailed, now + funds_pause(attempt));
        if stored(self.store().outbox().add(&[job]).await)? > 0 {
            self.checkout().wake_outbox();
        }
        Ok(())
    }

    /// The refund, if this attempt is still to be sent.
    async fn refund_to_send(&self, id: RefundId, attempt: u32) -> Result<Option<Refund>, Error> {
        let refund = self.checkout().refund(id).await?;
        // An operator may be sending it by hand.
        let is_to_send = match refund.state {
            RefundState::Due => true,
            RefundState::Sending => refund.automatic,
            RefundState::Succeeded | RefundState::Failed | RefundState::Withdrawn => false,
        };
        Ok((is_to_send && refund.attempt == attempt).then_some(refund))
    }

    /// Applies the provider's answer.
    async fn apply_report(&self, refund: &Refund, report: &ReportedRefund) -> Result<Outcome, CallError> {
        let reference = report.reference.clone();
        let step = match report.state {
            ReportedRefundState::Succeeded => RefundStep::Succeed { provider_reference: Some(reference) },
            // Webhooks and the reconciliation tell how it ends.
            ReportedRefundState::Pending => RefundStep::Accept { provider_reference: reference },
            ReportedRefundState::Failed => {
                self.retry_for_lack_of_funds(report).await?;
                RefundStep::Fail { failure: report.failure.clone().unwrap_or_else(|| NO_REASON.to_owned()) }
            }
        };
        self.step(refund, step).await
    }

    async fn fail_refund(&self, refund: &Refund, failure: String) -> Result<Outcome, CallError> {
        self.step(refund, RefundStep::Fail { failure }).await
    }

    async fn step(&self, refund: &Refund, step: RefundStep) -> Result<Outcome, CallError> {
        match self.checkout().advance_refund(refund.id, refund.attempt, step, Actor::system()).await {
            // Another worker, a webhook or an operator has already taken this step.
            Ok(_) | Err(Error::Refused(Refusal::RefundState { .. })) => Ok(Outcome::Done),
            Err(error) => Err(error.into()),
        }
    }
}

/// A report that makes the call needless: one of this refund that has not failed, of whatever attempt, or the failure of this
/// attempt.
fn sent_before<'a>(refund: &Refund, known: &'a [ReportedRefund]) -> Option<&'a ReportedRefund> {
    let of_state = |state: ReportedRefundState| {
        known.iter().find(move |report| report.state == state && report.ours.is_some_and(|(id, _)| id == refund.id))
    };
    let failed = known.iter().find(|report| report.ours == Some((refund.id, refund.attempt)));
    of_state(ReportedRefundState::Succeeded).or_else(|| of_state(ReportedRefundState::Pending)).or(failed)
}

/// The amount that was asked for and the one that the provider returned, if they differ.
fn difference(asked: Option<Money>, returned: Money) -> Option<(Money, Money)> {
    asked.filter(|asked| *asked != returned).map(|asked| (asked, returned))
}

fn waits_for_dispute() -> Outcome {
    Outcome::NotYet("the payment is disputed".to_owned(), WAIT)
}

/// The pause after the lack of funds of this attempt, from 1.
fn funds_pause(attempt: u32) -> Duration {
    let growth = 2_u32.saturating_pow(attempt.saturating_sub(1));
    FUNDS_PAUSE.saturating_mul(growth).min(LONGEST_FUNDS_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_amount_or_currency_than_was_asked_for_differs() {
        let money = |minor, currency: &str| Money { minor, currency: currency.parse().unwrap() };
        let asked = money(1000, "USD");
        assert_eq!(difference(Some(asked), asked), None);
        assert_eq!(difference(None, asked), None);
        for returned in [money(1500, "USD"), money(1000, "JPY")] {
            assert_eq!(difference(Some(asked), returned), Some((asked, returned)));
        }
    }

    #[test]
    fn pauses_after_a_lack_of_funds_double_up_to_a_day() {
        let hours: Vec<_> = (1..8).map(|attempt| funds_pause(attempt).as_secs() / 3600).collect();
        assert_eq!(hours, [1, 2, 4, 8, 16, 24, 24]);
        assert_eq!(funds_pause(u32::MAX), LONGEST_FUNDS_PAUSE);
    }
}
