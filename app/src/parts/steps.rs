//! Where the shopper is on the way from reserving to paying.

use leptos::prelude::*;

const STEPS: [&str; 3] = ["Reserve", "Order", "Pay"];

/// `at` is the step that is next, from 0; 3 when all are done.
#[component]
pub fn Steps(#[prop(into)] at: Signal<usize>) -> impl IntoView {
    let steps = STEPS.into_iter().enumerate().map(|(i, name)| {
        let state = move || match i.cmp(&at.get()) {
            std::cmp::Ordering::Less => "done",
            std::cmp::Ordering::Equal => "now",
            std::cmp::Ordering::Greater => "next",
        };
        view! { <li data-step=state aria-current=move || (i == at.get()).then_some("step")>{name}</li> }
    });
    view! { <ol class="steps" aria-label="Steps to your order">{steps.collect_view()}</ol> }
}
