//! Builds the message that an SMTP server gets.

use super::{
    MailSettings, ShopContact,
    i18n::text,
    letter::Letter,
    template::{HtmlMail, TextMail},
};
use askama::Template as _;
use checkout::model::{EmailAddress, JobId, Timestamp};
use lettre::{
    Message,
    message::{
        Mailbox as Address, MultiPart,
        header::{HeaderName, HeaderValue},
    },
};
use std::time::{Duration, SystemTime};

/// A rendered mail.
pub(super) struct Rendered {
    pub(super) message: Message,
    pub(super) text: String,
    pub(super) html: String,
}

/// Renders a letter. The same job always has the same `Message-ID`, so that mail programs show a repeated mail once. `None` if
/// an address cannot be used.
pub(super) fn render(
    settings: &MailSettings,
    letter: &Letter,
    to: &EmailAddress,
    job: JobId,
    now: Timestamp,
) -> Option<Rendered> {
    let (shop, contact) = (settings.shop_name.as_str(), settings.contact.as_ref());
    let contact_url = contact.map(ShopContact::url);
    let contact_text = contact.map(ShopContact::as_str);
    let language = letter.language.tag();
    let questions = &text!(letter, "mail-questions");
    let text = TextMail { letter, shop, questions, contact: contact_text }.render().ok()?;
    let contact_url = contact_url.as_deref();
    let html = HtmlMail { letter, language, shop, questions, contact: contact_text, contact_url }.render().ok()?;
    let sent_at = SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(now.as_millis()).unwrap_or(0));
    let mut builder = Message::builder()
        .from(settings.from.0.clone())
        .to(address(to)?)
        .subject(letter.subject.clone())
        .date(sent_at)
        .message_id(Some(format!("<{job}@{}>", settings.host())))
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()))
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Content-Language"), language.to_owned()));
    if let Some(ShopContact::Email(email)) = contact {
        builder = builder.reply_to(address(email)?);
    }
    let message = builder.multipart(MultiPart::alternative_plain_html(text.clone(), html.clone())).ok()?;
    Some(Rendered { message, text, html })
}

fn address(email: &EmailAddress) -> Option<Address> {
    Some(Address::new(None, email.as_str().parse().ok()?))
}
