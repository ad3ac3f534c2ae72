//! The code that opens an order on another device.

use checkout::model::OrderId;
use std::sync::Arc;

/// Draws the QR code of an order's signed link as SVG, provided as Leptos context. A shop without a secret for links draws none.
#[derive(Clone)]
pub struct OrderCodes(pub Arc<dyn Fn(OrderId) -> Option<String> + Send + Sync>);
