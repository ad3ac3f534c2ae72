//! `GET /products/{slug}/calendar.ics`: the opening of a sale as an event for calendars (RFC 5545).

use super::shop_language;
use crate::{
    problem::{Kind, Problem},
    state::AppState,
};
use app::{i18n::PageLanguage, messages::live, paths, price};
use axum::{
    extract::{Path, State, rejection::PathRejection},
    response::{IntoResponse as _, Response},
};
use checkout::model::{Product, ProductStatus, Timestamp};
use http::{HeaderMap, header};

/// Longest line in bytes, without its end. A longer one continues on the next line, after a space.
const MAX_LINE_BYTES: usize = 75;
/// When calendars remind of the event.
const REMINDER: &str = "-PT5M";

/// Serves the calendar file of a product whose sale has an opening time.
pub async fn serve(
    State(state): State<AppState>,
    headers: HeaderMap,
    slug: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let product = slug.ok().and_then(|Path(slug)| state.checkout.product_by_slug(&slug));
    let file = product.filter(|product| product.status != ProductStatus::Archived).and_then(|product| {
        let page = state.shop_url.absolute(&paths::product(product.slug.as_str()));
        let (title, text) = PageLanguage::of(&headers, &shop_language(&state)).scope(|| {
            let price = price::format_price(product.price);
            (live::calendar_title(&product.name), live::calendar_text(&price, &page))
        });
        Some((calendar(&product, &page, [&title, &text], state.checkout.now())?, product))
    });
    let (file, product) = file.ok_or_else(|| Problem::new(Kind::NotFound, "This sale has no opening time."))?;
    // A slug consists of letters, digits and hyphens.
    let disposition = format!("attachment; filename=\"{}.ics\"", product.slug.as_str());
    let headers =
        [(header::CONTENT_TYPE, "text/calendar; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, file).into_response())
}

/// Writes the calendar, or returns `None` if the sale has no opening time. The id is the product's, and the sequence grows
/// with each edit of the product, so that a calendar replaces what it imported before.
fn calendar(product: &Product, page: &str, [title, text]: [&str; 2], now: Timestamp) -> Option<String> {
    let starts_at = product.window.starts_at?;
    let title = escaped(title);
    let mut lines = vec![
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//Holdfast//Storefront//EN".to_owned(),
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{}", product.id),
        format!("SEQUENCE:{}", product.revision.saturating_sub(1)),
        format!("DTSTAMP:{}", utc(now)),
        format!("DTSTART:{}", utc(starts_at)),
    ];
    lines.extend(product.window.ends_at.map(|ends_at| format!("DTEND:{}", utc(ends_at))));
    lines.extend([
        format!("SUMMARY:{title}"),
        format!("DESCRIPTION:{}", escaped(text)),
        format!("URL:{page}"),
        // The event does not make its owner busy.
        "TRANSP:TRANSPARENT".to_owned(),
        "BEGIN:VALARM".to_owned(),
        "ACTION:DISPLAY".to_owned(),
        format!("DESCRIPTION:{title}"),
        format!("TRIGGER:{REMINDER}"),
        "END:VALARM".to_owned(),
        "END:VEVENT".to_owned(),
        "END:VCALENDAR".to_owned(),
    ]);
    Some(lines.iter().map(|line| folded(line)).collect())
}

/// Formats a time in UTC: `20261127T080000Z`.
fn utc(at: Timestamp) -> String {
    let at = at.to_datetime();
    let (date, time) = (at.date(), at.time());
    let month = u8::from(date.month());
    format!("{:04}{month:02}{:02}T{:02}{:02}{:02}Z", date.year(), date.day(), time.hour(), time.minute(), time.second())
}

/// Escapes a text (RFC 5545, 3.3.11). Control characters other than the end of a line cannot stand in one.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            '\n' => escaped.push_str("\\n"),
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// Ends a line, and splits it where it is too long, but never within a character.
fn folded(line: &str) -> String {
    let mut folded = String::with_capacity(line.len() + 8);
    let mut bytes = 0;
    for c in line.chars() {
        if bytes + c.len_utf8() > MAX_LINE_BYTES {
            folded.push_str("\r\n ");
            bytes = 1;
        }
        folded.push(c);
        bytes += c.len_utf8();
    }
    folded.push_str("\r\n");
    folded
}

#[cfg(test)]
mod tests {
    use super::*;
    use checkout::model::{Money, ProductDraft, SaleWindow};

    fn product(name: &str, starts_at: Option<i64>, ends_at: Option<i64>) -> Product {
        let price = Money { minor: 1999, currency: "USD".parse().unwrap() };
        let [starts_at, ends_at] = [starts_at, ends_at].map(|at| at.map(Timestamp::from_millis));
        let draft = ProductDraft::new("lamp".parse().unwrap(), name, price, 3);
        let draft = ProductDraft { window: SaleWindow { starts_at, ends_at }, ..draft };
        draft.check(uuid::Uuid::from_u128(7).into(), Timestamp::default()).unwrap()
    }

    #[test]
    fn a_calendar_has_one_event_in_utc() {
        let product = product("Lamp", Some(1_795_391_999_123), Some(1_795_399_999_123));
        let now = Timestamp::from_millis(1_795_000_000_000);
        let file =
            calendar(&product, "https://shop.example/products/lamp", ["Lamp goes on sale", "A, b; c"], now).unwrap();
        assert!(
            file.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n") && file.ends_with("END:VCALENDAR\r\n"),
            "{file}"
        );
        for line in [
            "UID:00000000-0000-0000-0000-000000000007",
            "SEQUENCE:0",
            "DTSTAMP:20261118T110640Z",
            "DTSTART:20261122T235959Z",
            "DTEND:20261123T021319Z",
            "SUMMARY:Lamp goes on sale",
            "DESCRIPTION:A\\, b\\; c",
            "URL:https://shop.example/products/lamp",
        ] {
            assert!(file.contains(&format!("\r\n{line}\r\n")), "{line}: {file}");
        }
        let edited = Product { revision: 4, ..product };
        assert!(calendar(&edited, "", ["", ""], now).unwrap().contains("\r\nSEQUENCE:3\r\n"));
    }

    #[test]
    fn a_sale_without_an_opening_has_no_calendar() {
        let closing = product("Lamp", None, Some(1_795_399_999_123));
        assert_eq!(calendar(&closing, "", ["", ""], Timestamp::default()), None);
        let opening = product("Lamp", Some(1_795_399_999_123), None);
        assert!(!calendar(&opening, "", ["", ""], Timestamp::default()).unwrap().contains("DTEND"));
    }

    #[test]
    fn texts_cannot_add_lines() {
        assert_eq!(escaped("a\\b;c,d\r\nEND:VEVENT\u{7}"), "a\\\\b\\;c\\,d\\nEND:VEVENT");
    }

    #[test]
    fn long_lines_are_folded_between_characters() {
        let line = format!("SUMMARY:{}", "ü€😀".repeat(40));
        let folded = folded(&line);
        let lines: Vec<_> = folded.strip_suffix("\r\n").unwrap().split("\r\n").collect();
        assert!(lines.len() > 1 && lines.iter().all(|line| line.len() <= MAX_LINE_BYTES), "{lines:?}");
        assert!(lines[1..].iter().all(|line| line.starts_with(' ')));
        assert_eq!(folded.replace("\r\n ", ""), format!("{line}\r\n"));
    }
}
