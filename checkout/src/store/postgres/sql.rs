//! SQL as PostgreSQL understands it: any number of rows are one array parameter for each column.

use crate::{
    model::Timestamp,
    store::table::{self, Cell, Column, Kind, Rows, Table},
};
use sqlx::{
    Arguments as _, Encode, Type,
    error::BoxDynError,
    postgres::{PgArguments, Postgres},
};

/// The columns of a row that is read.
pub(super) fn select<T: Table>(alias: &str) -> String {
    let column = |Column { name, kind, .. }: &Column| match kind {
        Kind::Instant => format!("ms({alias}.{name}) AS {name}"),
        Kind::Json => format!("{alias}.{name}::text AS {name}"),
        _ => format!("{alias}.{name}"),
    };
    table::read_columns::<T>().map(column).collect::<Vec<_>>().join(", ")
}

/// Reads an instant in milliseconds.
pub(super) fn instant(expression: &str) -> String {
    format!("ms({expression})")
}

/// An item of FROM that is called `n`: the rows of array parameters, of which the first has this number.
pub(super) fn rows(columns: &[Column], first: usize) -> String {
    let array = |(nth, column): (usize, &Column)| format!("${nth}::{}[]", type_name(column.kind));
    let arrays: Vec<_> = (first..).zip(columns).map(array).collect();
    format!("unnest({}) AS n ({})", arrays.join(", "), table::names(columns))
}

/// Inserts the rows of array parameters, of which the first is `$1`. An `ON CONFLICT` may follow.
pub(super) fn insert<T: Table>() -> String {
    table::insert::<T>(&rows(T::COLUMNS, 1))
}

fn type_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Uuid => "uuid",
        Kind::Text => "text",
        Kind::Integer => "bigint",
        Kind::Boolean => "boolean",
        Kind::Instant => "timestamptz",
        Kind::Bytes => "bytea",
        Kind::Json => "jsonb",
    }
}

/// The parameters of a statement.
#[derive(Default)]
pub(super) struct Parameters {
    arguments: PgArguments,
    error: Option<BoxDynError>,
}

impl Parameters {
    /// The parameters of a statement that has these rows and nothing else.
    pub(super) fn of(rows: &Rows<'_>) -> Result<PgArguments, sqlx::Error> {
        let mut parameters = Self::default();
        parameters.rows(rows);
        parameters.finish()
    }

    /// Binds a value and returns its number.
    pub(super) fn value<'q>(&mut self, value: impl Encode<'q, Postgres> + Type<Postgres>) -> usize {
        if let Err(error) = self.arguments.add(value) {
            self.error.get_or_insert(error);
        }
        self.arguments.len()
    }

    /// Binds each column as an array and returns the number of the first.
    pub(super) fn rows(&mut self, rows: &Rows<'_>) -> usize {
        let first = self.arguments.len() + 1;
        for (column, cells) in rows.by_column() {
            match column.kind {
                Kind::Uuid => self.array(cells.map(Cell::uuid)),
                Kind::Text | Kind::Json => self.array(cells.map(Cell::text)),
                Kind::Integer => self.array(cells.map(Cell::integer)),
                Kind::Boolean => self.array(cells.map(Cell::boolean)),
                Kind::Instant => self.array(cells.map(|cell| cell.instant().map(Timestamp::to_datetime))),
                Kind::Bytes => self.array(cells.map(Cell::bytes)),
            }
        }
        first
    }

    fn array<'q, T>(&mut self, values: impl Iterator<Item = T>)
    where
        Vec<T>: Encode<'q, Postgres> + Type<Postgres>,
    {
        self.value(values.collect::<Vec<_>>());
    }

    /// Returns the parameters, or the error of the first that could not be encoded.
    pub(super) fn finish(self) -> Result<PgArguments, sqlx::Error> {
        match self.error {
            Some(error) => Err(sqlx::Error::Encode(error)),
            None => Ok(self.arguments),
        }
    }
}
