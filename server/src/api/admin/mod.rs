//! The admin API: most of the console's reads and operations, for programs. Each call is registered here with the scope that it
//! needs; `access` checks it before the handler runs, so that no handler can forget it.

mod access;
mod audit_log;
mod bodies;
mod clients;
mod customers;
mod examples;
mod order_export;
mod orders;
mod outbox;
mod payments;
mod products;
mod query;
mod receipts;
mod reconciliation;
mod refunds;
mod webhook_deliveries;
mod webhooks;

pub use access::guarded;

use crate::state::AppState;
use checkout::model::Scope;
use http::Method;
use products::pictures;
use std::collections::HashMap;
use utoipa::openapi::{PathItem, SecurityRequirement, path::Operation};
use utoipa_axum::{
    router::{OpenApiRouter, UtoipaMethodRouter},
    routes,
};
use webhooks::switch;

/// The calls without files, each with its scope.
fn calls() -> Vec<(Scope, UtoipaMethodRouter<AppState>)> {
    use Scope::{
        AuditRead, CatalogRead, CatalogWrite, ClientsRead, ClientsWrite, OrdersRead, OrdersWrite, PaymentsRead,
        PaymentsWrite, RefundsWrite, WebhooksRead, WebhooksWrite,
    };
    vec![
        (CatalogRead, routes!(products::list)),
        (CatalogWrite, routes!(products::create)),
        (CatalogRead, routes!(products::get)),
        (CatalogWrite, routes!(products::edit)),
        (CatalogWrite, routes!(products::change_stock)),
        (CatalogWrite, routes!(products::pause)),
        (CatalogWrite, routes!(products::resume)),
        (CatalogWrite, routes!(products::archive)),
        (CatalogWrite, routes!(pictures::change)),
        (CatalogWrite, routes!(pictures::remove)),
        (OrdersRead, routes!(orders::list)),
        (OrdersRead, routes!(order_export::export)),
        (OrdersRead, routes!(orders::get)),
        (OrdersWrite, routes!(orders::cancel)),
        (OrdersWrite, routes!(receipts::resend)),
        (OrdersWrite, routes!(customers::erase)),
        (RefundsWrite, routes!(refunds::issue)),
        (PaymentsRead, routes!(payments::list)),
        (PaymentsRead, routes!(payments::get)),
        (PaymentsWrite, routes!(payments::replay)),
        (PaymentsRead, routes!(outbox::list)),
        (PaymentsWrite, routes!(outbox::retry)),
        (PaymentsWrite, routes!(reconciliation::run)),
        (OrdersRead, routes!(refunds::list)),
        (OrdersRead, routes!(refunds::get)),
        (RefundsWrite, routes!(refunds::done)),
        (RefundsWrite, routes!(refunds::retry)),
        (RefundsWrite, routes!(refunds::send)),
        (AuditRead, routes!(audit_log::list)),
        (ClientsRead, routes!(clients::list)),
        (ClientsWrite, routes!(clients::create)),
        (ClientsRead, routes!(clients::get)),
        (ClientsWrite, routes!(clients::set_scopes)),
        (ClientsWrite, routes!(clients::rotate)),
        (ClientsWrite, routes!(clients::revoke)),
        (WebhooksRead, routes!(webhooks::list)),
        (WebhooksWrite, routes!(webhooks::create)),
        (WebhooksRead, routes!(webhooks::get)),
        (WebhooksWrite, routes!(webhooks::edit)),
        (WebhooksWrite, routes!(switch::enable)),
        (WebhooksWrite, routes!(switch::disable)),
        (WebhooksWrite, routes!(switch::rotate)),
        (WebhooksWrite, routes!(webhooks::remove)),
        (WebhooksWrite, routes!(webhook_deliveries::test)),
        (WebhooksRead, routes!(webhook_deliveries::list)),
        (WebhooksWrite, routes!(webhook_deliveries::redeliver)),
    ]
}

/// The calls whose body is a file, each with its scope.
fn uploads() -> Vec<(Scope, UtoipaMethodRouter<AppState>)> {
    vec![(Scope::CatalogWrite, routes!(pictures::upload))]
}

/// The calls without files, with their descriptions, which name the scope. They must be served behind [`guarded`].
pub fn routes() -> OpenApiRouter<AppState> {
    described(calls())
}

/// The calls whose body is a file, as [`routes()`].
pub fn upload_routes() -> OpenApiRouter<AppState> {
    described(uploads())
}

fn described(calls: Vec<(Scope, UtoipaMethodRouter<AppState>)>) -> OpenApiRouter<AppState> {
    calls.into_iter().fold(OpenApiRouter::new(), |router, (scope, mut call)| {
        for (_, operation) in call.1.paths.values_mut().flat_map(operations) {
            let requirement = |scheme: &str, scopes: &[&str]| SecurityRequirement::new(scheme, scopes.to_vec());
            operation.security = Some(vec![requirement("oauth2", &[scope.name()]), requirement("bearer", &[])]);
        }
        router.routes(call)
    })
}

/// The scope of each call, by its method and path.
fn required_scopes() -> HashMap<(Method, String), Scope> {
    let mut scopes = HashMap::new();
    for (scope, mut call) in calls().into_iter().chain(uploads()) {
        for (path, item) in &mut call.1.paths {
            scopes.extend(operations(item).into_iter().map(|(method, _)| ((method, path.clone()), scope)));
        }
    }
    scopes
}

fn operations(item: &mut PathItem) -> Vec<(Method, &mut Operation)> {
    let all = [
        (Method::GET, &mut item.get),
        (Method::POST, &mut item.post),
        (Method::PUT, &mut item.put),
        (Method::PATCH, &mut item.patch),
        (Method::DELETE, &mut item.delete),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?))).collect()
}
