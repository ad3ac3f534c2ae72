//! A server for one test, and requests to it.

use checkout::{
    Checkout, ManualClock,
    model::{
        Actor, AuditEntry, AuditObject, EndpointId, JobId, JobKind, JobSubject, NewJob, OrderId, Product, ProductDraft,
        ScopeSet, Timestamp, Topic,
    },
    store::{
        ApiClient, ClientChange, DisabledReason, Endpoint, EndpointChange, EndpointOutcome, SigningSecret,
        outbox::{ClaimRequest, JobOutcome, JobResult},
    },
};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use server::{
    config::{
        Common, CorsOrigins, Environment, PaymentConfig, PaymentProvider, RateLimit, Settings,
        secret::{JwtKey, Secret},
    },
    operators::{Entries, OperatorService},
    startup::Server,
    webhooks::plain,
};
use std::{net::SocketAddr, num::NonZeroUsize, sync::Arc, time::Duration};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Time at which each test begins.
pub const START_MS: i64 = 1_795_392_000_000;
pub const WEBHOOK_SECRET: &str = "a webhook secret for tests";
/// An older secret that still verifies, in the format of Standard Webhooks.
pub const OLD_WEBHOOK_SECRET: &str = "whsec_YW4gb2xkIHdlYmhvb2sgc2VjcmV0";
pub const STRIPE_SECRET: &str = "whsec_of_stripe_for_tests";
pub const JWT_SECRET: &str = "an access token key of 32 bytes!";

/// A running server with a store of its own.
pub struct Shop {
    pub addr: SocketAddr,
    pub http: reqwest::Client,
    pub clock: Arc<ManualClock>,
    pub checkout: Checkout,
    pub stopping: CancellationToken,
    pub serving: JoinHandle<()>,
    /// Address of the database, for the command line.
    pub database_url: String,
    pub operators: OperatorService,
    store: Arc<dyn checkout::store::Store>,
    _dir: TempDir,
}

/// A response and its whole body.
#[derive(Debug)]
pub struct ApiResponse {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
}

impl ApiResponse {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|v| v.to_str().unwrap()).unwrap_or_default()
    }

    /// Asserts that the response is a problem of this kind, with all members.
    #[track_caller]
    pub fn assert_problem(&self, status: u16, kind: &str) {
        assert_eq!((self.status, &self.body["type"]), (status, &json!(format!("/problems/{kind}"))), "{self:?}");
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(self.body["status"], json!(status));
        assert!(self.body["detail"].as_str().is_some_and(|d| !d.is_empty()), "{self:?}");
    }
}

impl Shop {
    /// Starts a server with default settings.
    pub async fn open() -> Self {
        Self::open_with(|_| {}).await
    }

    /// Starts a server with changed settings.
    pub async fn open_with(change: impl FnOnce(&mut Settings)) -> Self {
        Self::serve_with(change, Server::serve).await
    }

    /// Starts a server with changed settings, and serves by `serve`.
    pub async fn serve_with<F>(change: impl FnOnce(&mut Settings), serve: impl FnOnce(Server) -> F) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let dir = tempfile::tempdir().unwrap();
        let site = dir.path().join("site");
        std::fs::create_dir(&site).unwrap();
        std::fs::write(site.join("favicon.svg"), "<svg xmlns=\"http://www.w3.org/2000/svg\"/>").unwrap();
        let mut settings = Settings {
            common: Common {
                env: Environment::Development,
                data_dir: dir.path().into(),
                database_url: format!("sqlite://{}/holdfast.db", dir.path().display()),
                public_url: None,
                webhooks_allow_private: true,
            },
            addr: ([127, 0, 0, 1], 0).into(),
            webhook_secrets: [WEBHOOK_SECRET, OLD_WEBHOOK_SECRET].map(Secret::new).into(),
            stripe_secrets: vec![Secret::new(STRIPE_SECRET)],
            jwt_keys: vec![JwtKey { kid: "test".to_owned(), secret: Secret::new(JWT_SECRET) }],
            payments: PaymentConfig::of(PaymentProvider::Sandbox),
            rate_limit: RateLimit::Off,
            trusted_proxies: Vec::new(),
            cors_origins: CorsOrigins::None,
            max_connections: NonZeroUsize::new(1000).unwrap(),
            metrics_token: None,
            audit_interval: None,
            mail: server::config::MailConfig::default(),
            contact_retention: None,
            traces: None,
            site_root: Some(site),
        };
        change(&mut settings);
        let database_url = settings.common.database_url.clone();
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(START_MS)));
        let server = Server::bind(settings, Some(clock.clone())).await.unwrap();
        Self {
            addr: server.addr(),
            http: reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().unwrap(),
            clock,
            checkout: server.checkout().clone(),
            stopping: server.stopping(),
            store: server.store().clone(),
            operators: server.operators().clone(),
            serving: tokio::spawn(serve(server)),
            database_url,
            _dir: dir,
        }
    }

    pub async fn product(&self, slug: &str, stock: u32) -> Product {
        let price = checkout::model::Money { minor: 500_000, currency: "USD".parse().unwrap() };
        self.add(ProductDraft::new(slug.parse().unwrap(), "Flash Phone", price, stock)).await
    }

    pub async fn add(&self, draft: ProductDraft) -> Product {
        self.checkout.add_product(draft, Actor::system()).await.unwrap().value
    }

    /// Adds an API client, and returns its id and secret. The hash is cheap, to keep the tests fast.
    pub async fn client(&self) -> (Uuid, String) {
        self.client_with(ScopeSet::CHECKOUT).await
    }

    /// Adds an API client with these scopes, and returns its id and secret.
    pub async fn client_with(&self, scopes: ScopeSet) -> (Uuid, String) {
        let secret = "a client's secret".to_owned();
        let client = ApiClient {
            id: checkout::IdGenerator::new(self.clock.clone()).generate(),
            name: "a test".to_owned(),
            secret_hash: hash(&secret),
            created_at: Timestamp::from_millis(START_MS),
            revoked_at: None,
            scopes,
        };
        let id = client.id;
        self.clients().change(&ClientChange::Add(client), &self.entry("client.add"), None).await.unwrap();
        (id, secret)
    }

    /// Returns the store.
    pub fn store(&self) -> &dyn checkout::store::Store {
        &*self.store
    }

    /// Returns an entry of the audit log.
    pub fn entry(&self, action: &'static str) -> AuditEntry {
        let object = AuditObject::new("client", "of a test");
        Entries::new(self.clock.clone()).entry(&Actor::system(), action, object, &Value::Null, &Value::Null)
    }

    /// Returns the store of API clients, which the command line uses.
    pub fn clients(&self) -> &dyn checkout::store::Clients {
        self.store.clients()
    }

    /// Adds an API client, and returns a token for it.
    pub async fn token(&self) -> String {
        let (id, secret) = self.client().await;
        self.token_for(id, &secret).await
    }

    /// Adds an API client with these scopes, and returns a token for it.
    pub async fn token_with(&self, scopes: ScopeSet) -> String {
        let (id, secret) = self.client_with(scopes).await;
        self.token_for(id, &secret).await
    }

    /// Requests a token.
    pub async fn request_token(&self, id: Uuid, secret: &str) -> ApiResponse {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "client_credentials").append_pair("client_id", &id.to_string());
        self.form("/api/token", form.append_pair("client_secret", secret).finish()).await
    }

    pub async fn token_for(&self, id: Uuid, secret: &str) -> String {
        let response = self.request_token(id, secret).await;
        assert_eq!(response.status, 200, "{response:?}");
        response.body["access_token"].as_str().unwrap().to_owned()
    }

    pub async fn form(&self, path: &str, form: String) -> ApiResponse {
        let request = self.request(Method::POST, path).header("content-type", "application/x-www-form-urlencoded");
        read(request.body(form).send().await.unwrap()).await
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("http://{}{path}", self.addr))
    }

    pub async fn get(&self, path: &str, token: &str) -> ApiResponse {
        read(self.request(Method::GET, path).bearer_auth(token).send().await.unwrap()).await
    }

    pub async fn post(&self, path: &str, token: &str, body: &Value) -> ApiResponse {
        read(self.request(Method::POST, path).bearer_auth(token).json(body).send().await.unwrap()).await
    }

    pub async fn post_keyed(&self, path: &str, token: &str, key: &str, body: &Value) -> ApiResponse {
        let request = self.request(Method::POST, path).bearer_auth(token).header("idempotency-key", key);
        read(request.json(body).send().await.unwrap()).await
    }

    pub async fn hold(&self, token: &str, product: &Product, qty: u32) -> Value {
        let response = self.post("/api/holds", token, &json!({ "product_id": product.id, "qty": qty })).await;
        assert_eq!(response.status, 201, "{response:?}");
        response.body
    }

    pub async fn order(&self, token: &str, product: &Product, qty: u32) -> Value {
        let hold = self.hold(token, product, qty).await;
        let response = self.post("/api/orders", token, &json!({ "hold_id": hold["hold_id"] })).await;
        assert_eq!(response.status, 201, "{response:?}");
        response.body
    }

    /// Places an order of one unit for a buyer in Berlin, with this address.
    pub async fn order_of_buyer(&self, token: &str, product: &Product, email: &str) -> Value {
        let hold = self.hold(token, product, 1).await;
        let address =
            json!({ "country": "DE", "line1": "Unter den Linden 1", "city": "Berlin", "postal_code": "10117" });
        let contact = json!({ "email": email, "name": "=Ada Lovelace", "address": address });
        let response =
            self.post("/api/orders", token, &json!({ "hold_id": hold["hold_id"], "contact": contact })).await;
        assert_eq!(response.status, 201, "{response:?}");
        response.body
    }

    pub fn now_s(&self) -> i64 {
        self.checkout.now().as_millis() / 1000
    }

    /// Sends a payment webhook, signed by the plain scheme.
    pub async fn pay(&self, key: &str, body: &Value) -> ApiResponse {
        self.webhook(WEBHOOK_SECRET, self.now_s(), Some(key), body.to_string()).await
    }

    pub async fn webhook(&self, secret: &str, at: i64, key: Option<&str>, body: String) -> ApiResponse {
        let mut request = self
            .request(Method::POST, "/api/webhooks/payment")
            .header("x-webhook-timestamp", at)
            .header("x-webhook-signature", plain::sign(&Secret::new(secret), at, body.as_bytes()));
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        read(request.body(body).send().await.unwrap()).await
    }
}

/// Reads the whole response. A body that is not JSON becomes a JSON string.
pub async fn read(response: Response) -> ApiResponse {
    let (status, headers) = (response.status(), response.headers().clone());
    assert_ne!(status, StatusCode::INTERNAL_SERVER_ERROR, "no request causes a 500");
    let text = response.text().await.unwrap();
    let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
    ApiResponse { status: status.as_u16(), headers, body }
}

/// Returns an order's refunds without their ids, times and versions, which differ from run to run.
pub fn refunds_of(order: &Value) -> Value {
    let mut refunds = order["refunds"].clone();
    for refund in refunds.as_array_mut().unwrap() {
        let refund = refund.as_object_mut().unwrap();
        for member in ["id", "updated_at", "version"] {
            assert!(refund.remove(member).is_some(), "{member}");
        }
    }
    refunds
}

/// Hashes a secret with the cheapest parameters, to keep the tests fast.
pub fn hash(secret: &str) -> String {
    use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, Version, password_hash::SaltString};
    let cheap = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8, 1, 1, None).unwrap());
    let salt = SaltString::from_b64("c2FsdHNhbHRzYWx0").unwrap();
    cheap.hash_password(secret.as_bytes(), &salt).unwrap().to_string()
}

impl Shop {
    /// Adds a webhook about an order that failed for good, and returns its id.
    pub async fn dead_job(&self, order: OrderId) -> JobId {
        let (now, id) = (self.checkout.now(), Uuid::from_u128(77));
        // No worker claims the webhooks of an endpoint that is switched off.
        let endpoint = Some(self.disabled_endpoint().await);
        let subject = JobSubject { order: Some(order), version: 1, ..JobSubject::default() };
        let job = NewJob::new(JobId(id), JobKind::Webhook, Topic::OrderPaid, subject, "webhook/test".to_owned(), now);
        let job = NewJob { endpoint, ..job };
        let outbox = self.store.outbox();
        outbox.add(&[job]).await.unwrap();
        let claim = ClaimRequest { kind: JobKind::Webhook, endpoint, claim: id, now, until: now, limit: 9 };
        assert_eq!(outbox.claim(claim).await.unwrap().len(), 1);
        let outcome = JobOutcome::Dead { error: "refused <for good>: 550".to_owned() };
        outbox.record(&[JobResult { id: JobId(id), claim: id, outcome }], now).await.unwrap();
        JobId(id)
    }

    /// Adds an endpoint that is switched off.
    async fn disabled_endpoint(&self) -> EndpointId {
        let (now, id) = (self.checkout.now(), EndpointId(Uuid::from_u128(77)));
        let endpoint = Endpoint {
            id,
            url: "https://example.com/hooks".to_owned(),
            events: [Topic::OrderPaid].into(),
            description: String::new(),
            secret: SigningSecret::new("whsec_bmV3".to_owned()),
            previous: None,
            disabled: Some(DisabledReason::Operator),
            failing_since: None,
            created_at: now,
            version: 1,
        };
        let (change, entry) = (EndpointChange::Add(endpoint), self.entry("webhook.add"));
        assert_eq!(self.store.endpoints().change(&change, &entry, None).await.unwrap(), EndpointOutcome::Changed);
        id
    }
}
