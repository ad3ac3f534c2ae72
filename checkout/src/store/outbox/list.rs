//! The list of jobs.

use super::{IS_KNOWN, JobFilter};
use crate::{
    model::{JobKind, JobState},
    store::listings::{
        PageRequest,
        query::{Branch, Dialect, Page, Query, Value},
    },
};

/// The condition of the indexes of all jobs. A row with a topic of a newer version is not listed.
const IS_JOB: &str = "t.kind <> 'event'";

/// Returns the statement that lists jobs, or `None` if no job can match.
pub(in crate::store) fn statement(
    dialect: Dialect,
    columns: &str,
    filter: JobFilter,
    request: PageRequest,
) -> Option<Query> {
    let JobFilter { state, kind, order, endpoint } = filter;
    let mut page = Page::new("outbox", PageRequest { limit: request.rows() + 1, ..request });
    page.filter(Query::new(format!("t.{}", IS_KNOWN.as_str())));
    let text = |text: &str| Value::Text(text.to_owned());
    let states: Vec<JobState> = state.map_or_else(|| JobState::ALL.to_vec(), |state| vec![state]);
    let kinds = JobKind::ALL.into_iter().filter(|of| *of != JobKind::Event && kind.is_none_or(|kind| kind == *of));
    let branches = if let Some(order) = order {
        if let Some(state) = state {
            page.filter(Query::new("t.state = ").text(state.name()));
        }
        if let Some(kind) = kind {
            page.filter(Query::new("t.kind = ").text(kind.name()));
        }
        if let Some(endpoint) = endpoint {
            page.filter(Query::new("t.endpoint_id = ").uuid(endpoint.0));
        }
        vec![Branch::of("outbox_order", vec![("t.order_id", Value::Uuid(order.0))], Query::new(IS_JOB))]
    } else if let Some(endpoint) = endpoint {
        if kind.is_some_and(|kind| kind != JobKind::Webhook) {
            return None;
        }
        let key = |state: JobState| vec![("t.endpoint_id", Value::Uuid(endpoint.0)), ("t.state", text(state.name()))];
        let branch = |state| Branch::of("outbox_endpoint", key(state), Query::new("t.kind = 'webhook'"));
        states.into_iter().map(branch).collect()
    } else if state.is_some() || kind.is_some() {
        let key = |kind: JobKind, state: JobState| vec![("t.state", text(state.name())), ("t.kind", text(kind.name()))];
        let branch = |kind, state| Branch::of("outbox_state", key(kind, state), Query::new(IS_JOB));
        kinds.flat_map(|kind| states.iter().map(move |state| branch(kind, *state))).collect()
    } else {
        vec![Branch::new(Query::new(IS_JOB))]
    };
    page.statement(dialect, columns, branches)
}
