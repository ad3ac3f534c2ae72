//! The status of an order in a word, and how far its refunds are.

use super::{Notice, format_date_time};
use crate::i18n::text;
use checkout::model::{Refund, RefundReason, RefundState, Timestamp};

/// Returns a short label for an order's status.
pub fn order_status_label(status: &str) -> String {
    text!("order-status", status = status)
}

/// Explains in a sentence why a payment is refunded (P7).
pub fn refund_reason(reason: RefundReason) -> String {
    text!("refund-because", reason = reason.name())
}

/// How far a refund is, as far as the shop knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RefundStage {
    /// It waits to be carried out, or the provider was asked and has not confirmed it.
    Due,
    /// The provider has accepted it.
    OnItsWay,
    /// The money was returned.
    Returned,
    /// The last attempt to return the money failed.
    Failed,
}

impl RefundStage {
    /// Returns the stage of a refund; `None` if the shop keeps the money.
    pub fn of(refund: &Refund) -> Option<Self> {
        match refund.state {
            RefundState::Sending if refund.provider_reference.is_some() => Some(Self::OnItsWay),
            RefundState::Due | RefundState::Sending => Some(Self::Due),
            RefundState::Succeeded => Some(Self::Returned),
            RefundState::Failed => Some(Self::Failed),
            RefundState::Withdrawn => None,
        }
    }
}

/// Returns a notice about a refund: what has happened, and never what has not. `reason` is the first sentence of its text, and `at`
/// is when it reached this stage.
pub fn refund_stage(sum: &str, stage: RefundStage, at: Option<Timestamp>, reason: &str) -> Notice {
    let (title, rest) = match (stage, at) {
        (RefundStage::Due, _) => (text!("refund-due", sum = sum), text!("refund-due", "text")),
        (RefundStage::OnItsWay, _) => (text!("refund-on-its-way", sum = sum), text!("refund-on-its-way", "text")),
        (RefundStage::Returned, Some(at)) => {
            let title = text!("refund-returned", "at", sum = sum, time = format_date_time(at));
            (title, text!("refund-returned", "text"))
        }
        (RefundStage::Returned, None) => (text!("refund-returned", sum = sum), text!("refund-returned", "text")),
        (RefundStage::Failed, _) => (text!("refund-failed", sum = sum), text!("refund-failed", "text")),
    };
    Notice::new(title, format!("{reason} {rest}"))
}

/// Returns the notice about refunds of the order's own payment that are at the same stage. `is_all` is true if they are the whole
/// amount.
pub fn order_refund(sum: &str, stage: RefundStage, at: Option<Timestamp>, is_all: bool) -> Notice {
    let reason = match (stage, is_all) {
        (RefundStage::Returned, true) => text!("refund-of-order-done"),
        (RefundStage::Returned, false) => text!("refund-of-part-done"),
        (_, true) => text!("refund-of-order"),
        (_, false) => text!("refund-of-part"),
    };
    refund_stage(sum, stage, at, &reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::in_german;
    use std::collections::HashSet;

    /// The notices about refunds name the sum, never call a part the whole, and claim nothing that has not happened.
    #[test]
    fn a_refund_is_described_as_far_as_it_is() {
        let at = Timestamp::parse("2026-11-27T12:00:00Z").unwrap();
        let notice = |stage| order_refund("$5.00", stage, Some(at), false);
        let stages = [RefundStage::Due, RefundStage::OnItsWay, RefundStage::Returned, RefundStage::Failed];
        let titles = stages.map(|stage| notice(stage).title);
        assert_eq!(
            titles,
            [
                "A refund of $5.00 is due",
                "A refund of $5.00 is on its way",
                "$5.00 was returned on 27 November 2026, 12:00 UTC",
                "We could not return $5.00 yet"
            ]
        );
        assert!(stages.iter().all(|stage| notice(*stage).text.contains("part of")));
        assert!(!order_refund("$5.00", RefundStage::Due, None, true).text.contains("part of"));
        let returned = notice(RefundStage::Returned).text;
        assert_eq!(returned, "The shop refunded part of this order. Your bank may take a few days to show it.");
    }

    #[test]
    fn each_refund_reason_has_its_own_message() {
        let texts = || RefundReason::ALL.into_iter().map(refund_reason).collect::<HashSet<_>>();
        assert_eq!((texts().len(), in_german(texts).len()), (RefundReason::ALL.len(), RefundReason::ALL.len()));
    }

    #[test]
    fn each_status_has_its_own_label() {
        let labels = || ["pending", "paid", "refunded", "cancelled"].map(order_status_label);
        assert_eq!(labels(), ["Waiting for payment", "Paid", "Refunded", "Cancelled"]);
        assert_eq!(in_german(labels), ["Wartet auf Zahlung", "Bezahlt", "Erstattet", "Storniert"]);
    }
}
