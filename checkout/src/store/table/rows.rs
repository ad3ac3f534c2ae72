//! Rows to write or to look up.

use super::{Cell, Column, Table, column, updated_columns};
use std::iter;

/// Rows to write or to look up: their columns, and their cells row by row.
pub(in crate::store) struct Rows<'a> {
    columns: Vec<Column>,
    cells: Vec<Cell<'a>>,
}

impl<'a> Rows<'a> {
    /// New rows, with all columns.
    pub(in crate::store) fn new<T: Table + 'a>(rows: impl IntoIterator<Item = &'a T>) -> Self {
        Self { columns: T::COLUMNS.to_vec(), cells: rows.into_iter().flat_map(T::cells).collect() }
    }

    /// Changed rows with the [`updated_columns`]. Each comes with the state that it is expected to be in.
    pub(in crate::store) fn changed<T: Table + 'a>(rows: impl IntoIterator<Item = (&'a T, Cell<'a>)>) -> Self {
        let row = |(row, expected): (&'a T, Cell<'a>)| {
            let cells = row.cells().zip(T::COLUMNS).filter(|(_, column)| column.is_updated());
            cells.map(|(cell, _)| cell).chain(iter::once(expected))
        };
        Self { columns: updated_columns::<T>(), cells: rows.into_iter().flat_map(row).collect() }
    }

    /// Rows to look up by these columns of a table.
    pub(in crate::store) fn lookup<T: Table, const N: usize>(
        names: [&str; N],
        rows: impl IntoIterator<Item = [Cell<'a>; N]>,
    ) -> Self {
        Self { columns: names.map(column::<T>).to_vec(), cells: rows.into_iter().flatten().collect() }
    }

    pub(in crate::store) fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The number of rows.
    pub(in crate::store) fn len(&self) -> usize {
        self.cells.len() / self.columns.len()
    }

    pub(in crate::store) fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The cells of each row.
    pub(in crate::store) fn iter(&self) -> impl Iterator<Item = &[Cell<'a>]> {
        self.cells.chunks_exact(self.columns.len())
    }

    /// The cells of each column.
    pub(in crate::store) fn by_column(
        &self,
    ) -> impl Iterator<Item = (Column, impl Iterator<Item = &Cell<'a>> + Clone)> {
        let columns = self.columns.iter().copied().enumerate();
        columns.map(|(nth, column)| (column, self.cells.iter().skip(nth).step_by(self.columns.len())))
    }
}
