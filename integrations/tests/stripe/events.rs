//! The list of events.

use crate::double::{Double, Reply, Seen};
use checkout::model::Timestamp;
use integrations::provider::{EventPage, Provider as _, ProviderError, stripe::StripeProvider};
use serde_json::{Value, json};

const START: i64 = 1_795_391_990;

fn event(nth: usize, created: i64) -> Value {
    json!({
        "id": format!("evt_{nth}"), "object": "event", "api_version": "2026-09-30.endive", "created": created,
        "data": { "object": { "id": "pi_1", "a_later_field": { "kept": true } } }, "livemode": false,
        "pending_webhooks": 0, "type": "payment_intent.succeeded",
    })
}

/// Stripe's response for events that were created at `times`, which rise.
fn stripe(times: Vec<i64>) -> impl Fn(&Seen) -> Reply {
    move |seen| {
        let number = |name: &str| seen.query.get(name).map(|text| text.parse::<i64>().unwrap());
        let nth = |name: &str| seen.query.get(name).map(|id| id[4..].parse::<usize>().unwrap());
        let (from, to) = (number("created[gte]").unwrap(), number("created[lte]").unwrap_or(i64::MAX));
        let newest_first = times.iter().copied().enumerate().rev();
        let mut matching: Vec<_> = newest_first
            .filter(|(_, created)| (from..=to).contains(created))
            .filter(|(id, _)| nth("starting_after").is_none_or(|after| *id < after))
            .filter(|(id, _)| nth("ending_before").is_none_or(|before| *id > before))
            .collect();
        let has_more = matching.len() > 100;
        let skipped = if nth("ending_before").is_some() { matching.len().saturating_sub(100) } else { 0 };
        matching.drain(..skipped);
        matching.truncate(100);
        let data: Vec<_> = matching.into_iter().map(|(id, created)| event(id, created)).collect();
        Reply::ok(&json!({ "object": "list", "url": "/v1/events", "has_more": has_more, "data": data }))
    }
}

async fn page(provider: &StripeProvider, after: Option<&str>) -> EventPage {
    provider.events(Timestamp::from_millis(START * 1000 + 999), after).await.unwrap()
}

/// Reads all pages, and returns the ids and the number of pages.
async fn all(double: &Double) -> (Vec<usize>, usize) {
    let provider = double.provider();
    let (mut ids, mut pages, mut after) = (Vec::new(), 0, None::<String>);
    loop {
        let EventPage { events, has_more } = page(&provider, after.as_deref()).await;
        assert!(events.len() <= 100);
        ids.extend(events.iter().map(|event| event.id[4..].parse::<usize>().unwrap()));
        after = events.last().map(|event| event.id.clone()).or(after);
        pages += 1;
        if !has_more {
            return (ids, pages);
        }
    }
}

#[tokio::test]
async fn one_page_is_returned_oldest_first_with_its_json_as_it_came() {
    let double = Double::answering(stripe(vec![START - 1, START, START + 5])).await;
    let EventPage { events, has_more } = page(&double.provider(), None).await;
    assert!(!has_more);
    let seen = double.seen();
    assert_eq!((seen.len(), seen[0].line.as_str()), (1, "GET /v1/events"));
    let query = &seen[0].query;
    assert_eq!((query["created[gte]"].as_str(), query["limit"].as_str()), ("1795391990", "100"));
    let types: Vec<_> =
        query.iter().filter(|(name, _)| name.starts_with("types[")).map(|(_, value)| value.as_str()).collect();
    assert_eq!(types.len(), 14);
    for kind in ["checkout.session.completed", "payment_intent.succeeded", "refund.failed", "charge.dispute.closed"] {
        assert!(types.contains(&kind), "{kind}");
    }
    let ids: Vec<_> = events.iter().map(|event| event.id.as_str()).collect();
    assert_eq!(ids, ["evt_1", "evt_2"]);
    assert_eq!(events[1].created_at, Timestamp::from_millis((START + 5) * 1000));
    assert_eq!(serde_json::from_slice::<Value>(&events[1].json).unwrap(), event(2, START + 5));
}

#[tokio::test]
async fn no_events_are_an_empty_page() {
    let double = Double::answering(stripe(vec![START - 1])).await;
    assert_eq!(page(&double.provider(), None).await, EventPage::default());
    assert_eq!(double.seen().len(), 1);
}

#[tokio::test]
async fn every_event_is_read_once_and_in_order_however_the_events_lie() {
    let even: Vec<_> = (0..2_500).map(|nth| START + nth).collect();
    let late: Vec<_> = (0..2_500).map(|nth| START + 2_500_000 + nth / 50).collect();
    let early: Vec<_> = (0..150).map(|_| START).chain((0..250).map(|nth| START + 1_000_000 + nth)).collect();
    let burst: Vec<_> = (0..350).map(|_| START + 77).collect();
    let lonely: Vec<_> = std::iter::once(START + 1).chain((0..300).map(|nth| START + 2_000_000 + nth)).collect();
    for (name, times) in [("even", even), ("late", late), ("early", early), ("burst", burst), ("lonely", lonely)] {
        let expected: Vec<_> = (0..times.len()).collect();
        let double = Double::answering(stripe(times)).await;
        let (ids, pages) = all(&double).await;
        assert_eq!(ids, expected, "{name}");
        let calls = double.seen().len() - pages;
        assert!(calls <= 26, "{name}: {calls} calls that only looked for the oldest page");
    }
}

#[tokio::test]
async fn a_page_after_the_last_is_empty() {
    let double = Double::answering(stripe(vec![START, START + 1])).await;
    let provider = double.provider();
    let next = page(&provider, Some("evt_0")).await;
    assert_eq!((next.events.len(), next.has_more), (1, false));
    assert_eq!(page(&provider, Some("evt_1")).await, EventPage::default());
}

#[tokio::test]
async fn an_endless_second_is_refused_and_an_unreadable_list_unknown() {
    let endless = Double::answering(stripe(vec![START; 20_000])).await;
    let since = Timestamp::from_millis(START * 1000);
    let error = endless.provider().events(since, None).await.unwrap_err();
    assert_eq!(error, ProviderError::Refused("Stripe has too many events of one second".to_owned()));
    for body in ["{", "{\"data\":[{}],\"has_more\":false}", "{\"data\":[]}"] {
        let double = Double::of([Reply::ok(&Value::Null).body(body)]).await;
        assert!(matches!(double.provider().events(since, None).await, Err(ProviderError::Unknown(_))), "{body}");
    }
}
