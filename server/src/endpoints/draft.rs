//! The parts of an endpoint as people enter them.

use checkout::model::{ForbiddenChar, Topic, check_line};
use serde::Deserialize;
use std::{collections::BTreeSet, str::FromStr};

/// Maximum number of characters of a description.
const MAX_DESCRIPTION_CHARS: usize = 200;

/// The topics of an endpoint: at least one. As text, their names with commas or spaces between them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Vec<String>")]
pub struct Events(BTreeSet<Topic>);

/// Longest name that a message repeats, in characters.
const MAX_NAME_CHARS: usize = 64;

/// Why a text names no topics.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventsError {
    /// There is no name.
    #[error("give at least one event; the events are {}", offered())]
    Empty,
    /// No topic that endpoints can ask for has this name.
    #[error("{0:?} is no event; the events are {events}", events = offered())]
    Unknown(String),
}

fn offered() -> String {
    Topic::WEBHOOKS.map(Topic::name).join(", ")
}

impl Events {
    /// These topics, unless there is none.
    pub fn of(topics: BTreeSet<Topic>) -> Result<Self, EventsError> {
        match topics.iter().find(|topic| !Topic::WEBHOOKS.contains(topic)) {
            Some(internal) => Err(EventsError::Unknown(internal.name().to_owned())),
            None if topics.is_empty() => Err(EventsError::Empty),
            None => Ok(Self(topics)),
        }
    }

    fn of_names<'a>(names: impl Iterator<Item = &'a str>) -> Result<Self, EventsError> {
        let unknown = |name: &str| EventsError::Unknown(name.chars().take(MAX_NAME_CHARS).collect());
        let topics: BTreeSet<Topic> =
            names.map(|name| Topic::from_name(name).ok_or_else(|| unknown(name))).collect::<Result<_, _>>()?;
        Self::of(topics)
    }
}

impl TryFrom<Vec<String>> for Events {
    type Error = EventsError;

    fn try_from(names: Vec<String>) -> Result<Self, EventsError> {
        Self::of_names(names.iter().map(String::as_str))
    }
}

impl FromStr for Events {
    type Err = EventsError;

    fn from_str(text: &str) -> Result<Self, EventsError> {
        Self::of_names(text.split([',', ' ']).filter(|name| !name.is_empty()))
    }
}

impl From<Events> for BTreeSet<Topic> {
    fn from(events: Events) -> Self {
        events.0
    }
}

/// A description: at most 200 characters that [`check_line`] accepts. It may be empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(try_from = "String")]
pub struct Description(String);

/// Why a text is no [`Description`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DescriptionError {
    /// The text is too long.
    #[error("a description has at most {MAX_DESCRIPTION_CHARS} characters")]
    Length,
    /// The text has a character that nobody sees.
    #[error("a description must not contain the control or invisible character {0}")]
    Character(ForbiddenChar),
}

impl TryFrom<String> for Description {
    type Error = DescriptionError;

    fn try_from(text: String) -> Result<Self, DescriptionError> {
        text.parse()
    }
}

impl FromStr for Description {
    type Err = DescriptionError;

    fn from_str(text: &str) -> Result<Self, DescriptionError> {
        let text = text.trim();
        check_line(text).map_err(DescriptionError::Character)?;
        let is_short = text.chars().take(MAX_DESCRIPTION_CHARS + 1).count() <= MAX_DESCRIPTION_CHARS;
        if is_short { Ok(Self(text.to_owned())) } else { Err(DescriptionError::Length) }
    }
}

impl From<Description> for String {
    fn from(description: Description) -> Self {
        description.0
    }
}

/// A change of an endpoint. Parts that are `None` stay as they are.
#[derive(Debug, Clone, Default)]
pub struct Edit {
    /// The version that the requester saw; `None` for the current one.
    pub seen: Option<u64>,
    /// The new address.
    pub url: Option<String>,
    /// The new topics.
    pub events: Option<Events>,
    /// The new description.
    pub description: Option<Description>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_are_named_and_offered_to_endpoints() {
        let events = |text: &str| text.parse::<Events>().map(BTreeSet::from);
        assert_eq!(events("order.paid, refund.succeeded"), Ok([Topic::OrderPaid, Topic::RefundSucceeded].into()));
        for text in ["", ","] {
            assert_eq!(events(text), Err(EventsError::Empty), "{text:?}");
        }
        for (text, name) in [
            ("order.lost", "order.lost"),
            ("order.paid,*", "*"),
            ("endpoint.disabled", "endpoint.disabled"),
            ("refund.accepted", "refund.accepted"),
        ] {
            assert_eq!(events(text), Err(EventsError::Unknown(name.to_owned())), "{text:?}");
        }
        let message = events(&"x".repeat(100)).unwrap_err().to_string();
        let expected = format!("\"{}\" is no event; the events are order.created, ", "x".repeat(64));
        assert!(message.starts_with(&expected) && !message.contains("refund.accepted"), "{message}");
    }

    #[test]
    fn a_description_is_short_plain_text() {
        assert_eq!(" a shop ".parse::<Description>().map(String::from), Ok("a shop".to_owned()));
        assert!("".parse::<Description>().is_ok() && "é".repeat(200).parse::<Description>().is_ok());
        assert_eq!("é".repeat(201).parse::<Description>(), Err(DescriptionError::Length));
        assert!(matches!("a\nb".parse::<Description>(), Err(DescriptionError::Character(_))));
    }
}
