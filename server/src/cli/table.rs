//! Lists: a table for people, JSON for programs.

use super::{Failure, print, say};
use comfy_table::{ContentArrangement, Table, presets::NOTHING};
use serde::Serialize;
use std::process::ExitCode;

/// Prints a list as a table with these columns, or as JSON. `cells` returns a row's cells.
pub(super) fn print_list<T: Serialize, const N: usize>(
    rows: &[T],
    as_json: bool,
    columns: [&str; N],
    cells: impl Fn(&T) -> [String; N],
) -> Result<ExitCode, Failure> {
    if as_json {
        return print(&rows);
    }
    say(&table(columns, rows.iter().map(cells)))?;
    Ok(ExitCode::SUCCESS)
}

/// Formats rows as a table with these columns.
pub(super) fn table<const N: usize>(columns: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let mut table = Table::new();
    table.load_preset(NOTHING).set_content_arrangement(ContentArrangement::Disabled).set_header(columns);
    table.add_rows(rows.into_iter().map(|row| row.map(|cell| plain(&cell))));
    table.trim_fmt()
}

/// Returns a cell on one line without control characters, which could change the terminal.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_cannot_control_the_terminal() {
        assert_eq!(plain("a\u{1b}[2Jb\nc"), "a [2Jb c");
    }
}
