//! Lists, a page at a time: `?limit=…&cursor=…`, and a `Link` to the next page where there is one (RFC 8288).

use crate::problem::{Kind, Problem};
use axum::{
    Json,
    extract::{FromRequestParts, Query},
    response::{IntoResponse as _, Response},
};
use http::{HeaderValue, header, request::Parts};
use serde::{Deserialize, Serialize};
use std::{num::NonZeroU8, str::FromStr};

/// The most that one page has.
pub const MOST: u8 = 200;

/// Which page is asked for. Cursors are ids, and a page begins after its cursor's.
pub struct Page<Id> {
    /// How many it has at most.
    pub limit: usize,
    /// After which; the first page without.
    pub after: Option<Id>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    limit: Option<NonZeroU8>,
    cursor: Option<String>,
}

impl<S: Send + Sync, Id: FromStr> FromRequestParts<S> for Page<Id> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let wrong = |detail: String| Problem::new(Kind::BadQuery, detail);
        let asked = Query::<Asked>::from_request_parts(parts, state).await;
        let Query(Asked { limit, cursor }) = asked
            .map_err(|_| wrong(format!("Ask for limit, a number from 1 to {MOST}, and cursor; each once at most.")))?;
        let limit = limit.map_or(MOST, NonZeroU8::get);
        if limit > MOST {
            return Err(wrong(format!("limit is at most {MOST}.")));
        }
        let after = cursor.map(|cursor| cursor.parse()).transpose();
        let after =
            after.map_err(|_| wrong("Take the cursor as the Link header of the last page has it.".to_owned()))?;
        Ok(Self { limit: limit.into(), after })
    }
}

impl<Id: FromStr> Page<Id> {
    /// One more than the page has: it tells whether there is a next one.
    pub fn with_one_more(&self) -> usize {
        self.limit + 1
    }

    /// The page of `items` at `path`: they begin after the cursor, and are one more than it has if there are as many.
    pub fn answer<'a, T, B: Serialize>(
        &self,
        path: &str,
        items: &'a [T],
        id: impl FnOnce(&T) -> String,
        view: impl FnMut(&'a T) -> B,
    ) -> Response {
        let page = &items[..items.len().min(self.limit)];
        let mut response = Json(page.iter().map(view).collect::<Vec<_>>()).into_response();
        if let Some(last) = page.last().filter(|_| items.len() > page.len()) {
            let link = format!("<{path}?limit={}&cursor={}>; rel=\"next\"", self.limit, id(last));
            // Paths, numbers and ids are always a header's value.
            if let Ok(link) = HeaderValue::from_str(&link) {
                response.headers_mut().insert(header::LINK, link);
            }
        }
        response
    }
}
