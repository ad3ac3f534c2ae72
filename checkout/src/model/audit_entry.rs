//! The audit log: who changed what, when and why (P12).

use super::{AuditId, ForbiddenChar, Timestamp, check_line};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt};
use uuid::Uuid;

/// The kind of an [`Actor`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// An operator, signed in to the console.
    Operator,
    /// An API client with a scope for the shop's administration.
    Client,
    /// A person at the command line of a machine with access to the database.
    CommandLine,
    /// Holdfast itself.
    System,
}

impl ActorKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Operator, Self::Client, Self::CommandLine, Self::System];

    /// The name in JSON and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Client => "client",
            Self::CommandLine => "command_line",
            Self::System => "system",
        }
    }

    /// Returns the kind of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The words before the name of an actor.
    fn prefix(self) -> &'static str {
        match self {
            Self::Operator | Self::System => "",
            Self::Client => "API client ",
            Self::CommandLine => "command-line user ",
        }
    }
}

/// The person or program that changes something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The kind.
    pub kind: ActorKind,
    /// The operator's or the client's id; `None` for the other kinds.
    pub id: Option<Uuid>,
    /// The operator's e-mail address, the client's name, or the user name at the command line.
    pub name: String,
}

impl Actor {
    /// Holdfast itself.
    pub fn system() -> Self {
        Self { kind: ActorKind::System, id: None, name: "holdfast".to_owned() }
    }

    /// Returns the name in the text of an actor, as it is displayed: a filter by name accepts what a list shows.
    pub fn name_in(shown: &str) -> &str {
        let prefixes = [ActorKind::Client, ActorKind::CommandLine].map(ActorKind::prefix);
        prefixes.into_iter().find_map(|prefix| shown.strip_prefix(prefix)).unwrap_or(shown)
    }

    /// The user of the command line.
    pub fn command_line(user: impl Into<String>) -> Self {
        Self { kind: ActorKind::CommandLine, id: None, name: user.into() }
    }
}

/// The name with the kind, so that no client is taken for the operator whose address it has as its name. Operators and
/// Holdfast itself are shown by their name alone.
impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.prefix())?;
        f.write_str(&self.name)
    }
}

/// Why an operator changes something, in their words: 1 to 500 characters that [`check_line`] accepts.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ChangeReason(Box<str>);

/// Why a text is no reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChangeReasonError {
    /// The text is empty or too long.
    #[error("a reason is 1 to 500 characters")]
    Length,
    /// The text has a character that nobody sees.
    #[error("a reason must not contain the control or invisible character {0}")]
    Character(ForbiddenChar),
}

impl ChangeReason {
    /// Returns a reason as it was stored. An older version accepted more characters.
    #[cfg(feature = "engine")]
    pub(crate) fn from_stored(text: String) -> Self {
        Self(text.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ChangeReason {
    type Error = ChangeReasonError;

    fn try_from(text: String) -> Result<Self, ChangeReasonError> {
        let text = text.trim();
        check_line(text).map_err(ChangeReasonError::Character)?;
        if (1..=500).contains(&text.chars().take(501).count()) {
            Ok(Self(text.into()))
        } else {
            Err(ChangeReasonError::Length)
        }
    }
}

impl From<ChangeReason> for String {
    fn from(reason: ChangeReason) -> Self {
        reason.0.into()
    }
}

/// The thing that a change is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditObject {
    /// The kind: `product`, `order`, `refund`, `payment`, `client`, `operator`, `session`, `customer`,
    /// `webhook`.
    pub kind: Cow<'static, str>,
    /// Its id.
    pub id: String,
}

impl AuditObject {
    /// The object of this kind and id.
    pub fn new(kind: &'static str, id: impl fmt::Display) -> Self {
        Self { kind: kind.into(), id: id.to_string() }
    }
}

/// A row of the audit log. It contains no secret and no contact data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// The row's id.
    pub id: AuditId,
    /// When the change was made.
    pub at: Timestamp,
    /// The person or program that made it.
    pub actor: Actor,
    /// The action, such as `product.edit`.
    pub action: Cow<'static, str>,
    /// The thing that was changed.
    pub object: AuditObject,
    /// JSON of what changed, as it was before; `None` where there was nothing.
    pub before: Option<String>,
    /// JSON of what changed, as it is now; `None` where there is nothing.
    pub after: Option<String>,
    /// Why, in the actor's words.
    pub reason: Option<ChangeReason>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_actor_is_shown_with_its_kind() {
        let shown = ActorKind::ALL.map(|kind| Actor { kind, id: None, name: "admin@localhost".to_owned() }.to_string());
        let expected =
            ["admin@localhost", "API client admin@localhost", "command-line user admin@localhost", "admin@localhost"];
        assert_eq!(shown, expected);
        for text in &shown {
            assert_eq!(Actor::name_in(text), "admin@localhost");
        }
        assert_eq!(Actor::system().to_string(), "holdfast");
    }

    #[test]
    fn a_reason_is_trimmed_plain_text_of_bounded_length() {
        let reason = |text: &str| ChangeReason::try_from(text.to_owned()).map(String::from);
        assert_eq!(reason("  damaged in transit "), Ok("damaged in transit".to_owned()));
        for text in ["", "   ", &"é".repeat(501)] {
            assert_eq!(reason(text), Err(ChangeReasonError::Length), "{text:?}");
        }
        for text in ["a\nb", "a\0b", "a\u{202E}b", "\u{200B}"] {
            assert!(matches!(reason(text), Err(ChangeReasonError::Character(_))), "{text:?}");
        }
        assert!(reason(&"é".repeat(500)).is_ok());
    }
}
