//! The screen of the server's health.

use super::*;
use server::config::{PaymentConfig, PaymentProvider};
use sqlx::{Connection as _, SqliteConnection};

#[tokio::test]
async fn health_shows_tasks_database_and_refunds_due() {
    let shop = Shop::open().await;
    let mut vera = shop.signed_in("vera@example.com", Role::Viewer).await;
    let page = vera.get("/admin/health").await;
    page.shows(200, "All is well");
    for text in ["SQLite 3.", "writer", "sweep", "0 of 4096 commands wait", "None since the start"] {
        assert!(page.text.contains(text), "{text}: {}", page.text);
    }
}

#[tokio::test]
async fn a_recount_finds_a_counter_that_somebody_changed_by_hand() {
    let shop = Shop::open().await;
    shop.product("phone", 10).await;
    let mut vera = shop.signed_in("vera@example.com", Role::Viewer).await;
    vera.post("/admin/health/recount", &[]).await.shows(200, "Every counter is right.");
    let mut database = SqliteConnection::connect(&shop.database_url).await.unwrap();
    sqlx::query("UPDATE products SET available = available - 1, sold = sold + 1").execute(&mut database).await.unwrap();
    shop.clock.advance(Duration::from_mins(1));
    let page = vera.post("/admin/health/recount", &[]).await;
    page.shows(200, "Needs attention");
    for text in ["phone", "sold", "Counted"] {
        assert!(page.text.contains(text), "{text}: {}", page.text);
    }
    vera.get("/admin/health").await.shows(200, "Needs attention");
}

#[tokio::test]
async fn a_recount_right_after_another_is_refused_with_the_last_result() {
    let shop = Shop::open().await;
    let mut vera = shop.signed_in("vera@example.com", Role::Viewer).await;
    let mut omar = shop.signed_in("omar@example.com", Role::Viewer).await;
    vera.post("/admin/health/recount", &[]).await.shows(200, "Every counter is right.");
    shop.clock.advance(Duration::from_secs(4));
    let refused = omar.post("/admin/health/recount", &[]).await;
    refused.shows(429, "A recount has only just ended.");
    refused.shows(429, "Every counter is right.");
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!(wait >= 6, "{wait}");
    shop.clock.advance(Duration::from_secs(wait));
    omar.post("/admin/health/recount", &[]).await.shows(200, "Every counter is right.");
    // A recount that is done is no task that has died.
    let page = omar.get("/admin/health").await;
    page.shows(200, "All is well");
    page.shows(200, "Idle");
}

#[tokio::test]
async fn those_who_may_process_payments_reconcile_with_the_provider() {
    let shop = Shop::open().await;
    let mut mona = shop.signed_in("mona@example.com", Role::Money).await;
    mona.get("/admin/health").await.shows(200, "No run has taken place yet.");
    let done = mona.post("/admin/health/reconcile", &[]).await;
    done.shows(200, "The shop has reconciled with the payment provider");
    done.shows(200, "Payments recorded");
    let mut vera = shop.signed_in("vera@example.com", Role::Viewer).await;
    let seen = vera.get("/admin/health").await;
    seen.shows(200, "Last finished");
    assert!(!seen.text.contains("Reconcile now"), "a viewer sees no form");
    vera.post("/admin/health/reconcile", &[]).await.shows(403, "does not allow this");
}

#[tokio::test]
async fn a_shop_without_a_provider_has_nobody_to_reconcile_with() {
    let shop = Shop::open_with(|settings| settings.payments = PaymentConfig::of(PaymentProvider::None)).await;
    let mut mona = shop.signed_in("mona@example.com", Role::Money).await;
    assert!(!mona.get("/admin/health").await.text.contains("Payment provider"));
    mona.post("/admin/health/reconcile", &[]).await.shows(409, "no payment provider");
}
