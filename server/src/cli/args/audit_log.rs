//! Arguments of `holdfast audit-log`.

use checkout::model::Timestamp;
use clap::Args;

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
    #[arg(long, value_name = "TIME", value_parser = Timestamp::parse)]
    pub since: Option<Timestamp>,
    /// Maximum number of entries
    #[arg(long, default_value_t = 100)]
    pub limit: u32,
    /// Print JSON instead of a table
    #[arg(long)]
    pub json: bool,
}
