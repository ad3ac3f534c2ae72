//! The reads of [`Checkout`]: the catalogue and the watches from memory, everything else from a reader connection.

use super::Checkout;
use crate::{
    error::{Error, StoreError},
    feed::{OrderWatch, StockUpdate, StockWatch},
    metrics::EngineMetrics,
    model::{
        Hold, HoldId, Order, OrderId, Owner, Payment, PaymentPayload, Place, Product, ProductId, Reference, Refund,
        RefundId, Refusal, StoredContact, TransactionId, WebhookId,
    },
    store::{Audit, Reads},
};
use std::{collections::BTreeMap, sync::Arc, time::Duration};

impl Checkout {
    /// All products, oldest first, as of the last commit that this node knows. From memory.
    pub fn products(&self) -> Vec<Arc<Product>> {
        self.parts.feed.products()
    }

    /// A product by its id. From memory.
    pub fn product(&self, id: ProductId) -> Option<Arc<Product>> {
        self.parts.feed.product(id)
    }

    /// A product by its slug. From memory.
    pub fn product_by_slug(&self, slug: &str) -> Option<Arc<Product>> {
        self.parts.feed.product_by_slug(slug)
    }

    /// Watches a product's stock: its current state first, then each change.
    pub fn watch_stock(&self, id: ProductId) -> Option<StockWatch> {
        self.parts.feed.watch(id)
    }

    /// Watches the stock of all products: the current states, and a channel of changes.
    pub fn watch_all_stock(&self) -> (Vec<Arc<StockUpdate>>, tokio::sync::broadcast::Receiver<Arc<StockUpdate>>) {
        self.parts.feed.watch_all()
    }

    /// The owner's hold. A hold that is past its time is returned as expired, even before the sweep has run.
    pub async fn hold(&self, id: HoldId, owner: Owner) -> Result<Hold, Error> {
        let hold = self.reads().hold(id).await.map_err(|e| read_failed(&e))?;
        let hold = hold.filter(|h| h.owner == owner).ok_or(Refusal::UnknownHold)?;
        Ok(hold.as_of(self.now()))
    }

    /// Returns whether a hold with this id exists, for any owner.
    pub async fn has_hold(&self, id: HoldId) -> Result<bool, Error> {
        self.reads().hold(id).await.map(|hold| hold.is_some()).map_err(|e| read_failed(&e))
    }

    /// The owner's holds that can still become orders, newest first, at most `limit`.
    pub async fn active_holds(&self, owner: Owner, limit: u32) -> Result<Vec<Hold>, Error> {
        self.reads().active_holds(owner, self.now(), limit).await.map_err(|e| read_failed(&e))
    }

    /// The owner's order.
    pub async fn order(&self, id: OrderId, owner: Owner) -> Result<Order, Error> {
        let order = self.reads().order(id).await.map_err(|e| read_failed(&e))?;
        Ok(order.filter(|o| o.owner == owner).ok_or(Refusal::UnknownOrder)?)
    }

    /// The owner's orders, newest first, at most `limit`. With `before`, only orders older than that one.
    pub async fn orders(&self, owner: Owner, before: Option<OrderId>, limit: u32) -> Result<Vec<Order>, Error> {
        self.reads().orders(owner, before, limit).await.map_err(|e| read_failed(&e))
    }

    /// The places of those of these orders that are paid, among the paid units of their products.
    pub async fn places(&self, orders: &[Order]) -> Result<BTreeMap<OrderId, Place>, Error> {
        let paid = orders.iter().filter(|order| order.transaction_id().is_some());
        let ids: Vec<_> = paid.map(|order| order.id).collect();
        let before = self.reads().paid_before(&ids).await.map_err(|e| read_failed(&e))?;
        let place = |order: &Order| {
            let before = before.iter().find(|before| before.order == order.id)?;
            let product = self.product(order.product_id)?;
            Some((order.id, Place::new(before.units, order.qty, product.stock.total)))
        };
        Ok(orders.iter().filter_map(place).collect())
    }

    /// The payment events of an order, oldest first, with their outcomes (P7).
    pub async fn payments(&self, order: &Order) -> Result<Vec<Payment>, Error> {
        self.reads().payments(order.hold_id, Some(order.id)).await.map_err(|e| read_failed(&e))
    }

    /// The payment events of a hold without an order, oldest first: those that wait for the order (P6), and those whose
    /// money is due for refund.
    pub async fn payments_for_hold(&self, hold: &Hold) -> Result<Vec<Payment>, Error> {
        self.reads().payments(hold.id, None).await.map_err(|e| read_failed(&e))
    }

    /// The payload of a payment event as it was first delivered; `None` once it was deleted, or if there is no such event.
    pub async fn payment_payload(&self, id: WebhookId) -> Result<Option<PaymentPayload>, Error> {
        self.reads().payment_payload(id).await.map_err(|e| read_failed(&e))
    }

    /// The order or hold that a transaction was a payment for, if the shop has recorded that transaction.
    pub async fn reference_of(&self, transaction: &TransactionId) -> Result<Option<Reference>, Error> {
        self.reads().reference_of(transaction).await.map_err(|e| read_failed(&e))
    }

    /// The contact of an order that the caller may see, if the order has one.
    pub async fn contact(&self, order: OrderId) -> Result<Option<StoredContact>, Error> {
        self.parts.store.contacts().of_order(order).await.map_err(|e| read_failed(&e))
    }

    /// The contacts of those of these orders that have one, for the shop's people.
    pub async fn contacts(&self, orders: &[OrderId]) -> Result<BTreeMap<OrderId, StoredContact>, Error> {
        self.parts.store.contacts().of_orders(orders).await.map_err(|e| read_failed(&e))
    }

    /// Those of these transactions that are disputed: one of their disputes was opened and not closed.
    pub async fn disputed(&self, transactions: &[TransactionId]) -> Result<Vec<TransactionId>, Error> {
        self.reads().disputed(transactions).await.map_err(|e| read_failed(&e))
    }

    /// The order, for the shop's people, who see those of all owners.
    pub async fn order_of_any_owner(&self, id: OrderId) -> Result<Order, Error> {
        let order = self.reads().order(id).await.map_err(|e| read_failed(&e))?;
        Ok(order.ok_or(Refusal::UnknownOrder)?)
    }

    /// Those of these orders that exist, for the shop's people, in no particular order.
    pub async fn orders_of_any_owner(&self, ids: &[OrderId]) -> Result<Vec<Order>, Error> {
        let found = self.reads().order_snapshots(ids).await.map_err(|e| read_failed(&e))?;
        Ok(found.into_iter().map(|snapshot| snapshot.order).collect())
    }

    /// The refunds of an order, oldest first: those by operators, and those of payments that could not be used (P7).
    pub async fn refunds(&self, order: OrderId) -> Result<Vec<Refund>, Error> {
        self.reads().refunds_of_order(order).await.map_err(|e| read_failed(&e))
    }

    /// The refund with this id.
    pub async fn refund(&self, id: RefundId) -> Result<Refund, Error> {
        let refund = self.reads().refund(id).await.map_err(|e| read_failed(&e))?;
        Ok(refund.ok_or(Refusal::UnknownRefund)?)
    }

    /// Those of these refunds that exist, in no particular order.
    pub async fn refunds_by_id(&self, ids: &[RefundId]) -> Result<Vec<Refund>, Error> {
        self.reads().refunds_by_id(ids).await.map_err(|e| read_failed(&e))
    }

    /// Watches the owner's order: its current state first, then each change of it and of its refunds.
    pub async fn watch_order(&self, id: OrderId, owner: Owner) -> Result<OrderWatch, Error> {
        // Subscribe before reading: a change in between is then seen twice rather than missed.
        let watch = self.parts.feed.watch_order(id);
        let known = self.reads().order_snapshots(&[id]).await.map_err(|e| read_failed(&e))?.pop();
        Ok(watch.starting_at(known.filter(|known| known.order.owner == owner).ok_or(Refusal::UnknownOrder)?))
    }

    /// Recomputes every counter from the rows (P1) and compares orders with payments (P5, P7).
    pub async fn audit(&self) -> Result<Audit, Error> {
        self.reads().audit().await.map_err(|e| read_failed(&e))
    }

    /// The engine's counters and histograms.
    pub fn metrics(&self) -> &EngineMetrics {
        &self.parts.metrics
    }

    /// Number of commands that wait for the writer.
    pub fn queue_depth(&self) -> usize {
        self.parts.queue.depth()
    }

    /// How long the most overdue hold or order has waited for the sweep. Zero where nothing is due.
    pub async fn overdue(&self) -> Result<Duration, StoreError> {
        let (due, _) = self.reads().next_due().await?;
        Ok(due.map_or(Duration::ZERO, |due| due.until(self.now())))
    }

    /// Number of refunds that are due or have failed.
    pub async fn refunds_due(&self) -> Result<u64, StoreError> {
        self.reads().refunds_due().await
    }

    /// Checks that the database responds.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.reads().ping().await
    }

    fn reads(&self) -> &dyn Reads {
        self.parts.store.reads()
    }
}

/// Logs an error of a read, and returns it as the engine's.
pub(super) fn read_failed(error: &StoreError) -> Error {
    let cause = error.cause();
    tracing::error!(%error, cause, "a read failed");
    error.into()
}
