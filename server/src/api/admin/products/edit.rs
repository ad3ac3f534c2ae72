//! The body of an edit.

use crate::api::{
    admin::bodies::{ReasonText, present},
    products::SpecificationRowView,
};
use checkout::model::{ChangeReason, Money, Product, ProductDetails, SaleWindow, Timestamp};
use serde::Deserialize;
use std::time::Duration;
use utoipa::ToSchema;

/// An edit of a product. Members that are missing stay as they are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditProduct {
    /// The revision that you read.
    #[schema(minimum = 1)]
    pub revision: u64,
    /// Display name: 1 to 200 characters on one line, without control and invisible characters.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 200)]
    name: Option<String>,
    /// Short description, without control and invisible characters except line breaks and tabs.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = String, required = false, max_length = 2000)]
    description: Option<String>,
    /// One sentence to show below the name, on one line; empty for none.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = String, required = false, max_length = 160)]
    tagline: Option<String>,
    /// Text of the product's page, in paragraphs with an empty line between them; empty for none.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = String, required = false, max_length = 5000)]
    story: Option<String>,
    /// All facts for the product's page, in their order; empty for none.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Vec<SpecificationRowView>, required = false, max_items = 30)]
    specification: Option<Vec<SpecificationRowView<'static>>>,
    /// Hue of the drop's colours in OKLCH, in degrees; null to take that of its first picture with colours.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<u16>, maximum = 359)]
    #[expect(clippy::option_option, reason = "a field can be absent, null or a value")]
    hue: Option<Option<u16>>,
    /// Whether the home page shows it first.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = bool, required = false)]
    featured: Option<bool>,
    /// Price of one unit, in minor units of the product's currency. Existing holds and orders keep theirs.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = i64, required = false, minimum = 0)]
    price: Option<i64>,
    /// Maximum number of units per shopper; null for no limit.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<u32>, minimum = 1)]
    #[expect(clippy::option_option, reason = "a field can be absent, null or a value")]
    per_shopper_limit: Option<Option<u32>>,
    /// Start of the sale, in the year 1970 or later; null for none.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, format = DateTime)]
    #[expect(clippy::option_option, reason = "a field can be absent, null or a value")]
    starts_at: Option<Option<Timestamp>>,
    /// End of the sale; null for none.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, format = DateTime)]
    #[expect(clippy::option_option, reason = "a field can be absent, null or a value")]
    ends_at: Option<Option<Timestamp>>,
    /// Lifetime of a hold, in seconds.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = u64, required = false, minimum = 1, maximum = 2_592_000)]
    hold_seconds: Option<u64>,
    /// Seconds that the one extension adds to a hold; null for no extension.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<u64>, minimum = 1, maximum = 2_592_000)]
    #[expect(clippy::option_option, reason = "a field can be absent, null or a value")]
    extend_seconds: Option<Option<u64>>,
    /// Time to pay an order, in seconds.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = u64, required = false, minimum = 1, maximum = 2_592_000)]
    pay_seconds: Option<u64>,
    /// Whether it is sent to its buyer.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = bool, required = false)]
    ships: Option<bool>,
    /// Reason, for the audit log.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = ReasonText, required = false)]
    reason: Option<ChangeReason>,
}

impl EditProduct {
    /// Returns the revision that the client read, the edited details, and the reason.
    pub fn apply_to(self, product: &Product) -> (u64, ProductDetails, Option<ChangeReason>) {
        let old = product.details();
        let specification = self.specification.map(|rows| rows.into_iter().map(Into::into).collect());
        let details = ProductDetails {
            name: self.name.unwrap_or(old.name),
            description: self.description.unwrap_or(old.description),
            price: Money { minor: self.price.unwrap_or(old.price.minor), ..old.price },
            per_shopper_limit: self.per_shopper_limit.unwrap_or(old.per_shopper_limit),
            window: SaleWindow {
                starts_at: self.starts_at.unwrap_or(old.window.starts_at),
                ends_at: self.ends_at.unwrap_or(old.window.ends_at),
            },
            hold_for: self.hold_seconds.map_or(old.hold_for, Duration::from_secs),
            pay_within: self.pay_seconds.map_or(old.pay_within, Duration::from_secs),
            extend_by: self.extend_seconds.map_or(old.extend_by, |by| by.map(Duration::from_secs)),
            ships: self.ships.unwrap_or(old.ships),
            tagline: self.tagline.unwrap_or(old.tagline),
            story: self.story.unwrap_or(old.story),
            specification: specification.unwrap_or(old.specification),
            hue: self.hue.unwrap_or(old.hue),
            featured: self.featured.unwrap_or(old.featured),
            image: old.image,
            pictures: old.pictures,
        };
        (self.revision, details, self.reason)
    }
}
