//! The list of refunds.

use super::{
    PageRequest, RefundFilter, RefundSearch,
    query::{Branch, Dialect, Page, Query, Value},
};
use crate::model::RefundState;

/// Returns the statement that lists refunds, or `None` if no refund can match.
pub(super) fn statement(dialect: Dialect, columns: &str, filter: &RefundFilter, request: PageRequest) -> Option<Query> {
    let mut page = Page::new("refunds", request.with_one_more());
    // The refund of a payment event has the event's id, and may become due a day later.
    page.filter_period_of_older_ids("created_at", filter.since, filter.until);
    if filter.search.is_none() && filter.order.is_none() {
        return page.statement(dialect, columns, by_state_and_product(filter));
    }
    if let Some(product) = filter.product {
        page.filter(Query::new("t.product_id = ").uuid(product.0));
    }
    if let Some(state) = filter.state {
        page.filter(is_state(state));
    }
    let is_of_order = filter.order.map(|order| Query::new("t.order_id = ").uuid(order.0));
    let branches = match (&filter.search, is_of_order) {
        (None, is_of_order) => is_of_order.into_iter().map(Branch::new).collect(),
        (Some(search), is_of_order) => {
            if let Some(condition) = is_of_order {
                page.filter(condition);
            }
            let mut branches = Vec::new();
            push_search(&mut branches, search);
            branches
        }
    };
    page.statement(dialect, columns, branches)
}

fn is_state(state: RefundState) -> Query {
    Query::new(format!("t.state = '{}'", state.name()))
}

fn by_state_and_product(filter: &RefundFilter) -> Vec<Branch> {
    let branch = |state: RefundState| {
        let state = ("t.state", Value::Text(state.name().to_owned()));
        match filter.product {
            None => Branch::of("refunds_state", vec![state], Query::new("true")),
            Some(product) => {
                let key = vec![("t.product_id", Value::Uuid(product.0)), state];
                Branch::of("refunds_product", key, Query::new("t.product_id IS NOT NULL"))
            }
        }
    };
    match (filter.state, filter.product) {
        (None, None) => vec![Branch::new(Query::new("true"))],
        (Some(state), _) => vec![branch(state)],
        (None, Some(_)) => RefundState::ALL.into_iter().map(branch).collect(),
    }
}

fn push_search(branches: &mut Vec<Branch>, search: &RefundSearch) {
    let mut branch = |condition| branches.push(Branch::new(condition));
    match search {
        RefundSearch::Id(id) => {
            branch(Query::new("t.id = ").uuid(*id));
            branch(Query::new("t.order_id = ").uuid(*id));
        }
        RefundSearch::Number(number) => {
            branch(Query::new("t.order_id = (SELECT o.id FROM orders o WHERE o.number = ").text(*number).sql(")"));
        }
        RefundSearch::Text(text) if text.contains('\0') => {}
        RefundSearch::Text(text) => {
            branch(Query::new("t.transaction_id = ").text(text.as_str()));
            branch(Query::new("t.provider_reference = ").text(text.as_str()));
        }
        RefundSearch::Any(searches) => searches.iter().for_each(|search| push_search(branches, search)),
    }
}
