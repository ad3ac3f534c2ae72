//! Arguments of `holdfast order`.

use super::filter::{OrderArgs, OutputArgs, PageArgs, named, reason, search, time};
use crate::{backoffice::export::ExportFormat, config::PaymentArgs};
use checkout::{
    model::{ChangeReason, OrderStatus, Slug, Timestamp},
    store::listings::OrderSearch,
};
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Subcommands of `order`.
#[derive(Debug, Subcommand)]
pub enum OrderCommand {
    /// List orders, newest first
    ///
    /// Example: holdfast order list --status paid --product flash-phone --since 2026-11-27T00:00:00Z
    List(OrderListArgs),
    /// Show an order with its contact, timeline, payment events and refunds
    ///
    /// Example: holdfast order show --number HF-7K3Q-9M2D
    Show {
        #[command(flatten)]
        order: OrderArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Cancel an unpaid order, and print it as JSON; its units are for sale again
    ///
    /// Its payment page is closed first, so the command needs the server's settings of the payment provider. An order whose
    /// shopper has just paid there is paid, and stays so.
    ///
    /// Example: holdfast order cancel --number HF-7K3Q-9M2D --reason "ordered twice"
    Cancel(Box<CancelOrderArgs>),
    /// Send the receipt of a paid order again
    ///
    /// A server with an SMTP server sends it. The receipt has a new link to the order.
    ///
    /// Example: holdfast order resend-receipt --number HF-7K3Q-9M2D
    ResendReceipt {
        #[command(flatten)]
        order: OrderArgs,
        /// Reason, for the audit log
        #[arg(long, value_parser = reason)]
        reason: Option<ChangeReason>,
    },
    /// Write all orders that match as CSV or JSON lines, newest first
    ///
    /// The export is recorded in the audit log. Cells that a spreadsheet would run as formulas begin with an apostrophe.
    ///
    /// Example: holdfast order export --format csv --status paid --output paid.csv
    Export(ExportArgs),
}

/// Arguments of `order cancel`.
#[derive(Debug, Args)]
pub struct CancelOrderArgs {
    #[command(flatten)]
    pub order: OrderArgs,
    /// Reason, for the audit log
    #[arg(long, value_parser = reason)]
    pub reason: ChangeReason,
    #[command(flatten)]
    pub payments: PaymentArgs,
}

/// The orders to list or to export.
#[derive(Debug, Args)]
pub struct OrderFilterArgs {
    /// Search: an order's number, the id of an order or of its hold, a transaction, a shopper, or the buyer's e-mail address
    #[arg(long, value_name = "TEXT", value_parser = |text: &str| search(text, OrderSearch::parse))]
    pub q: Option<OrderSearch>,
    /// Only orders of this status
    #[arg(long, value_parser = named(OrderStatus::ALL.map(OrderStatus::name), OrderStatus::from_name))]
    pub status: Option<OrderStatus>,
    /// Only orders of the product with this slug
    #[arg(long, value_name = "SLUG")]
    pub product: Option<Slug>,
    /// Only orders that were placed at this time or later, such as 2026-11-27T08:00:00Z
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub since: Option<Timestamp>,
    /// Only orders that were placed before this time
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub until: Option<Timestamp>,
}

/// Arguments of `order list`.
#[derive(Debug, Args)]
pub struct OrderListArgs {
    #[command(flatten)]
    pub filter: OrderFilterArgs,
    #[command(flatten)]
    pub page: PageArgs,
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Arguments of `order export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// Format: csv or jsonl
    #[arg(long)]
    pub format: ExportFormat,
    #[command(flatten)]
    pub filter: OrderFilterArgs,
    /// File to write, which only you can read [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}
