//! The form that turns a hold into an order: it asks for the buyer's details. A second button of it extends the hold.
//!
//! It is no server function. A server function answers with a redirect, and what the shopper typed would have to survive
//! in the URL or in the session, both of which are stored. Instead the response to a form that cannot be used is the page
//! itself, with what was typed and what is wrong with it.

mod countries;
mod email_hint;
mod extend;
mod fields;
mod submit;

pub use extend::extend;
pub use submit::{OrderForm, Submitted, submit};

pub(crate) use fields::ContactFields;

use super::form_error::FormError;
use checkout::model::{ContactDraft, ContactError, ContactField, ContactProblem};

/// The values that the shopper typed, and the problems of their fields. It is the context of a page that answers a form.
#[derive(Clone, Default)]
pub struct CheckoutEntry {
    pub(crate) draft: ContactDraft,
    pub(crate) errors: Vec<ContactError>,
    /// The address that the shopper may have meant.
    pub(crate) suggestion: Option<String>,
    /// The address that the shopper insists on, although it looks mistyped. Every further page carries it.
    pub(crate) kept_email: Option<String>,
    /// The reason why the order was not placed, if no field is the reason.
    pub(crate) error: Option<FormError>,
    /// Whether the form has extended the hold.
    pub(crate) is_extended: bool,
    /// The key of the form. The page carries it on, so that a repetition is the same request.
    pub(crate) key: Option<uuid::Uuid>,
}

/// Writes nothing that was typed.
impl std::fmt::Debug for CheckoutEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CheckoutEntry").field("errors", &self.errors).field("key", &self.key).finish_non_exhaustive()
    }
}

impl CheckoutEntry {
    /// Returns the problem of a field.
    fn problem(&self, field: ContactField) -> Option<ContactProblem> {
        // An address that is missing as a whole is missing in each of its required fields.
        let is_missing_address = |error: &&ContactError| {
            error.field == ContactField::Address
                && matches!(
                    field,
                    ContactField::Country | ContactField::Line1 | ContactField::City | ContactField::PostalCode
                )
        };
        let found = self.errors.iter().find(|error| error.field == field);
        found.or_else(|| self.errors.iter().find(is_missing_address)).map(|error| error.problem)
    }

    /// The first field to look at again, in the order of the page.
    fn field_to_correct(&self) -> Option<ContactField> {
        use ContactField::{City, Country, Email, Line1, Line2, Name, PostalCode, State};
        let fields = [Email, Name, Country, Line1, Line2, PostalCode, City, State];
        let wrong = fields.into_iter().find(|&field| self.problem(field).is_some());
        wrong.or_else(|| self.suggestion.is_some().then_some(Email))
    }
}
