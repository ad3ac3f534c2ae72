//! A link in a mail that does not work any more, and how to get a new one.

use super::NoIndex;
use crate::{
    i18n::text,
    shop::ShopInfo,
    ui::slot::{SLOT, with_element},
};
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub(crate) fn LinkExpiredPage() -> impl IntoView {
    let contact = use_context::<ShopInfo>().and_then(|info| info.contact);
    let shop = match contact {
        Some((text, url)) => view! { <a href=url>{text}</a> }.into_any(),
        None => text!("link-expired", "the-shop").into_any(),
    };
    let orders = view! { <a href="/orders">{text!("nav-orders")}</a> };
    view! {
        <Title text=text!("link-expired") />
        <NoIndex description=text!("link-expired", "description") />
        <div class="narrow">
            <h1>{text!("link-expired")}</h1>
            <p>{text!("link-expired", "text")}</p>
            <ul>
                <li>{with_element(&text!("link-expired", "same-device", orders = SLOT), orders)}</li>
                <li>{with_element(&text!("link-expired", "other-device", shop = SLOT), shop)}</li>
            </ul>
        </div>
    }
}
