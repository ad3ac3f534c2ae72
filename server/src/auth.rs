//! Access tokens of API clients: HS256 and nothing else, two keys or more so that they can be changed without a gap.
//! Verified on every call, so the keys are made once, and what was found good is remembered: a client uses a token for an
//! hour, and in a sale thousands of times.

use crate::{
    problem::{Kind, Problem},
    secret::JwtKey,
    state::AppState,
};
use axum::extract::FromRequestParts;
use checkout::{
    StoreError,
    model::{Owner, Timestamp},
    store::Store,
};
use http::{HeaderMap, HeaderValue, header, request::Parts};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use std::{
    collections::{HashMap, HashSet},
    sync::{PoisonError, RwLock},
    time::Duration,
};
use uuid::Uuid;

/// The scope that holds and orders need.
pub const SCOPE: &str = "checkout";
/// How long a token lasts, in seconds.
pub const TOKEN_TTL_S: u64 = 3600;

/// How soon a client that was revoked is shut out of a running server; as much later again of what it watches.
const LOOK_FOR_REVOKED_EVERY: Duration = Duration::from_secs(3);

const ISSUER: &str = "holdfast";
const AUDIENCE: &str = "holdfast-api";
/// How far nodes' clocks may differ, in seconds.
const LEEWAY_S: u64 = 5;
/// Ours are a quarter of this; anything longer is not worth a look.
const LONGEST_TOKEN: usize = 2048;
/// Tokens remembered as good. Past this they are forgotten, which costs a verification and nothing else.
const REMEMBERED: usize = 4096;

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

/// What a token whose signature is good says.
#[derive(Debug, Clone, Copy)]
struct Access {
    client: Owner,
    may_check_out: bool,
    /// Good from then on. Seconds since the epoch, as the next; both are compared on every call.
    from: u64,
    /// Good until then.
    exp: u64,
}

/// Issues and verifies access tokens.
pub struct Tokens {
    header: Header,
    signing: EncodingKey,
    verifying: HashMap<String, DecodingKey>,
    validation: Validation,
    /// Tokens whose signature was found good, at most [`REMEMBERED`].
    good: RwLock<HashMap<Box<str>, Access>>,
    /// Clients whose tokens are not.
    revoked: RwLock<HashSet<Owner>>,
}

impl Tokens {
    /// The first key signs, all verify. Settings without a key do not get this far; if they did, nothing would verify.
    pub fn new(keys: &[JwtKey]) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // Compared with the shop's clock in `verify`, not with the machine's.
        validation.validate_exp = false;
        let first = keys.first();
        Self {
            header: Header { kid: first.map(|k| k.kid.clone()), ..Header::new(Algorithm::HS256) },
            signing: EncodingKey::from_secret(first.map_or(&[], |k| k.secret.expose())),
            verifying: keys.iter().map(|k| (k.kid.clone(), DecodingKey::from_secret(k.secret.expose()))).collect(),
            validation,
            good: RwLock::default(),
            revoked: RwLock::default(),
        }
    }

    /// A token for `client`, from `now` for [`TOKEN_TTL_S`].
    pub fn issue(&self, client: Uuid, now: Timestamp) -> Result<String, jsonwebtoken::errors::Error> {
        let iat = seconds(now);
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: client,
            scope: SCOPE.to_owned(),
            iat,
            nbf: None,
            exp: iat + TOKEN_TTL_S,
        };
        jsonwebtoken::encode(&self.header, &claims, &self.signing)
    }

    /// What the token allows; `None` when it is anything but one of ours that is still good.
    fn verify(&self, token: &str, now: Timestamp) -> Option<Access> {
        let known = self.good.read().unwrap_or_else(PoisonError::into_inner).get(token).copied();
        let access = known.or_else(|| self.decode(token))?;
        let now = seconds(now);
        (now + LEEWAY_S >= access.from && now < access.exp.saturating_add(LEEWAY_S)).then_some(access)
    }

    /// The client that a request's good token names, if it has one.
    pub fn client(&self, headers: &HeaderMap, now: Timestamp) -> Option<Owner> {
        self.verify(bearer(headers)?, now).map(|access| access.client)
    }

    fn decode(&self, token: &str) -> Option<Access> {
        if token.len() > LONGEST_TOKEN {
            return None;
        }
        let key = self.verifying.get(&jsonwebtoken::decode_header(token).ok()?.kid?)?;
        let claims = jsonwebtoken::decode::<Claims>(token, key, &self.validation).ok()?.claims;
        let may_check_out = claims.scope.split(' ').any(|scope| scope == SCOPE);
        let client = Owner(claims.sub);
        // Kept until the token is remembered: who is revoked in between must not be.
        let revoked = self.revoked.read().unwrap_or_else(PoisonError::into_inner);
        if revoked.contains(&client) {
            return None;
        }
        let from = claims.iat.max(claims.nbf.unwrap_or_default());
        let access = Access { client, may_check_out, from, exp: claims.exp };
        let mut good = self.good.write().unwrap_or_else(PoisonError::into_inner);
        if good.len() >= REMEMBERED {
            good.clear();
        }
        good.insert(token.into(), access);
        Some(access)
    }

    /// From now on, these clients' tokens are not good, however well they are remembered.
    fn shut_out(&self, revoked: HashSet<Owner>) {
        let mut known = self.revoked.write().unwrap_or_else(PoisonError::into_inner);
        if *known != revoked {
            *known = revoked;
            self.good
                .write()
                .unwrap_or_else(PoisonError::into_inner)
                .retain(|_, access| !known.contains(&access.client));
        }
    }

    /// Looks up who was revoked, wherever that was.
    pub async fn look_for_revoked(&self, store: &dyn Store) -> Result<(), StoreError> {
        let all = store.clients().all().await?;
        self.shut_out(all.into_iter().filter(|c| c.revoked_at.is_some()).map(|c| Owner(c.id)).collect());
        Ok(())
    }
}

/// Looks up now and then who was revoked, until the server is gone.
pub async fn keep_looking_for_revoked(state: AppState) {
    loop {
        tokio::time::sleep(LOOK_FOR_REVOKED_EVERY).await;
        if let Err(error) = state.tokens.look_for_revoked(&*state.store).await {
            tracing::warn!(%error, "could not look up which clients were revoked");
        }
    }
}

/// Until a token is no longer good: what was begun with it and goes on ends then, too.
pub async fn until_it_ends(token: String, state: AppState) {
    while state.tokens.verify(&token, state.checkout.now()).is_some() {
        tokio::time::sleep(LOOK_FOR_REVOKED_EVERY).await;
    }
}

fn seconds(at: Timestamp) -> u64 {
    u64::try_from(at.as_millis() / 1000).unwrap_or(0)
}

/// An API client that may check out. Its id owns its holds and orders.
#[derive(Debug, Clone, Copy)]
pub struct Client(pub Owner);

impl FromRequestParts<AppState> for Client {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let token = bearer(&parts.headers).ok_or_else(|| {
            unauthorized(r#"Bearer realm="holdfast""#, "Send Authorization: Bearer with a token from POST /api/token.")
        })?;
        let access = state.tokens.verify(token, state.checkout.now()).ok_or_else(|| {
            let challenge = r#"Bearer realm="holdfast", error="invalid_token""#;
            unauthorized(challenge, "The token is expired or is not one of ours; get a new one from POST /api/token.")
        })?;
        if !access.may_check_out {
            let challenge = r#"Bearer realm="holdfast", error="insufficient_scope", scope="checkout""#;
            let detail = "The token lacks the scope checkout; ask for it at POST /api/token.";
            return Err(Problem::new(Kind::InsufficientScope, detail)
                .header(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge)));
        }
        Ok(Self(access.client))
    }
}

/// The token of the one `Authorization: Bearer` header.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let (first, more) = (given.next()?, given.next());
    let (scheme, token) = first.to_str().ok()?.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && more.is_none()).then_some(token.trim())
}

fn unauthorized(challenge: &'static str, detail: &'static str) -> Problem {
    Problem::new(Kind::Unauthorized, detail).header(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    fn key(kid: &str) -> JwtKey {
        JwtKey { kid: kid.to_owned(), secret: Secret::new(&kid.repeat(32)) }
    }

    #[test]
    fn keys_rotate_without_a_gap() {
        let now = Timestamp::from_millis(1_800_000_000_000);
        let (old, both, new) = (Tokens::new(&[key("a")]), Tokens::new(&[key("b"), key("a")]), Tokens::new(&[key("b")]));
        let token = old.issue(Uuid::nil(), now).unwrap();
        assert!(both.verify(&token, now).is_some());
        assert!(new.verify(&token, now).is_none());
        assert!(new.verify(&both.issue(Uuid::nil(), now).unwrap(), now).is_some());
    }

    #[test]
    fn a_token_ends_by_the_shops_clock() {
        let now = Timestamp::from_millis(1_800_000_000_000);
        let tokens = Tokens::new(&[key("a")]);
        let token = tokens.issue(Uuid::nil(), now).unwrap();
        let after = |s| now + std::time::Duration::from_secs(s);
        assert!(tokens.verify(&token, after(TOKEN_TTL_S)).is_some(), "within the leeway");
        assert!(tokens.verify(&token, after(TOKEN_TTL_S + LEEWAY_S)).is_none(), "however well it is remembered");
    }
}
