//! Webhooks to the endpoints of the shop's other systems, signed by Standard Webhooks (standardwebhooks.com). Their bodies have
//! ids, amounts, states and versions, and no contact data.

mod address;
mod body;
mod fan_out;
mod handler;
mod recorder;
mod response;
mod sender;
mod sign;
mod url;

pub use sender::{AddressLookup, Sender, SenderSettings};
pub use sign::{SIGNING_KEY_LENGTH, new_secret, sign};
pub use url::{EndpointUrl, UrlError};

use crate::outbox::{Consequences, Lane, Schedule};
use checkout::{
    Checkout, IdGenerator, StoreError,
    model::{DeliveryId, Timestamp},
    store::{Delivery, DeliveryRecord, Endpoint, Store},
};
use fan_out::FanOut;
use handler::WebhookHandler;
use recorder::Recorder;
use std::{sync::Arc, time::Duration};

/// Maximum number of webhooks under way.
const CONCURRENCY: usize = 64;

/// Maximum number of webhooks under way for one endpoint, so that a slow one delays no other.
const PER_ENDPOINT: usize = 8;

/// How much longer than the time limit of a request an attempt may take, so that its result is recorded.
const RECORD_MARGIN: Duration = Duration::from_secs(5);

/// The pauses between attempts. After the last, the job is dead.
const PAUSES: &[Duration] = &[
    Duration::from_secs(5),
    Duration::from_mins(5),
    Duration::from_mins(30),
    Duration::from_hours(2),
    Duration::from_hours(5),
    Duration::from_hours(10),
    Duration::from_hours(10),
];

/// How long an endpoint fails without a success before it is switched off.
pub const DISABLE_AFTER: Duration = Duration::from_hours(5 * 24);

/// Webhooks of the shop. Clones share the connections.
#[derive(Clone)]
pub struct Webhooks {
    checkout: Checkout,
    store: Arc<dyn Store>,
    ids: IdGenerator,
    sender: Sender,
    recorder: Recorder,
}

impl Webhooks {
    /// Webhooks of this shop, sent by `sender`.
    pub fn new(checkout: Checkout, store: Arc<dyn Store>, sender: Sender) -> Self {
        let ids = IdGenerator::new(store.clock());
        Self { checkout, recorder: Recorder::new(store.clone()), store, ids, sender }
    }

    /// Checks an address that somebody enters.
    ///
    /// # Errors
    ///
    /// It is no address of an endpoint.
    pub fn check_url(&self, text: &str) -> Result<EndpointUrl, UrlError> {
        EndpointUrl::parse(text, self.sender.allows_private())
    }

    /// Lets the workers of this process know of jobs that were added, or whose endpoint was switched on.
    pub fn wake(&self) {
        self.checkout.wake_outbox();
    }

    /// The lane that sends them.
    pub fn lanes(&self) -> Vec<Lane> {
        vec![Lane {
            handler: Arc::new(WebhookHandler::new(self.clone())),
            concurrency: CONCURRENCY,
            per_endpoint: Some(PER_ENDPOINT),
            time_limit: self.sender.time_limit() + RECORD_MARGIN,
            schedule: Schedule::Fixed(PAUSES),
        }]
    }

    /// The jobs that follow from events.
    pub fn consequences(&self) -> Arc<dyn Consequences> {
        Arc::new(FanOut::new(self.checkout.clone(), self.store.clone(), self.ids.clone()))
    }

    /// Sends a test event to an endpoint, also to one that is switched off, and waits for the response. The attempt is recorded, and
    /// says nothing about the endpoint's health.
    ///
    /// # Errors
    ///
    /// The attempt cannot be recorded.
    pub async fn send_test(&self, endpoint: &Endpoint) -> Result<Delivery, StoreError> {
        let (id, now): (DeliveryId, Timestamp) = (self.ids.generate(), self.checkout.now());
        let body = body::test(id, endpoint.id, now);
        let sent = self.sender.send(endpoint, &id.to_string(), body, now).await;
        let delivery = Delivery {
            id,
            job: None,
            endpoint: endpoint.id,
            topic: None,
            order: None,
            attempt: 1,
            started_at: now,
            duration_ms: sent.duration_ms,
            status: sent.status,
            response: sent.response,
            failure: sent.failure,
        };
        self.recorder.record(DeliveryRecord { delivery: delivery.clone(), switch_off: None }).await?;
        Ok(delivery)
    }
}
