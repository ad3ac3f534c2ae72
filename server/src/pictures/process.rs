//! Turns an upload into the files of a picture: checks its size before it decodes it, turns it upright, and encodes it in
//! several sizes. Only pixels remain: all metadata, such as the place where a photo was taken, is dropped.

mod hue;
mod png_chunks;

use super::PictureError;
use bytes::Bytes;
use checkout::{
    model::{PictureFacts, PictureId, PictureSize},
    store::{NewPicture, PictureFile},
};
use fast_image_resize::{MulDiv, ResizeOptions, Resizer};
use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits, metadata::Orientation};
use png_chunks::without_metadata;
use sha2::{Digest as _, Sha256};
use std::{borrow::Cow, io::Cursor};
use webp::{Encoder, PixelLayout, WebPConfig};

/// Largest upload of one picture, in bytes.
pub const MAX_UPLOAD_BYTES: usize = 10 * 1024 * 1024;
/// Maximum number of pixels of an upload.
pub const MAX_PIXELS: u64 = 40_000_000;
/// Maximum width and height of an upload, in pixels.
pub const MAX_SIDE_PX: u32 = 12_000;

/// Memory that a decoder may allocate, in bytes: the largest picture with 16 bits for each of four channels, and some more.
const MAX_DECODER_BYTES: u64 = 400_000_000;
/// Quality of the files, out of 100. Above it, size grows faster than what can be seen.
const QUALITY: f32 = 80.0;
/// Largest width and height of the picture whose pixels are counted for its hue.
const HUE_SAMPLE_PX: u32 = 128;
/// The format of the files.
const MEDIA_TYPE: &str = "image/webp";

/// Checks an upload, and encodes it in the sizes that are stored.
///
/// # Errors
///
/// The upload is no picture that is accepted.
pub fn process(upload: &[u8]) -> Result<NewPicture, PictureError> {
    let (image, orientation) = decode(upload)?;
    let largest = shrink(image, orientation)?;
    let size = size_of(&largest);
    let files = size.all_stored().map(|size| encode(&resize(&largest, size)?));
    let files = files.collect::<Result<Vec<_>, _>>()?;
    let sample = PictureSize { width: size.width.min(HUE_SAMPLE_PX), height: size.height.min(HUE_SAMPLE_PX) };
    let hue = hue::dominant(&resize(&largest, sample)?.into_rgba8());
    Ok(NewPicture { id: id_of(&files), facts: PictureFacts { size, hue }, files })
}

fn size_of(image: &DynamicImage) -> PictureSize {
    PictureSize { width: image.width(), height: image.height() }
}

/// Decodes an upload whose header promises an acceptable size.
fn decode(upload: &[u8]) -> Result<(DynamicImage, Orientation), PictureError> {
    if upload.len() > MAX_UPLOAD_BYTES {
        return Err(PictureError::TooManyBytes);
    }
    let format = image::guess_format(upload).map_err(|_| PictureError::UnknownFormat)?;
    if !matches!(format, ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP) {
        return Err(PictureError::UnknownFormat);
    }
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MAX_DECODER_BYTES);
    let file = if format == ImageFormat::Png { Cow::Owned(without_metadata(upload)) } else { Cow::Borrowed(upload) };
    let mut reader = ImageReader::with_format(Cursor::new(&*file), format);
    reader.limits(limits.clone());
    let damaged = |error| {
        tracing::debug!(%error, "a picture cannot be decoded");
        PictureError::Damaged
    };
    let mut decoder = reader.into_decoder().map_err(damaged)?;
    let (width, height) = decoder.dimensions();
    if width.max(height) > MAX_SIDE_PX || u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(PictureError::TooManyPixels { width, height });
    }
    // The decoder would fill the missing part with grey.
    if format == ImageFormat::Jpeg && !is_complete_jpeg(upload) {
        return Err(PictureError::Damaged);
    }
    decoder.set_limits(limits).map_err(damaged)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let image = DynamicImage::from_decoder(decoder).map_err(damaged)?;
    Ok((image, orientation))
}

/// Whether a JPEG file has its end marker. Bytes may follow it: cameras append previews.
fn is_complete_jpeg(file: &[u8]) -> bool {
    let mut rest = file;
    loop {
        let Some(at) = rest.windows(2).position(|pair| pair[0] == 0xFF && !matches!(pair[1], 0x00 | 0xFF)) else {
            return false;
        };
        let (marker, after) = (rest[at + 1], &rest[at + 2..]);
        rest = match marker {
            0xD9 => return true,
            // Markers without a segment: start of the image, restarts of the compressed data, and one that is not used.
            0xD8 | 0xD0..=0xD7 | 0x01 => after,
            // A segment begins with its length. A preview inside it may contain an end marker of its own.
            _ => match after {
                [high, low, ..] => match after.get(usize::from(u16::from_be_bytes([*high, *low]))..) {
                    Some(rest) => rest,
                    None => return false,
                },
                _ => return false,
            },
        };
    }
}

/// Returns the picture in the largest size that is stored, upright, with 8 bits for each channel, and with an alpha channel
/// only if some of it is transparent.
fn shrink(mut image: DynamicImage, orientation: Orientation) -> Result<DynamicImage, PictureError> {
    let is_turned = matches!(
        orientation,
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH
    );
    let turn = |size: PictureSize| {
        if is_turned { PictureSize { width: size.height, height: size.width } } else { size }
    };
    // Turned last, because a turned copy of the whole upload would need as much memory again.
    let target = turn(turn(size_of(&image)).largest_stored());
    if size_of(&image) != target {
        // The resizer would make a copy for this. It is done in place, and undone in the smaller picture.
        let has_alpha = image.color().has_alpha();
        if has_alpha {
            MulDiv::new().multiply_alpha_inplace(&mut image).map_err(internal)?;
        }
        let mut smaller = DynamicImage::new(target.width, target.height, image.color());
        let options = ResizeOptions::new().use_alpha(false);
        Resizer::new().resize(&image, &mut smaller, &options).map_err(internal)?;
        if has_alpha {
            MulDiv::new().divide_alpha_inplace(&mut smaller).map_err(internal)?;
        }
        image = smaller;
    }
    image.apply_orientation(orientation);
    let is_opaque = !image.color().has_alpha() || image.to_rgba8().pixels().all(|pixel| pixel[3] == u8::MAX);
    Ok(if is_opaque { image.into_rgb8().into() } else { image.into_rgba8().into() })
}

fn resize(image: &DynamicImage, size: PictureSize) -> Result<DynamicImage, PictureError> {
    if size_of(image) == size {
        return Ok(image.clone());
    }
    let mut resized = DynamicImage::new(size.width, size.height, image.color());
    Resizer::new().resize(image, &mut resized, &ResizeOptions::new()).map_err(internal)?;
    Ok(resized)
}

/// Encodes a picture of 8 bits for each channel as lossy WebP, with its transparency.
fn encode(image: &DynamicImage) -> Result<PictureFile, PictureError> {
    let size = size_of(image);
    let layout = if image.color().has_alpha() { PixelLayout::Rgba } else { PixelLayout::Rgb };
    let mut config = WebPConfig::new().map_err(|()| internal("no configuration"))?;
    config.quality = QUALITY;
    let encoder = Encoder::new(image.as_bytes(), layout, size.width, size.height);
    let encoded = encoder.encode_advanced(&config).map_err(|error| internal(format!("{error:?}")))?;
    Ok(PictureFile { size, media_type: MEDIA_TYPE, bytes: Bytes::copy_from_slice(&encoded) })
}

fn internal(error: impl std::fmt::Display) -> PictureError {
    tracing::error!(%error, "a picture could not be processed");
    PictureError::Internal
}

/// Returns the SHA-256 of all files, so that an address names one content for ever.
fn id_of(files: &[PictureFile]) -> PictureId {
    let mut hash = Sha256::new();
    for file in files {
        hash.update(file.size.width.to_be_bytes());
        hash.update(file.size.height.to_be_bytes());
        hash.update((file.bytes.len() as u64).to_be_bytes());
        hash.update(&file.bytes);
    }
    PictureId(hash.finalize().into())
}

#[cfg(test)]
mod tests;
