//! What every handler may reach.

use crate::{
    api::token::ClientCheck,
    auth::Tokens,
    config::Settings,
    in_progress::InProgress,
    limits::{Arrivals, Crowd, Rates},
    metrics::Metrics,
    webhooks,
};
use app::sandbox::SandboxProvider;
use axum::extract::FromRef;
use checkout::{Checkout, Mint, store::Store};
use leptos::config::LeptosOptions;
use std::{ops::Deref, sync::Arc};
use tokio_util::sync::CancellationToken;

/// Shared by all requests; clones are cheap.
#[derive(Clone)]
pub struct AppState(Arc<Parts>);

/// The parts of [`AppState`].
pub struct Parts {
    /// The engine.
    pub checkout: Checkout,
    /// Sessions and API clients live here; everything else goes through the engine.
    pub store: Arc<dyn Store>,
    /// Ids of requests.
    pub mint: Mint,
    /// Issues and verifies access tokens.
    pub tokens: Tokens,
    /// Requests with an idempotency key that are under way.
    pub in_progress: InProgress,
    /// How often clients may ask.
    pub rates: Rates,
    /// Requests whose body is still on its way.
    pub arrivals: Arrivals,
    /// How many requests are answered at once.
    pub crowd: Crowd,
    /// What this server tells of itself.
    pub metrics: Metrics,
    /// Checks clients' secrets, a few at a time.
    pub client_check: ClientCheck,
    /// Verify webhooks.
    pub webhook_keys: webhooks::Keys,
    /// The built-in payment provider, where it is open.
    pub sandbox: Option<SandboxProvider>,
    /// Where the storefront's files are.
    pub leptos: LeptosOptions,
    /// What the server runs by.
    pub settings: Settings,
    /// Cancelled when the server is asked to stop.
    pub stopping: CancellationToken,
}

impl From<Parts> for AppState {
    fn from(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for AppState {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}
