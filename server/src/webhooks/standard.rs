//! Standard Webhooks (standardwebhooks.com): `webhook-signature` has one or more of `v1,` and the base64 of the HMAC-SHA256
//! of `webhook-id + "." + webhook-timestamp + "." + body`, with spaces between. The id is the idempotency key, and signed.

use super::{
    Rejected, event,
    signature::{self, Forged, Key, lately, only},
};
use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD},
};
use checkout::{
    Delivery,
    model::{EventKey, Timestamp},
};
use http::HeaderMap;
use std::borrow::Cow;

/// The header of the event's id.
pub const ID: &str = "webhook-id";
/// The header of the time of sending.
pub const TIMESTAMP: &str = "webhook-timestamp";
/// The header of the signatures.
pub const SIGNATURE: &str = "webhook-signature";
/// The headers that tell the scheme.
pub(super) const HEADERS: [&str; 3] = [ID, TIMESTAMP, SIGNATURE];

const FORM: &str = "webhook-id, webhook-timestamp (seconds) and webhook-signature (v1,base64)";

/// Secrets are handed on by people, and often lose their padding; the libraries do not mind.
const SECRETS: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The key that a secret stands for: after `whsec_` it is base64, as the specification has it; without that prefix it is the
/// secret's own bytes, which its libraries call "raw". `None` where the prefix is followed by no base64, or by nothing.
pub fn secret(text: &[u8]) -> Option<Cow<'_, [u8]>> {
    let Some(encoded) = text.strip_prefix(b"whsec_") else { return Some(text.into()) };
    SECRETS.decode(encoded).ok().filter(|key| !key.is_empty()).map(Cow::Owned)
}

/// Reads a request that one of `keys` signed, not long from `now`.
pub(super) fn read(keys: &[Key], headers: &HeaderMap, raw: &[u8], now: Timestamp) -> Result<Delivery, Rejected> {
    let id = verify(keys, headers, raw, now)?;
    let key = EventKey::try_from(id.to_owned());
    event::read(raw, key.map_err(|_| Rejected::Unreadable("webhook-id: 1 to 255 visible ASCII characters."))?)
}

fn verify<'h>(keys: &[Key], headers: &'h HeaderMap, raw: &[u8], now: Timestamp) -> Result<&'h str, Forged> {
    let header = |name| only(headers, name).ok_or(Forged::Headers(FORM));
    let (id, timestamp, signatures) = (header(ID)?, header(TIMESTAMP)?, header(SIGNATURE)?);
    lately(signature::seconds(timestamp).ok_or(Forged::Headers(FORM))?, now)?;
    // Other versions are for other kinds of keys; a sender may add them beside ours.
    let signatures = signatures.split(' ').filter_map(|one| STANDARD.decode(one.strip_prefix("v1,")?).ok());
    if signature::holds(keys, &[id.as_bytes(), timestamp.as_bytes(), raw], &signatures.collect::<Vec<_>>()) {
        Ok(id)
    } else {
        Err(Forged::Signature("webhook-id, a dot, webhook-timestamp, a dot and the body"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The test vector that the Standard Webhooks repository publishes.
    mod published {
        pub const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        pub const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
        pub const TIMESTAMP: i64 = 1_614_265_330;
        pub const BODY: &[u8] = br#"{"test": 2432232314}"#;
        pub const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    }

    fn key(text: &str) -> Key {
        Key::new(&secret(text.as_bytes()).unwrap()).unwrap()
    }

    fn check(secret: &str, timestamp: &str, signature: &str, offset: i64) -> Result<(), Forged> {
        let mut headers = HeaderMap::new();
        headers.insert(ID, published::ID.parse().unwrap());
        headers.insert(TIMESTAMP, timestamp.parse().unwrap());
        headers.insert(SIGNATURE, signature.parse().unwrap());
        let now = Timestamp::from_millis((published::TIMESTAMP + offset) * 1000);
        verify(&[key("another secret"), key(secret)], &headers, published::BODY, now).map(|id| {
            assert_eq!(id, published::ID);
        })
    }

    fn published_with(signature: &str) -> Result<(), Forged> {
        check(published::SECRET, &published::TIMESTAMP.to_string(), signature, 0)
    }

    #[test]
    fn the_published_vector_verifies() {
        assert_eq!(published_with(published::SIGNATURE), Ok(()));
        let wrong = published::SIGNATURE.replace("g0h", "g0i");
        assert!(matches!(published_with(&wrong), Err(Forged::Signature(_))));
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
        assert_eq!([check(-301), check(301)], [Err(Forged::Stale), Err(Forged::Stale)]);
        for timestamp in ["1614265331", "+1614265330", "01614265330", "1614265330.0", "", "soon"] {
            assert!(super::tests::check(published::SECRET, timestamp, published::SIGNATURE, 0).is_err(), "{timestamp}");
        }
    }

    #[test]
    fn a_secret_with_the_prefix_is_base64_and_any_other_is_its_bytes() {
        assert_eq!(secret(b"whsec_AAEC").unwrap()[..], [0, 1, 2]);
        assert_eq!(secret(b"AAEC").unwrap()[..], *b"AAEC");
        assert_eq!(secret(b"whsec_AAE=").unwrap(), secret(b"whsec_AAE").unwrap());
        for broken in ["whsec_", "whsec_*", "whsec_A", "whsec_AAEC "] {
            assert!(secret(broken.as_bytes()).is_none(), "{broken}");
        }
    }
}
