//! Prices as people write them, with their currency.

use checkout::model::Money;

/// The sign that people write before an amount; a currency without one is written by its code.
fn sign(code: &str) -> Option<&'static str> {
    Some(match code {
        "USD" => "$",
        "EUR" => "€",
        "GBP" => "£",
        "JPY" => "¥",
        "CAD" => "CA$",
        "AUD" => "A$",
        "NZD" => "NZ$",
        "INR" => "₹",
        "KRW" => "₩",
        _ => return None,
    })
}

/// `$5,000.00`, `¥42,000`; `CHF 1,200.00` where the currency has no sign of its own.
pub fn price(money: Money) -> String {
    let decimal = money.decimal();
    let (minus, plain) = decimal.strip_prefix('-').map_or(("", decimal.as_str()), |rest| ("−", rest));
    let (whole, part) = plain.split_once('.').map_or((plain, None), |(w, p)| (w, Some(p)));
    let mut text = grouped(whole);
    if let Some(part) = part {
        text.push('.');
        text.push_str(part);
    }
    match sign(money.currency.as_str()) {
        Some(sign) => format!("{minus}{sign}{text}"),
        // A space that does not break, so that code and amount stay on one line.
        None => format!("{minus}{}\u{a0}{text}", money.currency),
    }
}

/// Digits in groups of three.
fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_say_their_currency() {
        for (minor, code, text) in [
            (500_000, "USD", "$5,000.00"),
            (18_950, "EUR", "€189.50"),
            (42_000, "JPY", "¥42,000"),
            (5, "GBP", "£0.05"),
            (120_000, "CHF", "CHF\u{a0}1,200.00"),
            (1_234_567, "KWD", "KWD\u{a0}1,234.567"),
            (-1999, "USD", "−$19.99"),
            (99_999, "USD", "$999.99"),
            (i64::MAX, "JPY", "¥9,223,372,036,854,775,807"),
        ] {
            assert_eq!(price(Money { minor, currency: code.parse().unwrap() }), text);
        }
    }
}
