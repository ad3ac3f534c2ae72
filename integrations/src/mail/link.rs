//! Signed links, with which a mail opens an order on another device.

use checkout::model::{OrderId, Timestamp};
use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256};
use std::{fmt, time::Duration};
use subtle::ConstantTimeEq as _;

/// How long a link works.
pub const LIFETIME: Duration = Duration::from_hours(30 * 24);

/// Length of a signature, in hexadecimal digits.
const SIGNATURE_LENGTH: usize = 64;

/// Why a link cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Its time is over.
    #[error("the link has expired")]
    Expired,
    /// It was not signed with one of the secrets.
    #[error("the link is not genuine")]
    Forged,
}

/// Signs and verifies links to orders.
#[derive(Clone)]
pub struct OrderLinks {
    base: String,
    /// The first signs, all verify.
    secrets: Vec<Vec<u8>>,
}

impl fmt::Debug for OrderLinks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OrderLinks").field("base", &self.base).finish_non_exhaustive()
    }
}

impl OrderLinks {
    /// Links to the shop at `base`. Without secrets, a link has no signature, and its page is the owner's alone.
    pub fn new(base: String, secrets: Vec<Vec<u8>>) -> Self {
        Self { base, secrets }
    }

    /// Returns a link to an order.
    pub fn sign(&self, order: OrderId, now: Timestamp) -> String {
        self.signed(order, now).unwrap_or_else(|| format!("{}/orders/{order}", self.base))
    }

    /// Returns a signed link to an order, if there is a secret to sign it.
    pub fn signed(&self, order: OrderId, now: Timestamp) -> Option<String> {
        let expires = (now + LIFETIME).as_millis() / 1000;
        let signature = signature(self.secrets.first()?, order, expires);
        Some(format!("{}/orders/{order}/open?expires={expires}&signature={signature}", self.base))
    }

    /// Verifies a link. Returns the name of the secret that signed it, and when the link ends.
    ///
    /// # Errors
    ///
    /// The link has expired, or is forged.
    pub fn verify(
        &self,
        order: OrderId,
        expires: i64,
        given: &str,
        now: Timestamp,
    ) -> Result<(String, Timestamp), LinkError> {
        let ends_at = expires.checked_mul(1000).map(Timestamp::from_millis).ok_or(LinkError::Forged)?;
        let is_right = |secret: &&Vec<u8>| {
            let right = signature(secret, order, expires);
            given.len() == SIGNATURE_LENGTH && bool::from(right.as_bytes().ct_eq(given.as_bytes()))
        };
        let secret = self.secrets.iter().find(is_right).ok_or(LinkError::Forged)?;
        if ends_at <= now { Err(LinkError::Expired) } else { Ok((name_of(secret), ends_at)) }
    }

    /// The names of the secrets that verify. What a link has opened stays open while the name of its secret is among them.
    pub fn names(&self) -> Vec<String> {
        self.secrets.iter().map(|secret| name_of(secret)).collect()
    }
}

fn signature(secret: &[u8], order: OrderId, expires: i64) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return String::new() };
    mac.update(format!("holdfast/order-link/{order}/{expires}").as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

/// The name of a secret, which does not reveal it.
fn name_of(secret: &[u8]) -> String {
    let digest = Sha256::new().chain_update("holdfast/link-secret/").chain_update(secret).finalize();
    hex::encode(&digest[..8])
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const NOW: i64 = 1_800_000_000_000;

    fn links(secrets: &[&str]) -> OrderLinks {
        let secrets = secrets.iter().map(|secret| secret.as_bytes().to_vec()).collect();
        OrderLinks::new("https://shop.example".to_owned(), secrets)
    }

    /// The parameters of a link.
    fn parameters(link: &str) -> (i64, String) {
        let (_, query) = link.split_once("/open?expires=").unwrap();
        let (expires, signature) = query.split_once("&signature=").unwrap();
        (expires.parse().unwrap(), signature.to_owned())
    }

    #[test]
    fn a_link_opens_its_order_until_it_expires() {
        let (order, now) = (OrderId(Uuid::from_u128(1)), Timestamp::from_millis(NOW));
        let (expires, signature) = parameters(&links(&["new"]).sign(order, now));
        let verify = |secrets: &[&str], order, expires, now| links(secrets).verify(order, expires, &signature, now);
        let opened = verify(&["new"], order, expires, now).unwrap();
        assert_eq!(opened, (links(&["new"]).names().remove(0), now + LIFETIME));
        assert_eq!(verify(&["newer", "new"], order, expires, now), Ok(opened), "an older secret verifies");
        assert_eq!(links(&["new"]).signed(order, now), Some(links(&["new"]).sign(order, now)));
        assert_eq!(links(&[]).signed(order, now), None);
        let last = now + LIFETIME;
        assert_eq!(verify(&["new"], order, expires, last), Err(LinkError::Expired));
        assert_eq!(verify(&["newer"], order, expires, now), Err(LinkError::Forged), "rotation revokes");
        assert_eq!(verify(&[], order, expires, now), Err(LinkError::Forged));
        assert_eq!(verify(&["new"], OrderId(Uuid::from_u128(2)), expires, now), Err(LinkError::Forged));
        assert_eq!(verify(&["new"], order, expires + 1, now), Err(LinkError::Forged));
        for wrong in ["", "00", &"0".repeat(64), &"é".repeat(32), &signature.to_uppercase()] {
            assert_eq!(links(&["new"]).verify(order, expires, wrong, now), Err(LinkError::Forged), "{wrong}");
        }
        for expires in [i64::MAX, i64::MIN, 0] {
            assert_eq!(links(&["new"]).verify(order, expires, &signature, now), Err(LinkError::Forged));
        }
    }

    #[test]
    fn names_and_debug_output_reveal_no_secret() {
        let links = links(&["hush-one", "hush-two"]);
        assert_eq!(links.names().len(), 2);
        assert_ne!(links.names()[0], links.names()[1]);
        assert!(!format!("{links:?} {:?}", links.names()).contains("hush"));
    }
}
