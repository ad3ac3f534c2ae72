//! The templates, in the folder `templates`. Those of HTML escape what they show.

use super::{CapturedMail, letter::Letter};
use askama::Template;
use std::sync::Arc;

/// The text of a mail.
#[derive(Template)]
#[template(path = "mail.txt")]
pub(super) struct TextMail<'a> {
    pub(super) letter: &'a Letter,
    pub(super) shop: &'a str,
    /// Introduces the contact.
    pub(super) questions: &'a str,
    pub(super) contact: Option<&'a str>,
}

/// The HTML of a mail.
#[derive(Template)]
#[template(path = "mail.html")]
pub(super) struct HtmlMail<'a> {
    pub(super) letter: &'a Letter,
    /// The tag of the mail's language.
    pub(super) language: &'a str,
    pub(super) shop: &'a str,
    /// Introduces the contact.
    pub(super) questions: &'a str,
    pub(super) contact: Option<&'a str>,
    /// The contact's address: `mailto:` or a page.
    pub(super) contact_url: Option<&'a str>,
}

/// The list of mails that were kept in memory.
#[derive(Template)]
#[template(path = "mailbox.html")]
pub(super) struct MailboxPage<'a> {
    pub(super) mails: &'a [Arc<CapturedMail>],
}

/// A mail that was kept in memory.
#[derive(Template)]
#[template(path = "captured.html")]
pub(super) struct MailPage<'a> {
    pub(super) mail: &'a CapturedMail,
}
