//! Carries out mail jobs.

use super::{
    Mail,
    consequences::is_told,
    i18n::Reader,
    letter::{Letter, OrderMail},
    message, operator_letter,
};
use crate::outbox::{Handler, Outcome};
use async_trait::async_trait;
use checkout::{
    Error,
    model::{EmailAddress, EndpointId, Job, JobKind, Order, OrderId, Refund, Refusal, StoredContact, Topic},
    store::operators::{LinkPurpose, OperatorId},
};
use serde::Deserialize;

/// A mail and its receiver.
type Addressed = (Letter, EmailAddress);

/// Why a mail is not written.
enum Unwritten {
    /// The database cannot be read.
    Unreadable,
    /// Its statement is not true any more.
    Untrue,
    /// Its receiver is gone, or has no say in it any more.
    NoReceiver,
}

impl From<Error> for Unwritten {
    fn from(_: Error) -> Self {
        Self::Unreadable
    }
}

impl From<checkout::StoreError> for Unwritten {
    fn from(_: checkout::StoreError) -> Self {
        Self::Unreadable
    }
}

/// The body of a mail about an endpoint.
#[derive(Deserialize)]
struct AboutEndpoint {
    endpoint: EndpointId,
}

pub(super) struct MailHandler(pub(super) Mail);

#[async_trait]
impl Handler for MailHandler {
    fn kind(&self) -> JobKind {
        JobKind::Mail
    }

    fn task_name(&self) -> &'static str {
        "outbox_mail"
    }

    async fn run(&self, job: &Job) -> Outcome {
        let mail = &self.0.0;
        let Some(transport) = &mail.transport else {
            return Outcome::Failed("no SMTP server is set".to_owned());
        };
        // The command or screen that made the link shows it, and a mailbox in memory is open to all who reach the server.
        let is_link = matches!(job.topic, Topic::OperatorInvited | Topic::OperatorReset);
        if is_link && transport.mailbox().is_some() {
            return Outcome::Skipped("the link was shown where it was made".to_owned());
        }
        let (letter, to) = match self.write(job).await {
            Ok(addressed) => addressed,
            Err(Unwritten::Untrue) => return Outcome::Skipped("no longer true".to_owned()),
            Err(Unwritten::NoReceiver) => return Outcome::Skipped("nobody to send it to".to_owned()),
            Err(Unwritten::Unreadable) => return Outcome::Failed("the database cannot be read".to_owned()),
        };
        let now = mail.checkout.now();
        let Some(rendered) = message::render(&mail.settings, &letter, &to, job.id, now) else {
            return Outcome::Dead("the address cannot be used".to_owned());
        };
        transport.send(rendered, &letter.subject, to.as_str(), job.id, now).await
    }
}

impl MailHandler {
    /// Writes the mail of a job from what is true now.
    async fn write(&self, job: &Job) -> Result<Addressed, Unwritten> {
        match (job.subject.operator, job.topic) {
            (Some(operator), Topic::OperatorInvited) => {
                self.operator_link(job, OperatorId(operator), LinkPurpose::Invitation).await
            }
            (Some(operator), Topic::OperatorReset) => {
                self.operator_link(job, OperatorId(operator), LinkPurpose::Reset).await
            }
            (Some(operator), Topic::EndpointDisabled) => self.endpoint_disabled(job, OperatorId(operator)).await,
            (Some(operator), _) => self.refund_failed(job, OperatorId(operator)).await,
            (None, _) => self.to_shopper(job).await,
        }
    }

    async fn operator_link(&self, job: &Job, id: OperatorId, purpose: LinkPurpose) -> Result<Addressed, Unwritten> {
        let mail = &self.0.0;
        let link = mail.operators.link(id, purpose, job.created_at).await?.ok_or(Unwritten::Untrue)?;
        Ok((operator_letter::operator_link(&mail.settings, purpose, &link), link.email))
    }

    async fn refund_failed(&self, job: &Job, id: OperatorId) -> Result<Addressed, Unwritten> {
        let to = self.operator(job, id).await?;
        let refund = self.refund(job).await?.ok_or(Unwritten::Untrue)?;
        let order = match refund.order_id {
            Some(order) => self.order(order).await?,
            None => None,
        };
        let letter = operator_letter::refund_failed(&self.0.0.settings, order.as_ref(), &refund);
        Ok((letter.ok_or(Unwritten::Untrue)?, to))
    }

    async fn endpoint_disabled(&self, job: &Job, id: OperatorId) -> Result<Addressed, Unwritten> {
        let mail = &self.0.0;
        let to = self.operator(job, id).await?;
        let about = job.body.as_deref().and_then(|body| serde_json::from_str::<AboutEndpoint>(body).ok());
        let endpoint = mail.store.endpoints().find(about.ok_or(Unwritten::Untrue)?.endpoint).await?;
        let letter = endpoint.and_then(|endpoint| operator_letter::endpoint_disabled(&mail.settings, &endpoint));
        Ok((letter.ok_or(Unwritten::Untrue)?, to))
    }

    /// The address of an operator who still gets the mails about the job's topic.
    async fn operator(&self, job: &Job, id: OperatorId) -> Result<EmailAddress, Unwritten> {
        let found = self.0.0.store.operators().find(id).await?;
        let told = found.filter(|operator| is_told(operator, job.topic)).ok_or(Unwritten::NoReceiver)?;
        Ok(told.email)
    }

    async fn to_shopper(&self, job: &Job) -> Result<Addressed, Unwritten> {
        let mail = &self.0.0;
        let id = job.subject.order.ok_or(Unwritten::Untrue)?;
        let contact = mail.checkout.contact(id).await?.and_then(StoredContact::known).ok_or(Unwritten::NoReceiver)?;
        let order = self.order(id).await?.ok_or(Unwritten::Untrue)?;
        let product = mail.checkout.product(order.product_id);
        let order_mail = OrderMail {
            settings: &mail.settings,
            order: &order,
            product: product.as_deref(),
            reader: Reader::shopper(contact.language.as_ref(), &mail.settings.language),
            now: mail.checkout.now(),
        };
        let letter = match job.topic {
            Topic::OrderCreated => order_mail.received(),
            Topic::OrderPaid => order_mail.receipt(&contact),
            Topic::OrderCancelled => order_mail.cancelled(),
            Topic::RefundAccepted | Topic::RefundSucceeded => match self.refund(job).await? {
                Some(refund) if job.topic == Topic::RefundAccepted => order_mail.refund_accepted(&refund),
                Some(refund) => order_mail.refund_succeeded(&refund),
                None => None,
            },
            _ => None,
        };
        Ok((letter.ok_or(Unwritten::Untrue)?, contact.email))
    }

    async fn order(&self, id: OrderId) -> Result<Option<Order>, Unwritten> {
        match self.0.0.checkout.order_of_any_owner(id).await {
            Ok(order) => Ok(Some(order)),
            Err(Error::Refused(Refusal::UnknownOrder)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn refund(&self, job: &Job) -> Result<Option<Refund>, Unwritten> {
        let Some(id) = job.subject.refund else { return Ok(None) };
        match self.0.0.checkout.refund(id).await {
            Ok(refund) => Ok(Some(refund)),
            Err(Error::Refused(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}
