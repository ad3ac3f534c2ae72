//! Stripe's events, as its API documents them.

use serde_json::{Value, json};

/// Returns an event with `object`, and with Stripe's other fields.
pub fn event(id: &str, kind: &str, object: &Value) -> Value {
    json!({
        "id": id, "object": "event", "api_version": "2025-09-30.clover", "created": 1_795_391_990,
        "data": { "object": object, "previous_attributes": null },
        "livemode": false, "pending_webhooks": 1, "request": { "id": "req_1", "idempotency_key": null }, "type": kind,
    })
}

/// Returns a Checkout session with `order` in its metadata.
pub fn session(payment_status: &str, order: &str) -> Value {
    json!({
        "id": "cs_test_a1", "object": "checkout.session", "amount_subtotal": 500_000, "amount_total": 500_000,
        "automatic_tax": { "enabled": false, "status": null }, "client_reference_id": null, "currency": "usd",
        "custom_fields": [], "customer_details": { "email": "ada@example.com", "address": { "country": "GB" } },
        "expires_at": 1_795_400_000, "livemode": false, "metadata": { "order_id": order, "cart": "12" },
        "mode": "payment", "payment_intent": format!("pi_{order}"), "payment_method_types": ["card"],
        "payment_status": payment_status, "status": "complete", "total_details": { "amount_tax": 0 }, "url": null,
    })
}

/// Returns a payment intent with `order` in its metadata.
pub fn intent(status: &str, order: &str) -> Value {
    json!({
        "id": format!("pi_{order}"), "object": "payment_intent", "amount": 500_000,
        "amount_received": if status == "succeeded" { 500_000 } else { 0 }, "capture_method": "automatic_async",
        "currency": "usd", "last_payment_error": null, "latest_charge": "ch_1", "livemode": false,
        "metadata": { "order_id": order }, "payment_method_options": { "card": { "network": null } }, "status": status,
    })
}

/// Returns a dispute of the order's payment intent.
pub fn dispute(id: &str, status: &str, order: &str) -> Value {
    json!({
        "id": id, "object": "dispute", "amount": 500_000, "balance_transactions": [], "charge": "ch_1", "currency": "usd",
        "evidence": { "receipt": null, "enhanced_evidence": {} }, "evidence_details": { "due_by": 1_796_000_000 },
        "is_charge_refundable": false, "livemode": false, "metadata": {}, "payment_intent": format!("pi_{order}"),
        "payment_method_details": { "card": { "brand": "visa" }, "type": "card" }, "reason": "fraudulent", "status": status,
    })
}

/// Changes a value in JSON.
pub fn with(mut value: Value, pointer: &str, change: Value) -> Value {
    *value.pointer_mut(pointer).unwrap() = change;
    value
}
