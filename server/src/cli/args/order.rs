//! Arguments of `holdfast order`.

use super::{OutputArgs, reason};
use checkout::model::{ChangeReason, OrderId};
use clap::Subcommand;

/// Subcommands of `order`.
#[derive(Debug, Subcommand)]
pub enum OrderCommand {
    /// Show an order with its payments and refunds
    Show {
        /// Id of the order
        #[arg(long)]
        id: OrderId,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Cancel an unpaid order, and print it as JSON; its units are for sale again
    Cancel {
        /// Id of the order
        #[arg(long)]
        id: OrderId,
        /// Reason, for the audit log
        #[arg(long, value_parser = reason)]
        reason: ChangeReason,
    },
}
