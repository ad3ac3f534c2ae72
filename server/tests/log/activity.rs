//! Requests of every kind of client: an API client, a payment provider in each signature scheme, a forger of its webhooks,
//! a shopper with a browser, a proxy that speaks HTTP/2, and a scraper of the metrics.

use crate::{BUYER, METRICS_TOKEN, STRIPE_SECRET, WEBHOOK_SECRET};
use axum::body::Body;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use checkout::{Clock as _, SystemClock};
use http::Request;
use hyper_util::rt::{TokioExecutor, TokioIo};
use reqwest::{Method, RequestBuilder, redirect::Policy};
use serde_json::{Value, json};
use server::{config::secret::Secret, webhooks::signature::Key};
use std::collections::HashMap;
use tokio::net::TcpStream;
use uuid::Uuid;

/// The requests that were made, and their expected traces in the log.
pub struct Activity {
    /// Secrets that the server or a client sent.
    pub secrets: Vec<String>,
    /// Lines that the log must contain: messages, and some of their fields.
    pub logged: Vec<(&'static str, HashMap<&'static str, String>)>,
    /// Ids of the orders of the API client, which have the contact of [`BUYER`].
    pub orders: Vec<String>,
    /// The metrics after all requests.
    pub metrics: String,
    addr: String,
    http: reqwest::Client,
    product: String,
}

impl Activity {
    /// Makes all requests to the server at `addr`.
    pub async fn run(addr: &str, client: &Value, product: &Value) -> Self {
        let http = reqwest::Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
        let product = product["id"].as_str().unwrap().to_owned();
        let mut activity = Self {
            secrets: Vec::new(),
            logged: Vec::new(),
            orders: Vec::new(),
            metrics: String::new(),
            addr: addr.to_owned(),
            http,
            product,
        };
        let token = activity.token(client).await;
        for scheme in ["plain", "standard", "stripe"] {
            activity.sale(&token, scheme).await;
        }
        activity.unusable_refund().await;
        activity.browser().await;
        activity.proxy(&token, client).await;
        activity.scraper().await;
        activity
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("http://{}{path}", self.addr))
    }

    async fn post(&self, path: &str, token: &str, body: Value) -> Value {
        let request =
            self.request(Method::POST, path).bearer_auth(token).header("idempotency-key", Uuid::new_v4().to_string());
        let response = request.json(&body).send().await.unwrap();
        assert_eq!(response.status(), 201, "{path}");
        response.json().await.unwrap()
    }

    async fn form(&self, path: &str, fields: &[(&str, &str)], cookie: &str) -> reqwest::Response {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self.request(Method::POST, path).header("content-type", "application/x-www-form-urlencoded");
        request.header("cookie", cookie).body(body).send().await.unwrap()
    }

    async fn token(&mut self, client: &Value) -> String {
        let field = |name: &str| client[name].as_str().unwrap();
        let fields = [
            ("grant_type", "client_credentials"),
            ("client_id", field("client_id")),
            ("client_secret", field("client_secret")),
        ];
        let body: Value = self.form("/api/token", &fields, "").await.json().await.unwrap();
        let token = body["access_token"].as_str().unwrap().to_owned();
        self.secrets.extend([token.clone(), token.rsplit('.').next().unwrap().to_owned()]);
        token
    }

    /// Places a hold and an order, and sends its payment; then a forged payment.
    async fn sale(&mut self, token: &str, scheme: &'static str) {
        let hold =
            self.post("/api/holds", token, json!({ "product_id": self.product, "qty": 1, "shopper": "Ada" })).await;
        let [email, name, street] = BUYER;
        let address = json!({ "country": "DE", "line1": street, "city": "Berlin", "postal_code": "10117" });
        let contact = json!({ "email": email, "name": name, "address": address });
        let order = self.post("/api/orders", token, json!({ "hold_id": hold["hold_id"], "contact": contact })).await;
        let order = order["order_id"].as_str().unwrap().to_owned();
        let own = self.request(Method::GET, &format!("/api/orders/{order}")).bearer_auth(token).send().await.unwrap();
        assert_eq!(own.json::<Value>().await.unwrap()["contact"], contact);
        self.orders.push(order.clone());
        let event = format!("evt-{scheme}");
        for (secret, status) in [(WEBHOOK_SECRET, 200), ("whsec_YW5vdGhlciBzZWNyZXQgb2Ygbm9ib2R5cw==", 403)] {
            let (headers, body) = signed(scheme, secret, &event, &order);
            let request = self.request(Method::POST, "/api/webhooks/payment").body(body);
            let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, value));
            assert_eq!(request.send().await.unwrap().status(), status, "{scheme}");
            let signature = headers
                .iter()
                .find(|(name, _)| name.contains("ignature"))
                .unwrap()
                .1
                .rsplit(['=', ','])
                .find(|part| part.len() > 8);
            self.secrets.push(signature.unwrap().to_owned());
        }
        let owned =
            |fields: &[(&'static str, &str)]| fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        let recorded = [
            ("scheme", scheme),
            ("event", &event),
            ("order", &order),
            ("verdict", "processed"),
            ("order_status", "paid"),
            ("level", "INFO"),
        ];
        self.logged.push(("webhook recorded", owned(&recorded)));
        self.logged.push(("webhook rejected", owned(&[("scheme", scheme), ("level", "INFO")])));
    }

    /// Sends an event about a refund that lacks everything, as the provider.
    async fn unusable_refund(&mut self) {
        let at = (SystemClock.now().as_millis() / 1000).to_string();
        let event = json!({ "id": "evt-of-no-use", "type": "refund.failed", "data": { "object": {} } }).to_string();
        let key = Key::new(STRIPE_SECRET.as_bytes()).unwrap();
        let signature = hex::encode(key.sign(&[at.as_bytes(), event.as_bytes()]));
        let request = self.request(Method::POST, "/api/webhooks/payment").body(event);
        let request = request.header("stripe-signature", format!("t={at},v1={signature}"));
        assert_eq!(request.send().await.unwrap().status(), 400);
        self.secrets.push(signature);
        let fields = [("scheme", "stripe"), ("event", "evt-of-no-use"), ("level", "WARN")];
        let fields = fields.map(|(name, value)| (name, value.to_owned())).into();
        self.logged.push(("webhook of the provider cannot be used", fields));
    }

    /// Reserves, orders and pays in the sandbox, as a browser does.
    async fn browser(&mut self) {
        let key = Uuid::new_v4().to_string();
        let reserved =
            self.form("/actions/reserve", &[("product", &self.product), ("qty", "1"), ("key", &key)], "").await;
        let cookie = reserved.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        self.secrets.push(cookie.split_once('=').unwrap().1.to_owned());
        let hold = redirect_id(&reserved);
        // A mistyped host comes back with its page before the order is placed.
        for email in ["grace.hopper@gmial.com", "grace.hopper@example.com"] {
            self.secrets.push(email.to_owned());
        }
        self.secrets.push("Grace Hopper".to_owned());
        let fields = [("hold", &*hold), ("key", &key), ("name", "Grace Hopper"), ("email", "grace.hopper@gmial.com")];
        assert_eq!(self.form("/actions/order", &fields, &cookie).await.status(), 422);
        // A form without names of fields: the address itself is read as one.
        let unreadable = [("grace.hopper@example.com", "")];
        assert_eq!(self.form("/actions/order", &unreadable, &cookie).await.status(), 400);
        let fields = [("hold", &*hold), ("key", &key), ("name", "Grace Hopper"), ("email", "grace.hopper@example.com")];
        let ordered = self.form("/actions/order", &fields, &cookie).await;
        let order = redirect_id(&ordered);
        self.form("/actions/sandbox", &[("order", &order), ("act", "pay"), ("key", &key)], &cookie).await;
        let page =
            self.request(Method::GET, &format!("/orders/{order}")).header("cookie", &cookie).send().await.unwrap();
        assert_eq!(page.status(), 200);
        let recorded = [("scheme", "plain".to_owned()), ("order", order), ("order_status", "paid".to_owned())];
        self.logged.push(("webhook recorded", recorded.into()));
    }

    /// Sends the same secrets over HTTP/2.
    async fn proxy(&mut self, token: &str, client: &Value) {
        let io = TokioIo::new(TcpStream::connect(&self.addr).await.unwrap());
        let (mut sender, connection) = hyper::client::conn::http2::handshake(TokioExecutor::new(), io).await.unwrap();
        let driven = tokio::spawn(connection);
        let pair = STANDARD.encode(format!(
            "{}:{}",
            client["client_id"].as_str().unwrap(),
            client["client_secret"].as_str().unwrap()
        ));
        let url = |path: &str| format!("http://{}{path}", self.addr);
        let requests = [
            Request::get(url("/api/orders")).header("authorization", format!("Bearer {token}")).body(Body::empty()),
            Request::post(url("/api/token"))
                .header("authorization", format!("Basic {pair}"))
                .header("content-type", "application/x-www-form-urlencoded")
                .body(Body::from("grant_type=client_credentials")),
        ];
        for request in requests {
            assert_eq!(sender.send_request(request.unwrap()).await.unwrap().status(), 200);
        }
        self.secrets.push(pair);
        drop(sender);
        driven.await.unwrap().unwrap();
    }

    async fn scraper(&mut self) {
        let request = self.request(Method::GET, "/metrics").header("x-forwarded-for", "192.0.2.7");
        let response = request.bearer_auth(METRICS_TOKEN).send().await.unwrap();
        assert_eq!(response.status(), 200);
        self.metrics = response.text().await.unwrap();
    }
}

/// Returns the id at the end of the address that a response redirects to.
fn redirect_id(response: &reqwest::Response) -> String {
    let location = response.headers()["location"].to_str().unwrap();
    location.rsplit('/').next().unwrap().to_owned()
}

/// Returns headers and body of a webhook in that scheme.
fn signed(scheme: &str, secret: &str, event: &str, order: &str) -> (Vec<(&'static str, String)>, String) {
    let at = (SystemClock.now().as_millis() / 1000).to_string();
    let body = json!({ "order_id": order, "transaction_id": format!("tx-{event}"), "status": "success" }).to_string();
    let sign = |secret: &[u8], parts: &[&str]| {
        Key::new(secret).unwrap().sign(&parts.iter().map(|part| part.as_bytes()).collect::<Vec<_>>())
    };
    match scheme {
        "plain" => {
            let signature = hex::encode(sign(secret.as_bytes(), &[&at, &body]));
            let headers = [
                ("idempotency-key", event.to_owned()),
                ("x-webhook-timestamp", at),
                ("x-webhook-signature", signature),
            ];
            (headers.into(), body)
        }
        "standard" => {
            let secret = Secret::new(secret);
            let key = secret.standard_webhooks_key().unwrap();
            let signature = format!("v1,{}", STANDARD.encode(sign(&key, &[event, &at, &body])));
            (
                [("webhook-id", event.to_owned()), ("webhook-timestamp", at), ("webhook-signature", signature)].into(),
                body,
            )
        }
        _ => {
            let secret = if secret == WEBHOOK_SECRET { STRIPE_SECRET } else { secret };
            let intent = json!({
                "id": format!("pi_{order}"), "object": "payment_intent", "amount": 1999, "amount_received": 1999, "currency": "usd",
                "livemode": true, "metadata": { "order_id": order }, "status": "succeeded",
            });
            let body = json!({
                "id": event, "object": "event", "created": 1, "data": { "object": intent }, "livemode": true,
                "type": "payment_intent.succeeded",
            });
            let signature = hex::encode(sign(secret.as_bytes(), &[&at, &body.to_string()]));
            ([("stripe-signature", format!("t={at},v1={signature}"))].into(), body.to_string())
        }
    }
}
