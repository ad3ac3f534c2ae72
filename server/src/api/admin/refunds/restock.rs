//! Units that a refund puts back on sale: a number, or `all`.

use checkout::Restock;
use serde::{Deserialize, Deserializer, de};
use std::fmt;
use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, Schema, Type};

/// Largest number of units of one order.
const MAX_UNITS: u32 = 10_000;

/// Units to put back on sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restocked(pub Restock);

/// The field's schema.
pub fn schema() -> Schema {
    let all = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["all"]));
    let units = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)).maximum(Some(MAX_UNITS));
    let description = "Units to put back on sale: `all` that were not put back before, or a number. With 0, the shopper keeps \
                       them.";
    Schema::OneOf(OneOfBuilder::new().item(all).item(units).description(Some(description)).build())
}

impl<'de> Deserialize<'de> for Restocked {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Visitor)
    }
}

struct Visitor;

impl de::Visitor<'_> for Visitor {
    type Value = Restocked;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number of units from 0 to 10000, or \"all\"")
    }

    fn visit_u64<E: de::Error>(self, units: u64) -> Result<Restocked, E> {
        match u32::try_from(units) {
            Ok(0) => Ok(Restocked(Restock::None)),
            Ok(count) if count <= MAX_UNITS => Ok(Restocked(Restock::Units(count))),
            _ => Err(E::invalid_value(de::Unexpected::Unsigned(units), &self)),
        }
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Restocked, E> {
        if text == "all" {
            Ok(Restocked(Restock::All))
        } else {
            Err(E::invalid_value(de::Unexpected::Str(text), &self))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_a_number_or_all() {
        let parse = |json: &str| serde_json::from_str::<Restocked>(json).map(|Restocked(restock)| restock);
        assert_eq!(parse("0").unwrap(), Restock::None);
        assert_eq!(parse("3").unwrap(), Restock::Units(3));
        assert_eq!(parse("\"all\"").unwrap(), Restock::All);
        for json in ["-1", "10001", "1.5", "\"none\"", "null", "true", "[]", "99999999999999999999"] {
            assert!(parse(json).is_err(), "{json}");
        }
    }
}
