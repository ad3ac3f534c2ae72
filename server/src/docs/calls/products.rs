//! Products, and their stock as it changes.

use super::PRODUCTS;
use crate::{
    api::products::ProductView,
    docs::{
        call::{Call, sample},
        common::{Header, Parameter},
        examples, streams,
    },
    problem::Kind,
};
use http::StatusCode;
use serde_json::json;

pub fn list() -> Call {
    Call::new(
        "listProducts",
        PRODUCTS,
        "List the products",
        "All products with their stock, oldest first, those that are sold out and those whose sale is over included.",
    )
    .takes(Parameter::IfNoneMatch)
    .paged()
    .answers_list::<ProductView>(StatusCode::OK, "The products.", sample([examples::product()]))
    .with(StatusCode::OK, &[Header::ETag, Header::Link])
    .leads_to(StatusCode::OK, "getProduct", "product", "0/id")
    .leads_to_body(StatusCode::OK, "placeHold", json!({ "product_id": "$response.body#/0/id", "qty": 1 }))
    .answers_empty(StatusCode::NOT_MODIFIED, "You have this answer: nothing changed.")
    .with(StatusCode::NOT_MODIFIED, &[Header::ETag])
}

pub fn one() -> Call {
    Call::new("getProduct", PRODUCTS, "Get a product", "One product with its stock, by its id or its slug.")
        .takes(Parameter::IfNoneMatch)
        .answers::<ProductView>(StatusCode::OK, "The product.", sample(examples::product()))
        .with(StatusCode::OK, &[Header::ETag])
        .answers_empty(StatusCode::NOT_MODIFIED, "You have this answer: nothing changed.")
        .with(StatusCode::NOT_MODIFIED, &[Header::ETag])
        .refuses(&[Kind::UnknownProduct])
}

pub fn all_events() -> Call {
    streams::stock(Call::new(
        "watchProducts",
        PRODUCTS,
        "Watch the stock of all products",
        "Server-sent events: the stock of each product as it is, and then each change.\n\n\
         An event is named `stock`, its `id` is the product's version, and its data is a `StockEvent`. A product changes at \
         most 20 times a second here, and never goes back to an older version. A comment comes every 15 seconds, so that a \
         dead connection is noticed; when it breaks, connect again after the time that `retry` says.",
    ))
}

pub fn events() -> Call {
    let call = Call::new(
        "watchProduct",
        PRODUCTS,
        "Watch the stock of a product",
        "Server-sent events, as with all products, for one of them.",
    );
    streams::stock(call).refuses(&[Kind::UnknownProduct])
}
