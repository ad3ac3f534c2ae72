//! Parts that the signature schemes share: HMAC-SHA256 of parts joined by dots, a signed timestamp, and headers that occur
//! exactly once. The raw body is verified in constant time, before it is parsed.

use checkout::model::Timestamp;
use hmac::{Hmac, Mac as _};
use http::HeaderMap;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

/// Tolerated difference between the sender's clock and ours, in seconds.
pub const TOLERANCE_S: u64 = 300;
/// Longest accepted header, in bytes: about two dozen signatures.
pub const MAX_HEADER_LENGTH: usize = 2048;

/// Why a signature is rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// There is no header of any scheme.
    #[error(
        "the request is not signed: send X-Webhook-Timestamp and X-Webhook-Signature, or webhook-id, webhook-timestamp and \
         webhook-signature, or Stripe-Signature"
    )]
    Unsigned,
    /// There are headers of several schemes.
    #[error("the request has headers of more than one scheme: sign by one of them")]
    Mixed,
    /// A header is missing, repeated, too long or malformed.
    #[error("send {0}, once each")]
    Headers(&'static str),
    /// The timestamp is too far from the server's time.
    #[error("the timestamp is more than {TOLERANCE_S} seconds from this server's time; sign again")]
    Stale,
    /// No secret of this shop made the signature.
    #[error("the signature is not the HMAC-SHA256 of {0} under a secret of this shop")]
    Signature(&'static str),
}

/// A secret, ready to sign and to verify with.
#[derive(Clone)]
pub struct Key(Hmac<Sha256>);

impl Key {
    /// Returns a key. HMAC accepts any length; the `Option` comes from the library.
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

/// Whether one of `keys` made one of these signatures of the parts. Comparisons take constant time.
pub fn verify(keys: &[Key], parts: &[&[u8]], signatures: &[Vec<u8>]) -> bool {
    keys.iter().any(|key| {
        let ours = key.sign(parts);
        signatures.iter().any(|theirs| bool::from(ours.ct_eq(theirs)))
    })
}

/// Parses seconds since 1970; digits only.
pub fn seconds(text: &str) -> Option<i64> {
    text.parse().ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit()))
}

/// Rejects a timestamp that is more than [`TOLERANCE_S`] from now.
pub fn check_timestamp(sent_at: i64, now: Timestamp) -> Result<(), SignatureError> {
    if sent_at.abs_diff(now.as_millis() / 1000) > TOLERANCE_S { Err(SignatureError::Stale) } else { Ok(()) }
}

/// Returns the value of a header that occurs exactly once and is not too long.
pub fn single_header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let (first, second) = (values.next()?, values.next());
    first.to_str().ok().filter(|text| second.is_none() && text.len() <= MAX_HEADER_LENGTH)
}
