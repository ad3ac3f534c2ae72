//! One-time links that are mailed. The job in the outbox names the operator and the kind of link; the link itself is made when the
//! mail is sent, so that no row contains a token.

use super::{OperatorService, Token, links::lifetime};
use async_trait::async_trait;
use checkout::{
    StoreError,
    model::{JobId, Timestamp, Topic},
    store::operators::{LinkPurpose, OneTimeLink, Operator, OperatorChange, OperatorId},
};
use integrations::mail::{OperatorLink, OperatorLinks, operator_mail};

impl OperatorService {
    /// Returns the change that mails an operator a link.
    pub(super) fn mail_link(&self, operator: &Operator, purpose: LinkPurpose) -> OperatorChange {
        let topic = match purpose {
            LinkPurpose::Invitation => Topic::OperatorInvited,
            LinkPurpose::Reset => Topic::OperatorReset,
        };
        let id: JobId = self.entries.new_id();
        OperatorChange::AddJob(Box::new(operator_mail(id, topic, operator.id, self.now())))
    }
}

#[async_trait]
impl OperatorLinks for OperatorService {
    /// The link ends when the one ends that was shown to the administrator.
    async fn link(
        &self,
        operator: OperatorId,
        purpose: LinkPurpose,
        asked_at: Timestamp,
    ) -> Result<Option<OperatorLink>, StoreError> {
        let (now, ends_at) = (self.now(), asked_at + lifetime(purpose));
        let operator = self.store.operators().find(operator).await?;
        let is_wanted = |operator: &Operator| {
            let is_new = operator.password_hash.is_none();
            operator.disabled_at.is_none() && is_new == (purpose == LinkPurpose::Invitation)
        };
        let Some(operator) = operator.filter(is_wanted).filter(|_| ends_at > now) else { return Ok(None) };
        let token = Token::generate().map_err(|error| StoreError::Unavailable(error.to_string().into()))?;
        let link = OneTimeLink {
            token_hash: token.hash(),
            operator_id: operator.id,
            purpose,
            created_at: now,
            ends_at,
            used_at: None,
        };
        if !self.store.operators().change(vec![OperatorChange::AddFurtherLink(link)], None).await? {
            return Ok(None);
        }
        let hours = now.until(ends_at).as_secs().div_ceil(3600);
        let path = format!("/admin/setup/{}", token.expose());
        Ok(Some(OperatorLink { email: operator.email, path, hours }))
    }
}
