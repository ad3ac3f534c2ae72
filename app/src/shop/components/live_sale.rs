//! Keeps a product's page live. The server renders every state of the page; this island only shows another one, and writes
//! what changed: numbers, tiles and the ticker. It renders nothing anew, so it stays cheap while the stock changes twenty
//! times a second, and small.

use crate::{
    event_stream::ConnectionStatus,
    ui::{ConnectionIndicator, stock::StockCounts},
};
use leptos::prelude::*;

/// Follows a product's stock and the clock. It shows the status of its connection. Times are milliseconds since the epoch.
#[island]
pub fn LiveSale(counts: StockCounts, rendered_at: i64, starts_at: Option<i64>, ends_at: Option<i64>) -> impl IntoView {
    let status = follow(counts, rendered_at, starts_at, ends_at);
    view! { <ConnectionIndicator status /> }
}

#[cfg(feature = "hydrate")]
use browser::follow;

/// Only the browser follows a sale.
#[cfg(not(feature = "hydrate"))]
fn follow(_: StockCounts, _: i64, _: Option<i64>, _: Option<i64>) -> Signal<ConnectionStatus> {
    Signal::stored(ConnectionStatus::Connecting)
}

#[cfg(feature = "hydrate")]
mod browser {
    use super::{ConnectionStatus, StockCounts};
    use crate::{
        clock::server_time,
        event_stream::subscribe,
        paths,
        shop::components::ticker::Ticker,
        ui::{
            IslandText,
            sale_state::{SaleState, is_shown},
            stock_tiles::{MAX_TILES, unit_state},
        },
    };
    use leptos::prelude::*;
    use wasm_bindgen::JsCast;
    use web_sys::Element;

    pub(super) fn follow(
        rendered: StockCounts,
        rendered_at: i64,
        starts_at: Option<i64>,
        ends_at: Option<i64>,
    ) -> Signal<ConnectionStatus> {
        let now = server_time(rendered_at);
        let (counts, set_counts) = signal(rendered);
        let ticker = StoredValue::new(Ticker::default());
        let url = paths::product_events(&rendered.product_id.to_string());
        let status = subscribe(url.clone(), "stock", move |data| {
            let Some(update) = StockCounts::parse(data) else { return };
            let current = counts.get_untracked();
            ticker.update_value(|ticker| ticker.record(&current, &update, now.get_untracked()));
            if update.version > current.version {
                set_counts.set(update);
            }
        });
        subscribe(url, "watching", show_watching);
        let state = Memo::new(move |_| {
            counts.with(|counts| {
                let state = SaleState::new(now.get(), starts_at, ends_at, counts);
                (state, state.parts(counts))
            })
        });
        let second = Memo::new(move |_| now.get() / 1000);
        Effect::new(move |_| {
            let (state, parts) = state.get();
            show_state(state, parts);
        });
        Effect::new(move |shown: Option<StockCounts>| {
            let counts = counts.get();
            show_counts(&shown.unwrap_or(rendered), &counts);
            counts
        });
        Effect::new(move |_| {
            if status.get() != ConnectionStatus::Live {
                ticker.update_value(Ticker::pause);
            }
        });
        Effect::new(move |_| {
            counts.track();
            second.track();
            show_ticker(&ticker.with_value(|ticker| ticker.lines(now.get_untracked())));
        });
        status
    }

    /// Shows the parts of the page that belong to a state, and hides the others.
    fn show_state(state: SaleState, parts: [&str; 2]) {
        if let Some(panel) = by_id("buy") {
            set(&panel, "data-sale-state", state.name());
        }
        let Ok(elements) = document().query_selector_all("[data-when]") else { return };
        for index in 0..elements.length() {
            let Some(element) = elements.get(index).and_then(|node| node.dyn_into::<Element>().ok()) else { continue };
            let when = element.get_attribute("data-when").unwrap_or_default();
            toggle(&element, "hidden", !is_shown(&when, parts));
        }
    }

    fn show_counts(before: &StockCounts, after: &StockCounts) {
        show_number("available", before.available, after.available);
        show_number("held", before.in_carts(), after.in_carts());
        show_number("sold", before.sold, after.sold);
        show_tiles(before, after);
        show_meter(after);
        // The button is marked with aria-disabled, because `disabled` would take the focus from shoppers who wait at it for
        // a unit to come back.
        if let Some(button) = by_id("reserve") {
            if after.available == 0 {
                set(&button, "aria-disabled", "true");
            } else {
                let _ = button.remove_attribute("aria-disabled");
            }
        }
        show_enough_again(after);
    }

    /// Writes a number. The style sheet rolls from the old one to the new one: a change of `data-roll` starts it again.
    fn show_number(name: &str, before: u32, after: u32) {
        if before == after {
            return;
        }
        let Some(number) = by_id(name) else { return };
        let is_even = number.get_attribute("data-roll").as_deref() == Some("odd");
        set(&number, "data-was", &before.to_string());
        set(&number, "data-roll", if is_even { "even" } else { "odd" });
        number.set_text_content(Some(&after.to_string()));
    }

    /// Changes the tiles whose unit changed.
    fn show_tiles(before: &StockCounts, after: &StockCounts) {
        let Some(tiles) = by_id("stock-tiles") else { return };
        let is_tiled = after.total <= MAX_TILES;
        toggle(&tiles, "hidden", !is_tiled);
        if let Some(bar) = by_id("stock-bar") {
            toggle(&bar, "hidden", is_tiled);
        }
        let units = tiles.children();
        // The shop has added units, or has taken some away.
        while units.length() < after.total.min(MAX_TILES) {
            let Ok(tile) = document().create_element("i") else { return };
            let _ = tiles.append_child(&tile);
        }
        while let Some(tile) = units.item(after.total) {
            tile.remove();
        }
        for index in 0..units.length() {
            let unit = unit_state(after, index);
            if unit != unit_state(before, index)
                && let Some(tile) = units.item(index)
            {
                set(&tile, "data-unit", &[unit, " moved"].concat());
            }
        }
    }

    fn show_meter(counts: &StockCounts) {
        let (sold, held) = counts.meter_parts();
        for (part, x, width) in [(".stock-meter-held", sold, held), (".stock-meter-sold", 0, sold)] {
            if let Ok(Some(part)) = document().query_selector(part) {
                set(&part, "x", &x.to_string());
                set(&part, "width", &width.to_string());
            }
        }
    }

    /// Replaces the message of a refusal once there are as many units as were wanted.
    fn show_enough_again(counts: &StockCounts) {
        let Some(notice) = by_id("notice") else { return };
        let wanted = notice.get_attribute("data-wanted").and_then(|wanted| wanted.parse::<u32>().ok());
        if let Some(wanted) = wanted {
            let messages = notice.children();
            let is_enough = counts.available >= wanted;
            for (index, is_hidden) in [(0, is_enough), (1, !is_enough)] {
                if let Some(message) = messages.item(index) {
                    toggle(&message, "hidden", is_hidden);
                }
            }
        }
    }

    fn show_ticker(lines: &[String]) {
        let Some(ticker) = by_id("ticker") else { return };
        let items = ticker.children();
        for (index, line) in (0..).zip(lines) {
            if let Some(item) = items.item(index) {
                item.set_text_content(Some(line));
            }
        }
    }

    /// Shows how many pages of the product are open. The shopper's own alone is no news.
    fn show_watching(count: &str) {
        if let (Some(element), Ok(pages)) = (by_id("watching"), count.parse::<u32>()) {
            element.set_text_content(Some(&IslandText::Watching.with(pages)));
            toggle(&element, "hidden", pages < 2);
        }
    }

    fn by_id(id: &str) -> Option<Element> {
        document().get_element_by_id(id)
    }

    // Attributes of existing elements with valid names cannot fail to be set.
    fn set(element: &Element, name: &str, value: &str) {
        let _ = element.set_attribute(name, value);
    }

    fn toggle(element: &Element, name: &str, is_set: bool) {
        let _ = element.toggle_attribute_with_force(name, is_set);
    }
}
