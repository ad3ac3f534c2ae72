//! Closes payment pages, and looks them up.

use super::{
    Payments, Received,
    calls::{CallError, Calls},
    stored,
};
use crate::{
    outbox::Outcome,
    provider::{About, CloseOutcome, Notice, PaymentNotice, ProviderError, SessionReport, SessionState},
};
use checkout::model::{
    AttemptState, EventKey, OrderId, PaymentAttempt, PaymentStatus, Reference, ReportedAmount, SessionId, TransactionId,
};
use sha2::{Digest as _, Sha256};
use std::time::Duration;

/// How long the page of an attempt can be asked for again under its key. Providers keep keys for a day: a later call would make
/// a second page.
pub(super) const KEY_LIFETIME: Duration = Duration::from_hours(23);

/// The pause before a call is repeated that may still be under way.
const OPENING_PAUSE: Duration = Duration::from_secs(2);

/// The shop's knowledge of an attempt's page.
pub(super) enum Page {
    /// Its id.
    Known(SessionId),
    /// The call may be under way: look again after the pause.
    Opening(Duration),
    /// There is none.
    None,
}

impl Payments {
    /// Closes the pages of an order that has ended, or was paid. A page whose id is not known yet is learned first, so that none
    /// survives.
    pub(super) async fn close_pages(&self, calls: &Calls, order: OrderId) -> Result<Outcome, CallError> {
        let attempts = stored(self.attempts().of_order(order).await)?;
        let is_open = |attempt: &&PaymentAttempt| {
            attempt.provider == calls.name() && matches!(attempt.state, AttemptState::Opening | AttemptState::Open)
        };
        for attempt in attempts.iter().filter(is_open) {
            match self.learn_page(calls, attempt).await? {
                Page::Known(session) => drop(self.close_page(calls, attempt, &session).await?),
                Page::Opening(pause) => {
                    return Ok(Outcome::NotYet("a payment page is being opened".to_owned(), pause));
                }
                Page::None => {}
            }
        }
        Ok(Outcome::Done)
    }

    /// Finds out the page of an attempt. The call is repeated if its response was lost: the provider answers as it did before.
    pub(super) async fn learn_page(&self, calls: &Calls, attempt: &PaymentAttempt) -> Result<Page, CallError> {
        if let Some(session) = &attempt.session {
            return Ok(Page::Known(session.clone()));
        }
        let now = self.checkout().now();
        if now >= attempt.created_at + KEY_LIFETIME {
            self.fail_attempt(attempt, "its response was lost, and is too old to be asked for again").await?;
            return Ok(Page::None);
        }
        match self.repeat_open(calls, attempt).await {
            Ok(page) => {
                stored(self.attempts().adopt(attempt.id, &page.session, now).await)?;
                Ok(Page::Known(page.session))
            }
            Err(CallError::Provider(ProviderError::Busy { retry_after, .. })) => {
                Ok(Page::Opening(retry_after.unwrap_or(OPENING_PAUSE)))
            }
            Err(CallError::Provider(ProviderError::Refused(reason))) => {
                self.fail_attempt(attempt, &reason).await?;
                Ok(Page::None)
            }
            Err(error) => Err(error),
        }
    }

    /// Closes a page. If the shopper has finished it before, it is recorded as the payment event that it is (P7), whose
    /// result is returned.
    pub(super) async fn close_page(
        &self,
        calls: &Calls,
        attempt: &PaymentAttempt,
        session: &SessionId,
    ) -> Result<Option<Received>, CallError> {
        match calls.close(session).await {
            Ok(CloseOutcome::Closed) => {
                self.end_attempt(attempt, AttemptState::Closed).await?;
                Ok(None)
            }
            Ok(CloseOutcome::Completed) => Ok(self.look_up(calls, attempt, session).await?.1),
            Err(ProviderError::Refused(reason)) => match self.look_up(calls, attempt, session).await? {
                (SessionState::Open, _) => Err(ProviderError::Refused(reason).into()),
                (_, received) => Ok(received),
            },
            Err(error) => Err(error.into()),
        }
    }

    /// Looks a page up, and applies its state. Returns the state and the result.
    pub(super) async fn look_up(
        &self,
        calls: &Calls,
        attempt: &PaymentAttempt,
        session: &SessionId,
    ) -> Result<(SessionState, Option<Received>), CallError> {
        let report = calls.find_session(session).await?;
        if report.state == SessionState::Open {
            return Ok((report.state, None));
        }
        let state = report.state;
        let notice = notice_of(attempt, report)?;
        Ok((state, Some(self.receive(notice, None).await?)))
    }
}

/// The page's state as a payment event. Its key is made from page and state, so that each state counts once.
fn notice_of(attempt: &PaymentAttempt, report: SessionReport) -> Result<Notice, ProviderError> {
    let unusable = |what: &str| ProviderError::Refused(format!("it reports a page without {what}"));
    if !is_of(attempt, &report) {
        return Err(ProviderError::Refused("it reports a page that was made for another order or attempt".to_owned()));
    }
    let SessionReport { session, state, transaction, amount, .. } = report;
    let (name, status) = match state {
        SessionState::Paid => ("paid", PaymentStatus::Success),
        SessionState::Processing => ("processing", PaymentStatus::Processing),
        SessionState::Open | SessionState::Expired => ("expired", PaymentStatus::Failure),
    };
    // Without a transaction the page names the payment, as it does in the provider's events.
    let transaction = match transaction {
        Some(transaction) => transaction,
        None => TransactionId::try_from(session.as_str().to_owned()).map_err(|_| unusable("a transaction"))?,
    };
    // A success must report its amount: otherwise a page of any amount would pay the order.
    let reported = match (status, amount) {
        (PaymentStatus::Success, Some(money)) => {
            ReportedAmount { amount: Some(money.minor), currency: Some(money.currency) }
        }
        (PaymentStatus::Success, None) => return Err(unusable("its amount")),
        _ => ReportedAmount::default(),
    };
    let key = format!("lookup-{name}-{}", hex::encode(Sha256::digest(session.as_str())));
    let about = About::Known(Reference::Order(attempt.order_id));
    Ok(Notice::Payment(PaymentNotice {
        event: EventKey::try_from(key).map_err(|_| unusable("a key"))?,
        fingerprint: PaymentNotice::fingerprint(about, &transaction, status, &reported, None),
        about,
        transaction,
        status,
        dispute: None,
        reported,
        session: Some((session, state)),
        attempt: Some(attempt.id),
        test_mode: false,
    }))
}

/// Whether a page is that of the attempt, as its metadata say. A page that the provider does not know has none.
fn is_of(attempt: &PaymentAttempt, report: &SessionReport) -> bool {
    let is_unknown = report.state == SessionState::Expired && report.order.is_none() && report.attempt.is_none();
    is_unknown || (report.order == Some(attempt.order_id) && report.attempt == Some(attempt.id))
}
