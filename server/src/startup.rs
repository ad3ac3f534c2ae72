//! Starts the server from its settings: store, engine, background tasks, state, router, listener.

use crate::{
    api,
    auth::{SecretVerifier, Tokens, hashing::Hasher},
    backoffice::recount::Recounts,
    cards::CardService,
    clients::ClientService,
    config::{Common, Environment, Settings, secret},
    console::LiveHub,
    endpoints::EndpointService,
    http::{assets, limits::RateLimiter, listener, sse::EventStreams},
    messages,
    operators::OperatorService,
    payments::{self, ShopUrl},
    pictures::PictureService,
    router,
    state::{AppState, AppStateInner},
    storefront::{SessionStorage, sandbox::LoopbackSender},
    telemetry::metrics::{self, Metrics},
    webhooks::WebhookKeys,
};
use app::shop::sandbox::SandboxProvider;
use axum::routing::{MethodRouter, post};
use checkout::{
    Checkout, Clock, IdGenerator, Limits, StoreError, Supervisor,
    store::{self, Store},
};
use std::{io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Time for the engine's tasks to stop, once the last request has finished.
const ENGINE_STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// Time for the server's tasks to stop: a second more than the outbox's jobs have to finish, so that their results are recorded.
const TASK_STOP_TIMEOUT: Duration = Duration::from_secs(6);

/// Why the server or a command could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartupError {
    /// The data folder is unusable.
    #[error("the data folder {path} cannot be used: {source}")]
    DataDir {
        /// The folder.
        path: String,
        /// The cause.
        source: io::Error,
    },
    /// The store cannot be opened or migrated.
    #[error("{}", with_cause(.0))]
    Store(#[from] StoreError),
    /// The address is in use.
    #[error(
        "{0} is in use: stop the program that listens there, or choose another address with --addr or HOLDFAST_ADDR"
    )]
    AddressInUse(SocketAddr),
    /// Listening failed.
    #[error("cannot listen on {addr}: {source}")]
    Listen {
        /// The address.
        addr: SocketAddr,
        /// The cause.
        source: io::Error,
    },
    /// An unexpected error.
    #[error("{0}")]
    Unexpected(String),
}

/// Formats an error with its cause, which the store's errors do not repeat.
pub(crate) fn with_cause(error: &StoreError) -> String {
    error.cause().map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
}

/// A migrated store and the engine on it, which every command uses.
pub struct Engine {
    /// The engine.
    pub checkout: Checkout,
    /// The store.
    pub store: Arc<dyn Store>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

impl Engine {
    /// Opens and migrates the store, and starts the engine. The default clock is the store's, on which all nodes agree.
    pub async fn start(common: &Common, clock: Option<Arc<dyn Clock>>) -> Result<Self, StartupError> {
        let store = open_store(common).await?;
        let clock = clock.unwrap_or_else(|| store.clock());
        let checkout = Checkout::start(store.clone(), clock.clone(), Limits::default()).await?;
        Ok(Self { checkout, store, clock })
    }
}

/// Opens and migrates the store.
pub async fn open_store(common: &Common) -> Result<Arc<dyn Store>, StartupError> {
    if common.database_url.starts_with("sqlite:") {
        let unusable = |source| StartupError::DataDir { path: common.data_dir.display().to_string(), source };
        secret::private_folder(&common.data_dir).map_err(unusable)?;
    }
    let store = store::open(&common.database_url).await?;
    store.migrate().await?;
    Ok(store)
}

/// A server that listens and does not serve yet.
pub struct Server {
    listener: TcpListener,
    addr: SocketAddr,
    state: AppState,
    rate_limiter: Arc<RateLimiter>,
}

impl Server {
    /// Opens the store and starts the engine and the background tasks. Tests pass a manual clock.
    pub async fn bind(settings: Settings, clock: Option<Arc<dyn Clock>>) -> Result<Self, StartupError> {
        let listener = listen_on(settings.addr).await?;
        let addr = listener.local_addr().map_err(|source| StartupError::Listen { addr: settings.addr, source })?;
        let Engine { checkout, store, clock } = Engine::start(&settings.common, clock).await?;
        let unexpected = |error: &dyn std::error::Error| StartupError::Unexpected(error.to_string());
        let leptos = assets::options(&settings, addr).map_err(|e| unexpected(&e))?;
        let sandbox = sandbox(&settings, addr, clock.clone()).map_err(|e| unexpected(&e))?;
        let shop_url = ShopUrl::new(&settings.common, addr);
        let payments = payments::build(&settings.payments, &shop_url, &checkout, &store, &clock)?;
        warn_of_risky_settings(&settings);
        let metrics = Arc::new(Metrics::new().map_err(|e| unexpected(&e))?);
        let tokens = Arc::new(Tokens::new(&settings.jwt_keys));
        tokens.reload_clients(&*store).await.map_err(|e| unexpected(&e))?;
        let stopping = CancellationToken::new();
        let rate_limiter = Arc::new(RateLimiter::new(&settings, tokens.clone(), checkout.clone()));
        let hasher = Arc::new(Hasher::default());
        let is_production = settings.common.env == Environment::Production;
        let operators = OperatorService::new(store.clone(), clock.clone(), hasher.clone(), is_production);
        let mail = messages::mail(&settings, &shop_url, &checkout, &store, &operators)?;
        let clients = ClientService::new(store.clone(), clock.clone(), hasher.clone());
        let webhooks = messages::webhooks(&settings.common, &checkout, &store)?;
        let endpoints = EndpointService::new(webhooks.clone(), store.clone(), clock.clone());
        let pictures = PictureService::new(store.clone(), clock.clone());
        let state = AppState::from(AppStateInner {
            pictures,
            cards: CardService::default(),
            ids: IdGenerator::new(clock),
            operators,
            recounts: Recounts::default(),
            clients,
            endpoints,
            webhooks,
            secrets: Arc::new(SecretVerifier::new(store.clone(), hasher)),
            streams: EventStreams::new(metrics.clone(), stopping.clone()),
            webhook_keys: Arc::new(WebhookKeys::new(&settings)),
            live: LiveHub::new(checkout.clone(), metrics.clone()),
            settings: Arc::new(settings),
            checkout,
            store,
            tokens,
            metrics,
            sandbox,
            mail,
            payments,
            shop_url,
            leptos,
            tasks: Supervisor::new(),
            stopping,
        });
        start_background_tasks(&state, rate_limiter.clone());
        Ok(Self { listener, addr, state, rate_limiter })
    }

    /// The address that the server listens on.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The engine.
    pub fn checkout(&self) -> &Checkout {
        &self.state.checkout
    }

    /// The store.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.state.store
    }

    /// The server's background tasks.
    pub fn tasks(&self) -> &Supervisor {
        &self.state.tasks
    }

    /// The operators.
    pub fn operators(&self) -> &OperatorService {
        &self.state.operators
    }

    /// Returns the token that stops the server when it is cancelled: streams end at once, requests are finished first.
    pub fn stopping(&self) -> CancellationToken {
        self.state.stopping.clone()
    }

    /// Serves until it is stopped.
    pub async fn serve(self) {
        self.serve_with(post(api::holds::place)).await;
    }

    /// Serves with `place_hold` at `POST /api/holds`.
    pub async fn serve_with(self, place_hold: MethodRouter<AppState>) {
        tracing::info!(addr = %self.addr, "listening");
        let stopping = self.stopping();
        let (checkout, tasks) = (self.state.checkout.clone(), self.state.tasks.clone());
        let max_connections = listener::max_connections(self.state.settings.max_connections);
        let router = router::build(self.state, self.rate_limiter, place_hold);
        listener::serve(self.listener, router, max_connections, stopping).await;
        // The engine stops last: a job that returns money records that with it.
        let running = tasks.stop(TASK_STOP_TIMEOUT).await;
        let engine_running = checkout.shutdown(ENGINE_STOP_TIMEOUT).await;
        for task in running.into_iter().chain(engine_running) {
            tracing::warn!(task, "a background task did not stop in time");
        }
        tracing::info!("stopped");
    }
}

fn start_background_tasks(state: &AppState, rate_limiter: Arc<RateLimiter>) {
    let (checkout, store, tasks) = (&state.checkout, &state.store, &state.tasks);
    let limits = Limits { contact_retention: state.settings.contact_retention, ..Limits::default() };
    checkout.start_maintenance(limits);
    messages::start_outbox(state);
    let sessions = SessionStorage::new(store.clone(), checkout.clone());
    tasks.spawn("session_purge", false, sessions.purge_periodically());
    tasks.spawn("operator_purge", false, state.operators.clone().purge_periodically());
    tasks.spawn("live_screen", false, state.live.clone().run());
    tasks.spawn("token_revocation", true, state.tokens.clone().reload_clients_periodically(store.clone()));
    tasks.spawn("rate_limit_eviction", true, rate_limiter.evict_idle_clients());
    if state.payments.provider_name().is_some() {
        tasks.spawn("reconciliation", false, state.payments.clone().run_reconciliation());
    }
    if let Some(interval) = state.settings.audit_interval {
        tasks.spawn("audit", false, metrics::audit_periodically(state.metrics.clone(), checkout.clone(), interval));
    }
}

async fn listen_on(addr: SocketAddr) -> Result<TcpListener, StartupError> {
    TcpListener::bind(addr).await.map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => StartupError::AddressInUse(addr),
        _ => StartupError::Listen { addr, source },
    })
}

fn sandbox(
    settings: &Settings,
    addr: SocketAddr,
    clock: Arc<dyn Clock>,
) -> Result<Option<SandboxProvider>, reqwest::Error> {
    let Some(secret) = settings.webhook_secrets.first().filter(|_| settings.payments.has_sandbox()) else {
        return Ok(None);
    };
    let sender = LoopbackSender::new(addr, secret.clone(), clock)?;
    Ok(Some(SandboxProvider(Arc::new(sender))))
}

/// Warns of settings that are risky in production.
fn warn_of_risky_settings(settings: &Settings) {
    if settings.common.env != Environment::Production {
        return;
    }
    if settings.payments.has_sandbox() {
        tracing::warn!("the sandbox payment provider is enabled: anybody can pay without money");
    }
    if settings.mail.smtp.is_none() {
        tracing::warn!("no mails are sent until HOLDFAST_SMTP_URL is set: they wait in the outbox");
    }
}
