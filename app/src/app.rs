//! The document around every page, and the table of addresses.

use crate::{
    files::{Style, Wake, style},
    pages::{
        checkout::CheckoutPage,
        home::HomePage,
        missing::{MissingPage, apology as lost},
        order::OrderPage,
        orders::OrdersPage,
        product::ProductPage,
        sandbox::{SandboxHoldPage, SandboxOrderPage},
    },
    words::Notice,
};
use leptos::prelude::*;
use leptos_meta::{MetaTags, Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    path,
};

/// The HTML document.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta name="theme-color" content="#f5f1e8" media="(prefers-color-scheme: light)" />
                <meta name="theme-color" content="#08191d" media="(prefers-color-scheme: dark)" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <Style options=options.clone() />
                <AutoReload options=options.clone() />
                <Wake options />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// A page that says why there is none, for answers that no page of ours gave. It has no scripts and needs no request.
pub fn apology(options: &LeptosOptions, code: &str, notice: Notice) -> String {
    let title = format!("{} · Holdfast", notice.title);
    let page = view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta name="robots" content="noindex" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="stylesheet" href=style(options) />
                <title>{title}</title>
            </head>
            <body>
                <Masthead />
                <main id="main">{lost(code.to_owned(), notice)}</main>
                <Foot />
            </body>
        </html>
    };
    page.to_html()
}

/// Header, page, footer.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title formatter=|title: String| if title.is_empty() { "Holdfast".to_owned() } else { format!("{title} · Holdfast") } />
        <a class="skip" href="#main">"Skip to the content"</a>
        <Router>
            <Masthead />
            <main id="main" tabindex="-1">
                <Routes fallback=MissingPage>
                    <Route path=path!("/") view=HomePage ssr=SsrMode::Async />
                    <Route path=path!("/products/:slug") view=ProductPage ssr=SsrMode::Async />
                    <Route path=path!("/checkout/:hold") view=CheckoutPage ssr=SsrMode::Async />
                    <Route path=path!("/orders") view=OrdersPage ssr=SsrMode::Async />
                    <Route path=path!("/orders/:order") view=OrderPage ssr=SsrMode::Async />
                    <Route path=path!("/sandbox/pay/hold/:hold") view=SandboxHoldPage ssr=SsrMode::Async />
                    <Route path=path!("/sandbox/pay/:order") view=SandboxOrderPage ssr=SsrMode::Async />
                </Routes>
            </main>
            <Foot />
        </Router>
    }
}

#[component]
fn Masthead() -> impl IntoView {
    view! {
        <header class="masthead">
            <div class="masthead-inner">
                <a class="brand" href="/">
                    <Mark />
                    <span>"Holdfast"</span>
                </a>
                <nav aria-label="Main">
                    <ul>
                        <li><a href="/">"Drops"</a></li>
                        <li><a href="/orders">"My orders"</a></li>
                    </ul>
                </nav>
            </div>
        </header>
    }
}

/// The mark: kelp that holds on to its rock.
#[component]
fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" focusable="false">
            <path class="mark-rock" d="M3 27c3-5 7-7 13-7s10 2 13 7c.6 1-.2 2-1.4 2H4.4c-1.2 0-2-1-1.4-2z" />
            <g class="mark-kelp" fill="none" stroke-width="2.2" stroke-linecap="round">
                <path d="M16 20C16 14 13 12 16 3" />
                <path d="M16 13c3-1 5-3 5.5-6.5" />
                <path d="M15 15.5c-3-.5-5-2-6-5" />
                <path d="M16 19.5c-1.5 2-3.5 2.5-5.5 2.5M16 19.5c1.5 2 3.5 2.5 5.5 2.5M16 19.5V25" />
            </g>
        </svg>
    }
}

#[component]
fn Foot() -> impl IntoView {
    view! {
        <footer class="foot">
            <div class="foot-inner">
                <p class="foot-line">"What you see is what there is. Every number here is counted from sales and reservations as they happen."</p>
                <ul>
                    <li><a href="/">"Drops"</a></li>
                    <li><a href="/orders">"My orders"</a></li>
                </ul>
            </div>
        </footer>
    }
}
