//! `POST /api/webhooks/payment`, one file for each scheme of signing, and one for everything that is no signature.

mod mutations;
mod outage;
mod plain;
mod signing;
mod standard;
mod stripe;

use crate::shop::{Answer, Shop};
use checkout::{
    ManualClock,
    model::{Money, Order, Owner, Product, ProductDraft, Timestamp},
};
use serde_json::{Value, json};

/// A shop with a phone, and an order of one that waits for its money.
struct Till {
    shop: Shop,
    product: Product,
    order: Order,
}

impl Till {
    async fn open() -> Self {
        Self::of(Shop::open().await, 500_000, "USD").await
    }

    async fn of(shop: Shop, minor: i64, currency: &str) -> Self {
        let price = Money { minor, currency: currency.parse().unwrap() };
        let product = shop.add(ProductDraft::new("phone".parse().unwrap(), "Flash Phone", price, 10)).await;
        let order = order(&shop, &product).await;
        Self { shop, product, order }
    }

    /// Another order.
    async fn another(&mut self) -> String {
        self.order = order(&self.shop, &self.product).await;
        self.order_id()
    }

    /// A hold that is no order yet.
    async fn hold(&self) -> checkout::model::Hold {
        let qty = 1.try_into().unwrap();
        self.shop.checkout.place_hold(self.product.id, qty, owner(), None, None).await.unwrap().value
    }

    fn order_id(&self) -> String {
        self.order.id.to_string()
    }

    /// Success for the order, in the body that two schemes share.
    fn success(&self) -> Value {
        json!({ "order_id": self.order.id, "transaction_id": "tx-1", "status": "success" })
    }

    async fn status(&self) -> &'static str {
        self.shop.checkout.order(self.order.id, owner()).await.unwrap().state.name()
    }

    /// How many events are kept about the order.
    async fn kept(&self) -> usize {
        self.shop.checkout.payments(&self.order).await.unwrap().len()
    }

    /// How many units are sold, after an audit found no drift.
    async fn sold(&self) -> u32 {
        let audit = self.shop.checkout.audit().await.unwrap();
        assert!(audit.clean, "{audit:?}");
        self.shop.checkout.product(self.product.id).unwrap().stock.sold
    }
}

async fn order(shop: &Shop, product: &Product) -> Order {
    let hold = shop.checkout.place_hold(product.id, 1.try_into().unwrap(), owner(), None, None).await.unwrap().value;
    shop.checkout.place_order(hold.id, owner(), None).await.unwrap().value
}

fn owner() -> Owner {
    Owner(uuid::Uuid::from_u128(7))
}

/// HTTP status, what became of the event, and how the order stands.
#[track_caller]
fn is(answer: &Answer, http: u16, status: &str, order_status: &str) {
    let told = (answer.status, &answer.body["status"], answer.body["order_status"].as_str().unwrap_or_default());
    assert_eq!(told, (http, &json!(status), order_status), "{answer:?}");
}

#[tokio::test]
async fn one_transaction_counts_once_whichever_scheme_tells_of_it() {
    let till = Till::open().await;
    let (shop, body) = (&till.shop, till.success().to_string());
    is(
        &signing::standard(crate::shop::WEBHOOK_SECRET, shop.now_s(), "msg_1", &body).send(shop).await,
        200,
        "processed",
        "paid",
    );
    is(
        &signing::plain(crate::shop::WEBHOOK_SECRET, shop.now_s(), "evt-1", &body).send(shop).await,
        200,
        "duplicate",
        "paid",
    );
    assert_eq!(till.sold().await, 1);
}

#[tokio::test]
async fn headers_of_two_schemes_or_of_none_are_refused() {
    let till = Till::open().await;
    let (shop, now, body) = (&till.shop, till.shop.now_s(), till.success().to_string());
    let plain = signing::plain(crate::shop::WEBHOOK_SECRET, now, "evt-1", &body);
    let standard = signing::standard(crate::shop::WEBHOOK_SECRET, now, "msg_1", &body);
    let stripe = signing::stripe(crate::shop::STRIPE_SECRET, now, &body);
    for (one, other) in [(&plain, &standard), (&plain, &stripe), (&standard, &stripe), (&stripe, &plain)] {
        for header in &other.headers {
            let mut both = one.clone();
            both.headers.push(header.clone());
            let answer = both.send(shop).await;
            // An idempotency key is every scheme's to send, and only one's to read.
            if header.0 != "idempotency-key" {
                answer.is_problem(403, "bad-signature");
                assert!(answer.body["detail"].as_str().unwrap().contains("one of them"), "{answer:?}");
            }
        }
    }
    let unsigned = signing::Signed { headers: Vec::new(), body: body.into() }.send(shop).await;
    unsigned.is_problem(403, "bad-signature");
    for name in ["X-Webhook-Signature", "webhook-signature", "Stripe-Signature"] {
        assert!(unsigned.body["detail"].as_str().unwrap().contains(name), "{unsigned:?}");
    }
    assert_eq!((till.status().await, till.kept().await), ("pending", 0));
}

/// The clock of a shop stands still; some signatures need it somewhere.
fn stand(clock: &ManualClock, second: i64) {
    clock.set(Timestamp::from_millis(second * 1000));
}
