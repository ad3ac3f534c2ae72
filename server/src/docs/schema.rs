//! Schemas as a list of fields: what a body may say, and what an answer says.

use super::html::{prose, text};
use serde_json::Value;
use std::fmt::Write as _;

/// Deeper than any of ours goes; one that names itself ends here.
const DEEPEST: usize = 6;

/// The document, for what its parts name.
#[derive(Clone, Copy)]
pub struct Names<'a>(pub &'a Value);

impl<'a> Names<'a> {
    /// What a part is, where it may be named only.
    pub fn resolve(self, part: &'a Value) -> &'a Value {
        let name = part["$ref"].as_str().and_then(|name| name.strip_prefix('#'));
        name.and_then(|pointer| self.0.pointer(pointer)).unwrap_or(part)
    }

    /// A schema's fields, or its one value.
    pub fn schema(self, schema: &'a Value) -> String {
        self.shown(schema, DEEPEST)
    }

    fn shown(self, schema: &'a Value, depth: usize) -> String {
        let whole = self.resolve(schema);
        if depth == 0 {
            return String::new();
        }
        if let Some(choices) = choices(whole) {
            let choices = choices.filter(|choice| choice["type"] != "null");
            return choices.fold(String::new(), |mut html, choice| {
                let named = self.resolve(choice)["description"].as_str().unwrap_or_default();
                let _ = writeln!(html, "<div class=\"choice\">{}{}</div>", prose(named), self.shown(choice, depth - 1));
                html
            });
        }
        if whole["items"].is_object() {
            return format!("<p class=\"quiet\">A list, each of</p>\n{}", self.shown(&whole["items"], depth - 1));
        }
        let Some(properties) = whole["properties"].as_object() else { return String::new() };
        let needed: Vec<_> = whole["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        // A member that may only be null is there to say that it is not.
        let fields = properties.iter().filter(|(_, field)| field["type"] != "null");
        let fields = fields.fold(String::new(), |html, (name, field)| {
            html + &self.field(name, field, needed.contains(&name.as_str()), depth)
        });
        format!("<dl class=\"fields\">\n{fields}</dl>\n")
    }

    fn field(self, name: &str, field: &'a Value, needed: bool, depth: usize) -> String {
        let whole = self.inner(field);
        let says = field["description"].as_str().or_else(|| whole["description"].as_str()).unwrap_or_default();
        let need = if needed { "" } else { " <span class=\"need\">optional</span>" };
        format!(
            "<div><dt><code>{}</code> <span class=\"type\">{}</span>{need}</dt><dd>{}{}{}</dd></div>\n",
            text(name),
            text(&self.kind(field)),
            prose(says),
            values(whole),
            self.shown(whole, depth - 1),
        )
    }

    /// What is meant, where it may be null or has been wrapped to say something of it.
    fn inner(self, schema: &'a Value) -> &'a Value {
        let whole = self.resolve(schema);
        let mut meant = choices(whole).into_iter().flatten().filter(|choice| choice["type"] != "null");
        match (meant.next(), meant.next()) {
            (Some(only), None) => self.resolve(only),
            _ => whole,
        }
    }

    /// The kind of value in a word or two.
    pub fn kind(self, schema: &'a Value) -> String {
        let outer = self.resolve(schema);
        let whole = self.inner(schema);
        let types: Vec<_> = match &whole["type"] {
            Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
            other => other.as_str().into_iter().collect(),
        };
        let null =
            types.contains(&"null") || choices(outer).into_iter().flatten().any(|choice| choice["type"] == "null");
        let name = types.iter().find(|name| **name != "null").copied().unwrap_or("object");
        let plain = match whole["format"].as_str() {
            Some("int32" | "int64") | None => name,
            Some(format) => format,
        };
        let kind = if plain == "array" { format!("list of {}", self.kind(&whole["items"])) } else { plain.to_owned() };
        if null { format!("{kind} or null") } else { kind }
    }
}

fn choices(schema: &Value) -> Option<impl Iterator<Item = &Value>> {
    ["oneOf", "anyOf", "allOf"].into_iter().find_map(|word| schema[word].as_array()).map(|all| all.iter())
}

/// The values there are, or the bounds of them.
fn values(schema: &Value) -> String {
    if let Some(values) = schema["enum"].as_array() {
        let values: Vec<_> =
            values.iter().filter(|v| !v.is_null()).map(|v| format!("<code>{}</code>", shown(v))).collect();
        return format!("<p class=\"quiet\">{}</p>", values.join(", "));
    }
    bounds(
        schema,
        &[
            ("minimum", "at least "),
            ("maximum", "at most "),
            ("minLength", "characters: at least "),
            ("maxLength", "characters: at most "),
            ("pattern", ""),
        ],
    )
}

/// The bounds of a number.
pub fn range(schema: &Value) -> String {
    bounds(schema, &[("minimum", "at least "), ("maximum", "at most ")])
}

fn bounds(schema: &Value, words: &[(&str, &str)]) -> String {
    let said: Vec<_> = words
        .iter()
        .filter(|(word, _)| !schema[word].is_null())
        .map(|(word, says)| format!("{says}<code>{}</code>", shown(&schema[word])))
        .collect();
    if said.is_empty() { String::new() } else { format!("<p class=\"quiet\">{}</p>", said.join(", ")) }
}

fn shown(value: &Value) -> String {
    text(&value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn fields_are_shown_with_their_bounds_and_those_that_cannot_be_sent_are_not() {
        let schema = json!({
            "required": ["qty"],
            "properties": {
                "qty": { "type": "integer", "minimum": 1 },
                "shopper": { "type": ["string", "null"], "maxLength": 64 },
                "hold_id": { "type": "null" },
            },
        });
        let html = Names(&Value::Null).schema(&schema);
        assert!(html.contains("<code>qty</code> <span class=\"type\">integer</span></dt>"), "{html}");
        assert!(html.contains("string or null</span> <span class=\"need\">optional</span>"), "{html}");
        assert!(html.contains("at least <code>1</code>") && html.contains("at most <code>64</code>"), "{html}");
        assert!(!html.contains("hold_id"), "{html}");
    }

    #[test]
    fn the_range_of_a_number_says_nothing_of_patterns() {
        assert_eq!(range(&json!({ "type": "string", "pattern": "^[a-z]$" })), "");
        let both = "<p class=\"quiet\">at least <code>1</code>, at most <code>200</code></p>";
        assert_eq!(range(&json!({ "minimum": 1, "maximum": 200 })), both);
    }
}
