//! Why something about endpoints was not done.

use checkout::StoreError;
use integrations::webhooks::UrlError;

/// Why something about endpoints was not done.
#[derive(Debug, thiserror::Error)]
pub enum EndpointError {
    /// There is no endpoint with this id.
    #[error("no endpoint has this id")]
    Unknown,
    /// There is no attempt with this id.
    #[error("no delivery has this id, or it is older than 30 days")]
    UnknownDelivery,
    /// The attempt sent a test event, which has no job.
    #[error("a test event cannot be delivered again; send another one")]
    TestDelivery,
    /// The job of the attempt was deleted.
    #[error("the content of this webhook is not kept any more")]
    BodyGone,
    /// There are as many endpoints as there can be.
    #[error("there are {} endpoints, which is the maximum; remove one first", checkout::store::MAX_ENDPOINTS)]
    TooMany,
    /// Somebody changed the endpoint meanwhile.
    #[error("the endpoint was changed meanwhile")]
    Changed,
    /// The address is refused.
    #[error(transparent)]
    Url(#[from] UrlError),
    /// The idempotency key was used for another request.
    #[error("this idempotency key was used for a different request")]
    KeyReused,
    /// No secret could be generated.
    #[error("no secret could be generated: {0}")]
    Random(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
