//! Jobs of the outbox.

use checkout::model::{EndpointId, Job, JobId, JobState, OrderId, ProductId, RefundId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

/// A job of the outbox: a mail, a webhook or a call of the payment provider that follows from a commit.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AdminJob)]
pub struct AdminJobView {
    /// Id of the job.
    #[schema(value_type = Uuid)]
    pub id: JobId,
    /// Kind: `mail`, `webhook`, `close_payment` or `send_refund`.
    pub kind: &'static str,
    /// The event that it follows from, such as `order.paid`.
    pub topic: &'static str,
    /// State: `pending` (it waits, or is being carried out), `done`, or `dead` (it failed for good).
    pub state: &'static str,
    /// The order that it is about.
    #[schema(value_type = Option<Uuid>, required)]
    pub order_id: Option<OrderId>,
    /// The refund that it is about.
    #[schema(value_type = Option<Uuid>, required)]
    pub refund_id: Option<RefundId>,
    /// The product that it is about.
    #[schema(value_type = Option<Uuid>, required)]
    pub product_id: Option<ProductId>,
    /// The endpoint that receives a webhook.
    #[schema(value_type = Option<Uuid>, required)]
    pub endpoint_id: Option<EndpointId>,
    /// Number of attempts that were begun.
    pub attempts: u32,
    /// How the last attempt failed, or why a job that is done was not carried out, such as a mail that was no longer true.
    #[schema(required)]
    pub last_error: Option<String>,
    /// Time of the next attempt, or by which the current one has ended; null for a job that is done or dead.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub next_attempt_at: Option<Timestamp>,
    /// Time of the event.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Time at which it was done, or failed for good.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub done_at: Option<Timestamp>,
}

impl From<Job> for AdminJobView {
    fn from(job: Job) -> Self {
        Self {
            id: job.id,
            kind: job.kind.name(),
            topic: job.topic.name(),
            state: job.state.name(),
            order_id: job.subject.order,
            refund_id: job.subject.refund,
            product_id: job.subject.product,
            endpoint_id: job.endpoint,
            attempts: job.attempts,
            last_error: job.last_error,
            next_attempt_at: (job.state == JobState::Pending).then_some(job.due_at),
            created_at: job.created_at,
            done_at: job.done_at,
        }
    }
}
