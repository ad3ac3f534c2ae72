//! The outbox: list jobs, and try one again.

use super::{
    access::AdminClient,
    bodies::OptionalReasonBody,
    examples,
    query::{Limit, ListView, Params},
};
use crate::{
    api::ApiResult,
    backoffice::views::AdminJobView,
    http::extract::{Id, IdempotentOptional},
    problem::Kind,
};
use axum::{Json, extract::State};
use checkout::{
    Checkout,
    model::{JobId, JobKind, JobState, OrderId},
    store::outbox::JobFilter,
};
use serde::Deserialize;
use uuid::Uuid;

/// Filter and page of the list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobQuery {
    state: Option<StateName>,
    kind: Option<KindName>,
    order: Option<OrderId>,
    cursor: Option<Uuid>,
    #[serde(default)]
    limit: Limit,
}

/// The name of a state.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
struct StateName(JobState);

impl TryFrom<String> for StateName {
    type Error = &'static str;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        JobState::from_name(&name).map(Self).ok_or("state is pending, done or dead")
    }
}

/// The name of a kind. Events are no jobs.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
struct KindName(JobKind);

impl TryFrom<String> for KindName {
    type Error = &'static str;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        let kind = JobKind::from_name(&name).filter(|kind| *kind != JobKind::Event);
        kind.map(Self).ok_or("kind is mail, webhook, close_payment or send_refund")
    }
}

/// Lists jobs.
///
/// Newest first. Jobs that are done are kept for seven days, dead ones for 90.
#[utoipa::path(
    get,
    path = "/api/admin/outbox",
    operation_id = "adminListJobs",
    tag = "Admin outbox",
    summary = "List jobs",
    params(
        ("job_state", Query),
        ("job_kind", Query),
        ("filter_order", Query, description = "Only jobs about the order with this id."),
        ("limit", Query),
        ("page_cursor", Query),
    ),
    responses((
        status = OK,
        description = "A page of jobs.",
        body = ListView<AdminJobView>,
        example = json!(examples::page(&examples::dead_job())),
    )),
)]
pub async fn list(
    State(checkout): State<Checkout>,
    Params(query): Params<JobQuery>,
) -> ApiResult<Json<ListView<AdminJobView>>> {
    let filter = JobFilter {
        state: query.state.map(|StateName(state)| state),
        kind: query.kind.map(|KindName(kind)| kind),
        order: query.order,
        endpoint: None,
    };
    let jobs = checkout.list_jobs(filter, query.limit.page(query.cursor)).await?;
    Ok(ListView::of(jobs, AdminJobView::from))
}

/// Tries a job again.
///
/// A job that is dead or done is due at once, with all its attempts. A job that is pending stays as it is, so repeating the call is
/// safe.
#[utoipa::path(
    post,
    path = "/api/admin/outbox/{job}/retry",
    operation_id = "adminRetryJob",
    tag = "Admin outbox",
    summary = "Try a job again",
    request_body(content = Option<OptionalReasonBody>, example = json!({ "reason": "the mail server is back" })),
    responses((
        status = OK,
        description = "The job is due.",
        body = AdminJobView,
        example = json!(examples::retried_job()),
    )),
    extensions(("x-problems" = json!([Kind::UnknownJob]))),
)]
pub async fn retry(
    State(checkout): State<Checkout>,
    client: AdminClient,
    Id(job): Id<JobId>,
    IdempotentOptional { body, idempotency }: IdempotentOptional<OptionalReasonBody>,
) -> ApiResult<Json<AdminJobView>> {
    let job = checkout.retry_job(job, client.operation(body.reason, idempotency)).await?;
    Ok(Json(job.into()))
}
