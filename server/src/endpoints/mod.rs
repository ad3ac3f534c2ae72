//! Endpoints of the shop's own webhooks: add, edit, switch on and off, rotate, remove, test, redeliver. The console, the
//! admin API and the command line share it.

mod draft;
mod error;
mod view;

pub use draft::{Description, DescriptionError, Edit, Events, EventsError};
pub use error::EndpointError;
pub use view::{DeliveryView, EndpointView, TopicName};

use crate::operators::Entries;
use app::admin::webhooks::origin;
use checkout::{
    Clock, Idempotent, OperationContext,
    model::{AuditEntry, AuditObject, DeliveryId, EndpointId, JobKind, NewJob, Owner},
    store::{
        ClientKey, Delivery, DeliveryFilter, Endpoint, EndpointChange, EndpointOutcome, Store,
        listings::{Listing, PageRequest},
    },
};
use integrations::webhooks::{SIGNING_KEY_LENGTH, Webhooks, new_secret};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};

/// How long the secret before a rotation signs beside the new one.
pub const PREVIOUS_SECRET_TTL: Duration = Duration::from_hours(24);

/// An endpoint, and its secret where it was just generated. A repeated request with the same key gets no secret.
pub struct IssuedEndpoint {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// Whether the secret was just generated, and may be shown this once.
    pub is_secret_new: bool,
}

/// Manages endpoints. Clones share the connections.
#[derive(Clone)]
pub struct EndpointService {
    webhooks: Webhooks,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    entries: Entries,
}

impl EndpointService {
    /// Manages the endpoints in `store`.
    pub fn new(webhooks: Webhooks, store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self { webhooks, entries: Entries::new(clock.clone()), store, clock }
    }

    /// Returns all endpoints, oldest first.
    pub async fn all(&self) -> Result<Vec<Endpoint>, EndpointError> {
        Ok(self.store.endpoints().all().await?)
    }

    /// Returns the endpoint with this id.
    pub async fn find(&self, id: EndpointId) -> Result<Endpoint, EndpointError> {
        self.store.endpoints().find(id).await?.ok_or(EndpointError::Unknown)
    }

    /// Adds an endpoint, and returns it with its secret.
    pub async fn add(
        &self,
        url: &str,
        events: Events,
        description: Description,
        context: impl Into<OperationContext>,
    ) -> Result<Idempotent<IssuedEndpoint>, EndpointError> {
        let (context, url) = (context.into(), self.webhooks.check_url(url)?);
        let endpoint = Endpoint {
            id: self.entries.new_id(),
            url: url.as_str().to_owned(),
            events: events.into(),
            description: description.into(),
            secret: Self::secret()?,
            previous: None,
            disabled: None,
            failing_since: None,
            created_at: self.clock.now(),
            version: 1,
        };
        let entry = self.entry(&context, "webhook.add", endpoint.id, &Value::Null, &described(&endpoint));
        self.change(EndpointChange::Add(endpoint), &entry, &context, true).await
    }

    /// Replaces the parts of an endpoint that `edit` has. It is refused with [`EndpointError::Changed`] if the endpoint has another
    /// version than the requester saw.
    pub async fn edit(
        &self,
        id: EndpointId,
        edit: Edit,
        context: impl Into<OperationContext>,
    ) -> Result<Idempotent<IssuedEndpoint>, EndpointError> {
        let (context, before) = (context.into(), self.find(id).await?);
        let url = edit.url.map(|url| self.webhooks.check_url(&url)).transpose()?;
        let after = Endpoint {
            url: url.map_or_else(|| before.url.clone(), |url| url.as_str().to_owned()),
            events: edit.events.map_or_else(|| before.events.clone(), Into::into),
            description: edit.description.map_or_else(|| before.description.clone(), Into::into),
            ..before.clone()
        };
        let entry = self.entry(&context, "webhook.edit", id, &described(&before), &described(&after));
        let Endpoint { url, events, description, .. } = after;
        let seen = edit.seen.unwrap_or(before.version);
        self.change(EndpointChange::Edit { id, seen, url, events, description }, &entry, &context, false).await
    }

    /// Switches an endpoint on. Webhooks that wait for it are sent. An endpoint that is on stays so.
    pub async fn enable(
        &self,
        id: EndpointId,
        context: impl Into<OperationContext>,
    ) -> Result<Idempotent<IssuedEndpoint>, EndpointError> {
        let enabled = self.switch(EndpointChange::Enable(id), "webhook.enable", context.into()).await;
        self.webhooks.wake();
        enabled
    }

    /// Switches an endpoint off. Its webhooks wait, and new events lead to none. An endpoint that is off stays so.
    pub async fn disable(
        &self,
        id: EndpointId,
        context: impl Into<OperationContext>,
    ) -> Result<Idempotent<IssuedEndpoint>, EndpointError> {
        self.switch(EndpointChange::Disable(id), "webhook.disable", context.into()).await
    }

    async fn switch(
        &self,
        change: EndpointChange,
        action: &'static str,
        context: OperationContext,
    ) -> Result<Idempotent<IssuedEndpoint>, EndpointError> {
        let (id, is_on) = (change.id(), matches!(change, EndpointChange::Enable(_)));
        let (before, after) = (json!({ "enabled": !is_on }), json!({ "enabled": is_on }));
        let entry = self.entry(&context, action, id, &before, &after);
        match self.change(change, &entry, &context, false).await {
            Err(EndpointError::Changed) => {
                let endpoint = self.find(id).await?;
                Ok(Idempotent { value: IssuedEndpoint { endpoint, is_secret_new: false }, replayed: false })
            }
            other => other,
        }
    }

    /// Replaces the secret, and returns the new one. The old one signs beside it for [`PREVIOUS_SECRET_TTL`].
    pub async fn rotate(
        &self,
        id: EndpointId,
        context: impl Into<OperationContext>,
    ) -> Result<Idempotent<IssuedEndpoint>, EndpointError> {
        let context = context.into();
        let entry = self.entry(&context, "webhook.rotate", id, &Value::Null, &Value::Null);
        let previous_until = self.clock.now() + PREVIOUS_SECRET_TTL;
        self.change(EndpointChange::Rotate { id, secret: Self::secret()?, previous_until }, &entry, &context, true)
            .await
    }

    /// Removes an endpoint. Webhooks that wait for it are dropped.
    pub async fn remove(&self, id: EndpointId, context: impl Into<OperationContext>) -> Result<(), EndpointError> {
        let context = context.into();
        // A repeated request finds the endpoint gone.
        let before = self.store.endpoints().find(id).await?.map_or(Value::Null, |endpoint| described(&endpoint));
        let entry = self.entry(&context, "webhook.remove", id, &before, &Value::Null);
        let key = key(&context);
        match self.store.endpoints().change(&EndpointChange::Remove(id), &entry, key.as_ref()).await? {
            EndpointOutcome::Changed | EndpointOutcome::Replayed(_) => Ok(()),
            EndpointOutcome::Unchanged => Err(EndpointError::Unknown),
            EndpointOutcome::KeyReused => Err(EndpointError::KeyReused),
        }
    }

    /// Sends a test event, and waits for the response.
    pub async fn test(&self, id: EndpointId) -> Result<Delivery, EndpointError> {
        let endpoint = self.find(id).await?;
        Ok(self.webhooks.send_test(&endpoint).await?)
    }

    /// Lists attempts, page by page.
    pub async fn deliveries(
        &self,
        filter: DeliveryFilter,
        page: PageRequest,
    ) -> Result<Listing<Delivery>, EndpointError> {
        Ok(self.store.endpoints().deliveries(filter, page).await?)
    }

    /// Sends the webhook of an attempt again: a new job with the same body and id. It waits while the endpoint is switched off.
    pub async fn redeliver(
        &self,
        id: DeliveryId,
        context: impl Into<OperationContext>,
    ) -> Result<Delivery, EndpointError> {
        let context = context.into();
        let delivery = self.store.endpoints().delivery(id).await?.ok_or(EndpointError::UnknownDelivery)?;
        let endpoint = self.find(delivery.endpoint).await?;
        let job = delivery.job.ok_or(EndpointError::TestDelivery)?;
        let job = self.store.outbox().job(job).await?.ok_or(EndpointError::BodyGone)?;
        let (now, again) = (self.clock.now(), self.entries.new_id());
        let key = format!("webhook/{}/{}/{again}", job.id, endpoint.id);
        let new = NewJob::new(again, JobKind::Webhook, job.topic, job.subject, key, job.created_at)
            .for_endpoint(endpoint.id)
            .due_at(now);
        let new = NewJob { body: job.body, ..new };
        let after = json!({ "delivery": id, "topic": job.topic.name() });
        let entry = self.entry(&context, "webhook.redeliver", endpoint.id, &Value::Null, &after);
        let change = EndpointChange::Redeliver(endpoint.id, Box::new(new));
        self.change(change, &entry, &context, false).await?;
        self.webhooks.wake();
        Ok(delivery)
    }

    async fn change(
        &self,
        change: EndpointChange,
        entry: &AuditEntry,
        context: &OperationContext,
        is_secret_new: bool,
    ) -> Result<Idempotent<IssuedEndpoint>, EndpointError> {
        let key = key(context);
        match self.store.endpoints().change(&change, entry, key.as_ref()).await? {
            EndpointOutcome::Changed => {
                let endpoint = self.find(change.id()).await?;
                Ok(Idempotent { value: IssuedEndpoint { endpoint, is_secret_new }, replayed: false })
            }
            EndpointOutcome::Replayed(id) => {
                let endpoint = self.find(id).await?;
                Ok(Idempotent { value: IssuedEndpoint { endpoint, is_secret_new: false }, replayed: true })
            }
            EndpointOutcome::KeyReused => Err(EndpointError::KeyReused),
            EndpointOutcome::Unchanged if matches!(change, EndpointChange::Add(_)) => Err(EndpointError::TooMany),
            EndpointOutcome::Unchanged => {
                self.find(change.id()).await?;
                Err(EndpointError::Changed)
            }
        }
    }

    fn secret() -> Result<checkout::store::SigningSecret, EndpointError> {
        let mut bytes = [0; SIGNING_KEY_LENGTH];
        getrandom::fill(&mut bytes).map_err(|error| EndpointError::Random(error.to_string()))?;
        Ok(new_secret(&bytes))
    }

    fn entry(
        &self,
        context: &OperationContext,
        action: &'static str,
        id: EndpointId,
        before: &Value,
        after: &Value,
    ) -> AuditEntry {
        let entry = self.entries.entry(&context.by, action, AuditObject::new("webhook", id), before, after);
        AuditEntry { reason: context.reason.clone(), ..entry }
    }
}

/// The key of a request. Only an actor with an id can have one.
fn key(context: &OperationContext) -> Option<ClientKey> {
    let key = context.by.id.zip(context.idempotency.clone());
    key.map(|(owner, idempotency)| ClientKey { owner: Owner(owner), idempotency })
}

/// The endpoint as the audit log shows it. The path of its address may contain a token.
fn described(endpoint: &Endpoint) -> Value {
    let events: Vec<_> = endpoint.events.iter().map(|topic| topic.name()).collect();
    json!({ "url": origin(&endpoint.url), "events": events, "description": endpoint.description })
}
