//! Reads `.env` files. An error names the line and never repeats it, since the line may contain a secret.

use std::{
    cell::Cell,
    fs,
    io::{self, Read},
    path::Path,
};

/// Why a `.env` file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum DotenvError {
    /// The file could not be opened or read.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The assignment that ends at this line is malformed. Lines are counted from 1.
    #[error("line {0} must have the form NAME=VALUE, with values that contain spaces in quotes")]
    Line(usize),
    /// A value refers to an environment variable that is not valid.
    #[error("a value refers to an environment variable that is not UTF-8")]
    Variable,
}

/// Parses the file with `parse`. The parser's own error contains the line instead of its number.
fn parse<T>(path: &Path, parse: impl FnOnce(Lines<'_>) -> Result<T, dotenvy::Error>) -> Result<T, DotenvError> {
    let (text, count) = (fs::read_to_string(path)?, Cell::new(0));
    parse(Lines { rest: text.as_bytes(), count: &count }).map_err(|error| match error {
        dotenvy::Error::Io(error) => DotenvError::Io(error),
        dotenvy::Error::LineParse(..) => DotenvError::Line(count.get()),
        _ => DotenvError::Variable,
    })
}

/// Reads a text line by line, and counts the lines.
struct Lines<'a> {
    rest: &'a [u8],
    count: &'a Cell<usize>,
}

impl Read for Lines<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let line = self.rest.split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default();
        let length = line.len().min(buffer.len());
        buffer[..length].copy_from_slice(&line[..length]);
        self.rest = &self.rest[length..];
        // A long line takes several reads.
        if length > 0 && length == line.len() {
            self.count.set(self.count.get() + 1);
        }
        Ok(length)
    }
}

/// Sets the environment variables of the file, if it exists. A variable that is set already keeps its value.
///
/// # Errors
///
/// The file cannot be read, or one of its lines cannot be parsed.
pub fn load(path: &Path) -> Result<(), DotenvError> {
    match parse(path, |lines| dotenvy::from_read(lines)) {
        Err(DotenvError::Io(error)) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

/// Returns the variables of the file, and leaves the environment as it is.
///
/// # Errors
///
/// The file does not exist or cannot be read, or one of its lines cannot be parsed.
pub fn read(path: &Path) -> Result<Vec<(String, String)>, DotenvError> {
    parse(path, |lines| dotenvy::from_read_iter(lines).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_the_line_and_does_not_repeat_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(".env");
        for (content, line) in [
            ("hush hush\n", 1),
            ("A=1\n# a comment\n\nSECRET=hush hush\n", 4),
            ("A='1\n2'\nSECRET='hush\nhush", 4),
            (&*format!("A={}\nB='é {}'\nhush hush", "x".repeat(20_000), "é".repeat(20_000)), 3),
            ("A=1\r\nSECRET hush\r\nB=2\r\n", 2),
            ("A=hush hush B=hush", 1),
        ] {
            fs::write(&path, content).unwrap();
            let error = read(&path).unwrap_err();
            let shown = format!("{error} {error:?}");
            assert!(shown.contains(&format!("line {line} ")) && !shown.contains("hush"), "{content:?}: {shown}");
        }
    }

    #[test]
    fn only_a_file_that_must_exist_is_an_error_when_it_is_missing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(".env");
        assert!(load(&path).is_ok());
        assert!(matches!(read(&path), Err(DotenvError::Io(_))));
    }
}
