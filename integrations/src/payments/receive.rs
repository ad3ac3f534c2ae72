//! Applies the provider's reports, whether a webhook carried them, a look-up found them, or they were read from the provider's
//! list of events.

use super::{Payments, stored};
use crate::provider::{About, Notice, PaymentNotice, ProviderError, SessionState};
use checkout::{
    Error, PaymentEvent, PaymentReply,
    model::{
        Actor, AttemptState, EventPayload, HoldId, OrderId, PaymentAttempt, PaymentStatus, Reference, Refund, Refusal,
        ReportedRefund, TransactionId,
    },
};
use std::time::Duration;

/// The pause that a webhook asks for when the provider cannot be asked about its own event.
const PROVIDER_PAUSE: Duration = Duration::from_secs(30);

/// Result of a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// A payment event is on disk.
    Payment(PaymentReply),
    /// A refund is on disk; `None` where it concerns no payment of this shop.
    Refund(Option<Refund>),
    /// The notice has no effect on orders.
    Ignored {
        /// Why.
        reason: String,
    },
}

impl Received {
    pub(super) fn ignored(reason: &str) -> Self {
        Self::Ignored { reason: reason.to_owned() }
    }
}

impl Payments {
    /// Applies a notice. It may come repeatedly, late or out of order (P5–P7), and `payload` is kept with a new event.
    ///
    /// A payment counts only if it names a page, an attempt or a transaction of this shop, unless the shop accepts other
    /// payments. Whether test events count is for the caller to decide.
    pub async fn receive(&self, notice: Notice, payload: Option<EventPayload>) -> Result<Received, Error> {
        match notice {
            Notice::Payment(payment) => self.receive_payment(payment, payload).await,
            Notice::Refund { refund, .. } => Ok(Received::Refund(self.record_refund(refund).await?)),
            Notice::RefundsChanged { transaction, .. } => self.read_refunds(&transaction).await,
            Notice::Foreign { reason, .. } => Ok(Received::Ignored { reason }),
        }
    }

    async fn receive_payment(&self, notice: PaymentNotice, payload: Option<EventPayload>) -> Result<Received, Error> {
        let attempt = self.attempt_of(&notice).await?;
        let reference = match &attempt {
            Some(attempt) => match notice.about {
                About::Known(Reference::Order(named)) if named != attempt.order_id => {
                    return Ok(Received::ignored("it names another order than its attempt"));
                }
                _ => Reference::Order(attempt.order_id),
            },
            None => match self.reference_without_attempt(&notice).await? {
                Ok(reference) => reference,
                Err(ignored) => return Ok(ignored),
            },
        };
        let page = notice.session.as_ref().map(|(_, state)| *state);
        if let Some(attempt) = &attempt {
            self.adopt_page(attempt, &notice).await?;
            if ends_page_alone(&notice) {
                // The order may still be paid at another page until its time is over.
                self.follow_page(attempt, page, notice.status).await?;
                return Ok(Received::ignored("a payment page was closed without a payment"));
            }
        }
        let PaymentNotice { event: key, fingerprint, transaction: transaction_id, status, dispute, reported, .. } =
            notice;
        let event = PaymentEvent {
            key,
            fingerprint,
            reference,
            transaction_id,
            status,
            reported,
            dispute_id: dispute,
            payload,
        };
        let reply = self.checkout().record_payment(event).await?;
        // The attempt moves on once the payment is on disk: until then the job that closes pages and the reconciliation look it
        // up again.
        if let Some(attempt) = &attempt {
            self.follow_page(attempt, page, status).await?;
        }
        Ok(Received::Payment(reply))
    }

    /// The attempt that the event is about: that of its page, or the one in its metadata.
    async fn attempt_of(&self, notice: &PaymentNotice) -> Result<Option<PaymentAttempt>, Error> {
        if let Some((session, _)) = &notice.session
            && let Some(attempt) = stored(self.attempts().of_session(session).await)?
        {
            return Ok(Some(attempt));
        }
        match notice.attempt {
            Some(id) => stored(self.attempts().attempt(id).await),
            None => Ok(None),
        }
    }

    /// The order or hold of an event of no attempt, or why it is ignored.
    async fn reference_without_attempt(&self, notice: &PaymentNotice) -> Result<Result<Reference, Received>, Error> {
        let known = self.checkout().reference_of(&notice.transaction).await?;
        Ok(match (notice.about, known) {
            (About::Transaction, None) => {
                Err(Received::ignored("it is about a payment that this shop has not recorded"))
            }
            (_, None) if !self.parts.settings.accepts_other_intents => {
                Err(Received::ignored("it names no payment that this shop opened"))
            }
            (About::Transaction, Some(reference)) | (About::Known(reference), _) => Ok(reference),
            // Ids are unique across holds and orders.
            (About::Untyped(id), _) if self.checkout().has_hold(HoldId(id)).await? => Ok(Reference::Hold(HoldId(id))),
            (About::Untyped(id), _) => Ok(Reference::Order(OrderId(id))),
        })
    }

    /// Records the page of an attempt whose response was lost.
    async fn adopt_page(&self, attempt: &PaymentAttempt, notice: &PaymentNotice) -> Result<(), Error> {
        if let (None, Some((session, _))) = (&attempt.session, &notice.session) {
            stored(self.attempts().adopt(attempt.id, session, self.checkout().now()).await)?;
        }
        Ok(())
    }

    /// Moves the attempt on, as its page or its payment has.
    async fn follow_page(
        &self,
        attempt: &PaymentAttempt,
        page: Option<SessionState>,
        status: PaymentStatus,
    ) -> Result<(), Error> {
        let is_completed =
            matches!(page, Some(SessionState::Paid | SessionState::Processing)) || status == PaymentStatus::Success;
        if is_completed {
            self.end_attempt(attempt, AttemptState::Completed).await?;
        } else if page == Some(SessionState::Expired) {
            // Also after it was completed: a bank debit may bounce.
            let from = [AttemptState::Opening, AttemptState::Open, AttemptState::Completed];
            let now = self.checkout().now();
            stored(self.attempts().advance(attempt.id, &from, AttemptState::Closed, now).await)?;
        }
        Ok(())
    }

    /// Reads the refunds of a transaction, and records each.
    async fn read_refunds(&self, transaction: &TransactionId) -> Result<Received, Error> {
        let Some(calls) = self.calls() else {
            return Ok(Received::ignored("no payment provider is configured to ask about refunds"));
        };
        if self.checkout().reference_of(transaction).await?.is_none() {
            return Ok(Received::ignored("it is about a payment that this shop has not recorded"));
        }
        let refunds = match calls.find_refunds(transaction).await {
            Ok(refunds) => refunds,
            Err(ProviderError::Refused(reason)) => return Ok(Received::Ignored { reason }),
            Err(ProviderError::Busy { retry_after, .. }) => {
                return Err(Error::Busy { retry_after: retry_after.unwrap_or(PROVIDER_PAUSE) });
            }
            Err(ProviderError::Unknown(_)) => return Err(Error::Busy { retry_after: PROVIDER_PAUSE }),
        };
        let mut last = None;
        for refund in refunds {
            last = self.record_refund(refund).await?.or(last);
        }
        Ok(Received::Refund(last))
    }

    /// Records a refund as the provider reports it. One of ours that failed for lack of funds is due again later.
    pub(super) async fn record_refund(&self, refund: ReportedRefund) -> Result<Option<Refund>, Error> {
        self.retry_for_lack_of_funds(&refund).await?;
        match self.checkout().record_refund(refund, Actor::system()).await {
            // An operator has already ended this refund.
            Err(Error::Refused(refusal @ Refusal::RefundState { .. })) => {
                tracing::warn!(%refusal, "a refund of the provider does not fit the shop's");
                Ok(None)
            }
            recorded => recorded,
        }
    }
}

/// Whether the event of an attempt only says that its page ended: it expired, or its intent was cancelled with it.
fn ends_page_alone(notice: &PaymentNotice) -> bool {
    match notice.session.as_ref().map(|(_, state)| *state) {
        Some(SessionState::Expired) => notice.status != PaymentStatus::Success,
        Some(_) => false,
        None => notice.status == PaymentStatus::Failure,
    }
}
