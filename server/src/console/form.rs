//! The fields of a form or of a query.

use super::operation::reason_error;
use crate::problem::{Kind, Problem};
use app::admin::{confirm::ReasonField, entered::Entered};
use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use checkout::{Idempotency, IdempotencyKey, model::ChangeReason};
use http::header;

/// Maximum number of fields.
const MAX_FIELDS: usize = 100;
/// The field with the key of a form.
const KEY: &str = "key";

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

    /// Removes a field.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(found, _)| found != name);
    }

    /// Reads the reason of a change. One that is missing although it is required, or that is not plain text, gets a message
    /// beside its field.
    pub fn reason(&self, entered: &mut Entered, is_required: bool) -> Option<ChangeReason> {
        let text = self.get(ReasonField::NAME).trim();
        entered.set(ReasonField::NAME, text);
        if text.is_empty() {
            if is_required {
                entered.refuse(ReasonField::NAME, "Say why, in a few words.");
            }
            return None;
        }
        entered.parse(ReasonField::NAME, |text| ChangeReason::try_from(text.to_owned()).map_err(reason_error))
    }

    /// Reads the reason of a change that must have one. Without it, returns the field with its message.
    pub fn required_reason(&self) -> Result<ChangeReason, ReasonField> {
        let mut entered = Entered::default();
        self.reason(&mut entered, true).ok_or_else(|| ReasonField::entered(&entered))
    }

    /// Binds the key that the page gave to the form to its fields, so that the form counts once however often it is sent.
    pub fn idempotency(&self, path: &str) -> Option<Idempotency> {
        let key = IdempotencyKey::parse(self.get(KEY))?;
        let payload = form_urlencoded::Serializer::new(String::new()).extend_pairs(self.without(KEY)).finish();
        Some(Idempotency::new(key, "POST", path, payload.as_bytes()))
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
