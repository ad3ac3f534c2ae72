//! Holds, the orders that they become, and the units that count towards a limit.

use super::{corrupt, count, money, quantity, shopper, signed};
use crate::{
    error::StoreError,
    model::{CancelReason, Hold, HoldId, HoldState, Order, OrderRefunds, OrderState, Owner, Shopper},
    state::LimitKey,
    store::{
        OrderSnapshot,
        table::{Millis, table},
    },
};
use sqlx::FromRow;
use uuid::Uuid;

table! {
    "holds", read as HoldRow, written from hold: Hold {
        Key id: Uuid = hold.id.0;
        Fixed product_id: Uuid = hold.product_id.0;
        Fixed owner: Uuid = hold.owner.0;
        Fixed shopper: Option<String> = hold.shopper.as_ref().map(Shopper::as_str);
        Fixed qty: i64 = i64::from(hold.qty.get());
        Mutable unit_price: Option<i64> = hold.unit_price;
        Fixed created_at: Millis = hold.created_at;
        Mutable expires_at: Millis = hold.expires_at;
        Mutable extended: bool = hold.extended;
        State status: String = hold.state.name();
        Mutable order_id: Option<Uuid> = match hold.state {
            HoldState::Ordered { order_id } => Some(order_id.0),
            HoldState::Active | HoldState::Expired | HoldState::Released => None,
        };
    }
}

impl TryFrom<HoldRow> for Hold {
    type Error = StoreError;

    fn try_from(row: HoldRow) -> Result<Self, StoreError> {
        let state = match (row.status.as_str(), row.order_id) {
            ("active", None) => HoldState::Active,
            ("ordered", Some(order_id)) => HoldState::Ordered { order_id: order_id.into() },
            ("expired", None) => HoldState::Expired,
            ("released", None) => HoldState::Released,
            _ => return Err(corrupt("a hold's status")),
        };
        Ok(Self {
            id: row.id.into(),
            product_id: row.product_id.into(),
            owner: Owner(row.owner),
            shopper: shopper(row.shopper)?,
            qty: quantity(row.qty)?,
            unit_price: row.unit_price,
            created_at: row.created_at.0,
            expires_at: row.expires_at.0,
            extended: row.extended,
            state,
        })
    }
}

table! {
    "orders", read as OrderRow, written from order: Order {
        Key id: Uuid = order.id.0;
        Fixed hold_id: Uuid = order.hold_id.0;
        Fixed product_id: Uuid = order.product_id.0;
        Fixed owner: Uuid = order.owner.0;
        Fixed shopper: Option<String> = order.shopper.as_ref().map(Shopper::as_str);
        Fixed qty: i64 = i64::from(order.qty.get());
        Fixed amount: i64 = order.amount.minor;
        Fixed currency: String = order.amount.currency.as_str();
        Fixed created_at: Millis = order.created_at;
        Fixed pay_by: Millis = order.pay_by;
        State status: String = order.state.name();
        Mutable ended_at: Option<Millis> = match order.state {
            OrderState::Pending => None,
            OrderState::Paid { paid_at: at, .. } | OrderState::Cancelled { cancelled_at: at, .. } => Some(at),
        };
        Mutable transaction_id: Option<String> = match &order.state {
            OrderState::Paid { transaction_id, .. } => Some(transaction_id.as_str()),
            OrderState::Pending | OrderState::Cancelled { .. } => None,
        };
        Mutable cancel_reason: Option<String> = match order.state {
            OrderState::Cancelled { reason, .. } => Some(reason.name()),
            OrderState::Pending | OrderState::Paid { .. } => None,
        };
        Mutable refunds_issued: i64 = order.refunds.issued.min(order.amount.minor);
        Mutable refunds_returned: i64 = order.refunds.returned.min(order.amount.minor);
        Mutable issued_beyond: i64 = order.refunds.issued.saturating_sub(order.amount.minor).max(0);
        Mutable returned_beyond: i64 = order.refunds.returned.saturating_sub(order.amount.minor).max(0);
        Mutable restocked: i64 = i64::from(order.refunds.restocked);
        Fixed number: Option<String> = order.number.map(String::from);
        Mutable version: i64 = signed(order.version);
    }
}

impl TryFrom<OrderRow> for Order {
    type Error = StoreError;

    fn try_from(row: OrderRow) -> Result<Self, StoreError> {
        let ended_at = row.ended_at.map(|Millis(at)| at);
        let state = match (row.status.as_str(), ended_at, row.transaction_id, row.cancel_reason) {
            ("pending", None, None, None) => OrderState::Pending,
            ("paid", Some(paid_at), Some(id), None) => {
                OrderState::Paid { paid_at, transaction_id: id.try_into().map_err(StoreError::Corrupt)? }
            }
            ("cancelled", Some(cancelled_at), None, Some(reason)) => {
                OrderState::Cancelled { cancelled_at, reason: cancel_reason(&reason)? }
            }
            _ => return Err(corrupt("an order's status")),
        };
        Ok(Self {
            id: row.id.into(),
            hold_id: row.hold_id.into(),
            product_id: row.product_id.into(),
            owner: Owner(row.owner),
            shopper: shopper(row.shopper)?,
            qty: quantity(row.qty)?,
            amount: money(row.amount, &row.currency)?,
            created_at: row.created_at.0,
            pay_by: row.pay_by.0,
            state,
            refunds: OrderRefunds {
                issued: row.refunds_issued.saturating_add(row.issued_beyond),
                returned: row.refunds_returned.saturating_add(row.returned_beyond),
                restocked: count(row.restocked)?,
            },
            number: row.number.map(|number| number.parse()).transpose().map_err(|_| corrupt("an order's number"))?,
            version: u64::try_from(row.version).map_err(|_| corrupt("an order's version"))?,
        })
    }
}

fn cancel_reason(name: &str) -> Result<CancelReason, StoreError> {
    use CancelReason::{ByOperator, ByShopper, Expired, PaymentFailed};
    let all = [PaymentFailed, Expired, ByShopper, ByOperator];
    all.into_iter().find(|reason| reason.name() == name).ok_or_else(|| corrupt("a cancel reason"))
}

/// An order and its refunds: `id:version`, separated by commas.
#[derive(FromRow)]
pub(in crate::store) struct OrderSnapshotRow {
    #[sqlx(flatten)]
    order: OrderRow,
    payments_to_refund: Option<String>,
    refunds: Option<String>,
}

/// The columns `payments_to_refund` and `refunds` of an order `o`. A refund of a payment has the payment's id, and its row may be
/// missing for a moment: then its version is 0. `id` returns the SQL of an id as text.
pub(in crate::store) fn refunds(id: fn(&str) -> String) -> String {
    let (of_payment, of_row) = (id("w.id"), id("r.id"));
    format!(
        "(SELECT string_agg({of_payment} || ':0', ',') FROM payment_webhooks w
          WHERE (w.order_id = o.id OR w.hold_id = o.hold_id) AND w.outcome IN ('refund_due', 'refunded')) AS payments_to_refund,
         (SELECT string_agg({of_row} || ':' || r.version, ',') FROM refunds r WHERE r.order_id = o.id) AS refunds"
    )
}

impl TryFrom<OrderSnapshotRow> for OrderSnapshot {
    type Error = StoreError;

    fn try_from(row: OrderSnapshotRow) -> Result<Self, StoreError> {
        // The rows come last, so that their versions count.
        let lists = [&row.payments_to_refund, &row.refunds];
        let refunds = lists.into_iter().flatten().flat_map(|list| list.split(','));
        let refunds = refunds.map(|refund| {
            let (id, version) = refund.split_once(':')?;
            Some((id.parse().ok()?, version.parse().ok()?))
        });
        let refunds = refunds.collect::<Option<_>>().ok_or_else(|| corrupt("a refund's id or version"))?;
        Ok(Self { order: row.order.try_into()?, refunds })
    }
}

/// Units of one hold that count towards a shopper's limit.
#[derive(FromRow)]
pub(in crate::store) struct LimitUsageRow {
    product_id: Uuid,
    owner: Uuid,
    shopper: String,
    hold_id: Uuid,
    units: i64,
}

impl TryFrom<LimitUsageRow> for (LimitKey, HoldId, u32) {
    type Error = StoreError;

    fn try_from(row: LimitUsageRow) -> Result<Self, StoreError> {
        let shopper = Shopper::try_from(row.shopper).map_err(|e| StoreError::Corrupt(e.to_string()))?;
        let key = LimitKey { product: row.product_id.into(), owner: Owner(row.owner), shopper };
        Ok((key, row.hold_id.into(), count(row.units)?))
    }
}
