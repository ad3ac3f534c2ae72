//! Tokens of sessions and links, and recovery codes: random, and stored as hashes.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use checkout::store::operators::{Hidden, TokenHash};
use sha2::{Digest as _, Sha256};

/// Number of recovery codes of an operator.
pub const RECOVERY_CODES: usize = 10;
/// Random bytes of a recovery code.
const RECOVERY_CODE_BYTES: usize = 10;
/// Characters of a recovery code, without dashes.
const RECOVERY_CODE_LENGTH: usize = 16;

/// A secret of 256 random bits, as it stands in a cookie or an address. It has no `Debug`, so that no log shows it.
pub struct Token(String);

impl Token {
    /// Generates a token.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self(BASE64_URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Returns the text, to send it to its owner.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Returns the hash under which the token is stored.
    pub fn hash(&self) -> Hidden<TokenHash> {
        Hidden(hash(&self.0))
    }
}

/// Returns the hash under which a token is stored.
pub fn hash(token: &str) -> TokenHash {
    Sha256::digest(token.as_bytes()).into()
}

/// Generates recovery codes, such as `ABCD-EFGH-2345-6722`.
pub fn recovery_codes() -> Result<Vec<String>, getrandom::Error> {
    (0..RECOVERY_CODES).map(|_| recovery_code()).collect()
}

fn recovery_code() -> Result<String, getrandom::Error> {
    let mut bytes = [0; RECOVERY_CODE_BYTES];
    getrandom::fill(&mut bytes)?;
    let text = super::totp::base32(&bytes);
    let groups: Vec<_> = text.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
    Ok(groups.join("-"))
}

/// Returns the hash of a recovery code as it was typed: case, dashes and spaces do not matter. `None` if it cannot be one.
pub fn recovery_code_hash(typed: &str) -> Option<Hidden<TokenHash>> {
    let text: String =
        typed.chars().filter(|c| !c.is_whitespace() && *c != '-').take(RECOVERY_CODE_LENGTH + 1).collect();
    (text.len() == RECOVERY_CODE_LENGTH).then(|| Hidden(hash(&text.to_ascii_uppercase())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn tokens_and_codes_are_random() {
        let tokens: HashSet<_> = (0..100).map(|_| Token::generate().unwrap().0).collect();
        assert!(tokens.len() == 100 && tokens.iter().all(|token| token.len() == 43));
        let codes = recovery_codes().unwrap();
        assert_eq!(codes.iter().collect::<HashSet<_>>().len(), RECOVERY_CODES);
        assert!(codes.iter().all(|code| code.len() == 19), "{codes:?}");
    }

    #[test]
    fn a_recovery_code_may_be_typed_in_any_form() {
        let expected = recovery_code_hash("ABCD-EFGH-2345-6722").unwrap();
        for typed in ["abcdefgh23456722", " abcd efgh 2345 6722 ", "ABCDEFGH-23456722"] {
            assert!(recovery_code_hash(typed) == Some(expected.clone()), "{typed}");
        }
        for typed in ["", "123456", "ABCD-EFGH-2345-672", "ABCD-EFGH-2345-67222"] {
            assert!(recovery_code_hash(typed).is_none(), "{typed}");
        }
    }
}
