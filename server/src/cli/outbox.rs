//! `holdfast outbox`: lists jobs, and tries them again.

use super::{
    Failure,
    actor::by_user,
    args::{JobListArgs, JobRetryArgs, OutboxCommand},
    orders,
    output::{List, print},
};
use crate::{backoffice::views::AdminJobView, startup::Engine};
use checkout::{
    Error,
    model::{Job, JobId, JobKind, JobState, Refusal},
    store::{
        listings::{Direction, MAX_PAGE_ROWS, PageRequest},
        outbox::JobFilter,
    },
};
use std::process::ExitCode;

/// Columns of a table of jobs.
const COLUMNS: [&str; 8] = ["ID", "SINCE", "KIND", "TOPIC", "ORDER", "STATE", "ATTEMPTS", "LAST ERROR"];

pub(super) async fn run(engine: &Engine, command: OutboxCommand) -> Result<ExitCode, Failure> {
    match command {
        OutboxCommand::List(args) => list(engine, args).await,
        OutboxCommand::Retry(args) => retry(engine, args).await,
    }
}

async fn list(engine: &Engine, args: JobListArgs) -> Result<ExitCode, Failure> {
    let order = match args.order {
        Some(key) => Some(orders::find(engine, key).await?.id),
        None => None,
    };
    let filter = JobFilter { state: args.state, kind: args.kind, order, endpoint: None };
    let listing = engine.checkout.list_jobs(filter, args.page.request()).await?;
    List::page(listing.items, listing.next).print(args.output.json, AdminJobView::from, COLUMNS, row)
}

fn row(job: &Job) -> [String; 8] {
    [
        job.id.to_string(),
        job.created_at.to_string(),
        job.kind.name().to_owned(),
        job.topic.name().to_owned(),
        job.subject.order.map(|id| id.to_string()).unwrap_or_default(),
        job.state.name().to_owned(),
        job.attempts.to_string(),
        job.last_error.clone().unwrap_or_default(),
    ]
}

async fn retry(engine: &Engine, args: JobRetryArgs) -> Result<ExitCode, Failure> {
    let JobRetryArgs { ids, dead, kind, reason } = args;
    if ids.is_empty() && !dead {
        return Err(Failure::Usage("give --id ID… or --dead".to_owned()));
    }
    let ids = if dead { all_dead(engine, kind).await? } else { ids };
    let mut retried = Vec::with_capacity(ids.len());
    for id in ids {
        let job = engine.checkout.retry_job(id, by_user(reason.clone())).await.map_err(|error| explain(error, id))?;
        retried.push(AdminJobView::from(job));
    }
    print(&retried)
}

/// Returns the ids of the dead jobs, oldest first.
async fn all_dead(engine: &Engine, kind: Option<JobKind>) -> Result<Vec<JobId>, Failure> {
    let filter = JobFilter { state: Some(JobState::Dead), kind, ..JobFilter::default() };
    let mut page = PageRequest { after: None, direction: Direction::OldestFirst, limit: MAX_PAGE_ROWS };
    let mut ids = Vec::new();
    loop {
        let listing = engine.checkout.list_jobs(filter, page).await?;
        ids.extend(listing.items.iter().map(|job| job.id));
        page.after = listing.next;
        if page.after.is_none() {
            return Ok(ids);
        }
    }
}

fn explain(error: Error, id: JobId) -> Failure {
    match error {
        Error::Refused(Refusal::UnknownJob) => Failure::refused(format!("no such job: {id}; see holdfast outbox list")),
        other => other.into(),
    }
}
