//! Arguments of the `holdfast` command.

use crate::config::{CommonArgs, ServeArgs};
use checkout::{
    model::{Currency, Slug, Timestamp},
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
    /// Set the total number of units, also during a sale; not below what is held, ordered and sold
    Stock {
        /// Slug of the product
        #[arg(long)]
        slug: Slug,
        /// Total number of units, including those sold
        #[arg(long, value_name = "UNITS")]
        total: u32,
    },
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
        /// What they may do: viewer, seller, money or admin
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
