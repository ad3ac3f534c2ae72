//! The state of the server. A handler extracts only the part that it needs: `State<Checkout>`, `State<Arc<Tokens>>`.

use crate::{
    auth::{SecretVerifier, Tokens},
    backoffice::recount::Recounts,
    cards::CardService,
    clients::ClientService,
    config::Settings,
    console::LiveHub,
    endpoints::EndpointService,
    http::sse::EventStreams,
    operators::OperatorService,
    payments::ShopUrl,
    pictures::PictureService,
    telemetry::metrics::Metrics,
    webhooks::WebhookKeys,
};
use app::shop::sandbox::SandboxProvider;
use axum::extract::FromRef;
use checkout::{Checkout, IdGenerator, Supervisor, store::Store};
use integrations::{mail::Mail, payments::Payments, webhooks::Webhooks};
use leptos::config::LeptosOptions;
use std::{ops::Deref, sync::Arc};
use tokio_util::sync::CancellationToken;

/// The state that all requests share. Clones are cheap.
#[derive(Clone)]
pub struct AppState(Arc<AppStateInner>);

/// The fields of [`AppState`].
pub struct AppStateInner {
    /// The engine.
    pub checkout: Checkout,
    /// The store of sessions and API clients.
    pub store: Arc<dyn Store>,
    /// Generates request ids.
    pub ids: IdGenerator,
    /// Issues and verifies access tokens.
    pub tokens: Arc<Tokens>,
    /// Manages operators and their sessions.
    pub operators: OperatorService,
    /// Recounts of the shop by operators.
    pub recounts: Recounts,
    /// Manages API clients.
    pub clients: ClientService,
    /// Manages the endpoints of webhooks.
    pub endpoints: EndpointService,
    /// Webhooks of the shop.
    pub webhooks: Webhooks,
    /// Processes, stores and reads pictures of products.
    pub pictures: PictureService,
    /// Renders the images that other sites show, and keeps them.
    pub cards: CardService,
    /// Verifies API clients' secrets.
    pub secrets: Arc<SecretVerifier>,
    /// Metrics of this server.
    pub metrics: Arc<Metrics>,
    /// Builds responses that stream events.
    pub streams: EventStreams,
    /// Keys that verify payment webhooks.
    pub webhook_keys: Arc<WebhookKeys>,
    /// Sends mails.
    pub mail: Mail,
    /// The built-in payment provider, where it is enabled.
    pub sandbox: Option<SandboxProvider>,
    /// Takes and returns money at the payment provider.
    pub payments: Payments,
    /// The address under which browsers reach the shop.
    pub shop_url: ShopUrl,
    /// Leptos' options.
    pub leptos: LeptosOptions,
    /// Refreshes the console's Live screen.
    pub live: LiveHub,
    /// The settings.
    pub settings: Arc<Settings>,
    /// The server's background tasks.
    pub tasks: Supervisor,
    /// Cancelled when the server is asked to stop.
    pub stopping: CancellationToken,
}

impl From<AppStateInner> for AppState {
    fn from(inner: AppStateInner) -> Self {
        Self(Arc::new(inner))
    }
}

impl Deref for AppState {
    type Target = AppStateInner;

    fn deref(&self) -> &AppStateInner {
        &self.0
    }
}

/// Lets handlers extract one part of the state.
macro_rules! extractable {
    ($($part:ident: $type:ty),* $(,)?) => {
        $(impl FromRef<AppState> for $type {
            fn from_ref(state: &AppState) -> Self {
                state.$part.clone()
            }
        })*
    };
}

extractable! {
    checkout: Checkout,
    tokens: Arc<Tokens>,
    operators: OperatorService,
    recounts: Recounts,
    clients: ClientService,
    endpoints: EndpointService,
    pictures: PictureService,
    secrets: Arc<SecretVerifier>,
    metrics: Arc<Metrics>,
    streams: EventStreams,
    webhook_keys: Arc<WebhookKeys>,
    payments: Payments,
    shop_url: ShopUrl,
    leptos: LeptosOptions,
    live: LiveHub,
    settings: Arc<Settings>,
    tasks: Supervisor,
    stopping: CancellationToken,
}
