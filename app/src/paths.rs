//! The storefront's URLs.

/// Form target: reserves units.
pub const RESERVE: &str = "/actions/reserve";
/// Form target: cancels a reservation.
pub const RELEASE: &str = "/actions/release";
/// Form target: extends a reservation.
pub const EXTEND: &str = "/actions/extend";
/// Form target: orders what is reserved.
pub const ORDER: &str = "/actions/order";
/// Form target: cancels an order.
pub const CANCEL: &str = "/actions/cancel";
/// Form target: leads to the payment page of an order.
pub const PAY: &str = "/actions/pay";
/// Form target: chooses the language.
pub const LANGUAGE: &str = "/actions/language";
/// Form target: makes a test payment.
pub const SANDBOX: &str = "/actions/sandbox";

/// Page: the mails of a test shop.
pub const SANDBOX_MAIL: &str = "/sandbox/mail";
/// Page: a link in a mail that does not work any more.
pub const LINK_EXPIRED: &str = "/link-expired";

/// Page: the terms.
pub const TERMS: &str = "/terms";
/// Page: personal data.
pub const PRIVACY: &str = "/privacy";
/// Page: the API's documentation.
pub const API_DOCS: &str = "/api/docs";

/// Event stream: the stock of all products.
pub const ALL_STOCK_EVENTS: &str = "/api/products/events";

/// A path without a page. Forms redirect here if they name nothing that exists.
pub const NOT_FOUND: &str = "/nowhere";

/// Event stream: the stock of one product, and how many watch it before its sale opens.
pub fn product_events(product_id: &str) -> String {
    format!("/live/products/{product_id}")
}

/// Event stream: an order of this session.
pub fn order_events(order_id: &str) -> String {
    format!("/live/orders/{order_id}")
}

/// A picture in one of its sizes.
#[cfg(feature = "ssr")]
pub fn picture(id: checkout::model::PictureId, width: u32) -> String {
    format!("/pictures/{id}/{width}.webp")
}

/// The image that other sites show beside a link to a product. Its tag changes with it.
#[cfg(feature = "ssr")]
pub fn product_card(slug: &str, tag: &str) -> String {
    format!("/products/{slug}/card.png?v={tag}")
}

/// The image that other sites show beside a link to the shop.
#[cfg(feature = "ssr")]
pub fn shop_card(tag: &str) -> String {
    format!("/card.png?v={tag}")
}

/// A product's page in the console.
#[cfg(feature = "ssr")]
pub fn admin_product(id: &str) -> String {
    format!("/admin/products/{id}")
}

/// The pictures of a product in the console.
#[cfg(feature = "ssr")]
pub fn admin_pictures(id: &str) -> String {
    format!("/admin/products/{id}/pictures")
}

/// A product's page.
pub fn product(slug: &str) -> String {
    format!("/products/{slug}")
}

/// The opening of a product's sale as a calendar file.
#[cfg(feature = "ssr")]
pub fn calendar(slug: &str) -> String {
    format!("/products/{slug}/calendar.ics")
}

/// A product's page. An archived product has none.
#[cfg(feature = "ssr")]
pub(crate) fn listed_product(product: &checkout::model::Product) -> Option<String> {
    let is_listed = product.status != checkout::model::ProductStatus::Archived;
    is_listed.then(|| self::product(product.slug.as_str()))
}

/// A hold's page.
pub fn hold(hold_id: &str) -> String {
    format!("/checkout/{hold_id}")
}

/// An order's page.
pub fn order(order_id: &str) -> String {
    format!("/orders/{order_id}")
}

/// The image of a paid order, for sharing.
#[cfg(feature = "ssr")]
pub(crate) fn ticket_image(order_id: &str) -> String {
    format!("{}/ticket.png", order(order_id))
}

/// An order's page for a visitor who has just paid. It also opens for visitors who do not own the order, without its details.
#[cfg(feature = "ssr")]
pub(crate) fn paid_order(order_id: &str) -> String {
    format!("{}?returned=paid", order(order_id))
}

/// The sandbox's payment page for an order.
pub fn sandbox_order(order_id: &str) -> String {
    format!("/sandbox/pay/{order_id}")
}

/// The sandbox's payment page for a hold that is not ordered yet.
pub fn sandbox_hold(hold_id: &str) -> String {
    format!("/sandbox/pay/hold/{hold_id}")
}
