//! Slows down sign-ins with one e-mail address: after five failures in a row, each attempt has to wait, twice as long as the
//! one before. The wait has an upper limit, so that an attacker cannot lock an operator out for good.

use super::{OperatorError, OperatorService, tokens};
use checkout::{
    model::Timestamp,
    store::operators::{SignInFailures, TokenHash},
};
use std::time::Duration;

/// Failures in a row after which attempts have to wait.
const FREE_FAILURES: u32 = 5;
/// The longest wait.
const MAX_WAIT: Duration = Duration::from_mins(15);
/// Time after the last attempt in which failures are forgotten.
pub(super) const FORGET_AFTER: Duration = Duration::from_hours(24);
/// Attempts to count an attempt while others are counted.
const TRIES: u32 = 5;

/// An attempt, which counts as a failure until it is known to be none. So attempts that are made at once count as well.
pub(super) struct Attempt {
    email_hash: TokenHash,
    before: Option<SignInFailures>,
    /// Failures in a row, with this one.
    pub(super) failures: u32,
}

/// Returns how long to wait after this number of failures in a row.
fn wait_after(failures: u32) -> Duration {
    match failures.checked_sub(FREE_FAILURES) {
        None => Duration::ZERO,
        Some(doublings) => Duration::from_secs(1 << doublings.min(20)).min(MAX_WAIT),
    }
}

impl OperatorService {
    /// Counts an attempt, unless it comes too early.
    pub(super) async fn attempt(&self, email: &str, now: Timestamp) -> Result<Attempt, OperatorError> {
        let (operators, email_hash) = (self.store.operators(), tokens::hash(email));
        for _ in 0..TRIES {
            let before = operators.failures(&email_hash).await?;
            if let Some(before) = before.filter(|before| before.next_at > now) {
                return Err(OperatorError::Wait(now.until(before.next_at)));
            }
            let remembered = before.filter(|before| before.next_at + FORGET_AFTER > now);
            let failures = remembered.map_or(0, |before| before.failures).saturating_add(1);
            let counted = SignInFailures { failures, next_at: now + wait_after(failures) };
            let expected = before.map(|before| before.failures);
            if operators.set_failures(&email_hash, expected, Some(counted)).await? {
                return Ok(Attempt { email_hash, before, failures });
            }
        }
        Err(OperatorError::Wait(Duration::from_secs(1)))
    }

    /// The sign-in is complete: forgets the failures.
    pub(super) async fn forget_failures(&self, attempt: &Attempt) -> Result<(), OperatorError> {
        self.store.operators().set_failures(&attempt.email_hash, Some(attempt.failures), None).await?;
        Ok(())
    }

    /// The attempt was no failure, and the sign-in is not complete: takes the count back. Failures of the second factor stay
    /// counted, so that an attacker who has the password cannot guess codes.
    pub(super) async fn uncount(&self, attempt: &Attempt) -> Result<(), OperatorError> {
        let Attempt { email_hash, before, failures } = attempt;
        self.store.operators().set_failures(email_hash, Some(*failures), *before).await?;
        Ok(())
    }

    /// Forgets the failures with an e-mail address, because the operator proved otherwise who they are.
    pub(super) async fn forget_all_failures(&self, email: &str) -> Result<(), OperatorError> {
        let (operators, email_hash) = (self.store.operators(), tokens::hash(email));
        let expected = operators.failures(&email_hash).await?.map(|failures| failures.failures);
        operators.set_failures(&email_hash, expected, None).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_from_the_fifth_failure_up_to_its_limit() {
        let waits: Vec<_> = (3..=16).map(|failures| wait_after(failures).as_secs()).collect();
        assert_eq!(waits, [0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
        assert_eq!(wait_after(u32::MAX), MAX_WAIT);
    }
}
