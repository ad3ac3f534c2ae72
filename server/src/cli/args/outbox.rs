//! Arguments of `holdfast outbox`.

use super::filter::{OutputArgs, PageArgs, named, reason};
use crate::backoffice::lookup::OrderKey;
use checkout::model::{ChangeReason, JobId, JobKind, JobState};
use clap::{Args, Subcommand, builder::TypedValueParser};

/// Subcommands of `outbox`.
#[derive(Debug, Subcommand)]
pub enum OutboxCommand {
    /// List mails, webhooks and calls of the payment provider, newest first
    ///
    /// Example: holdfast outbox list --state dead
    List(JobListArgs),
    /// Try jobs again at once, and print them as JSON
    ///
    /// Example: holdfast outbox retry --dead --kind mail --reason "the mail server is back"
    Retry(JobRetryArgs),
}

/// Arguments of `outbox list`.
#[derive(Debug, Args)]
pub struct JobListArgs {
    /// Only jobs in this state
    #[arg(long, value_parser = named(JobState::ALL.map(JobState::name), JobState::from_name))]
    pub state: Option<JobState>,
    /// Only jobs of this kind
    #[arg(long, value_parser = kind())]
    pub kind: Option<JobKind>,
    /// Only jobs about the order with this id or number
    #[arg(long)]
    pub order: Option<OrderKey>,
    #[command(flatten)]
    pub page: PageArgs,
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Arguments of `outbox retry`.
#[derive(Debug, Args)]
pub struct JobRetryArgs {
    /// Ids of the jobs
    #[arg(long = "id", value_name = "ID", num_args = 1.., conflicts_with = "dead")]
    pub ids: Vec<JobId>,
    /// All dead jobs
    #[arg(long)]
    pub dead: bool,
    /// With --dead, only jobs of this kind
    #[arg(long, requires = "dead", value_parser = kind())]
    pub kind: Option<JobKind>,
    /// Reason, for the audit log
    #[arg(long, value_parser = reason)]
    pub reason: Option<ChangeReason>,
}

/// Parses a kind of jobs. Events are no jobs.
fn kind() -> impl TypedValueParser<Value = JobKind> {
    let jobs = JobKind::ALL.into_iter().filter(|kind| *kind != JobKind::Event);
    named(jobs.map(JobKind::name), JobKind::from_name)
}
