//! Places the order of a form.

use super::{CheckoutEntry, email_hint};
use crate::{
    paths,
    shop::{actions::idempotency, form_error::FormError, session},
};
use checkout::{
    Checkout,
    model::{AddressDraft, Contact, ContactDraft, Hold, HoldId, HoldState, Language, Order, Owner, Product, Refusal},
    retry_in_progress,
};
use http::StatusCode;
use serde::Deserialize;
use std::{fmt, sync::Arc};
use tower_sessions::Session;
use uuid::Uuid;

/// The fields of the form. A field that the page did not show is blank.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OrderForm {
    pub(super) hold: String,
    pub(super) key: String,
    email: String,
    name: String,
    country: String,
    line1: String,
    line2: String,
    city: String,
    postal_code: String,
    state: String,
    /// The address that the shopper insists on, although it looks mistyped.
    keep_email: String,
    /// The button that takes the suggested address.
    use_email: String,
}

/// Writes nothing that was typed.
impl fmt::Debug for OrderForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OrderForm").field("hold", &self.hold).finish_non_exhaustive()
    }
}

/// The answer to a form.
pub enum Submitted {
    /// The order is placed, now or by an earlier request of the same form.
    Placed(Order),
    /// Another page shows what became of the hold.
    See(String),
    /// The page of this hold, with what was typed.
    Page {
        /// The hold.
        hold: HoldId,
        /// The status of the response.
        status: StatusCode,
        /// The context of the page.
        entry: Box<CheckoutEntry>,
    },
}

/// Places the order of a form, if its fields are valid. `language` is the one in which the browser asks for pages.
///
/// # Errors
///
/// The session or the hold cannot be read.
pub async fn submit(
    checkout: &Checkout,
    session: &Session,
    form: OrderForm,
    language: Option<Language>,
) -> Result<Submitted, checkout::Error> {
    let (hold, found, product, owner) = match form.of_hold(checkout, session).await? {
        Ok(found) => found,
        Err(answer) => return Ok(answer),
    };
    let page = paths::hold(&hold.to_string());
    // A repetition of the form that placed the order gets the same answer, which the engine knows.
    let order_page = match found.state {
        HoldState::Active => None,
        HoldState::Ordered { order_id } => Some(paths::order(&order_id.to_string())),
        HoldState::Expired | HoldState::Released => return Ok(Submitted::See(page)),
    };
    let draft = form.draft(product.ships);
    let form_key = form.key.parse::<Uuid>().ok();
    let kept_email = form.kept_email();
    let entry = |entry: CheckoutEntry| CheckoutEntry {
        draft: draft.clone(),
        kept_email: kept_email.clone(),
        key: form_key,
        ..entry
    };
    let invalid = |shown| match &order_page {
        Some(order) => Submitted::See(order.clone()),
        None => Submitted::Page { hold, status: StatusCode::UNPROCESSABLE_ENTITY, entry: Box::new(shown) },
    };
    let Some(form_key) = form_key else {
        let error = Some(FormError::InvalidForm);
        return Ok(invalid(entry(CheckoutEntry { error, ..CheckoutEntry::default() })));
    };
    let contact = match draft.clone().check(product.ships) {
        Ok(contact) => Contact { language, ..contact },
        Err(errors) => return Ok(invalid(entry(CheckoutEntry { errors, ..CheckoutEntry::default() }))),
    };
    let is_kept = kept_email.as_ref().is_some_and(|kept| kept.eq_ignore_ascii_case(contact.email.as_str()));
    if let Some(suggestion) = email_hint::suggestion(&contact.email).filter(|_| !is_kept) {
        let suggestion = Some(suggestion);
        return Ok(invalid(entry(CheckoutEntry { suggestion, ..CheckoutEntry::default() })));
    }
    match place(checkout, hold, owner, form_key, contact).await {
        Ok(order) => Ok(Submitted::Placed(order)),
        Err(FormError::Refused(Refusal::HoldUsed { order_id })) => {
            Ok(Submitted::See(paths::order(&order_id.to_string())))
        }
        // The page itself shows that the hold has expired, was released or does not exist.
        Err(FormError::Refused(_)) => Ok(Submitted::See(page)),
        Err(error) => {
            let status = error.status();
            let entry = entry(CheckoutEntry { error: Some(error), ..CheckoutEntry::default() });
            Ok(Submitted::Page { hold, status, entry: entry.into() })
        }
    }
}

async fn place(
    checkout: &Checkout,
    hold: HoldId,
    owner: Owner,
    form_key: Uuid,
    contact: Contact,
) -> Result<Order, FormError> {
    // Another contact is another request. A contact always serialises.
    let request = serde_json::to_string(&contact).map_err(|_| FormError::Internal)?;
    let key = idempotency(form_key, paths::ORDER, &format!("{hold} {request}"));
    let place = || checkout.place_order(hold, Some(contact.clone()), owner, key.clone());
    Ok(retry_in_progress(place).await?.value)
}

/// A form's hold, its product, and its owner.
pub(super) type FormHold = (HoldId, Hold, Arc<Product>, Owner);

impl OrderForm {
    /// Returns the hold of the form, or the answer to a form whose hold cannot be used by this session.
    pub(super) async fn of_hold(
        &self,
        checkout: &Checkout,
        session: &Session,
    ) -> Result<Result<FormHold, Submitted>, checkout::Error> {
        let Ok(id) = self.hold.parse::<HoldId>() else {
            return Ok(Err(Submitted::See(paths::NOT_FOUND.to_owned())));
        };
        let page = || Submitted::See(paths::hold(&id.to_string()));
        let owner = match session::owner(session).await {
            Ok(Some(owner)) => owner,
            Ok(None) => return Ok(Err(page())),
            Err(error) => {
                let error = Some(FormError::from_session(&error));
                let entry = CheckoutEntry { draft: self.typed(true), error, ..CheckoutEntry::default() };
                let status = StatusCode::SERVICE_UNAVAILABLE;
                return Ok(Err(Submitted::Page { hold: id, status, entry: entry.into() }));
            }
        };
        let hold = match checkout.hold(id, owner).await {
            Ok(hold) => hold,
            Err(checkout::Error::Refused(_)) => return Ok(Err(page())),
            Err(error) => return Err(error),
        };
        let product = checkout.product(hold.product_id);
        Ok(product.map(|product| (id, hold, product, owner)).ok_or_else(page))
    }

    /// Returns the address that the shopper insists on.
    pub(super) fn kept_email(&self) -> Option<String> {
        Some(self.keep_email.trim().to_owned()).filter(|kept| !kept.is_empty())
    }

    /// Returns what was typed, also an address that is no more than a country, to show it again.
    pub(super) fn typed(&self, ships: bool) -> ContactDraft {
        let draft = self.draft(ships);
        ContactDraft { address: ships.then(|| self.address()), ..draft }
    }

    fn address(&self) -> AddressDraft {
        let Self { country, line1, line2, city, postal_code, state, .. } = self;
        AddressDraft {
            country: country.clone(),
            line1: line1.clone(),
            line2: some(line2),
            city: city.clone(),
            postal_code: some(postal_code),
            state: some(state),
        }
    }

    /// Returns what was typed. A product that does not ship has no use for an address.
    fn draft(&self, ships: bool) -> ContactDraft {
        let Self { name, line1, line2, city, postal_code, state, .. } = self;
        // The country alone is no address: the page preselects none, but a browser may fill it in.
        let typed = ships && [line1, line2, city, postal_code, state].into_iter().any(|text| some(text).is_some());
        let email = if self.use_email.is_empty() { &self.email } else { &self.use_email };
        ContactDraft { email: email.clone(), name: some(name), address: typed.then(|| self.address()), language: None }
    }
}

/// Returns a text that is not blank.
fn some(text: &str) -> Option<String> {
    (!text.trim().is_empty()).then(|| text.to_owned())
}
