//! Standard Webhooks (standardwebhooks.com): `webhook-signature` has one or more of `v1,` and the base64 HMAC-SHA256 of
//! `webhook-id + "." + webhook-timestamp + "." + body`, separated by spaces. The id is the idempotency key, and is signed.

use super::{
    Rejected, event,
    signature::{self, Key, SignatureError, check_timestamp, single_header},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use checkout::{
    PaymentEvent,
    model::{EventKey, Timestamp},
};
use http::HeaderMap;

/// Header of the event's id.
pub const ID: &str = "webhook-id";
/// Header of the time of signing.
pub const TIMESTAMP: &str = "webhook-timestamp";
/// Header of the signatures.
pub const SIGNATURE: &str = "webhook-signature";
/// Headers that identify the scheme.
pub(super) const HEADERS: [&str; 3] = [ID, TIMESTAMP, SIGNATURE];

const FORM: &str = "webhook-id, webhook-timestamp (seconds) and webhook-signature (v1,base64)";

/// Reads a request that one of `keys` signed at about `now`.
pub(super) fn read(keys: &[Key], headers: &HeaderMap, raw: &[u8], now: Timestamp) -> Result<PaymentEvent, Rejected> {
    let id = verify(keys, headers, raw, now)?;
    let key = EventKey::try_from(id.to_owned());
    event::read(raw, key.map_err(|_| Rejected::Unreadable("webhook-id: 1 to 255 visible ASCII characters."))?)
}

fn verify<'h>(keys: &[Key], headers: &'h HeaderMap, raw: &[u8], now: Timestamp) -> Result<&'h str, SignatureError> {
    let header = |name| single_header(headers, name).ok_or(SignatureError::Headers(FORM));
    let (id, timestamp, signatures) = (header(ID)?, header(TIMESTAMP)?, header(SIGNATURE)?);
    check_timestamp(signature::seconds(timestamp).ok_or(SignatureError::Headers(FORM))?, now)?;
    // Senders may add signatures of other versions.
    let signatures = signatures.split(' ').filter_map(|one| BASE64_STANDARD.decode(one.strip_prefix("v1,")?).ok());
    if signature::verify(keys, &[id.as_bytes(), timestamp.as_bytes(), raw], &signatures.collect::<Vec<_>>()) {
        Ok(id)
    } else {
        Err(SignatureError::Signature("webhook-id, a dot, webhook-timestamp, a dot and the body"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::secret::Secret;

    /// The test vector that the Standard Webhooks repository publishes.
    mod published {
        pub const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        pub const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
        pub const TIMESTAMP: i64 = 1_614_265_330;
        pub const BODY: &[u8] = br#"{"test": 2432232314}"#;
        pub const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    }

    fn key(text: &str) -> Key {
        Key::new(&Secret::new(text).standard_webhooks_key().unwrap()).unwrap()
    }

    fn check(secret: &str, timestamp: &str, signature: &str, offset: i64) -> Result<(), SignatureError> {
        let mut headers = HeaderMap::new();
        headers.insert(ID, published::ID.parse().unwrap());
        headers.insert(TIMESTAMP, timestamp.parse().unwrap());
        headers.insert(SIGNATURE, signature.parse().unwrap());
        let now = Timestamp::from_millis((published::TIMESTAMP + offset) * 1000);
        verify(&[key("another secret"), key(secret)], &headers, published::BODY, now).map(|id| {
            assert_eq!(id, published::ID);
        })
    }

    fn published_with(signature: &str) -> Result<(), SignatureError> {
        check(published::SECRET, &published::TIMESTAMP.to_string(), signature, 0)
    }

    #[test]
    fn the_published_vector_verifies() {
        assert_eq!(published_with(published::SIGNATURE), Ok(()));
        let wrong = published::SIGNATURE.replace("g0h", "g0i");
        assert!(matches!(published_with(&wrong), Err(SignatureError::Signature(_))));
        assert!(check("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", "1614265330", published::SIGNATURE, 0).is_err());
        // The prefix says base64; the same text without it is another key.
        assert!(check("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "1614265330", published::SIGNATURE, 0).is_err());
    }

    #[test]
    fn one_of_several_signatures_is_enough_and_other_versions_are_nothing() {
        let (good, bad) = (published::SIGNATURE, "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=");
        let other = "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==";
        for (signatures, verdict) in [
            (format!("{bad} {good}"), true),
            (format!("{good} {bad}"), true),
            (format!("{other} {good}"), true),
            (other.to_owned(), false),
            (bad.to_owned(), false),
            (good.replace("v1,", "v2,"), false),
            (good.replace("v1,", "v1a,"), false),
            (good.replace("v1,", "v1="), false),
            (good.replace("v1,", ""), false),
            (good.replace("v1,", "V1,"), false),
            (good.trim_end_matches('=').to_owned(), false),
            ("v1,".to_owned(), false),
            (String::new(), false),
            (format!("{}{good}", "v1,x ".repeat(1000)), false),
        ] {
            assert_eq!(published_with(&signatures).is_ok(), verdict, "{signatures:.200}");
        }
    }

    #[test]
    fn the_time_is_within_five_minutes_both_ways_and_is_signed() {
        let check = |offset| check(published::SECRET, "1614265330", published::SIGNATURE, offset);
        assert_eq!([check(-300), check(300)], [Ok(()), Ok(())]);
        assert_eq!([check(-301), check(301)], [Err(SignatureError::Stale), Err(SignatureError::Stale)]);
        for timestamp in ["1614265331", "+1614265330", "01614265330", "1614265330.0", "", "soon"] {
            assert!(super::tests::check(published::SECRET, timestamp, published::SIGNATURE, 0).is_err(), "{timestamp}");
        }
    }
}
