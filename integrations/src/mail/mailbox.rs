//! Mails that a developer reads instead of sending them.

use super::template::{MailPage, MailboxPage};
use askama::Template as _;
use checkout::model::{JobId, Timestamp};
use serde::Serialize;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

/// Maximum number of mails that are kept. Older ones are forgotten.
pub const MAX_CAPTURED: usize = 200;

/// A mail that was kept.
#[derive(Clone, Serialize)]
pub struct CapturedMail {
    /// The id of its job.
    pub id: JobId,
    /// When it was sent.
    pub at: Timestamp,
    /// The receiver.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The HTML.
    pub html: String,
    /// The whole message, as an SMTP server would get it.
    pub message: String,
}

impl CapturedMail {
    /// When it was sent, for people: to the second, in UTC.
    pub(super) fn sent(&self) -> String {
        let iso = self.at.to_string();
        iso.get(..19).map_or(iso.clone(), |text| format!("{} UTC", text.replace('T', " ")))
    }
}

/// The latest mails, the newest first. Clones share them.
#[derive(Clone, Default)]
pub struct Mailbox(Arc<Mutex<VecDeque<Arc<CapturedMail>>>>);

impl Mailbox {
    pub(super) fn add(&self, mail: CapturedMail) {
        let mut mails = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        mails.truncate(MAX_CAPTURED - 1);
        mails.push_front(Arc::new(mail));
    }

    /// The mails, the newest first.
    pub fn all(&self) -> Vec<Arc<CapturedMail>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    /// The page that lists the mails.
    pub fn page(&self) -> String {
        MailboxPage { mails: &self.all() }.render().unwrap_or_default()
    }

    /// The page of one mail.
    pub fn mail_page(&self, id: JobId) -> Option<String> {
        let mail = self.all().into_iter().find(|mail| mail.id == id)?;
        MailPage { mail: &mail }.render().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn mail(n: u128) -> CapturedMail {
        CapturedMail {
            id: JobId(Uuid::from_u128(n)),
            at: Timestamp::from_millis(0),
            to: "ada@example.com".to_owned(),
            subject: format!("<b>{n}</b>"),
            text: "<script>alert(1)</script>".to_owned(),
            html: "<p title=\"x\">\"quoted\" & <b>bold</b></p>".to_owned(),
            message: String::new(),
        }
    }

    #[test]
    fn only_the_latest_mails_are_kept() {
        let mailbox = Mailbox::default();
        for n in 0..=MAX_CAPTURED as u128 {
            mailbox.add(mail(n));
        }
        let all = mailbox.all();
        assert_eq!(all.len(), MAX_CAPTURED);
        assert_eq!(all[0].id, JobId(Uuid::from_u128(MAX_CAPTURED as u128)));
        assert_eq!(all[MAX_CAPTURED - 1].id, JobId(Uuid::from_u128(1)));
    }

    #[test]
    fn the_pages_show_mails_as_text_and_in_a_frame_without_rights() {
        let mailbox = Mailbox::default();
        mailbox.add(mail(7));
        assert!(!mailbox.page().contains("<b>7</b>"), "the list escapes subjects");
        let page = mailbox.mail_page(JobId(Uuid::from_u128(7))).unwrap();
        assert!(!page.contains("<script>") && !page.contains("<b>bold</b>"), "{page}");
        assert!(page.contains("sandbox=\"\""), "{page}");
        assert!(mailbox.mail_page(JobId(Uuid::from_u128(8))).is_none());
    }
}
