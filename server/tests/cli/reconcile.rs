//! `holdfast reconcile` and `holdfast audit --provider`. The sandbox is the provider.

use super::shop::Shop;
use checkout::{
    IssueRefund, PaymentEvent, Restock,
    model::{Actor, OrderId, PaymentStatus, Reference, RefundStep, ReportedAmount},
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
async fn a_refund_is_sent_by_the_outbox_and_audited_once() {
    let shop = Shop::sqlite().await;
    let order = shop.order(&shop.product("phone", 5).await, "ada").await;
    let pay = async |transaction: &str, order: OrderId| {
        let event = PaymentEvent {
            key: transaction.to_owned().try_into().unwrap(),
            fingerprint: [1; 32],
            reference: Reference::Order(order),
            transaction_id: transaction.to_owned().try_into().unwrap(),
            status: PaymentStatus::Success,
            dispute_id: None,
            reported: ReportedAmount::default(),
            payload: None,
        };
        shop.checkout.record_payment(event).await.unwrap();
    };
    // The second payment of the order, and a third one that the sandbox did not take, go back (P7).
    for transaction in ["test-one", "test-two", "other"] {
        pay(transaction, order.id).await;
    }
    let refunds = shop.checkout.refunds(order.id).await.unwrap();
    let of = |transaction: &str| {
        refunds.iter().find(|refund| refund.transaction_id.as_str() == transaction).unwrap().id.to_string()
    };
    for _ in 0..2 {
        let sent = shop.json(&["refund", "send", "--id", &of("test-two"), "--reason", "she waits"]);
        assert_eq!((&sent["id"], &sent["state"]), (&json!(of("test-two")), &json!("due")));
    }
    let jobs = shop.json(&["outbox", "list", "--kind", "send_refund", "--json"]);
    assert_eq!(jobs["items"].as_array().unwrap().len(), 1, "{jobs}");
    let log = shop.json(&["audit-log", "--action", "refund.send_now", "--json"]);
    assert_eq!((log["items"].as_array().unwrap().len(), &log["items"][0]["reason"]), (1, &json!("she waits")), "{log}");
    for (refund, provider) in [(of("other"), "sandbox"), (of("test-two"), "none")] {
        let output = shop.run(&["refund", "send", "--id", &refund, "--payment-provider", provider]);
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(3) && message.contains("did not take"), "{output:?}");
    }
    let unknown = shop.run(&["refund", "send", "--id", &order.id.to_string()]);
    assert_eq!(unknown.status.code(), Some(3), "{unknown:?}");
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
