//! `holdfast reconcile` and `holdfast audit --provider`. The sandbox is the provider.

use super::shop::Shop;
use checkout::{
    IssueRefund, PaymentEvent, Restock,
    model::{Actor, PaymentStatus, Reference, RefundStep, ReportedAmount},
};
use serde_json::json;

#[tokio::test]
async fn a_run_is_shown_as_text_or_json() {
    for shop in [Shop::sqlite().await, Shop::postgres().await] {
        let done = shop.json(&["reconcile", "--json"]);
        assert_eq!((&done["attempts_looked_up"], &done["calls_failed"]), (&json!(0), &json!(0)));
        let output = shop.run(&["reconcile"]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success() && text.contains("Payments recorded"), "{output:?}");
        let output = shop.run(&["audit", "--provider"]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success() && text.contains("agree"), "{output:?}");
    }
}

#[tokio::test]
async fn a_difference_from_the_provider_is_printed_and_is_exit_code_1() {
    let shop = Shop::sqlite().await;
    let order = shop.order(&shop.product("phone", 5).await, "ada").await;
    let event = PaymentEvent {
        key: "event-1".to_owned().try_into().unwrap(),
        fingerprint: [1; 32],
        reference: Reference::Order(order.id),
        // One that the sandbox may have taken.
        transaction_id: "test-one".to_owned().try_into().unwrap(),
        status: PaymentStatus::Success,
        dispute_id: None,
        reported: ReportedAmount { amount: Some(order.amount.minor), currency: Some(order.amount.currency) },
        payload: None,
    };
    shop.checkout.record_payment(event).await.unwrap();
    let id = shop.checkout.new_refund_id();
    let refund = IssueRefund { id, order: order.id, amount: None, restock: Restock::None };
    shop.checkout.issue_refund(refund, Actor::system()).await.unwrap();
    // Somebody marks it as done at the provider, where it was never made.
    let step = RefundStep::Succeed { provider_reference: None };
    shop.checkout.advance_refund(id, 1, step, Actor::system()).await.unwrap();
    let output = shop.run(&["audit", "--provider"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(text.contains(&id.to_string()) && text.lines().count() == 1, "{text}");
    assert_eq!(shop.run(&["audit"]).status.code(), Some(0), "the shop itself adds up");
}

#[tokio::test]
async fn without_a_provider_there_is_nobody_to_ask() {
    let shop = Shop::sqlite().await;
    for command in [&["reconcile"][..], &["audit", "--provider"]] {
        let output = shop.run(&[command, &["--payment-provider", "none"]].concat());
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(message.contains("HOLDFAST_PAYMENT_PROVIDER"), "{message}");
        let output = shop.run(&[command, &["--payment-provider", "stripe", "--stripe-key", "hush"]].concat());
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(2) && message.contains("HOLDFAST_STRIPE_KEY"), "{message}");
        assert!(!message.contains("hush"), "{message}");
    }
}
