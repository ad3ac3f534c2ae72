//! The steps of a sale, as bars: held, ordered, paid.

use super::{image, scale::percent, table};
use crate::admin::live::text::{count, ratio, share};
use checkout::statistics::SaleSums;
use leptos::prelude::*;

/// The height of one step: its text and its bar.
const STEP_PX: u32 = 64;

/// The chart with its table. Units that came back and were sold again count again.
pub(in crate::admin::live) fn funnel(sums: SaleSums) -> AnyView {
    let SaleSums { held, ordered, paid } = sums;
    let steps = [
        ("held", "Put in a cart", held, None),
        ("pending", "Ordered", ordered, Some(held)),
        ("sold", "Paid", paid, Some(ordered)),
    ];
    let bars: Vec<_> = steps
        .into_iter()
        .zip(0_u32..)
        .map(|((class, name, units, before), nth)| {
            let top = nth * STEP_PX;
            let share = before.map_or_else(String::new, |before| format!(" · {}", share(units, before)));
            view! {
                <text class="funnel-name" x="0" y=top + 16>{name}</text>
                <text class="funnel-value" x="100%" y=top + 16 text-anchor="end">{count(units)}{share}</text>
                <rect class="track" x="0" y=top + 26 width="100%" height="18" rx="4"></rect>
                <rect class=format!("bar bar-{class}") x="0" y=top + 26 width=percent(ratio(units, held)) height="18" rx="4"></rect>
            }
        })
        .collect();
    let rows = steps
        .into_iter()
        .map(|(_, name, units, before)| {
            let of_before = before.map_or_else(String::new, |before| share(units, before));
            vec![name.to_owned(), count(units), of_before, share(units, held)]
        })
        .collect();
    let description = format!(
        "{} units were put in a cart, {} of them were ordered ({}), and {} were paid ({} of those in a cart).",
        count(held),
        count(ordered),
        share(ordered, held),
        count(paid),
        share(paid, held)
    );
    view! {
        {image("funnel-chart", "chart-funnel", "From cart to payment".to_owned(), description, bars)}
        <p class="axis-title">"Units, and their share of the step before"</p>
        {table("funnel-chart", "Steps from cart to payment", &["Step", "Units", "Of the step before", "Of all in a cart"], rows)}
    }
    .into_any()
}
