//! The list of events, oldest first.
//!
//! Stripe lists the newest first. The oldest page is found by halving the range of time, so that a sale with ten thousands of
//! events costs some twenty calls and the memory of one page. The pages after it are those that end before the last event.

use super::{client::Client, error::CallError, event::TYPES, object};
use crate::provider::{EventPage, ProviderError, ProviderEvent};
use checkout::model::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use stripe_client_core::{RequestBuilder, StripeMethod};

/// Number of events in a page.
const PAGE: u32 = 100;

/// Maximum number of calls that look for the oldest page. A month is halved to a second in 22 calls; the others read on within
/// that second.
const MAX_CALLS: usize = 60;

const _: () = assert!(TYPES.len() <= 20, "Stripe takes at most twenty types");

/// The query of the list. async-stripe's type of its events keeps only the fields that it knows, so the list is read as it is.
#[derive(Serialize)]
struct Query<'a> {
    created: Created,
    types: [&'static str; TYPES.len()],
    limit: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    starting_after: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ending_before: Option<&'a str>,
}

/// A range of seconds since 1970.
#[derive(Serialize, Clone, Copy)]
struct Created {
    gte: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    lte: Option<i64>,
}

#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow)]
    data: Vec<&'a RawValue>,
    has_more: bool,
}

#[derive(Deserialize)]
struct Head {
    id: String,
    created: i64,
}

/// Reads the oldest events since `since`, or those that follow `after`.
pub(super) async fn list(client: &Client, since: Timestamp, after: Option<&str>) -> Result<EventPage, ProviderError> {
    let since = since.as_millis() / 1000;
    let mut page = match after {
        Some(after) => read(client, Created { gte: since, lte: None }, None, Some(after)).await?,
        None => oldest(client, since).await?,
    };
    page.events.reverse();
    Ok(page)
}

/// Returns the oldest page, its newest event first. `has_more` tells whether newer events follow.
async fn oldest(client: &Client, since: i64) -> Result<EventPage, ProviderError> {
    let mut range = Created { gte: since, lte: None };
    // The end of a range that has events, once the range was halved below it.
    let mut filled: Option<i64> = None;
    for _ in 0..MAX_CALLS {
        let page = read(client, range, None, None).await?;
        let first = page.events.last().map(|event| event.created_at.as_millis() / 1000);
        match (first, page.has_more, filled) {
            // The events are in the other half.
            (None, _, Some(end)) => range = half(range.lte.unwrap_or(end).saturating_add(1), end),
            (None, _, None) => return Ok(page),
            (Some(_), false, _) => return Ok(EventPage { has_more: filled.is_some(), ..page }),
            (Some(first), true, _) if first <= range.gte => return last_of(client, range, page).await,
            (Some(first), true, _) => {
                filled = Some(first);
                range = half(range.gte, first);
            }
        }
    }
    Err(ProviderError::Refused("Stripe's list of events changes while it is read".to_owned()))
}

/// The first half of a range; the whole range once it is a second.
fn half(from: i64, to: i64) -> Created {
    Created { gte: from, lte: Some(from + (to - from).max(0) / 2) }
}

/// Reads on within the oldest second, and returns its last page.
async fn last_of(client: &Client, range: Created, mut page: EventPage) -> Result<EventPage, ProviderError> {
    for _ in 0..MAX_CALLS {
        let Some(last) = page.events.last().filter(|_| page.has_more) else { break };
        let next = read(client, range, Some(&last.id.clone()), None).await?;
        if next.events.is_empty() {
            break;
        }
        page = next;
    }
    if page.has_more {
        return Err(ProviderError::Refused("Stripe has too many events of one second".to_owned()));
    }
    Ok(EventPage { has_more: true, ..page })
}

async fn read(
    client: &Client,
    created: Created,
    starting_after: Option<&str>,
    ending_before: Option<&str>,
) -> Result<EventPage, ProviderError> {
    let query = Query { created, types: TYPES, limit: PAGE, starting_after, ending_before };
    let body = client.get(RequestBuilder::new(StripeMethod::Get, "/events").query(&query)).await?;
    parse(&body).map_err(|_| CallError::NoAnswer("Stripe's list of events has another shape than expected").into())
}

fn parse(body: &[u8]) -> Result<EventPage, serde_json::Error> {
    let Page { data, has_more } = serde_json::from_slice(body)?;
    let event = |raw: &RawValue| {
        let Head { id, created } = serde_json::from_str(raw.get())?;
        Ok(ProviderEvent { id, created_at: object::time(created), json: raw.get().as_bytes().to_vec() })
    };
    Ok(EventPage { events: data.into_iter().map(event).collect::<Result<_, serde_json::Error>>()?, has_more })
}
