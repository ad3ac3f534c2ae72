//! Pictures of a product.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Maximum number of pictures of one product.
pub const MAX_PICTURES: usize = 12;

/// The id of a stored picture: the SHA-256 of its content. A picture never changes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PictureId(pub [u8; 32]);

/// The text is not 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a picture's id is 64 lower-case hexadecimal digits")]
pub struct PictureIdError;

impl fmt::Display for PictureId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for PictureId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for PictureId {
    type Err = PictureIdError;

    fn from_str(text: &str) -> Result<Self, PictureIdError> {
        let digits: Option<Vec<u8>> = text
            .bytes()
            .map(|b| match b {
                b'0'..=b'9' => Some(b - b'0'),
                b'a'..=b'f' => Some(b - b'a' + 10),
                _ => None,
            })
            .collect();
        let digits = digits.filter(|digits| digits.len() == 64).ok_or(PictureIdError)?;
        let mut id = [0; 32];
        for (byte, pair) in id.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = pair[0] << 4 | pair[1];
        }
        Ok(Self(id))
    }
}

impl TryFrom<String> for PictureId {
    type Error = PictureIdError;

    fn try_from(text: String) -> Result<Self, PictureIdError> {
        text.parse()
    }
}

impl From<PictureId> for String {
    fn from(id: PictureId) -> Self {
        id.to_string()
    }
}

/// A picture of a product, in the order in which the product shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// The stored picture.
    pub id: PictureId,
    /// The text for people who do not see the picture.
    pub alt: String,
    /// The width of the largest size, in pixels.
    pub width: u32,
    /// The height of the largest size, in pixels.
    pub height: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_round_trips_as_hexadecimal() {
        let id = PictureId(std::array::from_fn(|n| u8::try_from(n * 8).unwrap()));
        assert_eq!(id.to_string().parse(), Ok(id));
        for text in ["", "00", &"0".repeat(63), &"A".repeat(64), &"é".repeat(32)] {
            assert_eq!(text.parse::<PictureId>(), Err(PictureIdError), "{text}");
        }
    }
}
