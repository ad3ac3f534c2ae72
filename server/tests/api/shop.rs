//! A shop for one test, and its clients.

use checkout::{
    Checkout, ManualClock,
    model::{Product, ProductDraft, Timestamp},
    store::ApiClient,
};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use server::{startup::Server, config::{Common, CorsOrigins, Environment, RateLimit, Settings}, config::secret::{JwtKey, Secret}, webhooks::plain};
use std::{net::SocketAddr, num::NonZeroUsize, sync::Arc, time::Duration};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// When every test begins.
pub const START_MS: i64 = 1_795_392_000_000;
pub const WEBHOOK_SECRET: &str = "a webhook secret for tests";
/// The secret before it, still verifying, in the form that Standard Webhooks gives secrets.
pub const OLD_WEBHOOK_SECRET: &str = "whsec_YW4gb2xkIHdlYmhvb2sgc2VjcmV0";
pub const STRIPE_SECRET: &str = "whsec_of_stripe_for_tests";
pub const JWT_SECRET: &str = "an access token key of 32 bytes!";

pub struct Shop {
    pub addr: SocketAddr,
    pub http: reqwest::Client,
    pub clock: Arc<ManualClock>,
    pub checkout: Checkout,
    pub stopping: CancellationToken,
    pub serving: JoinHandle<()>,
    store: Arc<dyn checkout::store::Store>,
    _dir: TempDir,
}

/// An answer that has been read.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|v| v.to_str().unwrap()).unwrap_or_default()
    }

    /// The answer is this problem, in full form.
    #[track_caller]
    pub fn is_problem(&self, status: u16, kind: &str) {
        assert_eq!((self.status, &self.body["type"]), (status, &json!(format!("/problems/{kind}"))), "{self:?}");
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(self.body["status"], json!(status));
        assert!(self.body["detail"].as_str().is_some_and(|d| !d.is_empty()), "{self:?}");
    }
}

impl Shop {
    pub async fn open() -> Self {
        Self::open_with(|_| {}).await
    }

    pub async fn open_with(change: impl FnOnce(&mut Settings)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let site = dir.path().join("site");
        std::fs::create_dir(&site).unwrap();
        std::fs::write(site.join("robots.txt"), "User-agent: *").unwrap();
        let mut settings = Settings {
            common: Common {
                env: Environment::Development,
                data_dir: dir.path().into(),
                database_url: format!("sqlite://{}/holdfast.db", dir.path().display()),
            },
            addr: ([127, 0, 0, 1], 0).into(),
            webhook_secrets: [WEBHOOK_SECRET, OLD_WEBHOOK_SECRET].map(Secret::new).into(),
            stripe_secrets: vec![Secret::new(STRIPE_SECRET)],
            jwt_keys: vec![JwtKey { kid: "test".to_owned(), secret: Secret::new(JWT_SECRET) }],
            sandbox: true,
            rate_limit: RateLimit::Off,
            trusted_proxies: Vec::new(),
            cors_origins: CorsOrigins::None,
            max_connections: NonZeroUsize::new(1000).unwrap(),
            metrics_token: None,
            audit_interval: None,
            traces: None,
            site_root: Some(site),
        };
        change(&mut settings);
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(START_MS)));
        let server = Server::bind(settings, Some(clock.clone())).await.unwrap();
        Self {
            addr: server.addr(),
            http: reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().unwrap(),
            clock,
            checkout: server.checkout().clone(),
            stopping: server.stopping(),
            store: server.store().clone(),
            serving: tokio::spawn(server.serve()),
            _dir: dir,
        }
    }

    pub async fn product(&self, slug: &str, stock: u32) -> Product {
        let price = checkout::model::Money { minor: 500_000, currency: "USD".parse().unwrap() };
        self.add(ProductDraft::new(slug.parse().unwrap(), "Flash Phone", price, stock)).await
    }

    pub async fn add(&self, draft: ProductDraft) -> Product {
        self.checkout.add_product(draft).await.unwrap().unwrap()
    }

    /// A client of the API: its id and its secret. The secret's hash is a cheap one, for the tests' sake.
    pub async fn client(&self) -> (Uuid, String) {
        let secret = "a client's secret".to_owned();
        let client = ApiClient {
            id: checkout::IdGenerator::new(self.clock.clone()).generate(),
            name: "a test".to_owned(),
            secret_hash: hash(&secret),
            created_at: Timestamp::from_millis(START_MS),
            revoked_at: None,
        };
        self.clients().add(&client).await.unwrap();
        (client.id, secret)
    }

    /// The clients behind the API's back, as the command line changes them.
    pub fn clients(&self) -> &dyn checkout::store::Clients {
        self.store.clients()
    }

    /// A new client's token, got as clients get theirs.
    pub async fn token(&self) -> String {
        let (id, secret) = self.client().await;
        self.token_of(id, &secret).await
    }

    /// The answer to who asks for a token.
    pub async fn ask_for_token(&self, id: Uuid, secret: &str) -> Answer {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "client_credentials").append_pair("client_id", &id.to_string());
        self.form("/api/token", form.append_pair("client_secret", secret).finish()).await
    }

    pub async fn token_of(&self, id: Uuid, secret: &str) -> String {
        let answer = self.ask_for_token(id, secret).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.body["access_token"].as_str().unwrap().to_owned()
    }

    pub async fn form(&self, path: &str, form: String) -> Answer {
        let request = self.request(Method::POST, path).header("content-type", "application/x-www-form-urlencoded");
        read(request.body(form).send().await.unwrap()).await
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("http://{}{path}", self.addr))
    }

    pub async fn get(&self, path: &str, token: &str) -> Answer {
        read(self.request(Method::GET, path).bearer_auth(token).send().await.unwrap()).await
    }

    pub async fn post(&self, path: &str, token: &str, body: &Value) -> Answer {
        read(self.request(Method::POST, path).bearer_auth(token).json(body).send().await.unwrap()).await
    }

    pub async fn post_keyed(&self, path: &str, token: &str, key: &str, body: &Value) -> Answer {
        let request = self.request(Method::POST, path).bearer_auth(token).header("idempotency-key", key);
        read(request.json(body).send().await.unwrap()).await
    }

    pub async fn hold(&self, token: &str, product: &Product, qty: u32) -> Value {
        let answer = self.post("/api/holds", token, &json!({ "product_id": product.id, "qty": qty })).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.body
    }

    pub async fn order(&self, token: &str, product: &Product, qty: u32) -> Value {
        let hold = self.hold(token, product, qty).await;
        let answer = self.post("/api/orders", token, &json!({ "hold_id": hold["hold_id"] })).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.body
    }

    pub fn now_s(&self) -> i64 {
        self.checkout.now().as_millis() / 1000
    }

    /// A webhook as the provider sends it.
    pub async fn pay(&self, key: &str, body: &Value) -> Answer {
        self.webhook(WEBHOOK_SECRET, self.now_s(), Some(key), body.to_string()).await
    }

    pub async fn webhook(&self, secret: &str, at: i64, key: Option<&str>, body: String) -> Answer {
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

/// Reads an answer whole; a body that is not JSON is its text.
pub async fn read(response: Response) -> Answer {
    let (status, headers) = (response.status(), response.headers().clone());
    assert_ne!(status, StatusCode::INTERNAL_SERVER_ERROR, "no input yields a 500");
    let text = response.text().await.unwrap();
    let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
    Answer { status: status.as_u16(), headers, body }
}

/// A cheap hash of a secret, for the tests' sake.
pub fn hash(secret: &str) -> String {
    use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, Version, password_hash::SaltString};
    let cheap = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8, 1, 1, None).unwrap());
    let salt = SaltString::from_b64("c2FsdHNhbHRzYWx0").unwrap();
    cheap.hash_password(secret.as_bytes(), &salt).unwrap().to_string()
}
