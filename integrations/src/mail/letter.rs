//! The content of each mail to a shopper. A mail contains nothing that a visitor typed before the order was paid: else anybody
//! could send words of their own to a stranger's address.

use super::{
    MailSettings,
    i18n::{MailLanguage, Reader, text},
    time,
};
use checkout::model::{
    CancelReason, Contact, Money, Order, OrderState, Product, Refund, RefundState, Timestamp, is_unseen,
};

/// Maximum number of characters of a subject.
const MAX_SUBJECT_CHARS: usize = 150;

/// A name and a value.
pub(super) struct Fact {
    pub(super) name: String,
    pub(super) value: String,
}

/// A mail, before it is rendered.
#[derive(Default)]
pub(super) struct Letter {
    pub(super) language: MailLanguage,
    pub(super) subject: String,
    /// The line that mail programs show beside the subject.
    pub(super) preview: String,
    pub(super) heading: String,
    pub(super) paragraphs: Vec<String>,
    pub(super) facts: Vec<Fact>,
    /// Text and address of the button.
    pub(super) button: Option<(String, String)>,
    /// Small print below the button.
    pub(super) note: Option<String>,
}

impl Letter {
    pub(super) fn new(subject: &str, heading: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            subject: header_text(subject),
            preview: text.clone(),
            heading: heading.into(),
            paragraphs: vec![text],
            ..Self::default()
        }
    }

    pub(super) fn fact(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.facts.push(Fact { name: name.into(), value: value.into() });
        self
    }

    pub(super) fn button(self, label: impl Into<String>, url: String) -> Self {
        Self { button: Some((label.into(), url)), ..self }
    }
}

/// Returns a text that is fit for a header: one line, without invisible characters.
fn header_text(text: &str) -> String {
    text.chars().map(|c| if is_unseen(c) { ' ' } else { c }).take(MAX_SUBJECT_CHARS).collect()
}

/// Data of all mails about an order.
pub(super) struct OrderMail<'a> {
    pub(super) settings: &'a MailSettings,
    pub(super) order: &'a Order,
    pub(super) product: Option<&'a Product>,
    pub(super) reader: Reader,
    pub(super) now: Timestamp,
}

impl OrderMail<'_> {
    /// "We have your order". `None` once that is not all there is to say.
    pub(super) fn received(&self) -> Option<Letter> {
        if self.order.state != OrderState::Pending || self.order.pay_by <= self.now {
            return None;
        }
        let (reader, pay_by) = (self.reader, self.time(self.order.pay_by));
        let letter = self.letter([
            text!(reader, "mail-received", product = self.product()),
            text!(reader, "mail-received", "heading"),
            text!(reader, "mail-received", "text", time = pay_by.as_str()),
        ]);
        let letter = letter
            .fact(text!(reader, "mail-total"), self.money(self.order.amount))
            .fact(text!(reader, "mail-pay-by"), pay_by);
        Some(self.linked(letter, text!(reader, "mail-pay")))
    }

    /// The receipt.
    pub(super) fn receipt(&self, contact: &Contact) -> Option<Letter> {
        let OrderState::Paid { paid_at, transaction_id } = &self.order.state else { return None };
        let reader = self.reader;
        let letter = self.letter([
            text!(reader, "mail-receipt", product = self.product()),
            text!(reader, "mail-receipt", "heading"),
            text!(reader, "mail-receipt", "text"),
        ]);
        let mut letter = letter
            .fact(text!(reader, "mail-total-paid"), self.money(self.order.amount))
            .fact(text!(reader, "mail-paid-on"), self.time(*paid_at))
            .fact(text!(reader, "mail-transaction"), transaction_id.to_string());
        if let Some(address) = &contact.address {
            let lines = contact.name.clone().into_iter().chain(address.lines()).collect::<Vec<_>>();
            letter = letter.fact(text!(reader, "mail-delivery"), lines.join(", "));
        }
        Some(self.linked(letter, text!(reader, "mail-see")))
    }

    /// "Your order was cancelled", with the true reason.
    pub(super) fn cancelled(&self) -> Option<Letter> {
        let OrderState::Cancelled { cancelled_at, reason } = &self.order.state else { return None };
        let (reader, product) = (self.reader, self.product());
        let mut letter = self.letter(match reason {
            CancelReason::Expired => [
                text!(reader, "mail-expired", product = product),
                text!(reader, "mail-expired", "heading"),
                text!(reader, "mail-expired", "text", time = self.time(self.order.pay_by)),
            ],
            CancelReason::PaymentFailed => [
                text!(reader, "mail-payment-failed", product = product),
                text!(reader, "mail-payment-failed", "heading"),
                text!(reader, "mail-payment-failed", "text"),
            ],
            CancelReason::ByShopper => [
                text!(reader, "mail-cancelled", product = product),
                text!(reader, "mail-cancelled", "heading"),
                text!(reader, "mail-cancelled", "text"),
            ],
            CancelReason::ByOperator => [
                text!(reader, "mail-cancelled-by-shop", product = product),
                text!(reader, "mail-cancelled-by-shop", "heading"),
                text!(reader, "mail-cancelled-by-shop", "text"),
            ],
        });
        letter.paragraphs.push(text!(reader, "mail-late-payment"));
        let letter = letter.fact(text!(reader, "mail-ended"), self.time(*cancelled_at));
        Some(self.linked(letter, text!(reader, "mail-see")))
    }

    /// "Your refund is on its way": the provider has accepted it.
    pub(super) fn refund_accepted(&self, refund: &Refund) -> Option<Letter> {
        let reader = self.reader;
        let texts = || {
            [
                text!(reader, "mail-refund-accepted", product = self.product()),
                text!(reader, "mail-refund-accepted", "heading"),
                text!(reader, "mail-refund-accepted", "text"),
            ]
        };
        (refund.state == RefundState::Sending).then(|| self.refund(texts(), refund))
    }

    /// "Your refund is done".
    pub(super) fn refund_succeeded(&self, refund: &Refund) -> Option<Letter> {
        let reader = self.reader;
        let texts = || {
            [
                text!(reader, "mail-refund-done", product = self.product()),
                text!(reader, "mail-refund-done", "heading"),
                text!(reader, "mail-refund-done", "text"),
            ]
        };
        (refund.state == RefundState::Succeeded).then(|| self.refund(texts(), refund))
    }

    fn refund(&self, texts: [String; 3], refund: &Refund) -> Letter {
        let letter = self.letter(texts).fact(text!(self.reader, "mail-refund"), amount(refund, self.reader));
        self.linked(letter, text!(self.reader, "mail-see"))
    }

    fn product(&self) -> String {
        self.product.map_or_else(|| text!(self.reader, "mail-unknown-product"), |product| product.name.clone())
    }

    /// A letter with this subject, heading and text, and the facts that all mails of an order have.
    fn letter(&self, [subject, heading, text]: [String; 3]) -> Letter {
        let (order, reader) = (self.order, self.reader);
        let product = text!(reader, "mail-product-value", quantity = order.qty.get(), product = self.product());
        let letter = Letter::new(&subject, heading, text)
            .fact(text!(reader, "mail-order"), name_of(order))
            .fact(text!(reader, "mail-product"), product);
        Letter { language: reader.language, ..letter }
    }

    /// Adds a button with the signed link of the order.
    fn linked(&self, letter: Letter, label: String) -> Letter {
        let letter = letter.button(label, self.settings.links.sign(self.order.id, self.now));
        Letter { note: Some(text!(self.reader, "mail-link-note")), ..letter }
    }

    fn money(&self, money: Money) -> String {
        self.reader.locale.format(money)
    }

    fn time(&self, at: Timestamp) -> String {
        time::format(at, self.reader, &self.settings.zone)
    }
}

pub(super) fn name_of(order: &Order) -> String {
    order.number.map_or_else(|| order.id.to_string(), |number| number.to_string())
}

pub(super) fn amount(refund: &Refund, reader: Reader) -> String {
    match (refund.amount, refund.currency) {
        (Some(minor), Some(currency)) => reader.locale.format(Money { minor, currency }),
        _ => text!(reader, "mail-whole-payment"),
    }
}
