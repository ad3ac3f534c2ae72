//! Stripe's events, one kind after the other.

use crate::{
    checkout::{attempt, session},
    double::Double,
    refunds::refund,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use checkout::model::{
    Currency, Money, OrderId, PaymentStatus, Reference, ReportedAmount, ReportedRefundState, SessionId,
};
use integrations::provider::{
    About, EventError, Notice, PaymentNotice, Provider as _, SessionState,
    stripe::{StripeProvider, StripeSettings, event},
};
use serde_json::{Value, json};

const ORDER: &str = "01930000-0000-7000-8000-000000000001";

fn of(kind: &str, object: &Value) -> Value {
    json!({
        "id": "evt_1", "object": "event", "api_version": "2026-09-30.endive", "created": 1_795_391_990,
        "data": { "object": object, "previous_attributes": null }, "livemode": false, "pending_webhooks": 1,
        "request": { "id": "req_1", "idempotency_key": null }, "type": kind,
    })
}

fn read(event: &Value) -> Result<Notice, EventError> {
    event::read(event.to_string().as_bytes(), None)
}

fn payment(kind: &str, object: &Value) -> PaymentNotice {
    match read(&of(kind, object)).unwrap() {
        Notice::Payment(payment) => payment,
        other => panic!("{kind}: {other:?}"),
    }
}

fn foreign(event: &Value) -> String {
    match read(event).unwrap() {
        Notice::Foreign { event, reason } => {
            assert_eq!(event, "evt_1");
            reason
        }
        other => panic!("{other:?}"),
    }
}

/// A session with its intent, as it is once the shopper has pressed.
fn finished(payment_status: &str) -> Value {
    let mut object = session("complete", payment_status);
    object["payment_intent"] = json!("pi_1");
    object
}

fn without_attempt(mut object: Value) -> Value {
    object["metadata"] = json!({ "order_id": ORDER });
    object
}

fn intent(status: &str) -> Value {
    json!({
        "id": "pi_1", "object": "payment_intent", "amount": 1999, "amount_received": 1999, "currency": "usd",
        "latest_charge": "ch_1", "metadata": session("open", "unpaid")["metadata"], "status": status,
    })
}

fn dispute(payment_intent: &Value) -> Value {
    json!({
        "id": "dp_1", "object": "dispute", "amount": 1999, "balance_transactions": [], "charge": "ch_1", "currency": "usd",
        "metadata": {}, "payment_intent": payment_intent, "reason": "general", "status": "needs_response",
    })
}

#[test]
fn sessions_tell_their_state_and_attempt() {
    use PaymentStatus::{Failure, Processing, Success};

    let page = SessionId::try_from("cs_test_a1".to_owned()).unwrap();
    for (kind, payment_status, status, state) in [
        ("completed", "paid", Success, SessionState::Paid),
        ("completed", "no_payment_required", Success, SessionState::Paid),
        ("completed", "unpaid", Processing, SessionState::Processing),
        ("async_payment_succeeded", "paid", Success, SessionState::Paid),
        // The attempt ends. The order stays payable until `pay_by`.
        ("async_payment_failed", "unpaid", Processing, SessionState::Expired),
        ("expired", "unpaid", Processing, SessionState::Expired),
    ] {
        let kind = format!("checkout.session.{kind}");
        let read = payment(&kind, &finished(payment_status));
        assert_eq!((read.status, &read.session), (status, &Some((page.clone(), state))), "{kind}");
        assert_eq!((read.attempt, read.transaction.as_str(), read.test_mode), (Some(attempt()), "pi_1", true));
        assert_eq!(read.about, About::Known(Reference::Order(ORDER.parse::<OrderId>().unwrap())));
        let amount = ReportedAmount { amount: Some(1999), currency: Some("USD".parse::<Currency>().unwrap()) };
        assert_eq!(read.reported, if status == Success { amount } else { ReportedAmount::default() });

        // A session that the shop made elsewhere ends its order.
        let elsewhere = payment(&kind, &without_attempt(finished(payment_status)));
        let status = if state == SessionState::Expired { Failure } else { status };
        assert_eq!((elsewhere.status, elsewhere.attempt, &elsewhere.session), (status, None, &read.session), "{kind}");
    }
    let early = payment("checkout.session.expired", &session("expired", "unpaid"));
    assert_eq!(early.transaction.as_str(), "cs_test_a1");
}

#[test]
fn intents_tell_their_attempt() {
    use PaymentStatus::{Failure, Processing, Success};

    for (kind, ours, elsewhere) in [
        ("payment_intent.succeeded", Success, Success),
        ("payment_intent.payment_failed", Processing, Processing),
        // Stripe cancels the intent of a session that expires.
        ("payment_intent.canceled", Processing, Failure),
    ] {
        let read = payment(kind, &intent("x"));
        assert_eq!((read.status, read.attempt, read.session), (ours, Some(attempt()), None), "{kind}");
        let read = payment(kind, &without_attempt(intent("x")));
        assert_eq!((read.status, read.attempt), (elsewhere, None), "{kind}");
    }
}

#[test]
fn disputes_name_their_transaction() {
    for (kind, status) in [("created", PaymentStatus::DisputeOpened), ("closed", PaymentStatus::DisputeClosed)] {
        let kind = format!("charge.dispute.{kind}");
        let read = payment(&kind, &dispute(&json!("pi_1")));
        assert_eq!((read.status, read.about, read.transaction.as_str()), (status, About::Transaction, "pi_1"));
        assert_eq!(read.dispute.unwrap().as_str(), "dp_1");
        assert_eq!(read.reported.amount, Some(1999));
        assert_eq!(payment(&kind, &dispute(&Value::Null)).transaction.as_str(), "ch_1");
    }
    for kind in ["charge.dispute.updated", "charge.dispute.funds_withdrawn", "charge.dispute.funds_reinstated"] {
        assert_eq!(foreign(&of(kind, &dispute(&json!("pi_1")))), format!("{kind} changes nothing for the order"));
    }
}

/// A changed fingerprint would turn each repeated event into a conflict.
#[test]
fn fingerprints_are_those_of_earlier_versions() {
    for (kind, object, fingerprint) in [
        ("checkout.session.completed", finished("paid"), "lhgTJQ9JtGNkdV8UyhK6S18YzDU4DtZgB1YItsPnLic="),
        ("charge.dispute.created", dispute(&json!("pi_1")), "Scl0YpUbhR/zovn13OpfKROW0LBVbW0ljH1ixJtI1Kk="),
        (
            "payment_intent.payment_failed",
            intent("requires_payment_method"),
            "Y2a3Nq5BxFkJcItqCtSVU6oqyYCD5uAzlNPHkFLcXpE=",
        ),
    ] {
        assert_eq!(BASE64_STANDARD.encode(payment(kind, &object).fingerprint), fingerprint, "{kind}");
    }
    let paid = payment("checkout.session.completed", &finished("paid")).fingerprint;
    assert_eq!(payment("payment_intent.succeeded", &intent("succeeded")).fingerprint, paid, "both report one payment");
}

#[test]
fn refunds_come_with_their_state() {
    for (kind, status, state) in [
        ("refund.created", "pending", ReportedRefundState::Pending),
        ("refund.updated", "succeeded", ReportedRefundState::Succeeded),
        ("refund.failed", "failed", ReportedRefundState::Failed),
    ] {
        let Notice::Refund { event, refund, test_mode } = read(&of(kind, &refund("re_1", status))).unwrap() else {
            panic!("{kind} is no refund")
        };
        assert_eq!((event.as_str(), refund.state, test_mode), ("evt_1", state, true), "{kind}");
        assert_eq!((refund.reference.as_str(), refund.transaction.as_str()), ("re_1", "pi_1"));
        assert_eq!(refund.amount, Money { minor: 500, currency: "ISK".parse().unwrap() });
        assert_eq!(refund.ours.map(|(_, attempt)| attempt), Some(2));
    }
    let mut of_a_transfer = refund("re_1", "succeeded");
    of_a_transfer["payment_intent"] = Value::Null;
    of_a_transfer["charge"] = Value::Null;
    for kind in ["refund.updated", "charge.refund.updated"] {
        assert_eq!(foreign(&of(kind, &of_a_transfer)), "returns no payment");
    }
}

#[test]
fn a_refunded_charge_says_that_its_refunds_have_changed() {
    let charge =
        |intent: Value| json!({ "id": "ch_1", "object": "charge", "payment_intent": intent, "refunded": true });
    for (kind, object, transaction) in [
        ("charge.refunded", charge(json!("pi_1")), "pi_1"),
        ("charge.refunded", charge(Value::Null), "ch_1"),
        ("charge.refund.updated", refund("re_1", "failed"), "pi_1"),
    ] {
        let mut event = of(kind, &object);
        event["livemode"] = json!(true);
        let Notice::RefundsChanged { event, transaction: read, test_mode } = read(&event).unwrap() else {
            panic!("{kind} changes no refunds")
        };
        assert_eq!((event.as_str(), read.as_str(), test_mode), ("evt_1", transaction, false), "{kind}");
    }
}

#[test]
fn events_of_other_products_and_accounts_are_foreign() {
    let mut nameless = finished("paid");
    nameless["metadata"] = json!({});
    nameless["client_reference_id"] = json!("cart 12");
    let mut free = finished("no_payment_required");
    free["amount_total"] = Value::Null;
    for (kind, object, reason) in [
        ("invoice.paid", json!({}), "not a payment event: \"invoice.paid\""),
        (
            "checkout.session.completed",
            nameless,
            "checkout.session.completed names no order or hold of this shop in metadata or client_reference_id",
        ),
        ("checkout.session.completed", free, "checkout.session.completed moves no money"),
    ] {
        assert_eq!(foreign(&of(kind, &object)), reason);
    }
    let mut connected = of("checkout.session.completed", &finished("paid"));
    connected["account"] = json!("acct_1Abc");
    assert_eq!(foreign(&connected), "belongs to another account of the platform");
    for (account, counts) in [(Some("acct_1Abc"), true), (Some("acct_1Other"), false), (None, false)] {
        let notice = event::read(connected.to_string().as_bytes(), account).unwrap();
        assert_eq!(matches!(notice, Notice::Payment(_)), counts, "{account:?}");
    }
}

#[tokio::test]
async fn the_provider_reads_events_of_its_account() {
    let double = Double::of([]).await;
    let mut connected = of("payment_intent.succeeded", &intent("succeeded"));
    connected["account"] = json!("acct_1Abc");
    for (account, counts) in [(Some("acct_1Abc"), true), (None, false)] {
        let settings = StripeSettings { account: account.map(str::to_owned), ..double.settings() };
        let notice = StripeProvider::new(settings).unwrap().read_event(connected.to_string().as_bytes()).unwrap();
        assert_eq!(matches!(notice, Notice::Payment(_)), counts, "{account:?}");
    }
}

#[test]
fn events_of_another_shape_are_refused() {
    let with = |kind: &str, mut object: Value, field: &str, change: Value| {
        object[field] = change;
        of(kind, &object)
    };
    let completed = "checkout.session.completed";
    for event in [
        json!([]),
        of(completed, &json!([])),
        with(completed, finished("paid"), "id", json!("a b")),
        with(completed, finished("paid"), "payment_status", json!("maybe")),
        with(completed, finished("paid"), "metadata", json!([ORDER])),
        // A payment without an amount would pay for anything.
        with(completed, finished("paid"), "amount_total", Value::Null),
        with(completed, finished("paid"), "currency", json!("dollars")),
        with("refund.updated", refund("re_1", "pending"), "currency", json!("dollars")),
        with("refund.updated", refund("re_1", "pending"), "amount", json!(501)),
        with("refund.updated", refund("re_1", "pending"), "amount", Value::Null),
        with("charge.refunded", json!({}), "id", Value::Null),
    ] {
        assert!(read(&event).is_err(), "{event}");
    }
}
