//! Keyset pagination: `?limit=…&cursor=…`, and a `Link` header to the next page where there is one (RFC 8288).

use crate::problem::{Kind, Problem};
use axum::{
    Json,
    extract::{FromRequestParts, Query},
    response::{IntoResponse as _, Response},
};
use http::{HeaderValue, header, request::Parts};
use serde::{Deserialize, Serialize};
use std::{num::NonZeroU8, str::FromStr};

/// Maximum number of items on a page.
pub const MAX_LIMIT: u8 = 200;

/// The requested page. A cursor is the id of the last item of the page before.
pub struct Page<Id> {
    /// Maximum number of items.
    pub limit: usize,
    /// The cursor; `None` for the first page.
    pub after: Option<Id>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PageQuery {
    limit: Option<NonZeroU8>,
    cursor: Option<String>,
}

impl<S: Send + Sync, Id: FromStr> FromRequestParts<S> for Page<Id> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let wrong = |detail: String| Problem::new(Kind::BadQuery, detail);
        let asked = Query::<PageQuery>::from_request_parts(parts, state).await;
        let Query(PageQuery { limit, cursor }) = asked.map_err(|_| {
            wrong(format!(
                "The only parameters are limit, a number from 1 to {MAX_LIMIT}, and cursor, each at most once."
            ))
        })?;
        let limit = limit.map_or(MAX_LIMIT, NonZeroU8::get);
        if limit > MAX_LIMIT {
            return Err(wrong(format!("limit is at most {MAX_LIMIT}.")));
        }
        let after = cursor.map(|cursor| cursor.parse()).transpose();
        let after = after.map_err(|_| wrong("Use the cursor from the Link header of the previous page.".to_owned()))?;
        Ok(Self { limit: limit.into(), after })
    }
}

impl<Id: FromStr> Page<Id> {
    /// Number of items to fetch: one more than the page shows, to tell whether there is a next page.
    pub fn limit_plus_one(&self) -> usize {
        self.limit + 1
    }

    /// Renders the page of `items` at `path`. `items` begin after the cursor and hold up to [`Self::limit_plus_one`].
    pub fn respond<'a, T, B: Serialize>(
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
            // Paths, numbers and ids are always valid header values.
            if let Ok(link) = HeaderValue::from_str(&link) {
                response.headers_mut().insert(header::LINK, link);
            }
        }
        response
    }
}
