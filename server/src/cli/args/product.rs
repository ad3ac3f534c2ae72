//! Arguments of `holdfast product`.

use super::filter::{OutputArgs, reason, time};
use checkout::model::{ChangeReason, Currency, ProductDraft, Slug, SpecificationRow, Timestamp};
use clap::{Args, Subcommand};

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
    ///
    /// Example: holdfast product stock --slug flash-phone --by -3 --reason "damaged in transit"
    Stock(StockArgs),
    /// Edit a product, and print it as JSON; existing holds and orders keep their price
    ///
    /// Example: holdfast product edit --slug flash-phone --price 4900.00 --reason "last day"
    Edit(Box<EditProduct>),
    /// Accept no new holds; existing holds and orders go on
    Pause(StatusArgs),
    /// Accept holds again, also for an archived product
    Resume(StatusArgs),
    /// Take a product out of the shop; it must have no units in holds and unpaid orders
    Archive(StatusArgs),
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
#[expect(clippy::struct_excessive_bools, reason = "each is a flag that removes one value")]
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
    /// Sentence below the name, at most 160 characters
    #[arg(long, conflicts_with = "no_tagline")]
    pub tagline: Option<String>,
    /// Remove the tagline
    #[arg(long)]
    pub no_tagline: bool,
    /// Text of the product's page: paragraphs with an empty line between them, at most 5000 characters
    #[arg(long, conflicts_with = "no_story")]
    pub story: Option<String>,
    /// Remove the story
    #[arg(long)]
    pub no_story: bool,
    /// Fact for the product's page, such as "Weight: 180 g"; repeat it for several, which replace all before
    #[arg(long, value_name = "FACT", conflicts_with = "no_specification")]
    pub specification: Vec<SpecificationRow>,
    /// Remove the specification
    #[arg(long)]
    pub no_specification: bool,
    /// Hue of the drop's colours, 0 to 359, such as 29 for red, 142 for green and 264 for blue
    #[arg(long, value_name = "DEGREES", conflicts_with = "no_hue")]
    pub hue: Option<u16>,
    /// Take the colours from the first picture that has some
    #[arg(long)]
    pub no_hue: bool,
    /// Show it first on the home page
    #[arg(long, conflicts_with = "no_featured")]
    pub featured: bool,
    /// Show it among the others
    #[arg(long)]
    pub no_featured: bool,
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
    #[arg(long, value_name = "TIME", value_parser = time, conflicts_with = "no_starts_at")]
    pub starts_at: Option<Timestamp>,
    /// Remove the start of the sale
    #[arg(long)]
    pub no_starts_at: bool,
    /// End of the sale
    #[arg(long, value_name = "TIME", value_parser = time, conflicts_with = "no_ends_at")]
    pub ends_at: Option<Timestamp>,
    /// Remove the end of the sale
    #[arg(long)]
    pub no_ends_at: bool,
    /// Lifetime of new holds
    #[arg(long, value_name = "SECONDS")]
    pub hold_seconds: Option<u64>,
    /// Time to pay new orders
    #[arg(long, value_name = "SECONDS")]
    pub pay_seconds: Option<u64>,
    /// Time that a shopper may add to a hold, once
    #[arg(long, value_name = "SECONDS", conflicts_with = "no_extend")]
    pub extend_seconds: Option<u64>,
    /// Allow no extension of holds
    #[arg(long)]
    pub no_extend: bool,
    /// It is sent to its buyer: ask for name and address
    #[arg(long, conflicts_with = "no_ships")]
    pub ships: bool,
    /// It is not sent: ask for the e-mail address alone
    #[arg(long)]
    pub no_ships: bool,
    #[command(flatten)]
    pub images: ImageArgs,
    /// Remove all images
    #[arg(long, conflicts_with = "images")]
    pub no_images: bool,
    /// Refuse the edit if the product no longer has this revision, and say what changed
    #[arg(long)]
    pub revision: Option<u64>,
    /// Reason, for the audit log
    #[arg(long, value_parser = reason)]
    pub reason: ChangeReason,
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
    /// Lifetime of a hold
    #[arg(long, value_name = "SECONDS", default_value_t = ProductDraft::DEFAULT_HOLD_FOR.as_secs())]
    pub hold_seconds: u64,
    /// Time that a shopper may add to a hold, once
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = ProductDraft::DEFAULT_EXTEND_BY.as_secs(),
        conflicts_with = "no_extend"
    )]
    pub extend_seconds: u64,
    /// Allow no extension of holds
    #[arg(long)]
    pub no_extend: bool,
    /// It is sent to its buyer: the storefront asks for name and address
    #[arg(long)]
    pub ships: bool,
    /// Time to pay an order
    #[arg(long, value_name = "SECONDS", default_value_t = ProductDraft::DEFAULT_PAY_WITHIN.as_secs())]
    pub pay_seconds: u64,
    /// Start of the sale, such as 2026-11-27T08:00:00Z [default: now]
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub starts_at: Option<Timestamp>,
    /// End of the sale [default: none]
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub ends_at: Option<Timestamp>,
    /// Description, one or two sentences
    #[arg(long, default_value = "", hide_default_value = true)]
    pub description: String,
    /// Sentence below the name, at most 160 characters
    #[arg(long, default_value = "", hide_default_value = true)]
    pub tagline: String,
    /// Text of the product's page: paragraphs with an empty line between them, at most 5000 characters
    #[arg(long, default_value = "", hide_default_value = true)]
    pub story: String,
    /// Fact for the product's page, such as "Weight: 180 g"; repeat it for several
    #[arg(long, value_name = "FACT")]
    pub specification: Vec<SpecificationRow>,
    /// Hue of the drop's colours, 0 to 359, such as 29 for red, 142 for green and 264 for blue [default: that of its first picture]
    #[arg(long, value_name = "DEGREES")]
    pub hue: Option<u16>,
    /// Show it first on the home page
    #[arg(long)]
    pub featured: bool,
    #[command(flatten)]
    pub images: ImageArgs,
}

/// Images of a product.
#[derive(Debug, Args)]
pub struct ImageArgs {
    /// Picture: a PNG, JPEG or WebP file, or an image of the shop such as /img/phone.svg; repeat it for several
    #[arg(long = "image", value_name = "FILE")]
    pub images: Vec<String>,
    /// Alternative text of the first picture, of the second, and so on [default: the name]
    #[arg(long = "image-alt", value_name = "TEXT", requires = "images")]
    pub alts: Vec<String>,
}
