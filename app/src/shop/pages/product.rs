//! A product: image, price, live stock, and the reservation form.

use super::{NoScriptRefresh, PageError, PageRequest, render_public_page};
use crate::{
    clock::seconds_left,
    messages,
    price::format_price,
    shop::{
        components::{
            buy_box::{BuyBox, Offer, OfferError},
            gallery::gallery,
        },
        form_error::{FormError, query_number},
    },
    ui::head,
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
    let offer = offer(&product, now, &request);
    Ok(view! {
        {head::product(&product, now)}
        {refresh_seconds(&product, now).map(|seconds| view! { <NoScriptRefresh seconds /> })}
        {article(&product, offer)}
    }
    .into_any())
}

/// The page's content, which the console's preview shows as well.
pub(crate) fn article(product: &Product, offer: Offer) -> AnyView {
    view! {
        <article class="product">
            <div class="product-gallery">
                {gallery(product)}
            </div>
            <div class="product-header">
                <p class="breadcrumb"><a href="/">"All drops"</a></p>
                <h1>{product.name.clone()}</h1>
                <p class="price price-large">{format_price(product.price)}</p>
                <p class="product-description">{product.description.clone()}</p>
            </div>
            <div class="product-offer">
                <BuyBox offer />
            </div>
        </article>
    }
    .into_any()
}

fn offer(product: &Product, now: Timestamp, request: &PageRequest) -> Offer {
    let first = first_offer(product, now);
    let qty = query_number(&request.query, "qty").unwrap_or(1).clamp(1, first.max_qty);
    let retry_key = request.query.get("again").and_then(|key| key.parse::<Uuid>().ok());
    let error = FormError::from_query(&request.query, product, now);
    Offer {
        qty,
        retry_key: retry_key.map(|key| key.to_string()),
        error: error.map(|error| offer_error(&error, qty, product)),
        ..first
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
        error: None,
    }
}

fn offer_error(error: &FormError, qty: u32, product: &Product) -> OfferError {
    let is_stock_too_low = matches!(error, FormError::Refused(Refusal::SoldOut { .. }));
    let is_about_quantity =
        matches!(error, FormError::InvalidQuantity | FormError::Refused(Refusal::LimitReached { .. }));
    let is_resolved = is_stock_too_low && product.stock.available >= qty;
    let notice = if is_resolved { messages::back_in_stock() } else { error.notice() };
    OfferError { notice, is_stock_too_low, is_about_quantity }
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
