//! The outbox.

use super::{corrupt, count, signed};
use crate::{
    error::StoreError,
    model::{Job, JobKind, JobState, JobSubject, NewJob, Timestamp, Topic},
    store::table::{Millis, table},
};
use uuid::Uuid;

table! {
    "outbox", read as JobRow, written from job: NewJob {
        Key id: Uuid = job.id.0;
        Fixed kind: String = job.kind.name();
        Fixed topic: String = job.topic.name();
        Fixed order_id: Option<Uuid> = job.subject.order.map(|id| id.0);
        Fixed refund_id: Option<Uuid> = job.subject.refund.map(|id| id.0);
        Fixed product_id: Option<Uuid> = job.subject.product.map(|id| id.0);
        Fixed operator_id: Option<Uuid> = job.subject.operator;
        Fixed version: i64 = signed(job.subject.version);
        Fixed endpoint_id: Option<Uuid> = job.endpoint.map(|id| id.0);
        Fixed body: Option<String> = job.body.as_deref();
        Fixed state: String = JobState::Pending.name();
        Fixed due_at: Millis = job.due_at;
        Fixed claim: Option<Uuid> = None::<Uuid>;
        Fixed attempts: i64 = 0_i64;
        Fixed last_error: Option<String> = None::<&str>;
        Fixed created_at: Millis = job.created_at;
        Fixed done_at: Option<Millis> = None::<Timestamp>;
    }
    write_only {
        unique_key: Option<String> = job.unique_key.as_deref();
    }
}

impl TryFrom<JobRow> for Job {
    type Error = StoreError;

    fn try_from(row: JobRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id.into(),
            kind: JobKind::from_name(&row.kind).ok_or_else(|| corrupt("a job's kind"))?,
            topic: Topic::from_name(&row.topic).ok_or_else(|| corrupt("a job's topic"))?,
            subject: JobSubject {
                order: row.order_id.map(Into::into),
                refund: row.refund_id.map(Into::into),
                product: row.product_id.map(Into::into),
                operator: row.operator_id,
                version: u64::try_from(row.version).map_err(|_| corrupt("a job's version"))?,
            },
            endpoint: row.endpoint_id.map(Into::into),
            body: row.body,
            state: JobState::from_name(&row.state).ok_or_else(|| corrupt("a job's state"))?,
            due_at: row.due_at.0,
            claim: row.claim,
            attempts: count(row.attempts)?,
            last_error: row.last_error,
            created_at: row.created_at.0,
            done_at: row.done_at.map(|Millis(at)| at),
        })
    }
}
