//! The HTML document around every page, and the routes.

use crate::{
    assets::{FontPreloads, HydrationScript, Stylesheet, stylesheet_path},
    i18n::{PageLanguage, text},
    messages::Notice,
    shop::{
        ShopInfo,
        held::{Holds, Pill},
        pages::{
            error::{ErrorMessage, NotFoundPage},
            hold::HoldPage,
            home::HomePage,
            legal::{PrivacyPage, TermsPage},
            link_expired::LinkExpiredPage,
            order::OrderPage,
            orders::OrdersPage,
            product::ProductPage,
            sandbox::{SandboxHoldPage, SandboxOrderPage},
        },
    },
    ui::{
        head::SiteLinks,
        layout::{Footer, Header},
    },
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
        <html lang=PageLanguage::current().tag().as_str().to_owned()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <SiteLinks />
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
pub fn error_document(
    options: &LeptosOptions,
    shop: &ShopInfo,
    language: PageLanguage,
    code: &str,
    notice: impl FnOnce() -> Notice,
) -> String {
    // Header and footer read the shop from an owner, which the router provides for other pages.
    language.scope(|| {
        provide_context(shop.clone());
        error_page(options, shop, code, notice()).to_html()
    })
}

fn error_page(options: &LeptosOptions, shop: &ShopInfo, code: &str, notice: Notice) -> impl IntoView + use<> {
    let title = format!("{} · {}", notice.title, shop.name);
    view! {
        <!DOCTYPE html>
        <html lang=PageLanguage::current().tag().as_str().to_owned()>
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
    }
}

/// Returns the text of the `<title>` element. `leptos_meta` writes it into the page as it stands, so it is escaped here.
fn document_title(page: &str, shop: &str) -> String {
    let title = if page.is_empty() { shop.to_owned() } else { format!("{page} · {shop}") };
    title.replace('&', "&amp;").replace('<', "&lt;")
}

/// Renders header, page and footer.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    if let Some(holds) = Holds::of_request() {
        provide_context(holds);
    }
    let shop = ShopInfo::current().name;
    view! {
        <Title formatter=move |page: String| document_title(&page, &shop) />
        <a class="skip-link" href="#main">{text!("nav-skip")}</a>
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
                    <Route path=path!("/terms") view=TermsPage ssr=SsrMode::Async />
                    <Route path=path!("/privacy") view=PrivacyPage ssr=SsrMode::Async />
                    <Route path=path!("/sandbox/pay/hold/:hold") view=SandboxHoldPage ssr=SsrMode::Async />
                    <Route path=path!("/sandbox/pay/:order") view=SandboxOrderPage ssr=SsrMode::Async />
                </Routes>
            </main>
            <Footer />
        </Router>
    }
}
