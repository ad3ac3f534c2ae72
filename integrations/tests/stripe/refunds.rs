//! Refunds.

use crate::double::{Double, Reply, parameters};
use checkout::model::{
    Money, RefundId, RefundReference, ReportedRefund, ReportedRefundState, Timestamp, TransactionId,
};
use integrations::provider::{Provider as _, ProviderError, RefundRequest};
use serde_json::{Value, json};

const REFUND: &str = "01930000-0000-7000-8000-000000000003";
const ORDER: &str = "01930000-0000-7000-8000-000000000001";

fn of(transaction: &str) -> RefundRequest {
    RefundRequest {
        refund: REFUND.parse().unwrap(),
        attempt: 2,
        transaction: TransactionId::try_from(transaction.to_owned()).unwrap(),
        amount: Some(Money { minor: 500, currency: "ISK".parse().unwrap() }),
        order: Some(ORDER.parse().unwrap()),
    }
}

/// A refund as Stripe's API returns it, shortened.
pub fn refund(id: &str, status: &str) -> Value {
    json!({
        "id": id, "object": "refund", "amount": 50_000, "balance_transaction": null, "charge": "ch_1",
        "created": 1_795_391_990, "currency": "isk", "destination_details": { "card": { "type": "refund" }, "type": "card" },
        "metadata": { "refund_id": REFUND, "attempt": "2", "order_id": ORDER }, "payment_intent": "pi_1", "reason": null,
        "receipt_number": null, "source_transfer_reversal": null, "status": status, "transfer_reversal": null,
    })
}

fn report(id: &str, state: ReportedRefundState) -> ReportedRefund {
    ReportedRefund {
        reference: id.to_owned().try_into().unwrap(),
        transaction: TransactionId::try_from("pi_1".to_owned()).unwrap(),
        ours: Some((REFUND.parse::<RefundId>().unwrap(), 2)),
        amount: Money { minor: 500, currency: "ISK".parse().unwrap() },
        state,
        failure: None,
        lacks_funds: false,
        created_at: Timestamp::from_millis(1_795_391_990_000),
    }
}

fn list(data: &[Value], has_more: bool) -> Reply {
    Reply::ok(&json!({ "object": "list", "url": "/v1/refunds", "has_more": has_more, "data": data }))
}

#[tokio::test]
async fn a_refund_is_made_under_its_id_and_attempt() {
    for (transaction, source) in [("pi_1", "payment_intent"), ("ch_1", "charge"), ("py_1", "charge")] {
        let double = Double::of([Reply::ok(&refund("re_1", "pending"))]).await;
        let made = double.provider().refund(&of(transaction)).await.unwrap();
        assert_eq!(made, report("re_1", ReportedRefundState::Pending));
        let seen = double.seen().remove(0);
        assert_eq!(seen.line, "POST /v1/refunds");
        assert_eq!(seen.headers["idempotency-key"], format!("{REFUND}-2"));
        assert_eq!(
            seen.form,
            parameters([
                (source, transaction),
                ("amount", "50000"),
                ("metadata[refund_id]", REFUND),
                ("metadata[attempt]", "2"),
                ("metadata[order_id]", ORDER),
            ])
        );
    }
    let double = Double::of([Reply::ok(&refund("re_1", "succeeded"))]).await;
    double.provider().refund(&RefundRequest { amount: None, order: None, ..of("pi_1") }).await.unwrap();
    let form = double.seen().remove(0).form;
    assert!(!form.contains_key("amount") && !form.contains_key("metadata[order_id]"), "{form:?}");
    let double = Double::of([]).await;
    for other in ["tx-1", "cs_1", "pix_1"] {
        assert!(matches!(double.provider().refund(&of(other)).await, Err(ProviderError::Refused(_))), "{other}");
        let other = TransactionId::try_from(other.to_owned()).unwrap();
        assert_eq!(double.provider().find_refunds(&other).await, Ok(Vec::new()));
    }
}

#[tokio::test]
async fn each_status_has_its_state() {
    use ReportedRefundState::{Failed, Pending, Succeeded};

    for (status, reason, state, failure) in [
        (json!("pending"), Value::Null, Pending, None),
        (json!("requires_action"), Value::Null, Pending, None),
        (Value::Null, Value::Null, Pending, None),
        (json!("a_later_status"), Value::Null, Pending, None),
        (json!("succeeded"), Value::Null, Succeeded, None),
        (json!("failed"), json!("expired_or_canceled_card"), Failed, Some("expired_or_canceled_card")),
        (json!("failed"), json!("insufficient_funds"), Failed, Some("insufficient_funds")),
        (json!("failed"), json!("the bank of ada@example.com"), Failed, Some("unknown")),
        (json!("failed"), Value::Null, Failed, Some("unknown")),
        (json!("canceled"), Value::Null, Failed, Some("canceled")),
    ] {
        let mut object = refund("re_1", "");
        object["status"] = status;
        object["failure_reason"] = reason;
        let double = Double::of([Reply::ok(&object)]).await;
        let reference = RefundReference::try_from("re_1".to_owned()).unwrap();
        let found = double.provider().find_refund(&reference).await.unwrap().unwrap();
        let lacks_funds = failure == Some("insufficient_funds");
        let expected = ReportedRefund { failure: failure.map(str::to_owned), lacks_funds, ..report("re_1", state) };
        assert_eq!(found, expected);
        assert_eq!(double.seen()[0].line, "GET /v1/refunds/re_1");
    }
}

#[tokio::test]
async fn a_refund_of_the_dashboard_is_not_ours() {
    for metadata in [
        json!({}),
        Value::Null,
        json!({ "refund_id": REFUND }),
        json!({ "refund_id": REFUND, "attempt": "0" }),
        json!({ "refund_id": "5b0bd3c3-5d1c-4e0e-9d5b-0d7e3f1e8a11", "attempt": "1" }),
    ] {
        let mut object = refund("re_1", "succeeded");
        object["metadata"] = metadata.clone();
        object["payment_intent"] = Value::Null;
        let double = Double::of([Reply::ok(&object)]).await;
        let reference = RefundReference::try_from("re_1".to_owned()).unwrap();
        let found = double.provider().find_refund(&reference).await.unwrap().unwrap();
        assert_eq!((found.ours, found.transaction.as_str()), (None, "ch_1"), "{metadata}");
    }
}

#[tokio::test]
async fn a_refund_that_stripe_does_not_know_is_none() {
    let missing = || Reply::error(404, "invalid_request_error", Some("resource_missing"));
    let reference = |text: &str| RefundReference::try_from(text.to_owned()).unwrap();
    let double = Double::of([missing()]).await;
    assert_eq!(double.provider().find_refund(&reference("re_1")).await, Ok(None));
    // References that operators wrote are not looked up.
    let double = Double::of([]).await;
    for text in ["paid in cash", "re_1/../../accounts", "re_1?expand[]=charge", &format!("{REFUND}-2")] {
        assert_eq!(double.provider().find_refund(&reference(text)).await, Ok(None), "{text}");
    }
    let double = Double::of([missing()]).await;
    assert_eq!(double.provider().find_refunds(&of("pi_1").transaction).await, Ok(Vec::new()));
}

#[tokio::test]
async fn all_pages_of_a_transactions_refunds_are_read_up_to_a_bound() {
    let double = Double::of([
        list(&[refund("re_3", "failed"), refund("re_2", "pending")], true),
        list(&[refund("re_1", "succeeded")], false),
    ])
    .await;
    let found = double.provider().find_refunds(&of("pi_1").transaction).await.unwrap();
    let ids: Vec<_> = found.iter().map(|refund| refund.reference.as_str()).collect();
    assert_eq!(ids, ["re_3", "re_2", "re_1"]);
    let seen = double.seen();
    assert_eq!(seen[0].query, parameters([("limit", "100"), ("payment_intent", "pi_1")]));
    let second = parameters([("limit", "100"), ("payment_intent", "pi_1"), ("starting_after", "re_2")]);
    assert_eq!((seen[1].line.as_str(), &seen[1].query), ("GET /v1/refunds", &second));

    let page: Vec<_> = (0..100).map(|nth| refund(&format!("re_{nth}"), "succeeded")).collect();
    let endless = Double::answering(move |_| list(&page, true)).await;
    let error = endless.provider().find_refunds(&of("ch_1").transaction).await.unwrap_err();
    assert_eq!(error, ProviderError::Refused("the transaction has more than 1000 refunds".to_owned()));
    assert_eq!(endless.seen().len(), 11);
}

#[tokio::test]
async fn too_little_balance_fails_the_attempt_and_not_the_refund() {
    for (status, code) in [(400, "balance_insufficient"), (402, "insufficient_funds")] {
        let double = Double::of([Reply::error(status, "invalid_request_error", Some(code))]).await;
        let failed = double.provider().refund(&of("pi_1")).await.unwrap();
        assert_eq!(
            failed,
            ReportedRefund {
                failure: Some("insufficient_funds".to_owned()),
                lacks_funds: true,
                created_at: failed.created_at,
                ..report(&format!("{REFUND}-2"), ReportedRefundState::Failed)
            }
        );
    }
    // Without an amount there is nothing to report.
    let double = Double::of([Reply::error(400, "invalid_request_error", Some("balance_insufficient"))]).await;
    let refused = double.provider().refund(&RefundRequest { amount: None, ..of("pi_1") }).await;
    assert!(matches!(refused, Err(ProviderError::Refused(_))), "{refused:?}");
}

#[tokio::test]
async fn a_payment_that_is_refunded_already_is_looked_up() {
    let already = || Reply::error(400, "invalid_request_error", Some("charge_already_refunded"));
    let with = |id: &str, status: &str, attempt: &str| {
        let mut object = refund(id, status);
        object["metadata"]["attempt"] = json!(attempt);
        object
    };
    let double = Double::of([
        already(),
        list(&[with("re_3", "failed", "1"), with("re_2", "succeeded", "1"), with("re_1", "failed", "2")], false),
    ])
    .await;
    let made = double.provider().refund(&of("pi_1")).await.unwrap();
    assert_eq!((made.reference.as_str(), made.ours.unwrap().1), ("re_2", 1));
    let mut other = refund("re_1", "succeeded");
    other["metadata"] = json!({});
    let double = Double::of([already(), list(&[other, with("re_2", "failed", "1")], false)]).await;
    let refused = double.provider().refund(&of("pi_1")).await;
    assert!(matches!(&refused, Err(ProviderError::Refused(text)) if text.contains("charge_already_refunded")));
}
