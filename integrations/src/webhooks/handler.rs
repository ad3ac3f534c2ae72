//! Carries out the jobs of webhooks.

use super::{DISABLE_AFTER, Webhooks, body, sender::Sent};
use crate::outbox::{Attempt, Handler, Outcome};
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

    /// Returns the record of an attempt. It switches the endpoint off if it has failed for too long.
    fn record(&self, job: &Job, endpoint: &Endpoint, sent: &Sent, now: Timestamp) -> DeliveryRecord {
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
        DeliveryRecord { delivery, switch_off }
    }

    /// Returns the switch-off of the endpoint after this failure, if it is due.
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
        let subject = JobSubject { version: endpoint.version, ..JobSubject::default() };
        let event = NewJob::event(self.webhooks.ids.generate(), Topic::EndpointDisabled, subject, now)
            .with_body(json!({ "endpoint": endpoint.id }).to_string());
        Some(SwitchOff { reason, if_failing_since, entry, event })
    }
}

#[async_trait]
impl Handler for WebhookHandler {
    fn kind(&self) -> JobKind {
        JobKind::Webhook
    }

    fn task_name(&self) -> &'static str {
        "outbox_webhooks"
    }

    async fn run(&self, job: &Job) -> Outcome {
        self.attempt(job).await.outcome
    }

    async fn attempt(&self, job: &Job) -> Attempt {
        let endpoint = match self.endpoint(job).await {
            Ok(Some(endpoint)) if endpoint.is_enabled() => endpoint,
            Ok(Some(_)) => return Outcome::NotYet("the endpoint is switched off".to_owned(), OFF_PAUSE).into(),
            // The endpoint was removed: nobody waits for it.
            Ok(None) => return Outcome::Done.into(),
            Err(error) => return Outcome::NotYet(error.to_string(), STORE_PAUSE).into(),
        };
        let body = job.body.clone().unwrap_or_default();
        let Some(id) = body::event_id(&body) else { return Outcome::Dead("the body has no id".to_owned()).into() };
        let now = self.webhooks.checkout.now();
        let sent = self.webhooks.sender.send(&endpoint, &id, body, now).await;
        let delivery = Some(self.record(job, &endpoint, &sent, now));
        Attempt { outcome: outcome(&sent), delivery }
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
