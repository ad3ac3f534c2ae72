//! The built-in payment provider, as the storefront sees it: something that delivers signed webhooks to the shop over
//! HTTP. Present in development and demos only; it never touches the engine.

use async_trait::async_trait;
use checkout::model::{PaymentStatus, Reference};
use std::sync::Arc;

/// Provided as context where there is a sandbox.
#[derive(Clone)]
pub struct SandboxProvider(pub Arc<dyn Provider>);

/// Tells the shop what happened to some money, as a real provider would.
#[async_trait]
pub trait Provider: Send + Sync {
    /// Delivers the event once; the error is that no answer came.
    async fn deliver(&self, event: SandboxEvent) -> Result<SandboxReceipt, String>;
}

/// What happened to some money.
#[derive(Debug, Clone)]
pub struct SandboxEvent {
    /// The event's id: the same key is the same event.
    pub key: String,
    /// What was paid for.
    pub reference: Reference,
    /// The attempt to move money.
    pub transaction_id: String,
    /// How it went.
    pub status: PaymentStatus,
    /// Minor units.
    pub amount: i64,
    /// Of this currency.
    pub currency: String,
}

/// The shop's answer.
#[derive(Debug, Clone)]
pub struct SandboxReceipt {
    /// Its status.
    pub http_status: u16,
    /// Its text.
    pub body: String,
}
