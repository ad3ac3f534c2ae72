//! The specification of a product: facts such as its weight.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Maximum number of rows of a specification.
pub const MAX_SPECIFICATION_ROWS: usize = 30;

/// Longest name of a row, in characters.
pub const MAX_SPECIFICATION_NAME_CHARS: usize = 60;

/// Longest value of a row, in characters.
pub const MAX_SPECIFICATION_VALUE_CHARS: usize = 300;

/// A fact of a product. Operators write it as `Weight: 180 g`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpecificationRow {
    /// The name, such as `Weight`. It has no colon, because the first one ends it.
    pub name: String,
    /// The value, such as `180 g`.
    pub value: String,
}

/// The text is not a name, a colon and a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a row of a specification is a name, a colon and a value, such as \"Weight: 180 g\"")]
pub struct SpecificationRowError;

impl SpecificationRow {
    /// Returns the row without space around its texts.
    pub(super) fn trimmed(self) -> Self {
        Self { name: self.name.trim().to_owned(), value: self.value.trim().to_owned() }
    }

    /// Whether name and value are within their bounds.
    pub(super) fn is_valid(&self) -> bool {
        (1..=MAX_SPECIFICATION_NAME_CHARS).contains(&self.name.chars().count())
            && !self.name.contains(':')
            && (1..=MAX_SPECIFICATION_VALUE_CHARS).contains(&self.value.chars().count())
    }
}

impl fmt::Display for SpecificationRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.value)
    }
}

/// Splits a line at its first colon. The product checks the bounds of both texts.
impl FromStr for SpecificationRow {
    type Err = SpecificationRowError;

    fn from_str(line: &str) -> Result<Self, SpecificationRowError> {
        let (name, value) = line.split_once(':').ok_or(SpecificationRowError)?;
        let row = Self { name: name.to_owned(), value: value.to_owned() }.trimmed();
        if row.name.is_empty() || row.value.is_empty() { Err(SpecificationRowError) } else { Ok(row) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_round_trips_as_a_line() {
        for (line, name, value) in [
            ("Weight: 180 g", "Weight", "180 g"),
            ("  Ratio :16:9 ", "Ratio", "16:9"),
            ("Battery:up to 3 days: really", "Battery", "up to 3 days: really"),
        ] {
            let row: SpecificationRow = line.parse().unwrap();
            assert_eq!((row.name.as_str(), row.value.as_str()), (name, value), "{line}");
            assert_eq!(row.to_string().parse(), Ok(row));
        }
        for line in ["", "Weight", ":", "Weight:", ": 180 g", " : "] {
            assert_eq!(line.parse::<SpecificationRow>(), Err(SpecificationRowError), "{line:?}");
        }
    }
}
