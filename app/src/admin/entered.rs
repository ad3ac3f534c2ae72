//! The values of a form as they were entered. A form that is refused is shown again with them, and with a message beside
//! each field that has to be corrected.

use super::form::Field;

/// The values of a form, and the reasons why some are refused.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entered {
    values: Vec<(&'static str, String)>,
    errors: Vec<(&'static str, String)>,
}

impl Entered {
    /// Sets a value.
    pub fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.values.retain(|(known, _)| *known != name);
        self.values.push((name, value.into()));
    }

    /// Returns a value; empty if there is none.
    pub fn get(&self, name: &str) -> &str {
        self.values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
    }

    /// Adds a message beside a field, unless the field has one.
    pub fn refuse(&mut self, name: &'static str, text: impl Into<String>) {
        if self.error(name).is_none() {
            self.errors.push((name, text.into()));
        }
    }

    /// Parses a value. If it is wrong, the field gets the message of the error.
    pub fn parse<T, E: Into<String>>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = self.get(name).trim().to_owned();
        parse(&text).map_err(|error| self.refuse(name, error)).ok()
    }

    /// Parses a value that may be empty.
    pub fn parse_optional<T, E: Into<String>>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        if self.get(name).trim().is_empty() { None } else { self.parse(name, parse) }
    }

    /// Returns the message beside a field.
    pub fn error(&self, name: &str) -> Option<&str> {
        self.errors.iter().find(|(known, _)| *known == name).map(|(_, text)| text.as_str())
    }

    /// Whether no value is refused.
    pub fn is_valid(&self) -> bool {
        self.errors.is_empty()
    }

    /// Fills a field with its value and its message.
    pub fn fill(&self, field: Field) -> Field {
        let (value, error) = (self.get(field.name).to_owned(), self.error(field.name).map(str::to_owned));
        field.filled(value, error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_message_of_a_field_stays() {
        let mut entered = Entered::default();
        entered.set("size", " 7 ");
        assert_eq!(entered.parse("size", |text| text.parse::<u8>().map_err(|e| e.to_string())), Some(7));
        assert_eq!(entered.parse_optional("missing", |_| Err::<u8, _>("wrong")), None);
        assert!(entered.is_valid());
        assert_eq!(entered.parse("missing", |_| Err::<u8, _>("Enter a number.")), None);
        entered.refuse("missing", "Something else.");
        assert_eq!((entered.error("missing"), entered.is_valid()), (Some("Enter a number."), false));
        entered.set("size", "8");
        assert_eq!(entered.get("size"), "8");
    }
}
