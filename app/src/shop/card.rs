//! The facts on a card: the image that other sites show beside a link to the shop, and that of a paid order, for sharing. The server
//! draws it. A card of a product or the shop is in the language of the shop, because everybody gets the same.

use super::ShopInfo;
use crate::{
    assets::content_version,
    i18n::text,
    messages::{keepsake, sharing},
    paths,
    ui::sale_state::SaleState,
};
use checkout::model::{Picture, Place, Product, Timestamp};

/// Counts changes of the drawing, so that changed cards have new addresses.
const DRAWING: u32 = 1;

/// How a card shows the state of a sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardTone {
    /// Units can be reserved.
    Open,
    /// Units may be on sale later.
    Waiting,
    /// Nothing is sold any more.
    Over,
}

/// The card of a product in one state of its sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductCard {
    /// The product's name.
    pub name: String,
    /// The line below the name: the price, or on a ticket its place among the paid units.
    pub detail: String,
    /// The state of the sale, in a few words; on a ticket, that the unit is sold.
    pub state: String,
    /// The state's colours.
    pub tone: CardTone,
    /// The product's first picture.
    pub picture: Option<Picture>,
    /// The path of the product's image, for products without a picture; empty if there is none.
    pub image: String,
    /// Name of the shop.
    pub shop: String,
}

impl ProductCard {
    /// Returns the card of a product at `now`.
    pub fn new(product: &Product, shop: &ShopInfo, now: Timestamp) -> Self {
        let state = sale_state(product, now);
        let tone = match state {
            SaleState::Available => CardTone::Open,
            SaleState::Upcoming | SaleState::AllTaken | SaleState::Paused => CardTone::Waiting,
            SaleState::SoldOut | SaleState::Ended => CardTone::Over,
        };
        Self {
            name: product.name.clone(),
            detail: shop.language.locale.format(product.price),
            state: shop.language.clone().scope(|| sharing::state(state, product.window, now)),
            tone,
            picture: product.pictures.first().cloned(),
            image: product.image.clone(),
            shop: shop.name.clone(),
        }
    }

    /// Returns the card of a paid order, in the language of the page. It names neither the order nor its buyer, so that they can
    /// share it.
    pub fn of_ticket(product: &Product, place: Place, shop: &ShopInfo) -> Self {
        Self {
            name: product.name.clone(),
            detail: keepsake::place(place),
            state: text!("ticket-image-state"),
            tone: CardTone::Open,
            picture: product.pictures.first().cloned(),
            image: product.image.clone(),
            shop: shop.name.clone(),
        }
    }

    /// Returns a digest of everything on the card.
    pub fn tag(&self) -> String {
        content_version(&format!("{DRAWING} {self:?}"))
    }

    /// Returns the path of the image.
    pub fn path(&self, product: &Product) -> String {
        paths::product_card(product.slug.as_str(), &self.tag())
    }
}

/// The card of the shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShopCard {
    /// Name of the shop.
    pub name: String,
    /// A few words about it.
    pub tagline: String,
}

impl ShopCard {
    /// Returns the shop's card.
    pub fn new(shop: &ShopInfo) -> Self {
        Self { name: shop.name.clone(), tagline: shop.language.clone().scope(sharing::tagline) }
    }

    /// Returns a digest of everything on the card.
    pub fn tag(&self) -> String {
        content_version(&format!("{DRAWING} {self:?}"))
    }

    /// Returns the path of the image.
    pub fn path(&self) -> String {
        paths::shop_card(&self.tag())
    }
}

/// Returns the state of a product's sale.
pub(crate) fn sale_state(product: &Product, now: Timestamp) -> SaleState {
    let [starts_at, ends_at] =
        [product.window.starts_at, product.window.ends_at].map(|at| at.map(Timestamp::as_millis));
    SaleState::new(now.as_millis(), starts_at, ends_at, &product.snapshot().into())
}
