//! Where the shopper is on the way from reserving to paying.

use leptos::prelude::*;

const STEPS: [&str; 3] = ["Reserve", "Order", "Pay"];

/// `at` is the step that is next, from 0; 3 when all are done.
#[component]
pub(crate) fn Steps(at: usize) -> impl IntoView {
    let steps = STEPS.into_iter().enumerate().map(|(i, name)| {
        let state = match i.cmp(&at) {
            std::cmp::Ordering::Less => "done",
            std::cmp::Ordering::Equal => "now",
            std::cmp::Ordering::Greater => "next",
        };
        view! { <li data-step=state aria-current=(i == at).then_some("step")>{name}</li> }
    });
    view! { <ol class="steps" aria-label="Steps to your order">{steps.collect_view()}</ol> }
}
