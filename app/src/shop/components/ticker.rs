//! The last changes of a product's stock, from the differences between the events of its stream.

use crate::ui::{IslandText, stock::StockCounts};

/// Number of changes that are kept.
pub(super) const MAX_ENTRIES: usize = 3;
/// Age from which a change is no longer shown, in milliseconds.
const MAX_AGE_MS: i64 = 600_000;
/// Changes of one kind within this time count as one, so that the line can be read while many happen.
const MERGE_MS: i64 = 1_000;

/// One change.
struct Entry {
    change: IslandText,
    qty: u32,
    /// The server's time, in milliseconds since the epoch.
    at: i64,
}

/// The last changes, the newest first.
#[derive(Default)]
pub(super) struct Ticker {
    entries: Vec<Entry>,
    /// Whether the last event came on this connection. The first one after a gap says nothing about when the stock changed.
    is_connected: bool,
}

impl Ticker {
    /// The connection is gone, or has not begun.
    pub(super) fn pause(&mut self) {
        self.is_connected = false;
    }

    /// Records an event of the stream, `now` by the server's clock.
    pub(super) fn record(&mut self, before: &StockCounts, after: &StockCounts, now: i64) {
        if !std::mem::replace(&mut self.is_connected, true) {
            return;
        }
        for (qty, change) in changes(before, after) {
            if qty == 0 {
                continue;
            }
            match self.entries.first_mut() {
                Some(last) if last.change == change && now - last.at < MERGE_MS => last.qty += qty,
                _ => self.entries.insert(0, Entry { change, qty, at: now }),
            }
        }
        self.entries.truncate(MAX_ENTRIES);
    }

    /// Returns the lines to show, the newest first. Those that are missing are empty.
    pub(super) fn lines(&self, now: i64) -> [String; MAX_ENTRIES] {
        std::array::from_fn(|index| match self.entries.get(index) {
            Some(entry) if now - entry.at < MAX_AGE_MS => line(entry, (now - entry.at) / 1000),
            _ => String::new(),
        })
    }
}

/// Writes a change that happened some seconds ago.
fn line(entry: &Entry, seconds: i64) -> String {
    let age = match seconds {
        ..=0 => IslandText::Now.get(),
        1..60 => IslandText::SecondsAgo.with(seconds),
        _ => IslandText::MinutesAgo.with(seconds / 60),
    };
    entry.change.with(entry.qty).replace("{age}", &age)
}

/// Returns how many units were sold, reserved and put back on sale between two events.
fn changes(before: &StockCounts, after: &StockCounts) -> [(u32, IslandText); 3] {
    // Units that the shop added or took away were neither put back nor reserved.
    let available_before = (before.available + after.total).saturating_sub(before.total);
    let sold = after.sold.saturating_sub(before.sold);
    let taken = available_before.saturating_sub(after.available);
    // A late payment can buy available units, which nobody reserved.
    let reserved = if taken == sold && after.in_carts() == before.in_carts() { 0 } else { taken };
    let back = after.available.saturating_sub(available_before);
    [(reserved, IslandText::Reserved), (back, IslandText::BackOnSale), (sold, IslandText::Sold)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(available: u32, held: u32, sold: u32) -> StockCounts {
        StockCounts {
            product_id: uuid::Uuid::nil().into(),
            total: available + held + sold,
            available,
            held,
            pending: 0,
            sold,
            paused: false,
            version: 1,
        }
    }

    fn happened(before: (u32, u32, u32), after: (u32, u32, u32)) -> Vec<(u32, IslandText)> {
        let [before, after] = [before, after].map(|(available, held, sold)| counts(available, held, sold));
        changes(&before, &after).into_iter().filter(|(qty, _)| *qty > 0).collect()
    }

    #[test]
    fn changes_are_what_happened_between_two_events() {
        assert_eq!(happened((10, 0, 0), (8, 2, 0)), [(2, IslandText::Reserved)]);
        assert_eq!(happened((8, 2, 0), (9, 1, 0)), [(1, IslandText::BackOnSale)]);
        assert_eq!(happened((8, 2, 0), (8, 0, 2)), [(2, IslandText::Sold)]);
        assert_eq!(
            happened((8, 2, 0), (7, 2, 1)),
            [(1, IslandText::Sold)],
            "a late payment, or a reservation and a sale"
        );
        assert_eq!(happened((8, 2, 0), (5, 3, 2)), [(3, IslandText::Reserved), (2, IslandText::Sold)]);
        assert_eq!(happened((0, 0, 3), (1, 0, 2)), [(1, IslandText::BackOnSale)], "a refund");
        assert_eq!(happened((2, 0, 0), (9, 1, 0)), [(1, IslandText::Reserved)], "the shop added eight units");
        assert_eq!(happened((9, 0, 0), (4, 0, 0)), [], "the shop took five away");
    }

    #[test]
    fn the_first_event_of_a_connection_is_no_news() {
        let mut ticker = Ticker::default();
        ticker.record(&counts(10, 0, 0), &counts(4, 6, 0), 1_000);
        assert_eq!(ticker.lines(1_000), ["", "", ""]);
        ticker.record(&counts(4, 6, 0), &counts(3, 7, 0), 2_000);
        assert_eq!(ticker.lines(5_000), ["1 reserved · 3 s ago", "", ""]);
        ticker.pause();
        ticker.record(&counts(3, 7, 0), &counts(0, 10, 0), 9_000);
        assert_eq!(ticker.lines(9_000)[1], "");
    }

    #[test]
    fn lines_are_few_and_grow_old() {
        let mut ticker = Ticker { is_connected: true, ..Ticker::default() };
        ticker.record(&counts(9, 0, 0), &counts(8, 1, 0), 0);
        ticker.record(&counts(8, 1, 0), &counts(6, 3, 0), 900);
        assert_eq!(ticker.lines(900)[0], "3 reserved · now", "changes within a second are one");
        ticker.record(&counts(6, 3, 0), &counts(6, 2, 1), 1_500);
        ticker.record(&counts(6, 2, 1), &counts(7, 1, 1), 3_000);
        ticker.record(&counts(7, 1, 1), &counts(6, 2, 1), 90_000);
        assert_eq!(ticker.lines(90_000), ["1 reserved · now", "1 back on sale · 1 min ago", "1 sold · 1 min ago"]);
        assert_eq!(ticker.lines(90_000 + MAX_AGE_MS), ["", "", ""]);
    }
}
