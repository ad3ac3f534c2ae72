//! Money that must go back, or went back (P7).

use crate::{money, words};
use checkout::model::{EventOutcome, Money, Payment};
use leptos::prelude::*;

/// A message for each such payment; `amount` is what was due, for a provider that did not say how much it moved.
#[component]
pub(crate) fn Refunds(payments: Vec<Payment>, amount: Money) -> impl IntoView {
    let refunds = payments.into_iter().filter_map(|payment| {
        let (title, reason) = match payment.outcome {
            EventOutcome::RefundDue(reason) => ("goes back to you", reason),
            EventOutcome::Refunded(reason) => ("went back to you", reason),
            _ => return None,
        };
        let paid = Money {
            minor: payment.reported.amount.unwrap_or(amount.minor),
            currency: payment.reported.currency.unwrap_or(amount.currency),
        };
        Some(view! {
            <div class="notice notice-refund" role="status" data-testid="refund">
                <p class="notice-title">{format!("{} {title}", money::price(paid))}</p>
                <p>{format!("A payment was not used, because {}. You need not do anything.", words::refund(reason))}</p>
            </div>
        })
    });
    refunds.collect_view()
}
