//! E-mail addresses of operators and customers.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Maximum length of an address, in characters (RFC 5321 §4.5.3.1).
pub const MAX_EMAIL_LENGTH: usize = 254;

/// An e-mail address: ASCII, trimmed and in lower case, so that each spelling names the same person.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(Box<str>);

/// The text is no e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an e-mail address has the form name@host, with at most 254 ASCII characters and no spaces")]
pub struct EmailError;

impl EmailAddress {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the `@`.
    pub fn local_part(&self) -> &str {
        self.0.rsplit_once('@').map_or(&self.0, |(local, _)| local)
    }

    /// The part after the `@`.
    pub fn host(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, host)| host)
    }
}

impl FromStr for EmailAddress {
    type Err = EmailError;

    fn from_str(text: &str) -> Result<Self, EmailError> {
        let text = text.trim().to_ascii_lowercase();
        let is_plain = text.is_ascii() && text.bytes().all(|byte| byte.is_ascii_graphic());
        let has_parts = text.rsplit_once('@').is_some_and(|(local, host)| !local.is_empty() && !host.is_empty());
        if text.len() <= MAX_EMAIL_LENGTH && is_plain && has_parts { Ok(Self(text.into())) } else { Err(EmailError) }
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = EmailError;

    fn try_from(text: String) -> Result<Self, EmailError> {
        text.parse()
    }
}

impl From<EmailAddress> for String {
    fn from(email: EmailAddress) -> Self {
        email.0.into()
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_trimmed_lower_case_ascii_with_two_parts() {
        let parse = |text: &str| text.parse::<EmailAddress>().map(|email| email.to_string());
        assert_eq!(parse(" Ada@Example.COM "), Ok("ada@example.com".to_owned()));
        assert_eq!(parse("admin@localhost"), Ok("admin@localhost".to_owned()));
        let long = format!("{}@example.com", "a".repeat(250));
        for text in ["", "ada", "@example.com", "ada@", "a da@example.com", "ada\n@example.com", "ä@example.com", &long]
        {
            assert_eq!(parse(text), Err(EmailError), "{text:?}");
        }
    }
}
