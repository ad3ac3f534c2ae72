//! The list of orders.

use super::{
    OrderFilter, OrderSearch, PageRequest,
    query::{Branch, Page, Query},
};
use crate::model::OrderStatus;

/// The status of an order `t` that has ended, as the indexes of the lists have it.
const ENDED_AS: &str = "CASE WHEN t.refunds_returned = t.amount AND t.amount > 0 THEN 'refunded' ELSE t.status END";

/// The statuses of orders that have ended.
const ENDED: [OrderStatus; 3] = [OrderStatus::Paid, OrderStatus::Refunded, OrderStatus::Cancelled];

/// Returns the statement that lists orders, or `None` if no order can match. `names_another` is the condition that the
/// shopper of an order `t` is not its owner.
pub(super) fn statement(
    columns: &str,
    filter: &OrderFilter,
    request: PageRequest,
    names_another: &'static str,
) -> Option<Query> {
    let mut page = Page::new("orders", request);
    page.filter_period("created_at", filter.since, filter.until);
    let branches = match &filter.search {
        Some(search) => {
            if let Some(product) = filter.product {
                page.filter(Query::new("t.product_id = ").uuid(product.0));
            }
            if let Some(status) = filter.status {
                page.filter(is_status(status));
            }
            let mut branches = Vec::new();
            push_search(&mut branches, search, names_another);
            branches
        }
        None => by_status_and_product(filter),
    };
    page.statement(columns, branches)
}

fn is_status(status: OrderStatus) -> Query {
    match status {
        OrderStatus::Pending => Query::new("t.status = 'pending'"),
        ended => Query::new("t.status <> 'pending' AND ").sql(ENDED_AS).sql(format!(" = '{}'", ended.name())),
    }
}

fn by_status_and_product(filter: &OrderFilter) -> Vec<Branch> {
    let of_product = |condition: Query| match filter.product {
        Some(product) => condition.sql(" AND t.product_id = ").uuid(product.0),
        None => condition,
    };
    // The index of pending orders is in the order of their due times. They are few: each ends within minutes.
    let pending = || Branch::unsorted(of_product(is_status(OrderStatus::Pending)));
    let ended = |status| Branch::new(of_product(is_status(status)));
    match (filter.status, filter.product) {
        (None, None) => vec![Branch::new(Query::new("true"))],
        (Some(OrderStatus::Pending), _) => vec![pending()],
        (Some(status), _) => vec![ended(status)],
        (None, Some(_)) => ENDED.into_iter().map(ended).chain([pending()]).collect(),
    }
}

fn push_search(branches: &mut Vec<Branch>, search: &OrderSearch, names_another: &'static str) {
    let mut branch = |condition| branches.push(Branch::new(condition));
    match search {
        OrderSearch::Number(number) => branch(Query::new("t.number = ").text(*number)),
        OrderSearch::Id(id) => {
            branch(Query::new("t.id = ").uuid(*id));
            branch(Query::new("t.hold_id = ").uuid(*id));
        }
        OrderSearch::Transaction(transaction) => branch(of_transaction(transaction.as_str())),
        OrderSearch::Shopper(shopper) => {
            branch(Query::new(names_another).sql(" AND t.shopper = ").text(shopper.as_str()));
            // Each session of the storefront is a shopper of its own name, and needs no index of its shopper.
            if let Ok(owner) = uuid::Uuid::try_parse(shopper.as_str()) {
                let name = owner.to_string();
                branch(Query::new("t.owner = ").uuid(owner).sql(" AND t.shopper = ").text(name));
            }
        }
        OrderSearch::Any(searches) => searches.iter().for_each(|search| push_search(branches, search, names_another)),
    }
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
