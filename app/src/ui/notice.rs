//! A message in a box: what happened, and what to do now.

use crate::words::Notice;
use leptos::prelude::*;

/// A refusal, told at once to assistive technology.
#[component]
pub(crate) fn Refusal(notice: Notice) -> impl IntoView {
    view! {
        <div class="notice notice-refusal" id="notice" role="alert" data-testid="notice">
            <p class="notice-title">{notice.title}</p>
            <p>{notice.text}</p>
        </div>
    }
}

/// Something worth knowing.
#[component]
pub(crate) fn Info(notice: Notice) -> impl IntoView {
    view! {
        <div class="notice notice-info" role="status">
            <p class="notice-title">{notice.title}</p>
            <p>{notice.text}</p>
        </div>
    }
}
