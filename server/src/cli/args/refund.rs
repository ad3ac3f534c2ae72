//! Arguments of `holdfast refund`.

use super::reason;
use checkout::{
    Restock,
    model::{ChangeReason, OrderId, RefundId, RefundReference},
};
use clap::{Args, Subcommand};

/// Subcommands of `refund`.
#[derive(Debug, Subcommand)]
pub enum RefundCommand {
    /// Issue a refund of a paid order, in full or in part, and print it as JSON
    Issue(IssueRefundArgs),
    /// Record that the money was returned outside the payment provider
    Done {
        /// Id of the refund
        #[arg(long)]
        id: RefundId,
        /// How the money was returned, such as the number of a bank transfer
        #[arg(long, value_parser = reference)]
        note: RefundReference,
    },
    /// Make a failed refund due again
    Retry {
        /// Id of the refund
        #[arg(long)]
        id: RefundId,
    },
}

/// Arguments of `refund issue`.
#[derive(Debug, Args)]
pub struct IssueRefundArgs {
    /// Id of the order
    #[arg(long)]
    pub order: OrderId,
    /// Amount in the order's currency, such as 19.99 [default: all that is left]
    #[arg(long)]
    pub amount: Option<String>,
    /// Units to put back on sale: all, none, or a number
    #[arg(long, value_name = "UNITS", value_parser = restock)]
    pub restock: Restock,
    /// Reason, for the audit log
    #[arg(long, value_parser = reason)]
    pub reason: ChangeReason,
    /// Id of the refund: repeating the command with the same id issues the refund once [default: a new id]
    #[arg(long)]
    pub id: Option<RefundId>,
}

fn reference(text: &str) -> Result<RefundReference, &'static str> {
    text.to_owned().try_into()
}

fn restock(text: &str) -> Result<Restock, &'static str> {
    match text {
        "all" => Ok(Restock::All),
        "none" => Ok(Restock::None),
        units => units.parse().map(Restock::Units).map_err(|_| "give all, none, or a number of units"),
    }
}
