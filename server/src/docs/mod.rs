//! The API's documentation: the OpenAPI document, its page, and the problem pages.

pub mod call;
pub mod calls;
mod common;
#[cfg(test)]
mod completeness_tests;
mod document;
mod examples;
mod html;
mod problem_pages;
mod problems;
mod reference;
mod schema;
mod served;
mod streams;

pub use served::routes;

use document::Document;
use http::Method;

/// Describes every call of the API.
fn document() -> Document {
    let mut document = Document::default();
    for (path, method, call) in [
        ("/api/token", Method::POST, calls::token::issue()),
        ("/api/products", Method::GET, calls::products::list()),
        ("/api/products/events", Method::GET, calls::products::all_events()),
        ("/api/products/{product}", Method::GET, calls::products::one()),
        ("/api/products/{product}/events", Method::GET, calls::products::events()),
        ("/api/holds", Method::POST, calls::holds::place()),
        ("/api/holds/{hold}", Method::GET, calls::holds::one()),
        ("/api/holds/{hold}", Method::DELETE, calls::holds::release()),
        ("/api/orders", Method::GET, calls::orders::list()),
        ("/api/orders", Method::POST, calls::orders::place()),
        ("/api/orders/{order}", Method::GET, calls::orders::one()),
        ("/api/orders/{order}/events", Method::GET, calls::orders::events()),
        ("/api/orders/{order}/cancel", Method::POST, calls::orders::cancel()),
        ("/api/webhooks/payment", Method::POST, calls::payments::receive()),
        ("/api/webhooks/payments", Method::POST, calls::payments::receive_by_its_other_name()),
    ] {
        document.add(path, &method, call);
    }
    document
}
