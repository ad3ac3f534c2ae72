//! Carries out mail jobs.

use super::{
    Mail,
    letter::{self, Letter, OrderMail},
    message,
};
use crate::outbox::{Handler, Outcome};
use async_trait::async_trait;
use checkout::{
    Error,
    model::{Contact, EmailAddress, Job, JobKind, Locale, Order, OrderId, Refund, Refusal, StoredContact, Topic},
    store::operators::{LinkPurpose, OperatorId},
};

/// A mail and its receiver.
type Addressed = Option<(Letter, EmailAddress)>;

/// Why a mail could not be written.
struct Unreadable;

impl From<Error> for Unreadable {
    fn from(_: Error) -> Self {
        Self
    }
}

impl From<checkout::StoreError> for Unreadable {
    fn from(_: checkout::StoreError) -> Self {
        Self
    }
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
        let (letter, to) = match self.write(job).await {
            Ok(Some(addressed)) => addressed,
            // The mail would not be true any more, or its receiver is gone.
            Ok(None) => return Outcome::Done,
            Err(Unreadable) => return Outcome::Failed("the database cannot be read".to_owned()),
        };
        let now = mail.checkout.now();
        let Some(rendered) = message::render(&mail.settings, &letter, &to, job.id, now) else {
            return Outcome::Dead("the address cannot be used".to_owned());
        };
        transport.send(rendered, &letter.subject, to.as_str(), job.id, now).await
    }
}

impl MailHandler {
    /// Writes the mail of a job from what is true now. `None` if there is nothing to say, or nobody to say it to.
    async fn write(&self, job: &Job) -> Result<Addressed, Unreadable> {
        match (job.subject.operator, job.topic) {
            (Some(operator), Topic::OperatorInvited) => {
                self.operator_link(job, OperatorId(operator), LinkPurpose::Invitation).await
            }
            (Some(operator), Topic::OperatorReset) => {
                self.operator_link(job, OperatorId(operator), LinkPurpose::Reset).await
            }
            (Some(operator), _) => self.refund_failed(job, OperatorId(operator)).await,
            (None, _) => self.to_shopper(job).await,
        }
    }

    async fn operator_link(&self, job: &Job, id: OperatorId, purpose: LinkPurpose) -> Result<Addressed, Unreadable> {
        let mail = &self.0.0;
        let link = mail.operators.link(id, purpose, job.created_at).await?;
        Ok(link.map(|link| (letter::operator_link(&mail.settings, purpose, &link), link.email)))
    }

    async fn refund_failed(&self, job: &Job, id: OperatorId) -> Result<Addressed, Unreadable> {
        let mail = &self.0.0;
        let operator = mail.store.operators().find(id).await?.filter(super::consequences::answers_for_money);
        let (Some(operator), Some(refund)) = (operator, self.refund(job).await?) else { return Ok(None) };
        let order = match refund.order_id {
            Some(order) => self.order(order).await?,
            None => None,
        };
        let letter = letter::refund_failed(&mail.settings, order.as_ref(), &refund);
        Ok(letter.map(|letter| (letter, operator.email)))
    }

    async fn to_shopper(&self, job: &Job) -> Result<Addressed, Unreadable> {
        let mail = &self.0.0;
        let Some(id) = job.subject.order else { return Ok(None) };
        let contact = mail.checkout.contact(id).await?.and_then(StoredContact::known);
        let (Some(order), Some(contact)) = (self.order(id).await?, contact) else { return Ok(None) };
        let product = mail.checkout.product(order.product_id);
        let order_mail = OrderMail {
            settings: &mail.settings,
            order: &order,
            product: product.as_deref(),
            locale: locale(&contact, mail.settings.locale),
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
        Ok(letter.map(|letter| (letter, contact.email)))
    }

    async fn order(&self, id: OrderId) -> Result<Option<Order>, Unreadable> {
        match self.0.0.checkout.order_of_any_owner(id).await {
            Ok(order) => Ok(Some(order)),
            Err(Error::Refused(Refusal::UnknownOrder)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn refund(&self, job: &Job) -> Result<Option<Refund>, Unreadable> {
        let Some(id) = job.subject.refund else { return Ok(None) };
        match self.0.0.checkout.refund(id).await {
            Ok(refund) => Ok(Some(refund)),
            Err(Error::Refused(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// The way in which the buyer reads numbers and dates.
fn locale(contact: &Contact, of_shop: Locale) -> Locale {
    contact.language.as_ref().and_then(Locale::of).unwrap_or(of_shop)
}
