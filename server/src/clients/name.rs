//! Names of API clients.

use checkout::model::{ForbiddenChar, check_line};
use serde::Deserialize;
use std::str::FromStr;

/// Beginnings of names that could be taken for another actor in the audit log, in lower case.
const ACTOR_WORDS: [&str; 6] = ["api client", "command line", "command-line", "holdfast", "operator", "system"];

/// Why a text is no [`ClientName`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClientNameError {
    /// The text is empty or too long.
    #[error("the name of a client must have 1 to 200 characters")]
    Length,
    /// The text has a character that nobody sees.
    #[error("the name of a client must not contain the control or invisible character {0}")]
    Character(ForbiddenChar),
    /// The text could be taken for another actor.
    #[error(
        "the name of a client must not contain an @, or begin with: {}. It could be taken for another actor",
        ACTOR_WORDS.join(", ")
    )]
    LikeAnActor,
}

/// Display name of a client: 1 to 200 characters that [`check_line`] accepts. It has no `@` and begins with none of the
/// words of other actors.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct ClientName(pub(super) String);

impl TryFrom<String> for ClientName {
    type Error = ClientNameError;

    fn try_from(text: String) -> Result<Self, ClientNameError> {
        let name = text.trim();
        check_line(name).map_err(ClientNameError::Character)?;
        if !(1..=200).contains(&name.chars().take(201).count()) {
            return Err(ClientNameError::Length);
        }
        if is_like_an_actor(name) { Err(ClientNameError::LikeAnActor) } else { Ok(Self(name.to_owned())) }
    }
}

/// Whether a name looks like an operator's e-mail address, or begins with the word of an actor. Some fonts draw the small and
/// the full-width `@` like the usual one.
fn is_like_an_actor(name: &str) -> bool {
    let lower = name.to_lowercase();
    let begins_with = |word: &str| {
        let rest = lower.strip_prefix(word);
        rest.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
    };
    name.contains(['@', '\u{FE6B}', '\u{FF20}']) || ACTOR_WORDS.into_iter().any(begins_with)
}

impl FromStr for ClientName {
    type Err = ClientNameError;

    fn from_str(text: &str) -> Result<Self, ClientNameError> {
        text.to_owned().try_into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_trimmed_plain_text_of_bounded_length() {
        let name = |text: &str| text.parse::<ClientName>().map(|name| name.0);
        assert_eq!(name("  a shop "), Ok("a shop".to_owned()));
        assert!(name(&"é".repeat(200)).is_ok());
        for text in ["", "  ", &"é".repeat(201)] {
            assert_eq!(name(text), Err(ClientNameError::Length), "{text:?}");
        }
        for text in ["a\nb", "a\0b", "a\u{202E}b"] {
            assert!(matches!(name(text), Err(ClientNameError::Character(_))), "{text:?}");
        }
        let others =
            ["admin@localhost", "ada\u{FF20}example.com", "Holdfast", "OPERATOR: ada", "command-line user ada"];
        for text in others {
            assert_eq!(name(text), Err(ClientNameError::LikeAnActor), "{text:?}");
        }
        for text in ["Systematics", "The operator's app", "Back office"] {
            assert!(name(text).is_ok(), "{text:?}");
        }
    }
}
