//! What shoppers, the provider and the operator ask for, and how they ask.

use crate::{
    Checkout, Delivery, Error, Idempotency, IdempotencyKey, PaymentReply, Replayed,
    model::{Hold, HoldId, Order, OrderId, Owner, ProductId, Quantity, Shopper, Timestamp},
};
use std::hash::{DefaultHasher, Hash, Hasher};

#[derive(Debug, Clone)]
pub(super) enum Wish {
    Hold { product: ProductId, qty: Quantity, shopper: Option<Shopper> },
    Release(HoldId),
    Extend(HoldId),
    Order(HoldId),
    Cancel(OrderId),
    Pay(Box<Delivery>),
    Adjust { product: ProductId, total: u32 },
    Sweep(ProductId),
    GiveUp { before: Timestamp },
}

impl Wish {
    /// The provider and the operator send none.
    pub(super) fn honours_a_key(&self) -> bool {
        !matches!(self, Self::Pay(_) | Self::Adjust { .. } | Self::Sweep(_) | Self::GiveUp { .. })
    }
}

/// A wish, by whom, and under which key.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) owner: Owner,
    pub(super) key: Option<IdempotencyKey>,
    pub(super) wish: Wish,
    /// Whoever is impatient goes away before the answer comes.
    pub(super) impatient: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Answer {
    Hold(Hold),
    Order(Order),
    Payment(PaymentReply),
    Done,
}

impl Request {
    /// What is said: the same under the same key is a repetition, anything else a mistake.
    pub(super) fn payload(&self) -> String {
        format!("{:?}", self.wish)
    }

    fn idempotency(&self) -> Option<Idempotency> {
        let fingerprint = digest(&self.payload());
        self.key.clone().map(|key| Idempotency { key, fingerprint })
    }

    /// Asks one node.
    pub(super) async fn ask(self, node: Checkout) -> Result<Replayed<Answer>, Error> {
        let (owner, key) = (self.owner, self.idempotency());
        let hold = |r: Replayed<Hold>| Replayed { value: Answer::Hold(r.value), replayed: r.replayed };
        let order = |r: Replayed<Order>| Replayed { value: Answer::Order(r.value), replayed: r.replayed };
        let plain = |value| Replayed { value, replayed: false };
        match self.wish {
            Wish::Hold { product, qty, shopper } => node.place_hold(product, qty, owner, shopper, key).await.map(hold),
            Wish::Release(id) => node.release_hold(id, owner, key).await.map(hold),
            Wish::Extend(id) => node.extend_hold(id, owner, key).await.map(hold),
            Wish::Order(id) => node.place_order(id, owner, key).await.map(order),
            Wish::Cancel(id) => node.cancel_order(id, owner, key).await.map(order),
            Wish::Pay(delivery) => node.record_payment(*delivery).await.map(|r| plain(Answer::Payment(r))),
            Wish::Adjust { product, total } => node.adjust_stock(product, total).await.map(|_| plain(Answer::Done)),
            Wish::Sweep(product) => node.sweep_product(product).await.map(|_| plain(Answer::Done)),
            Wish::GiveUp { before } => node.sweep_parked(before).await.map(|_| plain(Answer::Done)),
        }
    }
}

/// Thirty-two bytes that differ where the text does.
pub(super) fn digest(text: &str) -> [u8; 32] {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&hasher.finish().to_be_bytes());
    bytes
}
