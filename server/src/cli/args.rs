//! Arguments of the `holdfast` command.

use crate::config::{CommonArgs, ServeArgs};
use checkout::model::{Currency, Slug, Timestamp};
use clap::{Args, Parser, Subcommand};
use uuid::Uuid;

/// Holdfast, a flash-sale checkout: the storefront, its API, and the shop's tools.
///
/// Without a command it serves, with the demo's products in an empty development shop. Settings come from flags, the
/// environment and a `.env` file, in this order.
#[derive(Debug, Parser)]
#[command(name = "holdfast", version)]
pub struct Cli {
    #[command(flatten)]
    pub common: CommonArgs,
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Bring the schema up to date, serve the storefront and the API, take back what nobody came for
    Serve(Box<ServeArgs>),
    /// Bring the schema up to date, and nothing else
    Migrate,
    /// Add the demo's products that are not there yet
    Seed,
    /// The products on sale
    #[command(subcommand)]
    Product(ProductCommand),
    /// The API's clients
    #[command(subcommand)]
    Client(ClientCommand),
    /// Recompute every counter from the rows, hold orders against payments; print JSON, exit 1 on any drift
    Audit,
}

/// What to do with products.
#[derive(Debug, Subcommand)]
pub enum ProductCommand {
    /// Put a product on sale, and print it as the API shows it
    Add(Box<AddProduct>),
    /// Change how many units a sale has in all, also while it runs; never below what is held, ordered or sold
    Stock {
        /// The product's name in addresses
        #[arg(long)]
        slug: Slug,
        /// Units in all, sold ones included
        #[arg(long, value_name = "UNITS")]
        total: u32,
    },
}

/// What to do with clients.
#[derive(Debug, Subcommand)]
pub enum ClientCommand {
    /// Add a client of the API, and print its id and secret; the secret is shown this once
    Add {
        /// Its name, for people
        #[arg(long)]
        name: String,
    },
    /// Show all clients, revoked ones too; never their secrets
    List,
    /// Give a client a new secret, and print it this once; the old one gets no more tokens from now on
    ///
    /// Tokens that were issued before stay good until they end, within an hour: that is the time to hand the new secret on.
    Rotate {
        /// The client's id
        #[arg(long)]
        id: Uuid,
    },
    /// Shut a client out for good: it gets no tokens, and those it has are refused within seconds
    Revoke {
        /// The client's id
        #[arg(long)]
        id: Uuid,
    },
}

/// A product, as it is told on the command line.
#[derive(Debug, Args)]
pub struct AddProduct {
    /// Its name in addresses: lower-case letters, digits and hyphens
    #[arg(long)]
    pub slug: Slug,
    /// Its name, for people
    #[arg(long)]
    pub name: String,
    /// What one unit costs, such as 19.99
    #[arg(long)]
    pub price: String,
    /// The price's currency, such as USD
    #[arg(long)]
    pub currency: Currency,
    /// Units for sale
    #[arg(long)]
    pub stock: u32,
    /// The most one shopper may have [default: no limit]
    #[arg(long, value_name = "UNITS")]
    pub limit: Option<u32>,
    /// How long a hold lasts [default: 120]
    #[arg(long, value_name = "SECONDS")]
    pub hold_seconds: Option<u64>,
    /// How much longer a shopper may once make a hold last [default: not at all]
    #[arg(long, value_name = "SECONDS")]
    pub extend_seconds: Option<u64>,
    /// How long an order waits for its payment [default: 600]
    #[arg(long, value_name = "SECONDS")]
    pub pay_seconds: Option<u64>,
    /// When the sale opens, such as 2026-11-27T08:00:00Z [default: it is open]
    #[arg(long, value_name = "TIME", value_parser = Timestamp::parse)]
    pub starts_at: Option<Timestamp>,
    /// When the sale ends [default: never]
    #[arg(long, value_name = "TIME", value_parser = Timestamp::parse)]
    pub ends_at: Option<Timestamp>,
    /// What it is, in a sentence or two
    #[arg(long, default_value = "", hide_default_value = true)]
    pub description: String,
    /// Path of its picture, such as /img/phone.svg
    #[arg(long, default_value = "", hide_default_value = true)]
    pub image: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Common, Settings};

    #[test]
    fn what_was_told_in_confidence_is_shown_by_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let told = [
            ("--data-dir", dir.path().to_str().unwrap()),
            ("--database-url", "postgres://user:hush-1@host/db?password=hush-2"),
            ("--webhook-secrets", "hush-3,hush-4"),
            ("--stripe-secrets", "hush-5"),
            ("--jwt-keys", "one:hush-6,two:hush-7"),
            ("--metrics-token", "hush-8"),
            ("--otlp-endpoint", "http://user:hush-9@127.0.0.1:4318"),
        ];
        let words = told.iter().flat_map(|(name, value)| [*name, *value]);
        let cli = Cli::parse_from(["holdfast", "serve"].into_iter().chain(words));
        let shown = format!("{cli:?}");
        let Some(Command::Serve(args)) = cli.command else { panic!("{shown}") };
        let settings = Settings::read(cli.common.clone(), *args).unwrap();
        assert_eq!(settings.common.database_url, told[1].1);
        let shown = format!("{shown} {settings:#?} {:?}", Common::read(cli.common).unwrap());
        assert!(shown.contains(told[0].1) && !shown.contains("hush"), "{shown}");
    }
}
