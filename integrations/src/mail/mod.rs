//! Mail to shoppers and operators. `consequences` works out which mails follow from an event, `letter` and `operator_letter`
//! write each from what is true when it is sent, and `transport` hands it to an SMTP server, or keeps it in memory during
//! development.

mod consequences;
mod handler;
mod i18n;
mod letter;
mod link;
mod mailbox;
mod message;
mod operator_letter;
mod settings;
mod template;
mod time;
mod transport;

pub use consequences::{MAX_RECEIPTS, Resent, operator_mail, resend_receipt};
pub use link::{LinkError, OrderLinks};
pub use mailbox::{CapturedMail, MAX_CAPTURED, Mailbox};
pub use settings::{MailSettings, Sender, ShopContact, Smtp, SmtpUrlError, Zone};

use crate::outbox::{Consequences, Lane, Schedule};
use async_trait::async_trait;
use checkout::{
    Checkout, IdGenerator, StoreError,
    model::{EmailAddress, Timestamp},
    store::{
        Store,
        operators::{LinkPurpose, OperatorId},
    },
};
use std::{sync::Arc, time::Duration};
use transport::Transport;

/// Maximum number of mails that are sent at once.
const CONCURRENCY: usize = 8;

/// Time limit of one attempt.
const TIME_LIMIT: Duration = Duration::from_mins(1);

/// Number of attempts: those of the first half hour, and one an hour for the rest of three days.
const ATTEMPTS: u32 = 78;

/// Destination of mails.
#[derive(Debug, Clone)]
pub enum Delivery {
    /// Nowhere. Mails wait in the outbox until a server can send them.
    Nowhere,
    /// Into memory, where a developer reads them.
    Memory,
    /// To an SMTP server.
    Smtp(Smtp),
}

/// A one-time link for an operator.
pub struct OperatorLink {
    /// The operator's address.
    pub email: EmailAddress,
    /// The path of the page. It is a secret.
    pub path: String,
    /// How long it works, in hours.
    pub hours: u64,
}

/// Makes one-time links for operators.
#[async_trait]
pub trait OperatorLinks: Send + Sync + 'static {
    /// Makes a link that was asked for at `asked_at`; `None` when the operator does not need it any more.
    async fn link(
        &self,
        operator: OperatorId,
        purpose: LinkPurpose,
        asked_at: Timestamp,
    ) -> Result<Option<OperatorLink>, StoreError>;
}

/// Sends mails. Clones share the connections.
#[derive(Clone)]
pub struct Mail(Arc<Inner>);

struct Inner {
    checkout: Checkout,
    store: Arc<dyn Store>,
    ids: IdGenerator,
    settings: MailSettings,
    transport: Option<Transport>,
    operators: Arc<dyn OperatorLinks>,
}

impl Mail {
    /// Mail of this shop.
    ///
    /// # Errors
    ///
    /// TLS is not available.
    pub fn new(
        checkout: Checkout,
        store: Arc<dyn Store>,
        settings: MailSettings,
        delivery: &Delivery,
        operators: Arc<dyn OperatorLinks>,
    ) -> Result<Self, SmtpUrlError> {
        let transport = Transport::new(delivery, &settings)?;
        let ids = IdGenerator::new(store.clock());
        Ok(Self(Arc::new(Inner { checkout, store, ids, settings, transport, operators })))
    }

    /// Whether this server sends mails.
    pub fn is_on(&self) -> bool {
        self.0.transport.is_some()
    }

    /// The settings.
    pub fn settings(&self) -> &MailSettings {
        &self.0.settings
    }

    /// The mails that were kept in memory.
    pub fn mailbox(&self) -> Option<&Mailbox> {
        self.0.transport.as_ref().and_then(Transport::mailbox)
    }

    /// The lane that sends mails, where this server can send some.
    pub fn lanes(&self) -> Vec<Lane> {
        let lane = Lane {
            handler: Arc::new(handler::MailHandler(self.clone())),
            concurrency: CONCURRENCY,
            per_endpoint: None,
            time_limit: TIME_LIMIT,
            schedule: Schedule::Growing {
                first: Duration::from_secs(5),
                factor: 3,
                longest: Duration::from_hours(1),
                attempts: ATTEMPTS,
            },
        };
        if self.is_on() { vec![lane] } else { Vec::new() }
    }

    /// The mails that follow from events.
    pub fn consequences(&self) -> Arc<dyn Consequences> {
        Arc::new(consequences::MailConsequences::new(self.0.store.clone(), self.0.ids.clone()))
    }
}
