//! The form that reserves units.

use super::{buy_box::Offer, quantity_field::QuantityField};
use crate::{
    i18n::text,
    messages::live,
    paths,
    ui::{
        local_time::ZonedTime,
        sale_state::is_shown,
        slot::{SLOT, with_element},
    },
};
use leptos::prelude::*;

/// The form with its terms. It stays while all units are in carts, so that a shopper can wait at its button. Without
/// JavaScript the form stays usable then: the page may be old, and the server decides.
#[component]
pub(super) fn ReserveForm(offer: Offer, parts: [&'static str; 2]) -> impl IntoView {
    let Offer { counts, ends_at, max_qty, limit, qty, hold_for, form_key, retry_key, error, .. } = offer;
    let has_notice = error.is_some_and(|error| error.is_about_quantity);
    let hidden = |when| !is_shown(when, parts);
    let terms = live::reserve_terms(&hold_for, limit);
    let closes_on = ends_at.map(|at| with_element(&text!("sale-closes-on", time = SLOT), view! { <ZonedTime at /> }));
    view! {
        <form
            class="reserve-form keeps-place"
            method="post"
            action=paths::RESERVE
            aria-busy="false"
            data-when="available all-taken"
            hidden=hidden("available all-taken")
        >
            <input type="hidden" name="product" value=counts.product_id.to_string() />
            <input type="hidden" name="key" value=form_key />
            {retry_key.map(|key| view! { <input type="hidden" name="again" value=key /> })}
            <QuantityField qty max=max_qty has_notice />
            <button class="button button-primary" id="reserve" type="submit" aria-disabled=(counts.available == 0).then_some("true")>
                {text!("sale-reserve")}
            </button>
            <div class="reserve-terms">
                <p class="muted keeps-place" data-when="available" hidden=hidden("available")>{terms}</p>
                <p class="none-available keeps-place" data-when="all-taken" hidden=hidden("all-taken")>{text!("sale-all-in-carts")}</p>
            </div>
            {closes_on.map(|text| view! { <p class="muted sale-closing">{text}</p> })}
        </form>
    }
}
