//! The same page once more, drawn by the server as things are by then.

/// Asks the server for this page again, as soon as it can answer: until then the browser would put an error page of its own
/// in place of this one. Pages are answers to GET, so this repeats no action. However often it is called, one question is
/// asked at a time.
pub fn reload() {
    #[cfg(feature = "hydrate")]
    browser::reload();
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::{
        prelude::{set_timeout, window},
        task::spawn_local,
    };
    use std::{cell::Cell, time::Duration};
    use wasm_bindgen::JsCast;
    use wasm_bindgen_futures::JsFuture;
    use web_sys::{RequestCache, RequestInit, Response};

    /// How soon to look for a network again, and to ask a server again that could not answer; that doubles each time, up to
    /// [`SLOWEST_MS`], and is spread, for everybody else is asking, too.
    const ASK_AGAIN_MS: f64 = 500.0;
    const SLOWEST_MS: f64 = 8_000.0;

    thread_local! {
        static ASKING: Cell<bool> = const { Cell::new(false) };
    }

    pub(super) fn reload() {
        if !ASKING.replace(true) {
            ask(ASK_AGAIN_MS);
        }
    }

    fn ask(wait: f64) {
        spawn_local(async move {
            // Asked without a network, the browser would complain on its console.
            if !window().navigator().on_line() {
                later(ASK_AGAIN_MS, ASK_AGAIN_MS);
            } else if can_answer().await {
                ASKING.set(false);
                // Failing means that the document is on its way out already.
                let _ = window().location().reload();
            } else {
                later(wait * (0.5 + js_sys::Math::random()), (wait * 2.0).min(SLOWEST_MS));
            }
        });
    }

    fn later(wait: f64, next: f64) {
        set_timeout(move || ask(next), Duration::from_secs_f64(wait / 1000.0));
    }

    /// A network alone is not enough: the server may be starting again behind it, or have too much to do. Where the page is no
    /// more, it says so.
    async fn can_answer() -> bool {
        let Ok(page) = window().location().href() else { return false };
        let question = RequestInit::new();
        question.set_method("HEAD");
        question.set_cache(RequestCache::NoStore);
        let answer = JsFuture::from(window().fetch_with_str_and_init(&page, &question)).await;
        let status = answer.map_or(0, |answer| answer.unchecked_into::<Response>().status());
        matches!(status, 200..400 | 404)
    }
}
