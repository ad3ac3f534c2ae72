//! Orders.

use super::ORDERS;
use crate::{
    api::orders::{OrderView, PlaceOrder},
    docs::{
        call::{Call, Sample, sample},
        common::Header,
        examples, streams,
    },
    problem::Kind,
};
use http::StatusCode;

pub fn place() -> Call {
    Call::new(
        "placeOrder",
        ORDERS,
        "Place an order",
        "Turns a hold into an order, once. What it costs is fixed now, and it has to be paid within the product's \
         `pay_seconds`.\n\n\
         A payment that came before its order, under the hold's id, is applied here: the answer is then an order that is \
         paid.",
    )
    .of_client()
    .keyed()
    .json::<PlaceOrder>(sample(examples::place_order()))
    .answers::<OrderView>(
        StatusCode::CREATED,
        "The order is placed.",
        vec![
            Sample { name: "pending", says: "Waiting for its payment", value: examples::order() },
            Sample { name: "paid", says: "The payment was there first", value: examples::paid_order() },
        ],
    )
    .with(StatusCode::CREATED, &[Header::Location, Header::IdempotencyReplayed])
    .leads_to(StatusCode::CREATED, "getOrder", "order", "order_id")
    .leads_to(StatusCode::CREATED, "cancelOrder", "order", "order_id")
    .refuses(&[Kind::UnknownHold, Kind::HoldUsed, Kind::HoldExpired, Kind::HoldReleased])
}

pub fn list() -> Call {
    Call::new(
        "listOrders",
        ORDERS,
        "List your orders",
        "Your client's orders, newest first, a page at a time. Refunds are told where one order is asked for.",
    )
    .of_client()
    .paged()
    .answers_list::<OrderView>(StatusCode::OK, "A page of orders.", sample([examples::order()]))
    .with(StatusCode::OK, &[Header::Link])
    .leads_to(StatusCode::OK, "getOrder", "order", "0/order_id")
}

pub fn one() -> Call {
    Call::new(
        "getOrder",
        ORDERS,
        "Get an order",
        "An order of your client's, and the money that came for it and has to go back. Another's does not exist for you.",
    )
    .of_client()
    .answers::<OrderView>(
        StatusCode::OK,
        "The order.",
        vec![
            Sample { name: "paid", says: "Paid", value: examples::paid_order() },
            Sample { name: "refund", says: "Its money came too late", value: examples::refunded_order() },
        ],
    )
    .refuses(&[Kind::UnknownOrder])
}

pub fn events() -> Call {
    let call = Call::new(
        "watchOrder",
        ORDERS,
        "Watch an order",
        "Server-sent events: the order as it is, and then each time it changes. An event is named `order`, and its data is an \
         `Order`.",
    );
    streams::order(call.of_client()).refuses(&[Kind::UnknownOrder])
}

pub fn cancel() -> Call {
    Call::new(
        "cancelOrder",
        ORDERS,
        "Cancel an order",
        "Its units are for sale again at once. To cancel what is cancelled is no error. Money that comes later takes units \
         again if there are any; else it goes back, and the order says so.",
    )
    .of_client()
    .keyed()
    .bodiless()
    .answers::<OrderView>(StatusCode::OK, "The order is cancelled.", sample(examples::cancelled_order()))
    .with(StatusCode::OK, &[Header::IdempotencyReplayed])
    .refuses(&[Kind::UnknownOrder, Kind::OrderPaid])
}
