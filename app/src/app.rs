//! The HTML document around every page, and the routes.

use crate::{
    assets::{FontPreloads, HydrationScript, Stylesheet, stylesheet_path},
    messages::Notice,
    shop::held::{Holds, Pill},
    shop::pages::{
        error::{ErrorMessage, NotFoundPage},
        hold::HoldPage,
        home::HomePage,
        link_expired::LinkExpiredPage,
        order::OrderPage,
        orders::OrdersPage,
        product::ProductPage,
        sandbox::{SandboxHoldPage, SandboxOrderPage},
    },
    ui::layout::{Footer, Header},
};
use leptos::prelude::*;
use leptos_meta::{MetaTags, Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    path,
};

/// Renders the HTML document around the app.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta name="theme-color" content="#f6fbfb" media="(prefers-color-scheme: light)" />
                <meta name="theme-color" content="#051110" media="(prefers-color-scheme: dark)" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <FontPreloads />
                <Stylesheet options=options.clone() />
                <AutoReload options=options.clone() />
                <HydrationScript options />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// Renders a complete error page for responses that no page produced. It needs no script and no request context.
pub fn error_document(options: &LeptosOptions, code: &str, notice: Notice) -> String {
    let title = format!("{} · Holdfast", notice.title);
    let document = view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta name="robots" content="noindex" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <FontPreloads />
                <link rel="stylesheet" href=stylesheet_path(options) />
                <title>{title}</title>
            </head>
            <body>
                <Header />
                <main id="main">
                    <ErrorMessage code=code.to_owned() notice />
                </main>
                <Footer />
            </body>
        </html>
    };
    document.to_html()
}

/// Returns the text of the `<title>` element. `leptos_meta` writes it into the page as it stands, so it is escaped here.
fn document_title(page: &str) -> String {
    if page.is_empty() {
        return "Holdfast".to_owned();
    }
    format!("{} · Holdfast", page.replace('&', "&amp;").replace('<', "&lt;"))
}

/// Renders header, page and footer.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    if let Some(holds) = Holds::of_request() {
        provide_context(holds);
    }
    view! {
        <Title formatter=|page: String| document_title(&page) />
        <a class="skip-link" href="#main">"Skip to content"</a>
        <Router>
            <Header />
            <Pill />
            <main id="main" tabindex="-1">
                <Routes fallback=NotFoundPage>
                    <Route path=path!("/") view=HomePage ssr=SsrMode::Async />
                    <Route path=path!("/products/:slug") view=ProductPage ssr=SsrMode::Async />
                    <Route path=path!("/checkout/:hold") view=HoldPage ssr=SsrMode::Async />
                    <Route path=path!("/orders") view=OrdersPage ssr=SsrMode::Async />
                    <Route path=path!("/orders/:order") view=OrderPage ssr=SsrMode::Async />
                    <Route path=path!("/link-expired") view=LinkExpiredPage ssr=SsrMode::Async />
                    <Route path=path!("/sandbox/pay/hold/:hold") view=SandboxHoldPage ssr=SsrMode::Async />
                    <Route path=path!("/sandbox/pay/:order") view=SandboxOrderPage ssr=SsrMode::Async />
                </Routes>
            </main>
            <Footer />
        </Router>
    }
}
