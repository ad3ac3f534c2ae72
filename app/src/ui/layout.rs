//! The header and footer of every page.

use crate::{
    i18n::{CatalogueLanguage, PageLanguage, text},
    paths,
    shop::ShopInfo,
};
use http::request::Parts;
use leptos::prelude::*;

/// The shop's name and the main navigation.
#[component]
pub(crate) fn Header() -> impl IntoView {
    view! {
        <header class="site-header">
            <div class="site-header-inner">
                <a class="brand" href="/">
                    <Logo />
                    <span>{ShopInfo::current().name}</span>
                </a>
                <nav aria-label=text!("nav-label")>
                    <ul>
                        <li><a href="/">{text!("nav-drops")}</a></li>
                        <li><a href="/orders">{text!("nav-orders")}</a></li>
                    </ul>
                </nav>
            </div>
        </header>
    }
}

/// Kelp that holds on to a rock.
#[component]
fn Logo() -> impl IntoView {
    view! {
        <svg class="logo" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" focusable="false">
            <path class="logo-rock" d="M3 27c3-5 7-7 13-7s10 2 13 7c.6 1-.2 2-1.4 2H4.4c-1.2 0-2-1-1.4-2z" />
            <g class="logo-kelp" fill="none" stroke-width="2.2" stroke-linecap="round">
                <path d="M16 20C16 14 13 12 16 3" />
                <path d="M16 13c3-1 5-3 5.5-6.5" />
                <path d="M15 15.5c-3-.5-5-2-6-5" />
                <path d="M16 19.5c-1.5 2-3.5 2.5-5.5 2.5M16 19.5c1.5 2 3.5 2.5 5.5 2.5M16 19.5V25" />
            </g>
        </svg>
    }
}

/// The footer: contact, terms and further pages.
#[component]
pub(crate) fn Footer() -> impl IntoView {
    let shop = ShopInfo::current();
    let terms = shop.terms_url.unwrap_or_else(|| paths::TERMS.to_owned());
    let privacy = shop.privacy_url.unwrap_or_else(|| paths::PRIVACY.to_owned());
    view! {
        <footer class="site-footer">
            <div class="site-footer-inner">
                <p class="site-footer-text">
                    <strong>{shop.name}</strong>
                    " "
                    {text!("footer-text")}
                </p>
                <nav aria-label=text!("footer-label")>
                    <ul>
                        <li><a href="/">{text!("nav-drops")}</a></li>
                        <li><a href="/orders">{text!("nav-orders")}</a></li>
                        {shop.contact.map(|(_, url)| view! { <li><a href=url>{text!("footer-contact")}</a></li> })}
                        <li><a href=terms>{text!("legal-terms-title")}</a></li>
                        <li><a href=privacy>{text!("legal-privacy-title")}</a></li>
                        <li><a href=paths::API_DOCS>"API"</a></li>
                    </ul>
                </nav>
                <LanguageSwitch />
            </div>
        </footer>
    }
}

/// The form that changes the language. It leads back to the same page.
#[component]
fn LanguageSwitch() -> impl IntoView {
    let current = PageLanguage::current().catalogue;
    let page = use_context::<Parts>().and_then(|parts| Some(parts.uri.path_and_query()?.to_string()));
    let choices = CatalogueLanguage::ALL.map(|language| {
        let is_current = language == current;
        view! {
            <button
                class="button-link"
                name="language"
                value=language.tag()
                lang=language.tag()
                aria-current=is_current.then_some("true")
            >
                {language.own_name()}
            </button>
        }
    });
    view! {
        <form class="language-switch" method="post" action=paths::LANGUAGE aria-label=text!("footer-language")>
            <input type="hidden" name="page" value=page.unwrap_or_else(|| "/".to_owned()) />
            {choices.into_iter().collect_view()}
        </form>
    }
}
