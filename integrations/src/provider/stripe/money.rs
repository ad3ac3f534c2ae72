//! Converts between Stripe's amounts and this shop's minor units. The two differ for three of the currencies that Stripe accepts
//! (docs.stripe.com/currencies).

use checkout::model::{Currency, Money};

/// Returns the number of decimal digits of Stripe's minor unit. It differs from ISO 4217 for three currencies: Stripe counts
/// hundredths of ISK and UGX, and whole MGA.
fn exponent(currency: Currency) -> u32 {
    match currency.as_str() {
        "ISK" | "UGX" => 2,
        "MGA" => 0,
        _ => currency.exponent(),
    }
}

/// Returns Stripe's amount in this shop's minor units; `None` if it is negative or not a whole number of them.
pub(super) fn minor(amount: i64, currency: Currency) -> Option<i64> {
    rescaled(amount, exponent(currency), currency.exponent())
}

/// Returns the amount in Stripe's minor units; `None` if it is negative or not a whole number of them.
pub(super) fn theirs(amount: Money) -> Option<i64> {
    rescaled(amount.minor, amount.currency.exponent(), exponent(amount.currency))
}

/// Returns Stripe's amount as money. Stripe writes the currency's code in lower case.
pub(super) fn money(amount: i64, code: &str) -> Option<Money> {
    let currency = code.to_ascii_uppercase().parse().ok()?;
    Some(Money { minor: minor(amount, currency)?, currency })
}

fn rescaled(amount: i64, from: u32, to: u32) -> Option<i64> {
    let divisor = 10_i64.pow(from.saturating_sub(to));
    let factor = 10_i64.pow(to.saturating_sub(from));
    (amount >= 0 && amount % divisor == 0).then_some(amount / divisor)?.checked_mul(factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_agree_with_stripes_own_examples() {
        for (code, theirs, ours) in [
            ("USD", 1000, Some(1000)),
            ("EUR", 0, Some(0)),
            ("JPY", 500, Some(500)),
            ("KRW", 500, Some(500)),
            ("XOF", 500, Some(500)),
            ("KWD", 5120, Some(5120)),
            ("HUF", 1000, Some(1000)),
            ("TWD", 80_000, Some(80_000)),
            ("ISK", 500, Some(5)),
            ("UGX", 500, Some(5)),
            ("ISK", 501, None),
            ("MGA", 5, Some(500)),
            ("MGA", i64::MAX, None),
            ("USD", -1, None),
        ] {
            assert_eq!(minor(theirs, code.parse().unwrap()), ours, "{theirs} {code}");
        }
    }

    #[test]
    fn amounts_are_sent_in_stripes_units() {
        for (code, ours, theirs) in [
            ("USD", 1999, Some(1999)),
            ("JPY", 500, Some(500)),
            ("KWD", 5120, Some(5120)),
            ("ISK", 5, Some(500)),
            ("MGA", 500, Some(5)),
            ("MGA", 501, None),
            ("UGX", i64::MAX, None),
            ("EUR", -1, None),
        ] {
            let amount = Money { minor: ours, currency: code.parse().unwrap() };
            assert_eq!(super::theirs(amount), theirs, "{ours} {code}");
        }
    }

    #[test]
    fn codes_are_read_in_lower_case() {
        assert_eq!(money(500, "isk"), Some(Money { minor: 5, currency: "ISK".parse().unwrap() }));
        assert_eq!(money(500, "dollars"), None);
        assert_eq!(money(501, "isk"), None);
    }
}
