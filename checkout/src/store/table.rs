//! The list of a table's columns. The rows that the stores read and write, and every statement that lists columns, are
//! made from it.

use super::KnownColumn;
use crate::model::Timestamp;
use sqlx::{Database, Decode, Type, error::BoxDynError};
use std::{borrow::Cow, iter};
use uuid::Uuid;

/// A value that is stored as one row of a table.
pub(super) trait Table {
    /// The table's name.
    const NAME: &'static str;

    /// The columns, in the order in which statements list them.
    const COLUMNS: &'static [Column];

    /// The cells of this value's row, in the order of [`Table::COLUMNS`].
    fn cells(&self) -> impl Iterator<Item = Cell<'_>>;
}

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) nullable: bool,
    pub(super) role: Role,
}

/// A column's type, which each database spells in its own way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Uuid,
    Text,
    Integer,
    Boolean,
    Instant,
    Bytes,
    Json,
}

/// How statements use a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Names the row.
    Key,
    /// Changes, and guards each change: an UPDATE names the value that it expects.
    State,
    /// Changes with the state.
    Mutable,
    /// Stays as it was inserted.
    Fixed,
    /// Stays as it was inserted, and no row that is read has it.
    WriteOnly,
}

impl Column {
    pub(super) const fn of<T: Stored>(name: &'static str, role: Role) -> Self {
        Self { name, kind: T::KIND, nullable: T::NULLABLE, role }
    }

    fn is_updated(&self) -> bool {
        matches!(self.role, Role::Key | Role::State | Role::Mutable)
    }
}

/// The column of an update's rows that has the expected state of each row.
const EXPECTED: &str = "expected";

/// A type that a column's values are read as.
pub(super) trait Stored {
    const KIND: Kind;
    const NULLABLE: bool = false;
}

/// An instant as both databases return it: milliseconds since the Unix epoch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Millis(pub(super) Timestamp);

impl<D: Database> Type<D> for Millis
where
    i64: Type<D>,
{
    fn type_info() -> D::TypeInfo {
        i64::type_info()
    }

    fn compatible(column: &D::TypeInfo) -> bool {
        i64::compatible(column)
    }
}

impl<'r, D: Database> Decode<'r, D> for Millis
where
    i64: Decode<'r, D>,
{
    fn decode(value: D::ValueRef<'r>) -> Result<Self, BoxDynError> {
        i64::decode(value).map(Timestamp::from_millis).map(Self)
    }
}

/// A JSON document, which the stores only write.
pub(super) struct Json;

impl Stored for Uuid {
    const KIND: Kind = Kind::Uuid;
}

impl Stored for String {
    const KIND: Kind = Kind::Text;
}

impl Stored for i64 {
    const KIND: Kind = Kind::Integer;
}

impl Stored for bool {
    const KIND: Kind = Kind::Boolean;
}

impl Stored for Millis {
    const KIND: Kind = Kind::Instant;
}

impl Stored for Vec<u8> {
    const KIND: Kind = Kind::Bytes;
}

impl Stored for Json {
    const KIND: Kind = Kind::Json;
}

impl<T: Stored> Stored for Option<T> {
    const KIND: Kind = T::KIND;
    const NULLABLE: bool = true;
}

/// One value of a row to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell<'a> {
    Null,
    Uuid(Uuid),
    /// Text or JSON.
    Text(Cow<'a, str>),
    Integer(i64),
    Boolean(bool),
    Instant(Timestamp),
    Bytes(&'a [u8]),
}

/// The values of cells whose column says which kind they are. An empty cell is `None`.
impl Cell<'_> {
    pub(super) fn uuid(&self) -> Option<Uuid> {
        if let Self::Uuid(id) = self { Some(*id) } else { self.null() }
    }

    pub(super) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { self.null() }
    }

    pub(super) fn integer(&self) -> Option<i64> {
        if let Self::Integer(n) = self { Some(*n) } else { self.null() }
    }

    pub(super) fn boolean(&self) -> Option<bool> {
        if let Self::Boolean(is) = self { Some(*is) } else { self.null() }
    }

    pub(super) fn instant(&self) -> Option<Timestamp> {
        if let Self::Instant(at) = self { Some(*at) } else { self.null() }
    }

    pub(super) fn bytes(&self) -> Option<&[u8]> {
        if let Self::Bytes(bytes) = self { Some(bytes) } else { self.null() }
    }

    fn null<T>(&self) -> Option<T> {
        debug_assert_eq!(*self, Self::Null, "a cell of another kind than its column");
        None
    }
}

/// A value that may be written to a column of type `T`.
pub(super) trait WrittenAs<'a, T> {
    fn cell(self) -> Cell<'a>;
}

impl<'a> WrittenAs<'a, Uuid> for Uuid {
    fn cell(self) -> Cell<'a> {
        Cell::Uuid(self)
    }
}

impl<'a> WrittenAs<'a, String> for &'a str {
    fn cell(self) -> Cell<'a> {
        Cell::Text(self.into())
    }
}

impl<'a> WrittenAs<'a, String> for String {
    fn cell(self) -> Cell<'a> {
        Cell::Text(self.into())
    }
}

impl<'a> WrittenAs<'a, Json> for String {
    fn cell(self) -> Cell<'a> {
        Cell::Text(self.into())
    }
}

impl<'a> WrittenAs<'a, i64> for i64 {
    fn cell(self) -> Cell<'a> {
        Cell::Integer(self)
    }
}

impl<'a> WrittenAs<'a, bool> for bool {
    fn cell(self) -> Cell<'a> {
        Cell::Boolean(self)
    }
}

impl<'a> WrittenAs<'a, Millis> for Timestamp {
    fn cell(self) -> Cell<'a> {
        Cell::Instant(self)
    }
}

impl<'a> WrittenAs<'a, Vec<u8>> for &'a [u8] {
    fn cell(self) -> Cell<'a> {
        Cell::Bytes(self)
    }
}

impl<'a, T, V: WrittenAs<'a, T>> WrittenAs<'a, Option<T>> for Option<V> {
    fn cell(self) -> Cell<'a> {
        self.map_or(Cell::Null, V::cell)
    }
}

/// Declares a table's columns, once: the row that is read, the cells that are written, and [`Table::COLUMNS`]. Columns
/// under `write_only` are in no row that is read.
macro_rules! table {
    (
        $table:literal, read as $row:ident, written from $source:ident: $entity:ty {
            $($role:ident $column:ident: $type:ty = $value:expr;)*
        }
        $(write_only { $($only:ident: $only_type:ty = $only_value:expr;)* })?
    ) => {
        #[derive(sqlx::FromRow)]
        pub(in crate::store) struct $row {
            $($column: $type,)*
        }

        impl $crate::store::table::Table for $entity {
            const NAME: &'static str = $table;
            const COLUMNS: &'static [$crate::store::table::Column] = &[
                $($crate::store::table::Column::of::<$type>(
                    stringify!($column),
                    $crate::store::table::Role::$role,
                ),)*
                $($($crate::store::table::Column::of::<$only_type>(
                    stringify!($only),
                    $crate::store::table::Role::WriteOnly,
                ),)*)?
            ];

            fn cells(&self) -> impl Iterator<Item = $crate::store::table::Cell<'_>> {
                let $source = self;
                [
                    $($crate::store::table::WrittenAs::<$type>::cell($value),)*
                    $($($crate::store::table::WrittenAs::<$only_type>::cell($only_value),)*)?
                ]
                .into_iter()
            }
        }
    };
    (
        $table:literal, written from $source:ident: $entity:ty {}
        write_only { $($column:ident: $type:ty = $value:expr;)* }
    ) => {
        impl $crate::store::table::Table for $entity {
            const NAME: &'static str = $table;
            const COLUMNS: &'static [$crate::store::table::Column] = &[
                $($crate::store::table::Column::of::<$type>(
                    stringify!($column),
                    $crate::store::table::Role::WriteOnly,
                ),)*
            ];

            fn cells(&self) -> impl Iterator<Item = $crate::store::table::Cell<'_>> {
                let $source = self;
                [$($crate::store::table::WrittenAs::<$type>::cell($value),)*].into_iter()
            }
        }
    };
}
pub(super) use table;

/// Rows to write or to look up: their columns, and their cells row by row.
pub(super) struct Rows<'a> {
    columns: Vec<Column>,
    cells: Vec<Cell<'a>>,
}

impl<'a> Rows<'a> {
    /// New rows, with all columns.
    pub(super) fn new<T: Table + 'a>(rows: impl IntoIterator<Item = &'a T>) -> Self {
        Self { columns: T::COLUMNS.to_vec(), cells: rows.into_iter().flat_map(T::cells).collect() }
    }

    /// Changed rows with the [`updated_columns`]. Each comes with the state that it is expected to be in.
    pub(super) fn changed<T: Table + 'a>(rows: impl IntoIterator<Item = (&'a T, Cell<'a>)>) -> Self {
        let row = |(row, expected): (&'a T, Cell<'a>)| {
            let cells = row.cells().zip(T::COLUMNS).filter(|(_, column)| column.is_updated());
            cells.map(|(cell, _)| cell).chain(iter::once(expected))
        };
        Self { columns: updated_columns::<T>(), cells: rows.into_iter().flat_map(row).collect() }
    }

    /// Rows to look up by these columns of a table.
    pub(super) fn lookup<T: Table, const N: usize>(
        names: [&str; N],
        rows: impl IntoIterator<Item = [Cell<'a>; N]>,
    ) -> Self {
        Self { columns: names.map(column::<T>).to_vec(), cells: rows.into_iter().flatten().collect() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The number of rows.
    pub(super) fn len(&self) -> usize {
        self.cells.len() / self.columns.len()
    }

    pub(super) fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The cells of each row.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[Cell<'a>]> {
        self.cells.chunks_exact(self.columns.len())
    }

    /// The cells of each column.
    pub(super) fn by_column(&self) -> impl Iterator<Item = (Column, impl Iterator<Item = &Cell<'a>> + Clone)> {
        let columns = self.columns.iter().copied().enumerate();
        columns.map(|(nth, column)| (column, self.cells.iter().skip(nth).step_by(self.columns.len())))
    }
}

/// The column of this name.
///
/// # Panics
///
/// Panics when the table has no such column: statements are made once, so that every test that runs one finds the typo.
pub(super) fn column<T: Table>(name: &str) -> Column {
    let found = T::COLUMNS.iter().find(|column| column.name == name);
    *found.unwrap_or_else(|| panic!("{} has no column {name}", T::NAME))
}

/// The columns that an UPDATE of any number of rows needs: the key, the columns to set, and the expected state.
pub(super) fn updated_columns<T: Table>() -> Vec<Column> {
    let state = Column { name: EXPECTED, ..with_role::<T>(Role::State) };
    T::COLUMNS.iter().filter(|column| column.is_updated()).copied().chain([state]).collect()
}

/// The columns of a row that is read.
pub(super) fn read_columns<T: Table>() -> impl Iterator<Item = &'static Column> {
    T::COLUMNS.iter().filter(|column| column.role != Role::WriteOnly)
}

/// The only column with this role.
fn with_role<T: Table>(role: Role) -> Column {
    let found = T::COLUMNS.iter().find(|column| column.role == role);
    *found.unwrap_or_else(|| panic!("{} has no column with the role {role:?}", T::NAME))
}

/// The columns as a test compares them with the schema.
pub(super) fn known<T: Table>() -> Vec<KnownColumn> {
    let known = |column: &Column| KnownColumn {
        table: T::NAME,
        name: column.name,
        kind: format!("{:?}", column.kind),
        nullable: column.nullable,
    };
    T::COLUMNS.iter().map(known).collect()
}

/// The names of columns, separated by commas.
pub(super) fn names<'a>(columns: impl IntoIterator<Item = &'a Column>) -> String {
    columns.into_iter().map(|column| column.name).collect::<Vec<_>>().join(", ")
}

/// `INSERT … SELECT` from an item of FROM that has all columns.
pub(super) fn insert<T: Table>(rows: &str) -> String {
    let names = names(T::COLUMNS);
    format!("INSERT INTO {} ({names}) SELECT {names} FROM {rows}", T::NAME)
}

/// `UPDATE` from an item of FROM that is called `n` and has the [`updated_columns`]. It skips rows that are not in the
/// state expected.
pub(super) fn update<T: Table>(rows: &str) -> String {
    let (key, state) = (with_role::<T>(Role::Key).name, with_role::<T>(Role::State).name);
    let set = assignments::<T>("n");
    format!("UPDATE {} AS t SET {set} FROM {rows} WHERE t.{key} = n.{key} AND t.{state} = n.{EXPECTED}", T::NAME)
}

/// The end of an INSERT that overwrites a row of the same key.
pub(super) fn or_overwrite<T: Table>() -> String {
    let key = with_role::<T>(Role::Key).name;
    format!(" ON CONFLICT ({key}) DO UPDATE SET {}", assignments::<T>("excluded"))
}

/// `column = source.column` for each column that changes.
fn assignments<T: Table>(source: &str) -> String {
    let changes = T::COLUMNS.iter().filter(|column| matches!(column.role, Role::State | Role::Mutable));
    changes.map(|Column { name, .. }| format!("{name} = {source}.{name}")).collect::<Vec<_>>().join(", ")
}
