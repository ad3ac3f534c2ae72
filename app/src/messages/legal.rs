//! The terms and the page about personal data. They state what the software does under the shop's settings, and nothing else.

use super::format_duration;
use crate::{
    i18n::{LANGUAGE_COOKIE, text},
    shop::ShopInfo,
};
use checkout::model::ProviderName;

/// A section of a page.
pub(crate) struct Section {
    pub(crate) title: String,
    pub(crate) paragraphs: Vec<String>,
}

impl Section {
    fn new<const N: usize>(title: String, paragraphs: [String; N]) -> Self {
        Self { title, paragraphs: paragraphs.into() }
    }
}

/// The terms.
pub(crate) fn terms(shop: &ShopInfo) -> Vec<Section> {
    vec![
        Section::new(
            text!("legal-reserving"),
            [
                text!("legal-reserving-off-sale"),
                text!("legal-reserving-free"),
                text!("legal-reserving-price"),
                text!("legal-reserving-limit"),
            ],
        ),
        Section::new(text!("legal-ordering"), [text!("legal-ordering-details"), paying(shop), text!("legal-unpaid")]),
        Section::new(text!("legal-late"), [text!("legal-late-payment"), text!("legal-double-payment")]),
        Section::new(text!("legal-cancelling"), [text!("legal-cancelling-how"), text!("legal-refunds")]),
        Section::new(text!("legal-opening"), [text!("legal-clock"), text!("legal-pause")]),
    ]
}

fn paying(shop: &ShopInfo) -> String {
    match shop.data.payment_provider {
        Some(ProviderName::Stripe) => text!("legal-paying", provider = "Stripe"),
        Some(ProviderName::Sandbox) => text!("legal-paying-test"),
        None => text!("legal-paying-outside"),
    }
}

/// The page about personal data.
pub(crate) fn privacy(shop: &ShopInfo) -> Vec<Section> {
    vec![
        Section::new(
            text!("legal-stored"),
            [
                text!("legal-stored-visit"),
                text!("legal-stored-reservation"),
                text!("legal-stored-order"),
                text!("legal-stored-card"),
            ],
        ),
        Section::new(
            text!("legal-retention"),
            [contact_retention(shop), payment_notices(shop), text!("legal-retention-books")],
        ),
        Section::new(
            text!("legal-cookies"),
            [
                session_cookie(shop),
                text!("legal-cookie-language", cookie = LANGUAGE_COOKIE),
                text!("legal-cookies-none"),
            ],
        ),
        Section { title: text!("legal-receivers"), paragraphs: receivers(shop) },
        Section::new(text!("legal-erasure"), [text!("legal-erasure-how"), text!("legal-erasure-others")]),
    ]
}

fn contact_retention(shop: &ShopInfo) -> String {
    match shop.data.contact_retention {
        Some(retention) => text!("legal-retention-contact", time = format_duration(retention)),
        None => text!("legal-retention-contact-forever"),
    }
}

fn payment_notices(shop: &ShopInfo) -> String {
    text!("legal-retention-notices", time = format_duration(shop.data.payload_retention))
}

fn session_cookie(shop: &ShopInfo) -> String {
    let time = format_duration(shop.data.session_lifetime);
    text!("legal-cookie-session", cookie = shop.data.cookie, time = time)
}

fn receivers(shop: &ShopInfo) -> Vec<String> {
    let mut receivers = Vec::new();
    match shop.data.payment_provider {
        Some(ProviderName::Stripe) => receivers.push(text!("legal-receivers-provider", provider = "Stripe")),
        Some(ProviderName::Sandbox) => receivers.push(text!("legal-receivers-test-provider")),
        None => {}
    }
    if shop.sends_mail {
        receivers.push(text!("legal-receivers-mail"));
    }
    receivers.push(text!("legal-receivers-shop"));
    receivers
}
