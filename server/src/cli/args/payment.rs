//! Arguments of `holdfast payment`.

use super::filter::{OutputArgs, PageArgs, named, reason, search, time};
use checkout::{
    model::{ChangeReason, EventOutcome, PaymentStatus, Slug, Timestamp, WebhookId},
    store::listings::PaymentSearch,
};
use clap::{Args, Subcommand};

/// Subcommands of `payment`.
#[derive(Debug, Subcommand)]
pub enum PaymentCommand {
    /// List payment events, newest first
    ///
    /// Example: holdfast payment list --outcome parked
    List(PaymentListArgs),
    /// Show a payment event, the disputes of its payment, and whether its payload is kept
    Show {
        /// The shop's id of the event
        #[arg(long)]
        id: WebhookId,
        #[command(flatten)]
        output: OutputArgs,
    },
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

/// Arguments of `payment list`.
#[derive(Debug, Args)]
pub struct PaymentListArgs {
    /// Search: the id of an event, order or hold, an order's number, a transaction, or the provider's id of an event
    #[arg(long, value_name = "TEXT", value_parser = |text: &str| search(text, PaymentSearch::parse))]
    pub q: Option<PaymentSearch>,
    /// Only events with this outcome
    #[arg(long, value_parser = named(EventOutcome::NAMES, |name| Some(name.to_owned())))]
    pub outcome: Option<String>,
    /// Only events that report this status
    #[arg(long, value_parser = named(PaymentStatus::ALL.map(PaymentStatus::name), status))]
    pub status: Option<PaymentStatus>,
    /// Only events about the product with this slug
    #[arg(long, value_name = "SLUG")]
    pub product: Option<Slug>,
    /// Only events that were received at this time or later, such as 2026-11-27T08:00:00Z
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub since: Option<Timestamp>,
    /// Only events that were received before this time
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub until: Option<Timestamp>,
    #[command(flatten)]
    pub page: PageArgs,
    #[command(flatten)]
    pub output: OutputArgs,
}

fn status(name: &str) -> Option<PaymentStatus> {
    PaymentStatus::ALL.into_iter().find(|status| status.name() == name)
}
