//! Sessions of operators. The row is read at each request, so that ending one takes effect on all nodes at once.

use super::{OperatorError, OperatorService, Token, actor_of, throttle::FORGET_AFTER, tokens};
use checkout::{
    Checkout,
    model::{Actor, Timestamp},
    store::operators::{Operator, OperatorChange, OperatorId, OperatorSession, Permission},
};
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

/// Time without use after which a session ends.
const IDLE_TIMEOUT: Duration = Duration::from_hours(12);
/// Time after which a session ends, however much it is used.
pub const LIFETIME: Duration = Duration::from_hours(7 * 24);
/// Time in which the second factor has to be given.
const SECOND_FACTOR_TIMEOUT: Duration = Duration::from_mins(10);
/// Interval at which the use of a session is recorded.
const TOUCH_INTERVAL: Duration = Duration::from_mins(1);
/// Time for which a password that was given counts as fresh.
const PASSWORD_FRESHNESS: Duration = Duration::from_mins(10);
/// Interval between purges.
const PURGE_INTERVAL: Duration = Duration::from_hours(1);
/// Longest description of a device, in characters.
const MAX_DEVICE_LENGTH: usize = 200;

/// Where a request comes from.
#[derive(Debug, Clone, Default)]
pub struct Visitor {
    /// The address.
    pub address: String,
    /// The browser's `User-Agent`.
    pub device: String,
}

/// An operator with the session that a request belongs to.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The operator.
    pub operator: Operator,
    /// The session.
    pub session: OperatorSession,
    /// The engine, for the numbers in the console's navigation; `None` before the console's access check.
    pub checkout: Option<Checkout>,
}

impl SignedIn {
    /// The operator as the audit log names them.
    pub fn actor(&self) -> Actor {
        actor_of(&self.operator)
    }

    /// Whether the password was given in the last ten minutes.
    pub fn has_fresh_password(&self, now: Timestamp) -> bool {
        self.session.password_at + PASSWORD_FRESHNESS > now
    }
}

impl OperatorService {
    /// Returns the operator whose session has this token. The session may be incomplete.
    pub async fn authenticate(&self, token: &str) -> Result<Option<SignedIn>, OperatorError> {
        let (operators, now) = (self.store.operators(), self.now());
        let Some(session) = operators.session(&tokens::hash(token), now, now - IDLE_TIMEOUT).await? else {
            return Ok(None);
        };
        let operator = operators.find(session.operator_id).await?.filter(|operator| operator.disabled_at.is_none());
        let Some(operator) = operator else { return Ok(None) };
        if session.last_seen_at + TOUCH_INTERVAL <= now {
            operators.touch_session(session.id, now, now - TOUCH_INTERVAL).await?;
        }
        Ok(Some(SignedIn { operator, session, checkout: None }))
    }

    /// Whether the session of an earlier request still stands, and its operator still has a permission. Unlike a request, the
    /// question is no use of the session: a screen that stays open does not keep it alive.
    pub async fn still_may(&self, signed_in: &SignedIn, permission: Permission) -> Result<bool, OperatorError> {
        let (operators, now) = (self.store.operators(), self.now());
        let session = operators.session(&signed_in.session.token_hash.0, now, now - IDLE_TIMEOUT).await?;
        let operator = operators.find(signed_in.operator.id).await?.filter(|operator| operator.disabled_at.is_none());
        let may = operator.is_some_and(|operator| operator.role.may(permission));
        Ok(may && session.is_some_and(|session| session.complete))
    }

    /// Returns the sessions of an operator, the last used first.
    pub async fn sessions(&self, operator: OperatorId) -> Result<Vec<OperatorSession>, OperatorError> {
        let now = self.now();
        let all = self.store.operators().sessions(operator, now, now - IDLE_TIMEOUT).await?;
        Ok(all.into_iter().filter(|session| session.complete).collect())
    }

    /// Ends the session of a request.
    pub async fn sign_out(&self, signed_in: &SignedIn) -> Result<(), OperatorError> {
        let end = OperatorChange::EndSession { operator: signed_in.operator.id, id: signed_in.session.id };
        let entry = self.entry(&signed_in.actor(), "operator.sign_out", &signed_in.operator, &Value::Null);
        // A session that was ended meanwhile is as good.
        self.store.operators().change(vec![end], signed_in.session.complete.then_some(entry)).await?;
        Ok(())
    }

    /// Ends another session of the operator. One that has ended already is as good.
    pub async fn end_session(&self, signed_in: &SignedIn, id: Uuid) -> Result<(), OperatorError> {
        let end = OperatorChange::EndSession { operator: signed_in.operator.id, id };
        let entry =
            self.entry(&signed_in.actor(), "operator.end_session", &signed_in.operator, &json!({ "session": id }));
        self.store.operators().change(vec![end], Some(entry)).await?;
        Ok(())
    }

    /// Ends all other sessions of the operator.
    pub async fn end_other_sessions(&self, signed_in: &SignedIn) -> Result<(), OperatorError> {
        let end = OperatorChange::EndSessions { operator: signed_in.operator.id, except: Some(signed_in.session.id) };
        let entry = self.entry(&signed_in.actor(), "operator.end_sessions", &signed_in.operator, &Value::Null);
        self.store.operators().change(vec![end], Some(entry)).await?;
        Ok(())
    }

    /// Returns a session that begins now, and its token.
    pub(super) fn new_session(
        &self,
        operator: &Operator,
        visitor: &Visitor,
        complete: bool,
    ) -> Result<(OperatorSession, Token), OperatorError> {
        let (token, now) = (Token::generate()?, self.now());
        let device = visitor.device.chars().filter(|c| !c.is_control()).take(MAX_DEVICE_LENGTH).collect();
        let session = OperatorSession {
            id: self.entries.new_id(),
            token_hash: token.hash(),
            operator_id: operator.id,
            complete,
            created_at: now,
            last_seen_at: now,
            password_at: now,
            ends_at: now + if complete { LIFETIME } else { SECOND_FACTOR_TIMEOUT },
            address: visitor.address.clone(),
            device,
        };
        Ok((session, token))
    }

    /// Returns the change that gives a session a new token, and the token. A token that somebody learnt before is then worth
    /// nothing.
    pub(super) fn renew(
        &self,
        session: &OperatorSession,
        complete: bool,
    ) -> Result<(OperatorChange, Token), OperatorError> {
        let (token, now) = (Token::generate()?, self.now());
        let ends_at = if complete && !session.complete { now + LIFETIME } else { session.ends_at };
        let renewed =
            OperatorSession { token_hash: token.hash(), complete, last_seen_at: now, ends_at, ..session.clone() };
        Ok((OperatorChange::RenewSession { expected: session.token_hash.clone(), session: renewed }, token))
    }

    /// Purges what has ended, for ever.
    pub async fn purge_periodically(self) {
        let mut rounds = tokio::time::interval(PURGE_INTERVAL);
        loop {
            rounds.tick().await;
            let now = self.now();
            match self.store.operators().purge(now, now - IDLE_TIMEOUT, now - FORGET_AFTER).await {
                Ok(0) => {}
                Ok(count) => tracing::info!(count, "purged what operators' sign-ins left behind"),
                Err(error) => tracing::warn!(%error, "could not purge operators' sessions"),
            }
        }
    }
}
