//! The server function behind the sandbox's buttons. It makes the test provider deliver signed webhooks.

use super::{checkout, owner, owner_of, redirect};
use crate::{
    paths,
    shop::{
        form_error::FormError,
        sandbox::{LaterRefund, SandboxEvent, SandboxProvider},
    },
};
use checkout::model::{Money, OrderState, PaymentStatus, Reference, Refusal};
use leptos::prelude::*;
use uuid::Uuid;

/// Sends a test payment for an order, or for a hold that is not ordered yet.
#[server(prefix = "/actions", endpoint = "sandbox")]
pub(crate) async fn send_test_payment(
    #[server(default)] order: String,
    #[server(default)] hold: String,
    #[server(default)] act: String,
    #[server(default)] key: String,
) -> Result<(), ServerFnError> {
    match deliver_webhooks(&order, &hold, &act, &key).await {
        Ok(page) => redirect(&page),
        Err(FormError::Refused(_) | FormError::InvalidForm) => redirect(paths::NOT_FOUND),
        Err(error) => {
            let page = if order.is_empty() { paths::hold(&hold) } else { paths::sandbox_order(&order) };
            redirect(&error.add_to_url(&page))
        }
    }
}

/// Returns the page to show afterwards.
async fn deliver_webhooks(order: &str, hold: &str, act: &str, key: &str) -> Result<String, FormError> {
    let sandbox: SandboxProvider = use_context().ok_or(FormError::InvalidForm)?;
    let form_key: Uuid = key.parse().map_err(|_| FormError::InvalidForm)?;
    let AmountDue { reference, amount, order_is_pending, is_own } = amount_due(order, hold).await?;
    let event = |status: PaymentStatus, suffix: &str| SandboxEvent {
        key: format!("sandbox-{form_key}{suffix}"),
        reference,
        transaction: format!("{form_key}{suffix}"),
        later_refund: match act {
            "refund-fails" => LaterRefund::Fails,
            "refund-waits" => LaterRefund::Waits,
            _ => LaterRefund::Succeeds,
        },
        status,
        amount: amount.minor,
        currency: amount.currency.as_str().to_owned(),
    };
    let declined = || event(PaymentStatus::Failure, "-declined");
    let events = match act {
        "pay" | "refund-fails" | "refund-waits" => vec![event(PaymentStatus::Success, "")],
        "decline" => vec![declined()],
        "twice" => vec![event(PaymentStatus::Success, ""), event(PaymentStatus::Success, "")],
        // The declined payment ends a pending order, so the second payment arrives too late.
        "late" if order_is_pending => vec![declined(), event(PaymentStatus::Success, "-late")],
        "late" => vec![event(PaymentStatus::Success, "-late")],
        _ => return Err(FormError::InvalidForm),
    };
    for event in events {
        let response = sandbox.0.deliver(event).await.map_err(|error| {
            tracing::warn!(error, "the sandbox cannot reach the shop");
            FormError::TestPaymentNotDelivered
        })?;
        if !(200..300).contains(&response.http_status) {
            tracing::warn!(
                status = response.http_status,
                body = response.body,
                "the shop rejected the sandbox's webhook"
            );
            return Err(FormError::TestPaymentNotDelivered);
        }
    }
    Ok(next_page(reference, is_own, act))
}

/// Returns the page that a payment leads to. Visitors who do not own the order read its status on the payment page after
/// a declined payment.
fn next_page(reference: Reference, is_own: bool, act: &str) -> String {
    match reference {
        Reference::Hold(id) => paths::hold(&id.to_string()),
        Reference::Order(id) if is_own => paths::order(&id.to_string()),
        Reference::Order(id) if act == "decline" => paths::sandbox_order(&id.to_string()),
        Reference::Order(id) => paths::paid_order(&id.to_string()),
    }
}

struct AmountDue {
    reference: Reference,
    amount: Money,
    order_is_pending: bool,
    /// Whether the visitor may open the page of the hold or order.
    is_own: bool,
}

/// Returns what the payment is for and how much is due. Any order can be paid, and only the shopper's own holds.
async fn amount_due(order: &str, hold: &str) -> Result<AmountDue, FormError> {
    let checkout = checkout()?;
    if let Ok(id) = order.parse() {
        let order = checkout.order_of_any_owner(id).await?;
        let is_own = owner_of(id).await? == Some(order.owner);
        let order_is_pending = order.state == OrderState::Pending;
        return Ok(AmountDue { reference: Reference::Order(id), amount: order.amount, order_is_pending, is_own });
    }
    let id = hold.parse().map_err(|_| FormError::InvalidForm)?;
    let owner = owner().await?.ok_or(FormError::Refused(Refusal::UnknownHold))?;
    let hold = checkout.hold(id, owner).await?;
    let product = checkout.product(hold.product_id).ok_or(Refusal::UnknownProduct).map_err(FormError::Refused)?;
    let amount = hold.amount(product.price).ok_or(FormError::Internal)?;
    Ok(AmountDue { reference: Reference::Hold(id), amount, order_is_pending: false, is_own: true })
}
