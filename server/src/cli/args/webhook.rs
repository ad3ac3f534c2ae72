//! Arguments of `holdfast webhook`.

use super::filter::{OutputArgs, PageArgs, reason};
use crate::endpoints::{Description, Events};
use checkout::model::{ChangeReason, DeliveryId, EndpointId};
use clap::{Args, Subcommand, ValueEnum};

/// Subcommands of `webhook`.
#[derive(Debug, Subcommand)]
pub enum WebhookCommand {
    /// Add an endpoint, and print its id and secret as JSON; the secret cannot be shown again
    ///
    /// Example: holdfast webhook add --url "$URL" --events order.paid,refund.succeeded
    Add {
        /// Address that receives the webhooks: https, and no private address
        #[arg(long)]
        url: String,
        /// Events, with commas between them: `order.created`, `order.paid`, `order.cancelled`, `order.refunded`,
        /// `refund.due`, `refund.succeeded`, `refund.failed`, `product.sold_out`, `product.available`
        #[arg(long)]
        events: Events,
        /// Description, for people
        #[arg(long, default_value = "", hide_default_value = true)]
        description: Description,
    },
    /// List all endpoints, without their secrets
    List {
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Show an endpoint, without its secrets
    Show {
        /// Id of the endpoint
        #[arg(long)]
        id: EndpointId,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Change address, events or description of an endpoint, and print it as JSON
    Edit(EditEndpointArgs),
    /// Switch an endpoint on; webhooks that wait for it are sent
    Enable {
        /// Id of the endpoint
        #[arg(long)]
        id: EndpointId,
        /// Reason, for the audit log
        #[arg(long, value_parser = reason)]
        reason: Option<ChangeReason>,
    },
    /// Switch an endpoint off; its webhooks wait, and new events lead to none
    Disable {
        /// Id of the endpoint
        #[arg(long)]
        id: EndpointId,
        /// Reason, for the audit log
        #[arg(long, value_parser = reason)]
        reason: Option<ChangeReason>,
    },
    /// Replace the secret of an endpoint, and print the new one; the old one signs beside it for 24 hours
    Rotate {
        /// Id of the endpoint
        #[arg(long)]
        id: EndpointId,
    },
    /// Remove an endpoint; webhooks that wait for it are dropped
    Remove {
        /// Id of the endpoint
        #[arg(long)]
        id: EndpointId,
        /// Reason, for the audit log
        #[arg(long, value_parser = reason)]
        reason: Option<ChangeReason>,
    },
    /// Send a test event to an endpoint, and print the attempt; exit with 3 if the endpoint does not accept it
    Test {
        /// Id of the endpoint
        #[arg(long)]
        id: EndpointId,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// List attempts to deliver, newest first; they are kept for 30 days
    ///
    /// Example: holdfast webhook deliveries --state failed
    Deliveries(DeliveryListArgs),
    /// Send the webhook of an attempt again, with the same content and id
    Redeliver {
        /// Id of the attempt
        #[arg(long)]
        delivery: DeliveryId,
        /// Reason, for the audit log
        #[arg(long, value_parser = reason)]
        reason: Option<ChangeReason>,
    },
}

/// Arguments of `webhook edit`.
#[derive(Debug, Args)]
#[group(skip)]
pub struct EditEndpointArgs {
    /// Id of the endpoint
    #[arg(long)]
    pub id: EndpointId,
    /// New address
    #[arg(long, required_unless_present_any = ["events", "description"])]
    pub url: Option<String>,
    /// All events that it gets from now on, with commas between them
    #[arg(long)]
    pub events: Option<Events>,
    /// New description
    #[arg(long)]
    pub description: Option<Description>,
    /// Reason, for the audit log
    #[arg(long, value_parser = reason)]
    pub reason: Option<ChangeReason>,
}

/// Arguments of `webhook deliveries`.
#[derive(Debug, Args)]
pub struct DeliveryListArgs {
    /// Only attempts at this endpoint
    #[arg(long)]
    pub endpoint: Option<EndpointId>,
    /// Only attempts in this state
    #[arg(long)]
    pub state: Option<DeliveryState>,
    #[command(flatten)]
    pub page: PageArgs,
    #[command(flatten)]
    pub output: OutputArgs,
}

/// How an attempt to deliver ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DeliveryState {
    /// The endpoint accepted it.
    Delivered,
    /// The attempt failed.
    Failed,
}
