//! What shoppers read on a product's page about its sale.

use super::Notice;

/// A form was submitted without a network.
pub const OFFLINE: &str = "You’re offline. Nothing was sent.";

/// Headlines of the sale, each with the parts of the page in which it is shown.
pub const HEADLINES: [(&str, &str); 7] = [
    ("upcoming", "The sale opens soon"),
    ("plenty", "Available now"),
    ("few", "Almost gone"),
    ("all-taken", "All taken for now"),
    ("sold-out", "Sold out"),
    ("paused", "The sale is paused"),
    ("ended", "This sale has ended"),
];

/// Labels of the units that are not taken, each with the parts of the page in which it is shown.
pub const AVAILABLE_LABELS: [(&str, &str); 4] = [
    ("upcoming", "For sale"),
    ("available all-taken sold-out", "Available"),
    ("paused", "Left"),
    ("ended", "Not sold"),
];

/// Label of the units that may come back.
pub const IN_CARTS: &str = "In carts";
/// Label of the units that are paid for.
pub const SOLD: &str = "Sold";

/// Label of the countdown.
pub const OPENS_IN: &str = "Opens in";
/// Stands before the date and time of the opening.
pub const OPENS_ON: &str = "On ";
/// Stands after it.
pub const OPENS_BY_ITSELF: &str = ". No need to reload: you can reserve right here the second it opens.";
/// Leads to a calendar file.
pub const ADD_TO_CALENDAR: &str = "Add to calendar";
/// Stands before the date and time at which the sale closes.
pub const OPEN_UNTIL: &str = "The sale closes on ";
/// Stands before the date and time at which the sale closed.
pub const ENDED_ON: &str = "It ended on ";
/// Leads to the other products.
pub const SEE_WHAT_ELSE: &str = "See what else is on";

/// All units are in carts.
pub const ALL_IN_CARTS: &str = "Every unit is in a cart and not paid for yet. Keep this page open: a unit that comes \
                                back goes on sale here right away, and the button turns on.";
/// All units are paid for.
pub const ALL_SOLD: &str =
    "Every unit has found its owner. Should one come back after a refund, it goes on sale right here.";

/// Label of the form's button.
pub const RESERVE: &str = "Reserve";
/// Name of the bar that leads back to the offer.
pub const OFFER: &str = "Offer";
/// Links of the bar, each with the parts of the page in which it is shown.
pub const BAR_LINKS: [(&str, &str); 2] =
    [("available", "Reserve yours"), ("upcoming all-taken sold-out paused ended", "See the details")];

/// What a reservation means. `hold_for` is a text such as “10 minutes”.
pub fn reserve_terms(hold_for: &str, limit: Option<u32>) -> String {
    let limit = limit.map(|n| format!(" Up to {n} per shopper, so that more people get one.")).unwrap_or_default();
    format!("We’ll hold it for you for {hold_for}. Reserving and cancelling are free.{limit}")
}

/// Number of open pages of the product.
pub fn watching(pages: u32) -> String {
    format!("{pages} watching right now")
}

/// The quantity field holds what is possible, which is less than what was refused.
pub fn quantity_lowered(qty: u32) -> String {
    format!(" We’ve set the quantity to {qty}.")
}

/// Stock was too low for the refused request and now suffices.
pub fn enough_again() -> Notice {
    Notice::new("There are enough again", "Nothing was reserved before. Choose how many you want and press Reserve.")
}

/// Changes of the stock in the ticker, to follow a number of units.
pub const RESERVED: &str = "reserved";
/// Units came back from a cart, an order or a refund.
pub const BACK_ON_SALE: &str = "back on sale";
/// Units were paid for.
pub const WERE_SOLD: &str = "sold";

/// A line of the ticker: what happened to how many units, and how many seconds ago.
pub fn ticker_line(qty: u32, change: &str, seconds: i64) -> String {
    let age = match seconds {
        ..=0 => "now".to_owned(),
        1..60 => format!("{seconds} s ago"),
        _ => format!("{} min ago", seconds / 60),
    };
    format!("{qty} {change} · {age}")
}

/// Title of the calendar's event.
pub fn calendar_title(product: &str) -> String {
    format!("{product} goes on sale")
}

/// Text of the calendar's event.
pub fn calendar_text(price: &str, page: &str) -> String {
    format!("{price}. Open the page a little early: the form appears there by itself.\n{page}")
}
