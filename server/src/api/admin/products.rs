//! Products: list, get, create, edit, change stock, pause, resume, archive; and their pictures.

use super::{
    access::AdminClient,
    bodies::{ReasonBody, ReasonText},
    examples,
    query::{self, Limit, ListView, Params, SearchText},
};
use crate::{
    api::{ApiResult, created, updated},
    backoffice::{edit_conflict, lookup, store_failed, views::AdminProductView},
    http::extract::IdempotentJson,
    problem::{Kind, Problem},
    state::AppState,
};
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    response::{IntoResponse as _, Response},
};
use checkout::{
    Checkout, Error, OperationContext, StockChange,
    model::{ChangeReason, Product, ProductDetails, ProductId, ProductStatus, Refusal},
};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;

mod create;
mod edit;
pub mod pictures;

use create::CreateProduct;
use edit::EditProduct;

/// A change of a product's stock.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeStock {
    /// Number of units to add, or to remove if it is negative.
    #[schema(minimum = -1_000_000_000, maximum = 1_000_000_000)]
    delta: i32,
    /// Reason, for the audit log.
    #[schema(value_type = ReasonText)]
    reason: ChangeReason,
}

/// Filter and page of the list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProductQuery {
    q: Option<SearchText>,
    status: Option<ProductStatus>,
    cursor: Option<Uuid>,
    #[serde(default)]
    limit: Limit,
}

/// Name of a product in the path.
type Name = Result<Path<String>, PathRejection>;

/// Lists all products.
///
/// Newest first, archived ones included, each with the `revision` that an edit names.
#[utoipa::path(
    get,
    path = "/api/admin/products",
    operation_id = "adminListProducts",
    tag = "Admin products",
    summary = "List all products",
    params(
        ("q", Query, description = "Part of the name or of the slug, whatever its case."),
        ("product_status", Query),
        ("limit", Query),
        ("page_cursor", Query),
    ),
    responses((
        status = OK,
        description = "A page of products.",
        body = ListView<AdminProductView<'_>>,
        example = json!(examples::page(&examples::product())),
    )),
)]
pub async fn list(State(checkout): State<Checkout>, Params(query): Params<ProductQuery>) -> Response {
    let (mut all, now) = (checkout.products(), checkout.now());
    let text = query::given(query.q.as_ref()).map(str::to_lowercase);
    all.retain(|product| {
        let is_found = text.as_deref().is_none_or(|text| is_named(product, text));
        is_found && query.status.is_none_or(|status| product.status == status)
    });
    let view = |product: &Arc<Product>| json!(AdminProductView::new(product, now));
    ListView::of_all(all, |product| product.id.0, query.limit, query.cursor, |product| view(&product)).into_response()
}

fn is_named(product: &Product, text: &str) -> bool {
    product.name.to_lowercase().contains(text) || product.slug.as_str().contains(text)
}

/// Returns one product.
///
/// By id or slug, archived ones included. An edit names the `revision`.
#[utoipa::path(
    get,
    path = "/api/admin/products/{product}",
    operation_id = "adminGetProduct",
    tag = "Admin products",
    summary = "Get a product with its revision",
    responses((
        status = OK,
        description = "The product.",
        body = AdminProductView<'_>,
        example = json!(examples::product()),
    )),
    extensions(("x-problems" = json!([Kind::UnknownProduct]))),
)]
pub async fn get(State(checkout): State<Checkout>, name: Name) -> ApiResult<Response> {
    let product = find(&checkout, name)?;
    Ok(Json(AdminProductView::new(&product, checkout.now())).into_response())
}

/// Creates a product.
///
/// It is in the shop at once. To hide it until its sale, give it a `starts_at`, or pause it.
#[utoipa::path(
    post,
    path = "/api/admin/products",
    operation_id = "adminCreateProduct",
    tag = "Admin products",
    summary = "Create a product",
    params(("Idempotency-Key", Header)),
    request_body(content = CreateProduct, example = json!(examples::create_product())),
    responses((
        status = CREATED,
        description = "The product is in the shop.",
        body = AdminProductView<'_>,
        headers(("Location"), ("Idempotency-Replayed")),
        example = json!(examples::new_product()),
    )),
    extensions(("x-problems" = json!([Kind::SlugTaken, Kind::InvalidProduct]))),
)]
pub async fn create(
    State(checkout): State<Checkout>,
    client: AdminClient,
    IdempotentJson { body, idempotency }: IdempotentJson<CreateProduct>,
) -> ApiResult<Response> {
    let (draft, reason) = body.into_parts();
    let product = checkout.add_product(draft, client.operation(reason, idempotency)).await?;
    let location = format!("/api/admin/products/{}", product.value.id);
    let view = AdminProductView::new(&product.value, checkout.now());
    Ok(created(&location, product.replayed, view))
}

/// Edits a product.
///
/// Only the members that you send change. `revision` is the one that you read: if somebody edited the product meanwhile, the
/// edit is refused with what changed and by whom. Existing holds and orders keep their price. The slug, the currency, the
/// stock and the pictures cannot be changed by this call: stock and pictures have calls of their own.
#[utoipa::path(
    patch,
    path = "/api/admin/products/{product}",
    operation_id = "adminEditProduct",
    tag = "Admin products",
    summary = "Edit a product",
    params(("Idempotency-Key", Header)),
    request_body(content = EditProduct, example = json!(examples::edit_product())),
    responses((
        status = OK,
        description = "The product after the edit.",
        body = AdminProductView<'_>,
        headers(("Idempotency-Replayed")),
        example = json!(examples::edited_product()),
    )),
    extensions(("x-problems" = json!([Kind::UnknownProduct, Kind::StaleRevision, Kind::InvalidProduct]))),
)]
pub async fn edit(
    State(state): State<AppState>,
    client: AdminClient,
    name: Name,
    IdempotentJson { body, idempotency }: IdempotentJson<EditProduct>,
) -> ApiResult<Response> {
    let product = find(&state.checkout, name)?;
    // An edit on top of an older revision would undo another node's edit of a moment ago.
    let product = lookup::product_at_revision(&*state.store, product, body.revision).await?;
    let (revision, details, reason) = body.apply_to(&product);
    save(&state, product.id, revision, details, client.operation(reason, idempotency)).await
}

/// Replaces the details of a product, in the revision that the client read.
async fn save(
    state: &AppState,
    product: ProductId,
    revision: u64,
    details: ProductDetails,
    context: OperationContext,
) -> ApiResult<Response> {
    match state.checkout.edit_product(product, revision, details, context).await {
        Ok(edited) => Ok(updated(edited, |edited| json!(AdminProductView::new(&edited, state.checkout.now())))),
        Err(error) => Err(with_changes(state, product, error).await),
    }
}

/// Adds to a stale edit what changed since, and by whom.
async fn with_changes(state: &AppState, product: ProductId, error: Error) -> Problem {
    let Error::Refused(Refusal::StaleRevision { seen, .. }) = error else { return error.into() };
    match edit_conflict::since(&*state.store, product, seen).await {
        Ok(changes) => Problem::from(error).with("changes", json!(changes)),
        Err(error) => store_failed(&error).into(),
    }
}

/// Changes the number of units.
///
/// Adds or removes units that are not held, ordered or sold, also during a sale.
#[utoipa::path(
    post,
    path = "/api/admin/products/{product}/stock",
    operation_id = "adminChangeStock",
    tag = "Admin products",
    summary = "Add or remove units",
    params(("Idempotency-Key", Header)),
    request_body(content = ChangeStock, example = json!({ "delta": 25, "reason": "a second delivery" })),
    responses((
        status = OK,
        description = "The product after the change.",
        body = AdminProductView<'_>,
        headers(("Idempotency-Replayed")),
        example = json!(examples::restocked_product()),
    )),
    extensions(("x-problems" = json!([Kind::UnknownProduct, Kind::StockCommitted]))),
)]
pub async fn change_stock(
    State(checkout): State<Checkout>,
    client: AdminClient,
    name: Name,
    IdempotentJson { body, idempotency }: IdempotentJson<ChangeStock>,
) -> ApiResult<Response> {
    let id = find(&checkout, name)?.id;
    let context = client.operation(Some(body.reason), idempotency);
    let changed = checkout.set_stock(id, StockChange::By(body.delta), context).await?;
    Ok(updated(changed, |product| json!(AdminProductView::new(&product, checkout.now()))))
}

/// Defines a call that sets the status of a product.
macro_rules! set_status {
    ($(#[$doc:meta])* $call:ident, $path:literal, $id:literal, $summary:literal, $status:ident, $name:literal, [$($problem:ident),*]) => {
        $(#[$doc])*
        #[utoipa::path(
            post,
            path = $path,
            operation_id = $id,
            tag = "Admin products",
            summary = $summary,
            params(("Idempotency-Key", Header)),
            request_body(content = ReasonBody, example = json!({ "reason": "the price is wrong" })),
            responses((
                status = OK,
                description = "The product after the change.",
                body = AdminProductView<'_>,
                headers(("Idempotency-Replayed")),
                example = json!(examples::product_with_status($name)),
            )),
            extensions(("x-problems" = json!([Kind::UnknownProduct $(, Kind::$problem)*]))),
        )]
        pub async fn $call(
            State(checkout): State<Checkout>,
            client: AdminClient,
            name: Name,
            IdempotentJson { body, idempotency }: IdempotentJson<ReasonBody>,
        ) -> ApiResult<Response> {
            let id = find(&checkout, name)?.id;
            let context = client.operation(Some(body.reason), idempotency);
            let product = checkout.set_product_status(id, ProductStatus::$status, context).await?;
            Ok(updated(product, |product| json!(AdminProductView::new(&product, checkout.now()))))
        }
    };
}

set_status! {
    /// Pauses a product.
    ///
    /// It accepts no new holds. Existing holds and orders go on.
    pause, "/api/admin/products/{product}/pause", "adminPauseProduct", "Pause a product", Paused, "paused", []
}

set_status! {
    /// Resumes a product.
    ///
    /// It accepts holds again, also if it was archived.
    resume, "/api/admin/products/{product}/resume", "adminResumeProduct", "Resume a product", Active, "active", []
}

set_status! {
    /// Archives a product.
    ///
    /// It is no longer in the shop. Its orders remain. A product with units in holds or unpaid orders cannot be archived.
    archive, "/api/admin/products/{product}/archive", "adminArchiveProduct", "Archive a product", Archived, "archived",
    [ProductInUse]
}

/// Returns the product whose id or slug is in the path. A path that cannot be decoded names no product.
fn find(checkout: &Checkout, name: Name) -> Result<Arc<Product>, Refusal> {
    let Path(name) = name.map_err(|_| Refusal::UnknownProduct)?;
    query::product(checkout, &name)
}
