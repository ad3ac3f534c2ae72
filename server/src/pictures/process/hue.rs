//! The hue that the colours of a picture have most, in OKLCH: the colour space of the style sheet.

use checkout::model::HUES;
use image::RgbaImage;

/// Width of the part of the circle whose colours count as one hue, in degrees.
const WINDOW: usize = 30;
/// Colours with less chroma count as grey.
const MIN_CHROMA: f32 = 0.04;
/// Smallest share of a picture's visible area that has colour. Less is a spot, or the noise of a grey photo.
const MIN_SHARE: f32 = 0.01;

/// A colour: the two axes of `OKLab` that span the circle of hues.
#[derive(Debug, Clone, Copy, Default)]
struct Chroma {
    a: f32,
    b: f32,
}

/// Returns the hue of a picture, as an angle in degrees: the middle of the part of the circle with the most chroma. A grey
/// picture has none.
pub(super) fn dominant(image: &RgbaImage) -> Option<u16> {
    let linear: [f32; 256] = std::array::from_fn(linear);
    let mut circle = [Chroma::default(); HUES as usize];
    let (mut visible, mut coloured) = (0.0, 0.0);
    for pixel in image.pixels() {
        let [red, green, blue, alpha] = pixel.0;
        let cover = f32::from(alpha) / 255.0;
        visible += cover;
        let Chroma { a, b } = chroma([red, green, blue].map(|channel| linear[usize::from(channel)]));
        if a.hypot(b) >= MIN_CHROMA {
            coloured += cover;
            let sum = &mut circle[degrees(a, b)];
            *sum = Chroma { a: sum.a + cover * a, b: sum.b + cover * b };
        }
    }
    if coloured <= visible * MIN_SHARE {
        return None;
    }
    let windows = (0..circle.len()).map(|from| window(&circle, from));
    let strongest = windows.max_by(|one, two| one.a.hypot(one.b).total_cmp(&two.a.hypot(two.b)))?;
    u16::try_from(degrees(strongest.a, strongest.b)).ok()
}

/// Returns the sum of the colours of one part of the circle.
fn window(circle: &[Chroma], from: usize) -> Chroma {
    let part = circle.iter().cycle().skip(from).take(WINDOW);
    part.fold(Chroma::default(), |sum, colour| Chroma { a: sum.a + colour.a, b: sum.b + colour.b })
}

/// Returns an angle as a whole number of degrees below [`HUES`].
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the angle is 0 to 360")]
fn degrees(a: f32, b: f32) -> usize {
    b.atan2(a).to_degrees().rem_euclid(360.0).round() as usize % usize::from(HUES)
}

/// Returns the light of a channel of sRGB.
#[expect(clippy::cast_precision_loss, reason = "a channel is at most 255")]
fn linear(channel: usize) -> f32 {
    let channel = channel as f32 / 255.0;
    if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
}

/// Converts linear sRGB to `OKLab` (<https://bottosson.github.io/posts/oklab/>), without its lightness.
fn chroma([red, green, blue]: [f32; 3]) -> Chroma {
    let long = (0.412_221_46 * red + 0.536_332_55 * green + 0.051_445_995 * blue).cbrt();
    let medium = (0.211_903_5 * red + 0.680_699_5 * green + 0.107_396_96 * blue).cbrt();
    let short = (0.088_302_46 * red + 0.281_718_85 * green + 0.629_978_7 * blue).cbrt();
    Chroma {
        a: 1.977_998_5 * long - 2.428_592_2 * medium + 0.450_593_7 * short,
        b: 0.025_904_037 * long + 0.782_771_77 * medium - 0.808_675_77 * short,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgba;

    fn plain(colour: [u8; 4]) -> RgbaImage {
        RgbaImage::from_pixel(100, 100, Rgba(colour))
    }

    #[test]
    fn a_colour_has_its_hue_in_oklch() {
        for (colour, expected) in [
            ([255, 0, 0, 255], 29),
            ([255, 255, 0, 255], 110),
            ([0, 255, 0, 255], 142),
            ([0, 255, 255, 255], 195),
            ([0, 0, 255, 255], 264),
            ([255, 0, 255, 255], 328),
        ] {
            assert_eq!(dominant(&plain(colour)), Some(expected), "{colour:?}");
        }
    }

    #[test]
    fn a_grey_or_invisible_picture_has_no_hue() {
        for colour in [[0, 0, 0, 255], [255, 255, 255, 255], [120, 122, 121, 255], [255, 0, 0, 0]] {
            assert_eq!(dominant(&plain(colour)), None, "{colour:?}");
        }
    }

    #[test]
    fn the_colours_of_the_thing_count_and_not_its_background() {
        let mut image = plain([255, 255, 255, 255]);
        let mut fill = |rows: std::ops::Range<u32>, colour: [u8; 4]| {
            for y in rows {
                for x in 0..100 {
                    image.put_pixel(x, y, Rgba(colour));
                }
            }
        };
        // A pale sky is larger than the vivid thing; shades of red around 0 degrees count together.
        fill(0..30, [190, 210, 230, 255]);
        fill(40..46, [240, 40, 90, 255]);
        fill(46..52, [240, 60, 40, 255]);
        fill(90..91, [0, 255, 0, 255]);
        let hue = dominant(&image).unwrap();
        assert!((10..=35).contains(&hue), "{hue}");
        // A spot is not enough.
        let mut image = plain([255, 255, 255, 255]);
        image.put_pixel(1, 1, Rgba([255, 0, 0, 255]));
        assert_eq!(dominant(&image), None);
    }
}
