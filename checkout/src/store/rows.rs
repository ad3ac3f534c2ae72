//! Rows as the stores read them, instants as milliseconds, and the one place where they become values of the model.

use crate::{
    command::{Idempotency, IdempotencyKey},
    error::StoreError,
    model::{
        CancelReason, EventOutcome, Hold, HoldState, Money, Order, OrderState, Owner, Payment, PaymentStatus, Product,
        Quantity, Reference, RefundReason, ReportedAmount, SaleWindow, Shopper, Stock, Timestamp,
    },
    state::IdempotencyRecord,
    store::{ApiClient, OrderSnapshot},
};
use sqlx::FromRow;
use std::time::Duration;
use uuid::Uuid;

fn corrupt(what: &'static str) -> impl Fn() -> StoreError {
    move || StoreError::Corrupt(what.to_owned())
}

fn count(n: i64) -> Result<u32, StoreError> {
    u32::try_from(n).map_err(|_| StoreError::Corrupt(format!("a count of {n}")))
}

fn span(seconds: i64) -> Result<Duration, StoreError> {
    u64::try_from(seconds).map(Duration::from_secs).map_err(|_| StoreError::Corrupt(format!("a span of {seconds} s")))
}

fn shopper(name: Option<String>) -> Result<Option<Shopper>, StoreError> {
    name.map(Shopper::try_from).transpose().map_err(|e| StoreError::Corrupt(e.to_string()))
}

fn quantity(n: i64) -> Result<Quantity, StoreError> {
    Quantity::try_from(n).map_err(|e| StoreError::Corrupt(e.to_string()))
}

fn money(minor: i64, currency: &str) -> Result<Money, StoreError> {
    let currency = currency.parse().map_err(|_| StoreError::Corrupt(format!("currency {currency}")))?;
    Ok(Money { minor, currency })
}

#[derive(FromRow)]
pub(super) struct ProductRow {
    id: Uuid,
    slug: String,
    name: String,
    description: String,
    image: String,
    price: i64,
    currency: String,
    total: i64,
    available: i64,
    held: i64,
    pending: i64,
    sold: i64,
    per_shopper_limit: Option<i64>,
    starts_at: Option<i64>,
    ends_at: Option<i64>,
    hold_seconds: i64,
    pay_seconds: i64,
    extend_seconds: Option<i64>,
    version: i64,
    updated_at: i64,
}

impl TryFrom<ProductRow> for Product {
    type Error = StoreError;

    fn try_from(row: ProductRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id.into(),
            slug: row.slug.parse().map_err(|_| StoreError::Corrupt(format!("slug {}", row.slug)))?,
            name: row.name,
            description: row.description,
            image: row.image,
            price: money(row.price, &row.currency)?,
            stock: Stock {
                total: count(row.total)?,
                available: count(row.available)?,
                held: count(row.held)?,
                pending: count(row.pending)?,
                sold: count(row.sold)?,
            },
            per_shopper_limit: row.per_shopper_limit.map(count).transpose()?,
            window: SaleWindow {
                starts_at: row.starts_at.map(Timestamp::from_millis),
                ends_at: row.ends_at.map(Timestamp::from_millis),
            },
            hold_for: span(row.hold_seconds)?,
            pay_within: span(row.pay_seconds)?,
            extend_by: row.extend_seconds.map(span).transpose()?,
            version: u64::try_from(row.version).map_err(|_| StoreError::Corrupt("version".to_owned()))?,
            updated_at: Timestamp::from_millis(row.updated_at),
        })
    }
}

#[derive(FromRow)]
pub(super) struct HoldRow {
    id: Uuid,
    product_id: Uuid,
    owner: Uuid,
    shopper: Option<String>,
    qty: i64,
    created_at: i64,
    expires_at: i64,
    extended: bool,
    status: String,
    order_id: Option<Uuid>,
}

impl TryFrom<HoldRow> for Hold {
    type Error = StoreError;

    fn try_from(row: HoldRow) -> Result<Self, StoreError> {
        let state = match (row.status.as_str(), row.order_id) {
            ("active", None) => HoldState::Active,
            ("ordered", Some(order_id)) => HoldState::Ordered { order_id: order_id.into() },
            ("expired", None) => HoldState::Expired,
            ("released", None) => HoldState::Released,
            _ => return Err(corrupt("a hold's status")()),
        };
        Ok(Self {
            id: row.id.into(),
            product_id: row.product_id.into(),
            owner: Owner(row.owner),
            shopper: shopper(row.shopper)?,
            qty: quantity(row.qty)?,
            created_at: Timestamp::from_millis(row.created_at),
            expires_at: Timestamp::from_millis(row.expires_at),
            extended: row.extended,
            state,
        })
    }
}

#[derive(FromRow)]
pub(super) struct OrderRow {
    id: Uuid,
    hold_id: Uuid,
    product_id: Uuid,
    owner: Uuid,
    shopper: Option<String>,
    qty: i64,
    amount: i64,
    currency: String,
    created_at: i64,
    pay_by: i64,
    status: String,
    ended_at: Option<i64>,
    transaction_id: Option<String>,
    cancel_reason: Option<String>,
}

/// An order and `refunds`.
#[derive(FromRow)]
pub(super) struct OrderSnapshotRow {
    #[sqlx(flatten)]
    order: OrderRow,
    refunds: i64,
}

/// The column `refunds`, beside those of an order `o`.
pub(super) const REFUNDS: &str = "(SELECT count(*) FROM payment_webhooks w
    WHERE (w.order_id = o.id OR w.hold_id = o.hold_id) AND w.outcome IN ('refund_due', 'refunded')) AS refunds";

impl TryFrom<OrderSnapshotRow> for OrderSnapshot {
    type Error = StoreError;

    fn try_from(row: OrderSnapshotRow) -> Result<Self, StoreError> {
        Ok(Self { order: row.order.try_into()?, refunds: row.refunds })
    }
}

impl TryFrom<OrderRow> for Order {
    type Error = StoreError;

    fn try_from(row: OrderRow) -> Result<Self, StoreError> {
        let ended_at = row.ended_at.map(Timestamp::from_millis);
        let state = match (row.status.as_str(), ended_at, row.transaction_id, row.cancel_reason) {
            ("pending", None, None, None) => OrderState::Pending,
            ("paid", Some(paid_at), Some(id), None) => {
                let transaction_id = id.try_into().map_err(StoreError::Corrupt)?;
                OrderState::Paid { paid_at, transaction_id }
            }
            ("cancelled", Some(cancelled_at), None, Some(reason)) => {
                OrderState::Cancelled { cancelled_at, reason: cancel_reason(&reason)? }
            }
            _ => return Err(corrupt("an order's status")()),
        };
        Ok(Self {
            id: row.id.into(),
            hold_id: row.hold_id.into(),
            product_id: row.product_id.into(),
            owner: Owner(row.owner),
            shopper: shopper(row.shopper)?,
            qty: quantity(row.qty)?,
            amount: money(row.amount, &row.currency)?,
            created_at: Timestamp::from_millis(row.created_at),
            pay_by: Timestamp::from_millis(row.pay_by),
            state,
        })
    }
}

fn cancel_reason(name: &str) -> Result<CancelReason, StoreError> {
    use CancelReason::{ByOperator, ByShopper, Expired, PaymentFailed};
    let all = [PaymentFailed, Expired, ByShopper, ByOperator];
    all.into_iter().find(|reason| reason.name() == name).ok_or_else(corrupt("a cancel reason"))
}

#[derive(FromRow)]
pub(super) struct PaymentRow {
    id: Uuid,
    key: String,
    fingerprint: Vec<u8>,
    order_id: Option<Uuid>,
    hold_id: Option<Uuid>,
    product_id: Option<Uuid>,
    transaction_id: String,
    status: String,
    amount: Option<i64>,
    currency: Option<String>,
    received_at: i64,
    outcome: String,
    refund_reason: Option<String>,
}

impl TryFrom<PaymentRow> for Payment {
    type Error = StoreError;

    fn try_from(row: PaymentRow) -> Result<Self, StoreError> {
        let reference = match (row.order_id, row.hold_id) {
            (Some(id), None) => Reference::Order(id.into()),
            (None, Some(id)) => Reference::Hold(id.into()),
            _ => return Err(corrupt("a payment's reference")()),
        };
        let statuses = [PaymentStatus::Success, PaymentStatus::Failure, PaymentStatus::Processing];
        let status = statuses.into_iter().find(|s| s.name() == row.status).ok_or_else(corrupt("a payment's status"))?;
        let currency = row.currency.map(|c| c.parse()).transpose().map_err(|_| corrupt("a payment's currency")())?;
        Ok(Self {
            id: row.id.into(),
            key: row.key.try_into().map_err(StoreError::Corrupt)?,
            fingerprint: fingerprint(&row.fingerprint)?,
            reference,
            product_id: row.product_id.map(Into::into),
            transaction_id: row.transaction_id.try_into().map_err(StoreError::Corrupt)?,
            status,
            reported: ReportedAmount { amount: row.amount, currency },
            received_at: Timestamp::from_millis(row.received_at),
            outcome: outcome(&row.outcome, row.refund_reason.as_deref())?,
        })
    }
}

fn fingerprint(bytes: &[u8]) -> Result<[u8; 32], StoreError> {
    bytes.try_into().map_err(|_| corrupt("a fingerprint")())
}

fn outcome(name: &str, reason: Option<&str>) -> Result<EventOutcome, StoreError> {
    use RefundReason::{AlreadyPaid, AmountMismatch, OrderNeverCreated, SoldOut};
    let reasons = [SoldOut, AlreadyPaid, AmountMismatch, OrderNeverCreated];
    let reason = reason.and_then(|name| reasons.into_iter().find(|r| r.name() == name));
    match (name, reason) {
        ("applied", None) => Ok(EventOutcome::Applied),
        ("parked", None) => Ok(EventOutcome::Parked),
        ("duplicate", None) => Ok(EventOutcome::Duplicate),
        ("ignored", None) => Ok(EventOutcome::Ignored),
        ("refund_due", Some(reason)) => Ok(EventOutcome::RefundDue(reason)),
        ("refunded", Some(reason)) => Ok(EventOutcome::Refunded(reason)),
        _ => Err(corrupt("an event's outcome")()),
    }
}

#[derive(FromRow)]
pub(super) struct KeyRow {
    owner: Uuid,
    key: String,
    fingerprint: Vec<u8>,
    reply: String,
}

impl TryFrom<KeyRow> for IdempotencyRecord {
    type Error = StoreError;

    fn try_from(row: KeyRow) -> Result<Self, StoreError> {
        let key = IdempotencyKey::parse(&row.key).ok_or_else(corrupt("an idempotency key"))?;
        let reply = serde_json::from_str(&row.reply).map_err(|_| corrupt("a stored answer")())?;
        Ok(Self {
            owner: Owner(row.owner),
            idempotency: Idempotency { key, fingerprint: fingerprint(&row.fingerprint)? },
            reply,
        })
    }
}

#[derive(FromRow)]
pub(super) struct ClientRow {
    id: Uuid,
    name: String,
    secret_hash: String,
    created_at: i64,
    revoked_at: Option<i64>,
}

impl From<ClientRow> for ApiClient {
    fn from(row: ClientRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            secret_hash: row.secret_hash,
            created_at: Timestamp::from_millis(row.created_at),
            revoked_at: row.revoked_at.map(Timestamp::from_millis),
        }
    }
}

/// All rows, as values of the model.
pub(super) fn into_all<R, T: TryFrom<R, Error = StoreError>>(rows: Vec<R>) -> Result<Vec<T>, StoreError> {
    rows.into_iter().map(T::try_from).collect()
}
