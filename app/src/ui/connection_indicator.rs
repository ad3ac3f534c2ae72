//! Shows whether the page is live.

use super::IslandText;
use crate::event_stream::ConnectionStatus;
use leptos::prelude::*;

/// A dot and a label for the connection's status. The style sheet hides it where scripts are disabled.
#[component]
pub(crate) fn ConnectionIndicator(status: Signal<ConnectionStatus>) -> impl IntoView {
    let state = move || match status.get() {
        ConnectionStatus::Connecting => "connecting",
        ConnectionStatus::Live => "live",
        ConnectionStatus::Lost => "lost",
    };
    let label = move || {
        let label = match status.get() {
            ConnectionStatus::Connecting => IslandText::Connecting,
            ConnectionStatus::Live => IslandText::Live,
            ConnectionStatus::Lost => IslandText::Lost,
        };
        label.get()
    };
    view! { <p class="connection" data-testid="connection" data-state=state>{label}</p> }
}
