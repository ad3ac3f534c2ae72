//! A product's units as tiles, one for each. The browser changes the tiles whose unit changed and renders nothing anew.

use super::stock::StockCounts;

/// Maximum number of tiles. A product with more units has a bar instead: more tiles would be too small to see.
pub(crate) const MAX_TILES: u32 = 200;

/// Returns the state of a unit for the attribute `data-unit`. Units are in order: sold, in carts, available.
pub(crate) fn unit_state(counts: &StockCounts, index: u32) -> &'static str {
    if index < counts.sold {
        "sold"
    } else if index - counts.sold < counts.in_carts() {
        "held"
    } else {
        "available"
    }
}

#[cfg(feature = "ssr")]
pub(crate) use server::stock_picture;

#[cfg(feature = "ssr")]
mod server {
    use super::{MAX_TILES, StockCounts, unit_state};
    use crate::ui::stock::StockMeter;
    use leptos::prelude::*;

    /// Largest number of tiles in one row.
    const ONE_ROW: u32 = 10;
    /// Largest number of tiles in rows of twenty.
    const ROWS_OF_TWENTY: u32 = 60;

    /// Tiles for a small stock, else a bar. A stock that may grow beyond its tiles has both. They repeat the numbers beside
    /// them, so they are hidden from screen readers.
    pub(crate) fn stock_picture(counts: StockCounts) -> impl IntoView {
        let is_tiled = counts.total <= MAX_TILES;
        view! {
            <div class="stock-picture" aria-hidden="true">
                {is_tiled.then(|| tiles(&counts))}
                <div id="stock-bar" hidden=is_tiled>
                    <StockMeter counts=Signal::stored(counts) />
                </div>
            </div>
        }
    }

    fn tiles(counts: &StockCounts) -> impl IntoView + use<> {
        let size = match counts.total {
            total if total <= ONE_ROW => "large",
            total if total <= ROWS_OF_TWENTY => "medium",
            _ => "small",
        };
        // A tile without the attribute is available, which keeps the page small.
        let unit = |index| Some(unit_state(counts, index)).filter(|state| *state != "available");
        let tiles: Vec<_> = (0..counts.total).map(|index| view! { <i data-unit=unit(index)></i> }).collect();
        view! { <div class="stock-tiles" id="stock-tiles" data-size=size>{tiles}</div> }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_sold_then_in_carts_then_available() {
        let counts = StockCounts {
            product_id: uuid::Uuid::nil().into(),
            total: 6,
            available: 2,
            held: 1,
            pending: 1,
            sold: 2,
            paused: false,
            version: 1,
        };
        let states: Vec<_> = (0..6).map(|index| unit_state(&counts, index)).collect();
        assert_eq!(states, ["sold", "sold", "held", "held", "available", "available"]);
    }
}
