//! The terms and the page about personal data. An operator can replace each by a page of the shop's own.

use super::render_public_page;
use crate::{
    i18n::text,
    messages::legal::{self, Section},
    paths,
    shop::ShopInfo,
    ui::head,
};
use leptos::prelude::*;
use std::future::ready;

/// How reserving, ordering and paying work.
#[component]
pub(crate) fn TermsPage() -> impl IntoView {
    render_public_page(|_| ready(Ok(terms())))
}

fn terms() -> AnyView {
    let shop = ShopInfo::current();
    let text = TextPage {
        path: paths::TERMS,
        title: text!("legal-terms-title"),
        summary: text!("legal-terms-summary", shop = shop.name.as_str()),
        sections: legal::terms(&shop),
    };
    text.render(&shop, shop.terms_url.as_deref())
}

/// Personal data: what is stored, for how long, and who gets it.
#[component]
pub(crate) fn PrivacyPage() -> impl IntoView {
    render_public_page(|_| ready(Ok(privacy())))
}

fn privacy() -> AnyView {
    let shop = ShopInfo::current();
    let text = TextPage {
        path: paths::PRIVACY,
        title: text!("legal-privacy-title"),
        summary: text!("legal-privacy-summary", shop = shop.name.as_str()),
        sections: legal::privacy(&shop),
    };
    text.render(&shop, shop.privacy_url.as_deref())
}

/// A page of text.
struct TextPage {
    path: &'static str,
    title: String,
    summary: String,
    sections: Vec<Section>,
}

impl TextPage {
    /// Renders the page, or leads to the page that replaces it.
    fn render(self, shop: &ShopInfo, replacement: Option<&str>) -> AnyView {
        if let Some(url) = replacement {
            leptos_axum::redirect(url);
        }
        let Self { path, title, summary, sections } = self;
        let sections: Vec<_> = sections.into_iter().map(section).collect();
        view! {
            {head::text_page(title.clone(), summary.clone(), path)}
            <article class="narrow legal">
                <h1>{title}</h1>
                <p class="legal-summary">{summary}</p>
                {sections}
                <section>
                    <h2>{text!("legal-questions")}</h2>
                    <p>{contact(shop)}</p>
                </section>
            </article>
        }
        .into_any()
    }
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
    let name = shop.name.as_str();
    match shop.contact.clone() {
        Some((text, url)) => view! { {text!("legal-contact", shop = name)} " " <a href=url>{text}</a> }.into_any(),
        None => text!("legal-no-contact", shop = name).into_any(),
    }
}
