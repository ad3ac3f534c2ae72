//! The console's error pages.

use super::layout::{Page, PageOperator};
use leptos::prelude::*;

/// The page for something that the operator's role does not allow.
pub fn forbidden(operator: PageOperator<'_>) -> String {
    let text = format!("Your role, {}, does not allow this. Nothing was changed.", operator.role);
    Page::new("Not allowed").off_screen(operator).render(view! {
        <p>{text}</p>
        <p>"An administrator can change your role. This attempt is in the audit log if it was to change something."</p>
        <p class="actions"><a class="button button-secondary" href="/admin">"Back to the console"</a></p>
    })
}

/// The page for errors that come before a screen: not found, too busy, failed.
pub fn error(title: String, text: String) -> String {
    Page::new(title).render(view! {
        <p>{text}</p>
        <p class="actions"><a class="button button-secondary" href="/admin">"Back to the console"</a></p>
    })
}
