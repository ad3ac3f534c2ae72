//! Attempts to pay at a provider.

use super::corrupt;
use crate::{
    error::StoreError,
    model::{AttemptState, PaymentAttempt, ProviderName, SessionId},
    store::table::{Millis, table},
};
use uuid::Uuid;

table! {
    "payment_attempts", read as AttemptRow, written from attempt: PaymentAttempt {
        Key id: Uuid = attempt.id.0;
        Fixed order_id: Uuid = attempt.order_id.0;
        Fixed provider: String = attempt.provider.name();
        State state: String = attempt.state.name();
        Mutable session_id: Option<String> = attempt.session.as_ref().map(SessionId::as_str);
        Mutable url: Option<String> = attempt.url.as_deref();
        Fixed request: String = attempt.request.as_str();
        Fixed created_at: Millis = attempt.created_at;
        Mutable updated_at: Millis = attempt.updated_at;
    }
}

impl TryFrom<AttemptRow> for PaymentAttempt {
    type Error = StoreError;

    fn try_from(row: AttemptRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id.into(),
            order_id: row.order_id.into(),
            provider: ProviderName::from_name(&row.provider).ok_or_else(|| corrupt("an attempt's provider"))?,
            state: AttemptState::from_name(&row.state).ok_or_else(|| corrupt("an attempt's state"))?,
            session: row.session_id.map(TryInto::try_into).transpose().map_err(|_| corrupt("an attempt's session"))?,
            url: row.url,
            request: row.request,
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
        })
    }
}
