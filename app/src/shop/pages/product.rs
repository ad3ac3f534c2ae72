//! A product: image, price, live stock, and the reservation form.

use super::{NoScriptRefresh, PageError, PageRequest, render_public_page};
use crate::{
    clock::seconds_left,
    i18n::text,
    messages, paths,
    price::format_price,
    shop::{
        components::{
            buy_box::{Offer, OfferError, sale_bar},
            gallery::gallery,
            held::offer_panel,
            story,
        },
        form_error::{FormError, query_number},
        held::HeldProduct,
    },
    ui::{head, world::page_world},
};
use checkout::model::{MAX_QUANTITY, Product, ProductStatus, Refusal, SalePhase, Timestamp};
use leptos::prelude::*;
use uuid::Uuid;

/// Refresh interval without scripts while all units are taken or the sale is paused.
const WAITING_REFRESH_SECONDS: i64 = 15;
/// Longest refresh interval without scripts before a sale opens.
const MAX_REFRESH_SECONDS: i64 = 60;

#[component]
pub(crate) fn ProductPage() -> impl IntoView {
    render_public_page(load)
}

async fn load(request: PageRequest) -> Result<AnyView, PageError> {
    let slug = request.params.get("slug").ok_or(PageError::NotFound)?;
    let product = request.checkout.product_by_slug(&slug);
    let product = product.filter(|product| product.status != ProductStatus::Archived).ok_or(PageError::NotFound)?;
    let now = request.checkout.now();
    let offer = Offer { watching: open_pages(&request, &product), ..offer(&product, now, &request) };
    let held = request.held(&product).await;
    Ok(view! {
        {head::product(&product, now)}
        {page_world(&product)}
        {refresh_seconds(&product, now).map(|seconds| view! { <NoScriptRefresh seconds /> })}
        {article(&product, offer, held)}
    }
    .into_any())
}

/// The page's content, which the console's preview shows as well.
pub(crate) fn article(product: &Product, offer: Offer, held: Option<HeldProduct>) -> AnyView {
    let bar = sale_bar(format_price(product.price), &offer);
    view! {
        <article class="product">
            <div class="product-gallery">
                {gallery(product)}
            </div>
            <div class="product-header">
                <p class="breadcrumb"><a href="/">{text!("home-all-drops")}</a></p>
                <h1>{product.name.clone()}</h1>
                <p class="price price-large">{format_price(product.price)}</p>
                {story::sentence(product)}
            </div>
            <div class="product-offer">
                {offer_panel(held, offer)}
            </div>
            {bar}
            {story::below(product)}
        </article>
    }
    .into_any()
}

fn offer(product: &Product, now: Timestamp, request: &PageRequest) -> Offer {
    let first = first_offer(product, now);
    let wanted = query_number(&request.query, "qty").unwrap_or(1).clamp(1, first.max_qty);
    let retry_key = request.query.get("again").and_then(|key| key.parse::<Uuid>().ok());
    let error = FormError::from_query(&request.query, product, now);
    Offer {
        qty: error.as_ref().map_or(wanted, |error| wanted.min(possible(error))).max(1),
        retry_key: retry_key.map(|key| key.to_string()),
        error: error.map(|error| offer_error(&error, wanted)),
        ..first
    }
}

/// Returns the number of pages of the product that are open, beside the one that is being rendered.
fn open_pages(request: &PageRequest, product: &Product) -> u32 {
    u32::try_from(request.checkout.stock_watchers(product.id)).unwrap_or(u32::MAX)
}

/// Returns the largest quantity that is possible after an error, as far as the error limits it.
fn possible(error: &FormError) -> u32 {
    match error {
        FormError::Refused(Refusal::SoldOut { available, .. }) => *available,
        FormError::Refused(Refusal::LimitReached { limit, taken }) => limit.saturating_sub(*taken),
        _ => u32::MAX,
    }
}

/// The offer to a shopper who has not tried to reserve yet.
pub(crate) fn first_offer(product: &Product, now: Timestamp) -> Offer {
    Offer {
        counts: product.snapshot().into(),
        rendered_at: now.as_millis(),
        starts_at: product.window.starts_at.map(Into::into),
        ends_at: product.window.ends_at.map(Into::into),
        max_qty: product.per_shopper_limit.unwrap_or(MAX_QUANTITY).min(product.stock.total).clamp(1, MAX_QUANTITY),
        limit: product.per_shopper_limit,
        qty: 1,
        hold_for: messages::format_duration(product.hold_for),
        form_key: Uuid::new_v4().to_string(),
        retry_key: None,
        calendar: paths::calendar(product.slug.as_str()),
        watching: 0,
        error: None,
    }
}

/// `wanted` is the quantity of the attempt.
fn offer_error(error: &FormError, wanted: u32) -> OfferError {
    let is_stock_too_low = matches!(error, FormError::Refused(Refusal::SoldOut { .. }));
    let is_about_quantity = is_stock_too_low
        || matches!(error, FormError::InvalidQuantity | FormError::Refused(Refusal::LimitReached { .. }));
    let mut notice = error.notice();
    let possible = possible(error);
    if (1..wanted).contains(&possible) {
        notice.text += " ";
        notice.text += &text!("sale-quantity-lowered", n = possible);
    }
    OfferError {
        notice,
        wanted: is_stock_too_low.then_some(wanted),
        is_resolved: is_stock_too_low && possible >= wanted,
        is_about_quantity,
    }
}

/// Returns the refresh interval without scripts. The page refreshes until the sale opens, while units may come back and while
/// the sale is paused. It
/// does not refresh while the form can be used, because that would discard the shopper's input.
fn refresh_seconds(product: &Product, now: Timestamp) -> Option<i64> {
    match product.phase(now) {
        SalePhase::Upcoming(at) => Some(MAX_REFRESH_SECONDS.min(seconds_left(now.as_millis(), at.as_millis()) + 1)),
        SalePhase::Open if product.stock.available == 0 && product.stock.sold < product.stock.total => {
            Some(WAITING_REFRESH_SECONDS)
        }
        SalePhase::Paused => Some(WAITING_REFRESH_SECONDS),
        SalePhase::Open | SalePhase::Ended(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::{PageLanguage, german};
    use checkout::model::{Money, ProductDraft};

    #[test]
    fn an_error_says_what_is_possible() {
        let error = |available| FormError::Refused(Refusal::SoldOut { available, may_return: 3 });
        let few = offer_error(&error(2), 5);
        assert_eq!((few.wanted, few.is_resolved), (Some(5), false));
        assert!(few.notice.text.ends_with("We’ve set the quantity to 2."), "{}", few.notice.text);
        assert!(offer_error(&error(5), 5).is_resolved);
        let none = offer_error(&error(0), 5);
        assert!(!none.is_resolved && !none.notice.text.contains("set the quantity"), "{}", none.notice.text);
        let limit = FormError::Refused(Refusal::LimitReached { limit: 3, taken: 1 });
        assert_eq!((possible(&limit), possible(&FormError::Busy)), (2, u32::MAX));
        let limited = offer_error(&limit, 3);
        assert!(limited.wanted.is_none() && limited.notice.text.ends_with("to 2."), "{}", limited.notice.text);
    }
    #[test]
    fn the_page_is_in_the_visitors_language() {
        let price = Money::parse("1234.50", "EUR".parse().unwrap()).unwrap();
        let draft =
            ProductDraft { per_shopper_limit: Some(2), ..ProductDraft::new("mug".parse().unwrap(), "Mug", price, 4) };
        let product = draft.check(Uuid::nil().into(), Timestamp::default()).unwrap();
        let page = || article(&product, first_offer(&product, Timestamp::from_millis(1)), None).to_html();
        let (english, german) = (PageLanguage::default().scope(page), german().scope(page));
        for (html, texts) in [
            (
                &english,
                ["€1,234.50", "Available now", ">Reserve<", "One more", "Up to 2 units per shopper", "Connecting…"],
            ),
            (
                &german,
                [
                    "1.234,50\u{a0}€",
                    "Jetzt verfügbar",
                    ">Reservieren<",
                    "Eins mehr",
                    "Höchstens 2 Stück pro Person",
                    "Verbinde …",
                ],
            ),
        ] {
            for text in texts {
                assert!(html.contains(text), "{text}: {html}");
            }
        }
        for text in [">Reserve<", ">Quantity<", ">Available<", ">Questions<", ">All drops<"] {
            assert!(english.contains(text) && !german.contains(text), "{text}: {german}");
        }
    }
}
