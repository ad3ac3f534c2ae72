//! Webhooks to the endpoints of the shop's other systems, signed by Standard Webhooks (standardwebhooks.com). Their bodies have
//! ids, amounts, states and versions, and no contact data.

mod address;
mod body;
mod consequences;
mod handler;
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
    store::{Delivery, DeliveryRecord, Endpoint, MAX_ENDPOINTS, Store},
};
use consequences::WebhookConsequences;
use handler::WebhookHandler;
use std::{sync::Arc, time::Duration};

/// Maximum number of webhooks under way for one endpoint.
const PER_ENDPOINT: usize = 8;

/// Maximum number of webhooks under way: room for every endpoint, so that slow ones delay no other.
const CONCURRENCY: usize = PER_ENDPOINT * MAX_ENDPOINTS as usize;

/// Part of an attempt's time limit beyond that of the request, in which the endpoint is read.
const READ_MARGIN: Duration = Duration::from_secs(5);

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

/// Time for which an endpoint fails without a success before it is switched off.
pub const DISABLE_AFTER: Duration = Duration::from_hours(5 * 24);

/// Webhooks of the shop. Clones share the connections.
#[derive(Clone)]
pub struct Webhooks {
    checkout: Checkout,
    store: Arc<dyn Store>,
    ids: IdGenerator,
    sender: Sender,
}

impl Webhooks {
    /// Webhooks of this shop, sent by `sender`.
    pub fn new(checkout: Checkout, store: Arc<dyn Store>, sender: Sender) -> Self {
        let ids = IdGenerator::new(store.clock());
        Self { checkout, store, ids, sender }
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
            time_limit: self.sender.time_limit() + READ_MARGIN,
            schedule: Schedule::Fixed(PAUSES),
        }]
    }

    /// The jobs that follow from events.
    pub fn consequences(&self) -> Arc<dyn Consequences> {
        Arc::new(WebhookConsequences::new(self.checkout.clone(), self.store.clone(), self.ids.clone()))
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
        let record = DeliveryRecord { delivery: delivery.clone(), switch_off: None };
        self.store.endpoints().record(&[record]).await?;
        Ok(delivery)
    }
}
