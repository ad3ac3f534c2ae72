//! Consequences of each failure of a call.

use crate::{
    checkout::{attempt, request, session},
    double::{Double, Reply},
};
use integrations::provider::{
    Provider as _, ProviderError,
    stripe::{StripeProvider, StripeSettings},
};
use std::time::Duration;
use tokio::net::TcpListener;

async fn open(provider: &StripeProvider) -> ProviderError {
    let email = Some("ada@example.com".parse().unwrap());
    let request = integrations::provider::OpenRequest { email, ..request(1999, "USD", 1) };
    provider.open(attempt(), &request).await.unwrap_err()
}

async fn error_of(reply: Reply) -> ProviderError {
    let double = Double::of([reply]).await;
    let error = open(&double.provider()).await;
    assert_eq!(double.seen().len(), 1, "a call is made once");
    let text = format!("{error} {error:?}");
    assert!(!text.contains("ada@") && !text.contains("hidden"), "{text}");
    error
}

#[tokio::test]
async fn refusals_keep_stripes_type_and_code_and_not_its_message() {
    for (status, kind, code) in [
        (400, "invalid_request_error", Some("email_invalid")),
        (400, "idempotency_error", None),
        (402, "card_error", Some("card_declined")),
        (404, "invalid_request_error", Some("resource_missing")),
    ] {
        let code = code.map(|code| format!(", code {code}")).unwrap_or_default();
        let text = format!("Stripe answered {status}, type {kind}{code}, param customer_email, request req_1");
        let code = code.strip_prefix(", code ").map(str::to_owned);
        assert_eq!(error_of(Reply::error(status, kind, code.as_deref())).await, ProviderError::Refused(text));
    }
    let odd = Reply::error(400, "mail ada@example.com", Some("ada@example.com"));
    let text = "Stripe answered 400, type unknown, code unknown, param customer_email, request req_1";
    assert_eq!(error_of(odd).await, ProviderError::Refused(text.to_owned()));
    let redirect = Reply::error(307, "x", None).with("Location", "https://example.com/");
    assert!(matches!(error_of(redirect).await, ProviderError::Refused(_)));
}

#[tokio::test]
async fn a_rejected_key_is_busy_for_a_minute_and_refuses_nothing_for_good() {
    for (status, hint) in
        [(401, "check the key in HOLDFAST_STRIPE_KEY"), (403, "check what the key in HOLDFAST_STRIPE_KEY may do")]
    {
        let error = error_of(Reply::error(status, "invalid_request_error", None)).await;
        let text = "type invalid_request_error, param customer_email, request req_1";
        let reason = format!("Stripe answered {status}, {text}: {hint}");
        assert_eq!(error, ProviderError::Busy { reason, retry_after: Some(Duration::from_mins(1)) });
    }
}

#[tokio::test]
async fn a_key_in_use_and_a_rate_limit_are_busy() {
    for (reply, pause) in [
        (Reply::error(409, "idempotency_error", Some("idempotency_key_in_use")), None),
        (Reply::error(429, "invalid_request_error", Some("lock_timeout")), None),
        (Reply::error(429, "invalid_request_error", Some("rate_limit")).with("Retry-After", "7"), Some(7)),
        (Reply::error(429, "x", None).with("Retry-After", "86400"), Some(600)),
        (Reply::error(429, "x", None).with("Retry-After", "Fri, 27 Nov 2026 08:00:00 GMT"), None),
    ] {
        let ProviderError::Busy { retry_after, .. } = error_of(reply).await else { panic!("not busy") };
        assert_eq!(retry_after, pause.map(Duration::from_secs));
    }
}

#[tokio::test]
async fn an_error_of_stripe_is_unknown_until_it_is_replayed() {
    for status in [408, 424, 500, 502, 503] {
        let first = error_of(Reply::error(status, "api_error", None)).await;
        assert!(matches!(first, ProviderError::Unknown(_)), "{first:?}");
        let replayed = Reply::error(status, "api_error", None).with("Idempotent-Replayed", "true");
        let replayed = error_of(replayed).await;
        assert!(matches!(replayed, ProviderError::Refused(_)), "{replayed:?}");
    }
    let html = error_of(Reply::error(502, "x", None).body("<html>Bad gateway</html>")).await;
    assert_eq!(html, ProviderError::Unknown("Stripe answered 502, request req_1".to_owned()));
}

#[tokio::test]
async fn an_unreadable_success_is_unknown() {
    for body in ["", "{", "[]", "{\"id\":\"cs_1\"}", "\u{fffd}"] {
        let error = error_of(Reply::ok(&session("open", "unpaid")).body(body)).await;
        assert!(matches!(error, ProviderError::Unknown(_)), "{body}: {error:?}");
    }
    // A session without an address cannot be shown.
    let error = error_of(Reply::ok(&session("complete", "paid"))).await;
    assert!(matches!(error, ProviderError::Unknown(_)), "{error:?}");
    let error = error_of(Reply::ok(&session("open", "unpaid")).body(&" ".repeat(8 * 1024 * 1024 + 1))).await;
    assert_eq!(error, ProviderError::Unknown("the response is too long".to_owned()));
}

#[tokio::test]
async fn an_answer_after_the_time_limit_is_unknown() {
    let late = Reply::ok(&session("open", "unpaid")).after(Duration::from_secs(5));
    let double = Double::of([late]).await;
    let provider = StripeProvider::with_time_limit(double.settings(), Duration::from_millis(200)).unwrap();
    assert_eq!(open(&provider).await, ProviderError::Unknown("Stripe did not answer in time".to_owned()));
    assert_eq!(double.seen().len(), 1, "Stripe may have made the page");
}

#[tokio::test]
async fn a_connection_that_is_refused_is_busy_and_one_that_breaks_is_unknown() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let api = Some(format!("http://{}", listener.local_addr().unwrap()).parse().unwrap());
    let provider = StripeProvider::new(StripeSettings { key: "sk_test_1".to_owned(), api, account: None }).unwrap();
    let accept = async {
        let (stream, _) = listener.accept().await.unwrap();
        stream.readable().await.unwrap();
    };
    let (broken, ()) = tokio::join!(open(&provider), accept);
    assert!(matches!(broken, ProviderError::Unknown(_)), "{broken:?}");
    drop(listener);
    let refused = open(&provider).await;
    let reason = "Stripe cannot be reached".to_owned();
    assert_eq!(refused, ProviderError::Busy { reason, retry_after: None });
}
