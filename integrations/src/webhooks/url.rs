//! The addresses of endpoints.

use super::address::is_forbidden;
use std::net::IpAddr;
use url::{Host, Url};

/// Maximum length of an address in bytes.
const MAX_URL_LENGTH: usize = 2048;

/// The address of an endpoint: `https`, without user name and fragment. An address that names its host by a number is checked at
/// once; names are checked when a connection is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointUrl(Url);

/// Why a text is no address of an endpoint. The message does not repeat the text, which may contain a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// It is no absolute URL of at most 2048 bytes.
    #[error(
        "the address of an endpoint is an absolute URL of at most {MAX_URL_LENGTH} bytes, such as https://example.com/hooks"
    )]
    Format,
    /// The scheme is another one.
    #[error(
        "the address of an endpoint begins with https://; http:// is for private addresses, where these are allowed"
    )]
    Scheme,
    /// It has a user name or a password.
    #[error("the address of an endpoint has no user name and no password")]
    UserInfo,
    /// Its host is a private or reserved address or this machine, or its port is 0.
    #[error("the address of an endpoint must be public; HOLDFAST_WEBHOOKS_ALLOW_PRIVATE=on allows private ones")]
    Forbidden,
}

impl EndpointUrl {
    /// Parses an address, and removes its fragment. With `allow_private`, `http` and every host is accepted.
    ///
    /// # Errors
    ///
    /// The text is no address of an endpoint.
    pub fn parse(text: &str, allow_private: bool) -> Result<Self, UrlError> {
        if text.len() > MAX_URL_LENGTH {
            return Err(UrlError::Format);
        }
        let mut url = Url::parse(text.trim()).map_err(|_| UrlError::Format)?;
        match url.scheme() {
            "https" => {}
            "http" if allow_private => {}
            _ => return Err(UrlError::Scheme),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(UrlError::UserInfo);
        }
        // The parser has turned every spelling of a number into an address, such as 0x7f.1 and 2130706433.
        let is_private = match url.host() {
            None => return Err(UrlError::Format),
            Some(Host::Ipv4(address)) => is_forbidden(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => is_forbidden(IpAddr::V6(address)),
            Some(Host::Domain(name)) => is_local(name),
        };
        if !allow_private && (is_private || url.port() == Some(0)) {
            return Err(UrlError::Forbidden);
        }
        url.set_fragment(None);
        // Escapes may have made it longer.
        if url.as_str().len() > MAX_URL_LENGTH { Err(UrlError::Format) } else { Ok(Self(url)) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    pub(super) fn into_url(self) -> Url {
        self.0
    }
}

/// Whether a name means this machine, by RFC 6761. The parser has turned it into lower case.
fn is_local(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str, allow_private: bool) -> Result<String, UrlError> {
        EndpointUrl::parse(text, allow_private).map(|url| url.as_str().to_owned())
    }

    #[test]
    fn an_address_is_https_without_user_name_and_fragment() {
        assert_eq!(parse(" https://Example.com:8443/a?b=c#d ", false), Ok("https://example.com:8443/a?b=c".to_owned()));
        assert_eq!(parse("https://8.8.8.8/", false), Ok("https://8.8.8.8/".to_owned()));
        for (text, error) in [
            ("", UrlError::Format),
            ("/hooks", UrlError::Format),
            ("https://", UrlError::Format),
            ("http://example.com/", UrlError::Scheme),
            ("ftp://example.com/", UrlError::Scheme),
            ("file:///etc/passwd", UrlError::Scheme),
            ("https://user@example.com/", UrlError::UserInfo),
            ("https://user:password@example.com/", UrlError::UserInfo),
            ("https://:password@example.com/", UrlError::UserInfo),
        ] {
            assert_eq!(parse(text, false), Err(error), "{text}");
        }
        let long = |n| format!("https://example.com/{}", "a".repeat(n));
        assert!(parse(&long(2048 - 20), false).is_ok());
        assert_eq!(parse(&long(2049 - 20), false), Err(UrlError::Format));
        assert_eq!(parse(&format!("https://example.com/{}", "é".repeat(1000)), false), Err(UrlError::Format));
    }

    #[test]
    fn a_private_host_is_refused_in_every_spelling_unless_allowed() {
        for host in [
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f000001",
            "0x7f.1",
            "0177.0.0.1",
            "127.0.0.1.",
            "①②⑦.0.0.1",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[0:0:0:0:0:0:0:1]",
            "169.254.169.254",
            "10.0.0.1",
            "0",
            "[fd00::1]",
            "[64:ff9b::7f00:1]",
            "localhost",
            "LocalHost.:8443",
            "shop.localhost",
            "example.com:0",
        ] {
            let url = format!("https://{host}/hooks");
            assert_eq!(parse(&url, false), Err(UrlError::Forbidden), "{host}");
            assert!(parse(&url, true).is_ok(), "{host}");
        }
        assert!(parse("http://127.0.0.1:9000/", true).is_ok());
        assert!(parse("https://notlocalhost/", false).is_ok());
    }
}
