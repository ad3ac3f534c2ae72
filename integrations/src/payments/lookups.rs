//! Looks up attempts to pay and refunds whose end is not known.

use super::{
    Received,
    calls::CallError,
    close::KEY_LIFETIME,
    reconcile::{INTERVAL, Reach, Run, Stop},
    stored,
};
use crate::provider::ProviderError;
use checkout::{
    Error,
    model::{
        AttemptId, AttemptState, OrderId, OrderStatus, PaymentAttempt, Refund, RefundReference, RefundState, Timestamp,
    },
    store::listings::{Direction, PageRequest, RefundFilter},
};
use std::{collections::HashSet, time::Duration};
use uuid::Uuid;

/// How long attempts and refunds are left alone after their last change: a webhook or a call may be under way.
pub(super) const REST: Duration = Duration::from_mins(1);

/// Maximum age of the attempts that are looked up. Webhooks and the provider's events tell of older ones.
const LOOK_BACK: Duration = Duration::from_hours(30 * 24);

/// Maximum number of rows of one page.
pub(super) const PAGE: u32 = 100;

/// Maximum number of rows of a kind that one run reads. Most need no look-up.
pub(super) const MAX_ROWS: usize = 20_000;

/// Maximum number of attempts, and of refunds, that one run looks up.
const MAX_LOOKUPS: u64 = 1000;

/// Maximum number of calls that fail before a run leaves the other look-ups of the same kind to the next run.
const MAX_FAILURES: u64 = 3;

impl Run<'_> {
    /// Looks up the attempts to pay whose end is not known.
    pub(super) async fn look_up_attempts(&mut self) -> Result<(), Stop> {
        let before = match self.reach {
            // Clocks of nodes differ, and an attempt that changes during the run does no harm.
            Reach::All => self.started_at + REST,
            Reach::Rested => self.started_at - REST,
        };
        let mut after = Some(first_id_of(self.started_at - LOOK_BACK));
        let (mut failures, mut rows) = (0, 0);
        while rows < MAX_ROWS {
            let live = self.payments.attempts().live(self.calls.name(), before, after, PAGE);
            let attempts = stored(live.await)?;
            rows += attempts.len();
            for (attempt, has_ended) in self.to_look_up(&attempts).await? {
                if self.done.attempts_looked_up == MAX_LOOKUPS {
                    return Ok(());
                }
                self.keep_lease().await?;
                self.done.attempts_looked_up += 1;
                match self.attempt(attempt, has_ended).await {
                    Ok(received) => self.count(received.as_ref()),
                    Err(CallError::Checkout(Error::Refused(refusal))) => {
                        tracing::warn!(attempt = %attempt.id, %refusal, "the page of an attempt to pay cannot be used");
                    }
                    Err(CallError::Checkout(error)) => return Err(error.into()),
                    Err(CallError::Provider(error)) => {
                        tracing::warn!(attempt = %attempt.id, %error, "an attempt to pay could not be looked up");
                        if self.has_failed_often(&error, &mut failures) {
                            return Ok(());
                        }
                    }
                }
            }
            match attempts.last() {
                Some(last) if attempts.len() == PAGE as usize => after = Some(last.id),
                _ => break,
            }
        }
        Ok(())
    }

    /// The attempts of a page that need a look-up, and whether their orders have ended. A page that is being opened is left to
    /// that call. A periodic run leaves a page that was opened a moment ago to webhooks and events while its order waits for the
    /// payment.
    async fn to_look_up<'a>(&self, attempts: &'a [PaymentAttempt]) -> Result<Vec<(&'a PaymentAttempt, bool)>, Error> {
        let ids: Vec<OrderId> = attempts.iter().map(|attempt| attempt.order_id).collect();
        let orders = self.payments.checkout().orders_of_any_owner(&ids).await?;
        let pending = orders.iter().filter(|order| order.status() == OrderStatus::Pending);
        let pending: HashSet<OrderId> = pending.map(|order| order.id).collect();
        let to_look_up = attempts.iter().filter_map(|attempt| {
            let has_ended = !pending.contains(&attempt.order_id);
            let is_fresh = attempt.updated_at + INTERVAL > self.started_at;
            let is_due = match (self.reach, attempt.state) {
                (_, AttemptState::Opening) => attempt.updated_at + REST < self.started_at,
                (Reach::Rested, AttemptState::Open) => has_ended || !is_fresh,
                _ => true,
            };
            is_due.then_some((attempt, has_ended))
        });
        Ok(to_look_up.collect())
    }

    async fn attempt(&self, attempt: &PaymentAttempt, has_ended: bool) -> Result<Option<Received>, CallError> {
        let (payments, calls) = (self.payments, self.calls);
        match (&attempt.session, attempt.state) {
            // The job that closes pages also learns those whose response was lost.
            (_, AttemptState::Opening) if has_ended => {
                payments.close_pages(calls, attempt.order_id).await.map(|_| None)
            }
            (Some(session), AttemptState::Open) if has_ended => payments.close_page(calls, attempt, session).await,
            (Some(session), _) => Ok(payments.look_up(calls, attempt, session).await?.1),
            (None, AttemptState::Opening) if self.started_at < attempt.created_at + KEY_LIFETIME => {
                match payments.repeat_open(calls, attempt).await {
                    Ok(page) => {
                        // The shopper finds the page at the next request; an order that has ended meanwhile closes it.
                        let _ = payments.keep_page(calls, attempt, page).await;
                        Ok(None)
                    }
                    Err(CallError::Provider(ProviderError::Refused(reason))) => {
                        payments.fail_attempt(attempt, &reason).await?;
                        Ok(None)
                    }
                    Err(error) => Err(error),
                }
            }
            (None, _) => {
                payments.fail_attempt(attempt, "its response was lost, and is too old to be asked for again").await?;
                Ok(None)
            }
        }
    }

    /// Looks up the refunds that the provider has accepted, and whose result is not known.
    pub(super) async fn look_up_refunds(&mut self) -> Result<(), Stop> {
        let filter = RefundFilter { state: Some(RefundState::Sending), ..RefundFilter::default() };
        let mut page = PageRequest { after: None, direction: Direction::OldestFirst, limit: PAGE };
        let (mut failures, mut rows) = (0, 0);
        while rows < MAX_ROWS {
            let listing = self.payments.checkout().list_refunds(&filter, page).await?;
            rows += listing.items.len();
            for refund in &listing.items {
                let Some(reference) = &refund.provider_reference else { continue };
                if refund.updated_at + REST > self.started_at {
                    continue;
                }
                if self.done.refunds_looked_up == MAX_LOOKUPS {
                    return Ok(());
                }
                self.keep_lease().await?;
                self.done.refunds_looked_up += 1;
                match self.refund(reference).await {
                    Ok(found) => self.count(found.map(|refund| Received::Refund(Some(refund))).as_ref()),
                    Err(CallError::Checkout(Error::Refused(refusal))) => {
                        tracing::warn!(refund = %refund.id, %refusal, "the provider's refund cannot be used");
                    }
                    Err(CallError::Checkout(error)) => return Err(error.into()),
                    Err(CallError::Provider(error)) => {
                        tracing::warn!(refund = %refund.id, %error, "a refund could not be looked up");
                        if self.has_failed_often(&error, &mut failures) {
                            return Ok(());
                        }
                    }
                }
            }
            match listing.next {
                Some(next) => page.after = Some(next),
                None => break,
            }
        }
        Ok(())
    }

    async fn refund(&self, reference: &RefundReference) -> Result<Option<Refund>, CallError> {
        match self.calls.find_refund(reference).await? {
            Some(report) => Ok(self.payments.record_refund(report).await?),
            None => Ok(None),
        }
    }

    /// Counts a failed call. Returns whether the other look-ups of the kind are left to the next run. A refusal concerns one
    /// page or refund alone.
    fn has_failed_often(&mut self, error: &ProviderError, failures: &mut u64) -> bool {
        self.done.calls_failed += 1;
        if !matches!(error, ProviderError::Refused(_)) {
            *failures += 1;
        }
        *failures >= MAX_FAILURES
    }
}

/// The id before all ids that were made at this time: ids begin with their time in milliseconds.
fn first_id_of(at: Timestamp) -> AttemptId {
    let millis = u128::try_from(at.as_millis()).unwrap_or_default();
    AttemptId(Uuid::from_u128(millis << 80))
}
