//! The short number of an order, for people.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Crockford's base 32: no I, L, O or U, which people confuse with other characters.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Number of characters.
const LENGTH: usize = 8;

/// The number of an order as people read and say it, `HF-7K3Q-9M2D`. It is unique, and says nothing of other orders.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OrderNumber([u8; LENGTH]);

/// The text is not an order number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an order number has the form HF-7K3Q-9M2D")]
pub struct OrderNumberError;

impl OrderNumber {
    /// Makes a number of the lowest 40 bits.
    ///
    /// ```
    /// use checkout::model::OrderNumber;
    ///
    /// assert_eq!(OrderNumber::from_bits(33).to_string(), "HF-0000-0011");
    /// ```
    pub fn from_bits(bits: u64) -> Self {
        let digit = |nth: usize| ALPHABET[(bits >> (5 * (LENGTH - 1 - nth)) & 31) as usize];
        Self(std::array::from_fn(digit))
    }
}

impl fmt::Display for OrderNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = std::str::from_utf8(&self.0).unwrap_or_default();
        write!(f, "HF-{}-{}", &text[..4], &text[4..])
    }
}

impl fmt::Debug for OrderNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for OrderNumber {
    type Err = OrderNumberError;

    /// Accepts a number as people type it: in any case, with or without `HF` and hyphens, and with O for 0, I or L for 1.
    fn from_str(text: &str) -> Result<Self, OrderNumberError> {
        let mut letters = text.bytes().filter(|b| !matches!(b, b'-' | b' ')).map(|b| b.to_ascii_uppercase());
        let letters: Vec<u8> = letters.by_ref().take(LENGTH + 3).collect();
        let digits = letters.strip_prefix(b"HF").filter(|rest| rest.len() == LENGTH).unwrap_or(&letters);
        let digit = |letter: u8| match letter {
            b'O' => Some(b'0'),
            b'I' | b'L' => Some(b'1'),
            other => ALPHABET.contains(&other).then_some(other),
        };
        let digits: Option<Vec<u8>> = digits.iter().copied().map(digit).collect();
        digits.and_then(|digits| digits.try_into().ok()).map(Self).ok_or(OrderNumberError)
    }
}

impl TryFrom<String> for OrderNumber {
    type Error = OrderNumberError;

    fn try_from(text: String) -> Result<Self, OrderNumberError> {
        text.parse()
    }
}

impl From<OrderNumber> for String {
    fn from(number: OrderNumber) -> Self {
        number.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_people_type_it() {
        let number = OrderNumber::from_bits(0x12_3456_789A);
        let text = number.to_string();
        for typed in
            [text.clone(), text.to_lowercase(), text.replace('-', ""), text[3..].to_owned(), format!(" {text} ")]
        {
            assert_eq!(typed.parse(), Ok(number), "{typed}");
        }
        assert_eq!("HF-OOOO-OOLI".parse::<OrderNumber>(), "HF-0000-0011".parse());
        for typed in ["", "HF", "HF-0000-001", "HF-0000-00111", "HF-0000-001U", "0000000é"] {
            assert_eq!(typed.parse::<OrderNumber>(), Err(OrderNumberError), "{typed}");
        }
    }

    #[test]
    fn a_number_may_begin_like_the_prefix() {
        let number: OrderNumber = "HF00-0011".parse().unwrap();
        assert_eq!(number.to_string(), "HF-HF00-0011");
        assert_eq!(number.to_string().parse(), Ok(number));
    }
}
