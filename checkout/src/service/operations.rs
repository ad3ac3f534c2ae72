//! The operations of the shop's people and workers. The caller has checked that the actor may make them. Each writes its row
//! of the audit log in the same commit (P12).

use super::{Checkout, unexpected};
use crate::{
    command::{Action, Command, Idempotent, IssueRefund, Operation, PaymentReply, Reply, Requester, StockChange},
    error::Error,
    idempotency::Idempotency,
    model::{
        Actor, AuditEntry, AuditObject, ChangeReason, Order, OrderId, Owner, Product, ProductDetails, ProductDraft,
        ProductId, ProductStatus, Refund, RefundId, RefundStep, Refusal, ReportedRefund, WebhookId,
    },
};

/// The actor of an operation, its reason, and its idempotency key.
#[derive(Debug, Clone)]
pub struct OperationContext {
    /// The person or worker.
    pub by: Actor,
    /// Why, in their words.
    pub reason: Option<ChangeReason>,
    /// The key under which the result is stored. Only an actor with an id can have one.
    pub idempotency: Option<Idempotency>,
}

impl From<Actor> for OperationContext {
    fn from(by: Actor) -> Self {
        Self { by, reason: None, idempotency: None }
    }
}

impl Checkout {
    /// Puts a product on sale.
    pub async fn add_product(
        &self,
        draft: ProductDraft,
        context: impl Into<OperationContext>,
    ) -> Result<Idempotent<Product>, Error> {
        let product = draft.check(self.parts.ids.generate(), self.parts.clock.now());
        let product = product.map_err(|error| Refusal::InvalidProduct { error })?;
        self.operate_on_product(Action::AddProduct(Box::new(product)), context.into()).await
    }

    /// Replaces a product's details, if it still has the `revision` that the actor saw. Existing holds and orders keep their
    /// price.
    pub async fn edit_product(
        &self,
        product: ProductId,
        revision: u64,
        details: ProductDetails,
        context: impl Into<OperationContext>,
    ) -> Result<Idempotent<Product>, Error> {
        let action = Action::EditProduct { product, revision, details: Box::new(details) };
        self.operate_on_product(action, context.into()).await
    }

    /// Pauses, resumes or archives a product. Existing holds and orders go on.
    pub async fn set_product_status(
        &self,
        product: ProductId,
        status: ProductStatus,
        context: impl Into<OperationContext>,
    ) -> Result<Idempotent<Product>, Error> {
        self.operate_on_product(Action::SetStatus { product, status }, context.into()).await
    }

    /// Changes how many units a product has in total. The total cannot be less than what is held, pending or sold.
    pub async fn set_stock(
        &self,
        product: ProductId,
        change: StockChange,
        context: impl Into<OperationContext>,
    ) -> Result<Idempotent<Product>, Error> {
        self.operate_on_product(Action::SetStock { product, change }, context.into()).await
    }

    /// Cancels an unpaid order of any owner. Cancelling it again is a no-op.
    pub async fn cancel_order_by_operator(
        &self,
        order: OrderId,
        context: impl Into<OperationContext>,
    ) -> Result<Idempotent<Order>, Error> {
        match self.operate(Action::CancelOrder { order }, context.into()).await? {
            Idempotent { value: Reply::Order(value), replayed } => Ok(Idempotent { value, replayed }),
            other => unexpected(&other),
        }
    }

    /// Makes a refund of a paid order due.
    pub async fn issue_refund(
        &self,
        refund: IssueRefund,
        context: impl Into<OperationContext>,
    ) -> Result<Idempotent<Refund>, Error> {
        self.operate_on_refund(Action::IssueRefund(refund), context.into()).await
    }

    /// Takes a step of a refund's attempt.
    pub async fn advance_refund(
        &self,
        refund: RefundId,
        attempt: u32,
        step: RefundStep,
        context: impl Into<OperationContext>,
    ) -> Result<Idempotent<Refund>, Error> {
        self.operate_on_refund(Action::AdvanceRefund { refund, attempt, step }, context.into()).await
    }

    /// Records a refund as the payment provider reports it. The report is about, in this order: the refund that the
    /// provider's metadata name; the refund with this reference; a refund of the same transaction and amount that waits to be
    /// carried out by hand; or a refund that was made at the provider, which is added. Reports may come repeatedly, late or
    /// out of order. Neither an open dispute nor the amount that is left refuses one. Returns `None` if the transaction has
    /// paid nothing in this shop, or if the report adds nothing: a failed refund that is unknown, or an impossible amount.
    pub async fn record_refund(
        &self,
        report: ReportedRefund,
        context: impl Into<OperationContext>,
    ) -> Result<Option<Refund>, Error> {
        let action = Action::RecordRefund { id: self.new_refund_id(), report: Box::new(report) };
        match self.operate(action, context.into()).await? {
            Idempotent { value: Reply::Refund(refund), .. } => Ok(Some(refund)),
            Idempotent { value: Reply::NoRefund, .. } => Ok(None),
            other => unexpected(&other),
        }
    }

    /// Decides a stored payment event again. An event has one effect: one that was applied or refunded stays as it is (P5).
    pub async fn replay_payment(
        &self,
        event: WebhookId,
        context: impl Into<OperationContext>,
    ) -> Result<PaymentReply, Error> {
        match self.operate(Action::ReplayPayment { event }, context.into()).await? {
            Idempotent { value: Reply::Payment(reply), .. } => Ok(reply),
            other => unexpected(&other),
        }
    }

    /// Returns an entry of the audit log for an access that changes nothing, such as an export.
    pub fn audit_entry(
        &self,
        actor: &Actor,
        action: &'static str,
        object: AuditObject,
        after: &serde_json::Value,
    ) -> AuditEntry {
        AuditEntry {
            id: self.parts.ids.generate(),
            at: self.parts.clock.now(),
            actor: actor.clone(),
            action: action.into(),
            object,
            before: None,
            after: Some(after.to_string()),
            reason: None,
        }
    }

    /// Returns a new id for a refund.
    pub fn new_refund_id(&self) -> RefundId {
        self.parts.ids.generate()
    }

    async fn operate_on_product(
        &self,
        action: Action,
        context: OperationContext,
    ) -> Result<Idempotent<Product>, Error> {
        match self.operate(action, context).await? {
            Idempotent { value: Reply::Product(value), replayed } => Ok(Idempotent { value: *value, replayed }),
            other => unexpected(&other),
        }
    }

    async fn operate_on_refund(&self, action: Action, context: OperationContext) -> Result<Idempotent<Refund>, Error> {
        match self.operate(action, context).await? {
            Idempotent { value: Reply::Refund(value), replayed } => Ok(Idempotent { value, replayed }),
            other => unexpected(&other),
        }
    }

    async fn operate(&self, action: Action, context: OperationContext) -> Result<Idempotent<Reply>, Error> {
        let OperationContext { by, reason, idempotency } = context;
        let requester = by.id.map(|id| Requester { owner: Owner(id), idempotency });
        let operation = Operation { by, requester, reason, audit_id: self.parts.ids.generate(), action };
        self.send(Command::Operate(Box::new(operation))).await
    }
}
