//! From settings to a server that listens: store, engine, sweep, state, router, and the order in which they stop.

use crate::{
    api::{self, token::ClientCheck},
    auth::{self, Tokens},
    config::{Common, Environment, Settings},
    in_progress::InProgress,
    limits::{self, Arrivals, Crowd, Rates},
    listen,
    metrics::{self, Metrics},
    passage::Passage,
    router,
    sandbox::Loopback,
    secret,
    sessions::SharedStore,
    site,
    state::{AppState, Parts},
    webhooks,
};
use app::sandbox::SandboxProvider;
use axum::routing::{MethodRouter, post};
use checkout::{
    Checkout, Clock, Limits, Mint, StoreError,
    store::{self, Store},
};
use std::{error::Error as _, io, net::SocketAddr, sync::Arc};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Why the server, or a command, could not start.
#[derive(Debug, thiserror::Error)]
pub enum BootError {
    /// The data folder cannot be used.
    #[error("the data folder {path} cannot be used: {source}")]
    DataDir {
        /// Which.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// The store cannot be opened or brought up to date.
    #[error("{}", told(.0))]
    Store(#[from] StoreError),
    /// Somebody else listens there.
    #[error("{0} is in use: stop what listens there, or choose another address with --addr or HOLDFAST_ADDR")]
    Taken(SocketAddr),
    /// The address cannot be listened on.
    #[error("cannot listen on {addr}: {source}")]
    Listen {
        /// Which.
        addr: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// Anything that should not be.
    #[error("{0}")]
    Other(String),
}

/// The error and its cause, which the store's errors do not repeat.
fn told(error: &StoreError) -> String {
    error.source().map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
}

/// The store and the engine on it, migrated: what every command works with.
pub struct Engine {
    /// The engine.
    pub checkout: Checkout,
    /// What it stands on.
    pub store: Arc<dyn Store>,
    /// What it goes by.
    pub clock: Arc<dyn Clock>,
}

impl Engine {
    /// Opens and migrates the store, and starts the engine. Without a clock of its own it goes by the store's, on which
    /// all nodes agree.
    pub async fn start(common: &Common, clock: Option<Arc<dyn Clock>>) -> Result<Self, BootError> {
        let store = open_store(common).await?;
        let clock = clock.unwrap_or_else(|| store.clock());
        let checkout = Checkout::start(store.clone(), clock.clone(), Limits::default()).await?;
        Ok(Self { checkout, store, clock })
    }
}

/// Opens the store and brings its schema up to date.
pub async fn open_store(common: &Common) -> Result<Arc<dyn Store>, BootError> {
    if common.database_url.starts_with("sqlite:") {
        let failed = |source| BootError::DataDir { path: common.data_dir.display().to_string(), source };
        secret::private_folder(&common.data_dir).map_err(failed)?;
    }
    let store = store::open(&common.database_url).await?;
    store.migrate().await?;
    Ok(store)
}

/// A server that listens and has yet to serve.
pub struct Server {
    listener: TcpListener,
    addr: SocketAddr,
    state: AppState,
}

impl Server {
    /// Starts everything but the serving. Tests bring a clock that they can turn.
    pub async fn bind(settings: Settings, clock: Option<Arc<dyn Clock>>) -> Result<Self, BootError> {
        let listener = listen_on(settings.addr).await?;
        let addr = listener.local_addr().map_err(|source| BootError::Listen { addr: settings.addr, source })?;
        let Engine { checkout, store, clock } = Engine::start(&settings.common, clock).await?;
        checkout.sweep(Limits::default());
        tokio::spawn(SharedStore::new(store.clone(), checkout.clone()).purge());
        let other = |error: &dyn std::error::Error| BootError::Other(error.to_string());
        let leptos = site::options(&settings, addr).map_err(|e| other(&e))?;
        let sandbox = sandbox(&settings, addr, clock.clone()).map_err(|e| other(&e))?;
        warn_of(&settings);
        let state = Parts {
            checkout,
            store,
            mint: Mint::new(clock),
            tokens: Tokens::new(&settings.jwt_keys),
            in_progress: InProgress::default(),
            rates: Rates::new(&settings),
            arrivals: Arrivals::default(),
            crowd: Crowd::default(),
            metrics: Metrics::new(router::paths()).map_err(|e| other(&e))?,
            client_check: ClientCheck::default(),
            webhook_keys: webhooks::Keys::new(&settings.webhook_secrets, &settings.stripe_secrets),
            sandbox,
            leptos,
            settings,
            stopping: CancellationToken::new(),
        };
        let state = AppState::from(state);
        state.tokens.look_for_revoked(&*state.store).await.map_err(|e| other(&e))?;
        tokio::spawn(auth::keep_looking_for_revoked(state.clone()));
        tokio::spawn(limits::keep_forgetting(state.clone()));
        tokio::spawn(metrics::keep_auditing(state.clone()));
        Ok(Self { listener, addr, state })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The engine.
    pub fn checkout(&self) -> &Checkout {
        &self.state.checkout
    }

    /// What it stands on.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.state.store
    }

    /// Cancel this to stop the server: streams end at once, requests are answered first.
    pub fn stopping(&self) -> CancellationToken {
        self.state.stopping.clone()
    }

    /// Serves until it is stopped.
    pub async fn serve(self) {
        self.serve_with(post(api::holds::place)).await;
    }

    /// As [`Server::serve`], with `place_hold` at `POST /api/holds`.
    pub async fn serve_with(self, place_hold: MethodRouter<AppState>) {
        tracing::info!(addr = %self.addr, "listening");
        let stopping = self.stopping();
        let most = listen::room(self.state.settings.max_connections);
        let router = router::build(self.state.clone(), place_hold);
        listen::serve(self.listener, Passage::new(self.state, router), most, stopping).await;
        tracing::info!("stopped");
    }
}

async fn listen_on(addr: SocketAddr) -> Result<TcpListener, BootError> {
    TcpListener::bind(addr).await.map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => BootError::Taken(addr),
        _ => BootError::Listen { addr, source },
    })
}

fn sandbox(
    settings: &Settings,
    addr: SocketAddr,
    clock: Arc<dyn Clock>,
) -> Result<Option<SandboxProvider>, reqwest::Error> {
    let Some(secret) = settings.webhook_secrets.first().filter(|_| settings.sandbox) else { return Ok(None) };
    let provider = Loopback::new(addr, secret.clone(), clock)?;
    Ok(Some(SandboxProvider(Arc::new(provider))))
}

/// Says what is set and may surprise.
fn warn_of(settings: &Settings) {
    if settings.sandbox && settings.common.env == Environment::Production {
        tracing::warn!("the sandbox payment provider is open: anybody can pay without money");
    }
}
