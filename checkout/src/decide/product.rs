//! Adds and edits products, and adjusts their stock.

use super::operation::{Change, Outcome, status_action};
use crate::{
    command::{Reply, StockChange},
    model::{
        AuditObject, MAX_STOCK, Picture, PictureFacts, PictureSize, Product, ProductDetails, ProductError, ProductId,
        ProductStatus, Refusal,
    },
    state::{Effect, State, StockMovement},
};
use serde_json::{Map, Value, json};

pub(super) fn add(state: &State, product: &Product) -> Result<Outcome, Refusal> {
    if state.has_slug(&product.slug) {
        return Err(Refusal::SlugTaken);
    }
    let product = Product { pictures: stored_pictures(state, &product.pictures)?, ..product.clone() };
    let mut after = json!(product.details());
    after["slug"] = json!(product.slug);
    after["total"] = product.stock.total.into();
    let change = change("product.add", product.id, None, after);
    // The commit raises the version to 1.
    let stored = Product { version: 1, ..product.clone() };
    Ok((vec![Effect::ProductAdded(Box::new(product))], Reply::Product(Box::new(stored)), Some(change)))
}

/// Returns the pictures with the sizes and hues that are stored. Each must be stored: a foreign key repeats this check at the commit.
fn stored_pictures(state: &State, pictures: &[Picture]) -> Result<Vec<Picture>, Refusal> {
    let stored = |picture: &Picture| {
        let PictureFacts { size: PictureSize { width, height }, hue } = state.picture(picture.id)?;
        Some(Picture { width, height, hue, ..picture.clone() })
    };
    let all: Option<Vec<_>> = pictures.iter().map(stored).collect();
    all.ok_or(Refusal::InvalidProduct { error: ProductError::UnknownPicture })
}

pub(super) fn edit(state: &State, id: ProductId, revision: u64, details: &ProductDetails) -> Result<Outcome, Refusal> {
    let before = known(state, id)?;
    if revision != before.revision {
        return Err(Refusal::StaleRevision { seen: revision, current: before.revision });
    }
    let after = before.clone().with_details(details.clone()).map_err(|error| Refusal::InvalidProduct { error })?;
    let after = Product { pictures: stored_pictures(state, &after.pictures)?, ..after };
    let (was, is) = differences(json!(before.details()), json!(after.details()));
    if is.is_empty() {
        return Ok(unchanged(before));
    }
    let after = Product { revision: revision + 1, ..after };
    let mut is = Value::Object(is);
    is["revision"] = after.revision.into();
    let change = change("product.edit", id, Some(Value::Object(was)), is);
    Ok(edited(after, change))
}

/// The fields that differ, before and after.
fn differences(before: Value, after: Value) -> (Map<String, Value>, Map<String, Value>) {
    let (Value::Object(mut was), Value::Object(mut is)) = (before, after) else { return Default::default() };
    let same: Vec<String> =
        was.iter().filter(|(name, value)| is.get(*name) == Some(value)).map(|(n, _)| n.clone()).collect();
    for name in same {
        was.remove(&name);
        is.remove(&name);
    }
    (was, is)
}

/// Existing holds and orders go on, whatever the status becomes. Only a product without them can be archived.
pub(super) fn set_status(state: &State, id: ProductId, status: ProductStatus) -> Result<Outcome, Refusal> {
    let before = known(state, id)?;
    let units = before.stock.held + before.stock.pending;
    if status == before.status {
        return Ok(unchanged(before));
    }
    if status == ProductStatus::Archived && units > 0 {
        return Err(Refusal::ProductInUse { units });
    }
    let was = json!({ "status": before.status.name() });
    let change = change(status_action(status), id, Some(was), json!({ "status": status.name() }));
    Ok(edited(Product { status, ..before.clone() }, change))
}

pub(super) fn set_stock(state: &State, id: ProductId, change_by: StockChange) -> Result<Outcome, Refusal> {
    let product = known(state, id)?;
    let committed = product.stock.committed();
    let total = match change_by {
        StockChange::Total(total) => total,
        StockChange::By(units) if units < 0 => {
            let left = product.stock.total.checked_sub(units.unsigned_abs());
            left.ok_or(Refusal::StockCommitted { committed })?
        }
        StockChange::By(units) => product.stock.total.saturating_add(units.unsigned_abs()),
    };
    // As for a new product, the price of the whole stock must fit: otherwise an order's amount might not.
    if total > MAX_STOCK || product.price.times(total).is_none() {
        return Err(Refusal::TooMuchStock);
    }
    let Some(stock) = product.stock.adjust(total) else { return Err(Refusal::StockCommitted { committed }) };
    if stock == product.stock {
        return Ok(unchanged(product));
    }
    let view = |total: u32, available: u32| json!({ "total": total, "available": available });
    let before = view(product.stock.total, product.stock.available);
    let change = change("product.stock", id, Some(before), view(total, stock.available));
    // The commit raises the version by one.
    let after = Product { stock, version: product.version + 1, ..product.clone() };
    let effects = vec![Effect::StockMoved(id, StockMovement::Adjust(total))];
    Ok((effects, Reply::Product(Box::new(after)), Some(change)))
}

fn known(state: &State, id: ProductId) -> Result<&Product, Refusal> {
    Ok(&state.product_state(id).ok_or(Refusal::UnknownProduct)?.product)
}

fn unchanged(product: &Product) -> Outcome {
    (Vec::new(), Reply::Product(Box::new(product.clone())), None)
}

fn edited(product: Product, change: Change) -> Outcome {
    // The commit raises the version by one.
    let stored = Product { version: product.version + 1, ..product.clone() };
    (vec![Effect::ProductEdited(Box::new(product))], Reply::Product(Box::new(stored)), Some(change))
}

fn change(action: &'static str, id: ProductId, before: Option<Value>, after: Value) -> Change {
    Change { action, object: AuditObject::new("product", id), before, after: Some(after) }
}
