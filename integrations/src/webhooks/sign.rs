//! Signatures by Standard Webhooks: `v1,` and the base64 HMAC-SHA256 of `webhook-id.webhook-timestamp.body`.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use checkout::store::SigningSecret;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

/// Number of random bytes of a new secret.
pub const SIGNING_KEY_LENGTH: usize = 32;

/// The beginning of a secret. Base64 follows.
const PREFIX: &str = "whsec_";

/// The secret of these random bytes.
pub fn new_secret(bytes: &[u8; SIGNING_KEY_LENGTH]) -> SigningSecret {
    SigningSecret::new(format!("{PREFIX}{}", BASE64_STANDARD.encode(bytes)))
}

/// Signs a body under all secrets. Returns the value of the header `webhook-signature`, in which spaces separate the signatures;
/// `None` if no secret is a key. `seconds` is the time since the Unix epoch, as in the header `webhook-timestamp`.
pub fn sign<'s>(
    secrets: impl IntoIterator<Item = &'s SigningSecret>,
    id: &str,
    seconds: i64,
    body: &str,
) -> Option<String> {
    let signatures: Vec<String> = secrets
        .into_iter()
        .filter_map(|secret| {
            let key = BASE64_STANDARD.decode(secret.reveal().strip_prefix(PREFIX)?).ok()?;
            let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
            mac.update(format!("{id}.{seconds}.").as_bytes());
            mac.update(body.as_bytes());
            Some(format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes())))
        })
        .collect();
    if signatures.is_empty() { None } else { Some(signatures.join(" ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The test vector that the Standard Webhooks repository publishes.
    #[test]
    fn signs_the_published_example() {
        let secret = SigningSecret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned());
        let signed = sign([&secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signed.as_deref(), Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    }

    #[test]
    fn every_secret_signs() {
        let (one, two) = (new_secret(&[1; 32]), new_secret(&[2; 32]));
        let both = sign([&one, &two], "id", 1, "{}").unwrap();
        let each = [&one, &two].map(|secret| sign([secret], "id", 1, "{}").unwrap());
        assert_eq!(both, each.join(" "));
        assert_ne!(each[0], each[1]);
        assert_eq!(sign([&SigningSecret::new("whsec_*".to_owned())], "id", 1, "{}"), None);
    }
}
