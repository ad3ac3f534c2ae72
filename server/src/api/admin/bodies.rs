//! Parts of request bodies that several calls have.

use checkout::model::ChangeReason;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

/// A change with its reason.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Reason)]
pub struct ReasonBody {
    /// Reason, for the audit log.
    #[schema(value_type = ReasonText)]
    pub reason: ChangeReason,
}

/// A change that may have a reason.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OptionalReason)]
pub struct OptionalReasonBody {
    /// Reason, for the audit log.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = ReasonText, required = false)]
    pub reason: Option<ChangeReason>,
}

/// Reason of a change, in your words: one line without control and invisible characters.
#[derive(ToSchema)]
#[schema(
    value_type = String,
    min_length = 1,
    max_length = 500,
    pattern = r"^[^\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]*[^\s\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff][^\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]*$"
)]
#[expect(dead_code, reason = "reasons are parsed by the engine's type; this is the schema")]
pub struct ReasonText(String);

/// Deserialises a field that may be missing. `null` is a value of `T` or an error.
pub fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
