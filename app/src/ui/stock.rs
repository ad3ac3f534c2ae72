//! Stock in its three honest parts: available, held by somebody who may give it back, sold (P10).

use checkout::model::ProductId;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What a watcher is told: the wire's snapshot without its flattening and its date, which cost the browser more code
/// than they tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Whose stock this is.
    pub product_id: ProductId,
    /// All of it.
    pub total: u32,
    /// Anyone may reserve these now.
    pub available: u32,
    /// Reserved, not ordered.
    pub held: u32,
    /// Ordered, not paid.
    pub pending: u32,
    /// Paid.
    pub sold: u32,
    /// A lower one is older.
    pub version: u64,
}

impl Counts {
    /// Taken by people who have not paid: it may come back.
    pub fn may_return(&self) -> u32 {
        self.held + self.pending
    }

    /// Reads one event of the stream.
    pub fn parse(data: &str) -> Option<Self> {
        serde_json::from_str(data).ok()
    }
}

#[cfg(feature = "ssr")]
impl From<checkout::model::StockSnapshot> for Counts {
    fn from(now: checkout::model::StockSnapshot) -> Self {
        let checkout::model::Stock { total, available, held, pending, sold } = now.stock;
        Self { product_id: now.product_id, total, available, held, pending, sold, version: now.version }
    }
}

/// The counts as the stream tells them, and how the stream is doing. Older news than what is shown is dropped.
pub(super) fn live_counts(url: String, drawn: Counts) -> (ReadSignal<Counts>, Signal<crate::live::Link>) {
    let (counts, set_counts) = signal(drawn);
    let link = crate::live::follow(url, "stock", move |data| {
        let Some(news) = Counts::parse(data) else { return };
        let shown = counts.get_untracked();
        if news.product_id == shown.product_id && news.version > shown.version {
            set_counts.set(news);
        }
    });
    (counts, link)
}

/// The width of the meter's drawing, in its own units.
const SPAN: u64 = 1000;

/// A part's length on the meter.
fn share(part: u32, total: u32) -> u64 {
    u64::from(part) * SPAN / u64::from(total.max(1))
}

/// One bar in three parts. It repeats what the numbers say, so it is hidden from assistive technology.
#[component]
pub fn Meter(#[prop(into)] counts: Signal<Counts>) -> impl IntoView {
    let sold = move || counts.with(|c| share(c.sold, c.total));
    let held = move || counts.with(|c| share(c.sold + c.may_return(), c.total)) - sold();
    view! {
        <svg class="meter" viewBox="0 0 1000 16" preserveAspectRatio="none" aria-hidden="true" focusable="false">
            <rect class="meter-available" x="0" y="0" width="1000" height="16" />
            <rect class="meter-held" x=move || sold().to_string() y="0" width=move || held().to_string() height="16" />
            <rect class="meter-sold" x="0" y="0" width=move || sold().to_string() height="16" />
        </svg>
    }
}

/// The three numbers and their names. What nobody has taken is available in an open sale only.
#[component]
pub fn Numbers(#[prop(into)] counts: Signal<Counts>, #[prop(into)] untaken: Signal<&'static str>) -> impl IntoView {
    view! {
        <dl class="numbers">
            <div class="number">
                <dt>{move || untaken.get()}</dt>
                <dd data-testid="available">{move || counts.with(|c| c.available.to_string())}</dd>
            </div>
            <div class="number number-held">
                <dt>"Held, may come back"</dt>
                <dd data-testid="held">{move || counts.with(|c| c.may_return().to_string())}</dd>
            </div>
            <div class="number number-sold">
                <dt>"Sold"</dt>
                <dd data-testid="sold">{move || counts.with(|c| c.sold.to_string())}</dd>
            </div>
        </dl>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_streams_snapshot() {
        let data = r#"{"product_id":"0198f000-0000-7000-8000-000000000001","total":10,"available":4,"held":3,"pending":2,"sold":1,"version":7,"at":"2026-11-22T23:59:59Z"}"#;
        let counts = Counts::parse(data).unwrap();
        assert_eq!((counts.available, counts.may_return(), counts.sold, counts.version), (4, 5, 1, 7));
        assert_eq!(Counts::parse("{}"), None);
    }

    #[test]
    fn shares_stay_on_the_meter() {
        assert_eq!(share(0, 0), 0);
        assert_eq!(share(1, 3), 333);
        assert_eq!(share(u32::MAX, u32::MAX), SPAN);
    }
}
