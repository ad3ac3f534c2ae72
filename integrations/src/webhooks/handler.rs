//! Carries out the jobs of webhooks.

use super::{DISABLE_AFTER, Webhooks, body, sender::Sent};
use crate::outbox::{Handler, Outcome};
use async_trait::async_trait;
use checkout::{
    StoreError,
    model::{Actor, AuditEntry, AuditObject, Job, JobKind, JobSubject, NewJob, Timestamp, Topic},
    store::{Delivery, DeliveryFailure, DeliveryRecord, DisabledReason, Endpoint, SwitchOff},
};
use serde_json::json;
use std::time::Duration;

/// The pause of a job whose endpoint is switched off. Such jobs are not claimed, but for those that were under way.
const OFF_PAUSE: Duration = Duration::from_mins(1);

/// The pause of a job whose endpoint cannot be read.
const STORE_PAUSE: Duration = Duration::from_secs(5);

pub(super) struct WebhookHandler {
    webhooks: Webhooks,
}

impl WebhookHandler {
    pub(super) fn new(webhooks: Webhooks) -> Self {
        Self { webhooks }
    }

    async fn endpoint(&self, job: &Job) -> Result<Option<Endpoint>, StoreError> {
        match job.endpoint {
            Some(id) => self.webhooks.store.endpoints().find(id).await,
            None => Ok(None),
        }
    }

    /// Records an attempt, and lets operators know if it was the last straw.
    async fn record(&self, job: &Job, endpoint: &Endpoint, sent: &Sent, now: Timestamp) {
        let delivery = Delivery {
            id: self.webhooks.ids.generate(),
            job: Some(job.id),
            endpoint: endpoint.id,
            topic: Some(job.topic),
            order: job.subject.order,
            attempt: job.attempts.max(1),
            started_at: now,
            duration_ms: sent.duration_ms,
            status: sent.status,
            response: sent.response.clone(),
            failure: sent.failure,
        };
        let switch_off = sent.failure.and_then(|failure| self.switch_off(endpoint, failure, now));
        match self.webhooks.recorder.record(DeliveryRecord { delivery, switch_off }).await {
            Ok(off) => {
                for endpoint in &off {
                    tracing::warn!(%endpoint, "an endpoint of webhooks was switched off");
                }
                if !off.is_empty() {
                    self.webhooks.checkout.wake_outbox();
                }
            }
            Err(error) => {
                let cause = error.cause();
                tracing::warn!(%error, cause, job = %job.id, "an attempt at a webhook was not recorded");
            }
        }
    }

    /// What switches the endpoint off after this failure, if anything does.
    fn switch_off(&self, endpoint: &Endpoint, failure: DeliveryFailure, now: Timestamp) -> Option<SwitchOff> {
        let limit = now - DISABLE_AFTER;
        let (reason, if_failing_since) = match failure {
            DeliveryFailure::Gone => (DisabledReason::Gone, None),
            _ if endpoint.failing_since.is_some_and(|since| since <= limit) => (DisabledReason::Failing, Some(limit)),
            _ => return None,
        };
        let entry = AuditEntry {
            id: self.webhooks.ids.generate(),
            at: now,
            actor: Actor::system(),
            action: "webhook.disable".into(),
            object: AuditObject::new("webhook", endpoint.id),
            before: Some(json!({ "enabled": true }).to_string()),
            after: Some(json!({ "enabled": false, "disabled_reason": reason.name() }).to_string()),
            reason: None,
        };
        let event = NewJob {
            id: self.webhooks.ids.generate(),
            kind: JobKind::Event,
            topic: Topic::EndpointDisabled,
            subject: JobSubject { version: endpoint.version, ..JobSubject::default() },
            endpoint: None,
            unique_key: None,
            body: Some(json!({ "endpoint": endpoint.id }).to_string()),
            due_at: now,
            created_at: now,
        };
        Some(SwitchOff { reason, if_failing_since, entry, event })
    }
}

#[async_trait]
impl Handler for WebhookHandler {
    fn kind(&self) -> JobKind {
        JobKind::Webhook
    }

    fn task_name(&self) -> &'static str {
        "webhooks"
    }

    async fn run(&self, job: &Job) -> Outcome {
        let endpoint = match self.endpoint(job).await {
            Ok(Some(endpoint)) if endpoint.is_enabled() => endpoint,
            Ok(Some(_)) => return Outcome::NotYet("the endpoint is switched off".to_owned(), OFF_PAUSE),
            // The endpoint was removed: nobody waits for it.
            Ok(None) => return Outcome::Done,
            Err(error) => return Outcome::NotYet(error.to_string(), STORE_PAUSE),
        };
        let body = job.body.clone().unwrap_or_default();
        let Some(id) = body::event_id(&body) else { return Outcome::Dead("the body has no id".to_owned()) };
        let now = self.webhooks.checkout.now();
        let sent = self.webhooks.sender.send(&endpoint, &id, body, now).await;
        self.record(job, &endpoint, &sent, now).await;
        outcome(&sent)
    }
}

fn outcome(sent: &Sent) -> Outcome {
    let Some(failure) = sent.failure else { return Outcome::Done };
    let status = sent.status.map(|status| format!(" (status {status})")).unwrap_or_default();
    let error = format!("{}{status}", failure.description());
    match sent.retry_after {
        Some(pause) => Outcome::Busy(error, pause),
        None => Outcome::Failed(error),
    }
}
