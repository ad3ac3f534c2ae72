//! Messages in a box.

use crate::{
    messages::{Notice, RefundStage, order_refund, refund_reason, refund_stage},
    price::format_price,
};
use checkout::model::{EventOutcome, Money, Payment, Refund, Timestamp};
use leptos::prelude::*;
use std::collections::BTreeMap;

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
/// report the amount paid. `refunds` are the rows of these refunds, as far as there are any.
pub(crate) fn refund_notices(payments: Vec<Payment>, refunds: &[Refund], amount: Money) -> impl IntoView + use<> {
    let notices = payments.into_iter().filter_map(|payment| {
        let (stage, reason) = match payment.outcome {
            EventOutcome::RefundDue(reason) => (RefundStage::Due, reason),
            EventOutcome::Refunded(reason) => (RefundStage::Returned, reason),
            _ => return None,
        };
        let row = refunds.iter().find(|refund| refund.event_id == Some(payment.id));
        let stage = row.and_then(RefundStage::of).unwrap_or(stage);
        let paid = Money {
            minor: payment.reported.amount.unwrap_or(amount.minor),
            currency: payment.reported.currency.unwrap_or(amount.currency),
        };
        let at = row.map(|refund| refund.updated_at);
        Some(refund_notice(refund_stage(&format_price(paid), stage, at, &refund_reason(reason))))
    });
    notices.collect_view()
}

/// The refunds of the order's own payment: one notice for each stage that some of them have reached.
pub(crate) fn order_refund_notices(refunds: &[Refund], amount: Money) -> impl IntoView + use<> {
    let mut stages: BTreeMap<RefundStage, (i64, Timestamp)> = BTreeMap::new();
    for refund in refunds.iter().filter(|refund| refund.event_id.is_none()) {
        let Some(stage) = RefundStage::of(refund) else { continue };
        let (sum, at) = stages.entry(stage).or_insert((0, refund.updated_at));
        *sum = sum.saturating_add(refund.amount.unwrap_or(amount.minor));
        *at = refund.updated_at.max(*at);
    }
    let notices = stages.into_iter().map(|(stage, (minor, at))| {
        let sum = format_price(Money { minor, ..amount });
        refund_notice(order_refund(&sum, stage, Some(at), minor >= amount.minor))
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
