//! The plain HMAC scheme, signing and verifying: `X-Webhook-Signature` is the hexadecimal HMAC-SHA256 of
//! `timestamp + "." + body`, `X-Webhook-Timestamp` is in seconds since 1970, and `Idempotency-Key` is the event's id.
//!
//! The key is not signed, so a captured request can be sent again under another key. That is harmless: an event of a
//! transaction counts once, under any key (P5). Prefer the other schemes, which sign the id.

use super::{
    Rejected, event,
    signature::{self, Key, SignatureError, check_timestamp, single_header},
};
use crate::{config::secret::Secret, http::extract};
use checkout::{
    PaymentEvent,
    model::{EventKey, Timestamp},
};
use http::HeaderMap;

/// Header of the time of signing.
pub const TIMESTAMP: &str = "x-webhook-timestamp";
/// Header of the signature.
pub const SIGNATURE: &str = "x-webhook-signature";
/// Headers that identify the scheme.
pub(super) const HEADERS: [&str; 2] = [TIMESTAMP, SIGNATURE];

const FORM: &str = "X-Webhook-Timestamp (seconds) and X-Webhook-Signature (hexadecimal)";

/// Signs a body as a provider does.
pub fn sign(secret: &Secret, timestamp: i64, body: &[u8]) -> String {
    let key = Key::new(secret.expose());
    key.map(|key| hex::encode(key.sign(&[timestamp.to_string().as_bytes(), body]))).unwrap_or_default()
}

/// Reads a request that one of `keys` signed at about `now`.
pub(super) fn read(keys: &[Key], headers: &HeaderMap, raw: &[u8], now: Timestamp) -> Result<PaymentEvent, Rejected> {
    verify(keys, headers, raw, now)?;
    let key = extract::idempotency_key(headers).map_err(|problem| Rejected::Key(Box::new(problem)))?;
    let key = key.and_then(|key| EventKey::try_from(key.as_str().to_owned()).ok());
    let missing = "Send the event's id as Idempotency-Key, the same for each delivery.";
    event::read(raw, key.ok_or(Rejected::Unreadable(missing))?)
}

fn verify(keys: &[Key], headers: &HeaderMap, raw: &[u8], now: Timestamp) -> Result<(), SignatureError> {
    let timestamp = single_header(headers, TIMESTAMP).ok_or(SignatureError::Headers(FORM))?;
    let signature =
        single_header(headers, SIGNATURE).and_then(|s| hex::decode(s).ok()).ok_or(SignatureError::Headers(FORM))?;
    check_timestamp(signature::seconds(timestamp).ok_or(SignatureError::Headers(FORM))?, now)?;
    if signature::verify(keys, &[timestamp.as_bytes(), raw], &[signature]) {
        Ok(())
    } else {
        Err(SignatureError::Signature("timestamp, a dot and the body"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_392_000;

    fn check(timestamp: &str, signature: &str, body: &[u8]) -> Result<(), SignatureError> {
        let mut headers = HeaderMap::new();
        headers.insert(TIMESTAMP, timestamp.parse().unwrap());
        headers.insert(SIGNATURE, signature.parse().unwrap());
        let keys = [b"the new secret", b"the old secret"].map(|secret| Key::new(secret).unwrap());
        verify(&keys, &headers, body, Timestamp::from_millis(NOW * 1000))
    }

    #[test]
    fn every_live_secret_signs_and_no_other() {
        for (secret, live) in [("the new secret", true), ("the old secret", true), ("another secret", false)] {
            let signature = sign(&Secret::new(secret), NOW, b"{}");
            assert_eq!(check(&NOW.to_string(), &signature, b"{}").is_ok(), live, "{secret}");
            assert!(matches!(check(&NOW.to_string(), &signature, b"{ }"), Err(SignatureError::Signature(_))));
        }
    }

    #[test]
    fn the_time_is_within_five_minutes_both_ways_and_is_signed() {
        for (offset, verdict) in
            [(-300, Ok(())), (300, Ok(())), (-301, Err(SignatureError::Stale)), (301, Err(SignatureError::Stale))]
        {
            let at = NOW + offset;
            let signature = sign(&Secret::new("the new secret"), at, b"{}");
            assert_eq!(check(&at.to_string(), &signature, b"{}"), verdict, "{offset}");
        }
        let signature = sign(&Secret::new("the new secret"), NOW, b"{}");
        assert!(matches!(check(&(NOW + 1).to_string(), &signature, b"{}"), Err(SignatureError::Signature(_))));
    }

    #[test]
    fn odd_headers_are_refused() {
        let signature = sign(&Secret::new("the new secret"), NOW, b"{}");
        for timestamp in ["", "-1", "+1795392000", "1e9", "soon", "99999999999999999999"] {
            assert_eq!(check(timestamp, &signature, b"{}"), Err(SignatureError::Headers(FORM)), "{timestamp}");
        }
        for signature in ["zz", "abc", "", &signature[..62], &format!("{signature}00"), &signature.repeat(40)] {
            assert!(check(&NOW.to_string(), signature, b"{}").is_err(), "{signature}");
        }
    }
}
