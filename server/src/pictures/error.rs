//! Why a picture is refused.

use super::process::{MAX_PIXELS, MAX_SIDE_PX, MAX_UPLOAD_BYTES};
use checkout::StoreError;

/// Why a picture is refused, in words for the operator.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The content is in no format that is accepted.
    #[error("this is not a PNG, JPEG or WebP picture")]
    UnknownFormat,
    /// The file is too large.
    #[error("a picture has at most {} MB", MAX_UPLOAD_BYTES / (1024 * 1024))]
    TooManyBytes,
    /// The picture has too many pixels.
    #[error(
        "this picture has {width} × {height} pixels; at most {} megapixels and {MAX_SIDE_PX} pixels a side are possible",
        MAX_PIXELS / 1_000_000
    )]
    TooManyPixels {
        /// The width in pixels.
        width: u32,
        /// The height in pixels.
        height: u32,
    },
    /// The content ends too early, or cannot be decoded.
    #[error("this picture is incomplete or damaged")]
    Damaged,
    /// Too many other pictures wait to be processed.
    #[error("too many pictures are being processed; try again in a moment")]
    Busy,
    /// The picture could not be encoded.
    #[error("this picture could not be processed; the server’s log says why")]
    Internal,
    /// The database failed.
    #[error("the picture could not be stored: {0}")]
    Store(#[from] StoreError),
}
