//! Stripe's objects, as far as this shop reads them. Unknown fields are ignored, since Stripe adds new ones.

use super::{event::own_id, money};
use crate::strict_object::StrictObject;
use checkout::model::{
    AttemptId, DisputeId, EventKey, OrderId, RefundId, RefundReference, ReportedRefund, ReportedRefundState, Timestamp,
    TransactionId,
};
use serde::Deserialize;
use std::collections::HashMap;

/// Stripe's word for a refund that the account's balance did not cover.
pub(super) const INSUFFICIENT_FUNDS: &str = "insufficient_funds";

/// Longest code of Stripe that is repeated in a message, in bytes.
const MAX_CODE_LENGTH: usize = 64;

/// The frame of an event.
#[derive(Deserialize)]
pub(super) struct Envelope {
    pub(super) id: EventKey,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) livemode: Option<bool>,
    /// The connected account.
    pub(super) account: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Carrying<T> {
    pub(super) data: StrictObject<Data<T>>,
}

#[derive(Deserialize)]
pub(super) struct Data<T> {
    pub(super) object: StrictObject<T>,
}

/// A Checkout session.
#[derive(Deserialize)]
pub(super) struct Session {
    pub(super) id: TransactionId,
    pub(super) client_reference_id: Option<String>,
    pub(super) metadata: Option<StrictObject<Metadata>>,
    /// `None` before the first attempt to pay.
    pub(super) payment_intent: Option<TransactionId>,
    pub(super) payment_status: SessionPaymentStatus,
    pub(super) amount_total: Option<i64>,
    pub(super) currency: Option<String>,
}

/// The `payment_status` of a session.
#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(super) enum SessionPaymentStatus {
    Paid,
    Unpaid,
    NoPaymentRequired,
}

/// A payment intent.
#[derive(Deserialize)]
pub(super) struct Intent {
    pub(super) id: TransactionId,
    pub(super) metadata: Option<StrictObject<Metadata>>,
    pub(super) amount_received: Option<i64>,
    pub(super) currency: Option<String>,
}

/// A charge.
#[derive(Deserialize)]
pub(super) struct Charge {
    pub(super) id: TransactionId,
    /// `None` for a charge that was made without an intent.
    pub(super) payment_intent: Option<TransactionId>,
}

/// A dispute.
#[derive(Deserialize)]
pub(super) struct Dispute {
    pub(super) id: DisputeId,
    pub(super) charge: TransactionId,
    /// `None` for a charge that was made without an intent.
    pub(super) payment_intent: Option<TransactionId>,
    pub(super) amount: Option<i64>,
    pub(super) currency: Option<String>,
}

/// A refund.
#[derive(Deserialize)]
pub(super) struct RefundObject {
    pub(super) id: RefundReference,
    pub(super) amount: i64,
    pub(super) currency: String,
    /// In seconds since 1970.
    pub(super) created: i64,
    pub(super) charge: Option<TransactionId>,
    pub(super) payment_intent: Option<TransactionId>,
    pub(super) status: Option<String>,
    pub(super) failure_reason: Option<String>,
    pub(super) metadata: Option<StrictObject<Metadata>>,
}

/// The metadata that this shop writes.
#[derive(Deserialize)]
pub(super) struct Metadata {
    order_id: Option<String>,
    pub(super) hold_id: Option<String>,
    attempt_id: Option<String>,
    refund_id: Option<String>,
    /// The refund's attempt, from 1.
    attempt: Option<String>,
}

impl Metadata {
    /// The order that a session or an intent was made for.
    pub(super) fn order(&self) -> Option<OrderId> {
        own_id(self.order_id.as_deref()?).map(OrderId)
    }

    /// The attempt that a session or an intent was made for.
    pub(super) fn attempt(&self) -> Option<AttemptId> {
        own_id(self.attempt_id.as_deref()?).map(AttemptId)
    }

    /// The refund of this shop, and its attempt.
    fn refund(&self) -> Option<(RefundId, u32)> {
        let attempt = self.attempt.as_deref()?.parse().ok().filter(|attempt| *attempt > 0)?;
        Some((RefundId(own_id(self.refund_id.as_deref()?)?), attempt))
    }
}

impl From<HashMap<String, String>> for Metadata {
    fn from(mut map: HashMap<String, String>) -> Self {
        let [order_id, hold_id, attempt_id, refund_id, attempt] =
            ["order_id", "hold_id", "attempt_id", "refund_id", "attempt"].map(|name| map.remove(name));
        Self { order_id, hold_id, attempt_id, refund_id, attempt }
    }
}

impl RefundObject {
    /// The transaction: the payment intent, or the charge where there is none. `None` for a refund of something else.
    pub(super) fn transaction(&self) -> Option<TransactionId> {
        self.payment_intent.clone().or_else(|| self.charge.clone())
    }

    /// The refund as this shop understands it; `None` if it returns no payment, or an amount that this shop cannot express.
    pub(super) fn report(&self) -> Option<ReportedRefund> {
        let failure_reason = self.failure_reason.as_deref().map(code);
        // A status that Stripe adds later is not final, so that the refund is looked up again.
        let (state, failure) = match self.status.as_deref() {
            Some("succeeded") => (ReportedRefundState::Succeeded, None),
            Some("failed") => (ReportedRefundState::Failed, Some(failure_reason.unwrap_or("unknown"))),
            Some("canceled") => (ReportedRefundState::Failed, Some(failure_reason.unwrap_or("canceled"))),
            _ => (ReportedRefundState::Pending, None),
        };
        Some(ReportedRefund {
            reference: self.id.clone(),
            transaction: self.transaction()?,
            ours: self.metadata.as_ref().and_then(|StrictObject(metadata)| metadata.refund()),
            amount: money::money(self.amount, &self.currency)?,
            state,
            failure: failure.map(str::to_owned),
            lacks_funds: failure == Some(INSUFFICIENT_FUNDS),
            created_at: time(self.created),
        })
    }
}

/// Converts Stripe's seconds since 1970.
pub(super) fn time(seconds: i64) -> Timestamp {
    Timestamp::from_millis(seconds.saturating_mul(1000))
}

/// Returns `text` if it is one of Stripe's codes, and a fixed word otherwise: what is no code may contain contact data.
pub(super) fn code(text: &str) -> &str {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'[' | b']');
    if (1..=MAX_CODE_LENGTH).contains(&text.len()) && text.bytes().all(plain) { text } else { "unknown" }
}
