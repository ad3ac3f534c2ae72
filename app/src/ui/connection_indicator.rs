//! A dot that says whether what is shown is what is.

use crate::live::Link;
use leptos::prelude::*;

/// Quiet while all is well; says so when the wire is broken. Hidden by the style sheet where there are no scripts.
#[component]
pub(super) fn Connection(link: Signal<Link>) -> impl IntoView {
    let state = move || match link.get() {
        Link::Waiting => "waiting",
        Link::Live => "live",
        Link::Lost => "lost",
    };
    let words = move || match link.get() {
        Link::Waiting => "Connecting…",
        Link::Live => "Live",
        Link::Lost => "Reconnecting…",
    };
    view! { <p class="connection" data-testid="connection" data-state=state>{words}</p> }
}
