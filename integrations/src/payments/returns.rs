//! Looks up the payment page from which a shopper has just returned: the provider's webhook may be late, or lost.

use super::{
    Payments,
    calls::{CallError, Calls},
    stored,
};
use crate::provider::SessionState;
use checkout::{
    Error,
    model::{AttemptState, OrderId, PaymentAttempt, Timestamp},
};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// Time that a shopper who returns waits for the provider.
const RETURN_BUDGET: Duration = Duration::from_secs(3);

/// Shortest time between two look-ups of an order's page. A page without scripts reloads every few seconds.
const PAUSE: Duration = Duration::from_secs(15);

/// Number of remembered orders above which those are forgotten that may be looked up again.
const REMEMBERED: usize = 1024;

/// The pages that this node has looked up because their shoppers returned.
#[derive(Debug, Default)]
pub(super) struct Returns(Mutex<HashMap<OrderId, LookUp>>);

#[derive(Debug, Clone, Copy)]
struct LookUp {
    at: Timestamp,
    /// Whether the shopper may have paid. It is so until the provider says otherwise.
    may_be_paid: bool,
}

impl Returns {
    /// Returns the result of the order's last look-up if it is too early for another one. Otherwise begins one.
    fn begin(&self, order: OrderId, now: Timestamp) -> Option<bool> {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(look_up) = last.get(&order).filter(|look_up| now < look_up.at + PAUSE) {
            return Some(look_up.may_be_paid);
        }
        if last.len() >= REMEMBERED {
            last.retain(|_, look_up| now < look_up.at + PAUSE);
        }
        last.insert(order, LookUp { at: now, may_be_paid: true });
        None
    }

    /// Remembers that the order's page still waits for the shopper.
    fn not_paid(&self, order: OrderId) {
        if let Some(look_up) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get_mut(&order) {
            look_up.may_be_paid = false;
        }
    }
}

impl Payments {
    /// Looks up the open page of an order whose shopper says to have paid, and records what the provider says. Returns `false` if
    /// the page still waits for the shopper. A provider that does not answer in time is not an error: its webhook follows.
    ///
    /// # Errors
    ///
    /// The engine failed.
    pub async fn look_up_returned(&self, order: OrderId) -> Result<bool, Error> {
        let Some(calls) = self.calls() else { return Ok(true) };
        if let Some(may_be_paid) = self.parts.returns.begin(order, self.checkout().now()) {
            return Ok(may_be_paid);
        }
        match tokio::time::timeout(RETURN_BUDGET, self.look_up_open(calls, order)).await {
            Ok(Ok(Some(SessionState::Open))) => {
                self.parts.returns.not_paid(order);
                return Ok(false);
            }
            Ok(Ok(_)) => {}
            Ok(Err(CallError::Checkout(Error::Refused(refusal)))) => {
                tracing::warn!(%order, %refusal, "the payment page from which a shopper returned cannot be used");
            }
            Ok(Err(CallError::Checkout(error))) => return Err(error),
            Ok(Err(CallError::Provider(error))) => {
                tracing::warn!(%order, %error, "the payment page from which a shopper returned could not be looked up");
            }
            Err(_) => {
                tracing::warn!(%order, "the payment provider is slow to look up the page from which a shopper returned");
            }
        }
        Ok(true)
    }

    /// Looks up the order's newest page if it is open as far as the shop knows.
    async fn look_up_open(&self, calls: &Calls, order: OrderId) -> Result<Option<SessionState>, CallError> {
        let attempts = stored(self.attempts().of_order(order).await)?;
        let is_open =
            |attempt: &&PaymentAttempt| attempt.provider == calls.name() && attempt.state == AttemptState::Open;
        let newest = attempts.iter().rfind(is_open);
        let Some((attempt, session)) = newest.and_then(|attempt| Some((attempt, attempt.session.as_ref()?))) else {
            return Ok(None);
        };
        Ok(Some(self.look_up(calls, attempt, session).await?.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn the_page_of_an_order_is_looked_up_again_after_a_pause() {
        let (returns, noon) = (Returns::default(), Timestamp::default());
        let [one, other] = [1, 2].map(|n| OrderId(Uuid::from_u128(n)));
        assert_eq!([returns.begin(one, noon), returns.begin(other, noon)], [None, None]);
        returns.not_paid(other);
        let soon = noon + Duration::from_secs(14);
        assert_eq!([returns.begin(one, soon), returns.begin(other, soon)], [Some(true), Some(false)]);
        assert_eq!(returns.begin(one, noon + PAUSE), None);
    }

    #[test]
    fn orders_are_forgotten_that_may_be_looked_up_again() {
        let returns = Returns::default();
        for n in 0..u128::try_from(REMEMBERED).unwrap() {
            assert_eq!(returns.begin(OrderId(Uuid::from_u128(n)), Timestamp::default()), None);
        }
        returns.begin(OrderId(Uuid::from_u128(5000)), Timestamp::default() + PAUSE);
        assert_eq!(returns.0.lock().unwrap().len(), 1);
    }
}
