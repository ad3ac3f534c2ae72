//! A product on sale: the aggregate that contains its stock, holds, orders and parked payments.

use super::{
    ForbiddenChar, MAX_ALT_CHARS, MAX_PICTURES, MAX_SPECIFICATION_NAME_CHARS, MAX_SPECIFICATION_ROWS,
    MAX_SPECIFICATION_VALUE_CHARS, Money, Picture, ProductId, ProductStatus, SalePhase, SaleWindow, Slug,
    SpecificationRow, Stock, StockSnapshot, Timestamp, check_line, check_lines,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, time::Duration};
use uuid::Uuid;

/// Maximum number of units of a product. It keeps every sum far below the limit of its integer.
pub const MAX_STOCK: u32 = 1_000_000_000;

/// Longest tagline of a product, in characters.
pub const MAX_TAGLINE_CHARS: usize = 160;

/// Longest story of a product, in characters.
pub const MAX_STORY_CHARS: usize = 5000;

/// Number of hues: a hue is an angle in degrees, from 0.
pub const HUES: u16 = 360;

/// Longest path of an image, in bytes.
const MAX_IMAGE_BYTES: usize = 300;

/// Slugs that no new product may have: the API has another resource at the path of `events`, and the console at that of
/// `new`.
const RESERVED_SLUGS: [&str; 2] = ["events", "new"];

/// A product and its stock as of one commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// The product's id.
    pub id: ProductId,
    /// The name in URLs.
    pub slug: Slug,
    /// The display name.
    pub name: String,
    /// A short description.
    pub description: String,
    /// One sentence below the name, on one line; empty if there is none.
    #[serde(default)]
    pub tagline: String,
    /// The text of the product page, in paragraphs with an empty line between them; empty if there is none.
    #[serde(default)]
    pub story: String,
    /// The facts of the product page, in the order in which they are shown.
    #[serde(default)]
    pub specification: Vec<SpecificationRow>,
    /// The operator's choice of the drop's colours, as an angle in degrees; `None` to take it from a picture.
    #[serde(default)]
    pub hue: Option<u16>,
    /// Whether the home page shows it first.
    #[serde(default)]
    pub featured: bool,
    /// The image's path below the site root; empty if there is none.
    pub image: String,
    /// The price of one unit.
    pub price: Money,
    /// The stock counters.
    pub stock: Stock,
    /// Maximum number of units that one shopper may have in active holds, pending orders and paid orders together.
    pub per_shopper_limit: Option<u32>,
    /// When the product is sold.
    pub window: SaleWindow,
    /// How long a hold lasts.
    pub hold_for: Duration,
    /// How long an order waits for its payment.
    pub pay_within: Duration,
    /// By how much a hold can be extended, once; `None` if the product allows no extension.
    pub extend_by: Option<Duration>,
    /// Whether it is sent to its buyer, so that the storefront asks for name and address.
    #[serde(default)]
    pub ships: bool,
    /// The pictures, in the order in which they are shown.
    #[serde(default)]
    pub pictures: Vec<Picture>,
    /// Whether the product is on sale, apart from its window.
    #[serde(default)]
    pub status: ProductStatus,
    /// Grows by one with each edit of the [`ProductDetails`], from 1. `version` also grows with each hold, so an edit cannot
    /// be guarded by it while the product sells.
    #[serde(default = "first_revision")]
    pub revision: u64,
    /// Grows by one with each commit that changes the product, its holds, its orders or its parked payments. The
    /// writer's memory of them is current as long as the product is at the version that it was read at.
    pub version: u64,
    /// When the last of those commits was decided.
    pub updated_at: Timestamp,
}

fn first_revision() -> u64 {
    1
}

impl Product {
    /// Returns the snapshot for watchers.
    pub fn snapshot(&self) -> StockSnapshot {
        StockSnapshot {
            product_id: self.id,
            stock: self.stock,
            paused: self.status != ProductStatus::Active,
            version: self.version,
            at: self.updated_at,
        }
    }

    /// Returns the sale's phase at `now`: of its window, unless the shop has paused it.
    pub fn phase(&self, now: Timestamp) -> SalePhase {
        match (self.status, self.window.at(now)) {
            (ProductStatus::Active, phase) | (_, phase @ SalePhase::Ended(_)) => phase,
            (ProductStatus::Paused | ProductStatus::Archived, _) => SalePhase::Paused,
        }
    }

    /// Whether each unit is paid for, so that none can come back by itself.
    pub fn is_sold_out(&self) -> bool {
        self.stock.total > 0 && self.stock.sold == self.stock.total
    }

    /// Returns the hue of the drop's colours, as an angle in degrees: the operator's choice, or that of the first picture that
    /// has one.
    pub fn world_hue(&self) -> Option<u16> {
        self.hue.or_else(|| self.pictures.iter().find_map(|picture| picture.hue))
    }

    /// Returns the part that an operator can edit.
    pub fn details(&self) -> ProductDetails {
        ProductDetails {
            name: self.name.clone(),
            description: self.description.clone(),
            tagline: self.tagline.clone(),
            story: self.story.clone(),
            specification: self.specification.clone(),
            hue: self.hue,
            featured: self.featured,
            image: self.image.clone(),
            pictures: self.pictures.clone(),
            price: self.price,
            per_shopper_limit: self.per_shopper_limit,
            window: self.window,
            hold_for: self.hold_for,
            pay_within: self.pay_within,
            extend_by: self.extend_by,
            ships: self.ships,
        }
    }

    /// Returns the product with other details, or the first error in them. The currency cannot be changed.
    pub fn with_details(self, details: ProductDetails) -> Result<Self, ProductError> {
        if details.price.currency != self.price.currency {
            return Err(ProductError::Currency);
        }
        // Products of older versions may have other addresses, which must not prevent the edit of another field.
        if details.image != self.image && !is_image_path(&details.image) {
            return Err(ProductError::Image);
        }
        let ProductDetails {
            name,
            description,
            tagline,
            story,
            specification,
            hue,
            featured,
            image,
            pictures,
            price,
            per_shopper_limit,
            window,
            hold_for,
            pay_within,
            extend_by,
            ships,
        } = details.check(self.stock.total, Some(&self.details()))?;
        Ok(Self {
            name,
            description,
            tagline,
            story,
            specification,
            hue,
            featured,
            image,
            price,
            per_shopper_limit,
            window,
            hold_for,
            pay_within,
            extend_by,
            ships,
            pictures,
            ..self
        })
    }
}

/// The part of a product that an operator can edit. The price of existing holds and orders does not change with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductDetails {
    /// See [`Product::name`].
    pub name: String,
    /// See [`Product::description`].
    pub description: String,
    /// See [`Product::tagline`].
    pub tagline: String,
    /// See [`Product::story`].
    pub story: String,
    /// See [`Product::specification`].
    pub specification: Vec<SpecificationRow>,
    /// See [`Product::hue`].
    pub hue: Option<u16>,
    /// See [`Product::featured`].
    pub featured: bool,
    /// See [`Product::image`].
    pub image: String,
    /// See [`Product::pictures`].
    pub pictures: Vec<Picture>,
    /// See [`Product::price`].
    pub price: Money,
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
    /// See [`Product::ships`].
    pub ships: bool,
}

impl ProductDetails {
    /// Returns the details, with trimmed texts, or their first error. `total` is the number of units of the product, and
    /// `before` has the details before an edit.
    fn check(mut self, total: u32, before: Option<&Self>) -> Result<Self, ProductError> {
        for text in [&mut self.name, &mut self.tagline, &mut self.story] {
            *text = String::from(text.trim());
        }
        self.specification = self.specification.into_iter().map(SpecificationRow::trimmed).collect();
        for picture in &mut self.pictures {
            picture.alt = String::from(picture.alt.trim());
        }
        self.check_characters(before)?;
        let durations = [Some(self.hold_for), Some(self.pay_within), self.extend_by];
        let allowed = Duration::from_secs(1)..=Duration::from_hours(30 * 24);
        let has_alt = |picture: &Picture| (1..=MAX_ALT_CHARS).contains(&picture.alt.chars().count());
        let ids: BTreeSet<_> = self.pictures.iter().map(|picture| picture.id).collect();
        let checks = [
            ((1..=200).contains(&self.name.chars().count()), ProductError::Name),
            (self.description.chars().count() <= 2000, ProductError::Description),
            (self.tagline.chars().count() <= MAX_TAGLINE_CHARS, ProductError::Tagline),
            (self.story.chars().count() <= MAX_STORY_CHARS, ProductError::Story),
            (self.specification.len() <= MAX_SPECIFICATION_ROWS, ProductError::Specification),
            (self.specification.iter().all(SpecificationRow::is_valid), ProductError::SpecificationRow),
            (self.hue.is_none_or(|hue| hue < HUES), ProductError::Hue),
            (self.pictures.len() <= MAX_PICTURES, ProductError::Pictures),
            (self.pictures.iter().all(has_alt), ProductError::PictureText),
            (ids.len() == self.pictures.len(), ProductError::PictureTwice),
            (self.price.minor >= 0 && self.price.times(total).is_some(), ProductError::Price),
            (self.per_shopper_limit != Some(0), ProductError::Limit),
            (self.window.starts_at.zip(self.window.ends_at).is_none_or(|(s, e)| s < e), ProductError::Window),
            (durations.iter().flatten().all(|s| allowed.contains(s)), ProductError::Span),
        ];
        match checks.into_iter().find(|(valid, _)| !valid) {
            Some((_, error)) => Err(error),
            None => Ok(self),
        }
    }

    /// Returns the first character that a text must not have. A text of `before` may have it: an older version accepted more
    /// characters, which must not prevent the edit of another field.
    fn check_characters(&self, before: Option<&Self>) -> Result<(), ProductError> {
        let known: Vec<&str> = before.into_iter().flat_map(Self::texts).collect();
        let is_new = |text: &str| !known.contains(&text);
        if is_new(&self.name) {
            check_line(&self.name).map_err(ProductError::NameCharacter)?;
        }
        if is_new(&self.description) {
            check_lines(&self.description).map_err(ProductError::DescriptionCharacter)?;
        }
        // No older version stored one of these.
        check_line(&self.tagline).map_err(ProductError::TaglineCharacter)?;
        check_lines(&self.story).map_err(ProductError::StoryCharacter)?;
        let mut rows = self.specification.iter().flat_map(|row| [&row.name, &row.value]);
        rows.try_for_each(|text| check_line(text).map_err(ProductError::SpecificationCharacter))?;
        let mut alts = self.pictures.iter().map(|picture| &picture.alt).filter(|alt| is_new(alt));
        alts.try_for_each(|alt| check_line(alt).map_err(ProductError::PictureCharacter))
    }

    fn texts(&self) -> impl Iterator<Item = &str> {
        let alts = self.pictures.iter().map(|picture| picture.alt.as_str());
        [self.name.as_str(), self.description.as_str()].into_iter().chain(alts)
    }
}

/// Whether an address is empty or a path on this server. Browsers read `//` and `\\` as the beginning of another host.
fn is_image_path(image: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_graphic() && !matches!(c, '\\' | '"' | '<' | '>');
    image.is_empty()
        || (image.len() <= MAX_IMAGE_BYTES
            && image.starts_with('/')
            && !image.contains("//")
            && image.split('/').all(|segment| segment != "..")
            && image.chars().all(is_plain))
}

/// The data of a new product. [`ProductDraft::check`] turns it into a [`Product`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductDraft {
    /// See [`Product::slug`].
    pub slug: Slug,
    /// See [`Product::name`].
    pub name: String,
    /// See [`Product::description`].
    pub description: String,
    /// See [`Product::tagline`].
    pub tagline: String,
    /// See [`Product::story`].
    pub story: String,
    /// See [`Product::specification`].
    pub specification: Vec<SpecificationRow>,
    /// See [`Product::hue`].
    pub hue: Option<u16>,
    /// See [`Product::featured`].
    pub featured: bool,
    /// See [`Product::image`].
    pub image: String,
    /// See [`Product::pictures`].
    pub pictures: Vec<Picture>,
    /// See [`Product::price`].
    pub price: Money,
    /// The number of units for sale.
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
    /// See [`Product::ships`].
    pub ships: bool,
}

/// Why a draft is not a valid product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum ProductError {
    /// The slug has an invalid form.
    #[error("a slug is lower-case letters, digits and single hyphens, at most 64 characters")]
    Slug,
    /// The API or the console has another resource at the path of that name.
    #[error("this slug is reserved; choose another")]
    ReservedSlug,
    /// The slug has the form of an id, so that a path with it could name two products.
    #[error("a slug must not have the form of an id")]
    SlugLikeId,
    /// The name is empty or too long.
    #[error("a name is 1 to 200 characters")]
    Name,
    /// The name has a character that nobody sees.
    #[error("a name must not contain the control or invisible character {0}")]
    NameCharacter(ForbiddenChar),
    /// The description is too long.
    #[error("a description is at most 2000 characters")]
    Description,
    /// The description has a character that nobody sees.
    #[error("a description must not contain the control or invisible character {0}")]
    DescriptionCharacter(ForbiddenChar),
    /// The tagline is too long.
    #[error("a tagline is at most {MAX_TAGLINE_CHARS} characters")]
    Tagline,
    /// The tagline has a line break, or a character that nobody sees.
    #[error("a tagline must not contain the control or invisible character {0}")]
    TaglineCharacter(ForbiddenChar),
    /// The story is too long.
    #[error("a story is at most {MAX_STORY_CHARS} characters")]
    Story,
    /// The story has a character that nobody sees.
    #[error("a story must not contain the control or invisible character {0}")]
    StoryCharacter(ForbiddenChar),
    /// The specification has too many rows.
    #[error("a specification has at most {MAX_SPECIFICATION_ROWS} rows")]
    Specification,
    /// A row of the specification has no name or no value, or one of them is too long.
    #[error(
        "a row of a specification has a name of 1 to {MAX_SPECIFICATION_NAME_CHARS} characters without a colon, and a value \
         of 1 to {MAX_SPECIFICATION_VALUE_CHARS} characters"
    )]
    SpecificationRow,
    /// The specification has a character that nobody sees.
    #[error("a specification must not contain the control or invisible character {0}")]
    SpecificationCharacter(ForbiddenChar),
    /// The hue is no angle of the circle.
    #[error("a hue is 0 to {}", HUES - 1)]
    Hue,
    /// The price, or the price times the stock, is out of range.
    #[error("a price is zero or more, and price times stock must be countable")]
    Price,
    /// There are too many units.
    #[error("stock is at most {MAX_STOCK}")]
    Stock,
    /// The limit per shopper is zero.
    #[error("a limit per shopper is at least 1")]
    Limit,
    /// The image is no path on this server.
    #[error("an image is a path on this server, such as /img/phone.svg")]
    Image,
    /// There are too many pictures.
    #[error("a product has at most {MAX_PICTURES} pictures")]
    Pictures,
    /// The text for a picture is missing or too long.
    #[error("the alternative text of a picture is 1 to {MAX_ALT_CHARS} characters")]
    PictureText,
    /// The text for a picture has a character that nobody sees.
    #[error("the alternative text of a picture must not contain the control or invisible character {0}")]
    PictureCharacter(ForbiddenChar),
    /// The product has the same picture more than once.
    #[error("a product has each picture once")]
    PictureTwice,
    /// A picture is not stored, or was deleted because no product showed it.
    #[error("a picture is no longer stored; upload it again")]
    UnknownPicture,
    /// An edit changes the currency.
    #[error("the currency of a product cannot be changed")]
    Currency,
    /// The sale ends before it starts.
    #[error("a sale ends after it starts")]
    Window,
    /// A duration is out of range.
    #[error("hold, payment and extension times are 1 second to 30 days")]
    Span,
}

impl ProductDraft {
    /// Lifetime of a hold, unless another is given.
    pub const DEFAULT_HOLD_FOR: Duration = Duration::from_mins(2);
    /// Time to pay an order, unless another is given.
    pub const DEFAULT_PAY_WITHIN: Duration = Duration::from_mins(10);
    /// Time that the one extension adds to a hold, unless another is given or extensions are ruled out.
    pub const DEFAULT_EXTEND_BY: Duration = Duration::from_mins(2);

    /// Returns a draft with the default times, without a limit, a sale window and pictures.
    pub fn new(slug: Slug, name: impl Into<String>, price: Money, stock: u32) -> Self {
        Self {
            slug,
            name: name.into(),
            description: String::new(),
            tagline: String::new(),
            story: String::new(),
            specification: Vec::new(),
            hue: None,
            featured: false,
            image: String::new(),
            pictures: Vec::new(),
            price,
            stock,
            per_shopper_limit: None,
            window: SaleWindow::default(),
            hold_for: Self::DEFAULT_HOLD_FOR,
            pay_within: Self::DEFAULT_PAY_WITHIN,
            extend_by: Some(Self::DEFAULT_EXTEND_BY),
            ships: false,
        }
    }

    /// Returns the product with all units for sale, or the first error of the draft.
    pub fn check(self, id: ProductId, now: Timestamp) -> Result<Product, ProductError> {
        // Without `..`, so that a new field cannot be forgotten here.
        let Self {
            slug,
            name,
            description,
            tagline,
            story,
            specification,
            hue,
            featured,
            image,
            pictures,
            price,
            stock,
            per_shopper_limit,
            window,
            hold_for,
            pay_within,
            extend_by,
            ships,
        } = self;
        if RESERVED_SLUGS.contains(&slug.as_str()) {
            return Err(ProductError::ReservedSlug);
        }
        if Uuid::try_parse(slug.as_str()).is_ok() {
            return Err(ProductError::SlugLikeId);
        }
        if stock > MAX_STOCK {
            return Err(ProductError::Stock);
        }
        if !is_image_path(&image) {
            return Err(ProductError::Image);
        }
        let details = ProductDetails {
            name,
            description,
            tagline,
            story,
            specification,
            hue,
            featured,
            image,
            pictures,
            price,
            per_shopper_limit,
            window,
            hold_for,
            pay_within,
            extend_by,
            ships,
        };
        let details = details.check(stock, None)?;
        Ok(Product {
            id,
            slug,
            name: details.name,
            description: details.description,
            tagline: details.tagline,
            story: details.story,
            specification: details.specification,
            hue,
            featured,
            image: details.image,
            price,
            stock: Stock::new(stock),
            per_shopper_limit,
            window,
            hold_for,
            pay_within,
            extend_by,
            ships,
            pictures: details.pictures,
            status: ProductStatus::Active,
            revision: first_revision(),
            version: 0,
            updated_at: now,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PictureId;

    #[test]
    fn a_new_slug_names_nothing_else() {
        let price = Money { minor: 1999, currency: "USD".parse().unwrap() };
        for (slug, error) in [
            ("events", ProductError::ReservedSlug),
            ("new", ProductError::ReservedSlug),
            ("018f0000-0000-7000-8000-000000000000", ProductError::SlugLikeId),
            ("018f0000000070008000000000000000", ProductError::SlugLikeId),
        ] {
            let draft = ProductDraft::new(slug.parse().unwrap(), "Mug", price, 10);
            assert_eq!(draft.check(ProductId(Uuid::nil()), Timestamp::from_millis(0)), Err(error), "{slug}");
        }
        for slug in ["new-mug", "018f0000-0000-7000-8000-00000000000g", "018f0000"] {
            let draft = ProductDraft::new(slug.parse().unwrap(), "Mug", price, 10);
            assert!(draft.check(ProductId(Uuid::nil()), Timestamp::from_millis(0)).is_ok(), "{slug}");
        }
    }

    #[test]
    fn the_colours_are_the_operators_choice_or_those_of_a_picture() {
        let price = Money { minor: 1999, currency: "USD".parse().unwrap() };
        let picture = |hue| Picture { id: PictureId([1; 32]), alt: String::new(), width: 1, height: 1, hue };
        let draft = ProductDraft::new("mug".parse().unwrap(), "Mug", price, 10);
        let product = draft.check(ProductId(Uuid::nil()), Timestamp::from_millis(0)).unwrap();
        let with = |hue, hues: &[Option<u16>]| {
            let pictures = hues.iter().copied().map(picture).collect();
            Product { hue, pictures, ..product.clone() }.world_hue()
        };
        assert_eq!(with(None, &[]), None);
        assert_eq!(with(None, &[None, Some(30), Some(200)]), Some(30));
        assert_eq!(with(Some(0), &[Some(30)]), Some(0));
    }

    fn row(name: &str, value: &str) -> SpecificationRow {
        SpecificationRow { name: name.to_owned(), value: value.to_owned() }
    }

    type Change = fn(&mut ProductDraft);

    #[test]
    fn the_texts_and_the_hue_have_bounds() {
        let price = Money { minor: 1999, currency: "USD".parse().unwrap() };
        let draft = ProductDraft::new("mug".parse().unwrap(), "Mug", price, 10);
        let check = |change: fn(&mut ProductDraft)| {
            let mut draft = draft.clone();
            change(&mut draft);
            draft.check(ProductId(Uuid::nil()), Timestamp::from_millis(0))
        };
        let widest = check(|draft| {
            draft.tagline = format!("  {} ", "é".repeat(160));
            draft.story = format!("\n{}\n\n{}\n", "é".repeat(2499), "é".repeat(2499));
            draft.specification = vec![row(&format!(" {} ", "é".repeat(60)), &"é".repeat(300)); 30];
            draft.hue = Some(359);
        });
        let widest = widest.unwrap();
        assert_eq!((widest.tagline.chars().count(), widest.story.chars().count()), (160, 5000));
        assert_eq!((widest.specification.len(), widest.specification[0].name.chars().count()), (30, 60));
        let refused: [(Change, ProductError); 9] = [
            (|draft| draft.tagline = "é".repeat(161), ProductError::Tagline),
            (|draft| draft.story = "é".repeat(5001), ProductError::Story),
            (|draft| draft.specification = vec![row("Weight", "180 g"); 31], ProductError::Specification),
            (|draft| draft.specification = vec![row(" ", "180 g")], ProductError::SpecificationRow),
            (|draft| draft.specification = vec![row("Weight", "")], ProductError::SpecificationRow),
            (|draft| draft.specification = vec![row("Weight: net", "180 g")], ProductError::SpecificationRow),
            (|draft| draft.specification = vec![row(&"é".repeat(61), "180 g")], ProductError::SpecificationRow),
            (|draft| draft.specification = vec![row("Weight", &"é".repeat(301))], ProductError::SpecificationRow),
            (|draft| draft.hue = Some(360), ProductError::Hue),
        ];
        for (change, error) in refused {
            assert_eq!(check(change), Err(error));
        }
        let line_break = check(|draft| draft.tagline = "Two\nlines".to_owned());
        assert!(matches!(line_break, Err(ProductError::TaglineCharacter(_))), "{line_break:?}");
        let unseen = check(|draft| draft.story = "Two\nlines\u{202E}".to_owned());
        assert!(matches!(unseen, Err(ProductError::StoryCharacter(_))), "{unseen:?}");
        let unseen = check(|draft| draft.specification = vec![row("Weight", "180\n g")]);
        assert!(matches!(unseen, Err(ProductError::SpecificationCharacter(_))), "{unseen:?}");
    }

    #[test]
    fn a_new_text_has_no_character_that_nobody_sees() {
        let price = Money { minor: 1999, currency: "USD".parse().unwrap() };
        let draft = ProductDraft::new("mug".parse().unwrap(), "Mug", price, 10);
        let check = |draft: ProductDraft| draft.check(ProductId(Uuid::nil()), Timestamp::from_millis(0));
        let named = ProductDraft { name: "Mu\u{200B}g".to_owned(), ..draft.clone() };
        assert!(matches!(check(named), Err(ProductError::NameCharacter(_))));
        let described = ProductDraft { description: "a\nb\u{202E}".to_owned(), ..draft.clone() };
        assert!(matches!(check(described), Err(ProductError::DescriptionCharacter(_))));
        let lines = ProductDraft { description: "a\r\n\tb".to_owned(), ..draft };
        // An older version stored the name.
        let old = Product { name: "Mu\u{200B}g".to_owned(), ..check(lines).unwrap() };
        let with_limit = ProductDetails { per_shopper_limit: Some(1), ..old.details() };
        assert_eq!(old.clone().with_details(with_limit).unwrap().name, old.name);
        let renamed = ProductDetails { name: "\u{FEFF}Mug".to_owned(), ..old.details() };
        assert!(matches!(old.with_details(renamed), Err(ProductError::NameCharacter(_))));
    }
}
