//! The same page once more, drawn by the server as things are by then.

/// Asks the server for this page again, as soon as it can answer: until then the browser would put an error page of its own
/// in place of this one. Pages are answers to GET, so this repeats no action.
pub fn reload() {
    #[cfg(feature = "hydrate")]
    leptos::task::spawn_local(browser::when_possible());
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::prelude::{set_timeout, window};
    use std::time::Duration;
    use wasm_bindgen::JsCast;
    use wasm_bindgen_futures::JsFuture;
    use web_sys::{RequestCache, RequestInit, Response};

    /// How soon to ask again.
    const ASK_AGAIN: Duration = Duration::from_millis(500);

    pub(super) async fn when_possible() {
        if can_answer().await {
            // Failing means that the document is on its way out already.
            let _ = window().location().reload();
        } else {
            set_timeout(super::reload, ASK_AGAIN);
        }
    }

    /// A network alone is not enough: the server may be starting again behind it.
    async fn can_answer() -> bool {
        // Asked without a network, the browser would complain on its console.
        if !window().navigator().on_line() {
            return false;
        }
        let Ok(page) = window().location().href() else { return false };
        let question = RequestInit::new();
        question.set_method("HEAD");
        question.set_cache(RequestCache::NoStore);
        let answer = JsFuture::from(window().fetch_with_str_and_init(&page, &question)).await;
        answer.is_ok_and(|answer| answer.unchecked_into::<Response>().status() < 500)
    }
}
