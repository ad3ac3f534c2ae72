//! Messages in a box.

use crate::{
    messages::{Notice, order_refund, refund_reason},
    price::format_price,
};
use checkout::model::{EventOutcome, Money, OrderRefunds, Payment};
use leptos::prelude::*;

/// Explains why a form failed. Screen readers announce it at once.
#[component]
pub(crate) fn ErrorNotice(notice: Notice) -> impl IntoView {
    view! {
        <div class="notice notice-error" id="notice" role="alert" data-testid="notice">
            <p class="notice-title">{notice.title}</p>
            <p>{notice.text}</p>
        </div>
    }
}

/// Gives information that is not an error.
#[component]
pub(crate) fn InfoNotice(notice: Notice) -> impl IntoView {
    view! {
        <div class="notice notice-info" role="status">
            <p class="notice-title">{notice.title}</p>
            <p>{notice.text}</p>
        </div>
    }
}

/// One notice for each payment that is or must be refunded (P7). `amount` is the amount due, for providers that do not
/// report the amount paid.
#[component]
pub(crate) fn RefundNotices(payments: Vec<Payment>, amount: Money) -> impl IntoView {
    let notices = payments.into_iter().filter_map(|payment| {
        let (verb, reason) = match payment.outcome {
            EventOutcome::RefundDue(reason) => ("goes back to you", reason),
            EventOutcome::Refunded(reason) => ("went back to you", reason),
            _ => return None,
        };
        let paid = Money {
            minor: payment.reported.amount.unwrap_or(amount.minor),
            currency: payment.reported.currency.unwrap_or(amount.currency),
        };
        let reason = refund_reason(reason);
        let text = format!("We couldn’t use your payment because {reason}. You don’t need to do anything.");
        Some(refund_notice(Notice::new(format!("{} {verb}", format_price(paid)), text)))
    });
    notices.collect_view()
}

/// The sums of the refunds of a paid order by the shop: one notice for those on their way, and one for those done.
#[component]
pub(crate) fn OrderRefundNotices(refunds: OrderRefunds, amount: Money) -> impl IntoView {
    let sums = [(refunds.issued - refunds.returned, false), (refunds.returned, true)];
    let notices = sums.into_iter().filter(|(sum, _)| *sum > 0).map(|(minor, done)| {
        let sum = format_price(Money { minor, ..amount });
        refund_notice(order_refund(&sum, done, minor == amount.minor))
    });
    notices.collect_view()
}

fn refund_notice(notice: Notice) -> impl IntoView {
    view! {
        <div class="notice notice-refund" role="status" data-testid="refund">
            <p class="notice-title">{notice.title}</p>
            <p>{notice.text}</p>
        </div>
    }
}
