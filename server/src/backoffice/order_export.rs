//! The export of orders.

use super::{
    export::{EXPORT_BATCH, ExportFormat, ExportRows, ExportStream, stream_rows},
    views::AdminOrderView,
};
use checkout::{
    Checkout, Error,
    model::{Actor, AuditObject, Money, Order, OrderState, OrderStatus, Shopper, TransactionId},
    store::{
        Store,
        listings::{Direction, OrderFilter, OrderSearch, PageRequest},
    },
};
use serde::Serialize;
use serde_json::{Value, json};
use std::borrow::Cow;
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

/// An order of the export. It serialises as its view.
#[derive(Serialize)]
#[serde(transparent)]
struct OrderRow {
    view: AdminOrderView,
    #[serde(skip)]
    order: Order,
}

impl ExportRows for Orders {
    type Row = OrderRow;
    type Error = Error;

    const COLUMNS: &'static [&'static str] = &[
        "number",
        "id",
        "placed_at",
        "product",
        "units",
        "amount",
        "amount_minor",
        "currency",
        "status",
        "paid_at",
        "transaction",
        "cancelled_reason",
        "refunded",
        "returned",
        "restocked",
        "shopper",
    ];

    async fn next_batch(&mut self) -> Result<Option<Vec<OrderRow>>, Error> {
        if self.is_done {
            return Ok(None);
        }
        let page = PageRequest { after: self.after, direction: Direction::NewestFirst, limit: EXPORT_BATCH };
        let listing = self.checkout.list_orders(&self.filter, page).await?;
        self.after = listing.next;
        self.is_done = listing.next.is_none();
        let row = |order: Order| OrderRow { view: AdminOrderView::new(&self.checkout, order.clone()), order };
        Ok(Some(listing.items.into_iter().map(row).collect()))
    }

    fn cells(OrderRow { view, order }: &OrderRow) -> Vec<Cow<'_, str>> {
        let money = |minor| Money { minor, ..order.amount }.decimal().into();
        let (paid_at, reason) = match &order.state {
            OrderState::Pending => (None, None),
            OrderState::Paid { paid_at, .. } => (Some(paid_at.to_string()), None),
            OrderState::Cancelled { reason, .. } => (None, Some(reason.name())),
        };
        let product = view.product.as_ref().map(|slug| slug.as_str().into());
        vec![
            order.number.map(|number| number.to_string()).unwrap_or_default().into(),
            order.id.to_string().into(),
            order.created_at.to_string().into(),
            product.unwrap_or_else(|| order.product_id.to_string().into()),
            order.qty.get().to_string().into(),
            money(order.amount.minor),
            order.amount.minor.to_string().into(),
            order.amount.currency.to_string().into(),
            order.status().name().into(),
            paid_at.unwrap_or_default().into(),
            order.transaction_id().map_or("", TransactionId::as_str).into(),
            reason.unwrap_or_default().into(),
            money(order.refunds.issued),
            money(order.refunds.returned),
            order.refunds.restocked.to_string().into(),
            order.shopper.as_ref().map_or("", Shopper::as_str).into(),
        ]
    }
}
