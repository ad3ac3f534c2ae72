//! The series of the charts: their names, their classes in the stylesheet, and their legend.

use crate::admin::live::text::count;
use checkout::model::Stock;
use leptos::prelude::*;

/// A series of a chart. The stylesheet knows its class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::admin::live) struct Series {
    /// The name in the stylesheet.
    pub(in crate::admin::live) class: &'static str,
    /// The name in legends.
    pub(in crate::admin::live) name: &'static str,
}

/// The parts of the stock, from the bottom of the chart to its top.
pub(in crate::admin::live) const STOCK: [Series; 4] = [
    Series { class: "sold", name: "Sold" },
    Series { class: "pending", name: "Awaiting payment" },
    Series { class: "held", name: "In carts" },
    Series { class: "available", name: "Available" },
];

/// The steps of a sale, whose rates the chart of rates shows.
pub(super) const STEPS: [Series; 3] = [
    Series { class: "held", name: "Holds" },
    Series { class: "pending", name: "Orders" },
    Series { class: "sold", name: "Paid" },
];

/// The units of each part of the stock, in the order of [`STOCK`].
pub(super) fn units(stock: Stock) -> [u32; 4] {
    [stock.sold, stock.pending, stock.held, stock.available]
}

/// The legend: each series with its present value. `swatch` is the class of its mark: an area or a line.
pub(super) fn legend(swatch: &'static str, entries: impl IntoIterator<Item = (Series, String)>) -> AnyView {
    let entries: Vec<_> = entries
        .into_iter()
        .map(|(Series { class, name }, value)| {
            let swatch = format!("{swatch} {swatch}-{class}");
            view! {
                <li><span class=swatch aria-hidden="true"></span>{name}" "<strong>{value}</strong></li>
            }
        })
        .collect();
    view! { <ul class="legend">{entries}</ul> }.into_any()
}

/// The legend of the parts of the stock.
pub(super) fn stock_legend(stock: Stock) -> AnyView {
    let entries = STOCK.into_iter().zip(units(stock).map(count));
    // From the top of the chart to its bottom.
    legend("swatch", entries.rev())
}
