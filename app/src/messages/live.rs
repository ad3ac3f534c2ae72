//! Texts on a product's page about its sale.
use crate::i18n::text;

/// Headlines of the sale, each with the parts of the page in which it is shown.
pub(crate) fn headlines() -> [(&'static str, String); 7] {
    [
        ("upcoming", text!("sale-upcoming")),
        ("plenty", text!("sale-plenty")),
        ("few", text!("sale-few")),
        ("all-taken", text!("sale-all-taken")),
        ("sold-out", text!("sale-sold-out")),
        ("paused", text!("sale-paused")),
        ("ended", text!("sale-ended")),
    ]
}

/// Labels of the units that are not taken, each with the parts of the page in which it is shown.
pub(crate) fn available_labels() -> [(&'static str, String); 4] {
    [
        ("upcoming", text!("sale-label-upcoming")),
        ("available all-taken sold-out", text!("sale-label-available")),
        ("paused", text!("sale-label-paused")),
        ("ended", text!("sale-label-ended")),
    ]
}

/// Links of the bar, each with the parts of the page in which it is shown.
pub(crate) fn bar_links() -> [(&'static str, String); 2] {
    [("available", text!("sale-bar-reserve")), ("upcoming all-taken sold-out paused ended", text!("sale-bar-details"))]
}

/// The terms of a reservation. `hold_for` is a text such as “10 minutes”.
pub(crate) fn reserve_terms(hold_for: &str, limit: Option<u32>) -> String {
    let terms = text!("sale-terms", time = hold_for);
    match limit {
        Some(limit) => format!("{terms} {}", text!("sale-terms-limit", limit = limit)),
        None => terms,
    }
}

/// Title of the calendar's event.
pub fn calendar_title(product: &str) -> String {
    text!("sale-calendar", product = product)
}

/// Text of the calendar's event.
pub fn calendar_text(price: &str, page: &str) -> String {
    format!("{}\n{page}", text!("sale-calendar", "text", price = price))
}
