//! The content of each mail. A mail contains nothing that a visitor typed before the order was paid: else anybody could send words
//! of their own to a stranger's address.

use super::{MailSettings, OperatorLink, time};
use checkout::{
    model::{
        CancelReason, Contact, Locale, Money, Order, OrderState, Product, Refund, RefundState, Timestamp, is_unseen,
    },
    store::{DisabledReason, Endpoint, operators::LinkPurpose},
};
use url::Url;

/// Maximum number of characters of a subject.
const MAX_SUBJECT_CHARS: usize = 150;

/// A name and a value.
pub(super) struct Fact {
    pub(super) name: &'static str,
    pub(super) value: String,
}

/// A mail, before it is rendered.
#[derive(Default)]
pub(super) struct Letter {
    pub(super) subject: String,
    /// The line that mail programs show beside the subject.
    pub(super) preview: String,
    pub(super) heading: String,
    pub(super) paragraphs: Vec<String>,
    pub(super) facts: Vec<Fact>,
    /// Text and address of the button.
    pub(super) button: Option<(&'static str, String)>,
    /// Small print below the button.
    pub(super) note: Option<String>,
}

impl Letter {
    fn new(subject: &str, heading: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            subject: header_text(subject),
            preview: text.clone(),
            heading: heading.into(),
            paragraphs: vec![text],
            ..Self::default()
        }
    }

    fn fact(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.facts.push(Fact { name, value: value.into() });
        self
    }

    fn button(self, label: &'static str, url: String) -> Self {
        Self { button: Some((label, url)), ..self }
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
    pub(super) locale: Locale,
    pub(super) now: Timestamp,
}

impl OrderMail<'_> {
    /// "We have your order". `None` once that is not all there is to say.
    pub(super) fn received(&self) -> Option<Letter> {
        if self.order.state != OrderState::Pending || self.order.pay_by <= self.now {
            return None;
        }
        let (name, pay_by) = (self.product(), self.time(self.order.pay_by));
        let text = format!("It’s set aside for you until {pay_by}. Pay by then to keep it.");
        let letter = Letter::new(&format!("Order received: {name}"), "We’ve got your order", text);
        let letter = self.facts(letter).fact("Total", self.money(self.order.amount)).fact("Pay by", pay_by);
        Some(self.linked(letter, "Pay or see your order"))
    }

    /// The receipt.
    pub(super) fn receipt(&self, contact: &Contact) -> Option<Letter> {
        let OrderState::Paid { paid_at, transaction_id } = &self.order.state else { return None };
        let text = "Your payment arrived, and the order is yours. This is your receipt.";
        let letter = Letter::new(&format!("Receipt: {}", self.product()), "Thank you for your order", text);
        let mut letter = self
            .facts(letter)
            .fact("Total paid", self.money(self.order.amount))
            .fact("Paid on", self.time(*paid_at))
            .fact("Transaction", transaction_id.to_string());
        if let Some(address) = &contact.address {
            let lines = contact.name.clone().into_iter().chain(address.lines()).collect::<Vec<_>>();
            letter = letter.fact("Delivery to", lines.join(", "));
        }
        Some(self.linked(letter, "See your order"))
    }

    /// "Your order was cancelled", with the true reason.
    pub(super) fn cancelled(&self) -> Option<Letter> {
        let OrderState::Cancelled { cancelled_at, reason } = &self.order.state else { return None };
        let name = self.product();
        let (subject, heading, text) = match reason {
            CancelReason::Expired => (
                format!("Order expired: {name}"),
                "Your order has expired",
                format!("No payment arrived by {}, so the order has ended.", self.time(self.order.pay_by)),
            ),
            CancelReason::PaymentFailed => (
                format!("Payment failed: {name}"),
                "Your payment didn’t go through",
                "The payment was declined, so the order has ended.".to_owned(),
            ),
            CancelReason::ByShopper => (
                format!("Order cancelled: {name}"),
                "Your order is cancelled",
                "The order was cancelled, as you asked.".to_owned(),
            ),
            CancelReason::ByOperator => (
                format!("Order cancelled: {name}"),
                "The shop cancelled your order",
                "We’re sorry: the shop had to cancel your order.".to_owned(),
            ),
        };
        let mut letter = Letter::new(&subject, heading, text);
        letter.paragraphs.push(
            "A payment that arrives late buys the order if it’s still available. Otherwise it has to go back to you."
                .to_owned(),
        );
        let letter = self.facts(letter).fact("Ended on", self.time(*cancelled_at));
        Some(self.linked(letter, "See your order"))
    }

    /// "Your refund is on its way": the provider has accepted it.
    pub(super) fn refund_accepted(&self, refund: &Refund) -> Option<Letter> {
        if refund.state != RefundState::Sending {
            return None;
        }
        let subject = format!("Your refund is on its way: {}", self.product());
        let text = "The payment provider has accepted your refund. We’ll write again when it’s done.";
        Some(self.refund(Letter::new(&subject, "Your refund is on its way", text), refund))
    }

    /// "Your refund is done".
    pub(super) fn refund_succeeded(&self, refund: &Refund) -> Option<Letter> {
        if refund.state != RefundState::Succeeded {
            return None;
        }
        let subject = format!("Refund done: {}", self.product());
        let text = "Your money was returned. It can take your bank a few days to show it.";
        Some(self.refund(Letter::new(&subject, "Your refund is done", text), refund))
    }

    fn refund(&self, letter: Letter, refund: &Refund) -> Letter {
        let letter = self.facts(letter).fact("Refund", amount(refund, self.locale));
        self.linked(letter, "See your order")
    }

    fn product(&self) -> String {
        self.product.map_or_else(|| "your order".to_owned(), |product| product.name.clone())
    }

    fn facts(&self, letter: Letter) -> Letter {
        let order = self.order;
        let product = format!("{} × {}", order.qty.get(), self.product());
        letter.fact("Order", name_of(order)).fact("Product", product)
    }

    /// Adds a button with the signed link of the order.
    fn linked(&self, letter: Letter, label: &'static str) -> Letter {
        let note = "The link opens this order for everybody who has it, for 30 days. Don’t pass it on.";
        let letter = letter.button(label, self.settings.links.sign(self.order.id, self.now));
        Letter { note: Some(note.to_owned()), ..letter }
    }

    fn money(&self, money: Money) -> String {
        self.locale.format(money)
    }

    fn time(&self, at: Timestamp) -> String {
        time::format(at, self.locale, &self.settings.zone)
    }
}

fn name_of(order: &Order) -> String {
    order.number.map_or_else(|| order.id.to_string(), |number| number.to_string())
}

fn amount(refund: &Refund, locale: Locale) -> String {
    match (refund.amount, refund.currency) {
        (Some(minor), Some(currency)) => locale.format(Money { minor, currency }),
        _ => "the whole payment".to_owned(),
    }
}

/// A refund failed: to an operator who can do something about it.
pub(super) fn refund_failed(settings: &MailSettings, order: Option<&Order>, refund: &Refund) -> Option<Letter> {
    if refund.state != RefundState::Failed {
        return None;
    }
    let amount = amount(refund, settings.locale);
    let text =
        "The payment provider could not return this money. The buyer was not told. See why, and decide what to do.";
    let mut letter = Letter::new(&format!("A refund failed: {amount}"), "A refund failed", text)
        .fact("Refund", amount)
        .fact("Transaction", refund.transaction_id.to_string());
    if let Some(order) = order {
        letter = letter.fact("Order", name_of(order));
    }
    Some(letter.button("Open the refund", format!("{}/admin/refunds/{}", settings.public_url, refund.id)))
}

/// An endpoint of webhooks was switched off by itself: to an operator who can switch it on. Its address may contain a token, so
/// that only the host is named.
pub(super) fn endpoint_disabled(settings: &MailSettings, endpoint: &Endpoint) -> Option<Letter> {
    let reason = match endpoint.disabled {
        Some(DisabledReason::Failing) => "It has failed for days.",
        Some(DisabledReason::Gone) => "It answered that it is gone (410).",
        // Somebody has switched it on since, or off on purpose.
        Some(DisabledReason::Operator) | None => return None,
    };
    let host = Url::parse(&endpoint.url).ok().and_then(|url| url.host_str().map(str::to_owned))?;
    let text = format!(
        "{reason} Nothing more is sent to it, and its webhooks wait. Once it works again, switch it on: then they are sent."
    );
    let subject = format!("A webhook endpoint was switched off: {host}");
    let mut letter = Letter::new(&subject, "A webhook endpoint was switched off", text).fact("Endpoint", host);
    if let Some(since) = endpoint.failing_since {
        letter = letter.fact("Failing since", time::format(since, settings.locale, &settings.zone));
    }
    Some(letter.button("Open the endpoint", format!("{}/admin/webhooks/{}", settings.public_url, endpoint.id)))
}

/// A one-time link for an operator.
pub(super) fn operator_link(settings: &MailSettings, purpose: LinkPurpose, link: &OperatorLink) -> Letter {
    let (shop, hours) = (&settings.shop_name, link.hours);
    let (subject, heading, text) = match purpose {
        LinkPurpose::Invitation => {
            (format!("You’re invited to {shop}"), "Welcome", format!("You were invited to the console of {shop}."))
        }
        LinkPurpose::Reset => (
            format!("Set a new password for {shop}"),
            "Set a new password",
            format!("Somebody asked for a new password for your account at the console of {shop}."),
        ),
    };
    let time = if hours == 1 { "an hour".to_owned() } else { format!("{hours} hours") };
    let note = format!("The link works once, within {time}. If you expected no such mail, leave it alone.");
    let letter = Letter::new(&subject, heading, text)
        .button("Set your password", format!("{}{}", settings.public_url, link.path));
    Letter { note: Some(note), ..letter }
}
