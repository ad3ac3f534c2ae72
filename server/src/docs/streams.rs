//! Streams of events in the document. OpenAPI 3.1 has no words for them: an answer is text, whose parts have a schema.

use super::{call::Call, common::Parameter, examples};
use crate::api::orders::OrderView;
use http::StatusCode;
use utoipa::{
    ToSchema,
    openapi::{ContentBuilder, ObjectBuilder, Ref, Type},
};
use uuid::Uuid;

/// The stock of a product, as one commit left it. `total` is always `available + held + pending + sold`.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the engine writes it; this is its schema")]
pub struct StockEvent {
    /// The product's id.
    product_id: Uuid,
    /// Units the sale has in all.
    total: u32,
    /// Units anyone may hold now.
    available: u32,
    /// Units in active holds: they may come back.
    held: u32,
    /// Units in orders that wait for their payment: they may come back.
    pending: u32,
    /// Units paid for.
    sold: u32,
    /// Grows by one with each commit that touched the product; a lower one is older.
    version: u64,
    /// When that commit was made, by the server's clock.
    #[schema(value_type = String, format = DateTime)]
    at: (),
}

/// Answers with events of stock.
pub fn stock(call: Call) -> Call {
    let text = examples::stream("stock", Some(74), &examples::stock_event());
    streams::<StockEvent>(call, "The stock now, and each change of it.", text)
}

/// Answers with events of an order.
pub fn order(call: Call) -> Call {
    let text = examples::stream("order", None, &examples::paid_order());
    streams::<OrderView>(call, "The order now, and each time it changes.", text)
}

fn streams<T: ToSchema>(call: Call, says: &str, text: String) -> Call {
    let schema = ObjectBuilder::new()
        .schema_type(Type::String)
        .content_media_type("application/json")
        .content_schema(Some(Ref::from_schema_name(T::name())));
    let content = ContentBuilder::new().schema(Some(schema)).example(Some(text.into())).build();
    call.takes(Parameter::LastEventId).knows::<T>().answers_with(StatusCode::OK, says, "text/event-stream", content)
}
