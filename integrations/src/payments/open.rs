//! Opens payment pages: the attempt is on disk before the provider is called, so that two tabs, two nodes and a repetition after
//! a crash make one page.

use super::{
    Payments,
    calls::{CallError, Calls},
    close::{KEY_LIFETIME, Page},
    stored,
};
use crate::provider::{OpenRequest, PaymentPage, ProviderError};
use checkout::{
    Error,
    model::{AttemptState, Order, OrderId, OrderStatus, PaymentAttempt, Timestamp},
    store::BeginOutcome,
};
use std::{ops::RangeInclusive, time::Duration};

/// How long a shopper waits for a page at most.
const OPEN_BUDGET: Duration = Duration::from_secs(10);

/// The pause after the provider was busy and did not say for how long, as while another call of the same attempt is under way.
const BUSY_PAUSE: Duration = Duration::from_millis(250);

/// The pause before a shopper should try again.
const RETRY_AFTER: Duration = Duration::from_secs(3);

/// The times ahead at which Stripe can close a page by itself: 30 minutes to a day. A minute is for the call.
const CLOSES_BY_ITSELF: RangeInclusive<Duration> = Duration::from_mins(31)..=Duration::from_hours(24);

/// A payment page that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedPayment {
    /// The page's address. It may be relative to the shop's.
    pub url: String,
    /// When the order must be paid. The page is closed then.
    pub expires_at: Timestamp,
}

/// Why no page was opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// No payment provider is configured.
    #[error("no payment provider is configured")]
    NoProvider,
    /// The order does not wait for a payment.
    #[error("the order is {}", .0.name())]
    NotPayable(OrderStatus),
    /// The shopper has finished a page, and the money is on its way.
    #[error("a payment of the order is on its way")]
    Processing,
    /// The provider is busy, or its answer was lost. The next request repeats the call.
    #[error("the payment provider is busy")]
    Busy {
        /// How long to wait before the next request.
        retry_after: Duration,
    },
    /// The provider refused. The next request makes a new attempt.
    #[error("the payment provider refused to open a payment page")]
    Refused,
    /// The engine failed.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl Payments {
    /// Opens the order's payment page, or returns the one that is open.
    pub async fn open(&self, order: &Order) -> Result<OpenedPayment, OpenError> {
        let calls = self.calls().ok_or(OpenError::NoProvider)?;
        // The order may have ended since it was read.
        let order = self.checkout().order_of_any_owner(order.id).await?;
        match order.status() {
            OrderStatus::Pending if order.is_due(self.checkout().now()) => {
                return Err(OpenError::NotPayable(OrderStatus::Cancelled));
            }
            OrderStatus::Pending => {}
            ended => return Err(OpenError::NotPayable(ended)),
        }
        let opened = tokio::time::timeout(OPEN_BUDGET, self.open_page(calls, &order)).await;
        opened.unwrap_or(Err(OpenError::Busy { retry_after: RETRY_AFTER }))
    }

    /// The order's page that is open, if there is one. The provider is not called.
    pub async fn page_of(&self, order: OrderId) -> Result<Option<OpenedPayment>, Error> {
        let attempts = stored(self.attempts().of_order(order).await)?;
        let own = attempts.iter().filter(|attempt| Some(attempt.provider) == self.provider_name());
        own.filter_map(|attempt| opened_page(attempt).transpose()).next_back().transpose()
    }

    async fn open_page(&self, calls: &Calls, order: &Order) -> Result<OpenedPayment, OpenError> {
        loop {
            let attempt = self.begin(calls, order).await?;
            match attempt.state {
                AttemptState::Open => return opened_page(&attempt)?.ok_or(OpenError::Failed(Error::Internal)),
                AttemptState::Completed => return Err(OpenError::Processing),
                AttemptState::Opening | AttemptState::Closed | AttemptState::Failed => {}
            }
            if self.checkout().now() >= attempt.created_at + KEY_LIFETIME {
                self.give_up(calls, &attempt).await?;
                continue;
            }
            match self.repeat_open(calls, &attempt).await {
                Ok(page) => return self.keep_page(calls, &attempt, page).await,
                Err(CallError::Provider(ProviderError::Busy { retry_after, .. })) => {
                    let pause = retry_after.unwrap_or(BUSY_PAUSE);
                    if pause >= OPEN_BUDGET {
                        return Err(OpenError::Busy { retry_after: pause });
                    }
                    tokio::time::sleep(pause).await;
                }
                Err(CallError::Provider(ProviderError::Refused(reason))) => {
                    self.fail_attempt(&attempt, &reason).await?;
                    return Err(OpenError::Refused);
                }
                Err(CallError::Provider(error @ ProviderError::Unknown(_))) => {
                    tracing::warn!(order = %order.id, attempt = %attempt.id, %error, "a payment page may have been opened");
                    return Err(OpenError::Busy { retry_after: RETRY_AFTER });
                }
                Err(CallError::Checkout(error)) => return Err(error.into()),
            }
        }
    }

    /// Ends an attempt whose key the provider may have forgotten: a repeated call would make a second page.
    async fn give_up(&self, calls: &Calls, attempt: &PaymentAttempt) -> Result<(), OpenError> {
        let closed = match self.learn_page(calls, attempt).await {
            Ok(Page::Known(session)) => self.close_page(calls, attempt, &session).await.map(drop),
            Ok(Page::Opening(_) | Page::None) => Ok(()),
            Err(error) => Err(error),
        };
        closed.map_err(|error| match error {
            CallError::Provider(error) => {
                tracing::warn!(order = %attempt.order_id, attempt = %attempt.id, %error, "an old payment page is not closed yet");
                OpenError::Busy { retry_after: RETRY_AFTER }
            }
            CallError::Checkout(error) => error.into(),
        })
    }

    /// Returns the order's live attempt at this provider, or makes one.
    async fn begin(&self, calls: &Calls, order: &Order) -> Result<PaymentAttempt, OpenError> {
        let provider = calls.name();
        let known = stored(self.attempts().of_order(order.id).await)?;
        if let Some(live) = known.into_iter().find(|attempt| attempt.state.is_live()) {
            if live.provider == provider || live.state == AttemptState::Completed {
                return Ok(live);
            }
            // The provider was changed since, and the other one can no longer be called. Money that still arrives there is not
            // lost (P7).
            self.end_attempt(&live, AttemptState::Closed).await?;
        }
        let now = self.checkout().now();
        let product = self.checkout().product(order.product_id);
        let product = product.as_ref().map_or("", |product| product.name.as_str());
        let expires_at = CLOSES_BY_ITSELF.contains(&now.until(order.pay_by)).then_some(order.pay_by);
        let request = OpenRequest::of(order, product, &self.parts.settings.shop_url, expires_at);
        let mut attempt = PaymentAttempt {
            id: self.parts.ids.generate(),
            order_id: order.id,
            provider,
            state: AttemptState::Opening,
            session: None,
            url: None,
            request: serde_json::to_string(&request).map_err(|error| unreadable(&error))?,
            created_at: now,
            updated_at: now,
        };
        // A local provider's page needs no call that could be lost, so it is stored with the attempt. If it fails, the attempt
        // goes the way of the others.
        if calls.provider().is_local()
            && let Ok(PaymentPage { session, url }) = calls.open(attempt.id, &request).await
        {
            (attempt.state, attempt.session, attempt.url) = (AttemptState::Open, Some(session), Some(url));
        }
        match stored(self.attempts().begin_attempt(&attempt).await)? {
            BeginOutcome::Live(attempt) => Ok(attempt),
            BeginOutcome::NotPending => Err(self.not_payable(order.id).await?),
        }
    }

    /// Calls the provider with the request of the attempt as it was first sent.
    pub(super) async fn repeat_open(&self, calls: &Calls, attempt: &PaymentAttempt) -> Result<PaymentPage, CallError> {
        let mut request = request_of(attempt)?;
        let contact = self.checkout().contact(attempt.order_id).await?;
        request.email = contact.and_then(checkout::model::StoredContact::known).map(|contact| contact.email);
        Ok(calls.open(attempt.id, &request).await?)
    }

    /// Records the page, and returns it. A page of an order that has ended meanwhile is closed.
    pub(super) async fn keep_page(
        &self,
        calls: &Calls,
        attempt: &PaymentAttempt,
        page: PaymentPage,
    ) -> Result<OpenedPayment, OpenError> {
        let PaymentPage { session, url } = page;
        let now = self.checkout().now();
        let expires_at = request_of(attempt)?.pay_by;
        if stored(self.attempts().opened(attempt.id, &session, &url, now).await)? {
            return Ok(OpenedPayment { url, expires_at });
        }
        let known = stored(self.attempts().attempt(attempt.id).await)?.ok_or(Error::Internal)?;
        let has_other_page = known.session.as_ref().is_some_and(|other| *other != session);
        match known.state {
            AttemptState::Open if !has_other_page => {
                return opened_page(&known)?.ok_or(OpenError::Failed(Error::Internal));
            }
            AttemptState::Completed if !has_other_page => return Err(OpenError::Processing),
            _ => {}
        }
        let closed = if has_other_page {
            calls.close(&session).await.map(drop).map_err(CallError::from)
        } else {
            // From now on the page of an attempt that is opening is known, so that a job or the reconciliation closes it if this call
            // fails. That of an attempt that has ended is then open until the provider ends it; money that comes there is recorded
            // (P7).
            stored(self.attempts().adopt(attempt.id, &session, now).await)?;
            self.close_page(calls, &known, &session).await.map(drop)
        };
        if let Err(error) = closed {
            tracing::warn!(order = %attempt.order_id, attempt = %attempt.id, %error, "a payment page is not closed yet");
        }
        Err(self.not_payable(attempt.order_id).await?)
    }

    async fn not_payable(&self, order: OrderId) -> Result<OpenError, Error> {
        Ok(match self.checkout().order_of_any_owner(order).await?.status() {
            OrderStatus::Pending => OpenError::Busy { retry_after: RETRY_AFTER },
            ended => OpenError::NotPayable(ended),
        })
    }

    /// Ends an attempt that the provider refused.
    pub(super) async fn fail_attempt(&self, attempt: &PaymentAttempt, reason: &str) -> Result<(), Error> {
        tracing::warn!(order = %attempt.order_id, attempt = %attempt.id, reason, "the provider refused a payment page");
        let advanced =
            self.attempts().advance(attempt.id, &[AttemptState::Opening], AttemptState::Failed, self.checkout().now());
        stored(advanced.await).map(drop)
    }

    /// Ends an attempt whose page is, or will be, no longer open.
    pub(super) async fn end_attempt(&self, attempt: &PaymentAttempt, state: AttemptState) -> Result<bool, Error> {
        let from = [AttemptState::Opening, AttemptState::Open];
        stored(self.attempts().advance(attempt.id, &from, state, self.checkout().now()).await)
    }
}

/// The request of an attempt as it was first sent, without the e-mail address.
fn request_of(attempt: &PaymentAttempt) -> Result<OpenRequest, Error> {
    serde_json::from_str(&attempt.request).map_err(|error| unreadable(&error))
}

fn unreadable(error: &serde_json::Error) -> Error {
    tracing::error!(%error, "the request of an attempt to pay cannot be read");
    Error::Internal
}

/// The page of an attempt, if it is open.
fn opened_page(attempt: &PaymentAttempt) -> Result<Option<OpenedPayment>, Error> {
    match (&attempt.url, attempt.state) {
        (Some(url), AttemptState::Open) => {
            Ok(Some(OpenedPayment { url: url.clone(), expires_at: request_of(attempt)?.pay_by }))
        }
        _ => Ok(None),
    }
}
