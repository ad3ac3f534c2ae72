//! Signing in: e-mail address and password, then the second factor.

use super::{
    OperatorError, OperatorService, SignedIn, Token, Visitor, actor_of, passwords, throttle::Attempt, tokens, totp::Key,
};
use crate::auth::hashing::UNMATCHED_HASH;
use checkout::{
    model::Actor,
    store::operators::{EmailAddress, Operator, OperatorChange},
};
use serde_json::{Value, json};

/// A session that was opened or renewed.
pub struct NewSession {
    /// The token for the cookie.
    pub token: Token,
    /// Whether the second factor still has to be given.
    pub needs_second_factor: bool,
}

impl OperatorService {
    /// Opens a session for an operator with this password. An unknown address, a wrong password and a disabled operator get
    /// the same answer after the same time. `previous` is the session of the browser until now, which ends.
    pub async fn sign_in(
        &self,
        email: &str,
        password: String,
        visitor: &Visitor,
        previous: Option<&SignedIn>,
    ) -> Result<NewSession, OperatorError> {
        let parsed = email.parse::<EmailAddress>().ok();
        let typed = parsed.as_ref().map_or(email, EmailAddress::as_str);
        let attempt = self.attempt(typed, self.now()).await?;
        let operator = match &parsed {
            Some(email) => self.store.operators().find_by_email(email).await?,
            None => None,
        };
        let is_right = self.is_password(operator.as_ref(), password).await?;
        let Some(operator) = operator.as_ref().filter(|operator| is_right && operator.disabled_at.is_none()) else {
            self.record_failure(&Actor::system(), operator.as_ref(), "password", &attempt, visitor).await?;
            return Err(OperatorError::WrongCredentials);
        };
        let needs_second_factor = operator.totp_secret.is_some();
        let (session, token) = self.new_session(operator, visitor, !needs_second_factor)?;
        let changes = vec![OperatorChange::AddSession(session)];
        if needs_second_factor {
            self.change(changes, None, OperatorError::WrongCredentials).await?;
            self.uncount(&attempt).await?;
        } else {
            let entry = self.sign_in_entry(operator, visitor, "password");
            self.change(changes, Some(entry), OperatorError::WrongCredentials).await?;
            self.forget_failures(&attempt).await?;
        }
        if let Some(previous) = previous {
            self.sign_out(previous).await?;
        }
        Ok(NewSession { token, needs_second_factor })
    }

    /// Completes a session with a code of the authenticator app, or with a recovery code. Each code works once.
    pub async fn give_second_factor(
        &self,
        signed_in: &SignedIn,
        code: &str,
        visitor: &Visitor,
    ) -> Result<NewSession, OperatorError> {
        let SignedIn { operator, session, .. } = signed_in;
        let now = self.now();
        let attempt = self.attempt(operator.email.as_str(), now).await?;
        let key = operator.totp_secret.as_ref().map(|secret| Key::from_bytes(&secret.0));
        let step = key.map(|key| key.matching_step(code, now)).transpose()?.flatten();
        let used = match (step, tokens::recovery_code_hash(code)) {
            (Some(step), _) => Some((OperatorChange::UseTotpStep { id: operator.id, step }, "code")),
            (None, Some(hash)) => {
                Some((OperatorChange::UseRecoveryCode { id: operator.id, hash, at: now }, "recovery code"))
            }
            (None, None) => None,
        };
        if let Some((used, factor)) = used {
            let (renew, token) = self.renew(session, true)?;
            let entry = self.sign_in_entry(operator, visitor, factor);
            if self.store.operators().change(vec![used, renew], Some(entry)).await? {
                self.forget_failures(&attempt).await?;
                return Ok(NewSession { token, needs_second_factor: false });
            }
        }
        self.record_failure(&actor_of(operator), Some(operator), "code", &attempt, visitor).await?;
        Err(OperatorError::WrongCode)
    }

    /// Records that the operator gave their password again.
    pub async fn confirm_password(
        &self,
        signed_in: &SignedIn,
        password: String,
        visitor: &Visitor,
    ) -> Result<(), OperatorError> {
        self.verify_own_password(signed_in, password, visitor).await?;
        Ok(self.store.operators().confirm_password(signed_in.session.id, self.now()).await?)
    }

    /// Fails unless this is the password of a signed-in operator. Wrong ones count as failed sign-ins.
    pub(super) async fn verify_own_password(
        &self,
        signed_in: &SignedIn,
        password: String,
        visitor: &Visitor,
    ) -> Result<(), OperatorError> {
        let operator = &signed_in.operator;
        let attempt = self.attempt(operator.email.as_str(), self.now()).await?;
        if self.is_password(Some(operator), password).await? {
            return self.uncount(&attempt).await;
        }
        self.record_failure(&signed_in.actor(), Some(operator), "password", &attempt, visitor).await?;
        Err(OperatorError::WrongCredentials)
    }

    /// Whether this is the operator's password. It takes as long where there is no operator or no password.
    async fn is_password(&self, operator: Option<&Operator>, password: String) -> Result<bool, OperatorError> {
        let is_too_long = password.chars().nth(passwords::MAX_LENGTH).is_some();
        let password = if is_too_long { String::new() } else { password };
        let hash = operator.and_then(|operator| operator.password_hash.as_ref());
        let hash = hash.map_or_else(|| UNMATCHED_HASH.to_owned(), |hash| hash.0.clone());
        Ok(self.hasher.matches(password, hash).await? && !is_too_long)
    }

    fn sign_in_entry(&self, operator: &Operator, visitor: &Visitor, factor: &str) -> checkout::model::AuditEntry {
        let after = json!({ "address": visitor.address, "with": factor });
        self.entry(&actor_of(operator), "operator.sign_in", operator, &after)
    }

    /// Writes a failure to the audit log. The waits between attempts bound the number of such rows; an address that no
    /// operator has leaves none.
    async fn record_failure(
        &self,
        actor: &Actor,
        operator: Option<&Operator>,
        wrong: &str,
        attempt: &Attempt,
        visitor: &Visitor,
    ) -> Result<(), OperatorError> {
        let failures = attempt.failures;
        tracing::warn!(
            address = visitor.address,
            failures,
            wrong,
            known = operator.is_some(),
            "an operator's sign-in failed"
        );
        let Some(operator) = operator else { return Ok(()) };
        let after: Value = json!({ "address": visitor.address, "wrong": wrong, "failures": failures });
        let entry = self.entry(actor, "operator.sign_in_failed", operator, &after);
        Ok(self.store.audit_log().append(&entry).await?)
    }
}
