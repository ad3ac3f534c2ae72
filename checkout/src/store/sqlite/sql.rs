//! SQL as SQLite understands it: any number of rows are one JSON parameter, a list of lists.

use crate::{
    error::StoreError,
    store::table::{self, Cell, Column, Kind, Rows, Table},
};
use serde::{Serialize, Serializer};
use uuid::Uuid;

/// The columns of a row that is read.
pub(super) fn select<T: Table>(alias: &str) -> String {
    table::read_columns::<T>().map(|column| format!("{alias}.{}", column.name)).collect::<Vec<_>>().join(", ")
}

/// Reads an instant in milliseconds.
pub(super) fn instant(expression: &str) -> String {
    expression.to_owned()
}

/// An item of FROM that is called `n`: the rows of a JSON parameter.
pub(super) fn rows(columns: &[Column], parameter: &str) -> String {
    let values: Vec<_> = columns.iter().enumerate().map(|(nth, column)| value(nth, *column)).collect();
    format!("(SELECT {} FROM jsonb_each({parameter})) n", values.join(", "))
}

fn value(nth: usize, Column { name, kind, .. }: Column) -> String {
    match kind {
        Kind::Uuid | Kind::Bytes => format!("unhex(value ->> {nth}) AS {name}"),
        Kind::Text | Kind::Integer | Kind::Boolean | Kind::Instant | Kind::Json => format!("value ->> {nth} AS {name}"),
    }
}

/// Inserts the rows of the JSON parameter. An `ON CONFLICT` may follow.
pub(super) fn insert<T: Table>() -> String {
    // Without WHERE, the parser would take ON for the condition of a join.
    table::insert::<T>(&rows(T::COLUMNS, "?1")) + " WHERE true"
}

/// Updates the rows of the JSON parameter.
pub(super) fn update<T: Table>() -> String {
    table::update::<T>(&rows(&table::updated_columns::<T>(), "?1"))
}

/// The JSON parameter of many rows.
pub(super) fn json(rows: &Rows<'_>) -> Result<String, StoreError> {
    serde_json::to_string(&JsonRows(rows)).map_err(|error| StoreError::Corrupt(error.to_string()))
}

/// A JSON parameter of many texts.
pub(super) fn text_list<'a>(texts: impl Iterator<Item = &'a str>) -> Result<String, StoreError> {
    serde_json::to_string(&texts.collect::<Vec<_>>()).map_err(|error| StoreError::Corrupt(error.to_string()))
}

/// A JSON parameter of many ids, in the form that `unhex` reads.
pub(super) fn hex_list(ids: impl IntoIterator<Item = Uuid>) -> String {
    let quoted: Vec<String> = ids.into_iter().map(|id| format!("\"{}\"", id.simple())).collect();
    format!("[{}]", quoted.join(","))
}

struct JsonRows<'r, 'a>(&'r Rows<'a>);
struct JsonRow<'r, 'a>(&'r [Cell<'a>]);
struct JsonCell<'r, 'a>(&'r Cell<'a>);

impl Serialize for JsonRows<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(JsonRow))
    }
}

impl Serialize for JsonRow<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(JsonCell))
    }
}

impl Serialize for JsonCell<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Cell::Null => serializer.serialize_none(),
            Cell::Uuid(id) => serializer.serialize_str(id.simple().encode_lower(&mut Uuid::encode_buffer())),
            Cell::Text(text) => serializer.serialize_str(text),
            Cell::Integer(n) => serializer.serialize_i64(*n),
            // The column is an INTEGER.
            Cell::Boolean(is) => serializer.serialize_u8(u8::from(*is)),
            Cell::Instant(at) => serializer.serialize_i64(at.as_millis()),
            Cell::Bytes(bytes) => serializer.serialize_str(&hex::encode(bytes)),
        }
    }
}
