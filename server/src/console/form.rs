//! The fields of a form or of a query.

use crate::problem::{Kind, Problem};
use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use http::header;

/// Maximum number of fields.
const MAX_FIELDS: usize = 100;

/// The fields of a form, in order. It has no `Debug`, because some contain passwords.
#[derive(Clone, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Parses a body or a query.
    pub fn parse(encoded: &[u8]) -> Self {
        Self(
            form_urlencoded::parse(encoded).take(MAX_FIELDS).map(|(name, value)| (name.into(), value.into())).collect(),
        )
    }

    /// Returns a field's value; empty if there is none.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value)
    }

    /// Returns all fields but one.
    pub fn without(&self, name: &str) -> Vec<(String, String)> {
        self.0.iter().filter(|(found, _)| found != name).cloned().collect()
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let media_type = request.headers().get(header::CONTENT_TYPE).map(|value| value.as_bytes().to_vec());
        let is_form = media_type.is_none_or(|value| value.starts_with(b"application/x-www-form-urlencoded"));
        let body = Bytes::from_request(request, state).await;
        let body = body.map_err(|_| Problem::new(Kind::BrokenBody, "Send the request again."))?;
        if !is_form && !body.is_empty() {
            return Err(Problem::new(Kind::UnreadableForm, "Send the form as the console's own page does."));
        }
        Ok(Self::parse(&body))
    }
}
