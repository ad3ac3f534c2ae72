//! The pages for when there is no page: nothing here, too busy, broken.

use super::Unlisted;
use crate::words::{self, Notice};
use http::StatusCode;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use leptos_meta::Title;

/// For addresses that no route has.
#[component]
pub(crate) fn MissingPage() -> impl IntoView {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(StatusCode::NOT_FOUND);
    }
    missing()
}

pub(super) fn missing() -> AnyView {
    drawn("Not found", "404", words::nothing_here())
}

pub(super) fn busy() -> AnyView {
    drawn("Very busy", "503", words::busy())
}

pub(super) fn broken() -> AnyView {
    drawn("Something broke", "500", words::fault())
}

fn drawn(title: &'static str, code: &'static str, notice: Notice) -> AnyView {
    view! {
        <Title text=title />
        <Unlisted about=title />
        {apology(code.to_owned(), notice)}
    }
    .into_any()
}

/// What stands where a page should be.
pub(crate) fn apology(code: String, notice: Notice) -> impl IntoView {
    view! {
        <div class="lost">
            <p class="lost-code" aria-hidden="true">{code}</p>
            <h1>{notice.title}</h1>
            <p>{notice.text}</p>
            <p class="actions">
                <a class="button button-main" href="/">"See the drops"</a>
                <a class="button button-quiet" href="/orders">"My orders"</a>
            </p>
        </div>
    }
}
