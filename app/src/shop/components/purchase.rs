//! The parts that the checkout and the page of an order have in common: the steps of a purchase, its lines, and what happens if the shopper
//! does nothing.
#![expect(clippy::needless_pass_by_value, reason = "components own their props")]

use crate::{
    i18n::text,
    paths,
    price::format_price,
    shop::ShopInfo,
    ui::{
        product_image::{Cover, ProductImage},
        slot::{SLOT, with_element},
    },
};
use checkout::model::{Money, Product};
use leptos::prelude::*;
use std::{cmp::Ordering, sync::Arc};

/// The steps of a purchase. `current` is the index of the next step.
#[component]
pub(crate) fn PurchaseSteps(current: usize) -> impl IntoView {
    let steps =
        [text!("purchase-steps", "reserve"), text!("purchase-steps", "details"), text!("purchase-steps", "pay")];
    let steps = steps.into_iter().enumerate().map(|(i, name)| {
        let state = match i.cmp(&current) {
            Ordering::Less => "done",
            Ordering::Equal => "current",
            Ordering::Greater => "upcoming",
        };
        view! { <li data-step=state aria-current=(i == current).then_some("step")>{name}</li> }
    });
    view! { <ol class="steps" aria-label=text!("purchase-steps")>{steps.collect_view()}</ol> }
}

/// Returns the product's name, with a link to its page if it has one.
pub(crate) fn product_name(product: &Product) -> AnyView {
    let name = product.name.clone();
    match paths::listed_product(product) {
        Some(url) => view! { <a href=url>{name}</a> }.into_any(),
        None => name.into_any(),
    }
}

/// Returns the price of one of `qty` units, which was fixed by the hold: the product's price may have changed since.
pub(crate) fn unit_price(total: Money, qty: u32) -> Money {
    Money { minor: total.minor / i64::from(qty.max(1)), ..total }
}

/// The product with its quantity, and the total of the order.
#[component]
pub(crate) fn OrderSummary(product: Arc<Product>, qty: u32, total: Option<Money>) -> impl IntoView {
    let each = total.map_or(product.price, |total| unit_price(total, qty));
    view! {
        <div class="line-item">
            <ProductImage cover=Cover::from(&*product) sizes="6rem" />
            <div class="line-item-text">
                <p class="line-item-name">{product_name(&product)}</p>
                <p class="muted">{format!("{} × {}", qty, format_price(each))}</p>
            </div>
        </div>
        {total.map(|total| view! {
            <p class="order-total" data-testid="order-total">
                <span>{text!("purchase-total")}</span>
                <strong>{format_price(total)}</strong>
            </p>
        })}
    }
}

/// The answers beside a purchase: what happens if the shopper does nothing, when money is charged, and how to reach the shop.
#[component]
pub(crate) fn Assurances(
    /// The consequence of doing nothing.
    idle: String,
    /// When money is charged.
    charge: String,
    /// The order's number, to mention to the shop.
    #[prop(optional_no_strip)]
    number: Option<String>,
) -> impl IntoView {
    let reach = reach_shop(number.as_deref());
    view! {
        <dl class="assurances" data-testid="assurances">
            <div><dt>{text!("purchase-if-nothing")}</dt><dd>{idle}</dd></div>
            <div><dt>{text!("purchase-when-charged")}</dt><dd>{charge}</dd></div>
            {reach.map(|reach| view! { <div><dt>{text!("contact-questions")}</dt><dd>{reach}</dd></div> })}
        </dl>
    }
}

/// Returns how to reach the shop, if it has a contact. `number` is that of the order to mention.
pub(crate) fn reach_shop(number: Option<&str>) -> Option<AnyView> {
    let (text, url) = use_context::<ShopInfo>()?.contact?;
    let sentence = match number {
        Some(number) => text!("contact-write-number", contact = SLOT, number = number),
        None => text!("contact-write", contact = SLOT),
    };
    Some(with_element(&sentence, view! { <a href=url>{text}</a> }).into_any())
}
