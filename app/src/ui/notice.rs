//! Messages in a box.

use crate::{
    messages::{Notice, refund_reason},
    price::format_price,
};
use checkout::model::{EventOutcome, Money, Payment};
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
        Some(view! {
            <div class="notice notice-refund" role="status" data-testid="refund">
                <p class="notice-title">{format!("{} {verb}", format_price(paid))}</p>
                <p>{format!("We couldn’t use your payment because {reason}. You don’t need to do anything.")}</p>
            </div>
        })
    });
    notices.collect_view()
}
