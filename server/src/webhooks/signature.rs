//! The plain HMAC scheme, both halves: `X-Webhook-Signature` is the hexadecimal HMAC-SHA256 of `timestamp + "." + body`,
//! `X-Webhook-Timestamp` the seconds since 1970. The raw bytes are verified, in constant time, before anybody reads them.

use crate::secret::Secret;
use checkout::model::Timestamp;
use hmac::{Hmac, Mac as _};
use http::HeaderMap;
use sha2::Sha256;

/// The header of the time of sending.
pub const TIMESTAMP: &str = "x-webhook-timestamp";
/// The header of the signature.
pub const SIGNATURE: &str = "x-webhook-signature";
/// How far the sender's clock may be from ours, in seconds, either way.
pub const TOLERANCE_S: u64 = 300;

/// Why a request is not the provider's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Forged {
    /// One of the two headers is missing, twice there, or not of its form.
    #[error("send X-Webhook-Timestamp (seconds) and X-Webhook-Signature (hexadecimal), once each")]
    Headers,
    /// The time is too far from ours.
    #[error("the timestamp is more than {TOLERANCE_S} seconds from this server's time; sign again")]
    Stale,
    /// None of our secrets made the signature.
    #[error("the signature is not the HMAC-SHA256 of timestamp, a dot and the body under a secret of ours")]
    Signature,
}

/// Signs as a provider does.
pub fn sign(secret: &Secret, timestamp: i64, body: &[u8]) -> String {
    hex::encode(mac(secret, &timestamp.to_string(), body).map(|mac| mac.finalize().into_bytes()).unwrap_or_default())
}

/// Says whether one of `secrets` signed `body`, not long from `now`.
pub fn verify(secrets: &[Secret], headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<(), Forged> {
    let timestamp = only(headers, TIMESTAMP).ok_or(Forged::Headers)?;
    let signature = only(headers, SIGNATURE).and_then(|s| hex::decode(s).ok()).ok_or(Forged::Headers)?;
    let plain = !timestamp.is_empty() && timestamp.bytes().all(|b| b.is_ascii_digit());
    let sent_at: i64 = timestamp.parse().ok().filter(|_| plain).ok_or(Forged::Headers)?;
    if sent_at.abs_diff(now.as_millis() / 1000) > TOLERANCE_S {
        return Err(Forged::Stale);
    }
    // Each comparison takes the same time, whatever was sent.
    let signed = |s: &Secret| mac(s, timestamp, body).is_some_and(|mac| mac.verify_slice(&signature).is_ok());
    if secrets.iter().any(signed) { Ok(()) } else { Err(Forged::Signature) }
}

fn mac(secret: &Secret, timestamp: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
    // HMAC takes a key of any length; the option is the trait's.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose()).ok()?;
    mac.update(timestamp.as_bytes());
    mac.update(b".");
    mac.update(body);
    Some(mac)
}

/// The header's value, if it is there exactly once.
fn only<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut given = headers.get_all(name).iter();
    let (first, more) = (given.next()?, given.next());
    first.to_str().ok().filter(|_| more.is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_392_000;

    fn check(timestamp: &str, signature: &str, body: &[u8]) -> Result<(), Forged> {
        let mut headers = HeaderMap::new();
        headers.insert(TIMESTAMP, timestamp.parse().unwrap());
        headers.insert(SIGNATURE, signature.parse().unwrap());
        let secrets = [Secret::new("the new secret"), Secret::new("the old secret")];
        verify(&secrets, &headers, body, Timestamp::from_millis(NOW * 1000))
    }

    #[test]
    fn every_live_secret_signs_and_no_other() {
        for (secret, verdict) in
            [("the new secret", Ok(())), ("the old secret", Ok(())), ("another secret", Err(Forged::Signature))]
        {
            let signature = sign(&Secret::new(secret), NOW, b"{}");
            assert_eq!(check(&NOW.to_string(), &signature, b"{}"), verdict, "{secret}");
            assert_eq!(check(&NOW.to_string(), &signature, b"{ }"), Err(Forged::Signature));
        }
    }

    #[test]
    fn the_time_is_within_five_minutes_both_ways_and_is_signed() {
        for (offset, verdict) in [(-300, Ok(())), (300, Ok(())), (-301, Err(Forged::Stale)), (301, Err(Forged::Stale))]
        {
            let at = NOW + offset;
            let signature = sign(&Secret::new("the new secret"), at, b"{}");
            assert_eq!(check(&at.to_string(), &signature, b"{}"), verdict, "{offset}");
        }
        let signature = sign(&Secret::new("the new secret"), NOW, b"{}");
        assert_eq!(check(&(NOW + 1).to_string(), &signature, b"{}"), Err(Forged::Signature));
    }

    #[test]
    fn odd_headers_are_refused() {
        let signature = sign(&Secret::new("the new secret"), NOW, b"{}");
        for timestamp in ["", "-1", "+1795392000", "1e9", "soon", "99999999999999999999"] {
            assert_eq!(check(timestamp, &signature, b"{}"), Err(Forged::Headers), "{timestamp}");
        }
        for signature in ["zz", "abc", ""] {
            assert!(check(&NOW.to_string(), signature, b"{}").is_err(), "{signature}");
        }
    }
}
