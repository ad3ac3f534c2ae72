//! The export of orders.

use super::{
    access::AdminClient,
    examples, orders,
    query::{Params, SearchText},
};
use crate::{
    api::{ApiResult, order_view::OrderStatus},
    backoffice::{
        export::{self, ExportFormat},
        order_export,
    },
    problem::Kind,
    state::AppState,
};
use axum::{extract::State, response::Response};
use checkout::model::Timestamp;
use serde::Deserialize;

/// Format and filter of the export.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportQuery {
    format: ExportFormat,
    q: Option<SearchText>,
    status: Option<OrderStatus>,
    product: Option<String>,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
}

/// Exports the orders that match the filter, newest first.
///
/// The response is streamed while the orders are read, so it may be of any size. If it fails on the way, the connection
/// breaks: a response that ends properly is complete. The columns of CSV have the names of the order's fields, and
/// `amount_decimal`, `refunds_issued_decimal` and `refunds_returned_decimal` repeat amounts as decimals. A cell that a
/// spreadsheet would take for a formula has an apostrophe in front. Each export is in the audit log.
#[utoipa::path(
    get,
    path = "/api/admin/orders/export",
    operation_id = "adminExportOrders",
    tag = "Admin orders",
    summary = "Export orders",
    params(
        ("format", Query),
        ("order_search", Query),
        ("order_status", Query),
        ("filter_product", Query),
        ("since", Query),
        ("until", Query),
    ),
    responses((
        status = OK,
        description = "The orders, as a file.",
        headers(("Content-Disposition")),
        content(
            (String = "text/csv", example = json!(examples::ORDERS_CSV)),
            (String = "application/jsonl", example = json!(examples::orders_jsonl())),
        ),
    )),
    extensions(("x-problems" = json!([Kind::BadQuery, Kind::UnknownProduct]))),
)]
pub async fn export(
    State(state): State<AppState>,
    client: AdminClient,
    Params(query): Params<ExportQuery>,
) -> ApiResult<Response> {
    let ExportQuery { format, q, status, product, since, until } = query;
    let filter = orders::filter(&state.checkout, q.as_ref(), status, product.as_deref(), (since, until))?;
    let orders = order_export::export(&state.checkout, &*state.store, &client.actor, filter, format).await?;
    Ok(export::response(orders, format, "orders"))
}
