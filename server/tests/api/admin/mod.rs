//! The admin API: each call, each refusal, and the scope of each call.

mod audit_log;
mod clients;
mod cross_origin;
mod orders;
mod outbox;
mod payments;
mod pictures;
mod products;
mod receipts;
mod refunds;
mod scopes;
mod webhooks;

use crate::shop::{ApiResponse, Shop, read};
use checkout::model::{Scope, ScopeSet};
use reqwest::Method;
use serde_json::{Value, json};

/// Sends a request with a body.
pub async fn send(shop: &Shop, method: Method, path: &str, token: &str, body: &Value) -> ApiResponse {
    read(shop.request(method, path).bearer_auth(token).json(body).send().await.unwrap()).await
}

/// Returns a token with these scopes.
pub async fn token<const N: usize>(shop: &Shop, scopes: [Scope; N]) -> String {
    shop.token_with(scopes.into_iter().collect()).await
}

/// Returns a token with all scopes.
pub async fn admin(shop: &Shop) -> String {
    shop.token_with(ScopeSet::ALL).await
}

/// Returns the event that pays an order.
pub fn payment(order: &Value, transaction: &str) -> Value {
    let (id, amount) = (&order["order_id"], &order["amount"]);
    json!({ "order_id": id, "transaction_id": transaction, "status": "success", "amount": amount, "currency": "USD" })
}

/// Pays an order.
pub async fn pay(shop: &Shop, order: &Value) {
    let id = order["order_id"].as_str().unwrap();
    let receipt = shop.pay(id, &payment(order, &format!("tx-{id}"))).await;
    assert_eq!(receipt.body["status"], "processed", "{receipt:?}");
}

/// Returns the path of an order's call.
pub fn of_order(order: &Value, call: &str) -> String {
    format!("/api/admin/orders/{}{call}", order["order_id"].as_str().unwrap())
}
