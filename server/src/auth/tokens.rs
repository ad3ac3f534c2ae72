//! Access tokens of API clients: HS256 only, with several keys so that they can be rotated. Verified tokens are cached,
//! since a client sends its token thousands of times in a sale.

use super::bearer;
use crate::config::secret::JwtKey;
use checkout::{
    StoreError,
    model::{Owner, Scope, ScopeSet, Timestamp},
    store::Store,
};
use http::HeaderMap;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};
use uuid::Uuid;

/// Scope of holds and orders.
pub const SCOPE: &str = "checkout";
/// Lifetime of a token, in seconds.
pub const TOKEN_TTL_S: u64 = 3600;

/// Interval at which the clients' scopes and revocations are read, and at which open streams check their token.
const RELOAD_INTERVAL: Duration = Duration::from_secs(3);

const ISSUER: &str = "holdfast";
const AUDIENCE: &str = "holdfast-api";
/// Tolerated difference between the clocks of nodes, in seconds.
const LEEWAY_S: u64 = 5;
/// Longest token that is parsed, in bytes. Our own are a quarter of it.
const MAX_TOKEN_LENGTH: usize = 2048;
/// Maximum number of cached tokens. A full cache is cleared, which costs each token one verification.
const MAX_CACHED_TOKENS: usize = 4096;

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    scope: String,
    iat: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nbf: Option<u64>,
    exp: u64,
}

/// The claims of a verified token.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Access {
    pub(crate) client: Owner,
    /// The scopes that the token was issued for and that its client still has.
    pub(crate) scopes: ScopeSet,
    /// Start of validity, in seconds since the epoch.
    from: u64,
    /// End of validity, in seconds since the epoch.
    exp: u64,
}

/// Issues and verifies access tokens.
pub struct Tokens {
    header: Header,
    signing: EncodingKey,
    verifying: HashMap<String, DecodingKey>,
    validation: Validation,
    /// Tokens whose signature was verified, at most [`MAX_CACHED_TOKENS`].
    verified: RwLock<HashMap<Box<str>, Access>>,
    /// The clients' scopes; `None` for a client that was revoked. A client that was just added may be missing.
    clients: RwLock<HashMap<Owner, Option<ScopeSet>>>,
}

impl Tokens {
    /// The first key signs; all verify. Without a key, no token verifies.
    pub fn new(keys: &[JwtKey]) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // `verify` checks the expiry by the shop's clock, not the machine's.
        validation.validate_exp = false;
        let first = keys.first();
        Self {
            header: Header { kid: first.map(|k| k.kid.clone()), ..Header::new(Algorithm::HS256) },
            signing: EncodingKey::from_secret(first.map_or(&[], |k| k.secret.expose())),
            verifying: keys.iter().map(|k| (k.kid.clone(), DecodingKey::from_secret(k.secret.expose()))).collect(),
            validation,
            verified: RwLock::default(),
            clients: RwLock::default(),
        }
    }

    /// Issues a token with these scopes for `client` that is valid from `now` for [`TOKEN_TTL_S`].
    pub fn issue(&self, client: Uuid, scopes: ScopeSet, now: Timestamp) -> Result<String, jsonwebtoken::errors::Error> {
        let iat = seconds(now);
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: client,
            scope: scopes.to_string(),
            iat,
            nbf: None,
            exp: iat + TOKEN_TTL_S,
        };
        jsonwebtoken::encode(&self.header, &claims, &self.signing)
    }

    /// Returns the claims of a valid token.
    pub(super) fn verify(&self, token: &str, now: Timestamp) -> Option<Access> {
        let known = self.verified.read().unwrap_or_else(PoisonError::into_inner).get(token).copied();
        let access = known.or_else(|| self.decode(token))?;
        let now = seconds(now);
        (now + LEEWAY_S >= access.from && now < access.exp.saturating_add(LEEWAY_S)).then_some(access)
    }

    /// Returns the client that a request's valid token names, if it has one.
    pub fn client(&self, headers: &HeaderMap, now: Timestamp) -> Option<Owner> {
        self.verify(bearer(headers)?, now).map(|access| access.client)
    }

    fn decode(&self, token: &str) -> Option<Access> {
        if token.len() > MAX_TOKEN_LENGTH {
            return None;
        }
        let key = self.verifying.get(&jsonwebtoken::decode_header(token).ok()?.kid?)?;
        let claims = jsonwebtoken::decode::<Claims>(token, key, &self.validation).ok()?.claims;
        let client = Owner(claims.sub);
        // Locked until the token is cached, so that no client is revoked in between.
        let clients = self.clients.read().unwrap_or_else(PoisonError::into_inner);
        let current = clients.get(&client).copied().unwrap_or(Some(ScopeSet::ALL))?;
        let scopes = ScopeSet::from_stored(&claims.scope).intersection(current);
        let from = claims.iat.max(claims.nbf.unwrap_or_default());
        let access = Access { client, scopes, from, exp: claims.exp };
        let mut verified = self.verified.write().unwrap_or_else(PoisonError::into_inner);
        if verified.len() >= MAX_CACHED_TOKENS {
            verified.clear();
        }
        verified.insert(token.into(), access);
        Some(access)
    }

    /// Judges tokens by these clients from now on, cached ones included.
    fn set_clients(&self, clients: HashMap<Owner, Option<ScopeSet>>) {
        let mut known = self.clients.write().unwrap_or_else(PoisonError::into_inner);
        if *known != clients {
            let before = std::mem::replace(&mut *known, clients);
            let is_unchanged = |client: &Owner| before.get(client) == known.get(client);
            let mut verified = self.verified.write().unwrap_or_else(PoisonError::into_inner);
            verified.retain(|_, access| is_unchanged(&access.client));
        }
    }

    /// Reads the clients' scopes, and which clients are revoked.
    pub async fn reload_clients(&self, store: &dyn Store) -> Result<(), StoreError> {
        let all = store.clients().all().await?;
        self.set_clients(all.into_iter().map(|c| (Owner(c.id), c.revoked_at.is_none().then_some(c.scopes))).collect());
        Ok(())
    }

    /// Reads the clients' scopes and revocations at an interval, for ever.
    pub async fn reload_clients_periodically(self: Arc<Self>, store: Arc<dyn Store>) {
        loop {
            tokio::time::sleep(RELOAD_INTERVAL).await;
            if let Err(error) = self.reload_clients(&*store).await {
                tracing::warn!(%error, "could not read the API clients");
            }
        }
    }

    /// Returns once the token is no longer valid for holds and orders. A stream that was opened with it ends then.
    pub async fn expired(&self, token: &str, now: impl Fn() -> Timestamp) {
        while self.verify(token, now()).is_some_and(|access| access.scopes.contains(Scope::Checkout)) {
            tokio::time::sleep(RELOAD_INTERVAL).await;
        }
    }
}

fn seconds(at: Timestamp) -> u64 {
    u64::try_from(at.as_millis() / 1000).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::secret::Secret;

    fn key(kid: &str) -> JwtKey {
        JwtKey { kid: kid.to_owned(), secret: Secret::new(&kid.repeat(32)) }
    }

    #[test]
    fn rotated_keys_verify_old_and_new_tokens() {
        let now = Timestamp::from_millis(1_800_000_000_000);
        let (old, both, new) = (Tokens::new(&[key("a")]), Tokens::new(&[key("b"), key("a")]), Tokens::new(&[key("b")]));
        let token = old.issue(Uuid::nil(), ScopeSet::CHECKOUT, now).unwrap();
        assert!(both.verify(&token, now).is_some());
        assert!(new.verify(&token, now).is_none());
        assert!(new.verify(&both.issue(Uuid::nil(), ScopeSet::CHECKOUT, now).unwrap(), now).is_some());
    }

    #[test]
    fn a_token_has_the_scopes_that_its_client_still_has() {
        let now = Timestamp::from_millis(1_800_000_000_000);
        let tokens = Tokens::new(&[key("a")]);
        let token = tokens.issue(Uuid::nil(), ScopeSet::ALL, now).unwrap();
        let scopes = || tokens.verify(&token, now).map(|access| access.scopes);
        assert_eq!(scopes(), Some(ScopeSet::ALL), "an unknown client was just added");
        let with = |scopes| tokens.set_clients(HashMap::from([(Owner(Uuid::nil()), scopes)]));
        with(Some(ScopeSet::CHECKOUT));
        assert_eq!(scopes(), Some(ScopeSet::CHECKOUT));
        with(Some(ScopeSet::ALL));
        assert_eq!(scopes(), Some(ScopeSet::ALL));
        with(None);
        assert_eq!(scopes(), None);
    }

    #[test]
    fn a_token_expires_by_the_shops_clock() {
        let now = Timestamp::from_millis(1_800_000_000_000);
        let tokens = Tokens::new(&[key("a")]);
        let token = tokens.issue(Uuid::nil(), ScopeSet::CHECKOUT, now).unwrap();
        let after = |s| now + std::time::Duration::from_secs(s);
        assert!(tokens.verify(&token, after(TOKEN_TTL_S)).is_some(), "within the leeway");
        assert!(tokens.verify(&token, after(TOKEN_TTL_S + LEEWAY_S)).is_none(), "cached or not");
    }
}
