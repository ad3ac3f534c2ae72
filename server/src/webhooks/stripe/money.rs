//! Converts Stripe's amounts to this shop's minor units. The two differ for three of the currencies that Stripe accepts
//! (docs.stripe.com/currencies).

use checkout::model::Currency;

/// Returns the number of decimal digits of Stripe's minor unit. It differs from ISO 4217 for three currencies: Stripe counts
/// hundredths of ISK and UGX, and whole MGA.
fn exponent(currency: Currency) -> u32 {
    match currency.as_str() {
        "ISK" | "UGX" => 2,
        "MGA" => 0,
        _ => currency.exponent(),
    }
}

/// Returns the amount in this shop's minor units; `None` if it is negative or not a whole number of them.
pub fn minor(amount: i64, currency: Currency) -> Option<i64> {
    let (theirs, ours) = (exponent(currency), currency.exponent());
    let larger = 10_i64.pow(theirs.saturating_sub(ours));
    let smaller = 10_i64.pow(ours.saturating_sub(theirs));
    (amount >= 0 && amount % larger == 0).then_some(amount / larger)?.checked_mul(smaller)
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
}
