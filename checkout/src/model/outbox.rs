//! What follows from a commit outside the database: events, and the jobs that they lead to.

use super::{EndpointId, JobId, OrderId, ProductId, RefundId, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Something that happened, which others want to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Topic {
    /// An order was placed.
    #[serde(rename = "order.created")]
    OrderCreated,
    /// An order was paid.
    #[serde(rename = "order.paid")]
    OrderPaid,
    /// An order was cancelled, or expired.
    #[serde(rename = "order.cancelled")]
    OrderCancelled,
    /// The whole amount of an order was returned.
    #[serde(rename = "order.refunded")]
    OrderRefunded,
    /// Money must go back.
    #[serde(rename = "refund.due")]
    RefundDue,
    /// The provider has accepted a refund, and its result is not known. Only shoppers are told.
    #[serde(rename = "refund.accepted")]
    RefundAccepted,
    /// Money went back.
    #[serde(rename = "refund.succeeded")]
    RefundSucceeded,
    /// Money could not be returned.
    #[serde(rename = "refund.failed")]
    RefundFailed,
    /// The last available unit of a product was taken.
    #[serde(rename = "product.sold_out")]
    ProductSoldOut,
    /// A product that had no available unit has some again.
    #[serde(rename = "product.available")]
    ProductAvailable,
    /// An endpoint of webhooks was switched off, because it is gone or has failed for days. Only operators are told. The body of
    /// the event is `{"endpoint": id}`.
    #[serde(rename = "endpoint.disabled")]
    EndpointDisabled,
    /// An operator was invited. It is for mail alone: nobody can subscribe to it.
    #[serde(rename = "operator.invited")]
    OperatorInvited,
    /// An operator was asked to set a new password. It is for mail alone.
    #[serde(rename = "operator.reset")]
    OperatorReset,
}

impl Topic {
    /// All topics.
    pub const ALL: [Self; 13] = [
        Self::OrderCreated,
        Self::OrderPaid,
        Self::OrderCancelled,
        Self::OrderRefunded,
        Self::RefundDue,
        Self::RefundAccepted,
        Self::RefundSucceeded,
        Self::RefundFailed,
        Self::ProductSoldOut,
        Self::ProductAvailable,
        Self::EndpointDisabled,
        Self::OperatorInvited,
        Self::OperatorReset,
    ];

    /// The topics that endpoints of webhooks can ask for.
    pub const WEBHOOKS: [Self; 9] = [
        Self::OrderCreated,
        Self::OrderPaid,
        Self::OrderCancelled,
        Self::OrderRefunded,
        Self::RefundDue,
        Self::RefundSucceeded,
        Self::RefundFailed,
        Self::ProductSoldOut,
        Self::ProductAvailable,
    ];

    /// The name in JSON and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::OrderCreated => "order.created",
            Self::OrderPaid => "order.paid",
            Self::OrderCancelled => "order.cancelled",
            Self::OrderRefunded => "order.refunded",
            Self::RefundDue => "refund.due",
            Self::RefundAccepted => "refund.accepted",
            Self::RefundSucceeded => "refund.succeeded",
            Self::RefundFailed => "refund.failed",
            Self::ProductSoldOut => "product.sold_out",
            Self::ProductAvailable => "product.available",
            Self::EndpointDisabled => "endpoint.disabled",
            Self::OperatorInvited => "operator.invited",
            Self::OperatorReset => "operator.reset",
        }
    }

    /// Returns the topic of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|topic| topic.name() == name)
    }
}

/// What a row of the outbox is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum JobKind {
    /// Something happened, and the jobs that follow are not made yet. Only a commit of the writer makes such rows.
    Event,
    /// Sends a mail.
    Mail,
    /// Sends a webhook to an endpoint of the shop's other systems.
    Webhook,
    /// Closes the payment pages of an order that has ended, or was paid.
    ClosePayment,
    /// Asks the payment provider to carry out a refund.
    SendRefund,
}

impl JobKind {
    /// All kinds.
    pub const ALL: [Self; 5] = [Self::Event, Self::Mail, Self::Webhook, Self::ClosePayment, Self::SendRefund];

    /// The name in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Mail => "mail",
            Self::Webhook => "webhook",
            Self::ClosePayment => "close_payment",
            Self::SendRefund => "send_refund",
        }
    }

    /// Returns the kind of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// The state of a row of the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobState {
    /// Is to be carried out.
    Pending,
    /// Was carried out, or turned out to be needless.
    Done,
    /// Failed so often that only a person starts it again.
    Dead,
}

impl JobState {
    /// All states.
    pub const ALL: [Self; 3] = [Self::Pending, Self::Done, Self::Dead];

    /// The name in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Done => "done",
            Self::Dead => "dead",
        }
    }

    /// Returns the state of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// The things that a row of the outbox is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct JobSubject {
    /// The order.
    pub order: Option<OrderId>,
    /// The refund.
    pub refund: Option<RefundId>,
    /// The product.
    pub product: Option<ProductId>,
    /// The operator that a mail goes to; `None` for mails to shoppers.
    pub operator: Option<Uuid>,
    /// The version of the order, the refund or the product when it happened.
    pub version: u64,
}

/// A row to add to the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// The row's id.
    pub id: JobId,
    /// What it is for.
    pub kind: JobKind,
    /// What happened.
    pub topic: Topic,
    /// What it is about.
    pub subject: JobSubject,
    /// The endpoint that receives a webhook; `None` for the other kinds.
    pub endpoint: Option<EndpointId>,
    /// At most one job has this key; `None` for events.
    pub unique_key: Option<String>,
    /// What is sent, where it was made in advance. At most 64 KiB.
    pub body: Option<String>,
    /// When it is to be carried out.
    pub due_at: Timestamp,
    /// When it happened.
    pub created_at: Timestamp,
}

/// A row of the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// The row's id.
    pub id: JobId,
    /// What it is for.
    pub kind: JobKind,
    /// What happened.
    pub topic: Topic,
    /// What it is about.
    pub subject: JobSubject,
    /// The endpoint that receives a webhook.
    pub endpoint: Option<EndpointId>,
    /// What is sent, where it was made in advance.
    pub body: Option<String>,
    /// The state.
    pub state: JobState,
    /// When it may be claimed next.
    pub due_at: Timestamp,
    /// The claim under which it is carried out.
    pub claim: Option<Uuid>,
    /// How often it was claimed.
    pub attempts: u32,
    /// How the last attempt failed, or why a job that is done was not carried out. It contains no contact data.
    pub last_error: Option<String>,
    /// When it happened.
    pub created_at: Timestamp,
    /// When it was done, or failed for good.
    pub done_at: Option<Timestamp>,
}

impl Job {
    /// Whether the row is a job, and no event that leads to jobs.
    pub fn is_job(&self) -> bool {
        self.kind != JobKind::Event
    }

    /// Whether it is done without having been carried out, because it was needless by then.
    pub fn is_skipped(&self) -> bool {
        self.state == JobState::Done && self.last_error.is_some()
    }
}
