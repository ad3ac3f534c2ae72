//! Makes a job for each endpoint that asked for the topic of an event.

use super::body;
use crate::outbox::{Consequences, Event};
use async_trait::async_trait;
use checkout::{
    Checkout, Error, IdGenerator,
    model::{EndpointId, Job, JobId, JobKind, NewJob},
    store::Store,
};
use std::sync::Arc;

/// Maximum length of a body in bytes, which the outbox stores. A body has no long texts but the name of a product.
const MAX_BODY_LENGTH: usize = 64 * 1024;

pub(super) struct WebhookConsequences {
    checkout: Checkout,
    store: Arc<dyn Store>,
    ids: IdGenerator,
}

impl WebhookConsequences {
    pub(super) fn new(checkout: Checkout, store: Arc<dyn Store>, ids: IdGenerator) -> Self {
        Self { checkout, store, ids }
    }

    fn job(&self, event: &Event, endpoint: EndpointId, body: &str) -> NewJob {
        let key = format!("webhook/{}/{endpoint}", event.job.id);
        let Job { topic, subject, created_at, .. } = event.job;
        NewJob::new(self.ids.generate(), JobKind::Webhook, topic, subject, key, created_at)
            .for_endpoint(endpoint)
            .with_body(body.to_owned())
            .due_at(self.checkout.now())
    }
}

#[async_trait]
impl Consequences for WebhookConsequences {
    async fn of(&self, events: &[Event]) -> Result<Vec<(JobId, NewJob)>, Error> {
        let endpoints = self.store.endpoints().all().await.map_err(|error| {
            tracing::warn!(%error, cause = error.cause(), "the endpoints of webhooks cannot be read");
            Error::Internal
        })?;
        let enabled: Vec<_> = endpoints.iter().filter(|endpoint| endpoint.is_enabled()).collect();
        let mut jobs = Vec::new();
        for event in events {
            let asked = || enabled.iter().filter(|endpoint| endpoint.events.contains(&event.job.topic));
            if asked().next().is_none() {
                continue;
            }
            let Some(body) = body::of(event).filter(|body| body.len() <= MAX_BODY_LENGTH) else { continue };
            jobs.extend(asked().map(|endpoint| (event.job.id, self.job(event, endpoint.id, &body))));
        }
        Ok(jobs)
    }
}
