//! Text in drawings: escaping, the characters that the embedded fonts have, and lines that fit.

use super::{FONT_FAMILY, parse};
use crate::markup;
use resvg::usvg::Node;
use std::{collections::BTreeMap, fmt::Write as _};

/// Characters that are measured at this size, in pixels.
const MEASURED_PX: f32 = 100.0;
/// Width of a space, as a part of the font's size.
const SPACE_EM: f32 = 0.26;
/// Part of a line that is filled by the widths of characters. Kerning may widen it further.
const FILLED: f32 = 0.97;
/// Longest text that is measured, in characters.
const MAX_CHARS: usize = 200;
/// The sign for text that was left out.
const ELLIPSIS: char = '…';

/// Escapes a text for element content and attributes. Characters that XML forbids are left out.
pub fn escape(text: &str) -> String {
    let allowed: String = text.chars().filter(|c| is_xml(*c)).collect();
    markup::escape(&allowed)
}

fn is_xml(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{FFFE}' | '\u{FFFF}')
}

/// A text as lines of one size.
#[derive(Debug, Clone, PartialEq)]
pub struct FittedText {
    /// Size of the font, in pixels.
    pub size_px: f32,
    /// The lines, not escaped. There is none if the fonts have no character of the text.
    pub lines: Vec<String>,
}

/// Breaks a text into lines of at most `width_px`, in the largest of `sizes_px` for which `max_lines` suffice. Words that are
/// longer than a line are broken. What does not fit in the last size is left out, and an ellipsis says so. Characters that the
/// fonts do not have are left out, too.
pub fn fit(text: &str, weight: u16, width_px: f32, sizes_px: &[f32], max_lines: usize) -> FittedText {
    let advances = Advances::measure(text, weight);
    let text = advances.known(text);
    let width_px = width_px * FILLED;
    let mut fitted = FittedText { size_px: MEASURED_PX, lines: Vec::new() };
    for &size_px in sizes_px {
        let lines = advances.lines(&text, width_px / size_px);
        fitted = FittedText { size_px, lines };
        if fitted.lines.len() <= max_lines && !advances.breaks_words(&text, width_px / size_px) {
            return fitted;
        }
    }
    if fitted.lines.len() > max_lines {
        fitted.lines.truncate(max_lines);
        if let Some(last) = fitted.lines.last_mut() {
            advances.shorten(last, width_px / fitted.size_px);
        }
    }
    fitted
}

/// Returns the width of a line, as a part of the font's size.
pub fn width_em(line: &str, weight: u16) -> f32 {
    Advances::measure(line, weight).width(line)
}

/// Widths of characters, as parts of the font's size. Characters that the fonts do not have are missing.
struct Advances(BTreeMap<char, f32>);

impl Advances {
    fn measure(text: &str, weight: u16) -> Self {
        let chars = text.chars().take(MAX_CHARS).filter(|c| is_xml(*c) && !c.is_whitespace());
        let mut advances: BTreeMap<char, f32> = chars.chain([ELLIPSIS]).map(|c| (c, 0.0)).collect();
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\" font-family=\"{FONT_FAMILY}\" \
             font-weight=\"{weight}\" font-size=\"{MEASURED_PX}\">"
        );
        for c in advances.keys() {
            // Writing to a text cannot fail.
            let _ = write!(svg, "<text>{}</text>", escape(&c.to_string()));
        }
        svg.push_str("</svg>");
        let measured = parse(&svg).map(|tree| known_widths(tree.root().children())).unwrap_or_default();
        advances.retain(|c, _| measured.contains_key(c));
        for (c, advance) in &mut advances {
            *advance = measured.get(c).copied().unwrap_or_default();
        }
        Self(advances)
    }

    /// Returns the text with single spaces, and without the characters that the fonts do not have.
    fn known(&self, text: &str) -> String {
        let chars = text.chars().take(MAX_CHARS).filter(|c| c.is_whitespace() || self.0.contains_key(c));
        let text: String = chars.collect();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Returns the width of a text without spaces at its ends.
    fn width(&self, text: &str) -> f32 {
        text.chars().map(|c| if c == ' ' { SPACE_EM } else { self.0.get(&c).copied().unwrap_or_default() }).sum()
    }

    fn breaks_words(&self, text: &str, width: f32) -> bool {
        text.split(' ').any(|word| self.width(word) > width)
    }

    /// Breaks a text into lines, between words where possible.
    fn lines(&self, text: &str, width: f32) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let fits = |line: &String| self.width(line) + SPACE_EM + self.width(word) <= width;
            if let Some(line) = lines.last_mut().filter(|line| fits(line)) {
                line.push(' ');
                line.push_str(word);
            } else {
                lines.extend(self.pieces(word, width));
            }
        }
        lines
    }

    /// Breaks a word into pieces that fit.
    fn pieces(&self, word: &str, width: f32) -> Vec<String> {
        let mut pieces = vec![String::new()];
        let mut used = 0.0;
        for c in word.chars() {
            let advance = self.0.get(&c).copied().unwrap_or_default();
            if used + advance > width && used > 0.0 {
                pieces.push(String::new());
                used = 0.0;
            }
            used += advance;
            if let Some(piece) = pieces.last_mut() {
                piece.push(c);
            }
        }
        pieces
    }

    /// Ends a line with an ellipsis, and shortens it until that fits.
    fn shorten(&self, line: &mut String, width: f32) {
        line.push(ELLIPSIS);
        while self.width(line) > width && line.chars().count() > 1 {
            line.pop();
            line.pop();
            line.truncate(line.trim_end().len());
            line.push(ELLIPSIS);
        }
    }
}

/// Returns the width of each text of one character, unless a font lacks its glyph.
fn known_widths(nodes: &[Node]) -> BTreeMap<char, f32> {
    let mut widths = BTreeMap::new();
    for node in nodes {
        let Node::Text(text) = node else { continue };
        let glyphs: Vec<_> = text.layouted().iter().flat_map(|span| &span.positioned_glyphs).collect();
        let character = glyphs.first().and_then(|glyph| glyph.text.chars().next());
        // Glyph 0 stands for characters that a font does not have.
        if let Some(c) = character.filter(|_| glyphs.iter().all(|glyph| glyph.id.0 != 0)) {
            widths.insert(c, text.bounding_box().width() / MEASURED_PX);
        }
    }
    widths
}
