//! Words, amounts and badges of the console's screens. A badge always has a word, so that no state is told by colour alone.

use super::layout::{Tone, badge};
use crate::{i18n::PageLanguage, messages};
use checkout::model::{
    CancelReason, Currency, EventOutcome, Job, JobKind, JobState, Money, Order, OrderState, OrderStatus, Payment,
    Refund, RefundReason, RefundState, ReportedAmount, Timestamp, Topic,
};
use leptos::prelude::*;
use std::time::Duration;

/// The mail that follows from a topic.
pub fn mail(topic: Topic) -> &'static str {
    match topic {
        Topic::OrderCreated => "order received",
        Topic::OrderPaid => "receipt",
        Topic::OrderCancelled => "order ended",
        Topic::RefundAccepted => "refund on its way",
        Topic::RefundSucceeded => "refund done",
        Topic::RefundFailed => "refund failed, to an operator",
        Topic::OperatorInvited => "invitation",
        Topic::OperatorReset => "new password",
        other => other.name(),
    }
}

/// Returns a name of JSON as words: `refund_due` is `Refund due`.
pub fn words(name: &str) -> String {
    let mut letters = name.chars().map(|letter| if letter == '_' { ' ' } else { letter });
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Formats an amount.
pub fn money(money: Money) -> String {
    crate::price::format_english(money)
}

/// Formats a number of units.
pub fn units(n: u32) -> String {
    in_english(|| messages::units(n))
}

/// Formats a duration in the largest unit that divides it.
pub fn duration(span: Duration) -> String {
    in_english(|| messages::format_duration(span))
}

/// Formats a date and time in UTC.
pub fn date_time(at: Timestamp) -> String {
    in_english(|| messages::format_date_time(at))
}

/// Calls a function of the shop's texts. The console has no page language of its own, and a page of the shop in another language may
/// be waiting on this thread.
fn in_english(write: impl FnOnce() -> String) -> String {
    PageLanguage::default().scope(write)
}

/// Formats an amount whose currency may not be known. `format` is [`money`], or that of the command line.
pub fn amount(minor: i64, currency: Option<Currency>, format: fn(Money) -> String) -> String {
    match currency {
        Some(currency) => format(Money { minor, currency }),
        None => format!("{minor} minor units"),
    }
}

/// Formats the amount of a refund.
pub fn refund_amount(refund: &Refund, format: fn(Money) -> String) -> String {
    let minor = refund.amount;
    minor.map_or_else(|| "the whole payment".to_owned(), |minor| amount(minor, refund.currency, format))
}

/// Formats the amount that the payment provider reports.
pub fn reported_amount(payment: &Payment, format: fn(Money) -> String) -> String {
    let ReportedAmount { amount: minor, currency } = payment.reported;
    minor.map_or_else(|| "not reported".to_owned(), |minor| amount(minor, currency, format))
}

/// Formats the time since an instant in its largest unit: `3 h`.
pub fn age(since: Timestamp, now: Timestamp) -> String {
    let minutes = since.until(now).as_secs() / 60;
    match minutes {
        0 => "less than a minute".to_owned(),
        1..60 => format!("{minutes} min"),
        60..2880 => format!("{} h", minutes / 60),
        _ => format!("{} days", minutes / 1440),
    }
}

/// The status of an order, with why it was cancelled or the sum that was refunded.
pub fn order_status(order: &Order) -> AnyView {
    let tone = match order.status() {
        OrderStatus::Pending => Tone::Warning,
        OrderStatus::Paid => Tone::Good,
        OrderStatus::Cancelled | OrderStatus::Refunded => Tone::Quiet,
    };
    let refunded = (order.refunds.issued > 0).then(|| {
        let sum = Money { minor: order.refunds.issued, ..order.amount };
        let text = if order.refunds.returned == order.refunds.issued { "refunded" } else { "being refunded" };
        format!("{} {text}", money(sum))
    });
    let cancelled = match order.state {
        OrderState::Cancelled { reason, .. } => Some(cancel_reason(reason).to_owned()),
        _ => None,
    };
    let detail = refunded.or(cancelled).map(|text| view! { <span class="row-detail">{text}</span> });
    view! { {badge(words(order.status().name()), tone)} {detail} }.into_any()
}

/// Explains why an order was cancelled.
pub fn cancel_reason(reason: CancelReason) -> &'static str {
    match reason {
        CancelReason::PaymentFailed => "the payment failed",
        CancelReason::Expired => "not paid in time",
        CancelReason::ByShopper => "by the shopper",
        CancelReason::ByOperator => "by the shop",
    }
}

/// The outcome of a payment event, with the reason of its refund.
pub fn outcome(outcome: EventOutcome) -> AnyView {
    let tone = match outcome {
        EventOutcome::Applied => Tone::Good,
        EventOutcome::Parked => Tone::Warning,
        EventOutcome::RefundDue(_) => Tone::Bad,
        _ => Tone::Quiet,
    };
    let reason = outcome.refund_reason().map(|reason| {
        view! { <span class="row-detail">{refund_reason(reason)}</span> }
    });
    view! { {badge(words(outcome.name()), tone)} {reason} }.into_any()
}

/// Explains why money goes back.
pub fn refund_reason(reason: RefundReason) -> &'static str {
    match reason {
        RefundReason::SoldOut => "the units were sold when the money came",
        RefundReason::AlreadyPaid => "the order was already paid",
        RefundReason::AmountMismatch => "the amount is not the order’s",
        RefundReason::OrderNeverCreated => "no order was placed for it",
        RefundReason::OverLimit => "the shopper had reached the limit",
        RefundReason::ByOperator => "issued by an operator",
        RefundReason::AtProvider => "made at the payment provider",
    }
}

/// Returns the name of a refund's state for people.
pub fn refund_state_name(state: RefundState) -> &'static str {
    match state {
        RefundState::Due => "Due",
        RefundState::Sending => "Sending",
        RefundState::Succeeded => "Done",
        RefundState::Failed => "Failed",
        RefundState::Withdrawn => "Withdrawn",
    }
}

/// The state of a refund.
pub fn refund_state(state: RefundState) -> AnyView {
    let tone = match state {
        RefundState::Due | RefundState::Sending => Tone::Warning,
        RefundState::Succeeded => Tone::Good,
        RefundState::Failed => Tone::Bad,
        RefundState::Withdrawn => Tone::Quiet,
    };
    badge(refund_state_name(state), tone)
}

/// Returns the name of a kind of jobs for people.
pub fn job_kind_name(kind: JobKind) -> &'static str {
    match kind {
        JobKind::Event => "Event",
        JobKind::Mail => "Mail",
        JobKind::Webhook => "Webhook",
        JobKind::ClosePayment => "Close a payment page",
        JobKind::SendRefund => "Send a refund",
    }
}

/// Returns the name of a job's state for people.
pub fn job_state_name(state: JobState) -> &'static str {
    match state {
        JobState::Pending => "Waiting",
        JobState::Done => "Done",
        JobState::Dead => "Failed",
    }
}

/// The state of a job.
pub fn job_state(job: &Job) -> AnyView {
    let tone = match job.state {
        JobState::Done if job.is_skipped() => return badge("Not needed", Tone::Quiet),
        JobState::Pending => Tone::Warning,
        JobState::Done => Tone::Good,
        JobState::Dead => Tone::Bad,
    };
    badge(job_state_name(job.state), tone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_words() {
        assert_eq!(words("refund_due"), "Refund due");
        assert_eq!(words(""), "");
    }

    #[test]
    fn the_console_is_english_whatever_the_language_of_a_page_is() {
        let texts = || [units(1), duration(Duration::from_mins(2)), date_time(Timestamp::from_millis(0))];
        let english = ["1 unit", "2 minutes", "1 January 1970, 00:00 UTC"];
        assert_eq!((texts(), messages::in_german(texts)), (english.map(String::from), english.map(String::from)));
    }

    #[test]
    fn an_age_has_one_unit() {
        let since = Timestamp::from_millis(0);
        for (seconds, text) in
            [(0, "less than a minute"), (60, "1 min"), (7199, "1 h"), (172_799, "47 h"), (172_800, "2 days")]
        {
            assert_eq!(age(since, since + Duration::from_secs(seconds)), text);
        }
    }
}
