//! Changes that administrators make to other operators.

use super::{NewLink, OperatorError, OperatorService};
use checkout::{
    model::{Actor, AuditObject, check_line},
    store::operators::{EmailAddress, LinkPurpose, Operator, OperatorChange, OperatorId, Role},
};
use serde_json::{Value, json};

/// Longest name, in characters.
const MAX_NAME_LENGTH: usize = 100;
/// The first operator of a development server.
const FIRST_EMAIL: &str = "admin@localhost";

impl OperatorService {
    /// Adds an operator. Returns the link with which they set their password, and mails them another.
    pub async fn invite(
        &self,
        actor: &Actor,
        email: EmailAddress,
        name: &str,
        role: Role,
    ) -> Result<NewLink, OperatorError> {
        self.add(actor, email, name, role, true).await
    }

    async fn add(
        &self,
        actor: &Actor,
        email: EmailAddress,
        name: &str,
        role: Role,
        is_mailed: bool,
    ) -> Result<NewLink, OperatorError> {
        let name = name.trim();
        check_line(name).map_err(OperatorError::NameCharacter)?;
        if name.chars().count() > MAX_NAME_LENGTH {
            return Err(OperatorError::InvalidName);
        }
        let operator = Operator {
            id: self.entries.new_id(),
            email,
            name: name.to_owned(),
            role,
            password_hash: None,
            totp_secret: None,
            totp_last_step: None,
            created_at: self.now(),
            disabled_at: None,
        };
        let entry = self.entry(actor, "operator.invite", &operator, &json!({ "name": name, "role": role }));
        let add = OperatorChange::Add(operator.clone());
        let mail = is_mailed.then(|| self.mail_link(&operator, LinkPurpose::Invitation));
        let (add_link, link) = self.new_link(operator, LinkPurpose::Invitation)?;
        self.change([add, add_link].into_iter().chain(mail).collect(), Some(entry), OperatorError::EmailTaken).await?;
        Ok(link)
    }

    /// Makes a link with which an operator sets a new password and second factor, and mails them another. The password and the
    /// second factor that they have keep working until then.
    pub async fn reset(&self, actor: &Actor, id: OperatorId) -> Result<NewLink, OperatorError> {
        self.renew_link(actor, id, true).await
    }

    async fn renew_link(&self, actor: &Actor, id: OperatorId, is_mailed: bool) -> Result<NewLink, OperatorError> {
        let operator = self.operator(id).await?;
        let purpose = if operator.password_hash.is_some() { LinkPurpose::Reset } else { LinkPurpose::Invitation };
        let entry = self.entry(actor, "operator.reset", &operator, &json!({ "purpose": purpose.name() }));
        let mail = is_mailed.then(|| self.mail_link(&operator, purpose));
        let (add_link, link) = self.new_link(operator, purpose)?;
        self.change([add_link].into_iter().chain(mail).collect(), Some(entry), OperatorError::Conflict).await?;
        Ok(link)
    }

    /// Changes an operator's role, unless it is no longer `expected`.
    pub async fn set_role(
        &self,
        actor: &Actor,
        id: OperatorId,
        expected: Role,
        role: Role,
    ) -> Result<(), OperatorError> {
        refuse_own(actor, id)?;
        if expected == role {
            return Ok(());
        }
        let operator = self.operator(id).await?;
        let (before, after) = (json!({ "role": expected }), json!({ "role": role }));
        let object = AuditObject::new("operator", operator.id);
        let entry = self.entries.entry(actor, "operator.set_role", object, &before, &after);
        let change = OperatorChange::SetRole { id, expected, role };
        self.change(vec![change], Some(entry), OperatorError::Conflict).await
    }

    /// Disables an operator and ends their sessions. An operator who is disabled already stays so.
    pub async fn disable(&self, actor: &Actor, id: OperatorId) -> Result<(), OperatorError> {
        refuse_own(actor, id)?;
        let operator = self.operator(id).await?;
        if operator.disabled_at.is_some() {
            return Ok(());
        }
        let changes = vec![
            OperatorChange::Disable { id, at: self.now() },
            OperatorChange::EndSessions { operator: id, except: None },
        ];
        let entry = self.entry(actor, "operator.disable", &operator, &Value::Null);
        self.change(changes, Some(entry), OperatorError::Conflict).await
    }

    /// Enables an operator. An operator who is enabled stays so.
    pub async fn enable(&self, actor: &Actor, id: OperatorId) -> Result<(), OperatorError> {
        let operator = self.operator(id).await?;
        if operator.disabled_at.is_none() {
            return Ok(());
        }
        let entry = self.entry(actor, "operator.enable", &operator, &Value::Null);
        self.change(vec![OperatorChange::Enable(id)], Some(entry), OperatorError::Conflict).await
    }

    /// Ends all sessions of an operator.
    pub async fn end_sessions_of(&self, actor: &Actor, id: OperatorId) -> Result<(), OperatorError> {
        let operator = self.operator(id).await?;
        let entry = self.entry(actor, "operator.end_sessions", &operator, &Value::Null);
        let end = OperatorChange::EndSessions { operator: id, except: None };
        self.change(vec![end], Some(entry), OperatorError::Conflict).await
    }

    /// Returns an operator by e-mail address.
    pub async fn by_email(&self, email: &EmailAddress) -> Result<Operator, OperatorError> {
        self.store.operators().find_by_email(email).await?.ok_or(OperatorError::UnknownOperator)
    }

    /// Returns an operator.
    pub async fn operator(&self, id: OperatorId) -> Result<Operator, OperatorError> {
        self.store.operators().find(id).await?.ok_or(OperatorError::UnknownOperator)
    }

    /// Invites the first operator, for a development server. While nobody has used an invitation, each call makes a new link
    /// for the first operator. Returns `None` once somebody has.
    pub async fn first_invitation(&self) -> Result<Option<NewLink>, OperatorError> {
        let all = self.all().await?;
        if all.iter().any(|operator| operator.password_hash.is_some()) {
            return Ok(None);
        }
        let actor = Actor::system();
        let email: EmailAddress = FIRST_EMAIL.parse().map_err(|_| OperatorError::InvalidName)?;
        match all.iter().find(|operator| operator.email == email) {
            Some(operator) => self.renew_link(&actor, operator.id, false).await.map(Some),
            None if all.is_empty() => self.add(&actor, email, "", Role::Admin, false).await.map(Some),
            // Somebody else was invited, and has the link.
            None => Ok(None),
        }
    }
}

/// Operators cannot lock themselves out by mistake.
fn refuse_own(actor: &Actor, id: OperatorId) -> Result<(), OperatorError> {
    if actor.id == Some(id.0) { Err(OperatorError::OwnAccount) } else { Ok(()) }
}
