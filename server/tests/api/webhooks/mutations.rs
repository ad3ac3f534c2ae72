//! Thousands of deliveries that are almost right: a bit is wrong, or a byte is missing, or a header is there twice. None is
//! believed, and none is more than the server can bear.

use super::{Till, is, signing, signing::Signed};
use crate::shop::{STRIPE_SECRET, WEBHOOK_SECRET};
use fastrand::Rng;
use futures::{StreamExt as _, stream};
use serde_json::json;
use std::collections::BTreeMap;

/// Of each scheme.
const MUTATIONS: usize = 1000;
/// Of the key that is not signed.
const REPLAYS: usize = 200;
const AT_ONCE: usize = 16;

/// Says how to repeat a run that fails.
struct Repeat(u64);

impl Repeat {
    fn new() -> Self {
        let given = std::env::var("HOLDFAST_SEED").ok().and_then(|seed| seed.parse().ok());
        Self(given.unwrap_or_else(|| fastrand::u64(..)))
    }
}

impl Drop for Repeat {
    fn drop(&mut self) {
        eprintln!("repeat: HOLDFAST_SEED={} cargo test -p server --test api mutations", self.0);
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

    fn sign(self, secret: Option<&str>, at: i64, till: &Till) -> Signed {
        let body = match self {
            Self::Stripe => json!({
                "id": "evt_1", "object": "event", "type": "payment_intent.succeeded", "livemode": true,
                "data": { "object": {
                    "id": "tx-1", "amount_received": 500_000, "currency": "usd",
                    "metadata": { "order_id": till.order.id },
                } },
            }),
            _ => till.success(),
        };
        let body = body.to_string();
        match self {
            Self::Plain => signing::plain(secret.unwrap_or(WEBHOOK_SECRET), at, "evt-1", &body),
            Self::Standard => signing::standard(secret.unwrap_or(WEBHOOK_SECRET), at, "msg_1", &body),
            Self::Stripe => signing::stripe(secret.unwrap_or(STRIPE_SECRET), at, &body),
        }
    }

    /// The headers that are signed, or the signature itself.
    fn headers(self) -> &'static [&'static str] {
        match self {
            Self::Plain => &["x-webhook-timestamp", "x-webhook-signature"],
            Self::Standard => &["webhook-id", "webhook-timestamp", "webhook-signature"],
            Self::Stripe => &["stripe-signature"],
        }
    }
}

/// What is wrong with a request, and the request.
type Mutation = (&'static str, Signed);

fn mutate(rng: &mut Rng, scheme: Scheme, now: i64, till: &Till) -> Mutation {
    let mut request = scheme.sign(None, now, till);
    let name = rng.choice(scheme.headers()).copied().unwrap();
    let place = request.headers.iter().position(|(n, _)| *n == name).unwrap();
    let value = &mut request.headers[place].1;
    let what = match rng.u8(..14) {
        0..3 => {
            flip(rng, &mut request.body);
            "a bit of the body"
        }
        3..7 => {
            flip(rng, value);
            "a bit of a header"
        }
        7 => {
            cut(rng, &mut request.body);
            "the body is cut off"
        }
        8 => {
            cut(rng, value);
            "a header is cut off"
        }
        9 => {
            request.body.insert(rng.usize(..=request.body.len()), rng.u8(..));
            "a byte more"
        }
        10 => {
            // The same, another, or nothing: beside what was signed each is one too many.
            let more = [value.clone(), vec![b'0'], Vec::new()];
            let more = (name, rng.choice(more).unwrap());
            request.headers.insert(rng.usize(..=request.headers.len()), more);
            "a header twice"
        }
        11 => {
            request.headers.remove(place);
            "a header is missing"
        }
        12 => {
            let secret: String = std::iter::repeat_with(|| rng.alphanumeric()).take(24).collect();
            // Stripe's secret is not the other provider's.
            let secret = *rng
                .choice(&[secret.as_str(), "", if scheme == Scheme::Stripe { WEBHOOK_SECRET } else { STRIPE_SECRET }])
                .unwrap();
            // Without its prefix, as raw bytes: any text is a secret.
            request = scheme.sign(Some(secret.trim_start_matches("whsec_")), now, till);
            "another secret"
        }
        _ => {
            let off = rng.i64(301..1_000_000) * if rng.bool() { 1 } else { -1 };
            request = scheme.sign(None, now + off, till);
            "another time"
        }
    };
    (what, request)
}

/// The request as another scheme would have it: its values under that scheme's names.
fn disguise(rng: &mut Rng, scheme: Scheme, now: i64, till: &Till) -> Mutation {
    let request = scheme.sign(None, now, till);
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

/// The one change that changes nothing: hexadecimal digits may be written large.
fn means_the_same(scheme: Scheme, one: &Signed, other: &Signed) -> bool {
    let hexadecimal = matches!(scheme, Scheme::Plain | Scheme::Stripe);
    hexadecimal
        && one.body == other.body
        && one.headers.len() == other.headers.len()
        && one.headers.iter().zip(&other.headers).all(|((a, x), (b, y))| {
            // The label before Stripe's digits is no digit.
            let digits = if scheme == Scheme::Stripe { x.len().saturating_sub(64) } else { 0 };
            let (signature, same) = (a.ends_with("signature"), x == y);
            a == b
                && (same || signature && x.len() == y.len() && x[..digits] == y[..digits] && x.eq_ignore_ascii_case(y))
        })
}

#[tokio::test]
async fn no_mutated_delivery_is_believed() {
    let seed = Repeat::new();
    let (till, mut rng) = (Till::open().await, Rng::with_seed(seed.0));
    let now = till.shop.now_s();
    let mut mutations: Vec<(Scheme, &str, Signed)> = Vec::new();
    for scheme in Scheme::ALL {
        let whole = scheme.sign(None, now, &till);
        while mutations.iter().filter(|(s, ..)| *s == scheme).count() < MUTATIONS {
            let disguised = rng.u8(..20) == 0;
            let (what, request) =
                if disguised { disguise(&mut rng, scheme, now, &till) } else { mutate(&mut rng, scheme, now, &till) };
            if !means_the_same(scheme, &whole, &request) {
                mutations.push((scheme, what, request));
            }
        }
    }
    let addr = till.shop.addr;
    let answers: Vec<_> = stream::iter(&mutations)
        .map(async |(scheme, what, request)| {
            let status = request.send_raw(addr, request.body.len()).await;
            assert!(matches!(status, Some(400..500)), "{scheme:?}, {what}: {status:?} {request:?}");
            (*scheme as usize, *what)
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let mut counts = BTreeMap::new();
    for kind in answers {
        *counts.entry(kind).or_insert(0) += 1;
    }
    assert_eq!(counts.len(), 3 * 10, "every kind of mutation of every scheme: {counts:?}");
    assert!(counts.values().sum::<usize>() >= 2000);

    // Nothing of it was kept: each original is heard, and the first of them counts.
    assert_eq!((till.status().await, till.kept().await), ("pending", 0));
    is(&Scheme::Plain.sign(None, now, &till).send(&till.shop).await, 200, "processed", "paid");
    is(&Scheme::Standard.sign(None, now, &till).send(&till.shop).await, 200, "duplicate", "paid");
    is(&Scheme::Stripe.sign(None, now, &till).send(&till.shop).await, 200, "duplicate", "paid");
    assert_eq!(till.sold().await, 1);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_not_believed() {
    let till = Till::open().await;
    let now = till.shop.now_s();
    for scheme in Scheme::ALL {
        let mut request = scheme.sign(None, now, &till);
        let length = request.body.len();
        for missing in [1, 10, length] {
            request.body.truncate(length - missing);
            let status = request.send_raw(till.shop.addr, length).await;
            assert!(matches!(status, None | Some(400..500)), "{scheme:?}: {status:?}");
        }
    }
    assert_eq!((till.status().await, till.kept().await), ("pending", 0));
}

#[tokio::test]
async fn a_mutated_key_that_nobody_signed_counts_nothing_twice() {
    let seed = Repeat::new();
    let (till, mut rng) = (Till::open().await, Rng::with_seed(seed.0));
    let whole = Scheme::Plain.sign(None, till.shop.now_s(), &till);
    is(&whole.send(&till.shop).await, 200, "processed", "paid");
    let mut duplicates = 0;
    for _ in 0..REPLAYS {
        let mut request = whole.clone();
        flip(&mut rng, &mut request.headers[0].1);
        // A key that no header can hold, or no store, is refused; any other is a key like the first.
        match request.send_raw(till.shop.addr, request.body.len()).await {
            Some(200) => is(&request.send(&till.shop).await, 200, "duplicate", "paid"),
            Some(400) => continue,
            other => panic!("{other:?}: {request:?}"),
        }
        duplicates += 1;
    }
    assert!(duplicates > REPLAYS / 4, "{duplicates}");
    assert_eq!((till.sold().await, till.kept().await), (1, 1));
}
