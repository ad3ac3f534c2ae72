//! One file an address. A page is loaded whole before its first byte is sent, so that its status is true.

pub(crate) mod checkout;
pub(crate) mod home;
pub(crate) mod missing;
pub(crate) mod order;
pub(crate) mod orders;
pub(crate) mod product;
pub(crate) mod sandbox;

use crate::session;
use ::checkout::{
    Checkout, Error,
    model::{Owner, Refusal},
};
use http::{HeaderValue, StatusCode, header};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use leptos_meta::Meta;
use leptos_router::{
    hooks::{use_params_map, use_query_map},
    params::ParamsMap,
};

/// Why there is no page to show.
pub(crate) enum Stop {
    /// Nothing is here, or it is somebody else's.
    Missing,
    /// Too much to do; try again soon.
    Busy,
    /// The shop broke; the log knows how.
    Broken,
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(Refusal::UnknownProduct | Refusal::UnknownHold | Refusal::UnknownOrder) => Self::Missing,
            Error::Busy { .. } => Self::Busy,
            Error::Refused(_) | Error::OutcomeUnknown | Error::Internal => Self::Broken,
        }
    }
}

/// What every page needs to be drawn, taken from the request before anything is waited for.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) checkout: Checkout,
    pub(crate) params: ParamsMap,
    pub(crate) query: ParamsMap,
    session: Option<tower_sessions::Session>,
}

impl Request {
    fn here() -> Option<Self> {
        Some(Self {
            checkout: use_context()?,
            params: use_params_map().get_untracked(),
            query: use_query_map().get_untracked(),
            session: session::current(),
        })
    }

    /// Whose things may be shown; `None` for those who have none.
    pub(crate) async fn owner(&self) -> Result<Option<Owner>, Stop> {
        let Some(session) = &self.session else { return Ok(None) };
        session::owner(session).await.map_err(|error| {
            tracing::error!(%error, "the session could not be read");
            if session::is_away(&error) { Stop::Busy } else { Stop::Broken }
        })
    }

    /// An id in the address; one that cannot be read names nothing.
    pub(crate) fn id<T: std::str::FromStr>(&self, name: &str) -> Result<T, Stop> {
        self.params.get(name).and_then(|id| id.parse().ok()).ok_or(Stop::Missing)
    }
}

/// Draws a page once it is loaded, or the page that says why not, with the status that is true.
pub(crate) fn page<F, L>(load: L) -> impl IntoView
where
    L: FnOnce(Request) -> F,
    F: Future<Output = Result<AnyView, Stop>> + Send + 'static,
{
    let response = use_context::<ResponseOptions>();
    if let Some(response) = &response {
        // Pages hold the server's time, form keys and what is the shopper's own: no cache may show them again.
        response.insert_header(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    }
    let loading = Request::here().map(load);
    let shown = Suspend::new(async move {
        let loaded = match loading {
            Some(loading) => loading.await,
            None => Err(Stop::Broken),
        };
        loaded.unwrap_or_else(|stop| stopped(&stop, response.as_ref()))
    });
    view! { <Suspense>{shown}</Suspense> }
}

fn stopped(stop: &Stop, response: Option<&ResponseOptions>) -> AnyView {
    let (status, view) = match stop {
        Stop::Missing => (StatusCode::NOT_FOUND, missing::missing()),
        Stop::Busy => (StatusCode::SERVICE_UNAVAILABLE, missing::busy()),
        Stop::Broken => (StatusCode::INTERNAL_SERVER_ERROR, missing::broken()),
    };
    if let Some(response) = response {
        response.set_status(status);
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.insert_header(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
    }
    view
}

/// Keeps a personal page out of search engines; `about` is for the bookmarks and previews of whoever it belongs to.
#[component]
pub(crate) fn Unlisted(about: &'static str) -> impl IntoView {
    view! {
        <Meta name="robots" content="noindex" />
        <Meta name="description" content=about />
    }
}

/// Without scripts, a page that counts or waits is asked for again after a while.
#[component]
pub(crate) fn Refresh(seconds: i64) -> impl IntoView {
    view! {
        <noscript>
            <meta http-equiv="refresh" content=seconds.max(1).to_string() />
        </noscript>
    }
}
