//! Reads `.env` files. An error names the line and never repeats it, since the line may contain a secret.

use std::{fs, io, path::Path};

/// Why a `.env` file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum DotenvError {
    /// The file could not be opened or read.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// A line is not an assignment. Lines are counted from 1.
    #[error("line {0} must have the form NAME=VALUE, with values that contain spaces in quotes")]
    Line(usize),
    /// A line that could not be located is not an assignment.
    #[error("each line must have the form NAME=VALUE, with values that contain spaces in quotes")]
    UnknownLine,
    /// A value refers to an environment variable that is not valid.
    #[error("a value refers to an environment variable that is not UTF-8")]
    Variable,
}

impl DotenvError {
    fn new(error: dotenvy::Error, path: &Path) -> Self {
        match error {
            dotenvy::Error::Io(error) => Self::Io(error),
            dotenvy::Error::LineParse(text, _) => line_number(path, &text).map_or(Self::UnknownLine, Self::Line),
            _ => Self::Variable,
        }
    }
}

/// Returns the number of the line that begins with `text`, as the parser reported it.
fn line_number(path: &Path, text: &str) -> Option<usize> {
    let file = fs::read_to_string(path).ok()?.replace("\r\n", "\n");
    let begins = |position: &usize| *position == 0 || file[..*position].ends_with('\n');
    let position = file.match_indices(text).map(|(position, _)| position).find(begins)?;
    Some(file[..position].matches('\n').count() + 1)
}

/// Sets the environment variables of the file, if it exists. A variable that is set already keeps its value.
///
/// # Errors
///
/// The file cannot be read, or one of its lines cannot be parsed.
pub fn load(path: &Path) -> Result<(), DotenvError> {
    match dotenvy::from_path(path) {
        Err(error) if !error.not_found() => Err(DotenvError::new(error, path)),
        _ => Ok(()),
    }
}

/// Returns the variables of the file, and leaves the environment as it is.
///
/// # Errors
///
/// The file does not exist or cannot be read, or one of its lines cannot be parsed.
pub fn read(path: &Path) -> Result<Vec<(String, String)>, DotenvError> {
    dotenvy::from_path_iter(path).and_then(Iterator::collect).map_err(|error| DotenvError::new(error, path))
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
            ("A='1\n2'\nSECRET='hush\nhush", 3),
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
