//! Entries of the audit log as events of a timeline.

use super::{TimelineEvent, TimelineKind, refund_title, units};
use app::admin::labels::{self, money};
use checkout::model::{AuditEntry, Currency, Money, RefundState};
use serde_json::Value;

/// Returns the event of an entry.
pub(super) fn event(entry: &AuditEntry, currency: Currency) -> TimelineEvent {
    let (before, after) = (json(entry.before.as_deref()), json(entry.after.as_deref()));
    let title = match &*entry.action {
        "order.cancel" => "Order cancelled",
        "order.resend_receipt" => "Receipt to be sent again",
        "refund.issue" => "Refund issued",
        "refund.send" => &refund_title(RefundState::Sending),
        "refund.accept" => "Refund accepted by the payment provider",
        "refund.report" => "Refund made at the payment provider",
        "refund.succeed" => &refund_title(RefundState::Succeeded),
        "refund.fail" => &refund_title(RefundState::Failed),
        "refund.retry" => "Refund due again",
        "refund.done_elsewhere" => "Refund made outside the payment provider",
        "refund.send_now" => "Refund sent to the provider by an operator",
        "payment.replay" => "Payment processed again",
        other => other,
    };
    let kind = match &*entry.object.kind {
        _ if entry.action.starts_with("refund.") => TimelineKind::Refund,
        "payment" => TimelineKind::Payment,
        _ => TimelineKind::Order,
    };
    let detail = match &*entry.action {
        "order.cancel" => after["units"].as_u64().map(|n| format!("{} for sale again", units(count(n)))),
        "refund.issue" => issued(&before, &after, currency),
        "refund.report" => Some(reported(&after, &entry.object.id)),
        "payment.replay" => Some(format!("{} → {}", name(&before["outcome"]), name(&after["outcome"]))),
        _ if kind == TimelineKind::Refund => {
            let text = ["note", "failure", "provider_reference"].iter().find_map(|field| after[*field].as_str());
            let refund = format!("refund {}", entry.object.id);
            Some(text.map_or_else(|| refund.clone(), |text| format!("{text}, {refund}")))
        }
        _ => None,
    };
    TimelineEvent {
        actor: Some(entry.actor.to_string()),
        reason: entry.reason.clone().map(String::from),
        ..TimelineEvent::new(entry.at, kind, title, detail)
    }
}

/// Returns the refund and the state that an entry tells of.
pub(super) fn refund_step(entry: &AuditEntry) -> Option<(String, RefundState)> {
    let after = json(entry.after.as_deref());
    if entry.action == "refund.issue" {
        return Some((after["refund_id"].as_str()?.to_owned(), RefundState::Due));
    }
    if entry.object.kind != "refund" {
        return None;
    }
    // A retry makes a refund due again; only its issue tells that it became due at first.
    let state = RefundState::from_name(after["state"].as_str()?).filter(|state| *state != RefundState::Due)?;
    Some((entry.object.id.clone(), state))
}

/// A refund that was made at the provider: its amount, whether it is on its way, and the provider's reference.
fn reported(after: &Value, refund: &str) -> String {
    let currency = after["currency"].as_str().and_then(|code| code.parse().ok());
    let amount = labels::amount(after["amount"].as_i64().unwrap_or_default(), currency, money);
    let state = RefundState::from_name(name(&after["state"])).map_or("unknown", labels::refund_state_name);
    format!("{amount}, {}, {}, refund {refund}", state.to_lowercase(), name(&after["provider_reference"]))
}

fn issued(before: &Value, after: &Value, currency: Currency) -> Option<String> {
    let amount = money(Money { minor: after["amount"].as_i64()?, currency });
    let restocked = after["restocked"].as_u64()?.saturating_sub(before["restocked"].as_u64()?);
    let restocked =
        if restocked > 0 { format!(", {} put back on sale", units(count(restocked))) } else { String::new() };
    Some(format!("{amount}{restocked}, refund {}", name(&after["refund_id"])))
}

fn count(n: u64) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn name(value: &Value) -> &str {
    value.as_str().unwrap_or("unknown")
}

fn json(text: Option<&str>) -> Value {
    text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}
