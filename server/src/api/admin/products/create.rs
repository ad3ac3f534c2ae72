//! The body of a new product.

use crate::api::{
    admin::bodies::{ReasonText, present},
    products::SpecificationRowView,
};
use checkout::model::{ChangeReason, Currency, Money, ProductDraft, SaleWindow, Slug, Timestamp};
use serde::Deserialize;
use std::time::Duration;
use utoipa::ToSchema;

/// A new product.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateProduct {
    /// URL name of the product, which cannot be changed. It must not be `events` or `new`, or have the form of an id.
    #[schema(value_type = String, max_length = 64, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$")]
    slug: Slug,
    /// Display name: 1 to 200 characters on one line, without control and invisible characters.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// Short description, without control and invisible characters except line breaks and tabs.
    #[serde(default)]
    #[schema(max_length = 2000)]
    description: String,
    /// One sentence to show below the name, on one line.
    #[serde(default)]
    #[schema(max_length = 160)]
    tagline: String,
    /// Text of the product's page, in paragraphs with an empty line between them.
    #[serde(default)]
    #[schema(max_length = 5000)]
    story: String,
    /// Facts for the product's page, in their order.
    #[serde(default)]
    #[schema(max_items = 30)]
    specification: Vec<SpecificationRowView<'static>>,
    /// Hue of the drop's colours in OKLCH, in degrees; null to take that of its first picture with colours.
    #[schema(maximum = 359)]
    hue: Option<u16>,
    /// Whether the home page shows it first; false by default.
    #[serde(default)]
    featured: bool,
    /// Price of one unit, in minor units of `currency`.
    #[schema(minimum = 0)]
    price: i64,
    /// ISO 4217 code, which cannot be changed.
    #[schema(value_type = String, pattern = "^[A-Z]{3}$")]
    currency: Currency,
    /// Number of units for sale.
    #[schema(maximum = 1_000_000_000)]
    stock: u32,
    /// Maximum number of units per shopper; null for no limit.
    #[schema(minimum = 1)]
    per_shopper_limit: Option<u32>,
    /// Start of the sale, in the year 1970 or later; null for none.
    #[schema(value_type = Option<String>, format = DateTime)]
    starts_at: Option<Timestamp>,
    /// End of the sale, after its start; null for none.
    #[schema(value_type = Option<String>, format = DateTime)]
    ends_at: Option<Timestamp>,
    /// Lifetime of a hold, in seconds; 120 by default.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = u64, required = false, minimum = 1, maximum = 2_592_000)]
    hold_seconds: Option<u64>,
    /// Seconds that the one extension adds to a hold, 120 by default; null for no extension.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<u64>, minimum = 1, maximum = 2_592_000)]
    #[expect(clippy::option_option, reason = "a field can be absent, null or a value")]
    extend_seconds: Option<Option<u64>>,
    /// Time to pay an order, in seconds; 600 by default.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = u64, required = false, minimum = 1, maximum = 2_592_000)]
    pay_seconds: Option<u64>,
    /// Whether it is sent to its buyer, so that the storefront asks for name and address; false by default.
    #[serde(default)]
    ships: bool,
    /// Reason, for the audit log.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = ReasonText, required = false)]
    reason: Option<ChangeReason>,
}

impl CreateProduct {
    /// Returns the product to add, and the reason.
    pub fn into_parts(self) -> (ProductDraft, Option<ChangeReason>) {
        let price = Money { minor: self.price, currency: self.currency };
        let default = ProductDraft::new(self.slug, self.name, price, self.stock);
        let seconds = |seconds: Option<u64>, default| seconds.map_or(default, Duration::from_secs);
        let draft = ProductDraft {
            description: self.description,
            tagline: self.tagline,
            story: self.story,
            specification: self.specification.into_iter().map(Into::into).collect(),
            hue: self.hue,
            featured: self.featured,
            per_shopper_limit: self.per_shopper_limit,
            window: SaleWindow { starts_at: self.starts_at, ends_at: self.ends_at },
            hold_for: seconds(self.hold_seconds, default.hold_for),
            pay_within: seconds(self.pay_seconds, default.pay_within),
            extend_by: self.extend_seconds.map_or(default.extend_by, |by| by.map(Duration::from_secs)),
            ships: self.ships,
            ..default
        };
        (draft, self.reason)
    }
}
