//! Example requests and responses of the OpenAPI document: one product, and one hold of it with its order. The tests build
//! the responses for products, holds, orders and stock from the engine's values, so that these examples equal real
//! responses.

use serde_json::{Value, json};

pub const PRODUCT_ID: &str = "01a21b3c-5e40-7c3a-9e41-2f6b8d0c5a17";
pub const HOLD_ID: &str = "01a21c04-b7e8-7b52-9d1e-6a0c8f2b4e17";
pub const ORDER_ID: &str = "01a21c05-2930-7d06-8c4f-93b1e5a7d820";
const REFUND_ID: &str = "01a21c0f-1d40-7a31-b5c2-0e8d6f4a9b73";

const PICTURE_ID: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/// A product during its sale.
pub fn product() -> Value {
    json!({
        "id": PRODUCT_ID,
        "slug": "flash-phone",
        "name": "Flash Phone",
        "description": "A titanium phone with a screen that outlasts the daylight.",
        "tagline": "One hundred phones. One each, if you’re quick.",
        "story": "We milled the first one by hand.\n\nThe other ninety-nine took a winter.",
        "specification": [{ "name": "Weight", "value": "180 g" }, { "name": "Screen", "value": "6.1 inches, 120 Hz" }],
        "image": "/img/flash-phone.svg",
        "pictures": [{
            "id": PICTURE_ID,
            "alt": "The phone from the front",
            "width": 640,
            "height": 480,
            "sizes": [
                { "width": 320, "height": 240, "url": format!("/pictures/{PICTURE_ID}/320.webp") },
                { "width": 640, "height": 480, "url": format!("/pictures/{PICTURE_ID}/640.webp") },
            ],
        }],
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
        "ships": true,
        "version": 74,
        "updated_at": "2026-11-27T08:00:01Z",
    })
}

/// The request for the hold.
pub fn place_hold() -> Value {
    json!({ "product_id": PRODUCT_ID, "qty": 1, "shopper": "customer-1729" })
}

/// The hold, just placed.
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

/// The hold, ordered.
pub fn ordered_hold() -> Value {
    let mut hold = hold();
    hold["status"] = json!("ordered");
    hold["order_id"] = json!(ORDER_ID);
    hold
}

/// The hold, extended once.
pub fn extended_hold() -> Value {
    let mut hold = hold();
    hold["expires_at"] = json!("2026-11-27T08:04:01Z");
    hold
}

/// The request for the order.
pub fn place_order() -> Value {
    json!({ "hold_id": HOLD_ID })
}

/// A request to place an order that is sent to its buyer.
pub fn place_order_with_contact() -> Value {
    json!({ "hold_id": HOLD_ID, "contact": contact() })
}

/// The contact of the order's buyer.
pub fn contact() -> Value {
    json!({
        "email": "ada@example.com",
        "name": "Ada Lovelace",
        "address": {
            "country": "DE",
            "line1": "Unter den Linden 1",
            "city": "Berlin",
            "postal_code": "10117",
        },
    })
}

/// The order, just placed.
pub fn order() -> Value {
    json!({
        "order_id": ORDER_ID,
        "number": "HF-7K3Q-9M2D",
        "hold_id": HOLD_ID,
        "product_id": PRODUCT_ID,
        "qty": 1,
        "shopper": "customer-1729",
        "amount": 500_000,
        "currency": "USD",
        "status": "pending",
        "created_at": "2026-11-27T08:00:30Z",
        "pay_by": "2026-11-27T08:10:30Z",
        "version": 71,
    })
}

/// The order's payment page.
pub fn payment_page() -> Value {
    json!({ "url": format!("https://shop.example/sandbox/pay/{ORDER_ID}"), "expires_at": "2026-11-27T08:10:30Z" })
}

/// The order, just placed, with its payment page.
pub fn payable_order() -> Value {
    let mut order = order();
    order["payment"] = payment_page();
    order
}

/// The order, just placed at a shop without a payment provider.
pub fn order_without_page() -> Value {
    let mut order = order();
    order["payment"] = Value::Null;
    order
}

/// The order, paid when it was placed.
pub fn order_paid_at_once() -> Value {
    let mut order = paid_order();
    order["payment"] = Value::Null;
    order
}

/// The order, paid.
pub fn paid_order() -> Value {
    let mut order = order();
    order["status"] = json!("paid");
    order["paid_at"] = json!("2026-11-27T08:01:15Z");
    order["transaction_id"] = json!("tx-5501");
    order["version"] = json!(74);
    order
}

/// The order with its contact, as its owner reads it.
pub fn order_with_contact() -> Value {
    let mut order = order();
    order["contact"] = contact();
    order
}

/// The order, cancelled.
pub fn cancelled_order() -> Value {
    let mut order = order();
    order["status"] = json!("cancelled");
    order["cancelled_at"] = json!("2026-11-27T08:01:15Z");
    order["reason"] = json!("by_shopper");
    order["version"] = json!(74);
    order
}

/// The order, expired, with a payment that arrived after its units were sold.
pub fn late_order() -> Value {
    let mut order = cancelled_order();
    order["reason"] = json!("expired");
    order["cancelled_at"] = json!("2026-11-27T08:10:30Z");
    order["refunds"] = json!([{
        "id": REFUND_ID,
        "transaction_id": "tx-5501",
        "status": "refund_due",
        "state": "due",
        "reason": "sold_out",
        "amount": 500_000,
        "currency": "USD",
        "updated_at": "2026-11-27T08:12:00Z",
        "version": 1,
    }]);
    order
}

/// The order, paid, and then refunded by the shop.
pub fn refunded_order() -> Value {
    let mut order = paid_order();
    order["status"] = json!("refunded");
    order["refunds"] = json!([{
        "id": REFUND_ID,
        "transaction_id": "tx-5501",
        "status": "refunded",
        "state": "succeeded",
        "reason": "by_operator",
        "amount": 500_000,
        "currency": "USD",
        "updated_at": "2026-11-27T08:02:01Z",
        "version": 3,
    }]);
    order
}

/// An event of the product's stock.
pub fn stock_event() -> Value {
    json!({
        "product_id": PRODUCT_ID,
        "total": 100,
        "available": 53,
        "held": 12,
        "pending": 6,
        "sold": 29,
        "paused": false,
        "version": 74,
        "at": "2026-11-27T08:00:01Z",
    })
}

/// A payment event that names an order or a hold.
pub fn payment(member: &str, id: &str) -> Value {
    json!({ member: id, "transaction_id": "tx-5501", "status": "success", "amount": 500_000, "currency": "USD" })
}

/// A payment event of Stripe.
pub fn stripe_event() -> Value {
    json!({
        "id": "evt_1SExample",
        "type": "checkout.session.completed",
        "livemode": true,
        "data": { "object": {
            "id": "cs_live_example",
            "payment_intent": "pi_example",
            "payment_status": "paid",
            "amount_total": 500_000,
            "currency": "usd",
            "metadata": { "order_id": ORDER_ID },
        } },
    })
}

/// A receipt for the payment of the order.
pub fn receipt(status: &str) -> Value {
    json!({ "status": status, "order_id": ORDER_ID, "order_status": "paid" })
}

/// An event stream with one event.
pub fn stream(name: &str, id: Option<u64>, data: &Value) -> String {
    let event = crate::http::sse::event(name, id, data.to_string().as_bytes());
    format!("retry: 750\n\n{}", String::from_utf8_lossy(&event))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        api::{
            contact::ContactBody,
            holds::{HoldView, PlaceHold},
            order_view::{OrderView, PaymentView},
            orders::PlaceOrder,
            products::ProductView,
        },
        config::{Common, Environment},
        payments::ShopUrl,
    };
    use checkout::model::{
        CancelReason, EventOutcome, Hold, HoldState, Money, Order, OrderRefunds, OrderState, Owner, Payment,
        PaymentStatus, Picture, Product, ProductDraft, Reference, Refund, RefundReason, RefundState, ReportedAmount,
        SaleWindow, Stock, Timestamp,
    };
    use integrations::payments::OpenedPayment;
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
            ships: true,
            description: product()["description"].as_str().unwrap().to_owned(),
            tagline: product()["tagline"].as_str().unwrap().to_owned(),
            story: product()["story"].as_str().unwrap().to_owned(),
            specification: ["Weight: 180 g", "Screen: 6.1 inches, 120 Hz"].map(|row| row.parse().unwrap()).into(),
            image: "/img/flash-phone.svg".to_owned(),
            pictures: vec![Picture {
                id: PICTURE_ID.parse().unwrap(),
                alt: "The phone from the front".to_owned(),
                width: 640,
                height: 480,
                hue: Some(265),
            }],
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
            unit_price: Some(price().minor),
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
            version: if state == OrderState::Pending { 71 } else { 74 },
            state,
            refunds: OrderRefunds::default(),
            number: Some("HF-7K3Q-9M2D".parse().unwrap()),
        }
    }

    fn the_refund() -> Refund {
        Refund {
            id: id(REFUND_ID),
            order_id: Some(id(ORDER_ID)),
            event_id: None,
            product_id: Some(id(PRODUCT_ID)),
            transaction_id: "tx-5501".to_owned().try_into().unwrap(),
            amount: Some(500_000),
            currency: Some("USD".parse().unwrap()),
            reason: RefundReason::ByOperator,
            restocked: 1,
            state: RefundState::Succeeded,
            attempt: 1,
            provider_reference: None,
            note: None,
            failure: None,
            automatic: false,
            created_at: at("02:00"),
            updated_at: at("02:01"),
            version: 3,
        }
    }

    fn late_payment() -> Payment {
        Payment {
            id: id(ORDER_ID),
            key: "evt-0001".to_owned().try_into().unwrap(),
            fingerprint: [0; 32],
            reference: Reference::Order(id(ORDER_ID)),
            product_id: None,
            transaction_id: "tx-5501".to_owned().try_into().unwrap(),
            status: PaymentStatus::Success,
            dispute_id: None,
            reported: ReportedAmount { amount: Some(500_000), currency: Some("USD".parse().unwrap()) },
            received_at: at("12:00"),
            outcome: EventOutcome::RefundDue(RefundReason::SoldOut),
        }
    }

    /// Compares members, values and their order.
    #[track_caller]
    fn assert_same(example: &Value, response: impl Serialize) {
        assert_eq!(example.to_string(), json!(response).to_string());
    }

    #[test]
    fn examples_equal_real_responses() {
        assert_same(&product(), ProductView::new(&the_product(), at("00:01")));
        assert_same(&stock_event(), the_product().snapshot());
        assert_same(&hold(), HoldView::from(the_hold(HoldState::Active)));
        let ordered = HoldView::from(the_hold(HoldState::Ordered { order_id: id(ORDER_ID) }));
        assert_eq!(ordered_hold(), json!(ordered));
        let hold = the_hold(HoldState::Active);
        let extended = Hold { expires_at: hold.expires_at + Duration::from_mins(2), extended: true, ..hold };
        assert_same(&extended_hold(), HoldView::from(extended));
        assert_same(&order(), OrderView::from(the_order(OrderState::Pending)));
        let transaction_id = "tx-5501".to_owned().try_into().unwrap();
        let paid = the_order(OrderState::Paid { paid_at: at("01:15"), transaction_id });
        assert_eq!(paid_order(), json!(OrderView::from(paid.clone())));
        let refunds = OrderRefunds { issued: 500_000, returned: 500_000, restocked: 1 };
        let refunded = OrderView::from(Order { refunds, ..paid }).with_refunds(Vec::new(), vec![the_refund()]);
        assert_eq!(refunded_order(), json!(refunded));
        let ended = |at, reason| OrderView::from(the_order(OrderState::Cancelled { cancelled_at: at, reason }));
        assert_eq!(cancelled_order(), json!(ended(at("01:15"), CancelReason::ByShopper)));
        let due = Refund {
            event_id: Some(id(ORDER_ID)),
            state: RefundState::Due,
            updated_at: at("12:00"),
            version: 1,
            ..the_refund()
        };
        let late = ended(at("10:30"), CancelReason::Expired).with_refunds(vec![late_payment()], vec![due]);
        assert_eq!(late_order(), json!(late));
        let page = OpenedPayment { url: format!("/sandbox/pay/{ORDER_ID}"), expires_at: at("10:30") };
        let shop_url = ShopUrl::new(&common("https://shop.example"), ([127, 0, 0, 1], 80).into());
        let page = || Some(PaymentView::new(&page, &shop_url));
        assert_eq!(payable_order(), json!(OrderView::from(the_order(OrderState::Pending)).with_payment(page())));
        assert_eq!(payment_page(), json!(page()));
        assert_eq!(order_without_page(), json!(OrderView::from(the_order(OrderState::Pending)).with_payment(None)));
    }

    #[test]
    fn the_contact_is_as_it_was_sent() {
        let body = serde_json::from_value::<ContactBody>(contact()).unwrap();
        let shown = OrderView::from(the_order(OrderState::Pending)).with_contact(Some(body.check().unwrap()));
        assert_eq!(order_with_contact(), json!(shown));
    }

    fn common(public_url: &str) -> Common {
        Common {
            env: Environment::Development,
            data_dir: ".".into(),
            database_url: String::new(),
            public_url: Some(public_url.to_owned()),
            webhooks_allow_private: false,
        }
    }

    /// The shop keeps the money of a refund that was withdrawn, and the refund of a payment event is shown with its payment.
    #[test]
    fn refunds_of_the_orders_own_payment_are_added_but_withdrawn_ones() {
        let shown = |refund| {
            let order = OrderView::from(the_order(OrderState::Pending)).with_refunds(Vec::new(), vec![refund]);
            json!(order)["refunds"][0]["status"].clone()
        };
        let with = |state| Refund { state, ..the_refund() };
        let states = RefundState::ALL.map(|state| shown(with(state)));
        assert_eq!(json!(states), json!(["refund_due", "refund_due", "refunded", "refund_due", null]));
        assert_eq!(shown(Refund { event_id: Some(id(ORDER_ID)), ..the_refund() }), Value::Null);
    }

    #[test]
    fn example_requests_are_valid() {
        serde_json::from_value::<PlaceHold>(place_hold()).unwrap();
        serde_json::from_value::<PlaceOrder>(place_order()).unwrap();
        serde_json::from_value::<PlaceOrder>(place_order_with_contact()).unwrap();
    }
}
