//! Texts about what the visitor holds, on all pages.

/// The name of the landmark with the link to the reservation.
pub const LANDMARK: &str = "Reserved for you";
/// Completes “Less than a minute …” for screen readers.
pub const LEFT: &str = "left to order";
/// Shown when the time is over.
pub const OVER: &str = "Time’s up";

/// The link to the reservation.
pub const BACK_TO_CHECKOUT: &str = "Back to checkout";
/// Stands before the time left.
pub const TIME_LEFT: &str = "Reserved for you for another";
/// Stands before the end of the reservation where there are no scripts.
pub const UNTIL: &str = "Reserved for you until ";
/// The limit allows no more units.
pub const NO_MORE: &str = "That’s as many as one shopper can have, so that more people get one.";
/// The limit allows more units.
pub const ANOTHER: &str = "Want another? You can reserve more below.";

/// The headline on the page of a product that the visitor holds.
pub fn headline(units: u32) -> String {
    if units == 1 { "This one’s yours for now".to_owned() } else { format!("These {units} are yours for now") }
}

/// Further reservations of the visitor beside the one that is shown.
pub fn others(count: usize) -> String {
    format!("+{count}")
}

/// The same for screen readers.
pub fn others_spoken(count: usize) -> String {
    if count == 1 { "and 1 more reservation".to_owned() } else { format!("and {count} more reservations") }
}

/// Says until when it is reserved, for visitors without scripts.
pub fn until(text: &str) -> String {
    format!("until {text}")
}
