//! What the schemes of signing have in common: HMAC-SHA256 of parts joined by dots, a time that is signed with them, and
//! headers that are there exactly once. The raw bytes are verified, in constant time, before anybody reads them.

use checkout::model::Timestamp;
use hmac::{Hmac, Mac as _};
use http::HeaderMap;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

/// How far the sender's clock may be from ours, in seconds, either way.
pub const TOLERANCE_S: u64 = 300;
/// Longer headers are nobody's: there is room for two dozen signatures, and none for making us compare thousands.
pub const LONGEST_HEADER: usize = 2048;

/// Why a request is not the provider's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Forged {
    /// No header of any scheme.
    #[error(
        "the request is not signed: send X-Webhook-Timestamp and X-Webhook-Signature, or webhook-id, webhook-timestamp and \
         webhook-signature, or Stripe-Signature"
    )]
    Unsigned,
    /// Headers of more than one scheme.
    #[error("the request has headers of more than one scheme: sign by one of them")]
    Mixed,
    /// A header is missing, twice there, too long, or not of its form.
    #[error("send {0}, once each")]
    Headers(&'static str),
    /// The time is too far from ours.
    #[error("the timestamp is more than {TOLERANCE_S} seconds from this server's time; sign again")]
    Stale,
    /// None of our secrets made the signature.
    #[error("the signature is not the HMAC-SHA256 of {0} under a secret of ours")]
    Signature(&'static str),
}

/// A secret, ready to sign and to verify with.
#[derive(Clone)]
pub struct Key(Hmac<Sha256>);

impl Key {
    /// HMAC takes a key of any length; the option is its library's.
    pub fn new(secret: &[u8]) -> Option<Self> {
        Hmac::new_from_slice(secret).ok().map(Self)
    }

    /// Signs the parts, joined by dots.
    pub fn sign(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = self.0.clone();
        for (nth, part) in parts.iter().enumerate() {
            if nth > 0 {
                mac.update(b".");
            }
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

/// Says whether one of `keys` made one of these signatures of the parts. A comparison takes as long as it takes, wherever
/// the difference is.
pub fn holds(keys: &[Key], parts: &[&[u8]], signatures: &[Vec<u8>]) -> bool {
    keys.iter().any(|key| {
        let ours = key.sign(parts);
        signatures.iter().any(|theirs| bool::from(ours.ct_eq(theirs)))
    })
}

/// Seconds since 1970, in digits alone.
pub fn seconds(text: &str) -> Option<i64> {
    text.parse().ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit()))
}

/// Refuses what was signed long ago, or will be.
pub fn lately(sent_at: i64, now: Timestamp) -> Result<(), Forged> {
    if sent_at.abs_diff(now.as_millis() / 1000) > TOLERANCE_S { Err(Forged::Stale) } else { Ok(()) }
}

/// The header's value, if it is there exactly once and of a length that means something.
pub fn only<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut given = headers.get_all(name).iter();
    let (first, more) = (given.next()?, given.next());
    first.to_str().ok().filter(|text| more.is_none() && text.len() <= LONGEST_HEADER)
}
