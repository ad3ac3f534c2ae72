//! The terms and the page about personal data. An operator can replace each by a page of the shop's own.

use super::PageCache;
use crate::{
    messages::legal::{self, Section},
    paths,
    shop::ShopInfo,
    ui::head,
};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

/// How reserving, ordering and paying work.
#[component]
pub(crate) fn TermsPage() -> impl IntoView {
    let shop = ShopInfo::current();
    let tags = head::text_page(legal::TERMS_TITLE, legal::terms_summary(&shop), paths::TERMS);
    page(&shop, shop.terms_url.as_deref(), tags, legal::TERMS_TITLE, legal::terms_summary(&shop), legal::terms(&shop))
}

/// Personal data: what is stored, for how long, and who gets it.
#[component]
pub(crate) fn PrivacyPage() -> impl IntoView {
    let shop = ShopInfo::current();
    let tags = head::text_page(legal::PRIVACY_TITLE, legal::privacy_summary(&shop), paths::PRIVACY);
    let sections = legal::privacy(&shop);
    page(&shop, shop.privacy_url.as_deref(), tags, legal::PRIVACY_TITLE, legal::privacy_summary(&shop), sections)
}

/// Renders a page of text, or leads to the page that replaces it.
fn page(
    shop: &ShopInfo,
    replacement: Option<&str>,
    tags: AnyView,
    title: &'static str,
    summary: String,
    sections: Vec<Section>,
) -> AnyView {
    if let Some(response) = use_context::<ResponseOptions>() {
        PageCache::Public.apply(&response);
    }
    if let Some(url) = replacement {
        leptos_axum::redirect(url);
    }
    let sections: Vec<_> = sections.into_iter().map(section).collect();
    view! {
        {tags}
        <article class="narrow legal">
            <h1>{title}</h1>
            <p class="legal-summary">{summary}</p>
            {sections}
            <section>
                <h2>"Questions"</h2>
                <p>{contact(shop)}</p>
            </section>
        </article>
    }
    .into_any()
}

fn section(Section { title, paragraphs }: Section) -> impl IntoView {
    let paragraphs: Vec<_> = paragraphs.into_iter().map(|text| view! { <li>{text}</li> }).collect();
    view! {
        <section>
            <h2>{title}</h2>
            <ul>{paragraphs}</ul>
        </section>
    }
}

fn contact(shop: &ShopInfo) -> AnyView {
    match shop.contact.clone() {
        Some((text, url)) => view! { "Write to " {shop.name.clone()} ": " <a href=url>{text}</a> }.into_any(),
        None => view! { {format!("{} hasn’t published a contact yet.", shop.name)} }.into_any(),
    }
}
