//! The output of commands: results on standard output, as tables for people or JSON for programs, and hints on standard error.

use super::Failure;
use comfy_table::{CellAlignment, ContentArrangement, Table, presets::NOTHING};
use serde::Serialize;
use serde_json::json;
use std::{
    fmt,
    io::{self, Write as _},
    process::ExitCode,
};

/// Prints a line to standard output.
pub(super) fn say(text: &str) -> Result<(), Failure> {
    Ok(writeln!(io::stdout(), "{text}")?)
}

/// Prints a hint for people to standard error.
pub(super) fn hint(text: &str) {
    // Nobody may read it any more.
    let _ = writeln!(io::stderr(), "{text}");
}

/// Prints a value as JSON.
pub(super) fn print(value: &impl Serialize) -> Result<ExitCode, Failure> {
    say(&serde_json::to_string_pretty(value)?)?;
    Ok(ExitCode::SUCCESS)
}

/// A page of a list, with the cursor of the next page.
pub(super) struct List<T> {
    items: Vec<T>,
    next: Option<String>,
}

impl<T> List<T> {
    /// A list without further pages.
    pub(super) fn whole(items: Vec<T>) -> Self {
        Self { items, next: None }
    }

    /// A page, followed by the one at this cursor.
    pub(super) fn page(items: Vec<T>, next: Option<impl fmt::Display>) -> Self {
        Self { items, next: next.map(|next| next.to_string()) }
    }
}

impl<T> List<T> {
    /// Prints the list as JSON, each item as its view, or as a table with these columns. `cells` returns an item's cells.
    pub(super) fn print<V: Serialize, const N: usize>(
        self,
        as_json: bool,
        view: impl Fn(T) -> V,
        columns: [&str; N],
        cells: impl Fn(&T) -> [String; N],
    ) -> Result<ExitCode, Failure> {
        if as_json {
            let items: Vec<_> = self.items.into_iter().map(view).collect();
            return print(&json!({ "items": items, "next": self.next }));
        }
        if self.items.is_empty() {
            hint("Nothing was found.");
        } else {
            say(&table(columns, self.items.iter().map(cells)))?;
        }
        if let Some(next) = &self.next {
            hint(&format!("There is more: repeat the command with --cursor {next}"));
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Formats rows as a table with these columns. Columns of amounts and counts are aligned to the right.
pub(super) fn table<const N: usize>(columns: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    const NUMBERS: [&str; 11] = [
        "UNITS",
        "AMOUNT",
        "PRICE",
        "AVAILABLE",
        "HELD",
        "PENDING",
        "SOLD",
        "TOTAL",
        "REFUNDED",
        "ATTEMPT",
        "ATTEMPTS",
    ];
    let mut table = Table::new();
    table.load_preset(NOTHING).set_content_arrangement(ContentArrangement::Disabled).set_header(columns);
    table.add_rows(rows.into_iter().map(|row| row.map(|cell| plain(&cell))));
    for (column, name) in table.column_iter_mut().zip(columns) {
        column.set_padding((0, 2));
        if NUMBERS.contains(&name) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.trim_fmt()
}

/// Formats facts as lines, with their names in a column.
pub(super) fn facts<'a>(facts: impl IntoIterator<Item = (&'a str, String)>) -> String {
    const NAME_WIDTH: usize = 11;
    let line = |(name, value): (&str, String)| format!("{name:NAME_WIDTH$}  {}", plain(&value));
    facts.into_iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Returns a text on one line without control characters, which could change the terminal.
pub(super) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_can_control_the_terminal() {
        assert_eq!(plain("a\u{1b}[2Jb\nc"), "a [2Jb c");
        assert_eq!(facts([("Name", "a\u{7}".to_owned())]), "Name         a ");
        assert!(!table(["NAME"], [["\u{1b}[2J".to_owned()]]).contains('\u{1b}'));
    }
}
