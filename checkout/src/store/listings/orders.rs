//! The list of orders.

use super::{
    OrderFilter, OrderSearch, PageRequest,
    query::{Branch, Dialect, Page, Query, Value},
};
use crate::model::OrderStatus;
use uuid::Uuid;

/// The status of an order `t` that has ended, as the indexes of the lists have it.
const ENDED_AS: &str = "CASE WHEN t.refunds_returned = t.amount AND t.amount > 0 THEN 'refunded' ELSE t.status END";

/// The statuses of orders that have ended.
const ENDED: [OrderStatus; 3] = [OrderStatus::Paid, OrderStatus::Refunded, OrderStatus::Cancelled];

/// Returns the statement that lists orders, or `None` if no order can match.
pub(super) fn statement(dialect: Dialect, columns: &str, filter: &OrderFilter, request: PageRequest) -> Option<Query> {
    let mut page = Page::new("orders", request.with_one_more());
    page.filter_period("created_at", filter.since, filter.until);
    let branches = match &filter.search {
        Some(search) => {
            if let Some(product) = filter.product {
                page.filter(Query::new("t.product_id = ").uuid(product.0));
            }
            match filter.status {
                None => {}
                Some(OrderStatus::Pending) => page.filter(is_pending()),
                Some(ended) => page.filter(has_ended().sql(" AND ").sql(ENDED_AS).sql(" = ").text(ended.name())),
            }
            let mut branches = Vec::new();
            push_search(&mut branches, dialect, search);
            branches
        }
        None => by_status_and_product(filter),
    };
    page.statement(dialect, columns, branches)
}

fn is_pending() -> Query {
    Query::new("t.status = 'pending'")
}

/// The condition of the indexes of orders that have ended.
fn has_ended() -> Query {
    Query::new("t.status <> 'pending'")
}

fn by_status_and_product(filter: &OrderFilter) -> Vec<Branch> {
    let ended = |status: OrderStatus| {
        let status = (ENDED_AS, Value::Text(status.name().to_owned()));
        match filter.product {
            None => Branch::of("orders_ended", vec![status], has_ended()),
            Some(product) => {
                let key = vec![("t.product_id", Value::Uuid(product.0)), status];
                Branch::of("orders_ended_of_product", key, has_ended())
            }
        }
    };
    // Pending orders are few: each ends within minutes.
    let pending = || {
        let condition = is_pending();
        Branch::unsorted(
            "orders_due",
            match filter.product {
                None => condition,
                Some(product) => condition.sql(" AND t.product_id = ").uuid(product.0),
            },
        )
    };
    match (filter.status, filter.product) {
        (None, None) => vec![Branch::new(Query::new("true"))],
        (Some(OrderStatus::Pending), _) => vec![pending()],
        (Some(status), _) => vec![ended(status)],
        (None, Some(_)) => ENDED.into_iter().map(ended).chain([pending()]).collect(),
    }
}

fn push_search(branches: &mut Vec<Branch>, dialect: Dialect, search: &OrderSearch) {
    let mut branch = |condition| branches.push(Branch::new(condition));
    match search {
        OrderSearch::Number(number) => branch(Query::new("t.number = ").text(*number)),
        OrderSearch::Id(id) => {
            branch(Query::new("t.id = ").uuid(*id));
            branch(Query::new("t.hold_id = ").uuid(*id));
        }
        OrderSearch::Transaction(transaction) => branch(of_transaction(transaction.as_str())),
        OrderSearch::Shopper(shopper) => {
            let key = vec![("t.shopper", Value::Text(shopper.as_str().to_owned()))];
            branches.push(Branch::of("orders_shopper", key, Query::new(names_another(dialect))));
            // Each session of the storefront is a shopper of its own name, and needs no index of its shopper.
            if let Ok(owner) = Uuid::try_parse(shopper.as_str()) {
                let key = vec![("t.owner", Value::Uuid(owner))];
                branches.push(Branch::of("orders_owner", key, Query::new("t.shopper = ").text(owner.to_string())));
            }
        }
        OrderSearch::Email(email) => branch(of_contact(email.as_str())),
        OrderSearch::Any(searches) => searches.iter().for_each(|search| push_search(branches, dialect, search)),
    }
}

/// The condition of the index by shopper: the shopper of an order `t` is not its owner.
fn names_another(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "replace(t.shopper, '-', '') <> lower(hex(t.owner))",
        Dialect::Postgres => "t.shopper <> t.owner::text",
    }
}

/// The orders of one customer are few. Their contacts are found by the index of addresses.
fn of_contact(email: &str) -> Query {
    Query::new("t.id IN (SELECT c.order_id FROM order_contacts c WHERE c.email = ").text(email).sql(")")
}

/// A transaction pays one order. Its events are found by the index that makes them unique.
fn of_transaction(transaction: &str) -> Query {
    Query::new("t.id IN (SELECT w.order_id FROM payment_webhooks w WHERE w.outcome <> 'duplicate' AND w.transaction_id = ")
        .text(transaction)
        .sql(" AND w.order_id IS NOT NULL UNION ALL SELECT h.order_id FROM payment_webhooks w JOIN holds h ON h.id = w.hold_id")
        .sql(" WHERE w.outcome <> 'duplicate' AND w.transaction_id = ")
        .text(transaction)
        .sql(" AND h.order_id IS NOT NULL)")
}
