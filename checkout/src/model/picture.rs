//! Pictures of a product.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Maximum number of pictures of one product.
pub const MAX_PICTURES: usize = 12;

/// Longest text for a picture, in characters.
pub const MAX_ALT_CHARS: usize = 300;

/// The widths in which a picture is stored, in pixels. Its own width ends the list if it is less: no size is enlarged.
const WIDTHS_PX: [u32; 5] = [320, 640, 960, 1280, MAX_WIDTH_PX];

/// Largest width and height of a stored picture, in pixels.
const MAX_WIDTH_PX: u32 = 1920;
const MAX_HEIGHT_PX: u32 = 3840;

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
    /// The hue that its colours have most, as an angle in degrees; `None` for a grey picture, and for one that an older version
    /// stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hue: Option<u16>,
}

/// The facts of a stored picture that do not depend on the product that shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PictureFacts {
    /// The largest size.
    pub size: PictureSize,
    /// See [`Picture::hue`].
    pub hue: Option<u16>,
}

/// One of the sizes in which a picture is stored, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PictureSize {
    /// The width.
    pub width: u32,
    /// The height.
    pub height: u32,
}

impl PictureSize {
    /// Returns the largest size in which a picture of this size is stored.
    #[must_use]
    pub fn largest_stored(self) -> Self {
        let fitting = self.scaled_to(self.width.min(MAX_WIDTH_PX));
        if fitting.height <= MAX_HEIGHT_PX {
            return fitting;
        }
        Self { width: scale(self.width, MAX_HEIGHT_PX, self.height), height: MAX_HEIGHT_PX }
    }

    /// Returns all sizes in which a picture is stored whose largest size is this, from the smallest.
    pub fn all_stored(self) -> impl Iterator<Item = Self> {
        let widths = WIDTHS_PX.into_iter().filter(move |width| *width < self.width);
        widths.chain([self.width]).map(move |width| self.scaled_to(width))
    }

    fn scaled_to(self, width: u32) -> Self {
        Self { width, height: scale(self.height, width, self.width) }
    }
}

/// Returns `length × to / from`, rounded, and at least 1.
fn scale(length: u32, to: u32, from: u32) -> u32 {
    let from = u64::from(from.max(1));
    let scaled = (u64::from(length) * u64::from(to) + from / 2) / from;
    u32::try_from(scaled).unwrap_or(u32::MAX).max(1)
}

impl Picture {
    /// Returns the sizes in which the picture is stored, from the smallest.
    pub fn sizes(&self) -> impl Iterator<Item = PictureSize> + use<> {
        PictureSize { width: self.width, height: self.height }.all_stored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_stored_in_several_sizes_and_never_enlarged() {
        for ((width, height), sizes) in [
            ((6000, 4000), vec![(320, 213), (640, 427), (960, 640), (1280, 853), (1920, 1280)]),
            ((1280, 1), vec![(320, 1), (640, 1), (960, 1), (1280, 1)]),
            ((641, 900), vec![(320, 449), (640, 899), (641, 900)]),
            ((100, 50), vec![(100, 50)]),
            ((1, 1), vec![(1, 1)]),
            ((1000, 12_000), vec![(320, 3840)]),
            ((12, 12_000), vec![(4, 3840)]),
        ] {
            let largest = PictureSize { width, height }.largest_stored();
            let stored: Vec<_> = largest.all_stored().map(|size| (size.width, size.height)).collect();
            assert_eq!(stored, sizes, "{width} × {height}");
            assert_eq!(largest.largest_stored(), largest);
        }
    }

    #[test]
    fn an_id_round_trips_as_hexadecimal() {
        let id = PictureId(std::array::from_fn(|n| u8::try_from(n * 8).unwrap()));
        assert_eq!(id.to_string().parse(), Ok(id));
        for text in ["", "00", &"0".repeat(63), &"A".repeat(64), &"é".repeat(32)] {
            assert_eq!(text.parse::<PictureId>(), Err(PictureIdError), "{text}");
        }
    }
}
