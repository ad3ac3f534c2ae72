//! Products and their stock history.

use super::{corrupt, count, hue, money, signed};
use crate::{
    error::StoreError,
    model::{BatchId, Product, ProductStatus, SaleWindow, Stock, StockDelta},
    state::WriteSet,
    store::table::{Json, JsonText, Millis, table},
};
use std::time::Duration;
use uuid::Uuid;

table! {
    "products", read as ProductRow, written from product: Product {
        Key id: Uuid = product.id.0;
        Fixed slug: String = product.slug.as_str();
        Fixed name: String = product.name.as_str();
        Fixed description: String = product.description.as_str();
        Fixed tagline: String = product.tagline.as_str();
        Fixed story: String = product.story.as_str();
        Fixed specification: JsonText = specification(product);
        Fixed hue: Option<i64> = product.hue.map(i64::from);
        Fixed featured: bool = product.featured;
        Fixed image: String = product.image.as_str();
        Fixed price: i64 = product.price.minor;
        Fixed currency: String = product.price.currency.as_str();
        Mutable total: i64 = i64::from(product.stock.total);
        Mutable available: i64 = i64::from(product.stock.available);
        Mutable held: i64 = i64::from(product.stock.held);
        Mutable pending: i64 = i64::from(product.stock.pending);
        Mutable sold: i64 = i64::from(product.stock.sold);
        Fixed per_shopper_limit: Option<i64> = product.per_shopper_limit.map(i64::from);
        Fixed starts_at: Option<Millis> = product.window.starts_at;
        Fixed ends_at: Option<Millis> = product.window.ends_at;
        Fixed hold_seconds: i64 = seconds(product.hold_for);
        Fixed pay_seconds: i64 = seconds(product.pay_within);
        Fixed extend_seconds: Option<i64> = product.extend_by.map(seconds);
        Fixed ships: bool = product.ships;
        Fixed pictures: JsonText = pictures(product);
        Fixed status: String = product.status.name();
        Fixed revision: i64 = signed(product.revision);
        State version: i64 = signed(product.version);
        Mutable updated_at: Millis = product.updated_at;
    }
}

/// A product whose details or status an operator has changed. Other commits write the counters alone.
pub(in crate::store) struct EditedProduct<'a>(pub(in crate::store) &'a Product);

table! {
    "products", written from edited: EditedProduct<'_> {
        Key id: Uuid = edited.0.id.0;
        Mutable name: String = edited.0.name.as_str();
        Mutable description: String = edited.0.description.as_str();
        Mutable tagline: String = edited.0.tagline.as_str();
        Mutable story: String = edited.0.story.as_str();
        Mutable specification: JsonText = specification(edited.0);
        Mutable hue: Option<i64> = edited.0.hue.map(i64::from);
        Mutable featured: bool = edited.0.featured;
        Mutable image: String = edited.0.image.as_str();
        Mutable price: i64 = edited.0.price.minor;
        Mutable total: i64 = i64::from(edited.0.stock.total);
        Mutable available: i64 = i64::from(edited.0.stock.available);
        Mutable held: i64 = i64::from(edited.0.stock.held);
        Mutable pending: i64 = i64::from(edited.0.stock.pending);
        Mutable sold: i64 = i64::from(edited.0.stock.sold);
        Mutable per_shopper_limit: Option<i64> = edited.0.per_shopper_limit.map(i64::from);
        Mutable starts_at: Option<Millis> = edited.0.window.starts_at;
        Mutable ends_at: Option<Millis> = edited.0.window.ends_at;
        Mutable hold_seconds: i64 = seconds(edited.0.hold_for);
        Mutable pay_seconds: i64 = seconds(edited.0.pay_within);
        Mutable extend_seconds: Option<i64> = edited.0.extend_by.map(seconds);
        Mutable ships: bool = edited.0.ships;
        Mutable pictures: JsonText = pictures(edited.0);
        Mutable status: String = edited.0.status.name();
        Mutable revision: i64 = signed(edited.0.revision);
        State version: i64 = signed(edited.0.version);
        Mutable updated_at: Millis = edited.0.updated_at;
    }
}

fn pictures(product: &Product) -> String {
    serde_json::to_string(&product.pictures).unwrap_or_default()
}

fn specification(product: &Product) -> String {
    serde_json::to_string(&product.specification).unwrap_or_default()
}

impl TryFrom<ProductRow> for Product {
    type Error = StoreError;

    fn try_from(row: ProductRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id.into(),
            slug: row.slug.parse().map_err(|_| StoreError::Corrupt(format!("slug {}", row.slug)))?,
            name: row.name,
            description: row.description,
            tagline: row.tagline,
            story: row.story,
            specification: serde_json::from_str(&row.specification.0)
                .map_err(|_| corrupt("a product's specification"))?,
            hue: row.hue.map(hue).transpose()?,
            featured: row.featured,
            image: row.image,
            price: money(row.price, &row.currency)?,
            stock: Stock {
                total: count(row.total)?,
                available: count(row.available)?,
                held: count(row.held)?,
                pending: count(row.pending)?,
                sold: count(row.sold)?,
            },
            per_shopper_limit: row.per_shopper_limit.map(count).transpose()?,
            window: SaleWindow {
                starts_at: row.starts_at.map(|Millis(at)| at),
                ends_at: row.ends_at.map(|Millis(at)| at),
            },
            hold_for: span(row.hold_seconds)?,
            pay_within: span(row.pay_seconds)?,
            extend_by: row.extend_seconds.map(span).transpose()?,
            ships: row.ships,
            pictures: serde_json::from_str(&row.pictures.0).map_err(|_| corrupt("a product's pictures"))?,
            status: ProductStatus::from_name(&row.status).ok_or_else(|| corrupt("a product's status"))?,
            revision: u64::try_from(row.revision).map_err(|_| corrupt("a product's revision"))?,
            version: u64::try_from(row.version).map_err(|_| corrupt("a product's version"))?,
            updated_at: row.updated_at.0,
        })
    }
}

fn span(seconds: i64) -> Result<Duration, StoreError> {
    u64::try_from(seconds).map(Duration::from_secs).map_err(|_| StoreError::Corrupt(format!("a span of {seconds} s")))
}

fn seconds(span: Duration) -> i64 {
    signed(span.as_secs())
}

/// A row of the stock history: one product as one commit left it, and the units that the commit moved.
pub(in crate::store) struct StockEvent<'a> {
    product: &'a Product,
    batch: BatchId,
    moved: StockDelta,
}

impl<'a> StockEvent<'a> {
    /// The rows that a batch adds.
    pub(in crate::store) fn all(writes: &'a WriteSet) -> Vec<Self> {
        let moved = |product: &Product| writes.stock_deltas.get(&product.id).copied().unwrap_or_default();
        writes.products().map(|product| Self { product, batch: writes.batch, moved: moved(product) }).collect()
    }
}

table! {
    "stock_events", written from event: StockEvent<'_> {
    }
    write_only {
        product_id: Uuid = event.product.id.0;
        version: i64 = signed(event.product.version);
        batch: Uuid = event.batch.0;
        at: Millis = event.product.updated_at;
        total: i64 = i64::from(event.product.stock.total);
        available: i64 = i64::from(event.product.stock.available);
        held: i64 = i64::from(event.product.stock.held);
        pending: i64 = i64::from(event.product.stock.pending);
        sold: i64 = i64::from(event.product.stock.sold);
        moved: Json = serde_json::to_string(&event.moved).unwrap_or_default();
    }
}
