//! Thousands of tampered webhooks: flipped bits, missing bytes, repeated headers, and more. The server rejects each with a
//! 4xx, and stores nothing.

use super::{PaymentFixture, assert_receipt, signing, signing::Signed};
use crate::shop::{STRIPE_SECRET, WEBHOOK_SECRET};
use fastrand::Rng;
use futures::{StreamExt as _, stream};
use serde_json::json;
use std::collections::BTreeMap;

/// Number of tampered webhooks of each scheme.
const MUTATIONS: usize = 1000;
/// Number of replays with another key, which the plain scheme does not sign.
const REPLAYS: usize = 200;
/// Number of concurrent requests.
const CONCURRENCY: usize = 16;

/// The seed of a run. It is printed at the end, so that a failed run can be repeated.
struct Seed(u64);

impl Seed {
    fn new() -> Self {
        let given = std::env::var("HOLDFAST_SEED").ok().and_then(|seed| seed.parse().ok());
        Self(given.unwrap_or_else(|| fastrand::u64(..)))
    }
}

impl Drop for Seed {
    fn drop(&mut self) {
        eprintln!("to repeat: HOLDFAST_SEED={} cargo test -p server --test api tampering", self.0);
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Plain,
    Standard,
    Stripe,
}

impl Scheme {
    const ALL: [Self; 3] = [Self::Plain, Self::Standard, Self::Stripe];

    fn sign(self, secret: Option<&str>, at: i64, fixture: &PaymentFixture) -> Signed {
        let body = match self {
            Self::Stripe => json!({
                "id": "evt_1", "object": "event", "type": "payment_intent.succeeded", "livemode": true,
                "data": { "object": {
                    "id": "tx-1", "amount_received": 500_000, "currency": "usd",
                    "metadata": { "order_id": fixture.order.id },
                } },
            }),
            _ => fixture.success(),
        };
        let body = body.to_string();
        match self {
            Self::Plain => signing::plain(secret.unwrap_or(WEBHOOK_SECRET), at, "evt-1", &body),
            Self::Standard => signing::standard(secret.unwrap_or(WEBHOOK_SECRET), at, "msg_1", &body),
            Self::Stripe => signing::stripe(secret.unwrap_or(STRIPE_SECRET), at, &body),
        }
    }

    /// Returns the headers that are signed, and the signature itself.
    fn headers(self) -> &'static [&'static str] {
        match self {
            Self::Plain => &["x-webhook-timestamp", "x-webhook-signature"],
            Self::Standard => &["webhook-id", "webhook-timestamp", "webhook-signature"],
            Self::Stripe => &["stripe-signature"],
        }
    }
}

/// A tampered request, and the name of the change.
type Mutation = (&'static str, Signed);

fn mutate(rng: &mut Rng, scheme: Scheme, now: i64, fixture: &PaymentFixture) -> Mutation {
    let mut request = scheme.sign(None, now, fixture);
    let name = rng.choice(scheme.headers()).copied().unwrap();
    let place = request.headers.iter().position(|(n, _)| *n == name).unwrap();
    let value = &mut request.headers[place].1;
    let change = match rng.u8(..14) {
        0..3 => {
            flip(rng, &mut request.body);
            "a flipped bit in the body"
        }
        3..7 => {
            flip(rng, value);
            "a flipped bit in a header"
        }
        7 => {
            cut(rng, &mut request.body);
            "a truncated body"
        }
        8 => {
            cut(rng, value);
            "a truncated header"
        }
        9 => {
            request.body.insert(rng.usize(..=request.body.len()), rng.u8(..));
            "an inserted byte"
        }
        10 => {
            // The same value, another one, or none: any second header is an error.
            let more = [value.clone(), vec![b'0'], Vec::new()];
            let more = (name, rng.choice(more).unwrap());
            request.headers.insert(rng.usize(..=request.headers.len()), more);
            "a repeated header"
        }
        11 => {
            request.headers.remove(place);
            "a missing header"
        }
        12 => {
            let secret: String = std::iter::repeat_with(|| rng.alphanumeric()).take(24).collect();
            // The secrets of different providers must not be interchangeable.
            let secret = *rng
                .choice(&[secret.as_str(), "", if scheme == Scheme::Stripe { WEBHOOK_SECRET } else { STRIPE_SECRET }])
                .unwrap();
            // Without its prefix, any text is a raw secret.
            request = scheme.sign(Some(secret.trim_start_matches("whsec_")), now, fixture);
            "another secret"
        }
        _ => {
            let off = rng.i64(301..1_000_000) * if rng.bool() { 1 } else { -1 };
            request = scheme.sign(None, now + off, fixture);
            "another time"
        }
    };
    (change, request)
}

/// Returns the request with its values under the header names of another scheme.
fn disguise(rng: &mut Rng, scheme: Scheme, now: i64, fixture: &PaymentFixture) -> Mutation {
    let request = scheme.sign(None, now, fixture);
    let value =
        |name| request.headers.iter().find(|(n, _)| *n == name).map(|(_, v)| String::from_utf8_lossy(v).into_owned());
    let (time, signature) = match scheme {
        Scheme::Plain => (now.to_string(), value("x-webhook-signature").unwrap()),
        Scheme::Standard => (now.to_string(), value("webhook-signature").unwrap().replace("v1,", "")),
        Scheme::Stripe => (now.to_string(), value("stripe-signature").unwrap().split_once("v1=").unwrap().1.to_owned()),
    };
    let others = Scheme::ALL.into_iter().filter(|other| *other != scheme).collect::<Vec<_>>();
    let headers = match rng.choice(others).unwrap() {
        Scheme::Plain => {
            vec![("x-webhook-timestamp", time), ("x-webhook-signature", signature), ("idempotency-key", "e".to_owned())]
        }
        Scheme::Standard => vec![
            ("webhook-id", "e".to_owned()),
            ("webhook-timestamp", time),
            ("webhook-signature", format!("v1,{signature}")),
        ],
        Scheme::Stripe => vec![("stripe-signature", format!("t={time},v1={signature}"))],
    };
    let headers = headers.into_iter().map(|(name, value)| (name, value.into_bytes())).collect();
    ("another scheme", Signed { headers, body: request.body })
}

fn flip(rng: &mut Rng, bytes: &mut [u8]) {
    let place = rng.usize(..bytes.len());
    bytes[place] ^= 1 << rng.u8(..8);
}

fn cut(rng: &mut Rng, bytes: &mut Vec<u8>) {
    bytes.truncate(rng.usize(..bytes.len()));
}

/// Whether a change is none: hexadecimal digits may be upper case.
fn is_equivalent(scheme: Scheme, one: &Signed, other: &Signed) -> bool {
    let hexadecimal = matches!(scheme, Scheme::Plain | Scheme::Stripe);
    hexadecimal
        && one.body == other.body
        && one.headers.len() == other.headers.len()
        && one.headers.iter().zip(&other.headers).all(|((a, x), (b, y))| {
            // Stripe's digits follow a label, which must not change.
            let digits = if scheme == Scheme::Stripe { x.len().saturating_sub(64) } else { 0 };
            let (signature, same) = (a.ends_with("signature"), x == y);
            a == b
                && (same || signature && x.len() == y.len() && x[..digits] == y[..digits] && x.eq_ignore_ascii_case(y))
        })
}

#[tokio::test]
async fn tampered_webhooks_are_rejected() {
    let seed = Seed::new();
    let (fixture, mut rng) = (PaymentFixture::open().await, Rng::with_seed(seed.0));
    let now = fixture.shop.now_s();
    let mut mutations: Vec<(Scheme, &str, Signed)> = Vec::new();
    for scheme in Scheme::ALL {
        let whole = scheme.sign(None, now, &fixture);
        while mutations.iter().filter(|(s, ..)| *s == scheme).count() < MUTATIONS {
            let disguised = rng.u8(..20) == 0;
            let (change, request) = if disguised {
                disguise(&mut rng, scheme, now, &fixture)
            } else {
                mutate(&mut rng, scheme, now, &fixture)
            };
            if !is_equivalent(scheme, &whole, &request) {
                mutations.push((scheme, change, request));
            }
        }
    }
    let addr = fixture.shop.addr;
    let responses: Vec<_> = stream::iter(&mutations)
        .map(async |(scheme, change, request)| {
            let status = request.send_raw(addr, request.body.len()).await;
            assert!(matches!(status, Some(400..500)), "{scheme:?}, {change}: {status:?} {request:?}");
            (*scheme as usize, *change)
        })
        .buffer_unordered(CONCURRENCY)
        .collect()
        .await;
    let mut counts = BTreeMap::new();
    for kind in responses {
        *counts.entry(kind).or_insert(0) += 1;
    }
    assert_eq!(counts.len(), 3 * 10, "every kind of change occurs with every scheme: {counts:?}");
    assert!(counts.values().sum::<usize>() >= 2000);

    // Nothing was stored, so the originals still count, once together.
    assert_eq!((fixture.status().await, fixture.event_count().await), ("pending", 0));
    assert_receipt(&Scheme::Plain.sign(None, now, &fixture).send(&fixture.shop).await, 200, "processed", "paid");
    assert_receipt(&Scheme::Standard.sign(None, now, &fixture).send(&fixture.shop).await, 200, "duplicate", "paid");
    assert_receipt(&Scheme::Stripe.sign(None, now, &fixture).send(&fixture.shop).await, 200, "duplicate", "paid");
    assert_eq!(fixture.sold().await, 1);
}

#[tokio::test]
async fn truncated_bodies_are_rejected() {
    let fixture = PaymentFixture::open().await;
    let now = fixture.shop.now_s();
    for scheme in Scheme::ALL {
        let mut request = scheme.sign(None, now, &fixture);
        let length = request.body.len();
        for missing in [1, 10, length] {
            request.body.truncate(length - missing);
            let status = request.send_raw(fixture.shop.addr, length).await;
            assert!(matches!(status, None | Some(400..500)), "{scheme:?}: {status:?}");
        }
    }
    assert_eq!((fixture.status().await, fixture.event_count().await), ("pending", 0));
}

#[tokio::test]
async fn replays_with_another_unsigned_key_are_duplicates() {
    let seed = Seed::new();
    let (fixture, mut rng) = (PaymentFixture::open().await, Rng::with_seed(seed.0));
    let whole = Scheme::Plain.sign(None, fixture.shop.now_s(), &fixture);
    assert_receipt(&whole.send(&fixture.shop).await, 200, "processed", "paid");
    let mut duplicates = 0;
    for _ in 0..REPLAYS {
        let mut request = whole.clone();
        flip(&mut rng, &mut request.headers[0].1);
        // A malformed key is rejected; any other key makes the event a duplicate.
        match request.send_raw(fixture.shop.addr, request.body.len()).await {
            Some(200) => assert_receipt(&request.send(&fixture.shop).await, 200, "duplicate", "paid"),
            Some(400) => continue,
            other => panic!("{other:?}: {request:?}"),
        }
        duplicates += 1;
    }
    assert!(duplicates > REPLAYS / 4, "{duplicates}");
    assert_eq!((fixture.sold().await, fixture.event_count().await), (1, 1));
}
