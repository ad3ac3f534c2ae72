//! The demo products: one for each kind of sale. Adding them again adds the missing ones and changes nothing else.

use checkout::{
    Checkout, Error,
    model::{Actor, Money, ProductDraft, Refusal, SaleWindow, Slug, Timestamp},
};

/// A demo product. Its picture is `/img/<slug>.svg`.
struct DemoProduct {
    slug: &'static str,
    name: &'static str,
    tagline: &'static str,
    description: &'static str,
    story: &'static str,
    /// The facts, each as `Name: value`.
    specification: &'static [&'static str],
    /// The hue of its picture, which is a drawing that no server decodes.
    hue: u16,
    featured: bool,
    /// Decimal amount and currency.
    price: (&'static str, &'static str),
    stock: u32,
    /// Units per shopper. Without a limit, one visitor could take them all.
    limit: u32,
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
        tagline: "One hundred phones. Two each, while they last.",
        description: "A titanium phone with a screen that outlasts the daylight.",
        story: "Most phones ask for your attention. This one waits for it.\n\nThe case is milled from one bar of \
                titanium, the back is enamelled by hand, and the screen reads like paper at noon. It wakes when you lift \
                it, and sleeps when you put it down.\n\nWe made one hundred and numbered none of them. Whichever you \
                get is the first one.",
        specification: &[
            "Case: titanium, enamelled back",
            "Screen: 6.1 inches, matt, 120 Hz",
            "Battery: up to 3 days",
            "Storage: 512 GB",
            "Weight: 180 g",
            "In the box: phone, cable, cloth",
        ],
        hue: 185,
        featured: true,
        price: ("5000.00", "USD"),
        stock: 100,
        limit: 2,
        sale: Sale::Always,
    },
    DemoProduct {
        slug: "aurora-headphones",
        name: "Aurora Headphones",
        tagline: "The room you wish you had, over both ears.",
        description: "Open-backed headphones with wool pads and a cable that you can replace.",
        story: "Closed headphones keep the world out. These let it in, and put the band in the middle of it.\n\nEach \
                pair is matched by ear, driver by driver, by the two people who built it. Wear them for an evening and \
                you’ll forget that they’re there.",
        specification: &[
            "Type: open-backed, over-ear",
            "Drivers: 40 mm, matched in pairs",
            "Impedance: 62 ohms",
            "Cable: 1.8 m, replaceable",
            "Weight: 264 g",
        ],
        hue: 275,
        featured: false,
        price: ("249.00", "USD"),
        stock: 40,
        limit: 2,
        sale: Sale::Always,
    },
    DemoProduct {
        slug: "tide-watch",
        name: "Tide Watch",
        tagline: "Twelve watches that know when the sea comes back.",
        description: "A diver’s watch that knows the tides of four hundred harbours.",
        story: "Turn the crown to your harbour and the lower half of the dial fills and empties with the water \
                outside.\n\nThe movement is wound by hand, once a day, which is about as often as you should look at the \
                sea.",
        specification: &[
            "Movement: wound by hand, 42 hours",
            "Harbours: 400",
            "Case: 38 mm, steel",
            "Strap: rubber, deep green",
            "Water resistance: 200 m",
        ],
        hue: 55,
        featured: false,
        price: ("189.50", "EUR"),
        stock: 12,
        limit: 1,
        sale: Sale::Always,
    },
    DemoProduct {
        slug: "ember-lamp",
        name: "Ember Lamp",
        tagline: "A bedside lamp that goes out like a fire.",
        description: "It fades from flame to ember over twenty minutes, and lets you fall asleep first.",
        story: "Switches are for kitchens. Turn the Ember over and it begins to fade, first slowly, then not at all \
                for a while, as a fire does.\n\nThe shade is blown glass, so no two glow alike.",
        specification: &[
            "Shade: blown glass",
            "Base: brass",
            "Fade: 20 minutes",
            "Light: 2 to 220 lumens, 1800 K",
            "Height: 31 cm",
        ],
        hue: 75,
        featured: false,
        price: ("79.00", "USD"),
        stock: 60,
        limit: 2,
        sale: Sale::StartsIn(30),
    },
    DemoProduct {
        slug: "drift-backpack",
        name: "Drift Backpack",
        tagline: "Sailcloth, two straps, no zips.",
        description: "A backpack that was a sail before it was yours.",
        story: "Each one is cut from a sail that has crossed something. You can still find the seams.\n\nTwo straps \
                close it, a roll of wool rides below, and nothing on it can jam.",
        specification: &["Cloth: used sails", "Volume: 24 litres", "Closure: two straps", "Weight: 890 g"],
        hue: 135,
        featured: false,
        price: ("129.00", "USD"),
        stock: 25,
        limit: 2,
        sale: Sale::EndedAgo(60),
    },
    DemoProduct {
        slug: "halo-console",
        name: "Halo Console",
        tagline: "A hand-held console with a ring for a screen.",
        description: "Eight were built for fun. Then people asked.",
        story: "Games on a round screen have no corners to hide in. Three come with it, and all three are about \
                sailing.\n\nIt has eight buttons and no internet.",
        specification: &[
            "Screen: round, 3.4 inches",
            "Games: 3, built in",
            "Battery: 9 hours of play",
            "Network: none",
            "Weight: 212 g",
        ],
        hue: 5,
        featured: false,
        price: ("42000", "JPY"),
        stock: 8,
        limit: 1,
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
    let rows = demo.specification.iter().map(|row| row.parse()).collect::<Result<Vec<_>, _>>();
    Ok(ProductDraft {
        description: demo.description.to_owned(),
        tagline: demo.tagline.to_owned(),
        story: demo.story.to_owned(),
        specification: rows.map_err(|e| invalid(&e))?,
        hue: Some(demo.hue),
        featured: demo.featured,
        image: format!("/img/{}.svg", demo.slug),
        per_shopper_limit: Some(demo.limit),
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
            let product = draft(demo, now).unwrap().check(uuid::Uuid::nil().into(), now).unwrap();
            assert!(product.per_shopper_limit.is_some_and(|limit| limit <= 2), "{}", demo.slug);
            assert!(!product.tagline.is_empty() && !product.story.contains("  "), "{}", demo.slug);
            assert!(product.specification.len() >= 4 && product.world_hue().is_some(), "{}", demo.slug);
        }
        assert_eq!(DEMO_PRODUCTS.iter().filter(|demo| demo.featured).count(), 1);
    }
}
