//! The shop's addresses, each written down once.

/// Reserves: a form's target, like all of these.
pub const RESERVE: &str = "/actions/reserve";
/// Gives a reservation back.
pub const RELEASE: &str = "/actions/release";
/// Makes a reservation last longer.
pub const EXTEND: &str = "/actions/extend";
/// Orders what is reserved.
pub const ORDER: &str = "/actions/order";
/// Cancels an order.
pub const CANCEL: &str = "/actions/cancel";
/// Moves money in the sandbox.
pub const SANDBOX: &str = "/actions/sandbox";

/// The stock of every product, live.
pub const ALL_STOCK_EVENTS: &str = "/api/products/events";

/// The stock of one product, live.
pub fn stock_events(product: &str) -> String {
    format!("/api/products/{product}/events")
}

/// The session's own order, live.
pub fn order_events(order: &str) -> String {
    format!("/live/orders/{order}")
}

/// No page is here: where a form leads that speaks of nothing we know.
pub const NOWHERE: &str = "/nowhere";

/// A product's page.
pub fn product(slug: &str) -> String {
    format!("/products/{slug}")
}

/// A reservation's page.
pub fn checkout(hold: &str) -> String {
    format!("/checkout/{hold}")
}

/// An order's page.
pub fn order(order: &str) -> String {
    format!("/orders/{order}")
}

/// Where the sandbox takes the money for an order.
pub fn sandbox_order(order: &str) -> String {
    format!("/sandbox/pay/{order}")
}

/// Where the sandbox takes the money for a reservation that is not ordered yet.
pub fn sandbox_hold(hold: &str) -> String {
    format!("/sandbox/pay/hold/{hold}")
}
