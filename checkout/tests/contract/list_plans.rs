//! Each list uses an index: none reads a whole table, whatever its filter. The rows are those of the benchmark of the
//! console.

use crate::{
    database::Database,
    shop::{Shop, noon},
};
use checkout::{
    model::{EventOutcome, OrderStatus, PaymentStatus, ProductId, RefundState, Timestamp},
    store::listings::{
        Direction, ListFilter, OrderFilter, OrderSearch, PageRequest, PaymentFilter, PaymentSearch, RefundFilter,
        RefundSearch,
    },
    store::{self, Store},
};
use std::time::Duration;

const SQLITE: &str = include_str!("../../../bench/console/fill.sqlite.sql");
const POSTGRES: &str = include_str!("../../../bench/console/fill.postgres.sql");

/// Fills the shop's database with this number of orders.
pub async fn fill(shop: &Shop, orders: u32) {
    let is_sqlite = matches!(shop.database, Database::Sqlite(_));
    let sql = if is_sqlite { SQLITE } else { POSTGRES };
    let sql = sql.replace("{orders}", &orders.to_string()).replace("{now}", &noon().as_millis().to_string());
    shop.database.run_all(&sql).await;
}

fn every<T: Clone>(values: impl IntoIterator<Item = T>) -> Vec<Option<T>> {
    values.into_iter().map(Some).chain([None]).collect()
}

/// Each filter alone and with each other one.
pub async fn filters(store: &dyn Store) -> Vec<ListFilter> {
    let products = store.reads().products().await.unwrap();
    let products: Vec<ProductId> = [0, 17].map(|nth: usize| products[nth].id).to_vec();
    let middle = noon() - Duration::from_hours(24 * 15);
    let periods: [(Option<Timestamp>, Option<Timestamp>); 2] =
        [(None, None), (Some(middle), Some(middle + Duration::from_hours(1)))];
    let mut filters = Vec::new();
    for product in every(products) {
        for (since, until) in periods {
            for status in every(OrderStatus::ALL) {
                filters.push(ListFilter::Orders(OrderFilter { status, product, since, until, search: None }));
            }
            for outcome in every(EventOutcome::NAMES.map(str::to_owned)) {
                for status in every(PaymentStatus::ALL) {
                    let outcome = outcome.clone();
                    let filter = PaymentFilter { outcome, status, product, since, until, search: None };
                    filters.push(ListFilter::Payments(filter));
                }
            }
            for state in every(RefundState::ALL) {
                let filter = RefundFilter { state, product, since, until, ..RefundFilter::default() };
                filters.push(ListFilter::Refunds(filter));
            }
        }
    }
    let order = store.listings().orders(&OrderFilter::default(), PageRequest::first(1)).await.unwrap().items.remove(0);
    let texts = [
        order.number.unwrap().to_string(),
        order.id.to_string(),
        order.owner.to_string(),
        "tx-77".to_owned(),
        "evt-77".to_owned(),
        "re_77".to_owned(),
        "customer-7".to_owned(),
        "buyer-7@example.com".to_owned(),
        "nobody".to_owned(),
    ];
    for text in texts {
        let search = OrderSearch::parse(&text);
        filters.push(ListFilter::Orders(OrderFilter { search, ..OrderFilter::default() }));
        let search = PaymentSearch::parse(&text);
        filters.push(ListFilter::Payments(PaymentFilter { search, ..PaymentFilter::default() }));
        let search = RefundSearch::parse(&text);
        filters.push(ListFilter::Refunds(RefundFilter { search, ..RefundFilter::default() }));
    }
    filters.push(ListFilter::Refunds(RefundFilter { order: Some(order.id), ..RefundFilter::default() }));
    filters
}

/// The indexes that a list without a search needs, where `|` separates those of which one will do. One without a filter follows
/// the ids.
fn needed_indexes(filter: &ListFilter) -> Vec<&'static str> {
    match filter {
        ListFilter::Orders(OrderFilter { search: Some(OrderSearch::Any(all)), .. })
            if all.iter().any(|search| matches!(search, OrderSearch::Email(_))) =>
        {
            vec!["order_contacts_email"]
        }
        ListFilter::Orders(OrderFilter { status: Some(OrderStatus::Pending), .. }) => vec!["orders_due"],
        ListFilter::Orders(OrderFilter { status: None, product: Some(_), .. }) => {
            vec!["orders_due", "orders_ended_of_product"]
        }
        ListFilter::Orders(OrderFilter { product: Some(_), .. }) => vec!["orders_ended_of_product"],
        ListFilter::Orders(OrderFilter { status: Some(_), .. }) => vec!["orders_ended "],
        // Where hardly any event has such an outcome and status, or is of the period, several indexes find that out at once.
        ListFilter::Payments(PaymentFilter { product: Some(_), .. }) => {
            vec!["payment_webhooks_product|payment_webhooks_outcome|payment_webhooks_parked|payment_webhooks_refunds"]
        }
        ListFilter::Payments(filter) if filter.search.is_none() && !may_be_plain(filter) => {
            vec!["payment_webhooks_outcome|payment_webhooks_parked|payment_webhooks_refunds"]
        }
        ListFilter::Refunds(RefundFilter { product: Some(_), .. }) => vec!["refunds_product"],
        ListFilter::Refunds(RefundFilter { state: Some(_), .. }) => vec!["refunds_state"],
        _ => Vec::new(),
    }
}

/// Whether the filter admits payments that went well. These are listed like all events.
fn may_be_plain(filter: &PaymentFilter) -> bool {
    filter.search.is_none()
        && filter.product.is_none()
        && filter.outcome.as_deref().is_none_or(|outcome| outcome == "applied")
        && filter.status.is_none_or(|status| status == PaymentStatus::Success)
}

fn has_filter(filter: &ListFilter) -> bool {
    match filter {
        ListFilter::Orders(f) => f.search.is_some() || f.status.is_some() || f.product.is_some(),
        ListFilter::Payments(f) => !may_be_plain(f),
        ListFilter::Refunds(f) => f.search.is_some() || f.state.is_some() || f.product.is_some() || f.order.is_some(),
    }
}

/// Returns what is wrong with a plan: a scan of a whole table, a walk along its ids in search of rows, or an index that it
/// does not use.
fn fault(filter: &ListFilter, plan: &[String]) -> Option<String> {
    let text = plan.join("\n");
    let missing = needed_indexes(filter).into_iter().find(|names| !names.split('|').any(|name| text.contains(name)));
    let is_slow = |line: &&String| {
        let line = line.trim_start();
        let is_scan =
            line.contains("Seq Scan on") || ["SCAN t", "SCAN w", "SCAN c"].iter().any(|scan| line.starts_with(scan));
        let is_walk = line.starts_with("Index Cond: ((id > ") || line.starts_with("SEARCH t USING PRIMARY KEY (id>");
        let is_walk = is_walk && !line.contains('=');
        (is_scan && !line.contains("orders_due")) || (is_walk && has_filter(filter))
    };
    missing.map(|name| format!("no {name}")).or_else(|| plan.iter().find(is_slow).cloned())
}

crate::scenarios! {
    async fn each_filter_has_an_index(shop: Shop) {
        fill(&shop, 5_000).await;
        assert_eq!(shop.checkout.audit().await.unwrap().drift, []);
        // A scan of so few rows would often be the fastest plan.
        if matches!(shop.database, Database::Postgres { .. }) {
            shop.database.set("enable_seqscan = off").await;
        }
        let store = store::open(&shop.database.url()).await.unwrap();
        for filter in filters(&*store).await {
            for direction in [Direction::NewestFirst, Direction::OldestFirst] {
                let page = PageRequest { direction, ..PageRequest::first(50) };
                let plan = store.listings().explain(&filter, page).await.unwrap();
                assert!(!plan.is_empty());
                assert_eq!(fault(&filter, &plan), None, "{filter:?}\n{}", plan.join("\n"));
            }
        }
    }
}
