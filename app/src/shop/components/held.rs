//! The place of the reservation form on the page of a product that the visitor holds: the time left and the way back.

use super::{
    buy_box::{BuyBox, Offer},
    stock_badge::StockBadge,
};
use crate::{
    i18n::text,
    paths,
    shop::held::HeldProduct,
    ui::{
        countdown::HoldCountdown,
        local_time::DateTime,
        notice::ErrorNotice,
        slot::{SLOT, with_element},
    },
};
use leptos::prelude::*;

/// Renders what a visitor can do with a product: reserve it, go back to what they hold, or both where the limit allows it.
pub(crate) fn offer_panel(held: Option<HeldProduct>, offer: Offer) -> AnyView {
    let Some(held) = held else { return view! { <BuyBox offer /> }.into_any() };
    if held.allows_more {
        return view! {
            {held_panel(&held, text!("held-another"))}
            <BuyBox offer />
        }
        .into_any();
    }
    let [starts_at, ends_at] = [offer.starts_at, offer.ends_at].map(|at| at.map(|at| at.millis));
    view! {
        // A form that was sent from an older page.
        {offer.error.map(|error| view! { <ErrorNotice notice=error.notice /> })}
        {held_panel(&held, text!("held-no-more"))}
        <div class="held-stock">
            <StockBadge counts=offer.counts rendered_at=offer.rendered_at starts_at ends_at />
        </div>
    }
    .into_any()
}

fn held_panel(held: &HeldProduct, note: String) -> impl IntoView + use<> {
    let (rendered_at, expires_at) = (held.now.as_millis(), held.hold.expires_at.as_millis());
    let DateTime { iso, text, .. } = held.hold.expires_at.into();
    let until = with_element(&text!("held-until", time = SLOT), view! { <time datetime=iso>{text}</time> });
    view! {
        <section class="held" aria-labelledby="held-title" data-testid="held-panel">
            <h2 id="held-title">{text!("held-headline", units = held.held)}</h2>
            <p class="held-time hold-countdown">
                <span class="with-scripts">{text!("held-time-left")}</span>
                <noscript>{until}</noscript>
                <HoldCountdown rendered_at expires_at />
            </p>
            <p class="actions">
                <a class="button button-primary" href=paths::hold(&held.hold.id.to_string())>
                    {text!("held-back")}
                </a>
            </p>
            <p class="muted">{note}</p>
        </section>
    }
}
