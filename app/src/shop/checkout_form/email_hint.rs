//! Finds mistyped hosts of e-mail addresses.

use checkout::model::EmailAddress;

/// Hosts of the providers that most people use.
const HOSTS: &[&str] = &[
    "aol.com",
    "att.net",
    "bluewin.ch",
    "btinternet.com",
    "comcast.net",
    "fastmail.com",
    "free.fr",
    "gmail.com",
    "gmx.at",
    "gmx.ch",
    "gmx.com",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hotmail.co.uk",
    "hotmail.com",
    "hotmail.fr",
    "icloud.com",
    "laposte.net",
    "libero.it",
    "live.com",
    "mac.com",
    "mail.com",
    "mail.ru",
    "me.com",
    "msn.com",
    "naver.com",
    "orange.fr",
    "outlook.com",
    "outlook.de",
    "outlook.fr",
    "pm.me",
    "posteo.de",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "seznam.cz",
    "sky.com",
    "t-online.de",
    "verizon.net",
    "web.de",
    "wp.pl",
    "yahoo.co.jp",
    "yahoo.co.uk",
    "yahoo.com",
    "yahoo.de",
    "yahoo.fr",
    "yandex.ru",
    "ymail.com",
    "zoho.com",
];

/// Shortest host that is compared by its letters. Shorter ones differ by one letter from too many others.
const MIN_LENGTH: usize = 9;

/// Returns the address that was probably meant: its host differs in one letter, or in two that are swapped, from that of a
/// large provider. `None` if the host is one of these, or like none of them.
pub(super) fn suggestion(email: &EmailAddress) -> Option<String> {
    let host = email.host();
    if HOSTS.contains(&host) {
        return None;
    }
    let is_close = |known: &&&str| known.len() >= MIN_LENGTH && strsim::osa_distance(host, known) == 1;
    let meant = HOSTS.iter().find(is_close)?;
    Some(format!("{}@{meant}", email.local_part()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_with_one_slip_are_corrected_and_others_are_left_alone() {
        let suggested = |text: &str| suggestion(&text.parse().unwrap());
        for typo in ["gmial.com", "gmai.com", "gmail.co", "gmail.con", "gmaill.com", "fmail.com"] {
            assert_eq!(suggested(&format!("ada@{typo}")).as_deref(), Some("ada@gmail.com"), "{typo}");
        }
        assert_eq!(suggested("ada@hotmial.com").as_deref(), Some("ada@hotmail.com"));
        for host in ["gmail.com", "mail.com", "example.com", "acme.com", "gmx.es", "live.co", "me.co"] {
            assert_eq!(suggested(&format!("ada@{host}")), None, "{host}");
        }
    }
}
