//! Query parameters and pages of lists.

use crate::{
    api::pagination::MAX_LIMIT,
    backoffice::lookup,
    problem::{Kind, Problem},
};
use axum::{
    Json,
    extract::{FromRequestParts, Query},
};
use checkout::{
    Checkout,
    model::{Product, Refusal},
    store::listings::{Direction, Listing, PageRequest},
};
use http::request::Parts;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;

/// Longest part of an error that is repeated to the client, in characters.
const MAX_ERROR_LENGTH: usize = 300;
/// Maximum number of characters of a search.
const MAX_TEXT_LENGTH: usize = 300;

/// Query parameters. Unknown, repeated and invalid ones are refused.
pub struct Params<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Query(params) = Query::from_request_parts(parts, state).await.map_err(|rejection| {
            let message = rejection.body_text();
            let message = message.rsplit_once("query string: ").map_or(message.as_str(), |(_, message)| message);
            let message: String = message.chars().take(MAX_ERROR_LENGTH).collect();
            Problem::new(Kind::BadQuery, format!("{message}."))
        })?;
        Ok(Self(params))
    }
}

/// Number of items on a page.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "u8")]
pub struct Limit(u8);

impl TryFrom<u8> for Limit {
    type Error = String;

    fn try_from(limit: u8) -> Result<Self, String> {
        if (1..=MAX_LIMIT).contains(&limit) { Ok(Self(limit)) } else { Err(format!("limit is 1 to {MAX_LIMIT}")) }
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(MAX_LIMIT)
    }
}

impl Limit {
    /// Maximum number of items.
    pub fn get(self) -> u32 {
        self.0.into()
    }

    /// Returns the page after the cursor, newest items first.
    pub fn page(self, cursor: Option<Uuid>) -> PageRequest {
        PageRequest { after: cursor, direction: Direction::NewestFirst, limit: self.get() }
    }
}

/// Text to search for: at most 300 characters, without control characters.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct SearchText(String);

impl TryFrom<String> for SearchText {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text.chars().take(MAX_TEXT_LENGTH + 1).count() > MAX_TEXT_LENGTH || text.chars().any(char::is_control) {
            return Err(format!("a text is at most {MAX_TEXT_LENGTH} characters, without control characters"));
        }
        Ok(Self(text))
    }
}

impl SearchText {
    /// The text without spaces around it; `None` if nothing is left.
    pub fn given(&self) -> Option<&str> {
        Some(self.0.trim()).filter(|text| !text.is_empty())
    }
}

/// Returns the text of an optional search.
pub fn given(text: Option<&SearchText>) -> Option<&str> {
    text.and_then(SearchText::given)
}

/// Returns the product with this id or slug, archived ones included.
pub fn product(checkout: &Checkout, name: &str) -> Result<Arc<Product>, Refusal> {
    lookup::product(checkout, name).ok_or(Refusal::UnknownProduct)
}

/// A page of a list, newest items first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Page)]
pub struct ListView<T> {
    /// The items of the page.
    items: Vec<T>,
    /// Cursor of the next page; null on the last one.
    #[schema(required)]
    next: Option<Uuid>,
}

impl<T> ListView<T> {
    /// Renders a page.
    pub fn of<R>(listing: Listing<R>, view: impl FnMut(R) -> T) -> Json<Self> {
        let Listing { items, next } = listing.map(view);
        Json(Self { items, next })
    }

    /// Renders a page of items that are all in memory, newest first.
    pub fn of_all<R>(
        mut all: Vec<R>,
        id: impl Fn(&R) -> Uuid,
        limit: Limit,
        cursor: Option<Uuid>,
        view: impl FnMut(R) -> T,
    ) -> Json<Self> {
        all.retain(|item| cursor.is_none_or(|cursor| id(item) < cursor));
        all.sort_unstable_by_key(|item| std::cmp::Reverse(id(item)));
        let limit = usize::from(limit.0);
        let next = if all.len() > limit { all.get(limit - 1).map(&id) } else { None };
        all.truncate(limit);
        Json(Self { items: all.into_iter().map(view).collect(), next })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_what_is_in_memory_lose_and_repeat_nothing() {
        let all: Vec<_> = (0..7).map(Uuid::from_u128).collect();
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let Json(page) = ListView::of_all(all.clone(), |id| *id, Limit(3), cursor, |id| id);
            seen.extend(page.items);
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        seen.reverse();
        assert_eq!(seen, all);
    }

    #[test]
    fn texts_are_bounded_and_plain() {
        let text = |text: &str| SearchText::try_from(text.to_owned()).map(|text| text.given().map(str::to_owned));
        assert_eq!(text(" ada "), Ok(Some("ada".to_owned())));
        assert_eq!(text("  "), Ok(None));
        assert!(text("a\0b").is_err() && text(&"x".repeat(301)).is_err() && text(&"é".repeat(300)).is_ok());
    }
}
