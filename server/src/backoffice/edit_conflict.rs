//! The edits of a product since an operator read it: what changed, and by whom. They explain a refused edit.

use checkout::{
    StoreError,
    model::{AuditEntry, AuditObject, Currency, Money, ProductId, Timestamp},
    store::{AuditFilter, Store},
};
use serde::Serialize;
use serde_json::{Map, Value};
use std::fmt;
use utoipa::ToSchema;

/// Maximum number of edits that are read. An operator who saw an older revision has to read the product again anyway.
const MAX_EDITS: u32 = 50;

/// An edit of a product.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct EditConflict {
    /// The person or program that made the edit: an operator’s e-mail address, or a name after its kind, such as
    /// `API client Back office`.
    pub by: String,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Why, in their words.
    pub reason: Option<String>,
    /// The product's revision after the edit.
    pub revision: u64,
    /// The fields that it changed.
    pub fields: Vec<FieldChange>,
}

/// A field of a product that an edit changed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FieldChange {
    /// The field's name.
    pub name: String,
    /// The value before the edit.
    #[schema(value_type = Value)]
    pub before: Value,
    /// The value after the edit.
    #[schema(value_type = Value)]
    pub after: Value,
}

/// Returns the edits of a product after the revision that was seen, newest first.
///
/// # Errors
///
/// The audit log cannot be read.
pub async fn since(store: &dyn Store, product: ProductId, seen_revision: u64) -> Result<Vec<EditConflict>, StoreError> {
    let filter = AuditFilter {
        action: Some("product.edit".to_owned()),
        ..AuditFilter::of_object(AuditObject::new("product", product))
    };
    let entries = store.audit_log().list(&filter, None, MAX_EDITS).await?;
    Ok(entries.into_iter().filter_map(edit).take_while(|edit| edit.revision > seen_revision).collect())
}

/// Reads the edit that an entry of the audit log describes.
fn edit(entry: AuditEntry) -> Option<EditConflict> {
    let object = |json: Option<String>| match serde_json::from_str(&json.unwrap_or_default()) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    };
    let (mut before, mut after) = (object(entry.before), object(entry.after));
    let revision = after.remove("revision")?.as_u64()?;
    let fields = after.into_iter().map(|(name, after)| {
        let before = before.remove(&name).unwrap_or_default();
        FieldChange { name, before, after }
    });
    Some(EditConflict {
        by: entry.actor.to_string(),
        at: entry.at,
        reason: entry.reason.map(String::from),
        revision,
        fields: fields.collect(),
    })
}

impl FieldChange {
    /// The value before the edit, for people.
    pub fn before_text(&self) -> String {
        text(&self.before)
    }

    /// The value after the edit, for people.
    pub fn after_text(&self) -> String {
        text(&self.after)
    }
}

/// Formats an edit as `revision 3 by ada at 2026-11-27T08:00:00Z: price: 19.99 USD → 24.99 USD (last day)`.
impl fmt::Display for EditConflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields: Vec<_> = self.fields.iter().map(ToString::to_string).collect();
        write!(f, "revision {} by {} at {}: {}", self.revision, self.by, self.at, fields.join("; "))?;
        self.reason.as_ref().map_or(Ok(()), |reason| write!(f, " ({reason})"))
    }
}

/// Formats a change as `price: 19.99 USD → 24.99 USD`.
impl fmt::Display for FieldChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} → {}", self.name.replace('_', " "), self.before_text(), self.after_text())
    }
}

/// Formats a value of a product's details: an amount, a duration, a sale window, a list of pictures, a number or a text.
fn text(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::String(text) if text.is_empty() => "empty".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) => format!("{} items", items.len()),
        Value::Object(fields) => of_object(fields).unwrap_or_else(|| value.to_string()),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

fn of_object(fields: &Map<String, Value>) -> Option<String> {
    if let (Some(minor), Some(currency)) = (fields.get("minor"), fields.get("currency")) {
        let currency: Currency = currency.as_str()?.parse().ok()?;
        return Some(Money { minor: minor.as_i64()?, currency }.to_string());
    }
    if let Some(seconds) = fields.get("secs") {
        return Some(format!("{seconds} s"));
    }
    let (starts, ends) = (fields.get("starts_at")?, fields.get("ends_at")?);
    Some(format!("from {} to {}", text(starts), text(ends)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_formatted_for_people() {
        for (value, expected) in [
            (json!({ "minor": 1999, "currency": "USD" }), "19.99 USD"),
            (json!({ "secs": 60, "nanos": 0 }), "60 s"),
            (json!({ "starts_at": "2026-11-27T08:00:00Z", "ends_at": null }), "from 2026-11-27T08:00:00Z to none"),
            (json!(null), "none"),
            (json!(""), "empty"),
            (json!("Mug"), "Mug"),
            (json!(3), "3"),
            (json!([1, 2]), "2 items"),
            (json!({ "minor": "x", "currency": "USD" }), "{\"minor\":\"x\",\"currency\":\"USD\"}"),
        ] {
            assert_eq!(text(&value), expected);
        }
    }
}
