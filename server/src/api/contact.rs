//! The buyer's e-mail address, name and postal address in the API's JSON.

use crate::{
    http::strict_object::StrictObject,
    problem::{Kind, Problem},
};
use checkout::model::{Address, AddressDraft, Contact, ContactDraft, ContactError};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

/// The buyer's e-mail address, name and postal address. It is stored apart from the order, shown to its owner and to operators, and erased on
/// request.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewContact)]
pub struct ContactBody {
    /// E-mail address, whose host has a dot. It is stored in lower case.
    #[schema(min_length = 3, max_length = 254, example = "ada@example.com")]
    email: String,
    /// Name of the buyer.
    #[schema(max_length = 100)]
    name: Option<String>,
    /// Postal address.
    #[schema(value_type = Option<AddressBody>)]
    address: Option<StrictObject<AddressBody>>,
    /// Language of the buyer's mails, as a tag of BCP 47. Without one, the shop's language is used.
    #[schema(min_length = 2, max_length = 35, example = "de-DE")]
    language: Option<String>,
}

/// A postal address.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewAddress)]
pub struct AddressBody {
    /// Country: two letters of ISO 3166-1.
    #[schema(pattern = "^[A-Za-z]{2}$", example = "DE")]
    country: String,
    /// Street and number.
    #[schema(min_length = 1, max_length = 100)]
    line1: String,
    /// Apartment, floor, company.
    #[schema(max_length = 100)]
    line2: Option<String>,
    /// City.
    #[schema(min_length = 1, max_length = 100)]
    city: String,
    /// Postal code. Only countries that have none may leave it out.
    #[schema(max_length = 20)]
    postal_code: Option<String>,
    /// State, province or region.
    #[schema(max_length = 100)]
    state: Option<String>,
}

impl ContactBody {
    /// Checks the contact. Neither name nor address is required of an API client.
    ///
    /// # Errors
    ///
    /// A field is missing or cannot be used: [`Kind::InvalidContact`].
    pub fn check(self) -> Result<Contact, Problem> {
        let Self { email, name, address, language } = self;
        let draft = ContactDraft { email, name, address: address.map(|StrictObject(body)| body.into()), language };
        draft.check(false).map_err(|errors| invalid(&errors))
    }
}

impl From<AddressBody> for AddressDraft {
    fn from(body: AddressBody) -> Self {
        let AddressBody { country, line1, line2, city, postal_code, state } = body;
        Self { country, line1, line2, city, postal_code, state }
    }
}

/// Returns the problem that names each field that is wrong. It repeats no value.
pub fn invalid(errors: &[ContactError]) -> Problem {
    let field = |error: &ContactError| json!({ "name": format!("contact.{}", error.field.path()), "problem": error.problem.to_string() });
    let fields: Vec<Value> = errors.iter().map(field).collect();
    let texts: Vec<_> = errors.iter().map(|error| format!("contact.{error}.")).collect();
    Problem::new(Kind::InvalidContact, texts.join(" ")).with("fields", fields)
}

/// The buyer's e-mail address, name and postal address.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = Contact)]
pub struct ContactView {
    /// E-mail address.
    email: String,
    /// Name of the buyer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    name: Option<String>,
    /// Postal address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    address: Option<AddressView>,
    /// Language of mails: a tag of BCP 47.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    language: Option<String>,
}

/// A postal address.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = Address)]
pub struct AddressView {
    /// Country: two letters of ISO 3166-1.
    #[schema(pattern = "^[A-Z]{2}$")]
    country: String,
    /// Street and number.
    line1: String,
    /// Apartment, floor, company.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    line2: Option<String>,
    /// City.
    city: String,
    /// Postal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    postal_code: Option<String>,
    /// State, province or region.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    state: Option<String>,
}

/// Writes nothing of the contact.
impl std::fmt::Debug for ContactView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ContactView").finish_non_exhaustive()
    }
}

impl From<Contact> for ContactView {
    fn from(contact: Contact) -> Self {
        let Contact { email, name, address, language } = contact;
        Self {
            email: email.to_string(),
            name,
            address: address.map(AddressView::from),
            language: language.map(String::from),
        }
    }
}

impl From<Address> for AddressView {
    fn from(address: Address) -> Self {
        let Address { country, line1, line2, city, postal_code, state } = address;
        Self { country: country.code().to_owned(), line1, line2, city, postal_code, state }
    }
}
