//! The terms and the page about personal data. They state what the software does under the shop's settings, and nothing else.

use super::format_duration;
use crate::shop::ShopInfo;

/// A section of a page.
pub(crate) struct Section {
    pub(crate) title: &'static str,
    pub(crate) paragraphs: Vec<String>,
}

impl Section {
    fn new<const N: usize>(title: &'static str, paragraphs: [String; N]) -> Self {
        Self { title, paragraphs: paragraphs.into() }
    }
}

/// Title of the terms.
pub(crate) const TERMS_TITLE: &str = "Terms";
/// Title of the page about personal data.
pub(crate) const PRIVACY_TITLE: &str = "Privacy";

/// Introduces the terms.
pub(crate) fn terms_summary(shop: &ShopInfo) -> String {
    format!("How reserving, ordering and paying work at {}: what you can count on, and when you’re charged.", shop.name)
}

/// Introduces the page about personal data.
pub(crate) fn privacy_summary(shop: &ShopInfo) -> String {
    format!("What {} stores about you, for how long, who gets it, and how to have it erased.", shop.name)
}

/// The terms.
pub(crate) fn terms(shop: &ShopInfo) -> Vec<Section> {
    vec![
        Section::new(
            "Reserving",
            [
                "Reserve, and the units are off sale for everyone but you. Your reservation’s page shows how long you have. Some products let you add time once.".to_owned(),
                "You won’t be charged. If you do nothing, the reservation ends by itself and the units go back on sale.".to_owned(),
                "The price is the one that applied when you reserved, even if it changes later.".to_owned(),
                "A product can have a limit for each shopper. What you’ve reserved, ordered and paid for counts towards it.".to_owned(),
            ],
        ),
        Section::new("Ordering and paying", [ordering(), paying(shop), unpaid()]),
        Section::new(
            "Late and double payments",
            [
                "A payment that arrives after your order has ended still buys your units if there are enough left and your limit allows it. If not, a refund is due.".to_owned(),
                "If you pay twice, or an amount that doesn’t match your order, a refund of that payment is due as well. Your order’s page shows it.".to_owned(),
            ],
        ),
        Section::new(
            "Cancelling and refunds",
            [
                "You can cancel a reservation or an unpaid order on its page at any time. A paid order can’t be cancelled there: contact the shop.".to_owned(),
                "Your order’s page says how far a refund is: due, on its way, or returned. Once it’s returned, your bank may take a few days to show it.".to_owned(),
            ],
        ),
        Section::new(
            "When sales open, pause and end",
            [
                "The shop’s clock decides. All clocks on our pages follow it.".to_owned(),
                "The shop can pause a sale. What you’ve already reserved or ordered stays yours, and you can still confirm and pay in time.".to_owned(),
            ],
        ),
    ]
}

fn ordering() -> String {
    "To order, you give your e-mail address. Only products that ship ask for a name and a postal address.".to_owned()
}

fn paying(shop: &ShopInfo) -> String {
    match shop.data.payment_provider {
        Some(provider) => {
            format!("You pay on the page of {provider}. You’re charged when you pay there, and not before.")
        }
        None => "The shop takes payments outside these pages. Contact the shop if you’re not sure how.".to_owned(),
    }
}

fn unpaid() -> String {
    "Your order’s page shows how long you have to pay. Without a payment the order ends by itself, and the units go back on sale.".to_owned()
}

/// The page about personal data.
pub(crate) fn privacy(shop: &ShopInfo) -> Vec<Section> {
    vec![
        Section::new(
            "What we store",
            [
                "Looking around stores nothing about you. Your network address is used to limit requests; it’s kept in memory for a short time and isn’t stored.".to_owned(),
                "When you reserve, we store what you reserved and when, under a random number that your browser keeps in a cookie.".to_owned(),
                "When you order, we store your e-mail address and your browser’s language. If the product ships, also your name and postal address.".to_owned(),
                "We never see your card number: you type it on the payment provider’s page, if at all.".to_owned(),
            ],
        ),
        Section::new("For how long", [contact_retention(shop), payment_notices(shop), books()]),
        Section::new("Cookies", [cookie(shop), "There are no other cookies, no tracking, and no scripts from other sites.".to_owned()]),
        Section { title: "Who gets your details", paragraphs: receivers(shop) },
        Section::new(
            "Having it erased",
            [
                "Ask the shop to erase your details. That blanks them in all orders with your e-mail address, and deletes what the payment provider told us about those payments.".to_owned(),
                "What the payment provider and the mail server have recorded themselves stays with them.".to_owned(),
            ],
        ),
    ]
}

fn contact_retention(shop: &ShopInfo) -> String {
    match shop.data.contact_retention {
        Some(retention) => {
            format!(
                "Your e-mail address, name and postal address are erased {} after your order.",
                format_duration(retention)
            )
        }
        None => "Your e-mail address, name and postal address are kept until the shop erases them.".to_owned(),
    }
}

fn payment_notices(shop: &ShopInfo) -> String {
    let retention = format_duration(shop.data.payload_retention);
    format!("Notices of payments, in which the payment provider may repeat your details, are kept for {retention}.")
}

fn books() -> String {
    "Orders, amounts, payments and refunds stay in the books. They have no name or address in them.".to_owned()
}

fn cookie(shop: &ShopInfo) -> String {
    format!(
        "We set one cookie, “{}”, when you reserve. It’s how we know which reservations and orders are yours. It ends {} after the last day on which you reserved something.",
        shop.data.cookie,
        format_duration(shop.data.session_lifetime),
    )
}

fn receivers(shop: &ShopInfo) -> Vec<String> {
    let mut receivers = Vec::new();
    if let Some(provider) = shop.data.payment_provider {
        receivers.push(format!(
            "The payment provider, {provider}: your e-mail address, what you ordered and what it costs."
        ));
    }
    if shop.sends_mail {
        receivers.push("The shop’s mail server: your e-mail address, and the mails about your orders.".to_owned());
    }
    receivers.push(
        "The people who run the shop, and the systems that they connect to it, such as one that prints address labels."
            .to_owned(),
    );
    receivers
}
