//! Deserialises JSON objects only. A struct that derives `Deserialize` also accepts an array of its fields in order, which
//! no document of the API allows.

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor, value::MapAccessDeserializer},
};
use std::{fmt, marker::PhantomData};

/// A `T` that was written as an object.
#[derive(Debug)]
pub struct StrictObject<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for StrictObject<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
            type Value = StrictObject<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(members)).map(StrictObject)
            }
        }

        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Order {
        unit: String,
        qty: u32,
    }

    #[test]
    fn only_objects_are_accepted() {
        let StrictObject(Order { unit, qty }) = serde_json::from_str(r#"{"qty":2,"unit":"lamp"}"#).unwrap();
        assert_eq!((unit.as_str(), qty), ("lamp", 2));
        assert!(serde_json::from_str::<Order>(r#"["lamp",2]"#).is_ok(), "serde itself accepts an array");
        for (json, message) in [
            (r#"["lamp",2]"#, "invalid type: sequence, expected an object"),
            ("[]", "invalid type: sequence, expected an object"),
            ("null", "invalid type: null, expected an object"),
            ("7", "invalid type: integer `7`, expected an object"),
            (r#"{"unit":"lamp"}"#, "missing field `qty`"),
            (r#"{"unit":"lamp","qty":2,"gift":1}"#, "unknown field `gift`"),
            (r#"{"unit":"lamp","qty":2,"qty":3}"#, "duplicate field `qty`"),
        ] {
            let error = serde_json::from_str::<StrictObject<Order>>(json).unwrap_err().to_string();
            assert!(error.starts_with(message), "{json}: {error}");
        }
    }
}
