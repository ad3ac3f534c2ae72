//! Contacts: the buyer's e-mail address, name and postal address. A contact is stored beside its order and is never part of [`Order`](super::Order),
//! so that neither a log, nor a stored reply, nor a watcher of the order sees it.

use super::{EmailAddress, Language, Timestamp, is_unseen};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Maximum length of a name, a line of an address, a city or a state, in characters.
pub const MAX_CONTACT_TEXT_CHARS: usize = 100;

/// Maximum length of a postal code, in characters.
pub const MAX_POSTAL_CODE_CHARS: usize = 20;

/// Countries that have no postal codes, by the Universal Postal Union's list of addressing systems.
const WITHOUT_POSTAL_CODES: &[&str] = &[
    "AE", "AG", "AO", "AW", "BF", "BI", "BJ", "BO", "BQ", "BS", "BW", "BZ", "CD", "CF", "CG", "CI", "CK", "CM", "CW",
    "DJ", "DM", "ER", "FJ", "GA", "GD", "GH", "GM", "GQ", "GY", "HK", "JM", "KI", "KM", "KN", "KP", "LY", "ML", "MO",
    "MR", "MW", "NR", "NU", "QA", "RW", "SB", "SC", "SL", "SR", "ST", "SX", "SY", "TD", "TF", "TG", "TK", "TO", "TV",
    "UG", "VU", "YE", "ZW",
];

/// A country, as its two capital letters of ISO 3166-1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Country([u8; 2]);

/// The text is not a country's code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a country is two letters of ISO 3166-1, such as DE")]
pub struct CountryError;

impl Country {
    /// All countries, ordered by their English names.
    pub fn all() -> Vec<Self> {
        let mut all: Vec<_> =
            rust_iso3166::ALL.iter().filter_map(|country| country.alpha2.parse::<Self>().ok()).collect();
        all.sort_by_key(Self::name);
        all
    }

    /// The code.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The English name.
    pub fn name(&self) -> &'static str {
        rust_iso3166::from_alpha2(self.code()).map_or("", |country| country.name)
    }

    /// Whether addresses in the country have postal codes.
    pub fn has_postal_codes(self) -> bool {
        !WITHOUT_POSTAL_CODES.contains(&self.code())
    }
}

impl std::str::FromStr for Country {
    type Err = CountryError;

    fn from_str(text: &str) -> Result<Self, CountryError> {
        let code = text.trim().to_ascii_uppercase();
        let letters: [u8; 2] = code.as_bytes().try_into().map_err(|_| CountryError)?;
        rust_iso3166::from_alpha2(&code).map(|_| Self(letters)).ok_or(CountryError)
    }
}

impl TryFrom<String> for Country {
    type Error = CountryError;

    fn try_from(text: String) -> Result<Self, CountryError> {
        text.parse()
    }
}

impl From<Country> for String {
    fn from(country: Country) -> Self {
        country.code().to_owned()
    }
}

/// A postal address.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Address {
    /// The country.
    pub country: Country,
    /// Street and number.
    pub line1: String,
    /// Apartment, floor, company.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line2: Option<String>,
    /// The city.
    pub city: String,
    /// The postal code. Only countries without postal codes have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// State, province or region, where the country's addresses have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
}

impl Address {
    /// The lines as they are written on a parcel.
    pub fn lines(&self) -> Vec<String> {
        let Self { country, line1, line2, city, postal_code, state } = self;
        let town = [postal_code.as_deref(), Some(city.as_str())].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let lines = [Some(line1.clone()), line2.clone(), Some(town), state.clone(), Some(country.name().to_owned())];
        lines.into_iter().flatten().collect()
    }
}

/// The buyer's e-mail address, name and postal address.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Contact {
    /// The e-mail address.
    pub email: EmailAddress,
    /// The buyer's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The postal address to which the order is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    /// The language that the buyer reads. It is no part of what the buyer typed, so that the same form with
    /// another header is still the same request.
    #[serde(skip_serializing)]
    pub language: Option<Language>,
}

/// A contact as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoredContact {
    /// The contact.
    Known(Contact),
    /// The contact was erased, at the customer's request or because its retention was over.
    Erased {
        /// When it was erased.
        at: Timestamp,
    },
}

impl StoredContact {
    /// The contact, unless it was erased.
    pub fn known(self) -> Option<Contact> {
        match self {
            Self::Known(contact) => Some(contact),
            Self::Erased { .. } => None,
        }
    }
}

/// Writes which fields there are, and not their values.
impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Contact");
        shown.field("name", &self.name.is_some()).field("address", &self.address.is_some()).finish_non_exhaustive()
    }
}

/// Writes the country alone.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Address").field("country", &self.country).finish_non_exhaustive()
    }
}

/// A contact as somebody typed it. [`ContactDraft::check`] turns it into a [`Contact`]. Blank fields count as left out.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct ContactDraft {
    /// See [`Contact::email`].
    pub email: String,
    /// See [`Contact::name`].
    pub name: Option<String>,
    /// See [`Contact::address`].
    pub address: Option<AddressDraft>,
    /// See [`Contact::language`].
    pub language: Option<String>,
}

/// An address as somebody typed it.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct AddressDraft {
    /// See [`Address::country`].
    pub country: String,
    /// See [`Address::line1`].
    pub line1: String,
    /// See [`Address::line2`].
    pub line2: Option<String>,
    /// See [`Address::city`].
    pub city: String,
    /// See [`Address::postal_code`].
    pub postal_code: Option<String>,
    /// See [`Address::state`].
    pub state: Option<String>,
}

impl fmt::Debug for ContactDraft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContactDraft").finish_non_exhaustive()
    }
}

impl fmt::Debug for AddressDraft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AddressDraft").finish_non_exhaustive()
    }
}

/// A field of a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ContactField {
    /// See [`Contact::email`].
    Email,
    /// See [`Contact::name`].
    Name,
    /// See [`Contact::address`].
    Address,
    /// See [`Address::country`].
    Country,
    /// See [`Address::line1`].
    Line1,
    /// See [`Address::line2`].
    Line2,
    /// See [`Address::city`].
    City,
    /// See [`Address::postal_code`].
    PostalCode,
    /// See [`Address::state`].
    State,
    /// See [`Contact::language`].
    Language,
}

impl ContactField {
    /// The path of the field within the JSON of a contact.
    pub fn path(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Name => "name",
            Self::Address => "address",
            Self::Country => "address.country",
            Self::Line1 => "address.line1",
            Self::Line2 => "address.line2",
            Self::City => "address.city",
            Self::PostalCode => "address.postal_code",
            Self::State => "address.state",
            Self::Language => "language",
        }
    }
}

/// The problem of one field of a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ContactProblem {
    /// A required field is blank.
    #[error("is required")]
    Missing,
    /// The e-mail address cannot exist.
    #[error("is no e-mail address, such as ada@example.com")]
    Email,
    /// The country does not exist.
    #[error("is no country: two letters of ISO 3166-1 are needed, such as DE")]
    Country,
    /// The language is no tag.
    #[error("is no language: a tag of BCP 47 is needed, such as de or pt-BR")]
    Language,
    /// The text is too long.
    #[error("has more than {0} characters")]
    TooLong(usize),
    /// The text contains a control character, or one that is invisible or changes the direction of the text.
    #[error("contains control or invisible characters")]
    Unprintable,
}

/// A field of a contact, and what is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{} {problem}", field.path())]
pub struct ContactError {
    /// The field.
    pub field: ContactField,
    /// Its problem.
    pub problem: ContactProblem,
}

impl ContactDraft {
    /// Returns the contact.
    ///
    /// # Errors
    ///
    /// Every field that has a problem, in the order of the fields. `ships` requires name and address.
    pub fn check(self, ships: bool) -> Result<Contact, Vec<ContactError>> {
        let Self { email, name, address, language } = self;
        let mut fields = Fields::default();
        let email = fields.email(&email);
        let name =
            if ships { fields.required(ContactField::Name, name) } else { fields.optional(ContactField::Name, name) };
        let address = match address {
            Some(draft) => draft.check(&mut fields),
            None if ships => fields.missing(ContactField::Address),
            None => None,
        };
        let language = fields.language(language.as_deref());
        match email {
            Some(email) if fields.errors.is_empty() => Ok(Contact { email, name, address, language }),
            _ => Err(fields.errors),
        }
    }
}

impl AddressDraft {
    fn check(self, fields: &mut Fields) -> Option<Address> {
        let Self { country, line1, line2, city, postal_code, state } = self;
        let country = fields.country(&country);
        let line1 = fields.required(ContactField::Line1, Some(line1));
        let line2 = fields.optional(ContactField::Line2, line2);
        let city = fields.required(ContactField::City, Some(city));
        let postal_code = match country {
            Some(country) if !country.has_postal_codes() => fields.optional(ContactField::PostalCode, postal_code),
            _ => fields.required(ContactField::PostalCode, postal_code),
        };
        let state = fields.optional(ContactField::State, state);
        Some(Address { country: country?, line1: line1?, line2, city: city?, postal_code, state })
    }
}

/// Checks fields, and collects what is wrong with them.
#[derive(Default)]
struct Fields {
    errors: Vec<ContactError>,
}

impl Fields {
    fn refuse<T>(&mut self, field: ContactField, problem: ContactProblem) -> Option<T> {
        self.errors.push(ContactError { field, problem });
        None
    }

    fn missing<T>(&mut self, field: ContactField) -> Option<T> {
        self.refuse(field, ContactProblem::Missing)
    }

    /// A customer's address has a host with a dot: unlike an operator's, it is reached over the internet.
    fn email(&mut self, text: &str) -> Option<EmailAddress> {
        if text.trim().is_empty() {
            return self.missing(ContactField::Email);
        }
        let is_public = |email: &EmailAddress| {
            let labels: Vec<_> = email.host().split('.').collect();
            let is_label = |label: &&str| {
                (1..=63).contains(&label.len())
                    && !label.starts_with('-')
                    && !label.ends_with('-')
                    && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            };
            let is_name = |word: &str| !word.is_empty() && word.bytes().all(is_plain_in_email);
            let local = email.local_part();
            let is_local = local.len() <= 64 && local.split('.').all(is_name);
            let is_top = |label: &&str| label.bytes().any(|b| b.is_ascii_alphabetic());
            labels.len() > 1 && labels.iter().all(is_label) && labels.last().is_some_and(is_top) && is_local
        };
        match text.parse::<EmailAddress>().ok().filter(is_public) {
            Some(email) => Some(email),
            None => self.refuse(ContactField::Email, ContactProblem::Email),
        }
    }

    fn country(&mut self, text: &str) -> Option<Country> {
        match text.parse() {
            Ok(country) => Some(country),
            Err(CountryError) if text.trim().is_empty() => self.missing(ContactField::Country),
            Err(CountryError) => self.refuse(ContactField::Country, ContactProblem::Country),
        }
    }

    fn language(&mut self, text: Option<&str>) -> Option<Language> {
        let text = text.map(str::trim).filter(|text| !text.is_empty())?;
        text.parse().ok().or_else(|| self.refuse(ContactField::Language, ContactProblem::Language))
    }

    fn required(&mut self, field: ContactField, text: Option<String>) -> Option<String> {
        match text.filter(|text| !text.trim().is_empty()) {
            Some(text) => self.optional(field, Some(text)),
            None => self.missing(field),
        }
    }

    fn optional(&mut self, field: ContactField, text: Option<String>) -> Option<String> {
        let text = text?;
        let text = text.trim();
        let longest = if field == ContactField::PostalCode { MAX_POSTAL_CODE_CHARS } else { MAX_CONTACT_TEXT_CHARS };
        if text.is_empty() {
            None
        } else if text.chars().any(is_hidden) {
            self.refuse(field, ContactProblem::Unprintable)
        } else if text.chars().nth(longest).is_some() {
            self.refuse(field, ContactProblem::TooLong(longest))
        } else {
            Some(text.to_owned())
        }
    }
}

/// Whether a character stands in a local part without quotes (RFC 5322 §3.2.3). Browsers accept the same ones.
fn is_plain_in_email(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&byte)
}

/// Whether a character must not be in the text of a contact: nobody would see it on a parcel. Persian and other scripts need the
/// joiners, which have no width.
fn is_hidden(c: char) -> bool {
    let has_no_ink = matches!(
        c,
        '\u{00AD}' | '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}' | '\u{2800}'
            | '\u{3164}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFF}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}'
    );
    has_no_ink || is_unseen(c) && !matches!(c, '\u{200C}' | '\u{200D}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> ContactDraft {
        let address = AddressDraft {
            country: "de".to_owned(),
            line1: " Unter den Linden 1 ".to_owned(),
            line2: Some("  ".to_owned()),
            city: "Berlin".to_owned(),
            postal_code: Some("10117".to_owned()),
            state: None,
        };
        ContactDraft {
            email: " Ada@Example.com".to_owned(),
            name: Some("Ada Lovelace".to_owned()),
            address: Some(address),
            language: Some("de-DE".to_owned()),
        }
    }

    #[test]
    fn a_contact_is_trimmed_and_blank_fields_are_left_out() {
        let contact = draft().check(true).unwrap();
        assert_eq!(contact.email.as_str(), "ada@example.com");
        let address = contact.address.clone().unwrap();
        assert_eq!((address.country.code(), address.line1.as_str()), ("DE", "Unter den Linden 1"));
        assert_eq!((address.line2, address.country.name()), (None, "Germany"));
        let json = serde_json::to_value(&contact).unwrap();
        assert_eq!(json["address"]["postal_code"], "10117");
        assert!(json["address"].get("state").is_none(), "{json}");
    }

    #[test]
    fn each_field_with_a_problem_is_named() {
        let address = AddressDraft { country: "XX".to_owned(), line1: "x".repeat(101), ..AddressDraft::default() };
        let draft = ContactDraft {
            email: "ada".to_owned(),
            name: Some("a\u{202E}b".to_owned()),
            address: Some(address),
            language: Some("de_DE".to_owned()),
        };
        let errors: Vec<_> = draft.check(true).unwrap_err().iter().map(ToString::to_string).collect();
        assert_eq!(
            errors,
            [
                "email is no e-mail address, such as ada@example.com",
                "name contains control or invisible characters",
                "address.country is no country: two letters of ISO 3166-1 are needed, such as DE",
                "address.line1 has more than 100 characters",
                "address.city is required",
                "address.postal_code is required",
                "language is no language: a tag of BCP 47 is needed, such as de or pt-BR",
            ]
        );
    }

    #[test]
    fn only_a_product_that_ships_needs_name_and_address() {
        let draft = ContactDraft { email: "ada@example.com".to_owned(), ..ContactDraft::default() };
        assert!(draft.clone().check(false).is_ok());
        let fields: Vec<_> = draft.check(true).unwrap_err().iter().map(|error| error.field).collect();
        assert_eq!(fields, [ContactField::Name, ContactField::Address]);
    }

    #[test]
    fn countries_without_postal_codes_need_none() {
        for (country, is_valid) in [("HK", true), ("US", false)] {
            let address = draft().address.map(|a| AddressDraft { country: country.to_owned(), postal_code: None, ..a });
            assert_eq!(ContactDraft { address, ..draft() }.check(true).is_ok(), is_valid, "{country}");
        }
        assert!(WITHOUT_POSTAL_CODES.iter().all(|code| code.parse::<Country>().is_ok()));
        assert!(Country::all().len() > 240 && Country::all().is_sorted_by_key(Country::name));
    }

    #[test]
    fn addresses_of_customers_have_a_public_host() {
        for email in [
            "ada@localhost",
            "ada@.com",
            "ada@example..com",
            "ada@-x.com",
            "a@b@example.com",
            "ada@exa_mple.com",
            "a,b@example.com",
            "a<b>@example.com",
            ".a..b@example.com",
            "a\"@example.com",
            "a@example.1",
            &format!("{}@example.com", "a".repeat(65)),
            &format!("a@{}.com", "b".repeat(64)),
        ] {
            let draft = ContactDraft { email: email.to_owned(), ..ContactDraft::default() };
            assert_eq!(draft.check(false).unwrap_err()[0].problem, ContactProblem::Email, "{email}");
        }
    }

    #[test]
    fn texts_that_nobody_would_see_on_a_parcel_are_refused() {
        for name in ["\u{3164}", "\u{2800}", "a\u{AD}b", "a\u{202E}b"] {
            let draft = ContactDraft { name: Some(name.to_owned()), ..draft() };
            assert_eq!(draft.check(true).unwrap_err()[0].problem, ContactProblem::Unprintable, "{name:?}");
        }
        let joined = ContactDraft { name: Some("نام\u{200C}ها".to_owned()), ..draft() };
        assert!(joined.check(true).is_ok());
    }

    #[test]
    fn debug_texts_contain_no_contact_data() {
        let text = format!("{:?} {:?} {:?}", draft(), draft().address, draft().check(true));
        for secret in ["Ada", "ada@", "Linden", "Berlin", "10117"] {
            assert!(!text.contains(secret), "{text}");
        }
    }
}
