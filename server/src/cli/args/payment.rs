//! Arguments of `holdfast payment`.

use super::reason;
use checkout::model::{ChangeReason, WebhookId};
use clap::Subcommand;

/// Subcommands of `payment`.
#[derive(Debug, Subcommand)]
pub enum PaymentCommand {
    /// Process a stored payment event again, and print the outcome as JSON; an event has one effect
    Replay {
        /// The shop's id of the event
        #[arg(long)]
        id: WebhookId,
        /// Reason, for the audit log
        #[arg(long, value_parser = reason)]
        reason: Option<ChangeReason>,
    },
}
