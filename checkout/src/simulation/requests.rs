//! The requests of shoppers, the payment provider and the operator.

use crate::{
    Checkout, Error, Idempotency, IdempotencyKey, Idempotent, PaymentEvent, PaymentReply,
    model::{Hold, HoldId, Order, OrderId, Owner, ProductId, Quantity, Shopper, Timestamp},
};
use std::hash::{DefaultHasher, Hash, Hasher};

#[derive(Debug, Clone)]
pub(super) enum Operation {
    Hold { product: ProductId, qty: Quantity, shopper: Option<Shopper> },
    Release(HoldId),
    Extend(HoldId),
    Order(HoldId),
    Cancel(OrderId),
    Pay(Box<PaymentEvent>),
    Adjust { product: ProductId, total: u32 },
    Sweep(ProductId),
    ExpireUnmatched { before: Timestamp },
}

impl Operation {
    /// Only shoppers' operations accept an idempotency key.
    pub(super) fn accepts_a_key(&self) -> bool {
        !matches!(self, Self::Pay(_) | Self::Adjust { .. } | Self::Sweep(_) | Self::ExpireUnmatched { .. })
    }
}

/// An operation, its owner, and its key.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) owner: Owner,
    pub(super) key: Option<IdempotencyKey>,
    pub(super) operation: Operation,
    /// The caller disconnects before the reply comes.
    pub(super) impatient: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Output {
    Hold(Hold),
    Order(Order),
    Payment(PaymentReply),
    Done,
}

impl Request {
    /// The payload. The same payload under the same key is a retry.
    pub(super) fn payload(&self) -> String {
        format!("{:?}", self.operation)
    }

    fn idempotency(&self) -> Option<Idempotency> {
        let fingerprint = digest(&self.payload());
        self.key.clone().map(|key| Idempotency { key, fingerprint })
    }

    /// Sends the request to a node.
    pub(super) async fn send(self, node: Checkout) -> Result<Idempotent<Output>, Error> {
        let (owner, key) = (self.owner, self.idempotency());
        let hold = |r: Idempotent<Hold>| Idempotent { value: Output::Hold(r.value), replayed: r.replayed };
        let order = |r: Idempotent<Order>| Idempotent { value: Output::Order(r.value), replayed: r.replayed };
        let plain = |value| Idempotent { value, replayed: false };
        match self.operation {
            Operation::Hold { product, qty, shopper } => {
                node.place_hold(product, qty, owner, shopper, key).await.map(hold)
            }
            Operation::Release(id) => node.release_hold(id, owner, key).await.map(hold),
            Operation::Extend(id) => node.extend_hold(id, owner, key).await.map(hold),
            Operation::Order(id) => node.place_order(id, owner, key).await.map(order),
            Operation::Cancel(id) => node.cancel_order(id, owner, key).await.map(order),
            Operation::Pay(event) => node.record_payment(*event).await.map(|r| plain(Output::Payment(r))),
            Operation::Adjust { product, total } => {
                node.adjust_stock(product, total).await.map(|_| plain(Output::Done))
            }
            Operation::Sweep(product) => node.sweep_product(product).await.map(|_| plain(Output::Done)),
            Operation::ExpireUnmatched { before } => node.expire_unmatched(before).await.map(|_| plain(Output::Done)),
        }
    }
}

/// Returns 32 bytes that differ where the text differs.
pub(crate) fn digest(text: &str) -> [u8; 32] {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&hasher.finish().to_be_bytes());
    bytes
}
