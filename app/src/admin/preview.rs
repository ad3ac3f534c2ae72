//! The preview of a product's page in the shop, at any stage of its sale.

use super::products::path;
use crate::{
    assets::{content_version, stylesheet_path},
    i18n::PageLanguage,
    shop::pages::product::{article, first_offer},
    ui::{
        layout::{Footer, Header},
        world::page_hue,
    },
};
use checkout::model::{Product, ProductStatus, SaleWindow, Stock, Timestamp};
use leptos::prelude::*;
use std::{sync::LazyLock, time::Duration};

/// The stylesheet of the bar above the preview. The page below has the shop's own.
pub const STYLESHEET: &str = include_str!("../../../assets/admin/preview.css");

/// The address of the stylesheet, which changes with its content.
static STYLESHEET_HREF: LazyLock<String> =
    LazyLock::new(|| format!("/admin/preview.css?v={}", content_version(STYLESHEET)));

/// The stage of the sale that the preview shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Stage {
    /// As the page is now.
    #[default]
    Now,
    /// Before the sale opens.
    Upcoming,
    /// While units can be reserved.
    OnSale,
    /// When all units are sold.
    SoldOut,
    /// While the sale is paused.
    Paused,
    /// After the sale.
    Ended,
}

impl Stage {
    /// All stages.
    pub const ALL: [Self; 6] = [Self::Now, Self::Upcoming, Self::OnSale, Self::SoldOut, Self::Paused, Self::Ended];

    /// The name in the address.
    pub fn name(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::Upcoming => "upcoming",
            Self::OnSale => "on-sale",
            Self::SoldOut => "sold-out",
            Self::Paused => "paused",
            Self::Ended => "ended",
        }
    }

    /// Returns the stage of this name; the default for any other text.
    pub fn from_name(name: &str) -> Self {
        Self::ALL.into_iter().find(|stage| stage.name() == name).unwrap_or_default()
    }

    fn label(self) -> &'static str {
        match self {
            Self::Now => "Now",
            Self::Upcoming => "Before it opens",
            Self::OnSale => "On sale",
            Self::SoldOut => "Sold out",
            Self::Paused => "Paused",
            Self::Ended => "Ended",
        }
    }

    /// Returns the product as it is at this stage.
    fn of(self, product: &Product, now: Timestamp) -> Product {
        let soon = now + Duration::from_hours(1);
        let opens = product.window.starts_at.filter(|at| *at > now).unwrap_or(soon);
        let ended = product.window.ends_at.filter(|at| *at <= now).unwrap_or(now);
        let stock = product.stock;
        let all_sold = Stock { total: stock.total, available: 0, held: 0, pending: 0, sold: stock.total };
        let always = SaleWindow::default();
        let (status, window, stock) = match self {
            Self::Now => (product.status, product.window, stock),
            Self::Upcoming => (ProductStatus::Active, SaleWindow { starts_at: Some(opens), ends_at: None }, stock),
            Self::OnSale => (ProductStatus::Active, always, stock),
            Self::SoldOut => (ProductStatus::Active, always, all_sold),
            Self::Paused => (ProductStatus::Paused, always, stock),
            Self::Ended => (ProductStatus::Active, SaleWindow { starts_at: None, ends_at: Some(ended) }, stock),
        };
        Product { status, window, stock, ..product.clone() }
    }
}

/// Renders the page. Its form is disabled, and nothing on it is live. `nonce` allows the style sheet of the product's colours,
/// and `provide_contexts` provides the facts of the shop that its pages show.
pub fn preview(
    options: &LeptosOptions,
    product: &Product,
    stage: Stage,
    now: Timestamp,
    nonce: &str,
    provide_contexts: impl FnOnce(),
) -> String {
    // The shop's components keep their state in an owner, which the shop's router provides for its own pages.
    Owner::new().with(|| {
        provide_contexts();
        // The console is English, and so is the page around the preview.
        provide_context(PageLanguage::default());
        document(options, product, stage, now, nonce).to_html()
    })
}

fn document(
    options: &LeptosOptions,
    product: &Product,
    stage: Stage,
    now: Timestamp,
    nonce: &str,
) -> impl IntoView + use<> {
    let base = path(product.id);
    let stages: Vec<_> = Stage::ALL
        .into_iter()
        .map(|other| {
            let current = (other == stage).then_some("page");
            let href = format!("{base}/preview?stage={}", other.name());
            view! { <li><a href=href aria-current=current>{other.label()}</a></li> }
        })
        .collect();
    let title = format!("Preview: {} · Holdfast console", product.name);
    let shown = stage.of(product, now);
    let offer = first_offer(&shown, now);
    let nonce = nonce.to_owned();
    let colours = page_hue(product).map(|rules| view! { <style nonce=nonce>{rules}</style> });
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta name="robots" content="noindex, nofollow" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="stylesheet" href=stylesheet_path(options) />
                <link rel="stylesheet" href=STYLESHEET_HREF.as_str() />
                {colours}
                <title>{title}</title>
            </head>
            <body>
                <a class="skip-link" href="#main">"Skip to content"</a>
                <section class="preview-bar" aria-label="Preview">
                    <p>
                        <strong>"Preview"</strong> " as shoppers see it. Nothing can be reserved here. "
                        <a href=base>"Back to the console"</a>
                    </p>
                    <nav aria-label="Stages of the sale"><ul>{stages}</ul></nav>
                </section>
                <Header />
                <main id="main" tabindex="-1">
                    <fieldset class="preview-page" disabled>
                        <legend class="visually-hidden">"The product’s page"</legend>
                        {article(&shown, offer, None)}
                    </fieldset>
                </main>
                <Footer />
            </body>
        </html>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shop::ShopInfo;
    use checkout::model::{Money, ProductDraft, ProductId, SalePhase};

    #[test]
    fn each_stage_shows_its_phase_whatever_the_product_is() {
        let now = Timestamp::from_millis(1_800_000_000_000);
        let price = Money { minor: 1999, currency: "USD".parse().unwrap() };
        let draft = ProductDraft::new("mug".parse().unwrap(), "<Mug>", price, 10);
        let window = SaleWindow { starts_at: Some(now + Duration::from_mins(1)), ends_at: None };
        let product =
            ProductDraft { window, hue: Some(200), ..draft }.check(ProductId(uuid::Uuid::nil()), now).unwrap();
        let paused = Product { status: ProductStatus::Paused, ..product.clone() };
        for product in [product, paused] {
            for (stage, text) in [
                (Stage::Upcoming, "The sale opens soon"),
                (Stage::OnSale, "Available now"),
                (Stage::SoldOut, "Sold out"),
                (Stage::Paused, "The sale is paused"),
                (Stage::Ended, "This sale has ended"),
            ] {
                let shown = stage.of(&product, now);
                assert_eq!(shown.phase(now) == SalePhase::Open, matches!(stage, Stage::OnSale | Stage::SoldOut));
                let options = LeptosOptions::builder().output_name("holdfast").build();
                let shop = ShopInfo { name: "Fast & Fair".to_owned(), ..ShopInfo::default() };
                let page = preview(&options, &product, stage, now, "n-1", || provide_context(shop));
                assert!(page.contains("<style nonce=\"n-1\">:root{--hue:200}</style>"), "{page}");
                assert!(page.contains("<span>Fast &amp; Fair</span>"), "{page}");
                assert!(page.contains(text) && page.contains("&lt;Mug&gt;") && !page.contains("<script"), "{page}");
            }
        }
        assert_eq!(Stage::from_name("nonsense"), Stage::Now);
    }
}
