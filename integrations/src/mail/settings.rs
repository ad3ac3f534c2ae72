//! The settings of mail.

use super::OrderLinks;
use checkout::model::{EmailAddress, Language};
use jiff::tz::TimeZone;
use lettre::message::Mailbox as Address;
use std::{fmt, net::IpAddr, str::FromStr};
use url::{Host, Url};

/// The shop as mails show it.
#[derive(Debug, Clone)]
pub struct MailSettings {
    /// Name of the shop.
    pub shop_name: String,
    /// Contact for questions of shoppers.
    pub contact: Option<ShopContact>,
    /// The sender.
    pub from: Sender,
    /// Address under which browsers reach the shop, without a path.
    pub public_url: String,
    /// The language of mails whose reader's is not known.
    pub language: Language,
    /// The zone of times.
    pub zone: Zone,
    /// Signs links to orders.
    pub links: OrderLinks,
}

impl MailSettings {
    /// The host of the public address.
    pub fn host(&self) -> String {
        let url = Url::parse(&self.public_url).ok();
        url.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_else(|| "localhost".to_owned())
    }
}

/// Contact for questions of shoppers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShopContact {
    /// An e-mail address.
    Email(EmailAddress),
    /// The address of a page.
    Page(String),
}

impl ShopContact {
    /// The contact as it is shown.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Email(email) => email.as_str(),
            Self::Page(url) => url,
        }
    }

    /// The address of a link to it.
    pub fn url(&self) -> String {
        match self {
            Self::Email(email) => format!("mailto:{email}"),
            Self::Page(url) => url.clone(),
        }
    }
}

impl FromStr for ShopContact {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let page = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "https" | "http") && url.has_host());
        match (page, text.parse()) {
            (Some(url), _) => Ok(Self::Page(url.into())),
            (None, Ok(email)) => Ok(Self::Email(email)),
            (None, Err(_)) => Err("must be an e-mail address, or the address of a page"),
        }
    }
}

/// The sender of mails: an address, or a name with an address in angle brackets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender(pub(super) Address);

impl FromStr for Sender {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let address = text.parse::<Address>().ok().filter(|_| checkout::model::check_line(text).is_ok());
        address.map(Self).ok_or("must be an e-mail address, such as shop@shop.example or Shop <shop@shop.example>")
    }
}

/// A time zone by its IANA name.
#[derive(Clone)]
pub struct Zone(pub(super) TimeZone);

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Zone").field(&self.0.iana_name()).finish()
    }
}

impl Default for Zone {
    fn default() -> Self {
        Self(TimeZone::UTC)
    }
}

impl FromStr for Zone {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        TimeZone::get(text).map(Self).map_err(|_| "must be a time zone by its IANA name, such as Europe/Berlin")
    }
}

/// The address of an SMTP server, with user and password. It is never shown.
#[derive(Clone)]
pub struct Smtp(String);

/// The text is no address of an SMTP server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be smtps://user:password@host, or smtp:// with ?tls=required, opportunistic or none")]
pub struct SmtpUrlError;

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl Smtp {
    /// The address, in the form that lettre reads: without `tls`, its connections are plain.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// `smtps` is TLS from the first byte. `smtp` begins TLS after the greeting: always, except to this machine, or as `tls` says.
impl FromStr for Smtp {
    type Err = SmtpUrlError;

    fn from_str(text: &str) -> Result<Self, SmtpUrlError> {
        let mut url = Url::parse(text).map_err(|_| SmtpUrlError)?;
        // The parser knows neither scheme, so that a host that is an address is still a text.
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(SmtpUrlError)?;
        let is_loopback = host == "localhost"
            || Host::parse(host).is_ok_and(|host| match host {
                Host::Ipv4(ip) => IpAddr::from(ip).is_loopback(),
                Host::Ipv6(ip) => ip.is_loopback(),
                Host::Domain(_) => false,
            });
        let query: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let tls = match query.as_slice() {
            [] => None,
            [(name, value)] if name == "tls" => Some(value.as_str()),
            _ => return Err(SmtpUrlError),
        };
        let tls = match (url.scheme(), tls) {
            ("smtp", None) if is_loopback => None,
            ("smtps", None) | ("smtp", Some("none")) => None,
            ("smtp", None | Some("required")) => Some("tls=required"),
            ("smtp", Some("opportunistic")) => Some("tls=opportunistic"),
            _ => return Err(SmtpUrlError),
        };
        url.set_query(tls);
        Ok(Self(url.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_encrypted_unless_the_server_is_this_machine_or_the_address_says_otherwise() {
        for (given, read) in [
            ("smtps://u:p%40x@mail.example", Some("smtps://u:p%40x@mail.example")),
            ("smtp://mail.example:587", Some("smtp://mail.example:587?tls=required")),
            ("smtp://mail.example?tls=required", Some("smtp://mail.example?tls=required")),
            ("smtp://mail.example?tls=opportunistic", Some("smtp://mail.example?tls=opportunistic")),
            ("smtp://mail.example?tls=none", Some("smtp://mail.example")),
            ("smtp://127.0.0.1:1025", Some("smtp://127.0.0.1:1025")),
            ("smtp://[::1]:1025", Some("smtp://[::1]:1025")),
            ("smtp://localhost:1025", Some("smtp://localhost:1025")),
            ("smtp://localhost.example", Some("smtp://localhost.example?tls=required")),
            ("smtp://127.0.0.1:1025?tls=required", Some("smtp://127.0.0.1:1025?tls=required")),
            ("smtps://mail.example?tls=none", None),
            ("smtp://mail.example?tls=maybe", None),
            ("smtp://mail.example?tls=none&x=1", None),
            ("http://mail.example", None),
            ("mail.example", None),
            ("smtp://", None),
        ] {
            let parsed = given.parse::<Smtp>();
            assert_eq!(parsed.as_ref().ok().map(Smtp::as_str), read, "{given}");
        }
        assert_eq!(format!("{:?}", "smtps://u:hush@mail.example".parse::<Smtp>().unwrap()), "[secret]");
    }

    #[test]
    fn the_other_settings_are_parsed() {
        assert!("Shop <shop@shop.example>".parse::<Sender>().is_ok());
        assert!("shop@shop.example".parse::<Sender>().is_ok());
        for wrong in ["shop", "a@b.example, c@d.example", "a@b.example\r\nBcc: x@y.example", "A\u{202E}B <a@b.example>"]
        {
            assert!(wrong.parse::<Sender>().is_err(), "{wrong}");
        }
        assert_eq!("https://shop.example/help".parse::<ShopContact>().unwrap().as_str(), "https://shop.example/help");
        assert!(matches!("help@shop.example".parse(), Ok(ShopContact::Email(_))));
        assert!("javascript:alert(1)".parse::<ShopContact>().is_err());
        assert!("Europe/Berlin".parse::<Zone>().is_ok());
        assert!("Europe/Nowhere".parse::<Zone>().is_err());
    }
}
