//! Payloads of payment events.

use crate::{
    model::PaymentPayload,
    state::StoredPayload,
    store::table::{Millis, table},
};
use uuid::Uuid;

table! {
    "payment_payloads", read as PayloadRow, written from stored: StoredPayload {
        Fixed content_type: Option<String> = stored.payload.content_type();
        Fixed body: Vec<u8> = stored.payload.body();
        Fixed received_at: Millis = stored.received_at;
    }
    write_only {
        event_id: Uuid = stored.event.0;
    }
}

impl From<PayloadRow> for PaymentPayload {
    fn from(row: PayloadRow) -> Self {
        Self { content_type: row.content_type, body: row.body, received_at: row.received_at.0 }
    }
}
