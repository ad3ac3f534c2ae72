//! Tables for spreadsheets.

use checkout::model::is_unseen;
use std::borrow::Cow;

/// Characters with which a spreadsheet takes a cell for a formula, also in full width and after characters that it ignores.
const FORMULA_STARTS: [char; 8] = ['=', '+', '-', '@', '\u{FF1D}', '\u{FF0B}', '\u{FF0D}', '\u{FF20}'];
/// Characters at which some programs split a cell, so that the rest of it becomes a cell of its own.
const SEPARATORS: [char; 2] = ['\t', '\r'];
/// The separator of spreadsheets whose decimals have a comma. They split a cell that stands without quotes.
const OTHER_SEPARATOR: char = ';';

/// Returns the text of a cell. What a spreadsheet would run as a formula gets an apostrophe in front, which makes it text. So
/// does each part that follows a semicolon.
pub fn safe_cell(text: &str) -> Cow<'_, str> {
    if !text.contains(OTHER_SEPARATOR) {
        return safe_part(text);
    }
    let parts: Vec<_> = text.split(OTHER_SEPARATOR).map(safe_part).collect();
    Cow::Owned(parts.join(&OTHER_SEPARATOR.to_string()))
}

fn safe_part(text: &str) -> Cow<'_, str> {
    let visible = text.trim_start_matches(|c: char| c.is_whitespace() || is_unseen(c));
    let is_formula = text.starts_with(SEPARATORS) || visible.starts_with(FORMULA_STARTS);
    if is_formula { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// Writes rows of cells as CSV (RFC 4180), each cell made safe.
///
/// # Errors
///
/// Memory is the only thing written to, so there is none in practice.
pub fn rows<'a, R>(rows: impl IntoIterator<Item = R>) -> Result<Vec<u8>, csv::Error>
where
    R: IntoIterator<Item = Cow<'a, str>>,
{
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row.into_iter().map(|cell| safe_cell(&cell).into_owned()))?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_never_a_formula() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\tx", "\rx", "  =1", "\n@x"] {
            assert_eq!(safe_cell(text), format!("'{text}"), "{text:?}");
        }
        for start in ['=', '+', '-', '@', '＝', '＋', '－', '＠'] {
            for before in ["", " ", "\u{a0}", "\u{3000}", "\u{200b}", "\u{feff}", "\u{202e}", "\0", "\u{2060} \n"] {
                let text = format!("{before}{start}1");
                assert_eq!(safe_cell(&text), format!("'{text}"), "{text:?}");
            }
        }
        for (text, safe) in [("Street 1;=1+1", "Street 1;'=1+1"), (";;@x", ";;'@x"), ("=1; +2", "'=1;' +2")] {
            assert_eq!(safe_cell(text), safe, "{text:?}");
        }
        for text in ["", "ada@example.com", "a; b;c", "a=b", "a＝b", "\u{200b}a", "19.99", "{\"delta\":-1}", "'=1"] {
            assert_eq!(safe_cell(text), text, "{text:?}");
        }
    }

    #[test]
    fn rows_are_quoted_where_they_must_be() {
        let table = [["=1".into(), "a,b".into()], ["say \"no\"".into(), "two\nlines".into()]];
        let text = String::from_utf8(rows(table).unwrap()).unwrap();
        assert_eq!(text, "'=1,\"a,b\"\r\n\"say \"\"no\"\"\",\"two\nlines\"\r\n");
    }
}
