//! The visitor's holds: read once for each page, for the pill on every page and for the page of a held product.

use super::{components::held_pill::HeldPill, pages::PageCache, session};
use crate::{i18n::text, messages, paths};
use checkout::{
    Checkout,
    model::{Hold, HoldId, Order, OrderState, Owner, Product, ProductStatus, Timestamp},
};
use futures::future::{BoxFuture, FutureExt as _, Shared};
use http::request::Parts;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use std::sync::Arc;
use tower_sessions::Session;

/// Maximum number of holds that are read. Few sales let one shopper have more, and then the newest count.
const MAX_HOLDS: u32 = 20;

/// Maximum number of orders that are compared with a product's limit. The engine counts all of them when it matters.
const MAX_ORDERS: u32 = 100;

/// The visitor's active holds, or `None` for a visitor without a session. All parts of a page share one read, which begins
/// when the first of them needs it. Visitors without a session cause none.
#[derive(Clone)]
pub(crate) struct Holds {
    read: Shared<BoxFuture<'static, Option<Arc<SessionHolds>>>>,
}

/// The holds of a session.
pub(crate) struct SessionHolds {
    checkout: Checkout,
    owner: Owner,
    /// Those that end first come first.
    holds: Vec<Hold>,
}

impl Holds {
    /// The holds of the current request's visitor.
    pub(crate) fn of_request() -> Option<Self> {
        let (session, checkout) = (session::current()?, use_context::<Checkout>()?);
        Some(Self { read: SessionHolds::read(session, checkout).boxed().shared() })
    }

    /// Whether the holds of a session were read already.
    pub(crate) fn are_known(&self) -> bool {
        self.read.peek().is_some_and(Option::is_some)
    }

    /// Reads the holds. A failed read is logged, and the page shows none: it must not fail because of the pill.
    pub(crate) async fn get(self) -> Option<Arc<SessionHolds>> {
        self.read.await
    }
}

impl SessionHolds {
    async fn read(session: Session, checkout: Checkout) -> Option<Arc<Self>> {
        let owner = match session::owner(&session).await {
            Ok(owner) => owner?,
            Err(error) => {
                tracing::warn!(%error, "cannot read the session for the visitor's reservations");
                return None;
            }
        };
        let mut holds = checkout.active_holds(owner, MAX_HOLDS).await.ok()?;
        holds.sort_by_key(|hold| (hold.expires_at, hold.id));
        Some(Arc::new(Self { checkout, owner, holds }))
    }

    /// Returns what the visitor holds of a product, if that is anything.
    pub(crate) async fn of_product(&self, product: &Product) -> Option<HeldProduct> {
        let holds = self.holds.iter().filter(|hold| hold.product_id == product.id);
        let hold = holds.clone().next()?.clone();
        let held: u32 = holds.map(|hold| hold.qty.get()).sum();
        let allows_more = match product.per_shopper_limit {
            None => true,
            Some(limit) if held >= limit => false,
            Some(limit) => held + self.ordered(product).await < limit,
        };
        Some(HeldProduct { hold, held, allows_more, now: self.checkout.now() })
    }

    /// Returns the ordered units that count towards the product's limit.
    async fn ordered(&self, product: &Product) -> u32 {
        let now = self.checkout.now();
        let orders = self.checkout.orders(self.owner, None, MAX_ORDERS).await.unwrap_or_default();
        let of_product = orders.iter().filter(|order| order.product_id == product.id);
        of_product.map(|order| counted_units(order, now)).sum()
    }

    /// The state of all holds as text, which other tabs compare with theirs.
    fn signature(&self) -> String {
        self.holds.iter().map(signature).collect()
    }
}

/// The state of a hold as text. It changes when the hold is extended.
fn signature(hold: &Hold) -> String {
    format!("{}@{} ", hold.id, hold.expires_at.as_millis())
}

/// Returns the units of an order that count towards its product's limit.
fn counted_units(order: &Order, now: Timestamp) -> u32 {
    match order.state {
        OrderState::Pending if order.pay_by > now => order.qty.get(),
        OrderState::Paid { .. } => order.qty.get().saturating_sub(order.refunds.restocked),
        OrderState::Pending | OrderState::Cancelled { .. } => 0,
    }
}

/// The visitor's holds of one product.
pub(crate) struct HeldProduct {
    /// The hold that ends first.
    pub(crate) hold: Hold,
    /// The units of all holds of the product.
    pub(crate) held: u32,
    /// Whether the product's limit allows more units.
    pub(crate) allows_more: bool,
    /// When the page was made.
    pub(crate) now: Timestamp,
}

/// The pill with the visitor's reservation that ends first. Visitors without a session get nothing, and neither do pages
/// outside of a request.
#[component]
pub(crate) fn Pill() -> impl IntoView {
    let holds = use_context::<Holds>()?;
    let (response, parts) = (use_context::<ResponseOptions>(), use_context::<Parts>());
    let path = parts.map(|parts| parts.uri.path().to_owned()).unwrap_or_default();
    let pill = Suspend::new(async move {
        let held = holds.get().await?;
        if let Some(response) = response {
            PageCache::Personal.apply(&response);
        }
        Some(pill(&held, &path))
    });
    Some(view! { <Suspense>{pill}</Suspense> })
}

/// Returns the pill on the page with this path. It is there without a hold, too, because another tab may reserve something.
fn pill(held: &SessionHolds, path: &str) -> impl IntoView + use<> {
    let here = path.strip_prefix("/checkout/").and_then(|id| id.parse::<HoldId>().ok());
    let here = here.and_then(|id| held.holds.iter().find(|hold| hold.id == id));
    // The title of a checkout page has the time of its own reservation.
    let shown = here.or_else(|| held.holds.first());
    let until = shown.map(|hold| text!("held-until-time", time = messages::format_date_time(hold.expires_at)));
    let url = shown.map(|hold| paths::hold(&hold.id.to_string())).unwrap_or_default();
    let others = held.holds.len().saturating_sub(1);
    view! {
        <HeldPill
            holds=held.signature()
            own=here.map(signature).unwrap_or_default()
            rendered_at=held.checkout.now().as_millis()
            expires_at=shown.map_or(0, |hold| hold.expires_at.as_millis())
            url
            name=shown.map(|hold| name(&held.checkout, hold)).unwrap_or_default()
            until=until.unwrap_or_default()
            others
            others_spoken=text!("held-others", count = others)
        />
    }
}

fn name(checkout: &Checkout, hold: &Hold) -> String {
    let product = checkout.product(hold.product_id);
    let product = product.filter(|product| product.status != ProductStatus::Archived);
    product.map_or_else(|| text!("held-label"), |product| product.name.clone())
}
