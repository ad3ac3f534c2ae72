//! The built-in payment provider's HTTP client. It sends the signed webhooks that a real provider would send.

use crate::{config::secret::Secret, webhooks::plain};
use app::shop::sandbox::{self, SandboxEvent, SandboxResponse, WebhookSender};
use async_trait::async_trait;
use checkout::{Clock, model::Reference};
use integrations::provider::sandbox::LaterRefund;
use serde_json::json;
use std::{net::SocketAddr, sync::Arc, time::Duration};

/// Time limit of a delivery.
const DELIVERY_TIMEOUT: Duration = Duration::from_secs(5);

/// Delivers webhooks to this server.
pub struct LoopbackSender {
    http: reqwest::Client,
    url: String,
    secret: Secret,
    clock: Arc<dyn Clock>,
}

impl LoopbackSender {
    /// Creates a sender that signs with `secret` and posts to the server that listens on `addr`.
    pub fn new(addr: SocketAddr, secret: Secret, clock: Arc<dyn Clock>) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(DELIVERY_TIMEOUT)
            .timeout(DELIVERY_TIMEOUT)
            .build()?;
        Ok(Self { http, url: format!("http://{}/api/webhooks/payment", reachable(addr)), secret, clock })
    }
}

/// Returns the loopback address for a server that listens on all addresses.
pub(crate) fn reachable(mut addr: SocketAddr) -> SocketAddr {
    if addr.ip().is_unspecified() {
        addr.set_ip(if addr.is_ipv4() { [127, 0, 0, 1].into() } else { std::net::Ipv6Addr::LOCALHOST.into() });
    }
    addr
}

fn later_refund(chosen: sandbox::LaterRefund) -> LaterRefund {
    match chosen {
        sandbox::LaterRefund::Succeeds => LaterRefund::Succeeds,
        sandbox::LaterRefund::Fails => LaterRefund::Fails,
        sandbox::LaterRefund::Waits => LaterRefund::Waits,
    }
}

#[async_trait]
impl WebhookSender for LoopbackSender {
    async fn deliver(&self, event: SandboxEvent) -> Result<SandboxResponse, String> {
        let mut body = json!({
            "transaction_id": later_refund(event.later_refund).transaction_id(&event.transaction),
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
        let response = request.send().await.map_err(|error| error.to_string())?;
        let http_status = response.status().as_u16();
        Ok(SandboxResponse { http_status, body: response.text().await.map_err(|error| error.to_string())? })
    }
}
