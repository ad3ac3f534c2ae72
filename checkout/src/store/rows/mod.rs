//! The rows of each table: the one list of its columns, and the mapping between a row and a value of the model.

mod accounts;
mod audit_log;
mod batch;
mod claim;
mod contact;
mod endpoint;
mod operators;
mod outbox;
mod payload;
mod payment;
mod payment_attempt;
mod picture;
mod place;
mod product;
mod reconciliation;
mod refund;
mod sandbox_refund;

pub(super) use accounts::{ClientRow, KeyRow, Session, SessionRow, StoredKey};
pub(super) use audit_log::AuditRow;
pub(super) use batch::{
    added_payments, changed_holds, changed_orders, changed_payments, changed_products, changed_refunds,
    edited_products, idempotency_keys, limit_keys, payment_reports, product_versions,
};
pub(super) use claim::{HoldRow, LimitUsageRow, OrderRow, OrderSnapshotRow, refunds};
pub(super) use contact::ContactRow;
pub(super) use endpoint::{DeliveryRow, EndpointRow};
pub(super) use operators::{
    FailuresRow, OneTimeLinkRow, OperatorRow, OperatorSessionRow, RecoveryCode, StoredFailures,
};
pub(super) use outbox::JobRow;
pub(super) use payload::PayloadRow;
pub(super) use payment::{PaymentRow, ReferenceRow, disputed, reference_of};
pub(super) use payment_attempt::AttemptRow;
pub(super) use picture::{PictureFactsRow, PictureFileRow, PictureRow};
pub(super) use place::{PaidBeforeRow, paid_before};
pub(super) use product::{EditedProduct, ProductRow, StockEvent};
pub(super) use reconciliation::ReconciliationRow;
pub(super) use refund::RefundRow;
pub(super) use sandbox_refund::SandboxRefundRow;

use super::{
    ApiClient, Delivery, Endpoint, KnownColumn, Reconciliation, SandboxRefund,
    operators::{OneTimeLink, Operator, OperatorSession},
    table,
};
use crate::{
    error::StoreError,
    model::{
        AuditEntry, HUES, Hold, Money, NewJob, Order, Payment, PaymentAttempt, Product, Quantity, Refund, Shopper,
    },
    state::{OrderContact, StoredPayload},
};

fn corrupt(what: &str) -> StoreError {
    StoreError::Corrupt(what.to_owned())
}

fn shopper(name: Option<String>) -> Result<Option<Shopper>, StoreError> {
    name.map(Shopper::try_from).transpose().map_err(|e| StoreError::Corrupt(e.to_string()))
}

fn count(n: i64) -> Result<u32, StoreError> {
    u32::try_from(n).map_err(|_| StoreError::Corrupt(format!("a count of {n}")))
}

fn hue(degrees: i64) -> Result<u16, StoreError> {
    let hue = u16::try_from(degrees).ok().filter(|hue| *hue < HUES);
    hue.ok_or_else(|| StoreError::Corrupt(format!("a hue of {degrees}°")))
}

fn quantity(n: i64) -> Result<Quantity, StoreError> {
    Quantity::try_from(n).map_err(|e| StoreError::Corrupt(e.to_string()))
}

pub(super) fn money(minor: i64, currency: &str) -> Result<Money, StoreError> {
    let currency = currency.parse().map_err(|_| StoreError::Corrupt(format!("currency {currency}")))?;
    Ok(Money { minor, currency })
}

fn fingerprint(bytes: &[u8]) -> Result<[u8; 32], StoreError> {
    bytes.try_into().map_err(|_| corrupt("a fingerprint"))
}

/// Versions, and spans of time in seconds, are far below the limit of the type.
fn signed(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// All rows, as values of the model.
pub(super) fn into_all<R, T: TryFrom<R, Error = StoreError>>(rows: Vec<R>) -> Result<Vec<T>, StoreError> {
    rows.into_iter().map(T::try_from).collect()
}

/// Every column that the statements know.
pub(super) fn known_columns() -> Vec<KnownColumn> {
    [
        table::known::<Product>(),
        table::known::<StockEvent<'_>>(),
        table::known::<Hold>(),
        table::known::<Order>(),
        table::known::<Payment>(),
        table::known::<StoredPayload>(),
        table::known::<OrderContact>(),
        table::known::<StoredKey<'_>>(),
        table::known::<ApiClient>(),
        table::known::<Session<'_>>(),
        table::known::<AuditEntry>(),
        table::known::<Refund>(),
        table::known::<NewJob>(),
        table::known::<PaymentAttempt>(),
        table::known::<Reconciliation>(),
        table::known::<Endpoint>(),
        table::known::<Delivery>(),
        table::known::<SandboxRefund>(),
        table::known::<PictureRow>(),
        table::known::<PictureFileRow<'_>>(),
        table::known::<Operator>(),
        table::known::<RecoveryCode>(),
        table::known::<OperatorSession>(),
        table::known::<OneTimeLink>(),
        table::known::<StoredFailures<'_>>(),
    ]
    .concat()
}
