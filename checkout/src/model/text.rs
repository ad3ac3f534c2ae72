//! Checks names and other short texts of operators: a character that nobody sees could make one text look like another.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A character that a text must not contain. It is displayed as its code point, such as `U+200B`, since it is invisible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ForbiddenChar(char);

impl fmt::Display for ForbiddenChar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "U+{:04X}", u32::from(self.0))?;
        if matches!(self.0, '\n' | '\r' | '\u{2028}' | '\u{2029}') { f.write_str(" (a line break)") } else { Ok(()) }
    }
}

/// Checks a text on one line.
///
/// # Errors
///
/// Returns the first control character (PostgreSQL stores no NUL), character without width, or character that changes the
/// direction of the text.
pub fn check_line(text: &str) -> Result<(), ForbiddenChar> {
    check(text, &[])
}

/// Checks a text of several lines: as [`check_line`], with line breaks and tabs.
pub fn check_lines(text: &str) -> Result<(), ForbiddenChar> {
    check(text, &['\n', '\r', '\t'])
}

fn check(text: &str, allowed: &[char]) -> Result<(), ForbiddenChar> {
    match text.chars().find(|c| is_unseen(*c) && !allowed.contains(c)) {
        Some(found) => Err(ForbiddenChar(found)),
        None => Ok(()),
    }
}

/// Whether a character is a control character, has no width, or changes the direction of a text. The patterns of reasons and of
/// clients' names in the OpenAPI document list the same characters.
pub fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{061C}'
                | '\u{200B}'..='\u{200F}'
                | '\u{2028}'..='\u{202E}'
                | '\u{2060}'..='\u{2069}'
                | '\u{FEFF}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_character_that_nobody_sees_is_named() {
        for text in ["", "Ada", "Ünïcode 日本語 e\u{301}", "a\u{a0}b", "👍🏽"] {
            assert_eq!(check_line(text), Ok(()), "{text:?}");
        }
        for (found, name) in [
            ('\0', "U+0000"),
            ('\n', "U+000A (a line break)"),
            ('\u{7F}', "U+007F"),
            ('\u{85}', "U+0085"),
            ('\u{61C}', "U+061C"),
            ('\u{200B}', "U+200B"),
            ('\u{200F}', "U+200F"),
            ('\u{2028}', "U+2028 (a line break)"),
            ('\u{202A}', "U+202A"),
            ('\u{202E}', "U+202E"),
            ('\u{2060}', "U+2060"),
            ('\u{2069}', "U+2069"),
            ('\u{FEFF}', "U+FEFF"),
        ] {
            let refused = check_line(&format!("a{found}b\u{202E}")).unwrap_err();
            assert_eq!((refused, refused.to_string().as_str()), (ForbiddenChar(found), name));
        }
        assert_eq!(check_lines("a\r\n\tb"), Ok(()));
        assert_eq!(check_lines("a\u{2028}b"), Err(ForbiddenChar('\u{2028}')));
        assert_eq!(check_lines("a\0b"), Err(ForbiddenChar('\0')));
    }
}
