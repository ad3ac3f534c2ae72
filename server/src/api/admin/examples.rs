//! Example requests and responses of the admin API: the product, the order and the payment of the public examples.

use crate::api::examples::{HOLD_ID, ORDER_ID, PRODUCT_ID, contact};
use serde_json::{Value, json};

const PAYMENT_ID: &str = "01a21c05-d9a8-7e11-9b0c-5d7f2a4e8c31";
const REFUND_ID: &str = "01a21c0b-4e10-7c22-8a6d-1f3b5c7d9e20";
const ENDPOINT_ID: &str = "01a21b10-0000-7c11-b0c4-51d7e90f6a3b";
const CLIENT_ID: &str = "01a21b00-0000-7a11-b0c4-51d7e90f6a3b";

/// The export of the order as CSV.
pub const ORDERS_CSV: &str = "number,order_id,created_at,product,qty,amount_decimal,amount,currency,status,paid_at,\
transaction_id,cancelled_at,cancel_reason,refunds_issued_decimal,refunds_issued,refunds_returned_decimal,refunds_returned,\
refundable,restocked,disputed,shopper,email,name,country,line1,line2,city,postal_code,state,contact_erased_at,owner,hold_id,\
product_id,pay_by,version\r\n\
HF-7K3Q-9M2D,01a21c05-2930-7d06-8c4f-93b1e5a7d820,2026-11-27T08:00:30Z,flash-phone,1,5000.00,500000,USD,paid,\
2026-11-27T08:01:15Z,tx-5501,,,0.00,0,0.00,0,500000,0,false,customer-1729,ada@example.com,Ada Lovelace,\
DE,Unter den Linden 1,,Berlin,10117,,,01a21b00-0000-7a11-b0c4-51d7e90f6a3b,\
01a21c04-b7e8-7b52-9d1e-6a0c8f2b4e17,01a21b3c-5e40-7c3a-9e41-2f6b8d0c5a17,2026-11-27T08:10:30Z,74\r\n";

/// A page with one item.
pub fn page(item: &Value) -> Value {
    json!({ "items": [item], "next": null })
}

/// A product during its sale.
pub fn product() -> Value {
    let mut product = crate::api::examples::product();
    product["hue"] = json!(250);
    product["featured"] = json!(true);
    product["status"] = json!("active");
    product["revision"] = json!(3);
    product
}

/// The product, paused, resumed or archived.
pub fn product_with_status(status: &str) -> Value {
    let mut product = product();
    product["status"] = json!(status);
    if status != "active" {
        product["sale"] = json!("paused");
    }
    product
}

/// The product after a delivery.
pub fn restocked_product() -> Value {
    let mut product = product();
    product["total"] = json!(125);
    product["available"] = json!(78);
    product
}

/// The request that creates the product.
pub fn create_product() -> Value {
    json!({
        "slug": "flash-phone",
        "name": "Flash Phone",
        "description": "A titanium phone with a screen that outlasts the daylight.",
        "tagline": "One hundred phones. One each, if you’re quick.",
        "story": "We milled the first one by hand.\n\nThe other ninety-nine took a winter.",
        "specification": [{ "name": "Weight", "value": "180 g" }, { "name": "Screen", "value": "6.1 inches, 120 Hz" }],
        "hue": 250,
        "featured": true,
        "price": 500_000,
        "currency": "USD",
        "stock": 100,
        "per_shopper_limit": 2,
        "starts_at": "2026-11-27T08:00:00Z",
    })
}

/// The product, just created.
pub fn new_product() -> Value {
    let mut product = product();
    product["revision"] = json!(1);
    product["available"] = json!(100);
    for counter in ["held", "pending", "sold"] {
        product[counter] = json!(0);
    }
    product["sale"] = json!("coming");
    product["version"] = json!(1);
    product
}

/// The request that edits the product.
pub fn edit_product() -> Value {
    json!({ "revision": 3, "price": 450_000, "per_shopper_limit": null, "reason": "the last hour" })
}

/// The product after the edit.
pub fn edited_product() -> Value {
    let mut product = product();
    product["revision"] = json!(4);
    product["price"] = json!(450_000);
    product["per_shopper_limit"] = Value::Null;
    product
}

/// The order, paid.
pub fn order() -> Value {
    json!({
        "order_id": ORDER_ID,
        "number": "HF-7K3Q-9M2D",
        "hold_id": HOLD_ID,
        "product_id": PRODUCT_ID,
        "product": "flash-phone",
        "qty": 1,
        "owner": CLIENT_ID,
        "shopper": "customer-1729",
        "amount": 500_000,
        "currency": "USD",
        "status": "paid",
        "created_at": "2026-11-27T08:00:30Z",
        "pay_by": "2026-11-27T08:10:30Z",
        "paid_at": "2026-11-27T08:01:15Z",
        "transaction_id": "tx-5501",
        "refunds_issued": 0,
        "refunds_returned": 0,
        "refundable": 500_000,
        "restocked": 0,
        "version": 74,
    })
}

/// The order, cancelled by an operator.
pub fn cancelled_order() -> Value {
    let mut order = order();
    for paid in ["paid_at", "transaction_id"] {
        if let Some(order) = order.as_object_mut() {
            order.remove(paid);
        }
    }
    order["status"] = json!("cancelled");
    order["cancelled_at"] = json!("2026-11-27T08:01:15Z");
    order["cancel_reason"] = json!("by_operator");
    order["refundable"] = json!(0);
    order
}

/// The order with its payment and its timeline.
pub fn order_detail() -> Value {
    let mut order = order();
    order["disputed"] = json!(false);
    order["contact"] = contact();
    order["payments"] = json!([payment()]);
    order["payment_attempts"] = json!([{
        "id": "01a21c05-2b90-7e44-9a3b-0c5d7e9f1a30",
        "provider": "stripe",
        "state": "completed",
        "session": "cs_live_a1B2c3",
        "created_at": "2026-11-27T08:00:31Z",
        "updated_at": "2026-11-27T08:01:15Z",
    }]);
    order["refunds"] = json!([]);
    order["timeline"] = json!([
        { "at": "2026-11-27T08:00:01Z", "kind": "hold", "title": "Hold placed" },
        { "at": "2026-11-27T08:00:30Z", "kind": "order", "title": "Order placed" },
        { "at": "2026-11-27T08:01:15Z", "kind": "order", "title": "Paid", "detail": "tx-5501" },
    ]);
    order
}

/// The export of the order as JSON lines.
pub fn orders_jsonl() -> String {
    let mut order = order();
    order["disputed"] = json!(false);
    order["contact"] = contact();
    format!("{order}\n")
}

/// The payment event that paid the order.
pub fn payment() -> Value {
    json!({
        "id": PAYMENT_ID,
        "event_key": "evt-5501",
        "order_id": ORDER_ID,
        "product_id": PRODUCT_ID,
        "transaction_id": "tx-5501",
        "status": "success",
        "amount": 500_000,
        "currency": "USD",
        "received_at": "2026-11-27T08:01:15Z",
        "outcome": "applied",
    })
}

/// The payment event with its payload.
pub fn payment_detail() -> Value {
    let mut payment = payment();
    payment["payload"] = json!({ "content_type": "application/json", "base64": "eyJvcmRlcl9pZCI6ICLigKYifQ==" });
    payment
}

/// A refund of the order, just issued.
pub fn refund() -> Value {
    json!({
        "id": REFUND_ID,
        "order_id": ORDER_ID,
        "event_id": null,
        "product_id": PRODUCT_ID,
        "transaction_id": "tx-5501",
        "amount": 500_000,
        "currency": "USD",
        "reason": "by_operator",
        "restocked": 1,
        "state": "due",
        "attempt": 1,
        "provider_reference": null,
        "note": null,
        "failure": null,
        "created_at": "2026-11-27T09:30:00Z",
        "updated_at": "2026-11-27T09:30:00Z",
        "version": 1,
    })
}

/// The refund, returned by bank transfer.
pub fn done_refund() -> Value {
    let mut refund = refund();
    refund["state"] = json!("succeeded");
    refund["note"] = json!("bank transfer 2026-1142");
    refund["updated_at"] = json!("2026-11-27T10:00:00Z");
    refund["version"] = json!(2);
    refund
}

/// A mail that could not be sent.
pub fn dead_job() -> Value {
    json!({
        "id": "01a21c0d-2a10-7b3e-9d4f-6c8e0a1b2d3f",
        "kind": "mail",
        "topic": "order.paid",
        "state": "dead",
        "order_id": ORDER_ID,
        "refund_id": null,
        "product_id": PRODUCT_ID,
        "endpoint_id": null,
        "attempts": 1,
        "last_error": "the mail server refused it for good: 550",
        "next_attempt_at": null,
        "created_at": "2026-11-27T08:01:15Z",
        "done_at": "2026-11-27T08:01:16Z",
    })
}

/// The mail, tried again.
pub fn retried_job() -> Value {
    let mut job = dead_job();
    job["state"] = json!("pending");
    job["attempts"] = json!(0);
    job["next_attempt_at"] = json!("2026-11-27T10:00:00Z");
    job["done_at"] = json!(null);
    job
}

/// The reconciliation with the payment provider, after a run that found a lost webhook.
pub fn reconciliation() -> Value {
    json!({
        "running": false,
        "started_at": "2026-11-27T09:30:00Z",
        "ended_at": "2026-11-27T09:30:02Z",
        "result": {
            "attempts_looked_up": 3,
            "payments_recorded": 1,
            "refunds_looked_up": 1,
            "refunds_recorded": 0,
            "events_read": 12,
            "events_skipped": 0,
            "calls_failed": 0,
        },
    })
}

/// An entry of the audit log.
pub fn audit_entry() -> Value {
    json!({
        "id": "01a21c0b-4e10-7d40-9c1e-7a5b3d2f1e08",
        "at": "2026-11-27T08:30:00Z",
        "actor": { "kind": "client", "id": CLIENT_ID, "name": "Back office" },
        "action": "product.pause",
        "object": { "kind": "product", "id": PRODUCT_ID },
        "before": { "status": "active" },
        "after": { "status": "paused" },
        "reason": "the price is wrong",
    })
}

/// An API client.
pub fn client() -> Value {
    json!({
        "client_id": CLIENT_ID,
        "name": "Back office",
        "scopes": ["checkout", "orders:read", "refunds:write"],
        "created_at": "2026-11-27T07:00:00Z",
    })
}

/// An API client with its secret.
pub fn client_with_secret() -> Value {
    let mut client = client();
    client["client_secret"] = json!("hfs_this-is-an-example");
    client
}

/// An endpoint of webhooks.
pub fn endpoint() -> Value {
    json!({
        "id": ENDPOINT_ID,
        "url": "https://example.com/hooks",
        "events": ["order.paid", "refund.succeeded"],
        "description": "Warehouse",
        "enabled": true,
        "disabled_reason": null,
        "failing_since": null,
        "previous_secret_until": null,
        "created_at": "2026-11-27T07:00:00Z",
        "version": 1,
    })
}

/// An endpoint that is switched off.
pub fn disabled_endpoint() -> Value {
    let mut endpoint = endpoint();
    endpoint["enabled"] = json!(false);
    endpoint["disabled_reason"] = json!("operator");
    endpoint["version"] = json!(2);
    endpoint
}

/// An endpoint with its secret.
pub fn endpoint_with_secret() -> Value {
    let mut endpoint = endpoint();
    endpoint["secret"] = json!("whsec_dGhpcyBpcyBhbiBleGFtcGxl");
    endpoint
}

/// An attempt to deliver a webhook.
pub fn delivery() -> Value {
    json!({
        "id": "01a21c0c-0000-7e21-8a6d-1f3b5c7d9e20",
        "endpoint_id": ENDPOINT_ID,
        "job_id": "01a21c0b-ffff-7e21-8a6d-1f3b5c7d9e20",
        "topic": "order.paid",
        "order_id": ORDER_ID,
        "attempt": 1,
        "started_at": "2026-11-27T08:01:16Z",
        "duration_ms": 84,
        "delivered": true,
        "error": null,
        "status": 200,
        "response": "ok",
    })
}

/// An attempt to deliver a test event.
pub fn test_delivery() -> Value {
    let mut delivery = delivery();
    delivery["topic"] = json!("test");
    delivery["job_id"] = Value::Null;
    delivery["order_id"] = Value::Null;
    delivery
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backoffice::reconciliation::ReconciliationView;
    use checkout::model::Timestamp;
    use integrations::payments::{LastReconciliation, Reconciled};

    #[test]
    fn the_example_of_a_reconciliation_equals_a_real_response() {
        let at = |text| Timestamp::parse(text).unwrap();
        let result = Reconciled {
            attempts_looked_up: 3,
            payments_recorded: 1,
            refunds_looked_up: 1,
            events_read: 12,
            ..Reconciled::default()
        };
        let last = LastReconciliation {
            started_at: at("2026-11-27T09:30:00Z"),
            running: false,
            ended_at: Some(at("2026-11-27T09:30:02Z")),
            result: Some(result),
            cursor_at: None,
        };
        assert_eq!(reconciliation().to_string(), json!(ReconciliationView::from(last)).to_string());
    }
}
