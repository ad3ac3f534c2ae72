//! Pictures for uploads.

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use std::io::Cursor;

/// A PNG file of one colour.
pub fn png(colour: u8, width: u32, height: u32) -> Vec<u8> {
    let image: DynamicImage = RgbImage::from_pixel(width, height, Rgb([colour, 80, 160])).into();
    let mut file = Cursor::new(Vec::new());
    image.write_to(&mut file, ImageFormat::Png).unwrap();
    file.into_inner()
}
