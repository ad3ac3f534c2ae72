//! A product's stock in three parts: available, in carts, sold (P10).

use crate::event_stream::{ConnectionStatus, subscribe};
use checkout::model::ProductId;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A product's stock counts. Unlike the engine's snapshot it has no nested fields and no date, because parsing those
/// would make the WebAssembly file larger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockCounts {
    /// The product.
    pub product_id: ProductId,
    /// All units.
    pub total: u32,
    /// Units that can be reserved now.
    pub available: u32,
    /// Units reserved but not ordered.
    pub held: u32,
    /// Units ordered but not paid for.
    pub pending: u32,
    /// Units paid for.
    pub sold: u32,
    /// The product accepts no new reservations for now.
    #[serde(default)]
    pub paused: bool,
    /// Version of the product. A lower version is older.
    pub version: u64,
}

impl StockCounts {
    /// Returns the units that are reserved or ordered but not paid for. They may come back.
    pub fn in_carts(&self) -> u32 {
        self.held + self.pending
    }

    /// Returns whether a tenth of the units or less can be reserved, but not all of them.
    pub(crate) fn is_low(&self) -> bool {
        self.available < self.total && u64::from(self.available) * 10 <= u64::from(self.total)
    }

    /// Parses an event of the stock stream.
    pub fn parse(data: &str) -> Option<Self> {
        serde_json::from_str(data).ok()
    }
}

#[cfg(feature = "ssr")]
impl From<checkout::model::StockSnapshot> for StockCounts {
    fn from(snapshot: checkout::model::StockSnapshot) -> Self {
        let checkout::model::Stock { total, available, held, pending, sold } = snapshot.stock;
        let checkout::model::StockSnapshot { product_id, paused, version, .. } = snapshot;
        Self { product_id, total, available, held, pending, sold, paused, version }
    }
}

/// Follows a product's stock. Returns the counts, which start as rendered, and the status of the connection. Events older
/// than the current counts are ignored.
pub(crate) fn live_counts(url: String, rendered: StockCounts) -> (ReadSignal<StockCounts>, Signal<ConnectionStatus>) {
    let (counts, set_counts) = signal(rendered);
    let status = subscribe(url, "stock", move |data| {
        let Some(update) = StockCounts::parse(data) else { return };
        let current = counts.get_untracked();
        if update.product_id == current.product_id && update.version > current.version {
            set_counts.set(update);
        }
    });
    (counts, status)
}

/// Width of the meter's view box.
const METER_WIDTH: u64 = 1000;

/// Returns the width of a part of the meter.
fn meter_width(part: u32, total: u32) -> u64 {
    u64::from(part) * METER_WIDTH / u64::from(total.max(1))
}

impl StockCounts {
    /// Returns the widths of the meter's parts: sold, and in carts.
    pub(crate) fn meter_parts(&self) -> (u64, u64) {
        let sold = meter_width(self.sold, self.total);
        (sold, meter_width(self.sold + self.in_carts(), self.total) - sold)
    }
}

/// A bar in three parts. It repeats the numbers beside it, so it is hidden from screen readers.
#[component]
pub fn StockMeter(#[prop(into)] counts: Signal<StockCounts>) -> impl IntoView {
    let sold = move || counts.with(StockCounts::meter_parts).0;
    let held = move || counts.with(StockCounts::meter_parts).1;
    view! {
        <svg class="stock-meter" viewBox="0 0 1000 16" preserveAspectRatio="none" aria-hidden="true" focusable="false">
            <rect class="stock-meter-available" x="0" y="0" width="1000" height="16" />
            <rect class="stock-meter-held" x=move || sold().to_string() y="0" width=move || held().to_string() height="16" />
            <rect class="stock-meter-sold" x="0" y="0" width=move || sold().to_string() height="16" />
        </svg>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_an_event_of_the_stock_stream() {
        let data = r#"{"product_id":"0198f000-0000-7000-8000-000000000001","total":10,"available":4,"held":3,"pending":2,"sold":1,"version":7,"at":"2026-11-22T23:59:59Z"}"#;
        let counts = StockCounts::parse(data).unwrap();
        assert_eq!((counts.available, counts.in_carts(), counts.sold, counts.version), (4, 5, 1, 7));
        assert!(
            !counts.paused
                && StockCounts::parse(&data.replace("\"version\"", "\"paused\":true,\"version\"")).unwrap().paused
        );
        assert_eq!(StockCounts::parse("{}"), None);
    }

    #[test]
    fn parts_never_exceed_the_meter() {
        assert_eq!(meter_width(0, 0), 0);
        assert_eq!(meter_width(1, 3), 333);
        assert_eq!(meter_width(u32::MAX, u32::MAX), METER_WIDTH);
    }
}
