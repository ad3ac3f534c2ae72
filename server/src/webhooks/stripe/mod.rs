//! Stripe's scheme: `Stripe-Signature: t=…,v1=…`, the hexadecimal HMAC-SHA256 of `t + "." + body`. Like Stripe, it uses the
//! whole secret, including `whsec_`. During a rotation there are several `v1`.

use super::{
    Message, Rejected, notice,
    signature::{self, Key, SignatureError, check_timestamp, single_header},
};
use crate::config::Environment;
use checkout::model::Timestamp;
use http::HeaderMap;
use integrations::provider::{EventError, stripe::event};

/// Header of timestamp and signatures.
pub const SIGNATURE: &str = "stripe-signature";

const FORM: &str = "Stripe-Signature (t=seconds,v1=hexadecimal)";

/// Reads a request that one of the Stripe secrets signed recently.
///
/// Production acknowledges test events and ignores them: an endpoint for connected accounts receives them too, and a test
/// secret left in the settings would let anybody with access to test mode pay without money.
///
/// `account` is the connected account whose events count.
pub(super) fn read(
    keys: &[Key],
    env: Environment,
    account: Option<&str>,
    headers: &HeaderMap,
    raw: &[u8],
    now: Timestamp,
) -> Result<Message, Rejected> {
    verify(keys, headers, raw, now)?;
    let unusable = |error: EventError| Rejected::Event { id: event::id_of(raw), reason: Box::new(error.into()) };
    let notice = event::read(raw, account).map_err(unusable)?;
    if notice::is_test_mode(&notice) && env == Environment::Production {
        return Ok(Message::TestMode { event: notice::event_of(&notice) });
    }
    Ok(Message::Notice(notice))
}

fn verify(keys: &[Key], headers: &HeaderMap, raw: &[u8], now: Timestamp) -> Result<(), SignatureError> {
    let header = single_header(headers, SIGNATURE).ok_or(SignatureError::Headers(FORM))?;
    let (mut timestamp, mut signatures) = (None, Vec::new());
    for item in header.split(',') {
        match item.split_once('=').ok_or(SignatureError::Headers(FORM))? {
            ("t", _) if timestamp.is_some() => return Err(SignatureError::Headers(FORM)),
            ("t", seconds) => timestamp = Some(seconds),
            ("v1", hexadecimal) => signatures.extend(hex::decode(hexadecimal).ok()),
            // Other versions. Test events carry a meaningless v0.
            _ => {}
        }
    }
    let timestamp = timestamp.ok_or(SignatureError::Headers(FORM))?;
    check_timestamp(signature::seconds(timestamp).ok_or(SignatureError::Headers(FORM))?, now)?;
    if signature::verify(keys, &[timestamp.as_bytes(), raw], &signatures) {
        Ok(())
    } else {
        Err(SignatureError::Signature("t, a dot and the body"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_392_000;

    fn signature(secret: &str, at: i64, body: &[u8]) -> String {
        hex::encode(Key::new(secret.as_bytes()).unwrap().sign(&[at.to_string().as_bytes(), body]))
    }

    fn check(header: &str) -> Result<(), SignatureError> {
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
        for (offset, verdict) in
            [(-300, Ok(())), (300, Ok(())), (-301, Err(SignatureError::Stale)), (301, Err(SignatureError::Stale))]
        {
            let at = NOW + offset;
            assert_eq!(check(&format!("t={at},v1={}", signature("whsec_new", at, b"{}"))), verdict, "{offset}");
        }
        let v1 = signature("whsec_new", NOW, b"{}");
        assert!(matches!(check(&format!("t={},v1={v1}", NOW + 1)), Err(SignatureError::Signature(_))));
        for odd in ["", "-1", "+1795392000", "soon"] {
            assert_eq!(check(&format!("t={odd},v1={v1}")), Err(SignatureError::Headers(FORM)), "{odd}");
        }
    }
}
