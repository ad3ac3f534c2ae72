//! The contacts of orders.

use super::corrupt;
use crate::{
    error::StoreError,
    model::{Address, Contact, Language, OrderId, StoredContact, Timestamp},
    state::OrderContact,
    store::table::{Millis, table},
};
use uuid::Uuid;

table! {
    "order_contacts", read as ContactRow, written from stored: OrderContact {
        Key order_id: Uuid = stored.order.0;
        Mutable email: Option<String> = Some(stored.contact.email.as_str());
        Mutable name: Option<String> = stored.contact.name.as_deref();
        Mutable country: Option<String> = address(stored).map(|address| address.country.code());
        Mutable line1: Option<String> = address(stored).map(|address| address.line1.as_str());
        Mutable line2: Option<String> = address(stored).and_then(|address| address.line2.as_deref());
        Mutable city: Option<String> = address(stored).map(|address| address.city.as_str());
        Mutable postal_code: Option<String> = address(stored).and_then(|address| address.postal_code.as_deref());
        Mutable state: Option<String> = address(stored).and_then(|address| address.state.as_deref());
        Mutable language: Option<String> = stored.contact.language.as_ref().map(Language::as_str);
        Mutable erased_at: Option<Millis> = None::<Timestamp>;
    }
    write_only {
        given_at: Millis = stored.given_at;
    }
}

fn address(stored: &OrderContact) -> Option<&Address> {
    stored.contact.address.as_ref()
}

impl TryFrom<ContactRow> for (OrderId, StoredContact) {
    type Error = StoreError;

    fn try_from(row: ContactRow) -> Result<Self, StoreError> {
        let id = OrderId::from(row.order_id);
        if let Some(Millis(at)) = row.erased_at {
            return Ok((id, StoredContact::Erased { at }));
        }
        let address = match (row.country, row.line1, row.city) {
            (Some(country), Some(line1), Some(city)) => Some(Address {
                country: country.parse().map_err(|_| corrupt("a contact's country"))?,
                line1,
                line2: row.line2,
                city,
                postal_code: row.postal_code,
                state: row.state,
            }),
            _ => None,
        };
        let email = row.email.unwrap_or_default().parse().map_err(|_| corrupt("a contact's e-mail address"))?;
        let language = row.language.map(|tag| tag.parse().map_err(|_| corrupt("a contact's language"))).transpose()?;
        Ok((id, StoredContact::Known(Contact { email, name: row.name, address, language })))
    }
}
