//! Arguments of the `holdfast` command.

mod audit_log;
mod client;
mod customer;
mod filter;
mod operator;
mod order;
mod outbox;
mod payment;
mod product;
mod provider;
mod refund;
mod webhook;

pub use audit_log::AuditLogArgs;
pub use client::ClientCommand;
pub use customer::CustomerCommand;
pub use filter::{OrderArgs, OutputArgs, PageArgs};
pub use operator::OperatorCommand;
pub use order::{CancelOrderArgs, ExportArgs, OrderCommand, OrderFilterArgs, OrderListArgs};
pub use outbox::{JobListArgs, JobRetryArgs, OutboxCommand};
pub use payment::{PaymentCommand, PaymentListArgs};
pub use product::{AddProduct, EditProduct, ImageArgs, ProductCommand, StatusArgs, StockArgs, StockChangeArgs};
pub use provider::{AuditArgs, ReconcileArgs};
pub use refund::{IssueRefundArgs, RefundCommand, RefundListArgs, SendRefundArgs};
pub use webhook::{DeliveryListArgs, DeliveryState, EditEndpointArgs, WebhookCommand};

use crate::config::{CommonArgs, ServeArgs};
use clap::{Parser, Subcommand};

/// Holdfast, a flash-sale checkout: storefront, API, and tools for the shop
///
/// Without a command, it serves, and adds the demo products to an empty shop in development. Flags take precedence over
/// environment variables, and these over a `.env` file.
///
/// Exit codes: 0 done, 1 the audit found differences, 2 wrong usage, 3 refused, 4 unavailable or unexpected error.
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
    /// List, show, cancel and export orders
    #[command(subcommand)]
    Order(OrderCommand),
    /// Erase the contacts of a customer
    #[command(subcommand)]
    Customer(CustomerCommand),
    /// List and issue refunds
    #[command(subcommand)]
    Refund(RefundCommand),
    /// List payment events, and process them again
    #[command(subcommand)]
    Payment(PaymentCommand),
    /// List mails, webhooks and calls of the payment provider, and try them again
    #[command(subcommand)]
    Outbox(OutboxCommand),
    /// Manage API clients
    #[command(subcommand)]
    Client(ClientCommand),
    /// Manage the endpoints that receive the shop's webhooks
    #[command(subcommand)]
    Webhook(WebhookCommand),
    /// Manage the operators of the console
    #[command(subcommand)]
    Operator(OperatorCommand),
    /// Show who changed what, newest first
    ///
    /// Example: holdfast audit-log --action refund --since 2026-11-27T00:00:00Z
    AuditLog(AuditLogArgs),
    /// Recompute every counter, and compare orders with payments; print JSON, and exit with 1 on any difference
    Audit(Box<AuditArgs>),
    /// Look up payments and refunds whose end is not known, and read the payment provider's events since the last run
    ///
    /// Servers do this every five minutes.
    ///
    /// Example: holdfast reconcile --json
    Reconcile(Box<ReconcileArgs>),
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
            ("--payment-provider", "stripe"),
            ("--stripe-key", "sk_test_hush10"),
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
