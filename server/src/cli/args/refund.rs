//! Arguments of `holdfast refund`.

use super::filter::{OutputArgs, PageArgs, named, reason, search, time};
use crate::{backoffice::lookup::OrderKey, config::PaymentArgs};
use checkout::{
    Restock,
    model::{ChangeReason, RefundId, RefundReference, RefundState, Slug, Timestamp},
    store::listings::RefundSearch,
};
use clap::{Args, Subcommand};

/// Subcommands of `refund`.
#[derive(Debug, Subcommand)]
pub enum RefundCommand {
    /// List refunds, newest first
    ///
    /// Example: holdfast refund list --state due
    List(RefundListArgs),
    /// Show a refund
    Show {
        /// Id of the refund
        #[arg(long)]
        id: RefundId,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Issue a refund of a paid order, in full or in part, and print it as JSON
    ///
    /// Example: holdfast refund issue --order HF-7K3Q-9M2D --amount 19.99 --restock 1 --reason "arrived broken"
    Issue(IssueRefundArgs),
    /// Record that the money was returned outside the payment provider, and print the refund as JSON
    Done {
        /// Id of the refund
        #[arg(long)]
        id: RefundId,
        /// How the money was returned, such as the number of a bank transfer
        #[arg(long, value_name = "TEXT", value_parser = note)]
        note: RefundReference,
        /// Reason, for the audit log
        #[arg(long, value_parser = reason)]
        reason: Option<ChangeReason>,
    },
    /// Make a failed refund due again, and print it as JSON
    Retry {
        /// Id of the refund
        #[arg(long)]
        id: RefundId,
        /// Reason, for the audit log
        #[arg(long, value_parser = reason)]
        reason: Option<ChangeReason>,
    },
    /// Send a due refund to the payment provider at once, and print it as JSON
    ///
    /// A server with that provider sends it. For refunds that are not sent by themselves, or whose job has failed for good.
    Send(Box<SendRefundArgs>),
}

/// Arguments of `refund send`.
#[derive(Debug, Args)]
pub struct SendRefundArgs {
    /// Id of the refund
    #[arg(long)]
    pub id: RefundId,
    /// Reason, for the audit log
    #[arg(long, value_parser = reason)]
    pub reason: Option<ChangeReason>,
    #[command(flatten)]
    pub payments: PaymentArgs,
}

/// Arguments of `refund list`.
#[derive(Debug, Args)]
pub struct RefundListArgs {
    /// Search: the id of a refund or an order, an order's number, a transaction, or the provider's id of a refund
    #[arg(long, value_name = "TEXT", value_parser = |text: &str| search(text, RefundSearch::parse))]
    pub q: Option<RefundSearch>,
    /// Only refunds in this state
    #[arg(long, value_parser = named(RefundState::ALL.map(RefundState::name), RefundState::from_name))]
    pub state: Option<RefundState>,
    /// Only refunds of the order with this id or number
    #[arg(long)]
    pub order: Option<OrderKey>,
    /// Only refunds of the product with this slug
    #[arg(long, value_name = "SLUG")]
    pub product: Option<Slug>,
    /// Only refunds that became due at this time or later, such as 2026-11-27T08:00:00Z
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub since: Option<Timestamp>,
    /// Only refunds that became due before this time
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub until: Option<Timestamp>,
    #[command(flatten)]
    pub page: PageArgs,
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Arguments of `refund issue`.
#[derive(Debug, Args)]
pub struct IssueRefundArgs {
    /// Id or number of the order
    #[arg(long)]
    pub order: OrderKey,
    /// Amount in the order's currency, such as 19.99 [default: all that is left]
    #[arg(long, allow_hyphen_values = true)]
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

fn note(text: &str) -> Result<RefundReference, &'static str> {
    text.to_owned().try_into().map_err(|_| "a note is 1 to 255 characters of plain text")
}

fn restock(text: &str) -> Result<Restock, &'static str> {
    match text {
        "all" => Ok(Restock::All),
        "none" => Ok(Restock::None),
        units => units.parse().map(Restock::Units).map_err(|_| "give all, none, or a number of units"),
    }
}
