//! Money in integer minor units. No floats.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// An ISO 4217 code: three capital letters.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

impl Currency {
    /// The code, `USD`.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// The number of decimal digits of the minor unit: 2 for most, 0 for yen, 3 for dinars (ISO 4217).
    pub fn exponent(self) -> u32 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG" | b"RWF" | b"UGX"
            | b"UYI" | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            _ => 2,
        }
    }
}

impl FromStr for Currency {
    type Err = MoneyError;

    fn from_str(s: &str) -> Result<Self, MoneyError> {
        match s.as_bytes() {
            &[a, b, c] if [a, b, c].iter().all(u8::is_ascii_uppercase) => Ok(Self([a, b, c])),
            _ => Err(MoneyError::Currency),
        }
    }
}

impl TryFrom<String> for Currency {
    type Error = MoneyError;

    fn try_from(s: String) -> Result<Self, MoneyError> {
        s.parse()
    }
}

impl From<Currency> for String {
    fn from(c: Currency) -> Self {
        c.as_str().to_owned()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An amount: minor units (cents) of a currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Minor units, never negative for a price.
    pub minor: i64,
    /// The currency.
    pub currency: Currency,
}

/// Why a text cannot be parsed as money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not three capital letters.
    #[error("a currency is three capital letters, such as USD")]
    Currency,
    /// Not a plain decimal with the digits that the currency has.
    #[error("an amount is a plain decimal such as 19.99, with no more decimals than the currency has")]
    Amount,
}

impl Money {
    /// Returns the amount times `quantity`; `None` on overflow.
    pub fn times(self, quantity: u32) -> Option<Self> {
        let minor = self.minor.checked_mul(i64::from(quantity))?;
        Some(Self { minor, ..self })
    }

    /// Parses a decimal of major units: `19.99` USD is 1999 cents.
    ///
    /// ```
    /// use checkout::model::{Currency, Money};
    ///
    /// let usd: Currency = "USD".parse()?;
    /// assert_eq!(Money::parse("19.99", usd)?.minor, 1999);
    /// assert!(Money::parse("19.999", usd).is_err());
    /// # Ok::<(), checkout::model::MoneyError>(())
    /// ```
    pub fn parse(decimal: &str, currency: Currency) -> Result<Self, MoneyError> {
        let digits = currency.exponent() as usize;
        let (whole, part) = decimal.split_once('.').unwrap_or((decimal, ""));
        let plain = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !plain(whole) || !plain(part) || part.len() > digits || decimal.ends_with('.') {
            return Err(MoneyError::Amount);
        }
        let minor = format!("{whole}{part:0<digits$}").parse().map_err(|_| MoneyError::Amount)?;
        Ok(Self { minor, currency })
    }

    /// The major units as a plain decimal, `19.99`.
    pub fn decimal(self) -> String {
        let digits = self.currency.exponent() as usize;
        if digits == 0 {
            return self.minor.to_string();
        }
        let text = format!("{:0>width$}", self.minor.unsigned_abs(), width = digits + 1);
        let (whole, part) = text.split_at(text.len() - digits);
        let sign = if self.minor < 0 { "-" } else { "" };
        format!("{sign}{whole}.{part}")
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.decimal(), self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_round_trip_with_each_currencys_digits() {
        for (text, code, minor) in
            [("5000.00", "USD", 500_000), ("0.05", "EUR", 5), ("120", "JPY", 120), ("1.234", "KWD", 1234)]
        {
            let money = Money::parse(text, code.parse().unwrap()).unwrap();
            assert_eq!((money.minor, money.decimal().as_str()), (minor, text));
        }
        assert_eq!(Money::parse("19.9", "USD".parse().unwrap()).unwrap().minor, 1990);
    }

    #[test]
    fn anything_but_a_plain_decimal_is_refused() {
        for text in ["", ".", "1.", ".5", "-1", "+1", "1e3", "1.999", "1,50", " 1", "99999999999999999999"] {
            assert_eq!(Money::parse(text, "USD".parse().unwrap()), Err(MoneyError::Amount), "{text}");
        }
        for code in ["", "usd", "USDX", "U$D", "é1"] {
            assert!(code.parse::<Currency>().is_err(), "{code}");
        }
    }
}
