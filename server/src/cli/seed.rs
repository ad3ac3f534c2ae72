//! The demo's products: one for each thing that a sale can be. Seeding again adds what is missing and changes nothing.

use checkout::{
    Checkout, Error,
    model::{Money, ProductDraft, Refusal, SaleWindow, Slug, Timestamp},
};

/// What is said of a demo product; its picture is `/img/<slug>.svg`.
struct Demo {
    slug: &'static str,
    name: &'static str,
    description: &'static str,
    price: (&'static str, &'static str),
    stock: u32,
    limit: Option<u32>,
    sale: Sale,
}

/// When it is sold.
enum Sale {
    Always,
    /// From so many minutes after the seeding.
    In(i64),
    /// Over since so many minutes before the seeding, after a day.
    OverSince(i64),
}

const DEMOS: [Demo; 6] = [
    Demo {
        slug: "flash-phone",
        name: "Flash Phone",
        description: "A titanium phone with a screen that outlasts the daylight. One hundred were made; there will be no more.",
        price: ("5000.00", "USD"),
        stock: 100,
        limit: None,
        sale: Sale::Always,
    },
    Demo {
        slug: "aurora-headphones",
        name: "Aurora Headphones",
        description: "Open-backed headphones that sound like the room you wish you had. Two for each shopper.",
        price: ("249.00", "USD"),
        stock: 40,
        limit: Some(2),
        sale: Sale::Always,
    },
    Demo {
        slug: "tide-watch",
        name: "Tide Watch",
        description: "A diver's watch that knows the tides of four hundred harbours. Twelve pieces, one for each shopper.",
        price: ("189.50", "EUR"),
        stock: 12,
        limit: Some(1),
        sale: Sale::Always,
    },
    Demo {
        slug: "ember-lamp",
        name: "Ember Lamp",
        description: "A bedside lamp that fades like a fire. Its sale opens soon.",
        price: ("79.00", "USD"),
        stock: 60,
        limit: None,
        sale: Sale::In(30),
    },
    Demo {
        slug: "drift-backpack",
        name: "Drift Backpack",
        description: "Sailcloth, two straps, no zips. Its sale is over.",
        price: ("129.00", "USD"),
        stock: 25,
        limit: None,
        sale: Sale::OverSince(60),
    },
    Demo {
        slug: "halo-console",
        name: "Halo Console",
        description: "A hand-held console with a ring for a screen. Eight pieces, one for each shopper.",
        price: ("42000", "JPY"),
        stock: 8,
        limit: Some(1),
        sale: Sale::Always,
    },
];

/// Adds the demo products that are not there; answers the slugs of those that were added.
pub async fn run(checkout: &Checkout) -> Result<Vec<&'static str>, SeedError> {
    let mut added = Vec::new();
    for demo in &DEMOS {
        match checkout.add_product(draft(demo, checkout.now())?).await {
            Ok(Ok(_)) => added.push(demo.slug),
            Ok(Err(wrong)) => return Err(SeedError(format!("{}: {wrong}", demo.slug))),
            Err(Error::Refused(Refusal::SlugTaken)) => {}
            Err(error) => return Err(SeedError(format!("{}: {error}", demo.slug))),
        }
    }
    Ok(added)
}

/// Why a demo product could not be added.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct SeedError(String);

fn draft(demo: &Demo, now: Timestamp) -> Result<ProductDraft, SeedError> {
    let wrong = |error: &dyn std::error::Error| SeedError(format!("{}: {error}", demo.slug));
    let (decimal, code) = demo.price;
    let slug: Slug = demo.slug.parse().map_err(|e| wrong(&e))?;
    let currency = code.parse().map_err(|e| wrong(&e))?;
    let price = Money::parse(decimal, currency).map_err(|e| wrong(&e))?;
    Ok(ProductDraft {
        description: demo.description.to_owned(),
        image: format!("/img/{}.svg", demo.slug),
        per_shopper_limit: demo.limit,
        window: window(&demo.sale, now),
        ..ProductDraft::new(slug, demo.name, price, demo.stock)
    })
}

fn window(sale: &Sale, now: Timestamp) -> SaleWindow {
    const DAY: i64 = 24 * 60;
    let at = |minutes: i64| Some(Timestamp::from_millis(now.as_millis() + minutes * 60_000));
    match sale {
        Sale::Always => SaleWindow::default(),
        Sale::In(minutes) => SaleWindow { starts_at: at(*minutes), ends_at: None },
        Sale::OverSince(minutes) => SaleWindow { starts_at: at(-minutes - DAY), ends_at: at(-minutes) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_demo_product_can_be_sold() {
        let now = Timestamp::from_millis(1_800_000_000_000);
        for demo in &DEMOS {
            let product = draft(demo, now).unwrap().check(uuid::Uuid::nil().into(), now);
            assert!(product.is_ok(), "{}: {product:?}", demo.slug);
        }
    }
}
