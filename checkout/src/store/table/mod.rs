//! The list of a table's columns. The rows that the stores read and write, and every statement that lists columns, are
//! made from it.

mod cell;
mod rows;

pub(super) use cell::{Cell, Json, JsonText, Millis, Stored, WrittenAs};
pub(super) use rows::Rows;

use super::KnownColumn;

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
        $table:literal, written from $source:ident: $entity:ty {
            $($role:ident $column:ident: $type:ty = $value:expr;)+
        }
    ) => {
        impl $crate::store::table::Table for $entity {
            const NAME: &'static str = $table;
            const COLUMNS: &'static [$crate::store::table::Column] = &[
                $($crate::store::table::Column::of::<$type>(
                    stringify!($column),
                    $crate::store::table::Role::$role,
                ),)*
            ];

            fn cells(&self) -> impl Iterator<Item = $crate::store::table::Cell<'_>> {
                let $source = self;
                [$($crate::store::table::WrittenAs::<$type>::cell($value),)*].into_iter()
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
