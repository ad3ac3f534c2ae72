//! Charts as SVG. A chart has no `viewBox`: its content area is the plot, in percent, and its padding holds the labels. So the
//! browser lays it out at any width, and texts keep their size. Only the curves are stretched.

mod funnel;
mod rates;
mod scale;
mod series;
mod stock;

pub(super) use funnel::funnel;
pub(super) use rates::rates;
pub(super) use stock::{small_stock, stock, stock_bar};

use leptos::prelude::*;
use scale::{NARROW_PLOT_PX, Tick, percent, stride};

/// The width of the area in which the curves are drawn, before it is stretched.
const WIDTH: f64 = 4000.0;
/// The height of that area.
const HEIGHT: f64 = 1000.0;

/// An SVG image with a name and a description.
fn image(id: &str, class: &'static str, title: String, description: String, content: impl IntoView) -> AnyView {
    let (title_id, description_id) = (format!("{id}-title"), format!("{id}-description"));
    view! {
        <svg class=class role="img" aria-labelledby=title_id aria-describedby=description_id>
            <title id=title_id.clone()>{title}</title>
            <desc id=description_id.clone()>{description}</desc>
            {content}
        </svg>
    }
    .into_any()
}

/// Horizontal lines at the ticks, with their labels on the left.
fn vertical_axis(ticks: &[Tick], unit: &'static str) -> AnyView {
    let lines: Vec<_> = ticks
        .iter()
        .map(|Tick { place, label }| {
            let y = percent(1.0 - place);
            view! {
                <line class="grid" x1="0" x2="100%" y1=y.clone() y2=y.clone()></line>
                <text class="tick" x="-8" y=y dy="0.32em" text-anchor="end">{label.clone()}</text>
            }
        })
        .collect();
    view! {
        <g aria-hidden="true">
            {lines}
            <text class="tick unit" x="-8" y="0" dy="-0.9em" text-anchor="end">{unit}</text>
        </g>
    }
    .into_any()
}

/// Marks below the plot, with times. The stylesheet leaves out the labels for which a narrow plot has no room.
fn horizontal_axis(ticks: &[Tick]) -> AnyView {
    let stride = stride(ticks, NARROW_PLOT_PX);
    let marks: Vec<_> = ticks
        .iter()
        .enumerate()
        .map(|(nth, tick)| {
            let x = percent(tick.place);
            let class = if nth.is_multiple_of(stride) { "tick" } else { "tick tick-wide" };
            view! {
                <line class="mark" x1=x.clone() x2=x.clone() y1="100%" y2="100%"></line>
                <text class=class x=x y="100%" dy="1.6em" text-anchor=tick.anchor()>{tick.label.clone()}</text>
            }
        })
        .collect();
    view! { <g aria-hidden="true">{marks}</g> }.into_any()
}

/// A column of the plot that shows its text when it is pointed at. The script draws a line there, too.
fn column(place: usize, count: usize, text: String) -> AnyView {
    let share = |n: usize| text::share_of(n, count);
    let (x, width) = (percent(share(place)), percent(share(1)));
    view! { <rect class="column" x=x y="0" width=width height="100%"><title>{text}</title></rect> }.into_any()
}

/// The curves, which are stretched to the plot.
fn curves(content: impl IntoView) -> AnyView {
    view! {
        <svg
            class="curves"
            x="0"
            y="0"
            width="100%"
            height="100%"
            viewBox=format!("0 0 {WIDTH} {HEIGHT}")
            preserveAspectRatio="none"
            aria-hidden="true"
        >
            {content}
        </svg>
    }
    .into_any()
}

/// The table behind a chart, which everybody can open.
fn table(id: &str, label: &'static str, columns: &[&'static str], rows: Vec<Vec<String>>) -> AnyView {
    let head: Vec<_> = columns.iter().map(|name| view! { <th scope="col">{*name}</th> }).collect();
    let rows: Vec<_> = rows
        .into_iter()
        .map(|row| {
            let mut cells = row.into_iter();
            let first = cells.next();
            let cells: Vec<_> = cells.map(|cell| view! { <td class="number">{cell}</td> }).collect();
            view! { <tr><th scope="row">{first}</th>{cells}</tr> }
        })
        .collect();
    view! {
        <details class="chart-table" id=format!("{id}-table")>
            <summary>"Show as a table"</summary>
            <div class="table" role="region" aria-label=label tabindex="0">
                <table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>
            </div>
        </details>
    }
    .into_any()
}

mod text {
    /// A part of a number of places.
    #[expect(clippy::cast_precision_loss, reason = "charts have a few dozen places")]
    pub(super) fn share_of(part: usize, whole: usize) -> f64 {
        part as f64 / whole.max(1) as f64
    }
}
