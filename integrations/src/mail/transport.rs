//! Hands messages to an SMTP server, or keeps them in memory.

use super::{CapturedMail, Delivery, MailSettings, Mailbox, Smtp, SmtpUrlError, message::Rendered};
use crate::outbox::Outcome;
use checkout::model::{JobId, Timestamp};
use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor,
    transport::smtp::{Error, PoolConfig, extension::ClientId},
};
use std::time::Duration;

/// Time limit of each command of an SMTP conversation.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(20);

/// Maximum number of open connections.
const MAX_CONNECTIONS: u32 = 8;

/// Time after which an idle connection is closed.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);

/// Destination of messages.
pub(super) enum Transport {
    Smtp(Box<AsyncSmtpTransport<Tokio1Executor>>),
    Memory(Mailbox),
}

impl Transport {
    pub(super) fn new(delivery: &Delivery, settings: &MailSettings) -> Result<Option<Self>, SmtpUrlError> {
        Ok(match delivery {
            Delivery::Nowhere => None,
            Delivery::Memory => Some(Self::Memory(Mailbox::default())),
            Delivery::Smtp(smtp) => Some(Self::Smtp(Box::new(connect(smtp, settings)?))),
        })
    }

    pub(super) fn mailbox(&self) -> Option<&Mailbox> {
        match self {
            Self::Memory(mailbox) => Some(mailbox),
            Self::Smtp(_) => None,
        }
    }

    pub(super) async fn send(&self, mail: Rendered, subject: &str, to: &str, id: JobId, at: Timestamp) -> Outcome {
        let Rendered { message, text, html } = mail;
        match self {
            Self::Smtp(smtp) => match smtp.send(message).await {
                Ok(_) => Outcome::Done,
                Err(error) => failure(&error),
            },
            Self::Memory(mailbox) => {
                let message = String::from_utf8_lossy(&message.formatted()).into_owned();
                let (to, subject) = (to.to_owned(), subject.to_owned());
                mailbox.add(CapturedMail { id, at, to, subject, text, html, message });
                Outcome::Done
            }
        }
    }
}

fn connect(smtp: &Smtp, settings: &MailSettings) -> Result<AsyncSmtpTransport<Tokio1Executor>, SmtpUrlError> {
    let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(smtp.as_str()).map_err(|_| SmtpUrlError)?;
    let pool = PoolConfig::new().max_size(MAX_CONNECTIONS).idle_timeout(IDLE_TIMEOUT);
    let hello = ClientId::Domain(settings.host());
    Ok(builder.timeout(Some(COMMAND_TIMEOUT)).pool_config(pool).hello_name(hello).build())
}

/// Classifies an error of the SMTP server. Its text repeats addresses, so only class and code are kept.
fn failure(error: &Error) -> Outcome {
    let code = error.status().map(u16::from);
    let text = match code {
        Some(code) => format!("SMTP {code}"),
        None if error.is_timeout() => "SMTP: timed out".to_owned(),
        None if error.is_tls() => "SMTP: no TLS".to_owned(),
        None if error.is_response() => "SMTP: unreadable response".to_owned(),
        None if error.is_client() => "SMTP: the server lacks what is needed".to_owned(),
        None => "SMTP: no connection".to_owned(),
    };
    // A wrong password is a mistake of the settings, and says nothing about the mail.
    let is_about_access = code.is_some_and(|code| matches!(code, 530 | 534 | 535 | 538));
    if error.is_permanent() && !is_about_access { Outcome::Dead(text) } else { Outcome::Failed(text) }
}
