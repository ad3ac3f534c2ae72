//! A product on sale: the aggregate that every change of stock goes through.

use super::{Money, ProductId, Stock, StockSnapshot, Timestamp};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr, time::Duration};

/// More units than any flash sale has; keeps every sum far inside its integer.
pub const MAX_STOCK: u32 = 1_000_000_000;

/// The name in the address: lower-case letters, digits and single hyphens, at most 64.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(Box<str>);

impl Slug {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Slug {
    type Err = ProductError;

    fn from_str(s: &str) -> Result<Self, ProductError> {
        let word = |w: &str| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if s.len() <= 64 && s.split('-').all(word) { Ok(Self(s.into())) } else { Err(ProductError::Slug) }
    }
}

impl TryFrom<String> for Slug {
    type Error = ProductError;

    fn try_from(s: String) -> Result<Self, ProductError> {
        s.parse()
    }
}

impl From<Slug> for String {
    fn from(s: Slug) -> Self {
        s.0.into()
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// From when and until when it is sold. A missing end is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SaleWindow {
    /// The first instant that sells.
    pub starts_at: Option<Timestamp>,
    /// The first instant that no longer sells.
    pub ends_at: Option<Timestamp>,
}

/// Where `now` lies in a sale window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SalePhase {
    /// Opens at this instant.
    Upcoming(Timestamp),
    /// Selling.
    Open,
    /// Closed at this instant.
    Ended(Timestamp),
}

impl SaleWindow {
    /// Is the sale coming, open or over at `now`?
    ///
    /// ```
    /// use checkout::model::{SalePhase, SaleWindow, Timestamp};
    ///
    /// let noon = Timestamp::parse("2026-06-01T12:00:00Z")?;
    /// let evening = Timestamp::parse("2026-06-01T18:00:00Z")?;
    /// let window = SaleWindow { starts_at: Some(noon), ends_at: Some(evening) };
    /// assert_eq!(window.at(noon), SalePhase::Open);
    /// assert_eq!(window.at(evening), SalePhase::Ended(evening));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn at(&self, now: Timestamp) -> SalePhase {
        match (self.starts_at, self.ends_at) {
            (Some(start), _) if now < start => SalePhase::Upcoming(start),
            (_, Some(end)) if now >= end => SalePhase::Ended(end),
            _ => SalePhase::Open,
        }
    }
}

/// A product and its stock, as of one commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// Its id.
    pub id: ProductId,
    /// Its name in addresses.
    pub slug: Slug,
    /// Its name for people.
    pub name: String,
    /// What it is, in a sentence or two.
    pub description: String,
    /// Path of its picture below the site root; empty where there is none.
    pub image: String,
    /// The price of one unit.
    pub price: Money,
    /// The counters.
    pub stock: Stock,
    /// The most one shopper may have in active holds, pending and paid orders together.
    pub per_shopper_limit: Option<u32>,
    /// When it is sold.
    pub window: SaleWindow,
    /// How long a hold lasts.
    pub hold_for: Duration,
    /// How long an order waits for its payment.
    pub pay_within: Duration,
    /// What the one extension adds to a hold; `None` where the sale allows none.
    pub extend_by: Option<Duration>,
    /// Grows by one with each commit that touched the product or anything under it: its holds, orders and parked
    /// payments. Whoever knows the product at this version may trust all they know of what lies under it.
    pub version: u64,
    /// When the last of those commits was decided.
    pub updated_at: Timestamp,
}

impl Product {
    /// What watchers are told.
    pub fn snapshot(&self) -> StockSnapshot {
        StockSnapshot { product_id: self.id, stock: self.stock, version: self.version, at: self.updated_at }
    }
}

/// What it takes to put a product on sale; [`ProductDraft::check`] makes the [`Product`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductDraft {
    /// See [`Product::slug`].
    pub slug: Slug,
    /// See [`Product::name`].
    pub name: String,
    /// See [`Product::description`].
    pub description: String,
    /// See [`Product::image`].
    pub image: String,
    /// See [`Product::price`].
    pub price: Money,
    /// Units for sale.
    pub stock: u32,
    /// See [`Product::per_shopper_limit`].
    pub per_shopper_limit: Option<u32>,
    /// See [`Product::window`].
    pub window: SaleWindow,
    /// See [`Product::hold_for`].
    pub hold_for: Duration,
    /// See [`Product::pay_within`].
    pub pay_within: Duration,
    /// See [`Product::extend_by`].
    pub extend_by: Option<Duration>,
}

/// What is wrong with a product that somebody wants to add.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProductError {
    /// The slug's form.
    #[error("a slug is lower-case letters, digits and single hyphens, at most 64 characters")]
    Slug,
    /// The name's length.
    #[error("a name is 1 to 200 characters")]
    Name,
    /// The description's length.
    #[error("a description is at most 2000 characters")]
    Description,
    /// The price, or price × stock, is out of range.
    #[error("a price is zero or more, and price times stock must be countable")]
    Price,
    /// Too many units.
    #[error("stock is at most {MAX_STOCK}")]
    Stock,
    /// A limit of nothing.
    #[error("a limit per shopper is at least 1")]
    Limit,
    /// Ends before it starts.
    #[error("a sale ends after it starts")]
    Window,
    /// A span out of range.
    #[error("hold, payment and extension times are 1 second to 30 days")]
    Span,
}

impl ProductDraft {
    /// A draft with the shop's usual times: two minutes to decide, ten to pay, one extension of two minutes.
    pub fn new(slug: Slug, name: impl Into<String>, price: Money, stock: u32) -> Self {
        Self {
            slug,
            name: name.into(),
            description: String::new(),
            image: String::new(),
            price,
            stock,
            per_shopper_limit: None,
            window: SaleWindow::default(),
            hold_for: Duration::from_mins(2),
            pay_within: Duration::from_mins(10),
            extend_by: Some(Duration::from_mins(2)),
        }
    }

    /// The product this draft describes, all for sale, or the first thing wrong with it.
    pub fn check(self, id: ProductId, now: Timestamp) -> Result<Product, ProductError> {
        let spans = [Some(self.hold_for), Some(self.pay_within), self.extend_by];
        let sane = Duration::from_secs(1)..=Duration::from_hours(30 * 24);
        let wrong = [
            ((1..=200).contains(&self.name.trim().chars().count()), ProductError::Name),
            (self.description.chars().count() <= 2000, ProductError::Description),
            (self.price.minor >= 0 && self.price.times(self.stock).is_some(), ProductError::Price),
            (self.stock <= MAX_STOCK, ProductError::Stock),
            (self.per_shopper_limit != Some(0), ProductError::Limit),
            (self.window.starts_at.zip(self.window.ends_at).is_none_or(|(s, e)| s < e), ProductError::Window),
            (spans.iter().flatten().all(|s| sane.contains(s)), ProductError::Span),
        ];
        if let Some((_, error)) = wrong.into_iter().find(|(fine, _)| !fine) {
            return Err(error);
        }
        Ok(Product {
            id,
            slug: self.slug,
            name: self.name.trim().to_owned(),
            description: self.description,
            image: self.image,
            price: self.price,
            stock: Stock::new(self.stock),
            per_shopper_limit: self.per_shopper_limit,
            window: self.window,
            hold_for: self.hold_for,
            pay_within: self.pay_within,
            extend_by: self.extend_by,
            version: 0,
            updated_at: now,
        })
    }
}
