//! Stripe's scheme: `Stripe-Signature: t=…,v1=…`, the hexadecimal HMAC-SHA256 of `t + "." + body`. The secret is used as it
//! stands, its `whsec_` included, as Stripe does. While a secret is rolled over there are several `v1`.

mod event;
mod money;

use super::{
    Message, Rejected,
    signature::{self, Forged, Key, lately, only},
};
use crate::{config::Environment, state::AppState};
use checkout::model::Timestamp;
use event::Told;
use http::HeaderMap;

/// The header of time and signatures.
pub const SIGNATURE: &str = "stripe-signature";

const FORM: &str = "Stripe-Signature (t=seconds,v1=hexadecimal)";

/// Reads a request that one of our Stripe secrets signed, not long ago.
///
/// In production an event of test mode is heard and not believed: an endpoint for connected accounts gets those too, and
/// a test secret that was left among the settings would let anybody who may test pay without money.
pub(super) async fn read(state: &AppState, headers: &HeaderMap, raw: &[u8]) -> Result<Message, Rejected> {
    verify(&state.webhook_keys.stripe, headers, raw, state.checkout.now())?;
    let event = match event::read(raw)? {
        Told::Payment(event) => event,
        Told::Foreign { event, why } => return Ok(Message::Foreign { event, why }),
    };
    if event.test_mode && state.settings.common.env == Environment::Production {
        return Ok(Message::TestMode { event: event.key.into() });
    }
    event.delivery(&state.checkout).await.map(Message::Payment)
}

fn verify(keys: &[Key], headers: &HeaderMap, raw: &[u8], now: Timestamp) -> Result<(), Forged> {
    let header = only(headers, SIGNATURE).ok_or(Forged::Headers(FORM))?;
    let (mut timestamp, mut signatures) = (None, Vec::new());
    for item in header.split(',') {
        match item.split_once('=').ok_or(Forged::Headers(FORM))? {
            ("t", _) if timestamp.is_some() => return Err(Forged::Headers(FORM)),
            ("t", seconds) => timestamp = Some(seconds),
            ("v1", hexadecimal) => signatures.extend(hex::decode(hexadecimal).ok()),
            // Other versions; test events bear a v0 that means nothing.
            _ => {}
        }
    }
    let timestamp = timestamp.ok_or(Forged::Headers(FORM))?;
    lately(signature::seconds(timestamp).ok_or(Forged::Headers(FORM))?, now)?;
    if signature::holds(keys, &[timestamp.as_bytes(), raw], &signatures) {
        Ok(())
    } else {
        Err(Forged::Signature("t, a dot and the body"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_392_000;

    fn signature(secret: &str, at: i64, body: &[u8]) -> String {
        hex::encode(Key::new(secret.as_bytes()).unwrap().sign(&[at.to_string().as_bytes(), body]))
    }

    fn check(header: &str) -> Result<(), Forged> {
        let mut headers = HeaderMap::new();
        headers.insert(SIGNATURE, header.parse().unwrap());
        let keys = ["whsec_new", "whsec_old"].map(|secret| Key::new(secret.as_bytes()).unwrap());
        verify(&keys, &headers, b"{}", Timestamp::from_millis(NOW * 1000))
    }

    #[test]
    fn every_live_secret_signs_as_it_stands_and_no_other() {
        for (secret, live) in [("whsec_new", true), ("whsec_old", true), ("new", false), ("whsec_other", false)] {
            let v1 = signature(secret, NOW, b"{}");
            assert_eq!(check(&format!("t={NOW},v1={v1}")).is_ok(), live, "{secret}");
        }
    }

    #[test]
    fn one_of_several_signatures_is_enough_and_other_versions_are_nothing() {
        let (good, bad) = (signature("whsec_new", NOW, b"{}"), signature("whsec_other", NOW, b"{}"));
        for (header, verdict) in [
            (format!("t={NOW},v1={bad},v1={good}"), true),
            (format!("v1={good},t={NOW},v0={bad},v1={bad}"), true),
            (format!("t={NOW},v1=zz,v1={good}"), true),
            (format!("t={NOW},v1={bad}"), false),
            (format!("t={NOW},v0={good}"), false),
            (format!("t={NOW},V1={good}"), false),
            (format!("t={NOW}, v1={good}"), false),
            (format!("t={NOW}"), false),
            (format!("v1={good}"), false),
            (format!("t={NOW},t={NOW},v1={good}"), false),
            (format!("t={NOW},v1={good},"), false),
            (format!("t={NOW},v1={}", &good[..62]), false),
            (format!("t={NOW}{},v1={good}", ",v1=00".repeat(400)), false),
            (String::new(), false),
        ] {
            assert_eq!(check(&header).is_ok(), verdict, "{header:.300}");
        }
    }

    #[test]
    fn the_time_is_within_five_minutes_both_ways_and_is_signed() {
        for (offset, verdict) in [(-300, Ok(())), (300, Ok(())), (-301, Err(Forged::Stale)), (301, Err(Forged::Stale))]
        {
            let at = NOW + offset;
            assert_eq!(check(&format!("t={at},v1={}", signature("whsec_new", at, b"{}"))), verdict, "{offset}");
        }
        let v1 = signature("whsec_new", NOW, b"{}");
        assert!(matches!(check(&format!("t={},v1={v1}", NOW + 1)), Err(Forged::Signature(_))));
        for odd in ["", "-1", "+1795392000", "soon"] {
            assert_eq!(check(&format!("t={odd},v1={v1}")), Err(Forged::Headers(FORM)), "{odd}");
        }
    }
}
