//! The values of a table's cells, and the types that they are read as.

use super::Kind;
use crate::model::Timestamp;
use sqlx::{Database, Decode, Type, error::BoxDynError};
use std::borrow::Cow;
use uuid::Uuid;

/// A type that a column's values are read as.
pub(in crate::store) trait Stored {
    const KIND: Kind;
    const NULLABLE: bool = false;
}

/// An instant as both databases return it: milliseconds since the Unix epoch.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) struct Millis(pub(in crate::store) Timestamp);

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
pub(in crate::store) struct Json;

/// A JSON document as text.
#[derive(Debug)]
pub(in crate::store) struct JsonText(pub(in crate::store) String);

impl<D: Database> Type<D> for JsonText
where
    String: Type<D>,
{
    fn type_info() -> D::TypeInfo {
        String::type_info()
    }

    fn compatible(column: &D::TypeInfo) -> bool {
        String::compatible(column)
    }
}

impl<'r, D: Database> Decode<'r, D> for JsonText
where
    String: Decode<'r, D>,
{
    fn decode(value: D::ValueRef<'r>) -> Result<Self, BoxDynError> {
        String::decode(value).map(Self)
    }
}

impl Stored for JsonText {
    const KIND: Kind = Kind::Json;
}

impl<'a> WrittenAs<'a, JsonText> for String {
    fn cell(self) -> Cell<'a> {
        Cell::Text(self.into())
    }
}

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
pub(in crate::store) enum Cell<'a> {
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
    pub(in crate::store) fn uuid(&self) -> Option<Uuid> {
        if let Self::Uuid(id) = self { Some(*id) } else { self.null() }
    }

    pub(in crate::store) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { self.null() }
    }

    pub(in crate::store) fn integer(&self) -> Option<i64> {
        if let Self::Integer(n) = self { Some(*n) } else { self.null() }
    }

    pub(in crate::store) fn boolean(&self) -> Option<bool> {
        if let Self::Boolean(is) = self { Some(*is) } else { self.null() }
    }

    pub(in crate::store) fn instant(&self) -> Option<Timestamp> {
        if let Self::Instant(at) = self { Some(*at) } else { self.null() }
    }

    pub(in crate::store) fn bytes(&self) -> Option<&[u8]> {
        if let Self::Bytes(bytes) = self { Some(bytes) } else { self.null() }
    }

    fn null<T>(&self) -> Option<T> {
        debug_assert_eq!(*self, Self::Null, "a cell of another kind than its column");
        None
    }
}

/// A value that may be written to a column of type `T`.
pub(in crate::store) trait WrittenAs<'a, T> {
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
