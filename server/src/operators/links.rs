//! One-time links, with which operators set their password and second factor.

use super::{
    NewSession, OperatorError, OperatorService, Token, Visitor, account::new_recovery_codes, actor_of, passwords,
    tokens, totp::Key,
};
use checkout::{
    model::Timestamp,
    store::operators::{Hidden, LinkPurpose, OneTimeLink, Operator, OperatorChange, OperatorId},
};
use serde_json::json;
use std::time::Duration;

/// Time in which an invitation has to be used.
pub const INVITATION_LIFETIME: Duration = Duration::from_hours(48);
/// Time in which a reset link has to be used.
pub const RESET_LIFETIME: Duration = Duration::from_hours(1);

/// A link to hand over.
pub struct NewLink {
    /// The operator.
    pub operator: Operator,
    /// The purpose.
    pub purpose: LinkPurpose,
    token: Token,
}

impl NewLink {
    /// Returns the path of the page. It is a secret.
    pub fn path(&self) -> String {
        format!("/admin/setup/{}", self.token.expose())
    }

    /// Returns how long the link works, in hours.
    pub fn hours(&self) -> u64 {
        lifetime(self.purpose).as_secs() / 3600
    }
}

/// A key of an authenticator app, and a code that proves that the app has it.
pub struct SecondFactor {
    /// The key.
    pub key: Key,
    /// The code.
    pub code: String,
}

impl SecondFactor {
    /// Returns the key with the code's time step, if the code is right.
    pub(super) fn confirmed(self, now: Timestamp) -> Result<(Hidden<Vec<u8>>, i64), OperatorError> {
        let step = self.key.matching_step(&self.code, now)?.ok_or(OperatorError::WrongCode)?;
        Ok((Hidden(self.key.into_bytes()), step))
    }
}

pub(super) fn lifetime(purpose: LinkPurpose) -> Duration {
    match purpose {
        LinkPurpose::Invitation => INVITATION_LIFETIME,
        LinkPurpose::Reset => RESET_LIFETIME,
    }
}

impl OperatorService {
    /// Returns the change that adds a link, and the link.
    pub(super) fn new_link(
        &self,
        operator: Operator,
        purpose: LinkPurpose,
    ) -> Result<(OperatorChange, NewLink), OperatorError> {
        let (token, now) = (Token::generate()?, self.now());
        let link = OneTimeLink {
            token_hash: token.hash(),
            operator_id: operator.id,
            purpose,
            created_at: now,
            ends_at: now + lifetime(purpose),
            used_at: None,
        };
        Ok((OperatorChange::AddLink(link), NewLink { operator, purpose, token }))
    }

    /// Returns the link with this token and its operator, if it can be used.
    pub async fn link(&self, token: &str) -> Result<(OneTimeLink, Operator), OperatorError> {
        let (operators, now) = (self.store.operators(), self.now());
        let link = operators.link(&tokens::hash(token)).await?;
        let link =
            link.filter(|link| link.used_at.is_none() && link.ends_at > now).ok_or(OperatorError::InvalidLink)?;
        let operator = operators.find(link.operator_id).await?.filter(|operator| operator.disabled_at.is_none());
        Ok((link, operator.ok_or(OperatorError::InvalidLink)?))
    }

    /// Uses a link: sets password and second factor, ends all sessions, and opens one. Returns it with the operator's id and
    /// new recovery codes, which there are if there is a second factor.
    pub async fn use_link(
        &self,
        token: &str,
        password: String,
        factor: Option<SecondFactor>,
        visitor: &Visitor,
    ) -> Result<(NewSession, OperatorId, Vec<String>), OperatorError> {
        let (link, operator) = self.link(token).await?;
        let (id, now) = (operator.id, self.now());
        passwords::check(&password, &operator.email)?;
        let totp = factor.map(|factor| factor.confirmed(now)).transpose()?;
        if totp.is_none() && self.is_second_factor_required {
            return Err(OperatorError::SecondFactorRequired);
        }
        let has_second_factor = totp.is_some();
        let (codes, replace) = if has_second_factor {
            new_recovery_codes(id)?
        } else {
            (Vec::new(), OperatorChange::ReplaceRecoveryCodes { id, hashes: Vec::new() })
        };
        let hash = Hidden(self.hasher.hash(password).await?);
        let (session, session_token) = self.new_session(&operator, visitor, true)?;
        let changes = vec![
            OperatorChange::EndOtherLinks { operator: id, except: link.token_hash.clone() },
            OperatorChange::UseLink { token_hash: link.token_hash, at: now },
            OperatorChange::SetPassword { id, hash },
            OperatorChange::SetTotp { id, totp },
            replace,
            OperatorChange::EndSessions { operator: id, except: None },
            OperatorChange::AddSession(session),
        ];
        let after = json!({
            "purpose": link.purpose.name(),
            "second_factor": has_second_factor,
            "address": visitor.address,
        });
        let entry = self.entry(&actor_of(&operator), "operator.set_up", &operator, &after);
        self.change(changes, Some(entry), OperatorError::InvalidLink).await?;
        self.forget_all_failures(operator.email.as_str()).await?;
        Ok((NewSession { token: session_token, needs_second_factor: false }, id, codes))
    }
}
