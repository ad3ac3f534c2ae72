//! Arguments of `holdfast audit-log`.

use super::filter::{OutputArgs, PageArgs, time};
use crate::backoffice::export::ExportFormat;
use checkout::model::Timestamp;
use clap::Args;
use std::path::PathBuf;

/// Arguments of `audit-log`.
#[derive(Debug, Args)]
pub struct AuditLogArgs {
    /// Only what this operator, client or user of the command line did
    #[arg(long, value_name = "NAME")]
    pub actor: Option<String>,
    /// Only this action, such as operator.invite, or actions that begin with this word, such as operator
    #[arg(long)]
    pub action: Option<String>,
    /// Only what was done to objects of this kind, or to one of them as KIND/ID
    #[arg(long)]
    pub object: Option<String>,
    /// Only entries since this time, such as 2026-11-27T08:00:00Z
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub since: Option<Timestamp>,
    /// Only entries before this time
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub until: Option<Timestamp>,
    #[command(flatten)]
    pub page: PageArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    /// Export all entries that match as csv or jsonl, instead of a page of them; the export is in the audit log itself
    #[arg(long, conflicts_with_all = ["json", "limit", "cursor"])]
    pub format: Option<ExportFormat>,
    /// File to write the export to, which only you can read [default: standard output]
    #[arg(long = "output", value_name = "FILE", requires = "format")]
    pub file: Option<PathBuf>,
}
