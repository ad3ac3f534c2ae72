//! The demo products: one for each kind of sale. Adding them again adds the missing ones and changes nothing else.

use checkout::{
    Checkout, Error,
    model::{Actor, Money, ProductDraft, Refusal, SaleWindow, Slug, Timestamp},
};

/// A demo product. Its picture is `/img/<slug>.svg`.
struct DemoProduct {
    slug: &'static str,
    name: &'static str,
    description: &'static str,
    /// Decimal amount and currency.
    price: (&'static str, &'static str),
    stock: u32,
    limit: Option<u32>,
    sale: Sale,
}

/// The sale window of a demo product.
enum Sale {
    Always,
    /// Starts this many minutes after the product is added.
    StartsIn(i64),
    /// Ended this many minutes before the product is added, after one day.
    EndedAgo(i64),
}

const DEMO_PRODUCTS: [DemoProduct; 6] = [
    DemoProduct {
        slug: "flash-phone",
        name: "Flash Phone",
        description: "A titanium phone with a screen that outlasts the daylight. One hundred were made; there will be no more.",
        price: ("5000.00", "USD"),
        stock: 100,
        limit: None,
        sale: Sale::Always,
    },
    DemoProduct {
        slug: "aurora-headphones",
        name: "Aurora Headphones",
        description: "Open-backed headphones that sound like the room you wish you had. Two for each shopper.",
        price: ("249.00", "USD"),
        stock: 40,
        limit: Some(2),
        sale: Sale::Always,
    },
    DemoProduct {
        slug: "tide-watch",
        name: "Tide Watch",
        description: "A diver's watch that knows the tides of four hundred harbours. Twelve pieces, one for each shopper.",
        price: ("189.50", "EUR"),
        stock: 12,
        limit: Some(1),
        sale: Sale::Always,
    },
    DemoProduct {
        slug: "ember-lamp",
        name: "Ember Lamp",
        description: "A bedside lamp that fades like a fire. Its sale opens soon.",
        price: ("79.00", "USD"),
        stock: 60,
        limit: None,
        sale: Sale::StartsIn(30),
    },
    DemoProduct {
        slug: "drift-backpack",
        name: "Drift Backpack",
        description: "Sailcloth, two straps, no zips. Its sale is over.",
        price: ("129.00", "USD"),
        stock: 25,
        limit: None,
        sale: Sale::EndedAgo(60),
    },
    DemoProduct {
        slug: "halo-console",
        name: "Halo Console",
        description: "A hand-held console with a ring for a screen. Eight pieces, one for each shopper.",
        price: ("42000", "JPY"),
        stock: 8,
        limit: Some(1),
        sale: Sale::Always,
    },
];

/// Adds the missing demo products, and returns their slugs.
///
/// # Errors
///
/// A product is invalid, or cannot be stored.
pub async fn add_missing(checkout: &Checkout) -> Result<Vec<&'static str>, DemoError> {
    let mut added = Vec::new();
    for demo in &DEMO_PRODUCTS {
        match checkout.add_product(draft(demo, checkout.now())?, Actor::system()).await {
            Ok(_) => added.push(demo.slug),
            Err(Error::Refused(Refusal::SlugTaken)) => {}
            Err(error) => return Err(DemoError(format!("{}: {error}", demo.slug))),
        }
    }
    Ok(added)
}

/// Why a demo product could not be added.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct DemoError(String);

fn draft(demo: &DemoProduct, now: Timestamp) -> Result<ProductDraft, DemoError> {
    let invalid = |error: &dyn std::error::Error| DemoError(format!("{}: {error}", demo.slug));
    let (decimal, code) = demo.price;
    let slug: Slug = demo.slug.parse().map_err(|e| invalid(&e))?;
    let currency = code.parse().map_err(|e| invalid(&e))?;
    let price = Money::parse(decimal, currency).map_err(|e| invalid(&e))?;
    Ok(ProductDraft {
        description: demo.description.to_owned(),
        image: format!("/img/{}.svg", demo.slug),
        per_shopper_limit: demo.limit,
        window: window(&demo.sale, now),
        ..ProductDraft::new(slug, demo.name, price, demo.stock)
    })
}

fn window(sale: &Sale, now: Timestamp) -> SaleWindow {
    const DAY_MINUTES: i64 = 24 * 60;
    let at = |minutes: i64| Some(Timestamp::from_millis(now.as_millis() + minutes * 60_000));
    match sale {
        Sale::Always => SaleWindow::default(),
        Sale::StartsIn(minutes) => SaleWindow { starts_at: at(*minutes), ends_at: None },
        Sale::EndedAgo(minutes) => SaleWindow { starts_at: at(-minutes - DAY_MINUTES), ends_at: at(-minutes) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_demo_product_is_valid() {
        let now = Timestamp::from_millis(1_800_000_000_000);
        for demo in &DEMO_PRODUCTS {
            let product = draft(demo, now).unwrap().check(uuid::Uuid::nil().into(), now);
            assert!(product.is_ok(), "{}: {product:?}", demo.slug);
        }
    }
}
