//! Texts of the home page.

use super::format_duration_short;
use std::time::Duration;

/// The page's title and headline.
pub const TITLE: &str = "Live drops";
/// The first part of the headline.
pub const HEADLINE: &str = "Small drops, ";
/// The emphasised part of the headline.
pub const HEADLINE_EMPHASIS: &str = "fairly held.";
/// The sentence below the headline.
pub const LEAD: &str = "Reserve yours and it’s held for you while you decide. Every number you see is real.";

/// The heading of the sales that are on.
pub const LIVE: &str = "Live now";
/// The heading of the sales that have not opened yet.
pub const COMING: &str = "Coming";
/// Completes [`COMING`] once one of these sales has opened while the page was open.
pub const JUST_OPENED: &str = ", and just opened";
/// The heading of the sales that are over.
pub const PAST: &str = "Past";

/// The page of all sales that are on.
pub const ALL_LIVE: &str = "All live drops";
/// The page of all sales that have not opened yet.
pub const ALL_COMING: &str = "All coming drops";
/// The page of all sales that are over.
pub const ALL_PAST: &str = "All past drops";

/// The button of the featured drop.
pub const SEE_DROP: &str = "See the drop";

/// The title of a shop without products.
pub const NOTHING_YET: &str = "No drops yet";
/// The text of a shop without products.
pub const NOTHING_YET_TEXT: &str =
    "You’ll see new drops here before they open. Already got one? It’s under “My orders”.";
/// The title of a shop whose sales are all over.
pub const ALL_OVER: &str = "Nothing on sale right now";
/// The text of a shop whose sales are all over.
pub const ALL_OVER_TEXT: &str =
    "You’ll see the next drop here before it opens. Until then, here’s how the last ones went.";

/// The state of a drop whose units are all paid for.
pub const SOLD_OUT: &str = "Sold out";

/// The result of a drop that is sold out, with the time that it took if it is known.
pub fn sold_out(units: u32, time: Option<Duration>) -> String {
    match time {
        Some(time) => format!("{units} sold in {}", format_duration_short(time)),
        None => format!("{units} of {units} sold"),
    }
}

/// The link to a further page of a section.
pub fn page_of(page: usize, pages: usize) -> String {
    format!("Page {page} of {pages}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_names_the_time_only_if_it_is_known() {
        assert_eq!(sold_out(100, Some(Duration::from_secs(192))), "100 sold in 3 min 12 s");
        assert_eq!(sold_out(100, None), "100 of 100 sold");
    }
}
