//! Arguments that several commands share: filters, pages, keys of orders, reasons.

use crate::backoffice::lookup::OrderKey;
use checkout::{
    model::{ChangeReason, ChangeReasonError, OrderId, OrderNumber, Timestamp, TimestampError},
    store::listings::{Direction, MAX_PAGE_ROWS, PageRequest},
};
use clap::{
    Args,
    builder::{PossibleValuesParser, TypedValueParser},
};
use uuid::Uuid;

/// How a command prints its result.
#[derive(Debug, Clone, Copy, Args)]
pub struct OutputArgs {
    /// Print JSON instead of text
    #[arg(long)]
    pub json: bool,
}

/// The page of a list.
#[derive(Debug, Clone, Copy, Args)]
pub struct PageArgs {
    /// Maximum number of rows, up to 1000
    #[arg(long, value_name = "ROWS", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_PAGE_ROWS)))]
    pub limit: u32,
    /// Continue after a page: the `next` of its JSON, which the table's last line also names
    #[arg(long)]
    pub cursor: Option<Uuid>,
}

impl PageArgs {
    /// Returns the page, newest rows first.
    pub fn request(self) -> PageRequest {
        PageRequest { after: self.cursor, direction: Direction::NewestFirst, limit: self.limit }
    }
}

/// The order of a command.
#[derive(Debug, Clone, Copy, Args)]
#[group(required = true, multiple = false)]
pub struct OrderArgs {
    /// Number of the order, such as HF-7K3Q-9M2D
    #[arg(long)]
    number: Option<OrderNumber>,
    /// Id of the order
    #[arg(long)]
    id: Option<OrderId>,
}

impl OrderArgs {
    /// Returns the number or the id, of which clap requires one.
    pub fn key(self) -> OrderKey {
        match (self.number, self.id) {
            (Some(number), _) => OrderKey::Number(number),
            (None, id) => OrderKey::Id(id.unwrap_or(OrderId(Uuid::nil()))),
        }
    }
}

/// Parses one of several names.
pub(super) fn named<T: Clone + Send + Sync + 'static>(
    names: impl IntoIterator<Item = &'static str>,
    find: fn(&str) -> Option<T>,
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(names).try_map(move |name| find(&name).ok_or("unknown name"))
}

/// Parses a search. A blank text would list everything.
pub(super) fn search<T>(text: &str, parse: fn(&str) -> Option<T>) -> Result<T, &'static str> {
    parse(text).ok_or("give a text to search for")
}

/// Parses a reason.
pub(super) fn reason(text: &str) -> Result<ChangeReason, ChangeReasonError> {
    text.to_owned().try_into()
}

/// Parses a time.
pub(super) fn time(text: &str) -> Result<Timestamp, TimestampError> {
    Timestamp::parse(text)
}
