//! The rows of a batch: those that it updates or inserts in a certain order, and those that it looks up.

use super::{EditedProduct, StoredKey, signed};
use crate::{
    idempotency::IdempotencyKey,
    model::{DisputeId, Hold, HoldState, Owner, Payment, PaymentReport, Product, ProductId},
    state::{LimitKey, WriteSet},
    store::table::{Cell, Rows},
};

/// Products to update, each of which must be at the version before.
pub(in crate::store) fn changed_products(writes: &WriteSet) -> Rows<'_> {
    Rows::changed(writes.products_changed.iter().map(|product| (product, Cell::Integer(signed(product.version) - 1))))
}

/// Edited products to update, each of which must be at the version before.
pub(in crate::store) fn edited_products<'a>(edited: &'a [EditedProduct<'a>]) -> Rows<'a> {
    Rows::changed(edited.iter().map(|product| (product, Cell::Integer(signed(product.0.version) - 1))))
}

/// Holds to update. Only an active hold changes.
pub(in crate::store) fn changed_holds(writes: &WriteSet) -> Rows<'_> {
    Rows::changed(writes.holds_changed.iter().map(|hold| (hold, Cell::Text(HoldState::Active.name().into()))))
}

/// Orders to update, each of which must be in the state in which the batch found it.
pub(in crate::store) fn changed_orders(writes: &WriteSet) -> Rows<'_> {
    Rows::changed(writes.orders_changed.iter().map(|(order, was)| (order, Cell::Text((*was).into()))))
}

/// New payment events, in the order of their keys. All nodes insert in this order, so that two nodes that insert the
/// same keys do not wait for each other.
pub(in crate::store) fn added_payments(writes: &WriteSet) -> Rows<'_> {
    let mut added: Vec<_> = writes.payments_added.iter().collect();
    added.sort_by(|a, b| a.key.cmp(&b.key));
    Rows::new(added)
}

/// Payment events to update, each of which must have the outcome that the batch found.
pub(in crate::store) fn changed_payments(writes: &WriteSet) -> Rows<'_> {
    Rows::changed(writes.payments_changed.iter().map(|(payment, was)| (payment, Cell::Text((*was).into()))))
}

/// Refunds to update, each of which must be at the version before.
pub(in crate::store) fn changed_refunds(writes: &WriteSet) -> Rows<'_> {
    Rows::changed(writes.refunds_changed.iter().map(|refund| (refund, Cell::Integer(signed(refund.version) - 1))))
}

/// The shoppers whose share of a product is looked up.
pub(in crate::store) fn limit_keys<'a>(keys: impl IntoIterator<Item = &'a LimitKey>) -> Rows<'a> {
    let row = |key: &'a LimitKey| {
        [Cell::Uuid(key.product.0), Cell::Uuid(key.owner.0), Cell::Text(key.shopper.as_str().into())]
    };
    Rows::lookup::<Hold, 3>(["product_id", "owner", "shopper"], keys.into_iter().map(row))
}

/// Idempotency keys to look up.
pub(in crate::store) fn idempotency_keys<'a>(keys: impl IntoIterator<Item = &'a (Owner, IdempotencyKey)>) -> Rows<'a> {
    let row = |(owner, key): &'a (Owner, IdempotencyKey)| [Cell::Uuid(owner.0), Cell::Text(key.as_str().into())];
    Rows::lookup::<StoredKey<'_>, 2>(["owner", "key"], keys.into_iter().map(row))
}

/// Reports of transactions to look up.
pub(in crate::store) fn payment_reports<'a>(reports: impl IntoIterator<Item = &'a PaymentReport>) -> Rows<'a> {
    let row = |report: &'a PaymentReport| {
        let dispute = report.dispute_id.as_ref().map(DisputeId::as_str);
        let dispute = dispute.map_or(Cell::Null, |id| Cell::Text(id.into()));
        [Cell::Text(report.transaction_id.as_str().into()), Cell::Text(report.status.name().into()), dispute]
    };
    Rows::lookup::<Payment, 3>(["transaction_id", "status", "dispute_id"], reports.into_iter().map(row))
}

/// Products that must still be at these versions.
pub(in crate::store) fn product_versions<'a>(products: impl IntoIterator<Item = &'a (ProductId, u64)>) -> Rows<'a> {
    let row = |&(id, version): &(ProductId, u64)| [Cell::Uuid(id.0), Cell::Integer(signed(version))];
    Rows::lookup::<Product, 2>(["id", "version"], products.into_iter().map(row))
}
