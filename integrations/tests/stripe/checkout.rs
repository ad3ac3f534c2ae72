//! Payment pages.

use crate::double::{Double, KEY, Reply, parameters};
use checkout::model::{AttemptId, Money, OrderId, SessionId, Timestamp, TransactionId};
use integrations::provider::{
    CloseOutcome, OpenRequest, PaymentPage, Provider as _, ProviderError, SessionState,
    stripe::{StripeProvider, StripeSettings},
};
use serde_json::{Value, json};

const ORDER: &str = "01930000-0000-7000-8000-000000000001";
const ATTEMPT: &str = "01930000-0000-7000-8000-000000000002";

pub fn attempt() -> AttemptId {
    ATTEMPT.parse().unwrap()
}

pub fn request(minor: i64, currency: &str, quantity: u32) -> OpenRequest {
    OpenRequest {
        order: ORDER.parse().unwrap(),
        order_number: "1001".to_owned(),
        product: "Desk lamp".to_owned(),
        quantity,
        amount: Money { minor, currency: currency.parse().unwrap() },
        pay_by: Timestamp::from_millis(1_795_400_000_000),
        expires_at: None,
        success_url: format!("https://shop.example/orders/{ORDER}"),
        cancel_url: format!("https://shop.example/orders/{ORDER}?cancelled"),
        email: None,
    }
}

/// A session as Stripe's API returns it, shortened.
pub fn session(status: &str, payment_status: &str) -> Value {
    json!({
        "id": "cs_test_a1", "object": "checkout.session", "amount_subtotal": 1999, "amount_total": 1999,
        "automatic_tax": { "enabled": false, "status": null }, "client_reference_id": ORDER, "currency": "usd",
        "created": 1_795_391_990, "custom_fields": [], "expires_at": 1_795_400_000, "livemode": false,
        "metadata": { "order_id": ORDER, "attempt_id": ATTEMPT }, "mode": "payment", "payment_intent": null,
        "payment_method_types": ["card"], "payment_status": payment_status, "status": status,
        "url": if status == "open" { json!("https://checkout.stripe.com/c/pay/cs_test_a1") } else { Value::Null },
    })
}

fn id() -> SessionId {
    SessionId::try_from("cs_test_a1".to_owned()).unwrap()
}

fn not_open(status: &str) -> Reply {
    let message = format!("Only Checkout Sessions with a status in [\"open\"] can be expired; this one is `{status}`.");
    let error = json!({ "error": { "type": "invalid_request_error", "message": message } });
    Reply::error(400, "invalid_request_error", None).body(&error.to_string())
}

#[tokio::test]
async fn a_page_is_made_for_exactly_the_orders_amount() {
    let double = Double::of([Reply::ok(&session("open", "unpaid"))]).await;
    let request = OpenRequest {
        expires_at: Some(Timestamp::from_millis(1_795_400_000_999)),
        email: Some("ada@example.com".parse().unwrap()),
        ..request(3998, "USD", 2)
    };
    let page = double.provider().open(attempt(), &request).await.unwrap();
    assert_eq!(page, PaymentPage { session: id(), url: "https://checkout.stripe.com/c/pay/cs_test_a1".to_owned() });
    let seen = double.seen().remove(0);
    assert_eq!(seen.line, "POST /v1/checkout/sessions");
    assert_eq!(seen.headers["idempotency-key"], ATTEMPT);
    assert_eq!(seen.headers["authorization"], format!("Bearer {KEY}"));
    assert_eq!(seen.headers["stripe-version"], "2026-09-30.endive");
    assert_eq!(seen.headers["content-type"], "application/x-www-form-urlencoded");
    assert!(!seen.headers.contains_key("stripe-account"));
    assert_eq!(
        seen.form,
        parameters([
            ("mode", "payment"),
            ("line_items[0][quantity]", "2"),
            ("line_items[0][price_data][currency]", "usd"),
            ("line_items[0][price_data][unit_amount]", "1999"),
            ("line_items[0][price_data][product_data][name]", "Desk lamp"),
            ("client_reference_id", ORDER),
            ("metadata[order_id]", ORDER),
            ("metadata[attempt_id]", ATTEMPT),
            ("payment_intent_data[metadata][order_id]", ORDER),
            ("payment_intent_data[metadata][attempt_id]", ATTEMPT),
            ("payment_intent_data[description]", "Order 1001"),
            ("adaptive_pricing[enabled]", "false"),
            ("customer_email", "ada@example.com"),
            ("expires_at", "1795400000"),
            ("success_url", &request.success_url),
            ("cancel_url", &request.cancel_url),
        ])
    );
}

#[tokio::test]
async fn amounts_are_in_stripes_units_and_sum_up_for_any_quantity() {
    for (minor, currency, quantity, sent) in [
        (500, "JPY", 1, ("500", "1", "Desk lamp")),
        (500, "ISK", 2, ("25000", "2", "Desk lamp")),
        (5120, "KWD", 1, ("5120", "1", "Desk lamp")),
        (50_000, "MGA", 5, ("100", "5", "Desk lamp")),
        (1000, "EUR", 3, ("1000", "1", "3 × Desk lamp")),
    ] {
        let double = Double::of([Reply::ok(&session("open", "unpaid"))]).await;
        double.provider().open(attempt(), &request(minor, currency, quantity)).await.unwrap();
        let form = double.seen().remove(0).form;
        let of = |name: &str| form[&format!("line_items[0]{name}")].clone();
        let amounts = (of("[price_data][unit_amount]"), of("[quantity]"), of("[price_data][product_data][name]"));
        assert_eq!((amounts.0.as_str(), amounts.1.as_str(), amounts.2.as_str()), sent, "{currency}");
        assert_eq!(of("[price_data][currency]"), currency.to_ascii_lowercase());
        assert!(!form.contains_key("expires_at") && !form.contains_key("customer_email"), "{form:?}");
    }
    let double = Double::of([]).await;
    let refused = double.provider().open(attempt(), &request(501, "MGA", 1)).await;
    assert!(matches!(refused, Err(ProviderError::Refused(_))), "{refused:?}");
    assert_eq!(double.seen().len(), 0);
}

#[tokio::test]
async fn long_names_are_cut_to_what_stripe_takes() {
    let double = Double::of([Reply::ok(&session("open", "unpaid"))]).await;
    let long = OpenRequest { product: "ä".repeat(300), ..request(1999, "USD", 1) };
    double.provider().open(attempt(), &long).await.unwrap();
    let form = double.seen().remove(0).form;
    assert_eq!(form["line_items[0][price_data][product_data][name]"], "ä".repeat(250));
}

#[tokio::test]
async fn calls_are_made_for_the_account_of_the_settings_over_one_connection() {
    let double = Double::answering(|_| Reply::ok(&session("open", "unpaid"))).await;
    let settings = StripeSettings { account: Some("acct_1Abc".to_owned()), ..double.settings() };
    let provider = StripeProvider::new(settings).unwrap();
    for _ in 0..3 {
        provider.open(attempt(), &request(1999, "USD", 1)).await.unwrap();
    }
    assert!(double.seen().iter().all(|seen| seen.headers["stripe-account"] == "acct_1Abc"));
    assert_eq!((double.seen().len(), double.connections()), (3, 1));
    assert!(!format!("{provider:?} {:?}", double.settings()).contains("hidden"));
}

#[tokio::test]
async fn a_page_is_closed_whatever_state_it_is_in() {
    let missing = || Reply::error(404, "invalid_request_error", Some("resource_missing"));
    let double = Double::of([Reply::ok(&session("expired", "unpaid"))]).await;
    assert_eq!(double.provider().close(&id()).await, Ok(CloseOutcome::Closed));
    assert_eq!(double.seen()[0].line, "POST /v1/checkout/sessions/cs_test_a1/expire");
    let double = Double::of([missing()]).await;
    assert_eq!(double.provider().close(&id()).await, Ok(CloseOutcome::Closed));
    for (status, payment_status, outcome) in [
        ("complete", "paid", CloseOutcome::Completed),
        ("complete", "unpaid", CloseOutcome::Completed),
        ("expired", "unpaid", CloseOutcome::Closed),
    ] {
        let double = Double::of([not_open(status), Reply::ok(&session(status, payment_status))]).await;
        assert_eq!(double.provider().close(&id()).await, Ok(outcome), "{status} {payment_status}");
        assert_eq!(double.seen()[1].line, "GET /v1/checkout/sessions/cs_test_a1");
    }
    // The shopper is paying at this moment.
    let double = Double::of([not_open("open"), Reply::ok(&session("open", "unpaid"))]).await;
    let busy = double.provider().close(&id()).await;
    assert!(matches!(busy, Err(ProviderError::Busy { .. })), "{busy:?}");
    // A failure that is no refusal is not looked up.
    let double = Double::of([Reply::error(500, "api_error", None)]).await;
    assert!(matches!(double.provider().close(&id()).await, Err(ProviderError::Unknown(_))));
}

#[tokio::test]
async fn a_page_is_looked_up_with_its_payment_intent() {
    let intent = |status: &str| json!({ "id": "pi_1", "object": "payment_intent", "status": status, "metadata": {} });
    for (status, payment_status, intent, state, transaction) in [
        ("open", "unpaid", Value::Null, SessionState::Open, None),
        ("expired", "unpaid", Value::Null, SessionState::Expired, None),
        ("complete", "paid", intent("succeeded"), SessionState::Paid, Some("pi_1")),
        ("complete", "paid", json!("pi_1"), SessionState::Paid, Some("pi_1")),
        ("complete", "no_payment_required", Value::Null, SessionState::Paid, None),
        ("complete", "unpaid", intent("processing"), SessionState::Processing, Some("pi_1")),
        // The bank debit failed.
        ("complete", "unpaid", intent("requires_payment_method"), SessionState::Expired, Some("pi_1")),
        ("complete", "unpaid", intent("canceled"), SessionState::Expired, Some("pi_1")),
    ] {
        let mut object = session(status, payment_status);
        object["payment_intent"] = intent;
        let double = Double::of([Reply::ok(&object)]).await;
        let found = double.provider().find_session(&id()).await.unwrap();
        assert_eq!(found.state, state, "{object}");
        assert_eq!(found.transaction.as_ref().map(TransactionId::as_str), transaction, "{object}");
        assert_eq!(found.amount, Some(Money { minor: 1999, currency: "USD".parse().unwrap() }));
        assert_eq!((found.order, found.attempt), (Some(ORDER.parse::<OrderId>().unwrap()), Some(attempt())));
        let seen = double.seen().remove(0);
        assert_eq!(seen.line, "GET /v1/checkout/sessions/cs_test_a1");
        assert_eq!(seen.query, parameters([("expand[0]", "payment_intent")]));
    }
}

#[tokio::test]
async fn a_page_that_stripe_does_not_know_has_ended() {
    let double = Double::of([Reply::error(404, "invalid_request_error", Some("resource_missing"))]).await;
    let found = double.provider().find_session(&id()).await.unwrap();
    assert_eq!((found.state, found.order, found.transaction), (SessionState::Expired, None, None));
    // Another 404 comes from a wrong address.
    let double = Double::of([Reply::error(404, "invalid_request_error", None).body("<html>")]).await;
    assert!(matches!(double.provider().find_session(&id()).await, Err(ProviderError::Refused(_))));
    // An id that none of Stripe's pages can have is not asked for.
    let double = Double::of([]).await;
    let odd = SessionId::try_from("../account?".to_owned()).unwrap();
    assert_eq!(double.provider().find_session(&odd).await.unwrap().state, SessionState::Expired);
}
