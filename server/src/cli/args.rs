//! Arguments of the `holdfast` command.

use crate::config::{CommonArgs, ServeArgs};
use checkout::{
    Restock,
    model::{
        ChangeReason, ChangeReasonError, Currency, OrderId, RefundId, RefundReference, Slug, Timestamp, WebhookId,
    },
    store::operators::{EmailAddress, Role},
};
use clap::{Args, Parser, Subcommand};
use uuid::Uuid;

/// Holdfast, a flash-sale checkout: storefront, API, and tools for the shop
///
/// Without a command, it serves, and adds the demo products to an empty shop in development. Flags take precedence over
/// environment variables, and these over a `.env` file.
#[derive(Debug, Parser)]
#[command(name = "holdfast", version)]
pub struct Cli {
    #[command(flatten)]
    pub common: CommonArgs,
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Migrate the database, serve the storefront and the API, and expire overdue holds and unpaid orders
    Serve(Box<ServeArgs>),
    /// Migrate the database, and exit
    Migrate,
    /// Add the missing demo products
    Seed,
    /// Manage products
    #[command(subcommand)]
    Product(ProductCommand),
    /// Show and cancel orders
    #[command(subcommand)]
    Order(OrderCommand),
    /// Refund orders
    #[command(subcommand)]
    Refund(RefundCommand),
    /// Process stored payment events again
    #[command(subcommand)]
    Payment(PaymentCommand),
    /// Manage API clients
    #[command(subcommand)]
    Client(ClientCommand),
    /// Manage the operators of the console
    #[command(subcommand)]
    Operator(OperatorCommand),
    /// Show who changed what, newest first
    AuditLog(AuditLogArgs),
    /// Recompute every counter, and compare orders with payments; print JSON, and exit with 1 on any difference
    Audit,
}

/// Subcommands of `product`.
#[derive(Debug, Subcommand)]
pub enum ProductCommand {
    /// Add a product, and print it as JSON
    Add(Box<AddProduct>),
    /// List all products, with their stock
    List {
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Change the total number of units, also during a sale; not below what is held, ordered and sold
    Stock(StockArgs),
    /// Edit a product, and print it as JSON; existing holds and orders keep their price
    Edit(Box<EditProduct>),
    /// Accept no new holds; existing holds and orders go on
    Pause(StatusArgs),
    /// Accept holds again, also for an archived product
    Resume(StatusArgs),
    /// Take a product out of the shop; it must have no units in holds and unpaid orders
    Archive(StatusArgs),
}

/// How a command prints its result.
#[derive(Debug, Clone, Copy, Args)]
pub struct OutputArgs {
    /// Print JSON instead of a table
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `product stock`.
#[derive(Debug, Args)]
pub struct StockArgs {
    /// Slug of the product
    #[arg(long)]
    pub slug: Slug,
    #[command(flatten)]
    pub change: StockChangeArgs,
    /// Reason, for the audit log
    #[arg(long, value_parser = reason)]
    pub reason: Option<ChangeReason>,
}

/// The new total, or the change of it.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct StockChangeArgs {
    /// Total number of units, including those sold
    #[arg(long, value_name = "UNITS")]
    pub total: Option<u32>,
    /// Number of units to add, or to remove, such as -3
    #[arg(long, value_name = "±UNITS", allow_negative_numbers = true)]
    pub by: Option<i32>,
}

/// Arguments of `product pause`, `resume` and `archive`.
#[derive(Debug, Args)]
pub struct StatusArgs {
    /// Slug of the product
    #[arg(long)]
    pub slug: Slug,
    /// Reason, for the audit log
    #[arg(long, value_parser = reason)]
    pub reason: ChangeReason,
}

/// Arguments of `product edit`. What is not given stays as it is.
#[derive(Debug, Args)]
pub struct EditProduct {
    /// Slug of the product
    #[arg(long)]
    pub slug: Slug,
    /// Display name
    #[arg(long)]
    pub name: Option<String>,
    /// Description, one or two sentences
    #[arg(long)]
    pub description: Option<String>,
    /// Price of one unit in the product's currency, such as 19.99
    #[arg(long)]
    pub price: Option<String>,
    /// Maximum number of units per shopper
    #[arg(long, value_name = "UNITS", conflicts_with = "no_limit")]
    pub limit: Option<u32>,
    /// Remove the limit per shopper
    #[arg(long)]
    pub no_limit: bool,
    /// Start of the sale, such as 2026-11-27T08:00:00Z
    #[arg(long, value_name = "TIME", value_parser = Timestamp::parse)]
    pub starts_at: Option<Timestamp>,
    /// End of the sale
    #[arg(long, value_name = "TIME", value_parser = Timestamp::parse)]
    pub ends_at: Option<Timestamp>,
    /// Lifetime of new holds
    #[arg(long, value_name = "SECONDS")]
    pub hold_seconds: Option<u64>,
    /// Time to pay new orders
    #[arg(long, value_name = "SECONDS")]
    pub pay_seconds: Option<u64>,
    /// Time that a shopper may add to a hold, once
    #[arg(long, value_name = "SECONDS")]
    pub extend_seconds: Option<u64>,
    /// Reason, for the audit log
    #[arg(long, value_parser = reason)]
    pub reason: ChangeReason,
}

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

fn reason(text: &str) -> Result<ChangeReason, ChangeReasonError> {
    text.to_owned().try_into()
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

/// Subcommands of `client`.
#[derive(Debug, Subcommand)]
pub enum ClientCommand {
    /// Add an API client, and print its id and secret; the secret cannot be shown again
    Add {
        /// Display name
        #[arg(long)]
        name: String,
    },
    /// List all clients, including revoked ones, without their secrets
    List,
    /// Replace the secret of a client, and print the new one; the old one gets no more tokens
    ///
    /// Tokens that were issued before remain valid until they expire, within an hour.
    Rotate {
        /// Id of the client
        #[arg(long)]
        id: Uuid,
    },
    /// Revoke a client permanently: it gets no more tokens, and its tokens are rejected within seconds
    Revoke {
        /// Id of the client
        #[arg(long)]
        id: Uuid,
    },
}

/// Subcommands of `operator`.
#[derive(Debug, Subcommand)]
pub enum OperatorCommand {
    /// Add an operator, and print a link with which they set their password, once, within 48 hours
    Add {
        /// E-mail address, with which they sign in
        #[arg(long)]
        email: EmailAddress,
        /// Role: viewer, seller, money or admin
        #[arg(long)]
        role: Role,
        /// Display name
        #[arg(long, default_value = "", hide_default_value = true)]
        name: String,
        /// Print JSON instead of text
        #[arg(long)]
        json: bool,
    },
    /// List all operators
    List {
        /// Print JSON instead of a table
        #[arg(long)]
        json: bool,
    },
    /// Print a link with which an operator sets a new password and second factor, once, within an hour
    Reset {
        /// E-mail address of the operator
        #[arg(long)]
        email: EmailAddress,
        /// Print JSON instead of text
        #[arg(long)]
        json: bool,
    },
    /// Disable an operator: their sessions end at once, and they cannot sign in
    Disable {
        /// E-mail address of the operator
        #[arg(long)]
        email: EmailAddress,
    },
    /// Enable an operator who was disabled
    Enable {
        /// E-mail address of the operator
        #[arg(long)]
        email: EmailAddress,
    },
    /// Change what an operator may do
    Role {
        /// E-mail address of the operator
        #[arg(long)]
        email: EmailAddress,
        /// The new role: viewer, seller, money or admin
        #[arg(long)]
        role: Role,
    },
}

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

/// Arguments of `product add`.
#[derive(Debug, Args)]
pub struct AddProduct {
    /// Name in URLs: lower-case letters, digits and hyphens
    #[arg(long)]
    pub slug: Slug,
    /// Display name
    #[arg(long)]
    pub name: String,
    /// Price of one unit, such as 19.99
    #[arg(long)]
    pub price: String,
    /// Currency of the price, such as USD
    #[arg(long)]
    pub currency: Currency,
    /// Number of units for sale
    #[arg(long)]
    pub stock: u32,
    /// Maximum number of units per shopper [default: no limit]
    #[arg(long, value_name = "UNITS")]
    pub limit: Option<u32>,
    /// Lifetime of a hold [default: 120]
    #[arg(long, value_name = "SECONDS")]
    pub hold_seconds: Option<u64>,
    /// Time that a shopper may add to a hold, once [default: holds cannot be extended]
    #[arg(long, value_name = "SECONDS")]
    pub extend_seconds: Option<u64>,
    /// Time to pay an order [default: 600]
    #[arg(long, value_name = "SECONDS")]
    pub pay_seconds: Option<u64>,
    /// Start of the sale, such as 2026-11-27T08:00:00Z [default: now]
    #[arg(long, value_name = "TIME", value_parser = Timestamp::parse)]
    pub starts_at: Option<Timestamp>,
    /// End of the sale [default: none]
    #[arg(long, value_name = "TIME", value_parser = Timestamp::parse)]
    pub ends_at: Option<Timestamp>,
    /// Description, one or two sentences
    #[arg(long, default_value = "", hide_default_value = true)]
    pub description: String,
    /// Path of the picture, such as /img/phone.svg
    #[arg(long, default_value = "", hide_default_value = true)]
    pub image: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Common, Settings};

    #[test]
    fn debug_output_of_arguments_and_settings_contains_no_secret() {
        let dir = tempfile::tempdir().unwrap();
        let given = [
            ("--data-dir", dir.path().to_str().unwrap()),
            ("--database-url", "postgres://user:hush-1@host/db?password=hush-2"),
            ("--webhook-secrets", "hush-3,hush-4"),
            ("--stripe-secrets", "hush-5"),
            ("--jwt-keys", "one:hush-6,two:hush-7"),
            ("--metrics-token", "hush-8"),
            ("--otlp-endpoint", "http://user:hush-9@127.0.0.1:4318"),
        ];
        let args = given.iter().flat_map(|(name, value)| [*name, *value]);
        let cli = Cli::parse_from(["holdfast", "serve"].into_iter().chain(args));
        let shown = format!("{cli:?}");
        let Some(Command::Serve(serve)) = cli.command else { panic!("{shown}") };
        let settings = Settings::read(cli.common.clone(), *serve).unwrap();
        assert_eq!(settings.common.database_url, given[1].1);
        let shown = format!("{shown} {settings:#?} {:?}", Common::read(cli.common).unwrap());
        assert!(shown.contains(given[0].1) && !shown.contains("hush"), "{shown}");
    }
}
