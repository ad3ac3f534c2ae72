//! Reads the forms of a new product and of an edit, and merges an edit with what changed meanwhile.

use crate::console::Fields;
use app::admin::{
    confirm::ReasonField,
    entered::Entered,
    products::{DETAILS, EditState, FEATURED, SHIPS},
};
use checkout::model::{
    Currency, Money, Product, ProductDetails, ProductDraft, SaleWindow, Slug, SpecificationRow, Timestamp,
};
use sha2::{Digest as _, Sha256};
use std::{str::FromStr, time::Duration};

/// The fields of a new product besides its details.
const NEW: [&str; 3] = ["slug", "currency", "stock"];

/// Returns the form of an edit as it is opened.
pub(super) fn edit_of(product: &Product) -> EditState {
    let entered = of_product(product);
    EditState { base: seen(&entered), entered, revision: product.revision, conflict: None }
}

/// Returns the digest of each value. The form carries these instead of the values, because a story is long.
fn seen(values: &Entered) -> Entered {
    let mut seen = Entered::default();
    for name in DETAILS {
        seen.set(name, digest(values.get(name)));
    }
    seen
}

fn digest(value: &str) -> String {
    if value.is_empty() { String::new() } else { hex::encode(&Sha256::digest(value)[..12]) }
}

/// Returns the form of an edit as it was sent.
pub(super) fn sent_edit(fields: &Fields) -> EditState {
    let (mut entered, mut base) = (Entered::default(), Entered::default());
    for name in DETAILS {
        entered.set(name, text(fields, name));
        base.set(name, text(fields, &format!("was_{name}")));
    }
    entered.set(ReasonField::NAME, text(fields, ReasonField::NAME));
    // A form without a revision is as stale as can be.
    EditState { entered, base, revision: fields.get("revision").parse().unwrap_or(0), conflict: None }
}

/// Returns the form of a new product as it is opened.
pub(super) fn new_product() -> Entered {
    let mut entered = Entered::default();
    entered.set("currency", "USD");
    for (name, span) in [
        ("hold_seconds", ProductDraft::DEFAULT_HOLD_FOR),
        ("pay_seconds", ProductDraft::DEFAULT_PAY_WITHIN),
        ("extend_seconds", ProductDraft::DEFAULT_EXTEND_BY),
    ] {
        entered.set(name, span.as_secs().to_string());
    }
    entered
}

/// Returns the form of a new product as it was sent.
pub(super) fn sent_product(fields: &Fields) -> Entered {
    let mut entered = Entered::default();
    for name in DETAILS.into_iter().chain(NEW) {
        entered.set(name, text(fields, name));
    }
    entered
}

/// Returns a field's text with plain line feeds: browsers send `\r\n`.
fn text(fields: &Fields, name: &str) -> String {
    fields.get(name).replace("\r\n", "\n")
}

/// Returns the details of a product as the fields show them.
fn of_product(product: &Product) -> Entered {
    let seconds = |span: Duration| span.as_secs().to_string();
    let at = |at: Option<Timestamp>| at.map(format_time).unwrap_or_default();
    let facts: Vec<_> = product.specification.iter().map(ToString::to_string).collect();
    let values = [
        ("name", product.name.clone()),
        ("description", product.description.replace("\r\n", "\n")),
        ("tagline", product.tagline.clone()),
        ("story", product.story.replace("\r\n", "\n")),
        ("specification", facts.join("\n")),
        ("hue", product.hue.map(|hue| hue.to_string()).unwrap_or_default()),
        ("featured", if product.featured { FEATURED.to_owned() } else { String::new() }),
        ("price", product.price.decimal()),
        ("limit", product.per_shopper_limit.map(|limit| limit.to_string()).unwrap_or_default()),
        ("starts_at", at(product.window.starts_at)),
        ("ends_at", at(product.window.ends_at)),
        ("hold_seconds", seconds(product.hold_for)),
        ("pay_seconds", seconds(product.pay_within)),
        ("extend_seconds", product.extend_by.map(seconds).unwrap_or_default()),
        ("ships", if product.ships { SHIPS.to_owned() } else { String::new() }),
    ];
    let mut entered = Entered::default();
    for (name, value) in values {
        entered.set(name, value);
    }
    entered
}

/// Reads the details of an edit. Fields that cannot be read get a message.
pub(super) fn details(entered: &mut Entered, product: &Product) -> Option<ProductDetails> {
    let price = price(entered, product.price.currency);
    let read = read(entered)?;
    Some(ProductDetails {
        name: entered.get("name").to_owned(),
        description: entered.get("description").to_owned(),
        tagline: entered.get("tagline").to_owned(),
        story: entered.get("story").to_owned(),
        specification: read.specification,
        hue: read.hue,
        featured: read.featured,
        price: price?,
        per_shopper_limit: read.limit,
        window: read.window,
        hold_for: read.hold_for,
        pay_within: read.pay_within,
        extend_by: read.extend_by,
        ships: read.ships,
        ..product.details()
    })
}

/// Reads a new product. Fields that cannot be read get a message.
pub(super) fn draft(entered: &mut Entered) -> Option<ProductDraft> {
    let slug = entered.parse("slug", |text| {
        text.parse::<Slug>().map_err(|_| "Use lower-case letters, digits and single hyphens, at most 64 characters.")
    });
    let stock = entered.parse("stock", |text| whole(text, "Enter a whole number of units, zero or more."));
    let currency = entered
        .parse("currency", |text| text.parse::<Currency>().map_err(|_| "Enter three capital letters, such as USD."));
    let price = price(entered, currency.or_else(|| "USD".parse().ok())?);
    let read = read(entered)?;
    let name = entered.get("name").to_owned();
    currency?;
    Some(ProductDraft {
        description: entered.get("description").to_owned(),
        tagline: entered.get("tagline").to_owned(),
        story: entered.get("story").to_owned(),
        specification: read.specification,
        hue: read.hue,
        featured: read.featured,
        per_shopper_limit: read.limit,
        window: read.window,
        hold_for: read.hold_for,
        pay_within: read.pay_within,
        extend_by: read.extend_by,
        ships: read.ships,
        ..ProductDraft::new(slug?, name, price?, stock?)
    })
}

/// The details whose fields are the same for a new product and an edit.
struct Read {
    specification: Vec<SpecificationRow>,
    hue: Option<u16>,
    featured: bool,
    limit: Option<u32>,
    window: SaleWindow,
    hold_for: Duration,
    pay_within: Duration,
    extend_by: Option<Duration>,
    ships: bool,
}

fn read(entered: &mut Entered) -> Option<Read> {
    if entered.get("name").trim().is_empty() {
        entered.refuse("name", "Enter a name.");
    }
    let specification = specification(entered);
    let hue =
        entered.parse_optional("hue", |text| whole(text, "Enter a whole number from 0 to 359, or leave it empty."));
    let featured = entered.get("featured") == FEATURED;
    if !featured && !entered.get("featured").is_empty() {
        entered.refuse("featured", "Choose a place.");
    }
    let limit =
        entered.parse_optional("limit", |text| whole(text, "Enter a whole number, or leave it empty for no limit."));
    let starts_at = entered.parse_optional("starts_at", parse_time);
    let ends_at = entered.parse_optional("ends_at", parse_time);
    let hold_for = entered.parse("hold_seconds", seconds);
    let pay_within = entered.parse("pay_seconds", seconds);
    let extend_by = entered.parse_optional("extend_seconds", seconds);
    let ships = entered.get("ships") == SHIPS;
    if !ships && !entered.get("ships").is_empty() {
        entered.refuse("ships", "Choose how it is delivered.");
    }
    let window = SaleWindow { starts_at, ends_at };
    let (hold_for, pay_within) = (hold_for?, pay_within?);
    entered.is_valid().then_some(Read {
        specification,
        hue,
        featured,
        limit,
        window,
        hold_for,
        pay_within,
        extend_by,
        ships,
    })
}

/// Reads one fact from each line that is not empty.
fn specification(entered: &mut Entered) -> Vec<SpecificationRow> {
    let lines = entered.get("specification").lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let rows: Result<Vec<_>, usize> = lines.map(|(nth, line)| line.parse().map_err(|_| nth + 1)).collect();
    rows.unwrap_or_else(|line| {
        let text = format!("Line {line} is not a name, a colon and a value. Write it as “Weight: 180 g”.");
        entered.refuse("specification", text);
        Vec::new()
    })
}

fn price(entered: &mut Entered, currency: Currency) -> Option<Money> {
    let example = if currency.exponent() == 0 { "1999" } else { "19.99" };
    entered.parse("price", |text| {
        Money::parse(text, currency)
            .map_err(|_| format!("Enter a price such as {example}, with at most {} decimals.", currency.exponent()))
    })
}

fn whole<T: FromStr>(text: &str, wrong: &'static str) -> Result<T, &'static str> {
    text.parse().map_err(|_| wrong)
}

fn seconds(text: &str) -> Result<Duration, &'static str> {
    whole(text, "Enter a whole number of seconds.").map(Duration::from_secs)
}

/// Formats an instant in UTC as fields for a date and time do. Seconds and milliseconds are left out where they are zero.
fn format_time(at: Timestamp) -> String {
    let text = at.to_string();
    let text = text.strip_suffix('Z').unwrap_or(&text);
    text.strip_suffix(":00").filter(|text| text.len() == 16).unwrap_or(text).to_owned()
}

/// Parses the value of a field for a date and time, which is in UTC.
fn parse_time(text: &str) -> Result<Timestamp, &'static str> {
    let seconds = if text.len() == 16 { ":00" } else { "" };
    let zone = if text.ends_with('Z') { "" } else { "Z" };
    let parsed = Timestamp::parse(&format!("{text}{seconds}{zone}"));
    let parsed = parsed.ok().filter(|_| text.starts_with(|c: char| ('2'..='9').contains(&c)));
    parsed.ok_or("Enter a date and a time from the year 2000 on, such as 2026-11-27T08:00.")
}

/// Moves an edit on top of the current product. A field that the operator did not change gets its current value; the others
/// keep what was typed. Returns the fields that both sides changed.
pub(super) fn merge(sent: EditState, product: &Product) -> (EditState, Vec<&'static str>) {
    let EditState { mut entered, base, .. } = sent;
    let current = of_product(product);
    let mut both = Vec::new();
    for name in DETAILS {
        let (typed, was, now) = (entered.get(name).to_owned(), base.get(name), current.get(name));
        if digest(&typed) == was {
            entered.set(name, now);
        } else if was != digest(now) && typed != now {
            both.push(name);
        }
    }
    (EditState { entered, base: seen(&current), revision: product.revision, conflict: None }, both)
}

#[cfg(test)]
mod tests {
    use super::*;
    use checkout::model::ProductId;
    use uuid::Uuid;

    fn product() -> Product {
        let price = Money { minor: 1999, currency: "USD".parse().unwrap() };
        let draft = ProductDraft::new("mug".parse().unwrap(), "Mug", price, 10);
        draft.check(ProductId(Uuid::nil()), Timestamp::from_millis(0)).unwrap()
    }

    #[test]
    fn times_are_in_utc_and_round_trip() {
        for text in ["2026-11-27T08:00", "2026-11-27T08:00:05", "2026-11-27T08:00:05.25"] {
            assert_eq!(format_time(parse_time(text).unwrap()), text);
        }
        assert_eq!(format_time(parse_time("2026-11-27T08:00:00Z").unwrap()), "2026-11-27T08:00");
        for text in ["", "tomorrow", "2026-02-30T08:00", "1969-11-27T08:00", "2026-11-27", "2026-11-27T08:00:00+02:00"]
        {
            assert!(parse_time(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_fields_of_a_product_read_back_as_its_details() {
        let at = Timestamp::from_millis(1_800_000_000_123);
        let window = SaleWindow { starts_at: Some(at), ends_at: None };
        let product = Product {
            window,
            per_shopper_limit: Some(2),
            extend_by: None,
            tagline: "A mug that holds.".to_owned(),
            story: "First.\n\nSecond.".to_owned(),
            specification: vec!["Ratio: 16:9".parse().unwrap(), "Weight: 300 g".parse().unwrap()],
            hue: Some(0),
            featured: true,
            ..product()
        };
        let mut entered = edit_of(&product).entered;
        assert_eq!(details(&mut entered, &product), Some(product.details()));
    }

    #[test]
    fn a_line_without_a_name_and_a_value_is_named() {
        let mut entered = edit_of(&product()).entered;
        entered.set("specification", "Weight: 180 g\n\n  \n Ratio : 16:9 \n");
        let read = details(&mut entered, &product()).unwrap().specification;
        assert_eq!(read.iter().map(ToString::to_string).collect::<Vec<_>>(), ["Weight: 180 g", "Ratio: 16:9"]);
        entered.set("specification", "Weight: 180 g\n\nRatio 16/9");
        assert_eq!(details(&mut entered, &product()), None);
        assert!(entered.error("specification").unwrap().starts_with("Line 3 "), "{:?}", entered.error("specification"));
    }

    #[test]
    fn an_edit_is_merged_field_by_field() {
        let before = product();
        let mut sent = edit_of(&before);
        sent.entered.set("name", "Cup");
        sent.entered.set("limit", "3");
        let after = Product { name: "Beaker".to_owned(), description: "New".to_owned(), revision: 2, ..before };
        let (merged, both) = merge(sent, &after);
        assert_eq!(both, ["name"]);
        let values = ["name", "limit", "description", "price"].map(|name| merged.entered.get(name));
        assert_eq!(values, ["Cup", "3", "New", "19.99"]);
        assert_eq!((merged.revision, merged.base.get("name")), (2, digest("Beaker").as_str()));
    }

    #[test]
    fn every_wrong_field_of_a_new_product_has_a_message() {
        let mut entered = new_product();
        // The engine checks the characters of texts.
        let is_read = |name: &&str| !["description", "tagline", "story"].contains(name);
        for name in DETAILS.into_iter().chain(NEW).filter(is_read).filter(|name| *name != "name") {
            entered.set(name, "-1e9\0");
        }
        assert_eq!(draft(&mut entered), None);
        for name in DETAILS.into_iter().chain(NEW).filter(is_read) {
            assert!(entered.error(name).is_some(), "{name}");
        }
    }
}
