//! The built-in payment provider's line to the shop: the same signed POST over HTTP that a real provider would send.

use crate::{secret::Secret, webhooks::plain};
use app::sandbox::{Provider, SandboxEvent, SandboxReceipt};
use async_trait::async_trait;
use checkout::{Clock, model::Reference};
use serde_json::json;
use std::{net::SocketAddr, sync::Arc, time::Duration};

/// How long the shop may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Sends webhooks to this server.
pub struct Loopback {
    http: reqwest::Client,
    url: String,
    secret: Secret,
    clock: Arc<dyn Clock>,
}

impl Loopback {
    /// A provider that signs with `secret` and speaks to the server that listens on `addr`.
    pub fn new(addr: SocketAddr, secret: Secret, clock: Arc<dyn Clock>) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(PATIENCE)
            .timeout(PATIENCE)
            .build()?;
        Ok(Self { http, url: format!("http://{}/api/webhooks/payment", reachable(addr)), secret, clock })
    }
}

/// An address that listens everywhere is called at home.
fn reachable(mut addr: SocketAddr) -> SocketAddr {
    if addr.ip().is_unspecified() {
        addr.set_ip(if addr.is_ipv4() { [127, 0, 0, 1].into() } else { std::net::Ipv6Addr::LOCALHOST.into() });
    }
    addr
}

#[async_trait]
impl Provider for Loopback {
    async fn deliver(&self, event: SandboxEvent) -> Result<SandboxReceipt, String> {
        let mut body = json!({
            "transaction_id": event.transaction_id,
            "status": event.status,
            "amount": event.amount,
            "currency": event.currency,
        });
        match event.reference {
            Reference::Order(id) => body["order_id"] = json!(id),
            Reference::Hold(id) => body["hold_id"] = json!(id),
        }
        let (body, sent_at) = (body.to_string(), self.clock.now().as_millis() / 1000);
        let request = self
            .http
            .post(&self.url)
            .header("content-type", "application/json")
            .header("idempotency-key", event.key)
            .header(plain::TIMESTAMP, sent_at)
            .header(plain::SIGNATURE, plain::sign(&self.secret, sent_at, body.as_bytes()))
            .body(body);
        let answer = request.send().await.map_err(|error| error.to_string())?;
        let http_status = answer.status().as_u16();
        Ok(SandboxReceipt { http_status, body: answer.text().await.map_err(|error| error.to_string())? })
    }
}
