//! Scales: places on an axis, and ticks at round values.

use crate::admin::live::text::{clock, count, rounded};
use checkout::model::Timestamp;
use std::time::Duration;

/// Steps of a time axis, in seconds. Above them, steps are whole weeks.
const TIME_STEPS: [i64; 22] = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 172_800, 345_600,
    604_800, 1_209_600,
];
const DAY: i64 = 86_400;

/// Width of the plot on a screen of 320 pixels, in pixels: the screen without the paddings of page, panel and chart.
pub(super) const NARROW_PLOT_PX: f64 = 178.0;
/// Upper bound of the width of a label's character, in pixels.
const CHARACTER_PX: f64 = 8.0;
/// The least distance between two labels, in pixels.
const LABEL_GAP_PX: f64 = 6.0;

/// A mark on an axis.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tick {
    /// The place, from 0 to 1.
    pub(super) place: f64,
    /// The label.
    pub(super) label: String,
}

impl Tick {
    /// The `text-anchor` of a label below the plot: the outermost labels stay within the plot.
    pub(super) fn anchor(&self) -> &'static str {
        match self.place {
            place if place < 0.04 => "start",
            place if place > 0.96 => "end",
            _ => "middle",
        }
    }

    /// The left and the right end of the label below a plot of this width, in pixels.
    fn extent(&self, plot_px: f64) -> (f64, f64) {
        let characters = u32::try_from(self.label.chars().count()).unwrap_or(u32::MAX);
        let (x, width) = (self.place * plot_px, f64::from(characters) * CHARACTER_PX);
        match self.anchor() {
            "start" => (x, x + width),
            "end" => (x - width, x),
            _ => (x - width / 2.0, x + width / 2.0),
        }
    }
}

/// The distance of the ticks whose labels fit below a plot of this width: 1 for all, 2 for every other, and so on.
pub(super) fn stride(ticks: &[Tick], plot_px: f64) -> usize {
    let fits = |stride: &usize| {
        let shown: Vec<_> = ticks.iter().step_by(*stride).map(|tick| tick.extent(plot_px)).collect();
        shown.is_sorted_by(|left, right| left.1 + LABEL_GAP_PX <= right.0)
    };
    (1..=ticks.len()).find(fits).unwrap_or(1)
}

/// A scale from zero to a round value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ValueScale {
    top: f64,
    /// The ticks, from zero to the top.
    pub(super) ticks: Vec<Tick>,
}

impl ValueScale {
    /// A scale for whole numbers up to `max`.
    pub(super) fn whole(max: u32) -> Self {
        Self::new(f64::from(max.max(1)), 1.0, |value| count(rounded(value)))
    }

    /// A scale that ends at `max`, without ticks.
    pub(super) fn exact(max: u32) -> Self {
        Self { top: f64::from(max.max(1)), ticks: Vec::new() }
    }

    /// A scale for rates up to `max`.
    pub(super) fn rates(max: f64) -> Self {
        Self::new(if max > 0.0 { max } else { 1.0 }, 0.0, |value| {
            let text = format!("{value:.2}");
            let text = text.trim_end_matches('0').trim_end_matches('.');
            if value >= 1000.0 { count(rounded(value)) } else { text.to_owned() }
        })
    }

    /// About four steps of 1, 2 or 5 times a power of ten, at least `min_step`.
    fn new(max: f64, min_step: f64, label: impl Fn(f64) -> String) -> Self {
        let rough = max / 4.0;
        let power = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|step| step * power).find(|step| *step >= rough * 0.999);
        let step = step.unwrap_or(rough).max(min_step);
        let steps = (max / step - 1e-9).ceil().max(1.0);
        let top = steps * step;
        let ticks = (0..=u32::try_from(rounded(steps)).unwrap_or(4))
            .map(|nth| Tick { place: f64::from(nth) / steps, label: label(f64::from(nth) * step) })
            .collect();
        Self { top, ticks }
    }

    /// The place of a value, from 0 to 1.
    pub(super) fn place(&self, value: f64) -> f64 {
        (value / self.top).clamp(0.0, 1.0)
    }
}

/// A scale between two moments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TimeScale {
    from: Timestamp,
    span_ms: i64,
}

impl TimeScale {
    /// A scale of at least a millisecond.
    pub(super) fn new(from: Timestamp, until: Timestamp) -> Self {
        Self { from, span_ms: (until.as_millis() - from.as_millis()).max(1) }
    }

    /// The place of a moment, from 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "milliseconds fit for the next 285,000 years")]
    pub(super) fn place(&self, at: Timestamp) -> f64 {
        ((at.as_millis() - self.from.as_millis()) as f64 / self.span_ms as f64).clamp(0.0, 1.0)
    }

    /// The moment at a place.
    pub(super) fn at(&self, place: f64) -> Timestamp {
        let span = Duration::from_millis(u64::try_from(self.span_ms).unwrap_or(0));
        self.from + span.mul_f64(place.clamp(0.0, 1.0))
    }

    /// At most `most` ticks at round times.
    pub(super) fn ticks(&self, most: i64) -> Vec<Tick> {
        let seconds = self.span_ms / 1000;
        let step = TIME_STEPS.into_iter().find(|step| seconds / step < most);
        let step = step.unwrap_or_else(|| (seconds / most / (7 * DAY) + 1) * 7 * DAY);
        let first =
            self.from.as_millis().div_euclid(step * 1000) + i64::from(self.from.as_millis() % (step * 1000) != 0);
        let until = self.from.as_millis() + self.span_ms;
        let last = until.div_euclid(step * 1000);
        (first..=last)
            .map(|nth| Timestamp::from_millis(nth * step * 1000))
            .map(|at| Tick { place: self.place(at), label: label(at, step) })
            .collect()
    }
}

/// The label of a moment on an axis with this step.
fn label(at: Timestamp, step: i64) -> String {
    if step >= DAY {
        let date = at.to_datetime().date();
        let month = date.month().to_string();
        return format!("{} {}", date.day(), month.get(..3).unwrap_or(&month));
    }
    let time = clock(at);
    if step >= 60 { time.get(..5).unwrap_or(&time).to_owned() } else { time }
}

/// A place as SVG writes it.
pub(super) fn percent(place: f64) -> String {
    let text = format!("{:.2}", place * 100.0);
    format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(ticks: &[Tick]) -> Vec<&str> {
        ticks.iter().map(|tick| tick.label.as_str()).collect()
    }

    #[test]
    fn values_have_round_ticks_from_zero_to_above_the_largest() {
        for (max, expected) in [
            (0, &["0", "1"][..]),
            (1, &["0", "1"][..]),
            (3, &["0", "1", "2", "3"][..]),
            (7, &["0", "2", "4", "6", "8"][..]),
            (100, &["0", "50", "100"][..]),
            (1000, &["0", "500", "1,000"][..]),
            (1_000_000_000, &["0", "500,000,000", "1,000,000,000"][..]),
        ] {
            let scale = ValueScale::whole(max);
            assert_eq!(labels(&scale.ticks), expected, "{max}");
            assert!((scale.ticks.last().unwrap().place - 1.0).abs() < 1e-9);
            assert!(scale.place(f64::from(max)) <= 1.0 && scale.place(0.0) < 1e-9);
        }
        assert_eq!(labels(&ValueScale::rates(0.0).ticks), ["0", "0.5", "1"]);
        assert_eq!(labels(&ValueScale::rates(0.03).ticks), ["0", "0.01", "0.02", "0.03"]);
        assert_eq!(labels(&ValueScale::rates(4321.0).ticks), ["0", "2,000", "4,000", "6,000"]);
    }

    #[test]
    fn times_have_round_ticks() {
        let at = |text| Timestamp::parse(text).unwrap();
        let noon = at("2026-11-27T12:00:00Z");
        let ticks = |until| TimeScale::new(noon, at(until)).ticks(6);
        assert_eq!(labels(&ticks("2026-11-27T12:00:03.5Z")), ["12:00:00", "12:00:01", "12:00:02", "12:00:03"]);
        assert_eq!(labels(&ticks("2026-11-27T12:20:00Z")), ["12:00", "12:05", "12:10", "12:15", "12:20"]);
        assert_eq!(labels(&ticks("2026-11-30T12:00:00Z")), ["28 Nov", "29 Nov", "30 Nov"]);
        assert_eq!(ticks("2046-11-27T12:00:00Z").len(), 6);
        assert_eq!(labels(&ticks("2026-11-27T12:00:00Z")), ["12:00:00"]);
    }

    #[test]
    fn the_labels_of_a_narrow_plot_do_not_overlap() {
        let from = Timestamp::parse("2026-11-27T11:59:58.5Z").unwrap();
        let spans = (1..600).chain((600..600_000).step_by(997)).chain((7..60).map(|days| days * 86_400));
        let mut thinned = 0;
        for seconds in spans {
            for from in [from, Timestamp::parse("2026-11-27T12:00:00Z").unwrap()] {
                let ticks = TimeScale::new(from, from + Duration::from_secs(seconds)).ticks(5);
                let every = stride(&ticks, NARROW_PLOT_PX);
                thinned += usize::from(every > 1);
                // Screens of 320 and of 360 pixels.
                for plot_px in [NARROW_PLOT_PX, NARROW_PLOT_PX + 40.0] {
                    let shown: Vec<_> = ticks.iter().step_by(every).map(|tick| tick.extent(plot_px)).collect();
                    assert!(shown.windows(2).all(|pair| pair[0].1 < pair[1].0), "{seconds} s: {ticks:?}");
                }
                assert_eq!(stride(&ticks, 600.0), 1, "a wide plot has room for all: {ticks:?}");
            }
        }
        assert!(thinned > 0);
        assert_eq!(stride(&[], NARROW_PLOT_PX), 1);
        let five = ["12:00:00", "12:00:05", "12:00:10", "12:00:15", "12:00:20"];
        let label = |(label, place)| Tick { place, label: str::to_owned(label) };
        let ticks: Vec<_> = five.into_iter().zip([0.0, 0.25, 0.5, 0.75, 1.0]).map(label).collect();
        assert_eq!((stride(&ticks, NARROW_PLOT_PX), stride(&ticks, 600.0)), (3, 1));
    }

    #[test]
    fn a_scale_of_one_moment_has_places() {
        let at = Timestamp::from_millis(5);
        let scale = TimeScale::new(at, at);
        assert!(scale.place(at) < 1e-9 && (scale.place(Timestamp::from_millis(99)) - 1.0).abs() < 1e-9);
        assert_eq!((scale.at(0.0), scale.at(1.0)), (at, Timestamp::from_millis(6)));
        assert_eq!([0.0, 0.5, 1.0 / 3.0, 1.0].map(percent), ["0%", "50%", "33.33%", "100%"]);
    }
}
