//! Uploads of every kind: pictures, bombs, damaged files, and other files.

mod metadata;

use super::*;
use fastrand::Rng;
use image::{
    GrayAlphaImage, ImageBuffer, ImageEncoder as _, Luma, LumaA, Pixel, Rgb, RgbImage, Rgba, RgbaImage,
    codecs::{jpeg::JpegEncoder, png::PngEncoder, webp::WebPEncoder},
};

const RED: Rgb<u8> = Rgb([220, 20, 20]);
const GREEN: Rgb<u8> = Rgb([20, 200, 20]);
const BLUE: Rgb<u8> = Rgb([20, 20, 220]);
const GREY: Rgb<u8> = Rgb([128, 128, 128]);

/// A picture whose corners are red, green, blue and grey, clockwise from the top left.
fn corners(width: u32, height: u32) -> DynamicImage {
    RgbImage::from_fn(width, height, |x, y| match (x < width / 2, y < height / 2) {
        (true, true) => RED,
        (false, true) => GREEN,
        (false, false) => BLUE,
        (true, false) => GREY,
    })
    .into()
}

fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    image.write_to(&mut file, format).unwrap();
    file.into_inner()
}

/// A JPEG file that says in its metadata how it must be turned.
fn jpeg_turned(image: &DynamicImage, orientation: u8) -> Vec<u8> {
    // A TIFF header, and one directory with one entry: the orientation, a SHORT.
    let exif = [b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".as_slice(), &[orientation, 0, 0, 0], &[0; 4]].concat();
    let mut file = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut file, 95);
    encoder.set_exif_metadata(exif).unwrap();
    encoder.write_image(image.as_bytes(), image.width(), image.height(), image.color().into()).unwrap();
    file
}

fn decoded(file: &PictureFile) -> DynamicImage {
    let image = image::load_from_memory_with_format(&file.bytes, ImageFormat::WebP).unwrap();
    assert_eq!(size_of(&image), file.size);
    image
}

fn largest(picture: &NewPicture) -> DynamicImage {
    decoded(picture.files.last().unwrap())
}

#[track_caller]
fn assert_similar<P: Pixel<Subpixel = u8>>(shown: P, expected: P) {
    for (one, other) in shown.channels().iter().zip(expected.channels()) {
        assert!(one.abs_diff(*other) < 24, "{:?} {:?}", shown.channels(), expected.channels());
    }
}

#[track_caller]
fn assert_refused(upload: &[u8], is_expected: impl Fn(&PictureError) -> bool) {
    let refused = process(upload).unwrap_err();
    assert!(is_expected(&refused), "{refused:?}");
}

#[test]
fn each_format_is_encoded_in_all_sizes() {
    for (format, width, widths) in [
        (ImageFormat::Jpeg, 2000, vec![320, 640, 960, 1280, 1920]),
        (ImageFormat::Png, 700, vec![320, 640, 700]),
        (ImageFormat::WebP, 700, vec![320, 640, 700]),
    ] {
        let picture = process(&encoded(&corners(width, width / 8), format)).unwrap();
        let sizes: Vec<_> = picture.files.iter().map(|file| file.size.width).collect();
        // Blue is the quarter with the most chroma.
        assert!(picture.facts.hue.is_some_and(|hue| hue.abs_diff(266) <= 2), "{:?}", picture.facts.hue);
        assert_eq!((sizes, Some(picture.facts.size)), (widths, picture.files.last().map(|file| file.size)));
        for file in &picture.files {
            let (shown, size) = (decoded(file).into_rgb8(), file.size);
            assert_eq!(file.media_type, "image/webp");
            for ((x, y), colour) in [((0, 0), RED), ((1, 0), GREEN), ((1, 1), BLUE), ((0, 1), GREY)] {
                let pixel =
                    *shown.get_pixel(size.width / 4 + x * size.width / 2, size.height / 4 + y * size.height / 2);
                assert_similar(pixel, colour);
            }
        }
    }
}

#[test]
fn a_small_picture_is_not_enlarged_and_each_kind_of_pixel_is_read() {
    let gradient = |x: u32, y: u32| u8::try_from((x * 2 + y) % 256).unwrap();
    let images: [DynamicImage; 4] = [
        ImageBuffer::from_fn(90, 60, |x, y| Luma([gradient(x, y)])).into(),
        ImageBuffer::from_fn(90, 60, |x, y| Luma([u16::from(gradient(x, y)) * 257])).into(),
        ImageBuffer::from_fn(90, 60, |x, y| Rgb([u16::from(gradient(x, y)) * 257; 3])).into(),
        GrayAlphaImage::from_fn(90, 60, |x, y| LumaA([gradient(x, y), 255])).into(),
    ];
    for image in images {
        let picture = process(&encoded(&image, ImageFormat::Png)).unwrap();
        assert_eq!(
            (picture.files.len(), picture.facts.size),
            (1, PictureSize { width: 90, height: 60 }),
            "{:?}",
            image.color()
        );
        let shown = largest(&picture);
        assert!(!shown.color().has_alpha());
        assert_similar(*shown.into_rgb8().get_pixel(45, 30), Rgb([gradient(45, 30); 3]));
    }
    for (width, height) in [(1, 1), (1, 3000), (3000, 1)] {
        process(&encoded(&corners(width, height), ImageFormat::Png)).unwrap();
    }
}

#[test]
fn a_photo_is_turned_upright_and_loses_its_metadata() {
    // The corner that is at the top left, and then clockwise, once the photo is turned.
    let (a, b, c, d) = (RED, GREEN, BLUE, GREY);
    for (orientation, is_turned, upright) in [
        (1, false, [a, b, c, d]),
        (2, false, [b, a, d, c]),
        (3, false, [c, d, a, b]),
        (4, false, [d, c, b, a]),
        (5, true, [a, d, c, b]),
        (6, true, [d, a, b, c]),
        (7, true, [c, b, a, d]),
        (8, true, [b, c, d, a]),
        (9, false, [a, b, c, d]),
    ] {
        let upload = jpeg_turned(&corners(400, 200), orientation);
        assert!(upload.windows(4).any(|bytes| bytes == b"Exif"));
        let picture = process(&upload).unwrap();
        let (width, height) = if is_turned { (200, 400) } else { (400, 200) };
        assert_eq!(picture.facts.size, PictureSize { width, height }, "{orientation}");
        let shown = largest(&picture).into_rgb8();
        let (left, right, top, bottom) = (width / 4, width * 3 / 4, height / 4, height * 3 / 4);
        for ((x, y), colour) in [(left, top), (right, top), (right, bottom), (left, bottom)].into_iter().zip(upright) {
            assert_similar(*shown.get_pixel(x, y), colour);
        }
        for file in &picture.files {
            assert!(
                [&b"EXIF"[..], b"Exif", b"ICCP", b"XMP "]
                    .iter()
                    .all(|name| { file.bytes.windows(name.len()).all(|bytes| bytes != *name) })
            );
        }
    }
}

#[test]
fn transparency_is_kept_and_does_not_darken_edges() {
    let glass = RgbaImage::from_fn(1000, 500, |x, _| Rgba([255, 0, 0, if x < 500 { 255 } else { 0 }]));
    let picture = process(&encoded(&glass.into(), ImageFormat::Png)).unwrap();
    for file in &picture.files {
        let (shown, size) = (decoded(file).into_rgba8(), file.size);
        assert_similar(*shown.get_pixel(size.width / 4, size.height / 2), Rgba([255, 0, 0, 255]));
        assert_eq!(shown.get_pixel(size.width * 3 / 4, size.height / 2)[3], 0);
        let edge = shown.get_pixel(size.width / 2 - 2, size.height / 2);
        assert!(edge[0] > 200, "{edge:?}");
    }
    let opaque = RgbaImage::from_pixel(400, 300, Rgba([10, 200, 30, 255]));
    let picture = process(&encoded(&opaque.into(), ImageFormat::WebP)).unwrap();
    assert!(!largest(&picture).color().has_alpha());
}

#[test]
fn the_same_picture_has_one_id_whatever_its_metadata() {
    let image = corners(400, 200);
    let id = |upload: &[u8]| process(upload).unwrap().id;
    assert_eq!(id(&jpeg_turned(&image, 1)), id(&jpeg_turned(&image, 9)));
    assert_ne!(id(&jpeg_turned(&image, 1)), id(&jpeg_turned(&image, 3)));
    let png = encoded(&image, ImageFormat::Png);
    assert_eq!(id(&png), id(&encoded(&image, ImageFormat::WebP)), "both are lossless");
    assert_ne!(id(&png), id(&encoded(&corners(400, 202), ImageFormat::Png)));
}

#[test]
fn other_files_are_refused_whatever_their_name_says() {
    let gif = b"GIF89a\x01\0\x01\0\0\0\0;".as_slice();
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'/>".as_slice();
    let (bmp, tiff, heic) =
        (b"BM\x3a\0\0\0\0\0".as_slice(), b"II*\0\x08\0\0\0".as_slice(), b"\0\0\0\x18ftypheic".as_slice());
    let riff = b"RIFF\x24\0\0\0WAVEfmt ".as_slice();
    for upload in [b"", gif, svg, bmp, tiff, heic, riff, b"<html>", b"\x89PN", b"\xFF\xD8", &[0; 5000]] {
        assert_refused(upload, |e| matches!(e, PictureError::UnknownFormat | PictureError::Damaged));
    }
    assert_refused(gif, |error| matches!(error, PictureError::UnknownFormat));
}

/// A PNG file whose header promises this size.
fn png_bomb(width: u32, height: u32) -> Vec<u8> {
    let mut file = Vec::new();
    PngEncoder::new(&mut file).write_image(&[0; 3], 1, 1, image::ExtendedColorType::Rgb8).unwrap();
    file[16..20].copy_from_slice(&width.to_be_bytes());
    file[20..24].copy_from_slice(&height.to_be_bytes());
    let crc = crc32(&file[12..29]);
    file[29..33].copy_from_slice(&crc.to_be_bytes());
    file
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _: u32| if crc.is_multiple_of(2) { crc >> 1 } else { (crc >> 1) ^ 0xEDB8_8320 };
    !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}

#[test]
fn a_bomb_is_refused_by_its_header() {
    for (width, height) in
        [(30_000, 30_000), (12_001, 1), (1, 12_001), (8000, 5001), (i32::MAX as u32, i32::MAX as u32)]
    {
        assert_refused(&png_bomb(width, height), |error| {
            matches!(error, PictureError::TooManyPixels { width: w, height: h } if (*w, *h) == (width, height))
                // The decoder itself refuses a size that it could not even count.
                || (width > 65_535 && matches!(error, PictureError::Damaged))
        });
    }
    let mut jpeg = encoded(&corners(64, 64), ImageFormat::Jpeg);
    let frame = jpeg.windows(2).position(|marker| marker == [0xFF, 0xC0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0x75, 0x30, 0x75, 0x30]);
    assert_refused(&jpeg, |error| matches!(error, PictureError::TooManyPixels { width: 30_000, height: 30_000 }));
    let mut webp = Vec::new();
    WebPEncoder::new_lossless(&mut webp).write_image(&[0; 3], 1, 1, image::ExtendedColorType::Rgb8).unwrap();
    // The size of a lossless picture is in the 28 bits after its signature.
    let size = webp.windows(5).position(|bytes| &bytes[..4] == b"VP8L").unwrap() + 9;
    webp[size..size + 4].copy_from_slice(&(0x3FFE_u32 | 0x3FFE << 14).to_le_bytes());
    assert_refused(&webp, |error| matches!(error, PictureError::TooManyPixels { width: 16_383, height: 16_383 }));
    assert_refused(&vec![0; MAX_UPLOAD_BYTES + 1], |error| matches!(error, PictureError::TooManyBytes));
    // A header that promises less than the limit, and data that do not follow.
    assert_refused(&png_bomb(8000, 5000), |error| matches!(error, PictureError::Damaged));
}

#[test]
fn a_truncated_or_damaged_file_is_refused() {
    let mut rng = Rng::with_seed(7);
    let noise = RgbImage::from_fn(300, 200, |_, _| Rgb([rng.u8(..), rng.u8(..), rng.u8(..)]));
    let noise = DynamicImage::from(noise);
    let mut photo = jpeg_turned(&noise, 6);
    let png = encoded(&noise, ImageFormat::Png);
    for upload in [&photo, &png, &encoded(&noise, ImageFormat::WebP)] {
        for part in [upload.len() / 3, upload.len() / 2, upload.len() * 9 / 10] {
            assert_refused(&upload[..part], |error| matches!(error, PictureError::Damaged));
        }
    }
    // Cameras append previews and other data.
    photo.extend([0; 1000]);
    process(&photo).unwrap();
    let mut damaged = png.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 0xFF;
    assert_refused(&damaged, |error| matches!(error, PictureError::Damaged));
}

#[test]
fn no_file_makes_the_decoders_panic() {
    let mut rng = Rng::with_seed(11);
    let image = corners(40, 30);
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
        let file = encoded(&image, format);
        for _ in 0..300 {
            let mut changed = file.clone();
            for _ in 0..rng.usize(1..6) {
                let at = rng.usize(..changed.len());
                changed[at] = rng.u8(..);
            }
            changed.truncate(rng.usize(changed.len() / 2..=changed.len()));
            // Some changes leave a picture.
            let _ = process(&changed);
        }
    }
}
