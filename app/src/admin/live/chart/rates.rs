//! How fast a sale sells, as lines.

use super::{
    HEIGHT, WIDTH, column, curves, horizontal_axis, image,
    scale::{TimeScale, ValueScale},
    series::{STEPS, legend},
    table,
    text::share_of,
    vertical_axis,
};
use crate::admin::live::text::{clock, rate, rounded, span};
use checkout::statistics::{Rates, SaleRate};
use leptos::prelude::*;
use std::time::Duration;

/// Number of steps that a row of the table behind the chart sums up.
const STEPS_PER_ROW: usize = 3;

/// The rates of holds, orders and payments, in the order of [`STEPS`].
fn values(rate: &SaleRate) -> [f64; 3] {
    [rate.held, rate.ordered, rate.paid]
}

/// The chart, with its legend and its table. The legend has the largest rates of a sale that is over, and the present ones of
/// another.
pub(in crate::admin::live) fn rates(rates: &Rates, present: Option<SaleRate>) -> AnyView {
    let largest = |of: fn(&SaleRate) -> f64| rates.rates.iter().map(of).fold(0.0, f64::max);
    let peak = SaleRate {
        held: largest(|rate| rate.held),
        ordered: largest(|rate| rate.ordered),
        paid: largest(|rate| rate.paid),
    };
    let until = rates.from + rates.step * u32::try_from(rates.rates.len()).unwrap_or(u32::MAX);
    let time = TimeScale::new(rates.from, until);
    let value = ValueScale::rates(values(&peak).into_iter().fold(0.0, f64::max));
    let lines: Vec<_> = STEPS
        .iter()
        .enumerate()
        .map(|(nth, series)| {
            let of = |rate: &SaleRate| values(rate).get(nth).copied().unwrap_or_default();
            let line = line(rates.rates.iter().map(of), rates.rates.len(), &value);
            view! { <path class=format!("line line-{}", series.class) d=line></path> }
        })
        .collect();
    let columns: Vec<_> = rates
        .rates
        .iter()
        .enumerate()
        .map(|(nth, rate)| column(nth, rates.rates.len(), sentence(rates, nth, rate)))
        .collect();
    let (shown, which) = match present {
        Some(present) => (present, "in the last minute"),
        None => (peak, "at its peak"),
    };
    let description = format!("From {} to {} UTC. {}: {}.", clock(rates.from), clock(until), which, parts(&shown));
    let chart = view! {
        {vertical_axis(&value.ticks, "units/s")}
        {curves(lines)}
        {horizontal_axis(&time.ticks(5))}
        <g class="columns">{columns}</g>
    };
    view! {
        {legend("dash", STEPS.into_iter().zip(values(&shown).map(|value| format!("{}/s", rate(value)))))}
        {image("rates-chart", "chart chart-rates", "Units a second".to_owned(), description, chart)}
        <p class="axis-title">{format!("Time (UTC), each step {}. The numbers are those {which}.", step(rates.step))}</p>
        {table("rates-chart", "Units a second", &["Time (UTC)", "Holds", "Orders", "Paid"], rows(rates))}
    }
    .into_any()
}

/// A line with a step for each value.
fn line(values: impl Iterator<Item = f64>, count: usize, scale: &ValueScale) -> String {
    let x = |nth: usize| rounded(share_of(nth, count) * WIDTH);
    let steps = values.enumerate().map(|(nth, value)| {
        let y = rounded(HEIGHT - scale.place(value) * HEIGHT);
        let command = if nth == 0 { 'M' } else { 'L' };
        format!("{command}{} {y}L{} {y}", x(nth), x(nth + 1))
    });
    steps.collect()
}

fn rows(rates: &Rates) -> Vec<Vec<String>> {
    let chunks = rates.rates.chunks(STEPS_PER_ROW).enumerate();
    let row = |(nth, chunk): (usize, &[SaleRate])| {
        let at = rates.from + rates.step * u32::try_from(nth * STEPS_PER_ROW).unwrap_or(0);
        let mean = |of: fn(&SaleRate) -> f64| chunk.iter().map(of).sum::<f64>() * share_of(1, chunk.len());
        let [held, ordered, paid] = [mean(|r| r.held), mean(|r| r.ordered), mean(|r| r.paid)].map(rate);
        vec![clock(at), held, ordered, paid]
    };
    chunks.map(row).collect()
}

fn sentence(rates: &Rates, nth: usize, rate: &SaleRate) -> String {
    let at = rates.from + rates.step * u32::try_from(nth).unwrap_or(0);
    format!("{} UTC: {}", clock(at), parts(rate))
}

fn parts(of: &SaleRate) -> String {
    let [held, ordered, paid] = values(of).map(rate);
    format!("{held} units held, {ordered} ordered, {paid} paid a second")
}

fn step(step: Duration) -> String {
    if step < Duration::from_secs(1) { format!("{} ms", step.as_millis()) } else { span(step) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_is_a_step_of_the_line() {
        let scale = ValueScale::rates(2.0);
        assert_eq!(line([0.0, 2.0].into_iter(), 2, &scale), "M0 1000L2000 1000L2000 0L4000 0");
        assert_eq!(line([1.0].into_iter(), 1, &scale), "M0 500L4000 500");
        assert_eq!(line(std::iter::empty(), 0, &scale), "");
    }
}
