//! The drawings of cards, as SVG.

use super::{
    CARD_HEIGHT_PX, CARD_WIDTH_PX, FONT_FAMILY,
    text::{FittedText, escape, fit, width_em},
};
use app::shop::card::{CardTone, ProductCard, ShopCard};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::fmt::Write as _;

/// The shop's icon.
pub const ICON: &str = include_str!("../../../assets/favicon.svg");

// Colours, as in the dark theme of style/tokens.css.
const GROUND: &str = "#08191d";
const RAISED: &str = "#15313a";
const TEXT: &str = "#edf3ef";
const MUTED: &str = "#a6bcbd";
const GREEN: &str = "#6fd6c4";
const AMBER: &str = "#f3bf6b";

/// Distance of texts from the left edge.
const LEFT_PX: f32 = 72.0;
/// Width of the texts of a product's card.
const TEXT_WIDTH_PX: f32 = 528.0;
/// Distance of a product's picture from the left edge.
const PICTURE_LEFT_PX: u32 = 656;
/// Sizes of a product's name, from the largest.
const NAME_SIZES_PX: [f32; 4] = [92.0, 76.0, 62.0, 50.0];
/// Lines of a product's name.
const MAX_NAME_LINES: usize = 3;
/// Sizes of the shop's name on its own card.
const SHOP_SIZES_PX: [f32; 4] = [128.0, 104.0, 84.0, 60.0];
/// Distance of two lines, as a part of the font's size.
const LINE_HEIGHT: f32 = 1.06;

/// An image for a drawing, as the server read it.
#[derive(Debug, Clone)]
pub struct Image {
    /// The type of the file.
    pub media_type: &'static str,
    /// The file.
    pub bytes: bytes::Bytes,
}

impl Image {
    fn data_url(&self) -> String {
        format!("data:{};base64,{}", self.media_type, STANDARD.encode(&self.bytes))
    }
}

/// Draws the card of a product.
pub fn product(card: &ProductCard, image: Option<&Image>) -> String {
    let mut svg = open();
    picture(&mut svg, image, card.tone);
    icon(&mut svg, LEFT_PX, 60.0, 48.0);
    let shop = fit(&card.shop, 500, TEXT_WIDTH_PX - 64.0, &[30.0, 24.0], 1);
    lines(&mut svg, &shop, LEFT_PX + 64.0, 94.0, 500, MUTED);
    let name = fit(&card.name, 700, TEXT_WIDTH_PX, &NAME_SIZES_PX, MAX_NAME_LINES);
    lines(&mut svg, &name, LEFT_PX, 164.0 + name.size_px * 0.82, 700, TEXT);
    let detail = fit(&card.detail, 500, TEXT_WIDTH_PX, &[54.0, 42.0, 30.0], 1);
    lines(&mut svg, &detail, LEFT_PX, 476.0, 500, TEXT);
    pill(&mut svg, &card.state, card.tone);
    svg.push_str("</svg>");
    svg
}

/// Draws the card of the shop.
pub fn shop(card: &ShopCard) -> String {
    let mut svg = open();
    placeholder(&mut svg);
    icon(&mut svg, LEFT_PX, 72.0, 96.0);
    let name = fit(&card.name, 700, 800.0, &SHOP_SIZES_PX, MAX_NAME_LINES - 1);
    lines(&mut svg, &name, LEFT_PX, 250.0 + name.size_px * 0.82, 700, TEXT);
    let tagline = fit(&card.tagline, 500, 800.0, &[44.0, 36.0], 1);
    lines(&mut svg, &tagline, LEFT_PX, 548.0, 500, GREEN);
    svg.push_str("</svg>");
    svg
}

/// Draws the shop's icon as a square without transparent corners. `margin` is a part of its side: launchers cut off corners.
pub fn square_icon(side_px: u32, margin: f32) -> String {
    #[expect(clippy::cast_precision_loss, reason = "the side of an icon")]
    let side = side_px as f32;
    let inner = side * (1.0 - 2.0 * margin);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{side}\" height=\"{side}\"><rect width=\"{side}\" height=\"{side}\" fill=\"#0b5750\"/>"
    );
    icon(&mut svg, side * margin, side * margin, inner);
    svg.push_str("</svg>");
    svg
}

/// Draws the shop's icon with its own shape.
pub fn plain_icon(side_px: u32) -> String {
    let mut svg = format!("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{side_px}\" height=\"{side_px}\">");
    #[expect(clippy::cast_precision_loss, reason = "the side of an icon")]
    icon(&mut svg, 0.0, 0.0, side_px as f32);
    svg.push_str("</svg>");
    svg
}

fn open() -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{CARD_WIDTH_PX}\" height=\"{CARD_HEIGHT_PX}\" font-family=\"{FONT_FAMILY}\">\
         <rect width=\"{CARD_WIDTH_PX}\" height=\"{CARD_HEIGHT_PX}\" fill=\"{GROUND}\"/>"
    )
}

/// Writes to a text, which cannot fail.
macro_rules! put {
    ($svg:expr, $($part:tt)*) => {
        let _ = write!($svg, $($part)*);
    };
}

/// The product's picture at the right, without its colours once nothing is sold any more.
fn picture(svg: &mut String, image: Option<&Image>, tone: CardTone) {
    let Some(image) = image else {
        placeholder(svg);
        return;
    };
    let width = CARD_WIDTH_PX - PICTURE_LEFT_PX;
    put!(
        svg,
        "<filter id=\"grey\" x=\"0\" y=\"0\" width=\"1\" height=\"1\"><feColorMatrix type=\"saturate\" values=\"0.12\"/></filter>"
    );
    put!(svg, "<rect x=\"{PICTURE_LEFT_PX}\" width=\"{width}\" height=\"{CARD_HEIGHT_PX}\" fill=\"{RAISED}\"/>");
    let faded = if tone == CardTone::Over { " filter=\"url(#grey)\" opacity=\"0.72\"" } else { "" };
    put!(
        svg,
        "<image x=\"{PICTURE_LEFT_PX}\" width=\"{width}\" height=\"{CARD_HEIGHT_PX}\" preserveAspectRatio=\"xMidYMid slice\"{faded} href=\"{}\"/>",
        image.data_url()
    );
}

/// A sun over waves, for products without a picture and for the shop.
fn placeholder(svg: &mut String) {
    put!(svg, "<circle cx=\"985\" cy=\"212\" r=\"104\" fill=\"{AMBER}\"/>");
    for (y, colour) in [(372, "#12403f"), (440, "#0b5750"), (512, "#0f6b62")] {
        put!(
            svg,
            "<path fill=\"{colour}\" d=\"M640 {y}c90-46 190-46 280 0s190 46 280 0v{}H760c-70 0-120-60-120-120z\"/>",
            CARD_HEIGHT_PX - y
        );
    }
}

fn icon(svg: &mut String, x: f32, y: f32, side: f32) {
    let data = STANDARD.encode(ICON);
    put!(
        svg,
        "<image x=\"{x}\" y=\"{y}\" width=\"{side}\" height=\"{side}\" href=\"data:image/svg+xml;base64,{data}\"/>"
    );
}

/// Lines of text, the first with this baseline.
fn lines(svg: &mut String, text: &FittedText, x: f32, baseline: f32, weight: u16, colour: &str) {
    let mut y = baseline;
    for line in &text.lines {
        put!(
            svg,
            "<text x=\"{x}\" y=\"{y}\" font-size=\"{}\" font-weight=\"{weight}\" fill=\"{colour}\">{}</text>",
            text.size_px,
            escape(line)
        );
        y += text.size_px * LINE_HEIGHT;
    }
}

/// The state of the sale, with a dot in its colour.
fn pill(svg: &mut String, state: &str, tone: CardTone) {
    const SIZE_PX: f32 = 28.0;
    let (ground, colour) = match tone {
        CardTone::Open => ("#12403f", GREEN),
        CardTone::Waiting => ("#3b2d12", AMBER),
        CardTone::Over => (RAISED, MUTED),
    };
    let text = fit(state, 500, TEXT_WIDTH_PX - 84.0, &[SIZE_PX, 22.0], 1);
    let width = text.lines.first().map_or(0.0, |line| width_em(line, 500) * text.size_px) + 84.0;
    put!(svg, "<rect x=\"{LEFT_PX}\" y=\"512\" width=\"{width}\" height=\"58\" rx=\"29\" fill=\"{ground}\"/>");
    put!(svg, "<circle cx=\"{}\" cy=\"541\" r=\"8\" fill=\"{colour}\"/>", LEFT_PX + 32.0);
    lines(svg, &text, LEFT_PX + 54.0, 551.0, 500, colour);
}
