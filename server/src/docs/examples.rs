//! The values that the document shows: one product, and what became of one hold of it. The tests below make each from the
//! engine's own values, as the answers are made, so that none shows what the API does not say.

use serde_json::{Value, json};

pub const PRODUCT_ID: &str = "01a21b3c-5e40-7c3a-9e41-2f6b8d0c5a17";
pub const HOLD_ID: &str = "01a21c04-b7e8-7b52-9d1e-6a0c8f2b4e17";
pub const ORDER_ID: &str = "01a21c05-2930-7d06-8c4f-93b1e5a7d820";

/// In the middle of its sale.
pub fn product() -> Value {
    json!({
        "id": PRODUCT_ID,
        "slug": "flash-phone",
        "name": "Flash Phone",
        "description": "A titanium phone with a screen that outlasts the daylight.",
        "image": "/img/flash-phone.svg",
        "price": 500_000,
        "currency": "USD",
        "total": 100,
        "available": 53,
        "held": 12,
        "pending": 6,
        "sold": 29,
        "per_shopper_limit": 2,
        "starts_at": "2026-11-27T08:00:00Z",
        "ends_at": null,
        "sale": "open",
        "hold_seconds": 120,
        "extend_seconds": 120,
        "pay_seconds": 600,
        "version": 74,
        "updated_at": "2026-11-27T08:00:01Z",
    })
}

/// What asks for the hold.
pub fn place_hold() -> Value {
    json!({ "product_id": PRODUCT_ID, "qty": 1, "shopper": "customer-1729" })
}

/// Just placed.
pub fn hold() -> Value {
    json!({
        "hold_id": HOLD_ID,
        "product_id": PRODUCT_ID,
        "qty": 1,
        "shopper": "customer-1729",
        "status": "active",
        "created_at": "2026-11-27T08:00:01Z",
        "expires_at": "2026-11-27T08:02:01Z",
    })
}

/// Once it was ordered.
pub fn ordered_hold() -> Value {
    let mut hold = hold();
    hold["status"] = json!("ordered");
    hold["order_id"] = json!(ORDER_ID);
    hold
}

/// What turns the hold into an order.
pub fn place_order() -> Value {
    json!({ "hold_id": HOLD_ID })
}

/// Just placed.
pub fn order() -> Value {
    json!({
        "order_id": ORDER_ID,
        "hold_id": HOLD_ID,
        "product_id": PRODUCT_ID,
        "qty": 1,
        "shopper": "customer-1729",
        "amount": 500_000,
        "currency": "USD",
        "status": "pending",
        "created_at": "2026-11-27T08:00:30Z",
        "pay_by": "2026-11-27T08:10:30Z",
    })
}

/// Once it was paid.
pub fn paid_order() -> Value {
    let mut order = order();
    order["status"] = json!("paid");
    order["paid_at"] = json!("2026-11-27T08:01:15Z");
    order["transaction_id"] = json!("tx-5501");
    order
}

/// Once it was cancelled.
pub fn cancelled_order() -> Value {
    let mut order = order();
    order["status"] = json!("cancelled");
    order["cancelled_at"] = json!("2026-11-27T08:01:15Z");
    order["reason"] = json!("by_shopper");
    order
}

/// Money that came too late, for units that were gone.
pub fn refunded_order() -> Value {
    let mut order = cancelled_order();
    order["reason"] = json!("expired");
    order["cancelled_at"] = json!("2026-11-27T08:10:30Z");
    order["refunds"] = json!([{
        "transaction_id": "tx-5501",
        "status": "refund_due",
        "reason": "sold_out",
        "amount": 500_000,
        "currency": "USD",
    }]);
    order
}

/// What a watcher of the product is told.
pub fn stock_event() -> Value {
    json!({
        "product_id": PRODUCT_ID,
        "total": 100,
        "available": 53,
        "held": 12,
        "pending": 6,
        "sold": 29,
        "version": 74,
        "at": "2026-11-27T08:00:01Z",
    })
}

/// A stream with one event of that name.
pub fn stream(name: &str, id: Option<u64>, data: &Value) -> String {
    let event = crate::http::sse::event(name, id, data.to_string().as_bytes());
    format!("retry: 1750\n\n{}", String::from_utf8_lossy(&event))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{
        holds::{HoldView, PlaceHold},
        orders::{OrderView, PlaceOrder},
        products::ProductView,
    };
    use checkout::model::{
        CancelReason, EventOutcome, Hold, HoldState, Money, Order, OrderState, Owner, Payment, PaymentStatus, Product,
        ProductDraft, Reference, RefundReason, ReportedAmount, SaleWindow, Stock, Timestamp,
    };
    use serde::Serialize;
    use std::time::Duration;
    use uuid::Uuid;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(&format!("2026-11-27T08:{text}Z")).unwrap()
    }

    fn id<T: From<Uuid>>(text: &str) -> T {
        text.parse::<Uuid>().unwrap().into()
    }

    fn price() -> Money {
        Money { minor: 500_000, currency: "USD".parse().unwrap() }
    }

    fn the_product() -> Product {
        let draft = ProductDraft {
            description: product()["description"].as_str().unwrap().to_owned(),
            image: "/img/flash-phone.svg".to_owned(),
            per_shopper_limit: Some(2),
            window: SaleWindow { starts_at: Some(at("00:00")), ends_at: None },
            ..ProductDraft::new("flash-phone".parse().unwrap(), "Flash Phone", price(), 100)
        };
        let stock = Stock { total: 100, available: 53, held: 12, pending: 6, sold: 29 };
        Product { stock, version: 74, ..draft.check(id(PRODUCT_ID), at("00:01")).unwrap() }
    }

    fn the_hold(state: HoldState) -> Hold {
        Hold {
            id: id(HOLD_ID),
            product_id: id(PRODUCT_ID),
            owner: Owner(Uuid::nil()),
            shopper: Some("customer-1729".to_owned().try_into().unwrap()),
            qty: 1.try_into().unwrap(),
            created_at: at("00:01"),
            expires_at: at("00:01") + Duration::from_mins(2),
            extended: false,
            state,
        }
    }

    fn the_order(state: OrderState) -> Order {
        let Hold { product_id, owner, shopper, qty, .. } = the_hold(HoldState::Active);
        Order {
            id: id(ORDER_ID),
            hold_id: id(HOLD_ID),
            product_id,
            owner,
            shopper,
            qty,
            amount: price(),
            created_at: at("00:30"),
            pay_by: at("10:30"),
            state,
        }
    }

    fn late_money() -> Payment {
        Payment {
            id: id(ORDER_ID),
            key: "evt-0001".to_owned().try_into().unwrap(),
            fingerprint: [0; 32],
            reference: Reference::Order(id(ORDER_ID)),
            product_id: None,
            transaction_id: "tx-5501".to_owned().try_into().unwrap(),
            status: PaymentStatus::Success,
            reported: ReportedAmount { amount: Some(500_000), currency: Some("USD".parse().unwrap()) },
            received_at: at("12:00"),
            outcome: EventOutcome::RefundDue(RefundReason::SoldOut),
        }
    }

    /// The same members with the same values, in the same order.
    #[track_caller]
    fn same(shown: &Value, said: impl Serialize) {
        assert_eq!(shown.to_string(), json!(said).to_string());
    }

    #[test]
    fn the_answers_shown_are_answers_that_are_given() {
        same(&product(), ProductView::new(&the_product(), at("00:01")));
        same(&stock_event(), the_product().snapshot());
        same(&hold(), HoldView::from(the_hold(HoldState::Active)));
        let ordered = HoldView::from(the_hold(HoldState::Ordered { order_id: id(ORDER_ID) }));
        assert_eq!(ordered_hold(), json!(ordered));
        same(&order(), OrderView::from(the_order(OrderState::Pending)));
        let transaction_id = "tx-5501".to_owned().try_into().unwrap();
        let paid = the_order(OrderState::Paid { paid_at: at("01:15"), transaction_id });
        assert_eq!(paid_order(), json!(OrderView::from(paid)));
        let ended = |at, reason| OrderView::from(the_order(OrderState::Cancelled { cancelled_at: at, reason }));
        assert_eq!(cancelled_order(), json!(ended(at("01:15"), CancelReason::ByShopper)));
        let refunded = ended(at("10:30"), CancelReason::Expired).with_refunds(vec![late_money()]);
        assert_eq!(refunded_order(), json!(refunded));
    }

    #[test]
    fn the_requests_shown_are_requests_that_are_read() {
        serde_json::from_value::<PlaceHold>(place_hold()).unwrap();
        serde_json::from_value::<PlaceOrder>(place_order()).unwrap();
    }
}
