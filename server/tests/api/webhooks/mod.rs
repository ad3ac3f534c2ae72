//! `POST /api/webhooks/payment`: one file for each signature scheme, and tests of tampered requests and of a database outage.

mod database_outage;
mod disputes;
mod plain;
pub(crate) mod signing;
mod standard;
mod stripe;
pub(crate) mod stripe_events;
mod tampering;

use crate::shop::{ApiResponse, Shop};
use checkout::{
    ManualClock,
    model::{Money, Order, Owner, Product, ProductDraft, Timestamp},
};
use serde_json::{Value, json};

/// A shop with a product and an unpaid order.
struct PaymentFixture {
    shop: Shop,
    product: Product,
    order: Order,
}

impl PaymentFixture {
    async fn open() -> Self {
        Self::of(Shop::open().await, 500_000, "USD").await
    }

    async fn of(shop: Shop, minor: i64, currency: &str) -> Self {
        let price = Money { minor, currency: currency.parse().unwrap() };
        let product = shop.add(ProductDraft::new("phone".parse().unwrap(), "Flash Phone", price, 10)).await;
        let order = order(&shop, &product).await;
        Self { shop, product, order }
    }

    /// Places another order, and returns its id.
    async fn another(&mut self) -> String {
        self.order = order(&self.shop, &self.product).await;
        self.order_id()
    }

    /// Places a hold without an order.
    async fn hold(&self) -> checkout::model::Hold {
        let qty = 1.try_into().unwrap();
        self.shop.checkout.place_hold(self.product.id, qty, owner(), None, None).await.unwrap().value
    }

    fn order_id(&self) -> String {
        self.order.id.to_string()
    }

    /// Returns the body of a successful payment of the order, for the plain scheme and Standard Webhooks.
    fn success(&self) -> Value {
        json!({ "order_id": self.order.id, "transaction_id": "tx-1", "status": "success" })
    }

    async fn status(&self) -> &'static str {
        self.shop.checkout.order(self.order.id, owner()).await.unwrap().state.name()
    }

    /// Returns the number of stored payment events of the order.
    async fn event_count(&self) -> usize {
        self.shop.checkout.payments(&self.order).await.unwrap().len()
    }

    /// Returns the number of units sold, after an audit.
    async fn sold(&self) -> u32 {
        let audit = self.shop.checkout.audit().await.unwrap();
        assert!(audit.clean, "{audit:?}");
        self.shop.checkout.product(self.product.id).unwrap().stock.sold
    }
}

async fn order(shop: &Shop, product: &Product) -> Order {
    let hold = shop.checkout.place_hold(product.id, 1.try_into().unwrap(), owner(), None, None).await.unwrap().value;
    shop.checkout.place_order(hold.id, None, owner(), None).await.unwrap().value
}

fn owner() -> Owner {
    Owner(uuid::Uuid::from_u128(7))
}

/// Asserts HTTP status, outcome of the event, and status of the order (empty if there is none).
#[track_caller]
fn assert_receipt(response: &ApiResponse, http: u16, status: &str, order_status: &str) {
    let actual =
        (response.status, &response.body["status"], response.body["order_status"].as_str().unwrap_or_default());
    assert_eq!(actual, (http, &json!(status), order_status), "{response:?}");
}

#[tokio::test]
async fn a_transaction_that_two_schemes_report_counts_once() {
    let fixture = PaymentFixture::open().await;
    let (shop, body) = (&fixture.shop, fixture.success().to_string());
    assert_receipt(
        &signing::standard(crate::shop::WEBHOOK_SECRET, shop.now_s(), "msg_1", &body).send(shop).await,
        200,
        "processed",
        "paid",
    );
    assert_receipt(
        &signing::plain(crate::shop::WEBHOOK_SECRET, shop.now_s(), "evt-1", &body).send(shop).await,
        200,
        "duplicate",
        "paid",
    );
    assert_eq!(fixture.sold().await, 1);
}

#[tokio::test]
async fn headers_of_several_schemes_or_of_none_are_rejected() {
    let fixture = PaymentFixture::open().await;
    let (shop, now, body) = (&fixture.shop, fixture.shop.now_s(), fixture.success().to_string());
    let plain = signing::plain(crate::shop::WEBHOOK_SECRET, now, "evt-1", &body);
    let standard = signing::standard(crate::shop::WEBHOOK_SECRET, now, "msg_1", &body);
    let stripe = signing::stripe(crate::shop::STRIPE_SECRET, now, &body);
    for (one, other) in [(&plain, &standard), (&plain, &stripe), (&standard, &stripe), (&stripe, &plain)] {
        for header in &other.headers {
            let mut both = one.clone();
            both.headers.push(header.clone());
            let response = both.send(shop).await;
            // Every scheme may send an idempotency key; only the plain scheme reads it.
            if header.0 != "idempotency-key" {
                response.assert_problem(403, "bad-signature");
                assert!(response.body["detail"].as_str().unwrap().contains("one of them"), "{response:?}");
            }
        }
    }
    let unsigned = signing::Signed { headers: Vec::new(), body: body.into() }.send(shop).await;
    unsigned.assert_problem(403, "bad-signature");
    for name in ["X-Webhook-Signature", "webhook-signature", "Stripe-Signature"] {
        assert!(unsigned.body["detail"].as_str().unwrap().contains(name), "{unsigned:?}");
    }
    assert_eq!((fixture.status().await, fixture.event_count().await), ("pending", 0));
}

/// Sets the clock to a time in seconds.
fn set_clock(clock: &ManualClock, second: i64) {
    clock.set(Timestamp::from_millis(second * 1000));
}
