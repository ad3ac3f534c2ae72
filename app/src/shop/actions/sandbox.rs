//! The sandbox's buttons: each makes the test provider deliver signed webhooks, as a real one would.

use super::{checkout, lead_to, owner};
use crate::{
    flash::Trouble,
    paths,
    sandbox::{SandboxEvent, SandboxProvider},
};
use checkout::model::{Money, OrderState, PaymentStatus, Reference, Refusal};
use leptos::prelude::*;
use uuid::Uuid;

/// Moves test money for an order, or for a reservation that is not ordered yet.
#[server(prefix = "/actions", endpoint = "sandbox")]
pub(crate) async fn move_money(
    #[server(default)] order: String,
    #[server(default)] hold: String,
    #[server(default)] act: String,
    #[server(default)] key: String,
) -> Result<(), ServerFnError> {
    let page = if order.is_empty() { paths::checkout(&hold) } else { paths::order(&order) };
    match deliver(&order, &hold, &act, &key).await {
        Ok(()) => lead_to(&page),
        Err(Trouble::Refused(_) | Trouble::Form) => lead_to(paths::NOWHERE),
        Err(trouble) => lead_to(&trouble.at(&page)),
    }
}

async fn deliver(order: &str, hold: &str, act: &str, key: &str) -> Result<(), Trouble> {
    let provider: SandboxProvider = use_context().ok_or(Trouble::Form)?;
    let form: Uuid = key.parse().map_err(|_| Trouble::Form)?;
    let (reference, due, pending) = what_is_due(order, hold).await?;
    let event = |status: PaymentStatus, part: &str| SandboxEvent {
        key: format!("sandbox-{form}{part}"),
        reference,
        transaction_id: format!("test-{form}{part}"),
        status,
        amount: due.minor,
        currency: due.currency.as_str().to_owned(),
    };
    let events = match act {
        "pay" => vec![event(PaymentStatus::Success, "")],
        "decline" => vec![event(PaymentStatus::Failure, "-declined")],
        "twice" => vec![event(PaymentStatus::Success, ""), event(PaymentStatus::Success, "")],
        // A first try is declined, which ends the order; the second try succeeds too late.
        "late" if pending => vec![event(PaymentStatus::Failure, "-declined"), event(PaymentStatus::Success, "-late")],
        "late" => vec![event(PaymentStatus::Success, "-late")],
        _ => return Err(Trouble::Form),
    };
    for event in events {
        let receipt = provider.0.deliver(event).await.map_err(|error| {
            tracing::warn!(error, "the sandbox could not reach the shop");
            Trouble::Undelivered
        })?;
        if !(200..300).contains(&receipt.http_status) {
            tracing::warn!(
                status = receipt.http_status,
                body = receipt.body,
                "the shop did not take the sandbox's word"
            );
            return Err(Trouble::Undelivered);
        }
    }
    Ok(())
}

/// What is paid for, how much it is, and whether an order waits for it now. The shopper's own things only.
async fn what_is_due(order: &str, hold: &str) -> Result<(Reference, Money, bool), Trouble> {
    let owner = owner().await?.ok_or(Trouble::Refused(Refusal::UnknownOrder))?;
    let checkout = checkout()?;
    if let Ok(id) = order.parse() {
        let order = checkout.order(id, owner).await?;
        return Ok((Reference::Order(id), order.amount, order.state == OrderState::Pending));
    }
    let id = hold.parse().map_err(|_| Trouble::Form)?;
    let hold = checkout.hold(id, owner).await?;
    let product = checkout.product(hold.product_id).ok_or(Refusal::UnknownProduct).map_err(Trouble::Refused)?;
    let due = product.price.times(hold.qty.get()).ok_or(Trouble::Fault)?;
    Ok((Reference::Hold(id), due, false))
}
