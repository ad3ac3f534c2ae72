//! A product: picture, price, live stock, and the form that reserves.

use super::{Refresh, Request, Stop, page};
use crate::{
    clock::seconds_left,
    flash::{self, Trouble},
    money,
    parts::{
        buy::{BuyPanel, Offer, RefusalNotice},
        picture::Picture,
    },
    words,
};
use checkout::model::{MAX_QUANTITY, Product, Refusal, SalePhase, Timestamp};
use leptos::prelude::*;
use leptos_meta::{Meta, Title};
use uuid::Uuid;

/// Without scripts: how often a sold-out sale is looked at again, and the longest wait for one to open.
const LOOK_AGAIN_SECONDS: i64 = 15;
const LONGEST_WAIT_SECONDS: i64 = 60;

#[component]
pub(crate) fn ProductPage() -> impl IntoView {
    page(load)
}

async fn load(request: Request) -> Result<AnyView, Stop> {
    let slug = request.params.get("slug").ok_or(Stop::Missing)?;
    let product = request.checkout.product_by_slug(&slug).ok_or(Stop::Missing)?;
    let now = request.checkout.now();
    let offer = offer(&product, now, &request);
    let name = product.name.clone();
    Ok(view! {
        <Title text=name.clone() />
        <Meta name="description" content=summary(&product) />
        {refresh_after(&product, now).map(|seconds| view! { <Refresh seconds /> })}
        <article class="product">
            <div class="product-picture">
                <Picture image=product.image.clone() />
            </div>
            <div class="product-head">
                <p class="crumb"><a href="/">"All drops"</a></p>
                <h1>{name}</h1>
                <p class="price price-large">{money::price(product.price)}</p>
                <p class="product-text">{product.description.clone()}</p>
            </div>
            <div class="product-buy">
                <BuyPanel offer />
            </div>
        </article>
    }
    .into_any())
}

fn offer(product: &Product, now: Timestamp, request: &Request) -> Offer {
    let most = product.per_shopper_limit.unwrap_or(MAX_QUANTITY).min(product.stock.total).clamp(1, MAX_QUANTITY);
    let qty = flash::number(&request.query, "qty").unwrap_or(1).clamp(1, most);
    Offer {
        counts: product.snapshot().into(),
        rendered_at: now.as_millis(),
        starts_at: product.window.starts_at.map(Into::into),
        ends_at: product.window.ends_at.map(Into::into),
        most,
        limit: product.per_shopper_limit,
        qty,
        hold_for: words::duration(product.hold_for),
        key: Uuid::new_v4().to_string(),
        again: request.query.get("again").and_then(|attempt| attempt.parse::<Uuid>().ok()).map(|id| id.to_string()),
        refusal: Trouble::told(&request.query, product, now).map(|trouble| refusal(&trouble, qty, product)),
    }
}

fn refusal(trouble: &Trouble, qty: u32, product: &Product) -> RefusalNotice {
    let short = matches!(trouble, Trouble::Refused(Refusal::SoldOut { .. }));
    let about_qty = matches!(trouble, Trouble::Quantity | Trouble::Refused(Refusal::LimitReached { .. }));
    let notice = if short && product.stock.available >= qty { words::back_again() } else { trouble.words() };
    RefusalNotice { notice, short, about_qty }
}

/// The page is asked for again when the sale opens, and while something may come back. Never while the form is open:
/// that would take the shopper's choice away.
fn refresh_after(product: &Product, now: Timestamp) -> Option<i64> {
    match product.window.at(now) {
        SalePhase::Upcoming(at) => Some(LONGEST_WAIT_SECONDS.min(seconds_left(now.as_millis(), at.as_millis()) + 1)),
        SalePhase::Open if product.stock.available == 0 && product.stock.sold < product.stock.total => {
            Some(LOOK_AGAIN_SECONDS)
        }
        SalePhase::Open | SalePhase::Ended(_) => None,
    }
}

/// The start of the description, for search engines.
fn summary(product: &Product) -> String {
    let text = if product.description.is_empty() { &product.name } else { &product.description };
    text.chars().take(155).collect()
}
