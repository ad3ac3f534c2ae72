//! Changes that operators make to their own accounts.

use super::{OperatorError, OperatorService, SignedIn, Token, Visitor, links::SecondFactor, passwords, tokens};
use checkout::store::operators::{Hidden, OperatorChange, OperatorId, TokenHash};
use serde_json::Value;

impl OperatorService {
    /// Changes the operator's password, ends all other sessions, and renews this one. Returns its new token.
    pub async fn change_password(
        &self,
        signed_in: &SignedIn,
        current: String,
        new: String,
        visitor: &Visitor,
    ) -> Result<Token, OperatorError> {
        let SignedIn { operator, session, .. } = signed_in;
        passwords::check(&new, &operator.email)?;
        self.verify_own_password(signed_in, current, visitor).await?;
        let hash = Hidden(self.hasher.hash(new).await?);
        let mut confirmed = session.clone();
        confirmed.password_at = self.now();
        let (renew, token) = self.renew(&confirmed, true)?;
        let changes = vec![
            OperatorChange::SetPassword { id: operator.id, hash },
            OperatorChange::EndSessions { operator: operator.id, except: Some(session.id) },
            renew,
        ];
        let entry = self.entry(&signed_in.actor(), "operator.change_password", operator, &Value::Null);
        self.change(changes, Some(entry), OperatorError::Conflict).await?;
        Ok(token)
    }

    /// Turns the second factor on, or moves it to another app. Returns new recovery codes and the session's new token.
    pub async fn set_second_factor(
        &self,
        signed_in: &SignedIn,
        factor: SecondFactor,
    ) -> Result<(Vec<String>, Token), OperatorError> {
        let id = signed_in.operator.id;
        let totp = factor.confirmed(self.now())?;
        let (codes, replace) = new_recovery_codes(id)?;
        let (renew, token) = self.renew(&signed_in.session, true)?;
        let changes = vec![
            OperatorChange::SetTotp { id, totp: Some(totp) },
            replace,
            OperatorChange::EndSessions { operator: id, except: Some(signed_in.session.id) },
            renew,
        ];
        let entry = self.entry(&signed_in.actor(), "operator.set_second_factor", &signed_in.operator, &Value::Null);
        self.change(changes, Some(entry), OperatorError::Conflict).await?;
        Ok((codes, token))
    }

    /// Turns the second factor off, where it is not required.
    pub async fn remove_second_factor(&self, signed_in: &SignedIn) -> Result<(), OperatorError> {
        if self.is_second_factor_required {
            return Err(OperatorError::SecondFactorRequired);
        }
        let id = signed_in.operator.id;
        let changes = vec![
            OperatorChange::SetTotp { id, totp: None },
            OperatorChange::ReplaceRecoveryCodes { id, hashes: Vec::new() },
        ];
        let entry = self.entry(&signed_in.actor(), "operator.remove_second_factor", &signed_in.operator, &Value::Null);
        self.change(changes, Some(entry), OperatorError::Conflict).await
    }

    /// Replaces the recovery codes.
    pub async fn replace_recovery_codes(&self, signed_in: &SignedIn) -> Result<Vec<String>, OperatorError> {
        let (codes, replace) = new_recovery_codes(signed_in.operator.id)?;
        let entry =
            self.entry(&signed_in.actor(), "operator.replace_recovery_codes", &signed_in.operator, &Value::Null);
        self.change(vec![replace], Some(entry), OperatorError::Conflict).await?;
        Ok(codes)
    }

    /// Returns the number of recovery codes that are left.
    pub async fn recovery_codes_left(&self, operator: OperatorId) -> Result<u32, OperatorError> {
        Ok(self.store.operators().recovery_codes_left(operator).await?)
    }
}

/// Returns new recovery codes, and the change that stores their hashes.
pub(super) fn new_recovery_codes(id: OperatorId) -> Result<(Vec<String>, OperatorChange), OperatorError> {
    let codes = tokens::recovery_codes()?;
    let hashes: Vec<Hidden<TokenHash>> = codes.iter().filter_map(|code| tokens::recovery_code_hash(code)).collect();
    Ok((codes, OperatorChange::ReplaceRecoveryCodes { id, hashes }))
}
