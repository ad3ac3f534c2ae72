//! The built-in payment provider. It delivers signed webhooks to the shop over HTTP, as a real provider would, and never
//! calls the engine. It is off by default in production.

use async_trait::async_trait;
use checkout::model::{PaymentStatus, Reference};
use std::sync::Arc;

/// The sandbox, provided as Leptos context where it is enabled.
#[derive(Clone)]
pub struct SandboxProvider(pub Arc<dyn WebhookSender>);

/// Sends payment webhooks to the shop.
#[async_trait]
pub trait WebhookSender: Send + Sync {
    /// Delivers the event once. Returns an error if the shop did not respond.
    async fn deliver(&self, event: SandboxEvent) -> Result<SandboxResponse, String>;
}

/// A payment event.
#[derive(Debug, Clone)]
pub struct SandboxEvent {
    /// The event's id. Deliveries with the same key are the same event.
    pub key: String,
    /// The order or hold that the payment is for.
    pub reference: Reference,
    /// Identifies the transaction. Its id is made from this and from `later_refund`.
    pub transaction: String,
    /// Result of refunds of the transaction.
    pub later_refund: LaterRefund,
    /// Result of the payment.
    pub status: PaymentStatus,
    /// The amount in minor units.
    pub amount: i64,
    /// ISO 4217 code of the currency.
    pub currency: String,
}

/// Result of later refunds of a test payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LaterRefund {
    /// They succeed at once.
    Succeeds,
    /// The test bank rejects them.
    Fails,
    /// They are pending for a minute.
    Waits,
}

/// The shop's response to a webhook.
#[derive(Debug, Clone)]
pub struct SandboxResponse {
    /// HTTP status code.
    pub http_status: u16,
    /// The response's body.
    pub body: String,
}
