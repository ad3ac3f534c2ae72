//! Reloads the page as soon as the server can answer.

/// Reloads the page once the server can answer. Reloading earlier would replace the page with the browser's error page.
/// Pages are answers to GET, so a reload repeats no action. Further calls have no effect while a check is under way.
pub fn reload() {
    #[cfg(feature = "hydrate")]
    browser::reload();
}

#[cfg(feature = "hydrate")]
mod browser {
    use crate::{
        backoff::check_delay,
        visibility::{is_hidden, on_visibility_change},
    };
    use leptos::{
        leptos_dom::helpers::TimeoutHandle,
        prelude::{set_timeout_with_handle, window},
        task::spawn_local,
    };
    use std::cell::Cell;
    use wasm_bindgen::JsCast;
    use wasm_bindgen_futures::JsFuture;
    use web_sys::{RequestCache, RequestInit, Response};

    #[derive(Default)]
    enum State {
        #[default]
        Idle,
        Checking,
        Waiting(TimeoutHandle),
    }

    thread_local! {
        static STATE: Cell<State> = const { Cell::new(State::Idle) };
        static LISTENING: Cell<bool> = const { Cell::new(false) };
    }

    pub(super) fn reload() {
        match STATE.take() {
            State::Idle => {
                if !LISTENING.replace(true) {
                    on_visibility_change(check_when_visible);
                }
                check(0);
            }
            busy => STATE.set(busy),
        }
    }

    fn check(failures: u32) {
        STATE.set(State::Checking);
        spawn_local(async move {
            // A request without a network would log an error on the browser's console.
            if !window().navigator().on_line() {
                wait(0);
            } else if can_answer().await {
                STATE.set(State::Idle);
                // An error means that the browser is already leaving the document.
                let _ = window().location().reload();
            } else {
                wait(failures);
            }
        });
    }

    fn wait(failures: u32) {
        let delay = check_delay(failures, is_hidden(), js_sys::Math::random());
        let timer = set_timeout_with_handle(move || check(failures.saturating_add(1)), delay);
        STATE.set(timer.map_or(State::Idle, State::Waiting));
    }

    fn check_when_visible() {
        match STATE.take() {
            State::Waiting(timer) if !is_hidden() => {
                timer.clear();
                check(0);
            }
            other => STATE.set(other),
        }
    }

    /// A network alone is not enough: the server behind it may be restarting or overloaded. A 404 is an answer, too.
    async fn can_answer() -> bool {
        let Ok(page) = window().location().href() else { return false };
        let request = RequestInit::new();
        request.set_method("HEAD");
        request.set_cache(RequestCache::NoStore);
        let response = JsFuture::from(window().fetch_with_str_and_init(&page, &request)).await;
        let status = response.map_or(0, |response| response.unchecked_into::<Response>().status());
        matches!(status, 200..400 | 404)
    }
}
