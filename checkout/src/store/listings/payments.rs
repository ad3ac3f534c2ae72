//! The list of payment events.

use super::{
    PageRequest, PaymentFilter, PaymentSearch,
    query::{Branch, Dialect, Page, Query, Value},
};
use crate::model::{EventOutcome, PaymentStatus};

/// The condition of the index by outcome, which leaves out the payments that went well. Those are so many that the list of
/// all events has a page of them at hand.
const IS_NOT_PLAIN: &str = "(t.outcome <> 'applied' OR t.status <> 'success')";

/// Returns the statement that lists payment events, or `None` if no event can match.
pub(super) fn statement(
    dialect: Dialect,
    columns: &str,
    filter: &PaymentFilter,
    request: PageRequest,
) -> Option<Query> {
    let outcomes: Vec<&'static str> = match &filter.outcome {
        None => EventOutcome::NAMES.to_vec(),
        Some(name) => EventOutcome::NAMES.into_iter().filter(|known| known == name).collect(),
    };
    if outcomes.is_empty() {
        return None;
    }
    let mut page = Page::new("payment_webhooks", request.with_one_more());
    page.filter_period("received_at", filter.since, filter.until);
    let is_filtered = filter.outcome.is_some() || filter.status.is_some() || filter.product.is_some();
    let branches = match &filter.search {
        Some(search) => {
            if let Some(product) = filter.product {
                page.filter(Query::new("t.product_id = ").uuid(product.0));
            }
            if let (Some(_), [outcome]) = (&filter.outcome, &outcomes[..]) {
                page.filter(Query::new(format!("t.outcome = '{outcome}'")));
            }
            if let Some(status) = filter.status {
                page.filter(Query::new(format!("t.status = '{}'", status.name())));
            }
            let mut branches = Vec::new();
            push_search(&mut branches, search);
            branches
        }
        None if is_filtered => by_outcome_and_status(filter, &outcomes),
        None => vec![Branch::new(Query::new("true"))],
    };
    page.statement(dialect, columns, branches)
}

/// One branch for each outcome and status that the filter admits: the indexes have the events of each in order.
fn by_outcome_and_status(filter: &PaymentFilter, outcomes: &[&'static str]) -> Vec<Branch> {
    let statuses = PaymentStatus::ALL.into_iter().filter(|status| filter.status.is_none_or(|only| only == *status));
    let statuses: Vec<_> = statuses.map(PaymentStatus::name).collect();
    let pairs = outcomes.iter().flat_map(|outcome| statuses.iter().map(move |status| (*outcome, *status)));
    let branch = |(outcome, status): (&'static str, &'static str)| {
        let value = |name: &str| Value::Text(name.to_owned());
        let key = vec![("t.outcome", value(outcome)), ("t.status", value(status))];
        match filter.product {
            Some(product) => {
                let key = [("t.product_id", Value::Uuid(product.0))].into_iter().chain(key).collect();
                Branch::of("payment_webhooks_product", key, Query::new("t.product_id IS NOT NULL"))
            }
            None if (outcome, status) == ("applied", "success") => {
                Branch::new(Query::new("t.outcome = 'applied' AND t.status = 'success'"))
            }
            None => Branch::of("payment_webhooks_outcome", key, Query::new(IS_NOT_PLAIN)),
        }
    };
    pairs.map(branch).collect()
}

fn push_search(branches: &mut Vec<Branch>, search: &PaymentSearch) {
    let mut branch = |condition| branches.push(Branch::new(condition));
    match search {
        PaymentSearch::Id(id) => {
            branch(Query::new("t.id = ").uuid(*id));
            branch(Query::new("t.order_id = ").uuid(*id));
            branch(Query::new("t.hold_id = ").uuid(*id));
            // An event may name the hold of an order, or the order of a hold.
            branch(Query::new("t.hold_id = (SELECT o.hold_id FROM orders o WHERE o.id = ").uuid(*id).sql(")"));
            branch(Query::new("t.order_id = (SELECT h.order_id FROM holds h WHERE h.id = ").uuid(*id).sql(")"));
        }
        PaymentSearch::Number(number) => {
            branch(Query::new("t.order_id = (SELECT o.id FROM orders o WHERE o.number = ").text(*number).sql(")"));
            branch(Query::new("t.hold_id = (SELECT o.hold_id FROM orders o WHERE o.number = ").text(*number).sql(")"));
        }
        PaymentSearch::Text(text) if text.contains('\0') => {}
        PaymentSearch::Text(text) => {
            branch(Query::new("t.key = ").text(text.as_str()));
            branch(Query::new("t.outcome <> 'duplicate' AND t.transaction_id = ").text(text.as_str()));
            branch(Query::new("t.outcome = 'duplicate' AND t.transaction_id = ").text(text.as_str()));
        }
        PaymentSearch::Any(searches) => searches.iter().for_each(|search| push_search(branches, search)),
    }
}
