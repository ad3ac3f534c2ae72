//! Facts of the shop for its pages. The server provides them as a context.

use crate::i18n::PageLanguage;
use checkout::model::ProviderName;
use leptos::prelude::use_context;
use std::time::Duration;

/// Facts of the shop for its pages.
#[derive(Debug, Clone)]
pub struct ShopInfo {
    /// The shop's name.
    pub name: String,
    /// The address under which browsers reach the shop, without a slash at its end.
    pub url: String,
    /// The language of readers whose own has no catalogue, and of images that everybody shares.
    pub language: PageLanguage,
    /// Contact for questions of shoppers: a text, and the address of its link.
    pub contact: Option<(String, String)>,
    /// The shop's own page with its terms.
    pub terms_url: Option<String>,
    /// The shop's own page about personal data.
    pub privacy_url: Option<String>,
    /// How the shop treats personal data.
    pub data: DataPractice,
    /// Whether the shop sends mails.
    pub sends_mail: bool,
    /// Whether mails are kept in memory, where a developer reads them.
    pub has_mailbox: bool,
}

/// How the shop treats personal data, by its settings.
#[derive(Debug, Clone, Default)]
pub struct DataPractice {
    /// The payment provider to which shoppers are led.
    pub payment_provider: Option<ProviderName>,
    /// How long the contact of an order is kept; `None` for ever.
    pub contact_retention: Option<Duration>,
    /// How long the notices of the payment provider are kept.
    pub payload_retention: Duration,
    /// The name of the session's cookie.
    pub cookie: &'static str,
    /// Lifetime of the session after its last reservation.
    pub session_lifetime: Duration,
}

impl Default for ShopInfo {
    fn default() -> Self {
        Self {
            name: "Holdfast".to_owned(),
            url: String::new(),
            language: PageLanguage::default(),
            contact: None,
            terms_url: None,
            privacy_url: None,
            data: DataPractice::default(),
            sends_mail: false,
            has_mailbox: false,
        }
    }
}

impl ShopInfo {
    /// Returns the facts that the server provided; those of a shop without settings where there are none.
    pub fn current() -> Self {
        use_context().unwrap_or_default()
    }

    /// Returns the complete address of a path.
    pub fn absolute(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }
}
