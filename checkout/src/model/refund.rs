//! Refunds. `due → sending → succeeded | failed`, and a failed refund becomes due again. Money that the shop must not keep
//! (P7) is refunded in full; an operator refunds a paid order in full or in parts; and the provider reports refunds that were
//! made there.

use super::{Currency, OrderId, ProductId, RefundId, RefundReason, Refusal, Timestamp, TransactionId, WebhookId};
use serde::{Deserialize, Serialize};

/// The provider's id of a refund, or an operator's note of how the money was returned: 1 to 255 characters of plain text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RefundReference(Box<str>);

impl RefundReference {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for RefundReference {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let text = text.trim();
        if !text.is_empty() && text.chars().take(256).count() <= 255 && !text.chars().any(char::is_control) {
            Ok(Self(text.into()))
        } else {
            Err("a reference is 1 to 255 characters of plain text")
        }
    }
}

impl From<RefundReference> for String {
    fn from(reference: RefundReference) -> Self {
        reference.0.into()
    }
}

/// The state of a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundState {
    /// Waits to be carried out.
    Due,
    /// The provider was asked to return the money, and its result is not known.
    Sending,
    /// The money was returned.
    Succeeded,
    /// The provider definitely did not return the money.
    Failed,
    /// The shop keeps the money: the payment was processed again and has paid its order.
    Withdrawn,
}

impl RefundState {
    /// All states.
    pub const ALL: [Self; 5] = [Self::Due, Self::Sending, Self::Succeeded, Self::Failed, Self::Withdrawn];

    /// The name in JSON and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Sending => "sending",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Returns the state of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether the amount counts towards the sum that must not exceed the captured amount.
    pub fn is_counted(self) -> bool {
        matches!(self, Self::Due | Self::Sending | Self::Succeeded)
    }
}

/// A step of a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundStep {
    /// The provider is asked to return the money.
    Send,
    /// The provider has accepted the request, and its result is not known.
    Accept {
        /// The provider's id of the refund.
        provider_reference: RefundReference,
    },
    /// The provider has returned the money.
    Succeed {
        /// The provider's id of the refund.
        provider_reference: Option<RefundReference>,
    },
    /// The provider definitely did not return the money, or took it back.
    Fail {
        /// The provider's reason.
        failure: String,
    },
    /// A failed refund becomes due again.
    Retry,
    /// An operator returned the money outside the provider.
    DoneElsewhere {
        /// How the money was returned.
        note: RefundReference,
    },
}

impl RefundStep {
    /// The step's action in the audit log.
    pub fn action(&self) -> &'static str {
        match self {
            Self::Send => "refund.send",
            Self::Accept { .. } => "refund.accept",
            Self::Succeed { .. } => "refund.succeed",
            Self::Fail { .. } => "refund.fail",
            Self::Retry => "refund.retry",
            Self::DoneElsewhere { .. } => "refund.done_elsewhere",
        }
    }
}

/// Money that goes back to a shopper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// The refund's id, also its idempotency key at the provider.
    pub id: RefundId,
    /// The order, if the payment had one.
    pub order_id: Option<OrderId>,
    /// The payment event whose money must be returned in full (P7); `None` for a refund by an
    /// operator, or one that was made at the provider.
    pub event_id: Option<WebhookId>,
    /// The product of the order or hold, if it is known.
    pub product_id: Option<ProductId>,
    /// The provider's transaction that took the money.
    pub transaction_id: TransactionId,
    /// The amount in minor units; `None` for all of a transaction whose amount the provider did not report.
    pub amount: Option<i64>,
    /// The amount's currency, if it is known.
    pub currency: Option<Currency>,
    /// Why the money is returned.
    pub reason: RefundReason,
    /// Number of units that the refund put back on sale, whether or not it succeeds.
    pub restocked: u32,
    /// The state.
    pub state: RefundState,
    /// Number of attempts to return the money, from 1.
    pub attempt: u32,
    /// The provider's id of the refund: of the last attempt that the provider has accepted.
    pub provider_reference: Option<RefundReference>,
    /// Whether a worker carries out the attempt, with the refund's id in the provider's metadata. What the provider reports
    /// without that id is then another refund.
    #[serde(default)]
    pub automatic: bool,
    /// An operator's note of how the money was returned outside the provider.
    pub note: Option<RefundReference>,
    /// Why the last attempt failed.
    pub failure: Option<String>,
    /// When the refund became due.
    pub created_at: Timestamp,
    /// When its state changed last.
    pub updated_at: Timestamp,
    /// Grows by one with each change, from 1.
    pub version: u64,
}

impl Refund {
    /// Takes a step of this attempt. Returns `None` where the step has no effect, as after a repeated message of the
    /// provider or one about an earlier attempt.
    pub fn advance(self, attempt: u32, step: &RefundStep, now: Timestamp) -> Result<Option<Self>, Refusal> {
        use RefundState::{Due, Failed, Sending, Succeeded};
        let is_current = attempt == self.attempt;
        let state = match (step, self.state) {
            // The provider has accepted the request, also where the shop has forgotten in a restart that it was sent. The
            // first reference of an attempt stays.
            (RefundStep::Send | RefundStep::Accept { .. }, Due) if is_current => Sending,
            (RefundStep::Accept { .. }, Sending) if is_current && self.provider_reference.is_none() => Sending,
            // The provider's word counts, also for an earlier attempt, and where the request was forgotten in a restart.
            (RefundStep::Succeed { .. }, Due | Sending | Failed) => Succeeded,
            // Banks return money to the shop after they accepted a refund, for example to a closed account.
            (RefundStep::Fail { .. }, Due | Sending | Succeeded) if is_current => Failed,
            (RefundStep::Retry, Failed) if is_current => Due,
            (RefundStep::DoneElsewhere { .. }, Due | Failed) if is_current => Succeeded,
            (RefundStep::Send, Sending)
            | (RefundStep::Accept { .. } | RefundStep::Fail { .. }, Due | Sending | Succeeded | Failed)
            | (RefundStep::Succeed { .. }, Succeeded)
            | (RefundStep::Retry, Due) => return Ok(None),
            _ => return Err(Refusal::RefundState { state: self.state, attempt: self.attempt }),
        };
        let mut refund = Self { state, updated_at: now, version: self.version + 1, ..self };
        match step {
            // That of the attempt before says nothing about this one.
            RefundStep::Send => refund.provider_reference = None,
            RefundStep::Accept { provider_reference } => refund.provider_reference = Some(provider_reference.clone()),
            RefundStep::Succeed { provider_reference } => {
                refund.provider_reference = provider_reference.clone().or(refund.provider_reference);
                refund.failure = None;
            }
            RefundStep::Fail { failure } => {
                refund.failure = Some(failure.chars().take(MAX_FAILURE_LENGTH).collect());
                // The note says how the money went back, which is no longer true. The audit log keeps it.
                refund.note = None;
            }
            RefundStep::Retry => {
                refund.attempt += 1;
                refund.failure = None;
            }
            RefundStep::DoneElsewhere { note } => {
                refund.note = Some(note.clone());
                refund.failure = None;
            }
        }
        Ok(Some(refund))
    }

    /// Withdraws a refund that was never sent. Returns `None` if it may have been.
    pub fn withdraw(self, now: Timestamp) -> Option<Self> {
        let is_unsent = self.state == RefundState::Due && self.attempt == 1;
        let version = self.version + 1;
        is_unsent.then_some(Self { state: RefundState::Withdrawn, updated_at: now, version, ..self })
    }
}

/// Longest reason of a failure that is kept, in characters.
const MAX_FAILURE_LENGTH: usize = 500;

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        Timestamp::from_millis(5)
    }

    fn refund(state: RefundState, attempt: u32) -> Refund {
        Refund {
            id: uuid::Uuid::from_u128(1).into(),
            order_id: None,
            event_id: None,
            product_id: None,
            transaction_id: "tx".to_owned().try_into().unwrap(),
            amount: Some(5),
            currency: None,
            reason: RefundReason::ByOperator,
            restocked: 0,
            state,
            attempt,
            provider_reference: None,
            automatic: false,
            note: None,
            failure: (state == RefundState::Failed).then(|| "no".to_owned()),
            created_at: Timestamp::from_millis(1),
            updated_at: Timestamp::from_millis(1),
            version: 1,
        }
    }

    /// Each state against each step of the present attempt: the state after it, `=` for no effect, `!` for a refusal.
    #[test]
    fn every_step_from_every_state() {
        let note = || RefundReference::try_from("bank".to_owned()).unwrap();
        let steps = [
            RefundStep::Send,
            RefundStep::Accept { provider_reference: note() },
            RefundStep::Succeed { provider_reference: Some(note()) },
            RefundStep::Fail { failure: "closed".to_owned() },
            RefundStep::Retry,
            RefundStep::DoneElsewhere { note: note() },
        ];
        let table = RefundState::ALL.map(|state| {
            let step = |step: &RefundStep| match refund(state, 2).advance(2, step, now()) {
                Ok(Some(after)) => format!("{}/{}", after.state.name(), after.attempt),
                Ok(None) => "=".to_owned(),
                Err(_) => "!".to_owned(),
            };
            steps.each_ref().map(step).join(" ")
        });
        let expected = [
            "sending/2 sending/2 succeeded/2 failed/2 = succeeded/2",
            "= sending/2 succeeded/2 failed/2 ! !",
            "! = = failed/2 ! !",
            "! = succeeded/2 = due/3 succeeded/2",
            "! ! ! ! ! !",
        ];
        assert_eq!(table, expected);
    }

    /// A late failure of the first attempt must not fail the second, which is under way: a third would pay twice.
    #[test]
    fn a_failure_of_an_earlier_attempt_has_no_effect() {
        let fail = RefundStep::Fail { failure: "late".to_owned() };
        for state in [RefundState::Due, RefundState::Sending, RefundState::Succeeded] {
            assert_eq!(refund(state, 2).advance(1, &fail, now()), Ok(None));
        }
        let succeed = RefundStep::Succeed { provider_reference: None };
        let after = refund(RefundState::Sending, 2).advance(1, &succeed, now()).unwrap().unwrap();
        assert_eq!((after.state, after.attempt), (RefundState::Succeeded, 2));
    }

    #[test]
    fn the_first_reference_of_an_attempt_stays() {
        let reference = |name: &str| RefundReference::try_from(name.to_owned()).unwrap();
        let accept = |name: &str| RefundStep::Accept { provider_reference: reference(name) };
        let accepted = refund(RefundState::Sending, 2).advance(2, &accept("re_1"), now()).unwrap().unwrap();
        assert_eq!((accepted.state, &accepted.provider_reference), (RefundState::Sending, &Some(reference("re_1"))));
        for name in ["re_1", "re_2"] {
            assert_eq!(accepted.clone().advance(2, &accept(name), now()), Ok(None));
        }
        for state in [RefundState::Due, RefundState::Sending] {
            assert_eq!(refund(state, 2).advance(1, &accept("re_0"), now()), Ok(None), "an earlier attempt");
        }
        // The next attempt has a reference of its own.
        let failed = RefundStep::Fail { failure: "no".to_owned() };
        let steps = [(2, failed), (2, RefundStep::Retry), (3, RefundStep::Send), (3, accept("re_2"))];
        let again = steps
            .iter()
            .fold(accepted, |refund, (attempt, step)| refund.advance(*attempt, step, now()).unwrap().unwrap());
        assert_eq!(again.provider_reference, Some(reference("re_2")));
    }

    #[test]
    fn only_a_refund_that_was_never_sent_is_withdrawn() {
        assert!(refund(RefundState::Due, 1).withdraw(now()).is_some());
        for (state, attempt) in [(RefundState::Due, 2), (RefundState::Sending, 1), (RefundState::Failed, 1)] {
            assert_eq!(refund(state, attempt).withdraw(now()), None, "{state:?} {attempt}");
        }
    }
}
