//! The contacts of orders: who bought them, and where they go.

use super::clients::ClientKey;
use crate::{
    error::StoreError,
    model::{AuditEntry, EmailAddress, OrderId, StoredContact},
};
use async_trait::async_trait;
use std::collections::BTreeMap;

/// How an erasure ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Erasure {
    /// The contacts of this number of orders are erased, and the entry of the audit log is on disk unless it is zero.
    Done(u64),
    /// An earlier request with the same key erased the contacts of this number of orders.
    Replayed(u64),
    /// The key was used for another request. Nothing was erased.
    KeyReused,
}

/// The contacts of orders. The writer adds them together with their orders.
#[async_trait]
pub trait Contacts: Send + Sync {
    /// Returns the contacts of those of these orders that have one.
    async fn of_orders(&self, orders: &[OrderId]) -> Result<BTreeMap<OrderId, StoredContact>, StoreError>;

    /// Erases the contacts of all orders with this address, and what may repeat them: the payloads of their payment events, and
    /// the responses to their webhooks.
    /// The entry of the audit log is written with it, and gets the number of orders; where there are none, no entry is
    /// written. A key is stored in the same transaction, so that the same request gets the same number again.
    async fn erase(
        &self,
        email: &EmailAddress,
        entry: AuditEntry,
        key: Option<&ClientKey>,
    ) -> Result<Erasure, StoreError>;

    /// Returns the contact of an order, if it has one.
    async fn of_order(&self, order: OrderId) -> Result<Option<StoredContact>, StoreError> {
        Ok(self.of_orders(&[order]).await?.remove(&order))
    }
}

/// Blanks a contact. `$1` is the time.
pub(super) const BLANK: &str = "
UPDATE order_contacts
SET email = NULL, name = NULL, country = NULL, line1 = NULL, line2 = NULL, city = NULL, postal_code = NULL, state = NULL,
    language = NULL,
    erased_at = $1";

/// Deletes the payloads of the events about the orders with the address `$1`. An event names the order, or the hold that it
/// was made of.
pub(super) const DELETE_PAYLOADS: &str = "
DELETE FROM payment_payloads WHERE event_id IN (
    SELECT w.id FROM payment_webhooks w JOIN order_contacts c ON c.order_id = w.order_id WHERE c.email = $1
    UNION ALL
    SELECT w.id FROM payment_webhooks w JOIN orders o ON o.hold_id = w.hold_id
        JOIN order_contacts c ON c.order_id = o.id WHERE c.email = $1)";

/// Blanks the responses to webhooks about the orders with the address `$1`.
pub(super) const BLANK_RESPONSES: &str = "
UPDATE webhook_deliveries SET response = NULL
WHERE order_id IN (SELECT order_id FROM order_contacts WHERE email = $1)";

/// Selects when the oldest contact was given that is not erased. Ids of orders sort by age.
pub(super) const OLDEST: &str = "SELECT given_at FROM order_contacts WHERE erased_at IS NULL ORDER BY order_id LIMIT 1";

/// Erases the oldest contacts: `$1` is the time, contacts given before `$2` are erased, and `$3` at most. `lock` ends the
/// selection of their rows.
pub(super) fn erase_oldest(lock: &str) -> String {
    format!(
        "{BLANK} WHERE given_at < $2 AND order_id IN (
             SELECT order_id FROM order_contacts WHERE erased_at IS NULL ORDER BY order_id LIMIT $3{lock})"
    )
}

/// Implements [`Contacts`] for a store. Both databases understand the statements. `$instant` converts a timestamp to the
/// driver's type, and `insert` is in scope: it inserts one row and returns the number of rows inserted.
macro_rules! impl_contacts {
    ($store:ty, $database:ty, $connection:ty, $reader:ident, $instant:expr) => {
        #[async_trait]
        impl Contacts for $store {
            async fn of_orders(&self, orders: &[OrderId]) -> Result<BTreeMap<OrderId, StoredContact>, StoreError> {
                if orders.is_empty() {
                    return Ok(BTreeMap::new());
                }
                let columns = sql::select::<OrderContact>("c");
                let head = format!("SELECT {columns} FROM order_contacts c WHERE c.order_id IN (");
                let mut query = sqlx::QueryBuilder::<$database>::new(head);
                let mut ids = query.separated(", ");
                for order in orders {
                    ids.push_bind(order.0);
                }
                query.push(")");
                let query = query.build_query_as::<ContactRow>().persistent(false);
                let rows = query.fetch_all(&self.$reader).with_timeout().await?;
                rows.into_iter().map(<(OrderId, StoredContact)>::try_from).collect()
            }

            async fn erase(
                &self,
                email: &EmailAddress,
                entry: AuditEntry,
                key: Option<&ClientKey>,
            ) -> Result<Erasure, StoreError> {
                if let Some(known) = self.erasure_of_key(key).await? {
                    return Ok(known);
                }
                let (email, owned) = (email.to_string(), key.cloned());
                let done =
                    self.in_transaction(move |connection| Box::pin(erase(connection, email, entry, owned))).await;
                match done {
                    Ok(Some(orders)) => Ok(Erasure::Done(orders)),
                    // Another request with the same key was first, and this one is rolled back.
                    Ok(None) | Err(StoreError::Contended(_)) => {
                        let contended = || StoreError::Contended("another request was first".into());
                        self.erasure_of_key(key).await?.ok_or_else(contended)
                    }
                    Err(error) => Err(error),
                }
            }
        }

        impl $store {
            /// Returns the outcome of the request with this key, if there was one.
            async fn erasure_of_key(&self, key: Option<&ClientKey>) -> Result<Option<Erasure>, StoreError> {
                let Some(key) = key else { return Ok(None) };
                Ok(self.record_of_key(key).await?.map(|record| match record.reply {
                    Reply::Erased(orders) if key.is_of(&record.idempotency) => Erasure::Replayed(orders),
                    _ => Erasure::KeyReused,
                }))
            }
        }

        /// Returns the number of orders; `None` if the key was taken meanwhile.
        async fn erase(
            connection: &mut $connection,
            email: String,
            entry: AuditEntry,
            key: Option<ClientKey>,
        ) -> Result<Option<u64>, StoreError> {
            let payloads = sqlx::query(contacts::DELETE_PAYLOADS).bind(&email);
            payloads.execute(&mut *connection).await.map_err(classify)?;
            let responses = sqlx::query(contacts::BLANK_RESPONSES).bind(&email);
            responses.execute(&mut *connection).await.map_err(classify)?;
            let blank = AssertSqlSafe(format!("{} WHERE email = $2", contacts::BLANK));
            let blank = sqlx::query(blank).bind($instant(entry.at)).bind(&email);
            let erased = blank.execute(&mut *connection).await.map_err(classify)?.rows_affected();
            if let Some(key) = key {
                let record = key.record(Reply::Erased(erased));
                let row = StoredKey::new(&record, entry.at);
                if insert(connection, &row, " ON CONFLICT DO NOTHING").await? == 0 {
                    return Ok(None);
                }
            }
            if erased > 0 {
                let after = Some(format!(r#"{{"orders":{erased}}}"#));
                insert(connection, &AuditEntry { after, ..entry }, "").await?;
            }
            Ok(Some(erased))
        }
    };
}
pub(super) use impl_contacts;
