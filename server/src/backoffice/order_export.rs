//! The export of orders.

use super::{
    export::{EXPORT_BATCH, ExportFormat, ExportRows, ExportStream, stream_rows},
    views::AdminOrderView,
};
use checkout::{
    Checkout, Error,
    model::{Actor, AuditObject, Money, Order, OrderStatus},
    store::{
        Store,
        listings::{Direction, OrderFilter, OrderSearch, PageRequest},
    },
};
use serde_json::{Value, json};
use std::{borrow::Cow, collections::HashSet};
use uuid::Uuid;

/// Streams all orders that match the filter, newest first. The export is in the audit log, as `order.export`.
///
/// # Errors
///
/// The orders cannot be read, or the audit log cannot be written.
pub async fn export(
    checkout: &Checkout,
    store: &dyn Store,
    actor: &Actor,
    filter: OrderFilter,
    format: ExportFormat,
) -> Result<ExportStream, Error> {
    let after = json!({ "format": format.name(), "filter": facts(checkout, &filter) });
    let rows = Orders { checkout: checkout.clone(), filter, after: None, is_done: false };
    let stream = stream_rows(rows, format).await?;
    let entry = checkout.audit_entry(actor, "order.export", AuditObject::new("order", "export"), &after);
    store.audit_log().append(&entry).await.map_err(|error| super::store_failed(&error))?;
    Ok(stream)
}

/// The filter as the audit log shows it. A shopper's name may be an e-mail address, so only the kind of such a search is
/// shown.
fn facts(checkout: &Checkout, filter: &OrderFilter) -> Value {
    let OrderFilter { search, status, product, since, until } = filter;
    let slug = |id| checkout.product(id).map_or_else(|| id.to_string(), |product| product.slug.to_string());
    let mut facts = json!({
        "search": search.as_ref().map(searched),
        "status": status.map(OrderStatus::name),
        "product": product.map(slug),
        "since": since,
        "until": until,
    });
    if let Some(facts) = facts.as_object_mut() {
        facts.retain(|_, value| !value.is_null());
    }
    facts
}

fn searched(search: &OrderSearch) -> String {
    match search {
        OrderSearch::Number(number) => number.to_string(),
        OrderSearch::Id(id) => id.to_string(),
        OrderSearch::Transaction(_) => "a transaction".to_owned(),
        OrderSearch::Shopper(_) => "a shopper".to_owned(),
        OrderSearch::Email(_) => "an e-mail address".to_owned(),
        OrderSearch::Any(searches) => searches.iter().map(searched).collect::<Vec<_>>().join(" or "),
    }
}

/// Orders that match a filter, newest first.
struct Orders {
    checkout: Checkout,
    filter: OrderFilter,
    after: Option<Uuid>,
    is_done: bool,
}

impl ExportRows for Orders {
    type Row = AdminOrderView;
    type Error = Error;

    /// The fields of the view, those that people look for first. The contact has a column for each of its fields. Three amounts are
    /// there as decimals too.
    const COLUMNS: &'static [&'static str] = &[
        "number",
        "order_id",
        "created_at",
        "product",
        "qty",
        "amount_decimal",
        "amount",
        "currency",
        "status",
        "paid_at",
        "transaction_id",
        "cancelled_at",
        "cancel_reason",
        "refunds_issued_decimal",
        "refunds_issued",
        "refunds_returned_decimal",
        "refunds_returned",
        "refundable",
        "restocked",
        "disputed",
        "shopper",
        "email",
        "name",
        "country",
        "line1",
        "line2",
        "city",
        "postal_code",
        "state",
        "contact_erased_at",
        "language",
        "owner",
        "hold_id",
        "product_id",
        "pay_by",
        "version",
    ];

    async fn next_batch(&mut self) -> Result<Option<Vec<AdminOrderView>>, Error> {
        if self.is_done {
            return Ok(None);
        }
        let page = PageRequest { after: self.after, direction: Direction::NewestFirst, limit: EXPORT_BATCH };
        let listing = self.checkout.list_orders(&self.filter, page).await?;
        self.after = listing.next;
        self.is_done = listing.next.is_none();
        let paid: Vec<_> = listing.items.iter().filter_map(Order::transaction_id).cloned().collect();
        let disputed: HashSet<_> = self.checkout.disputed(&paid).await?.into_iter().collect();
        let ids: Vec<_> = listing.items.iter().map(|order| order.id).collect();
        let mut contacts = self.checkout.contacts(&ids).await?;
        let row = |order: Order| {
            let contact = contacts.remove(&order.id);
            let is_disputed = order.transaction_id().is_some_and(|paid| disputed.contains(paid));
            let row = AdminOrderView { disputed: Some(is_disputed), ..AdminOrderView::new(&self.checkout, order) };
            row.with_contact(contact)
        };
        Ok(Some(listing.items.into_iter().map(row).collect()))
    }

    fn cells(order: &AdminOrderView) -> Vec<Cow<'_, str>> {
        // A struct of plain fields always serialises.
        let fields = serde_json::to_value(order).unwrap_or_default();
        let decimal = |minor| Money { minor, currency: order.currency }.decimal();
        let cell = |column: &&str| match *column {
            "amount_decimal" => decimal(order.amount),
            "refunds_issued_decimal" => decimal(order.refunds_issued),
            "refunds_returned_decimal" => decimal(order.refunds_returned),
            column => text(field(&fields, column)),
        };
        Self::COLUMNS.iter().map(|column| Cow::Owned(cell(column))).collect()
    }
}

/// Returns the field of a column. A contact is an object of its own, and so is its address.
fn field<'a>(order: &'a Value, column: &str) -> &'a Value {
    match column {
        "email" | "name" | "language" => &order["contact"][column],
        "country" | "line1" | "line2" | "city" | "postal_code" | "state" => &order["contact"]["address"][column],
        _ => &order[column],
    }
}

/// Returns the text of a field; empty if the order does not have it.
fn text(field: &Value) -> String {
    match field {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::contact::{AddressView, ContactView};
    use std::collections::BTreeSet;
    use utoipa::PartialSchema as _;

    /// End of the name of a column that has the amount of another column as a decimal, for spreadsheets.
    const DECIMAL: &str = "_decimal";

    #[test]
    fn the_columns_are_the_fields_of_an_order_in_a_list() {
        let schema = serde_json::to_value(AdminOrderView::schema()).unwrap();
        let contact = json!({ "contact": ContactView::schema(), "address": AddressView::schema() });
        let mut fields: BTreeSet<_> = schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        assert!(
            fields.remove("payments") && fields.remove("payment_attempts") && fields.remove("refunds"),
            "{fields:?}"
        );
        assert!(fields.remove("contact"), "{fields:?}");
        let parts = ["contact", "address"].map(|part| contact[part]["properties"].as_object().unwrap());
        fields.extend(parts.into_iter().flat_map(|part| part.keys().map(String::as_str)));
        assert!(fields.remove("address"), "{fields:?}");
        let columns = Orders::COLUMNS.iter().copied();
        let (decimals, columns): (BTreeSet<_>, BTreeSet<_>) = columns.partition(|name| name.ends_with(DECIMAL));
        assert_eq!(columns, fields);
        assert!(decimals.iter().all(|name| fields.contains(name.trim_end_matches(DECIMAL))), "{decimals:?}");
    }
}
