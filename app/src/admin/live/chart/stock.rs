//! The stock over time, as stacked areas.

use super::{
    HEIGHT, WIDTH, column, curves, horizontal_axis, image,
    scale::{TimeScale, ValueScale, percent},
    series::{STOCK, stock_legend, units},
    table,
    text::share_of,
    vertical_axis,
};
use crate::admin::live::text::{clock, count, ratio, rounded};
use checkout::{
    model::{Stock, Timestamp},
    statistics::{SaleStatistics, StockPoint},
};
use leptos::prelude::*;

/// Number of columns that can be pointed at.
const COLUMNS: usize = 60;
/// Number of rows of the table behind the chart.
const ROWS: usize = 20;
/// The least distance between two labels at the end of the curves, as a part of the height.
const LABEL_DISTANCE: f64 = 0.075;

/// The shape of the chart: its scales, and the stock at each corner of its curves.
struct Shape {
    time: TimeScale,
    value: ValueScale,
    corners: Vec<(f64, Stock)>,
}

impl Shape {
    /// The chart of a sale. `stock` is the present stock, which counts where the history has no row.
    fn of(statistics: &SaleStatistics, stock: Stock, scale: fn(u32) -> ValueScale) -> Self {
        let SaleStatistics { from, until, points, .. } = statistics;
        let time = TimeScale::new(*from, *until);
        let corners = corners(points, *from, *until, time, stock);
        let most = corners.iter().map(|(_, stock)| stock.total).max().unwrap_or_default();
        Self { time, value: scale(most), corners }
    }

    /// The outline of one part and all parts below it.
    fn outline(&self, parts: usize) -> String {
        let corners = self.corners.iter().map(|(place, stock)| {
            let units: u32 = units(*stock).iter().take(parts).sum();
            let (x, y) = (rounded(place * WIDTH), rounded(HEIGHT - self.value.place(f64::from(units)) * HEIGHT));
            format!("L{x} {y}")
        });
        format!("M0 {HEIGHT}{}L{WIDTH} {HEIGHT}Z", corners.collect::<String>())
    }

    /// The areas. Each reaches down to the bottom, so the highest is drawn first.
    fn areas(&self) -> AnyView {
        let areas: Vec<_> = STOCK
            .iter()
            .enumerate()
            .rev()
            .map(|(nth, series)| {
                view! { <path class=format!("area area-{}", series.class) d=self.outline(nth + 1)></path> }
            })
            .collect();
        curves(areas)
    }

    /// The name of each part at the end of the curves.
    fn labels(&self) -> AnyView {
        let Some((_, last)) = self.corners.last() else { return ().into_any() };
        let mut below = 0;
        let mut places = Vec::new();
        for (series, units) in STOCK.iter().zip(units(*last)).filter(|(_, units)| *units > 0) {
            let middle = self.value.place(f64::from(below) + f64::from(units) / 2.0);
            places.push((series, units, 1.0 - middle));
            below += units;
        }
        let apart = spread(places.iter().map(|(_, _, place)| *place).collect());
        let labels: Vec<_> = places
            .into_iter()
            .zip(apart)
            .map(|((series, units, _), place)| {
                view! {
                    <text class=format!("direct direct-{}", series.class) x="100%" y=percent(place) dx="10" dy="0.32em">
                        {series.name}" "<tspan class="direct-value">{count(units)}</tspan>
                    </text>
                }
            })
            .collect();
        view! { <g class="direct-labels" aria-hidden="true">{labels}</g> }.into_any()
    }
}

/// Moves places that lie too close to each other apart. They are ordered from the bottom, which is 1.
fn spread(mut places: Vec<f64>) -> Vec<f64> {
    let mut highest = 1.0 + LABEL_DISTANCE / 2.0;
    for place in &mut places {
        *place = place.min(highest - LABEL_DISTANCE);
        highest = *place;
    }
    let mut lowest = -LABEL_DISTANCE / 2.0;
    for place in places.iter_mut().rev() {
        *place = place.max(lowest + LABEL_DISTANCE);
        lowest = *place;
    }
    places
}

/// The stock at each corner of the curves, from the left to the right. The stock stays as a commit has left it until the next
/// commit that was read, so the curves show no stock that never was.
fn corners(points: &[StockPoint], from: Timestamp, until: Timestamp, time: TimeScale, now: Stock) -> Vec<(f64, Stock)> {
    let begun = points.partition_point(|point| point.at <= from);
    let first = begun.checked_sub(1).and_then(|place| points.get(place)).or(points.first());
    let mut last = first.map_or(now, |point| point.stock);
    let mut corners = vec![(0.0, last)];
    for point in points.iter().skip(begun).take_while(|point| point.at <= until) {
        let place = time.place(point.at);
        corners.extend([(place, last), (place, point.stock)]);
        last = point.stock;
    }
    corners.push((1.0, last));
    corners
}

/// The stock at a moment, as the last commit before it left it.
fn stock_at(points: &[StockPoint], at: Timestamp, now: Stock) -> Stock {
    let next = points.partition_point(|point| point.at <= at);
    let point = next.checked_sub(1).and_then(|place| points.get(place)).or(points.first());
    point.map_or(now, |point| point.stock)
}

/// The chart of a sale in detail, with its legend and its table.
pub(in crate::admin::live) fn stock(statistics: &SaleStatistics, stock: Stock) -> AnyView {
    let shape = Shape::of(statistics, stock, ValueScale::whole);
    let columns: Vec<_> = (0..COLUMNS)
        .map(|nth| {
            let at = shape.time.at(share_of(nth + 1, COLUMNS));
            column(nth, COLUMNS, sentence(at, stock_at(&statistics.points, at, stock)))
        })
        .collect();
    let rows = (0..=ROWS)
        .map(|nth| {
            let at = shape.time.at(share_of(nth, ROWS));
            let [sold, pending, held, available] = units(stock_at(&statistics.points, at, stock)).map(count);
            vec![clock(at), available, held, pending, sold]
        })
        .collect();
    let title = "Stock over time".to_owned();
    let chart = view! {
        {vertical_axis(&shape.value.ticks, "units")}
        {shape.areas()}
        {horizontal_axis(&shape.time.ticks(5))}
        {shape.labels()}
        <g class="columns">{columns}</g>
    };
    view! {
        {stock_legend(stock)}
        {image("stock-chart", "chart chart-stock", title, description(statistics, stock), chart)}
        <p class="axis-title">"Time (UTC)"</p>
        {table("stock-chart", "Stock over time", &["Time (UTC)", "Available", "In carts", "Awaiting payment", "Sold"], rows)}
    }
    .into_any()
}

/// The chart of one sale among others: the areas alone.
pub(in crate::admin::live) fn small_stock(id: &str, name: &str, statistics: &SaleStatistics, stock: Stock) -> AnyView {
    let shape = Shape::of(statistics, stock, ValueScale::exact);
    let title = format!("Stock of {name} over time");
    let content = view! {
        <line class="grid" x1="0" x2="100%" y1="100%" y2="100%"></line>
        {shape.areas()}
    };
    image(id, "chart chart-small", title, description(statistics, stock), content)
}

/// The parts of the stock as one bar, beside numbers that say the same.
pub(in crate::admin::live) fn stock_bar(stock: Stock) -> AnyView {
    let mut below = 0;
    let parts: Vec<_> = STOCK
        .iter()
        .zip(units(stock))
        .map(|(series, units)| {
            let (x, width) = (ratio(u64::from(below), stock.total.into()), ratio(units.into(), stock.total.into()));
            below += units;
            view! { <rect class=format!("area-{}", series.class) x=percent(x) y="0" width=percent(width) height="100%"></rect> }
        })
        .collect();
    view! { <svg class="stock-bar" aria-hidden="true">{parts}</svg> }.into_any()
}

fn description(statistics: &SaleStatistics, stock: Stock) -> String {
    let (from, until) = (clock(statistics.from), clock(statistics.until));
    format!("From {from} to {until} UTC, {} units. At the end: {}.", count(stock.total), parts(stock))
}

fn sentence(at: Timestamp, stock: Stock) -> String {
    format!("{} UTC: {}", clock(at), parts(stock))
}

/// The parts of the stock, from the top of the chart to its bottom.
fn parts(stock: Stock) -> String {
    let [sold, pending, held, available] = units(stock).map(count);
    format!("{available} available, {held} in carts, {pending} awaiting payment, {sold} sold")
}

#[cfg(test)]
mod tests {
    use super::*;
    use checkout::statistics::SaleSums;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millis(ms)
    }

    fn point(version: u64, ms: i64, available: u32) -> StockPoint {
        let stock = Stock { available, sold: 10 - available, ..Stock::new(10) };
        StockPoint { product_id: uuid::Uuid::nil().into(), version, at: at(ms), stock, sums: SaleSums::default() }
    }

    fn places(points: &[StockPoint], from: i64, until: i64) -> Vec<(f64, u32)> {
        let time = TimeScale::new(at(from), at(until));
        let corners = corners(points, at(from), at(until), time, Stock::new(7));
        corners.into_iter().map(|(place, stock)| (place, stock.available)).collect()
    }

    #[test]
    fn stock_stays_until_the_next_commit_that_was_read() {
        let points = [point(1, 0, 10), point(2, 50, 8), point(9, 75, 2)];
        let expected = [(0.0, 10), (0.5, 10), (0.5, 8), (0.75, 8), (0.75, 2), (1.0, 2)];
        assert_eq!(places(&points, 0, 100), expected);
    }

    #[test]
    fn the_curves_begin_with_the_state_before_and_end_with_the_last_one() {
        let points = [point(1, 0, 10), point(2, 50, 8), point(3, 200, 2)];
        assert_eq!(places(&points, 60, 100), [(0.0, 8), (1.0, 8)]);
        assert_eq!(places(&[], 0, 100), [(0.0, 7), (1.0, 7)]);
        assert_eq!(places(&points[..1], 0, 0), [(0.0, 10), (1.0, 10)]);
    }

    #[test]
    fn no_stock_at_all_is_a_flat_chart() {
        let shape = Shape {
            time: TimeScale::new(at(0), at(1)),
            value: ValueScale::whole(0),
            corners: vec![(0.0, Stock::new(0)), (1.0, Stock::new(0))],
        };
        assert_eq!(shape.outline(4), "M0 1000L0 1000L4000 1000L4000 1000Z");
    }

    #[test]
    fn labels_do_not_overlap() {
        for places in [vec![0.99, 0.98, 0.97], vec![0.02, 0.01, 0.0], vec![0.9, 0.5, 0.1], vec![]] {
            let apart = spread(places.clone());
            assert!(apart.windows(2).all(|pair| pair[0] - pair[1] > LABEL_DISTANCE - 1e-9), "{apart:?}");
            assert!(apart.iter().all(|place| (0.0..=1.0).contains(place)), "{apart:?}");
        }
        assert_eq!(spread(vec![0.9, 0.5, 0.1]), [0.9, 0.5, 0.1]);
    }
}
