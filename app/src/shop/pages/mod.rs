//! Pages, one file for each route. The server loads a page completely before it sends the first byte, so that the status
//! code is right.

pub(crate) mod error;
pub(crate) mod hold;
pub(crate) mod home;
pub(crate) mod legal;
pub(crate) mod link_expired;
pub(crate) mod order;
pub(crate) mod orders;
pub(crate) mod product;
pub(crate) mod sandbox;

use crate::shop::{
    held::{HeldProduct, Holds},
    session,
};
use checkout::{
    Checkout, Error,
    model::{OrderId, Owner, Product, Refusal},
};
use http::{HeaderName, HeaderValue, StatusCode, header};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use leptos_meta::Meta;
use leptos_router::{
    hooks::{use_params_map, use_query_map},
    params::ParamsMap,
};

/// Reason why a page cannot be shown.
pub(crate) enum PageError {
    /// Nothing exists at this URL, or it belongs to somebody else.
    NotFound,
    /// The server is overloaded.
    Busy,
    /// The server failed and has logged the cause.
    Internal,
}

impl From<Error> for PageError {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(Refusal::UnknownProduct | Refusal::UnknownHold | Refusal::UnknownOrder) => Self::NotFound,
            Error::Busy { .. } => Self::Busy,
            Error::Refused(_) | Error::OutcomeUnknown | Error::Internal => Self::Internal,
        }
    }
}

/// The parts of a request that pages use. Leptos' context must be read before the first `await`.
#[derive(Clone)]
pub(crate) struct PageRequest {
    pub(crate) checkout: Checkout,
    pub(crate) params: ParamsMap,
    pub(crate) query: ParamsMap,
    session: Option<tower_sessions::Session>,
    grant_secrets: Option<session::GrantSecrets>,
    holds: Option<Holds>,
}

impl PageRequest {
    fn from_context() -> Option<Self> {
        Some(Self {
            checkout: use_context()?,
            params: use_params_map().get_untracked(),
            query: use_query_map().get_untracked(),
            session: session::current(),
            grant_secrets: session::grant_secrets(),
            holds: use_context(),
        })
    }

    /// Returns the session's owner, or `None` if this shopper has reserved nothing yet.
    pub(crate) async fn owner(&self) -> Result<Option<Owner>, PageError> {
        let Some(session) = &self.session else { return Ok(None) };
        session::owner(session).await.map_err(|error| {
            tracing::error!(%error, "cannot read the session");
            if session::is_store_unavailable(&error) { PageError::Busy } else { PageError::Internal }
        })
    }

    /// Returns what the visitor holds of a product, if that is anything.
    pub(crate) async fn held(&self, product: &Product) -> Option<HeldProduct> {
        self.holds.clone()?.get().await?.of_product(product).await
    }

    /// Returns the owner in whose name this visitor may use an order, which a link in a mail may have opened.
    pub(crate) async fn owner_of(&self, order: OrderId) -> Result<Option<Owner>, PageError> {
        let Some(session) = &self.session else { return Ok(None) };
        match session::owner_of(session, self.grant_secrets.as_ref(), &self.checkout, order).await {
            Ok(owner) => Ok(owner),
            Err(session::OwnerError::Checkout(error)) => Err(error.into()),
            Err(session::OwnerError::Session(error)) => {
                tracing::error!(%error, "cannot read the session");
                Err(if session::is_store_unavailable(&error) { PageError::Busy } else { PageError::Internal })
            }
        }
    }

    /// Returns the id in the route parameter `name`. An invalid id is reported as not found.
    pub(crate) fn id<T: std::str::FromStr>(&self, name: &str) -> Result<T, PageError> {
        self.params.get(name).and_then(|id| id.parse().ok()).ok_or(PageError::NotFound)
    }
}

/// How browsers may keep a page.
#[derive(Clone, Copy)]
pub(crate) enum PageCache {
    /// Not at all: the page has personal data.
    Personal,
    /// For the back button only.
    Public,
}

impl PageCache {
    /// Sets the headers of a response.
    pub(crate) fn apply(self, response: &ResponseOptions) {
        for (name, value) in self.headers() {
            response.insert_header(name.clone(), HeaderValue::from_static(value));
        }
    }

    fn headers(self) -> &'static [(HeaderName, &'static str)] {
        const PERSONAL: &[(HeaderName, &str)] = &[(header::CACHE_CONTROL, "private, no-store")];
        match self {
            Self::Personal => PERSONAL,
            Self::Public => &PUBLIC_PAGE_HEADERS,
        }
    }
}

/// Headers of pages without personal data. `no-store` would forbid the browser's back/forward cache, from which a page returns at
/// once. Pages contain the server's time and form keys: by `Vary` a browser never takes an old copy out of another cache, not even
/// for the back button.
pub const PUBLIC_PAGE_HEADERS: [(HeaderName, &str); 2] =
    [(header::CACHE_CONTROL, "private, no-cache"), (header::VARY, "*")];

/// Loads and renders a page with personal data, or an error page with the matching status code.
pub(crate) fn render_page<F, L>(load: L) -> impl IntoView
where
    L: FnOnce(PageRequest) -> F,
    F: Future<Output = Result<AnyView, PageError>> + Send + 'static,
{
    render_cached(PageCache::Personal, load)
}

/// Loads and renders a page without personal data, or an error page with the matching status code.
pub(crate) fn render_public_page<F, L>(load: L) -> impl IntoView
where
    L: FnOnce(PageRequest) -> F,
    F: Future<Output = Result<AnyView, PageError>> + Send + 'static,
{
    render_cached(PageCache::Public, load)
}

fn render_cached<F, L>(cache: PageCache, load: L) -> impl IntoView
where
    L: FnOnce(PageRequest) -> F,
    F: Future<Output = Result<AnyView, PageError>> + Send + 'static,
{
    let response = use_context::<ResponseOptions>();
    if let Some(response) = &response {
        cache.apply(response);
    }
    let holds = use_context::<Holds>();
    let loading = PageRequest::from_context().map(load);
    let page = Suspend::new(async move {
        let loaded = match loading {
            Some(loading) => loading.await,
            None => Err(PageError::Internal),
        };
        // The pill on the page is for its visitor alone.
        if let (Some(holds), Some(response)) = (holds, &response)
            && holds.get().await.is_some()
        {
            PageCache::Personal.apply(response);
        }
        loaded.unwrap_or_else(|error| render_error(&error, response.as_ref()))
    });
    view! { <Suspense>{page}</Suspense> }
}

fn render_error(error: &PageError, response: Option<&ResponseOptions>) -> AnyView {
    let (status, view) = match error {
        PageError::NotFound => (StatusCode::NOT_FOUND, error::not_found()),
        PageError::Busy => (StatusCode::SERVICE_UNAVAILABLE, error::busy()),
        PageError::Internal => (StatusCode::INTERNAL_SERVER_ERROR, error::internal_error()),
    };
    if let Some(response) = response {
        response.set_status(status);
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.insert_header(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
    }
    view
}

/// Keeps a personal page out of search engines. The description appears in the owner's bookmarks and link previews.
#[component]
pub(crate) fn NoIndex(description: String) -> impl IntoView {
    view! {
        <Meta name="robots" content="noindex" />
        <Meta name="description" content=description />
    }
}

/// Reloads the page after some seconds if scripts are disabled.
#[component]
pub(crate) fn NoScriptRefresh(
    seconds: i64,
    /// The page to open. Without it, the page itself.
    #[prop(optional)]
    page: Option<String>,
) -> impl IntoView {
    let page = page.map(|page| format!("; url={page}")).unwrap_or_default();
    view! {
        <noscript>
            <meta http-equiv="refresh" content=format!("{}{page}", seconds.max(1)) />
        </noscript>
    }
}
