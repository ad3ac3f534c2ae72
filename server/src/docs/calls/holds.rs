//! Holds.

use super::HOLDS;
use crate::{
    api::holds::{HoldView, PlaceHold},
    docs::{
        call::{Call, Sample, sample},
        common::Header,
        examples,
    },
    problem::Kind,
};
use http::StatusCode;
use serde_json::json;

pub fn place() -> Call {
    Call::new(
        "placeHold",
        HOLDS,
        "Place a hold",
        "Sets units aside, for the product's `hold_seconds`. A request that finds too few units takes back first what is due \
         on the product: nobody is told `sold-out` because of a hold that has run out.\n\n\
         Refusals consume nothing, and store nothing under the key: the same request with the same key may be granted a \
         moment later.",
    )
    .of_client()
    .keyed()
    .json::<PlaceHold>(vec![
        Sample { name: "one", says: "One unit for a customer", value: examples::place_hold() },
        Sample {
            name: "several",
            says: "Several, for nobody in particular",
            value: json!({ "product_id": examples::PRODUCT_ID, "qty": 3 }),
        },
    ])
    .answers::<HoldView>(StatusCode::CREATED, "The hold is placed.", sample(examples::hold()))
    .with(StatusCode::CREATED, &[Header::Location, Header::IdempotencyReplayed])
    .leads_to(StatusCode::CREATED, "getHold", "hold", "hold_id")
    .leads_to(StatusCode::CREATED, "releaseHold", "hold", "hold_id")
    .leads_to_body(StatusCode::CREATED, "placeOrder", json!({ "hold_id": "$response.body#/hold_id" }))
    .refuses(&[Kind::UnknownProduct, Kind::SoldOut, Kind::SaleNotOpen, Kind::LimitReached])
}

pub fn one() -> Call {
    Call::new("getHold", HOLDS, "Get a hold", "A hold of your client's. Another's does not exist for you.")
        .of_client()
        .answers::<HoldView>(
            StatusCode::OK,
            "The hold.",
            vec![
                Sample { name: "active", says: "Waiting for its order", value: examples::hold() },
                Sample { name: "ordered", says: "Became an order", value: examples::ordered_hold() },
            ],
        )
        .refuses(&[Kind::UnknownHold])
}

pub fn release() -> Call {
    Call::new(
        "releaseHold",
        HOLDS,
        "Give a hold back",
        "Its units are for sale again at once. To give back what was given back or has run out is no error, and counts once.",
    )
    .of_client()
    .keyed()
    .bodiless()
    .answers_empty(StatusCode::NO_CONTENT, "The hold holds nothing any more.")
    .refuses(&[Kind::UnknownHold, Kind::HoldUsed])
}
