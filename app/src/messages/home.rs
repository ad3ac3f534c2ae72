//! Texts of the home page.
use super::format_duration_short;
use crate::i18n::text;
use std::time::Duration;

/// The result of a drop that is sold out, with the time that it took if it is known.
pub fn sold_out(units: u32, time: Option<Duration>) -> String {
    match time {
        Some(time) => text!("home-sold-in", units = units, time = format_duration_short(time)),
        None => text!("home-all-sold", units = units),
    }
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
