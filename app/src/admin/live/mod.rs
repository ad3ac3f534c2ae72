//! The Live screen: all sales at a glance, and one sale in detail. The server renders each part of it as a fragment. A page is
//! made of them, and the screen's stream sends those that have changed, so that `live.js` replaces them in place. The charts
//! are SVG, which the browser lays out at any width; docs/decisions/live-screen.md says why no library draws them.

mod chart;
mod figures;
mod overview;
mod sale;
mod text;

pub use overview::{overview, overview_fragments};
pub use sale::{sale, sale_fragments};
pub(super) use text::count;

use super::sale_state::SaleState;
use crate::assets::content_version;
use checkout::{
    model::{Money, Product, Timestamp},
    statistics::{Revenue, SaleStatistics},
};
use leptos::prelude::*;
use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};
use text::clock;

/// The script of the Live screen.
pub const SCRIPT: &str = include_str!("../../../../assets/admin/live.js");

/// The address of the script, which changes with its content.
static SCRIPT_SRC: LazyLock<String> = LazyLock::new(|| format!("/admin/live.js?v={}", content_version(SCRIPT)));

/// The path of the screen.
pub const PATH: &str = "/admin/live";
/// The path of its stream.
pub const EVENTS_PATH: &str = "/admin/live/events";

/// One sale, as the screen shows it.
pub struct Sale {
    /// The product.
    pub product: Arc<Product>,
    /// Its statistics.
    pub statistics: SaleStatistics,
    /// Its money, if it has had a paid order.
    pub revenue: Option<Revenue>,
}

impl Sale {
    /// The state of the sale.
    fn state(&self, now: Timestamp) -> SaleState {
        SaleState::of(&self.product, now)
    }

    /// The money that the shop keeps.
    fn net(&self) -> Money {
        self.revenue.map_or(Money { minor: 0, ..self.product.price }, |revenue| revenue.net())
    }
}

/// Numbers of the server that renders the screen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ServerNumbers {
    /// Open streams of shoppers and API clients.
    pub watchers: u64,
    /// Commands that wait for the writer.
    pub queue_depth: usize,
    /// The time in which 99 of 100 commits of the last minute were done. `None` without commits.
    pub commit_p99: Option<CommitTime>,
    /// Responses of the last minute with a status of 500 or more.
    pub errors: u64,
}

/// A bound of the duration of commits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommitTime {
    /// At most as long.
    AtMost(Duration),
    /// Longer than the longest that is measured.
    Over(Duration),
}

/// All sales.
pub struct Overview {
    /// The time of the numbers.
    pub now: Timestamp,
    /// Sales that run, the last active first.
    pub running: Vec<Sale>,
    /// Products whose sale opens later, the next first.
    pub upcoming: Vec<Arc<Product>>,
    /// Sales that are over, the last active first.
    pub over: Vec<Sale>,
    /// Number of sales that are left out.
    pub left_out: usize,
    /// The revenue of the whole shop, by currency.
    pub revenue: Vec<Money>,
    /// Number of refunds that are due or have failed. `None` if it could not be read.
    pub refunds_due: Option<u64>,
    /// This server.
    pub server: ServerNumbers,
}

/// One sale in detail.
pub struct SaleDetail {
    /// The time of the numbers.
    pub now: Timestamp,
    /// The sale.
    pub sale: Sale,
    /// Number of streams of this server that watch the product.
    pub watchers: usize,
    /// Number of refunds of the whole shop that are due or have failed. `None` if it could not be read.
    pub refunds_due: Option<u64>,
    /// This server.
    pub server: ServerNumbers,
}

/// A part of the screen that is replaced as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fragment {
    /// The id of the element that contains it.
    pub id: &'static str,
    /// Its content. Empty for a part that the present state of the sale does not have.
    pub html: String,
}

impl Fragment {
    fn new(id: &'static str, content: impl IntoView) -> Self {
        Self { id, html: content.into_view().to_html() }
    }

    fn empty(id: &'static str) -> Self {
        Self { id, html: String::new() }
    }
}

/// The elements that contain the fragments, and the script that keeps them up to date. `events` is the address of the stream.
fn live_page(events: String, fragments: Vec<Fragment>) -> AnyView {
    let parts: Vec<_> = fragments
        .into_iter()
        .map(|Fragment { id, html }| view! { <div id=id class="live-part" data-live-part inner_html=html></div> })
        .collect();
    view! {
        <div class="live" data-live=events>{parts}</div>
        <script src=SCRIPT_SRC.as_str() defer></script>
    }
    .into_any()
}

/// The state of the connection, and the link that a browser without scripts needs. `here` is the address of the page.
fn connection(here: String) -> AnyView {
    view! {
        <p class="live-connection" data-live-connection role="status"></p>
        <a class="button button-small" data-live-refresh href=here>"Refresh"</a>
    }
    .into_any()
}

/// The time of the numbers.
fn as_of(now: Timestamp) -> Fragment {
    let time = clock(now);
    Fragment::new(
        "live-as-of",
        view! { <p class="live-as-of">"As of "<time datetime=now.to_string()>{time}</time>" UTC"</p> },
    )
}
