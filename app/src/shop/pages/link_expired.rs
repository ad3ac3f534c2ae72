//! A link in a mail that does not work any more, and how to get a new one.

use super::NoIndex;
use crate::shop::ShopInfo;
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub(crate) fn LinkExpiredPage() -> impl IntoView {
    let contact = use_context::<ShopInfo>().and_then(|info| info.contact);
    let ask = match contact {
        Some((text, url)) => view! { "Write to " <a href=url>{text}</a> }.into_any(),
        None => view! { "Write to the shop" }.into_any(),
    };
    view! {
        <Title text="This link has stopped working" />
        <NoIndex description="A link in a mail that does not work any more." />
        <div class="narrow">
            <h1>"This link has stopped working"</h1>
            <p>"Links in our mails open an order for 30 days. Your order is still safe with us."</p>
            <ul>
                <li>"On the device you ordered with, you’ll find it under " <a href="/orders">"My orders"</a> "."</li>
                <li>
                    "On any other device you need a new link. " {ask}
                    " with your order number, and ask for your receipt again: it comes with a new link."
                </li>
            </ul>
        </div>
    }
}
