//! Error pages: not found, too busy, failed.

use super::{NoIndex, PageCache};
use crate::{
    i18n::text,
    messages::{self, Notice},
    shop::held::Holds,
};
use http::StatusCode;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use leptos_meta::Title;

/// The page for URLs without a route.
#[component]
pub(crate) fn NotFoundPage() -> impl IntoView {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(StatusCode::NOT_FOUND);
        // The pill may have been rendered before this page, or is rendered after it.
        let has_pill = use_context::<Holds>().is_some_and(|holds| holds.are_known());
        if has_pill { PageCache::Personal } else { PageCache::Public }.apply(&response);
    }
    not_found()
}

pub(super) fn not_found() -> AnyView {
    error_page(text!("error-tab-not-found"), "404", messages::not_found())
}

pub(super) fn busy() -> AnyView {
    error_page(text!("error-tab-busy"), "503", messages::busy())
}

pub(super) fn internal_error() -> AnyView {
    error_page(text!("error-tab-internal"), "500", messages::internal_error())
}

fn error_page(title: String, code: &'static str, notice: Notice) -> AnyView {
    view! {
        <Title text=title.clone() />
        <NoIndex description=title />
        <ErrorMessage code=code.to_owned() notice />
    }
    .into_any()
}

/// The status code, the message and links to other pages.
#[component]
pub(crate) fn ErrorMessage(code: String, notice: Notice) -> impl IntoView {
    view! {
        <div class="error-page">
            <p class="error-code" aria-hidden="true">{code}</p>
            <h1>{notice.title}</h1>
            <p>{notice.text}</p>
            <p class="actions">
                <a class="button button-primary" href="/">{text!("error-see-drops")}</a>
                <a class="button button-secondary" href="/orders">{text!("nav-orders")}</a>
            </p>
        </div>
    }
}
