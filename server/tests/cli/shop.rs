//! A shop with orders, on either database, and the command line beside it.

use super::json;
use checkout::{
    Checkout, Limits, PaymentEvent, SystemClock,
    model::{
        Actor, Address, Contact, EventPayload, Money, Order, OrderId, Owner, PaymentStatus, Product, ProductDraft,
        Quantity, Reference, ReportedAmount,
    },
    store,
};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use std::{process::Output, sync::Arc};
use uuid::Uuid;

/// A shop in a database of its own.
pub struct Shop {
    pub checkout: Checkout,
    pub store: Arc<dyn store::Store>,
    pub dir: tempfile::TempDir,
    url: String,
    server: Option<(String, String)>,
}

impl Shop {
    pub async fn sqlite() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/shop.db", dir.path().display());
        Self::open(dir, url, None).await
    }

    pub async fn postgres() -> Self {
        let server = std::env::var("HOLDFAST_TEST_POSTGRES_URL").expect("run the tests with tools/with-postgres.sh");
        let name = format!("holdfast_{}", Uuid::new_v4().simple());
        let mut connection = PgConnection::connect(&server).await.unwrap();
        sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut connection).await.unwrap();
        let url = format!("{}/{name}", server.rsplit_once('/').unwrap().0);
        Self::open(tempfile::tempdir().unwrap(), url, Some((server, name))).await
    }

    async fn open(dir: tempfile::TempDir, url: String, server: Option<(String, String)>) -> Self {
        let store = store::open(&url).await.unwrap();
        store.migrate().await.unwrap();
        let checkout = Checkout::start(store.clone(), Arc::new(SystemClock), Limits::default()).await.unwrap();
        Self { checkout, store, dir, url, server }
    }

    /// Runs the command line.
    pub fn run(&self, args: &[&str]) -> Output {
        let mut command = super::holdfast(self.dir.path());
        command.env("DATABASE_URL", &self.url).env("USER", "ada").env("RUST_LOG", "off").args(args);
        command.output().unwrap()
    }

    /// Runs a command that succeeds, and returns the JSON that it prints.
    #[track_caller]
    pub fn json(&self, args: &[&str]) -> Value {
        let output = self.run(args);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        json(&output)
    }

    /// Runs a command that succeeds, and returns what it prints.
    #[track_caller]
    pub fn text(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs a command that fails with this exit code, and returns its message. It prints no result.
    #[track_caller]
    pub fn fails(&self, code: i32, args: &[&str]) -> String {
        let output = self.run(args);
        assert_eq!((output.status.code(), output.stdout.is_empty()), (Some(code), true), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    }

    pub async fn product(&self, slug: &str, stock: u32) -> Product {
        let price = Money { minor: 1999, currency: "USD".parse().unwrap() };
        let draft = ProductDraft::new(slug.parse().unwrap(), "Mug", price, stock);
        self.checkout.add_product(draft, Actor::system()).await.unwrap().value
    }

    /// Places an order of one unit for a shopper.
    pub async fn order(&self, product: &Product, shopper: &str) -> Order {
        let (owner, qty) = (Owner(Uuid::from_u128(7)), Quantity::try_from(1).unwrap());
        let shopper = Some(shopper.to_owned().try_into().unwrap());
        let hold = self.checkout.place_hold(product.id, qty, owner, shopper, None).await.unwrap().value;
        self.checkout.place_order(hold.id, None, owner, None).await.unwrap().value
    }

    /// Places an order of one unit for a buyer in Berlin.
    pub async fn order_of_buyer(&self, product: &Product, email: &str) -> Order {
        let (owner, qty) = (Owner(Uuid::from_u128(7)), Quantity::try_from(1).unwrap());
        let address = Address {
            country: "DE".parse().unwrap(),
            line1: "Unter den Linden 1".to_owned(),
            line2: None,
            city: "Berlin".to_owned(),
            postal_code: Some("10117".to_owned()),
            state: None,
        };
        let (email, name) = (email.parse().unwrap(), Some("Ada Lovelace".to_owned()));
        let contact = Contact { email, name, address: Some(address), language: None };
        let hold = self.checkout.place_hold(product.id, qty, owner, None, None).await.unwrap().value;
        self.checkout.place_order(hold.id, Some(contact), owner, None).await.unwrap().value
    }

    /// Pays an order, by a transaction with the order's id in its name.
    pub async fn pay(&self, order: OrderId) {
        let event = event_of(order, &format!("evt-{order}"), PaymentStatus::Success);
        self.checkout.record_payment(event).await.unwrap();
    }

    /// Reports a dispute of the transaction that paid an order.
    pub async fn dispute(
        &self,
        order: OrderId,
        key: &str,
        status: PaymentStatus,
        dispute: Option<&str>,
        payload: Option<EventPayload>,
    ) {
        let dispute_id = dispute.map(|id| id.to_owned().try_into().unwrap());
        let event = PaymentEvent { dispute_id, payload, ..event_of(order, key, status) };
        self.checkout.record_payment(event).await.unwrap();
    }

    /// Stops the engine, checks that the counters add up, and drops the database.
    pub async fn close(self) {
        assert!(self.checkout.audit().await.unwrap().clean);
        self.checkout.shutdown(std::time::Duration::from_secs(5)).await;
        drop(self.checkout);
        drop(self.store);
        if let Some((server, name)) = self.server {
            let mut connection = PgConnection::connect(&server).await.unwrap();
            let sql = format!("DROP DATABASE {name} WITH (FORCE)");
            sqlx::query(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
        }
    }
}

/// An event of the transaction that pays an order.
fn event_of(order: OrderId, key: &str, status: PaymentStatus) -> PaymentEvent {
    PaymentEvent {
        key: key.to_owned().try_into().unwrap(),
        fingerprint: [0; 32],
        reference: Reference::Order(order),
        transaction_id: format!("tx-{order}").try_into().unwrap(),
        status,
        reported: ReportedAmount { amount: Some(1999), currency: Some("USD".parse().unwrap()) },
        dispute_id: None,
        payload: None,
    }
}

/// Defines a test of a scenario on each database.
macro_rules! on_both_stores {
    ($($scenario:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $scenario() {
                super::$scenario(crate::shop::Shop::sqlite().await).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $scenario() {
                super::$scenario(crate::shop::Shop::postgres().await).await;
            })*
        }
    };
}
pub(crate) use on_both_stores;
