//! The requests of shoppers, the payment provider and the operator.

use crate::{
    Checkout, Error, Idempotency, IdempotencyKey, Idempotent, IssueRefund, OperationContext, PaymentEvent,
    PaymentReply, StockChange,
    model::{
        Actor, ActorKind, Contact, Hold, HoldId, Order, OrderId, Owner, Product, ProductDetails, ProductId,
        ProductStatus, Quantity, Refund, RefundId, RefundStep, ReportedRefund, Shopper, Timestamp, WebhookId,
    },
};
use std::hash::{DefaultHasher, Hash, Hasher};

#[derive(Debug, Clone)]
pub(super) enum Operation {
    Hold {
        product: ProductId,
        qty: Quantity,
        shopper: Option<Shopper>,
    },
    Release(HoldId),
    Extend(HoldId),
    Order(HoldId, Option<Contact>),
    Cancel(OrderId),
    Pay(Box<PaymentEvent>),
    Edit {
        product: ProductId,
        revision: u64,
        details: Box<ProductDetails>,
    },
    Status {
        product: ProductId,
        status: ProductStatus,
    },
    Stock {
        product: ProductId,
        change: StockChange,
    },
    CancelByOperator(OrderId),
    Refund(IssueRefund),
    AdvanceRefund {
        refund: RefundId,
        attempt: u32,
        step: RefundStep,
    },
    /// The provider's report of a refund.
    Report(Box<ReportedRefund>),
    Replay(WebhookId),
    Sweep(ProductId),
    ExpireUnmatched {
        before: Timestamp,
    },
}

impl Operation {
    /// The operations of the provider and of the shop itself have no idempotency key. The reply of a replay does not tell
    /// whether it is a stored one.
    pub(super) fn accepts_a_key(&self) -> bool {
        !matches!(
            self,
            Self::Pay(_) | Self::Report(_) | Self::Replay(_) | Self::Sweep(_) | Self::ExpireUnmatched { .. }
        )
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
    Product(Box<Product>),
    Refund(Refund),
    Done,
}

impl Request {
    /// The payload. The same payload under the same key is a retry.
    pub(super) fn payload(&self) -> String {
        // The debug text of a contact leaves its address out.
        let email = match &self.operation {
            Operation::Order(_, Some(contact)) => contact.email.as_str(),
            _ => "",
        };
        format!("{:?} {email}", self.operation)
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
        let product =
            |r: Idempotent<Product>| Idempotent { value: Output::Product(r.value.into()), replayed: r.replayed };
        let refund = |r: Idempotent<Refund>| Idempotent { value: Output::Refund(r.value), replayed: r.replayed };
        let plain = |value| Idempotent { value, replayed: false };
        let by = Actor { kind: ActorKind::Operator, id: Some(owner.0), name: "op@example.com".to_owned() };
        let context = OperationContext { by, reason: None, idempotency: key.clone() };
        match self.operation {
            Operation::Hold { product, qty, shopper } => {
                node.place_hold(product, qty, owner, shopper, key).await.map(hold)
            }
            Operation::Release(id) => node.release_hold(id, owner, key).await.map(hold),
            Operation::Extend(id) => node.extend_hold(id, owner, key).await.map(hold),
            Operation::Order(id, contact) => node.place_order(id, contact, owner, key).await.map(order),
            Operation::Cancel(id) => node.cancel_order(id, owner, key).await.map(order),
            Operation::Pay(event) => node.record_payment(*event).await.map(|r| plain(Output::Payment(r))),
            Operation::Edit { product: id, revision, details } => {
                node.edit_product(id, revision, *details, context).await.map(product)
            }
            Operation::Status { product: id, status } => {
                node.set_product_status(id, status, context).await.map(product)
            }
            Operation::Stock { product: id, change } => node.set_stock(id, change, context).await.map(product),
            Operation::CancelByOperator(id) => node.cancel_order_by_operator(id, context).await.map(order),
            Operation::Refund(issue) => node.issue_refund(issue, context).await.map(refund),
            Operation::AdvanceRefund { refund: id, attempt, step } => {
                node.advance_refund(id, attempt, step, context).await.map(refund)
            }
            Operation::Report(report) => {
                let refund = |recorded: Option<Refund>| recorded.map_or(Output::Done, Output::Refund);
                node.record_refund(*report, Actor::system()).await.map(|recorded| plain(refund(recorded)))
            }
            Operation::Replay(event) => node.replay_payment(event, context).await.map(|r| plain(Output::Payment(r))),
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
