//! Ids. Each has its own type, so that a hold's id cannot be passed for an order's. All are UUIDv7 and sort by age.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(s: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(s).map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    };
}

id!(
    /// The id of a product.
    ProductId
);
id!(
    /// The id of a hold.
    HoldId
);
id!(
    /// The id of an order.
    OrderId
);
id!(
    /// The shop's id of a stored payment event.
    WebhookId
);
id!(
    /// The id of one commit of the writer. It is stored with each row of the stock history.
    BatchId
);
id!(
    /// The id of a row of the audit log.
    AuditId
);
id!(
    /// The id of a refund.
    RefundId
);
id!(
    /// The id of an attempt to pay an order at a payment provider, also its idempotency key there.
    AttemptId
);
id!(
    /// The id of an endpoint that receives the shop's webhooks.
    EndpointId
);
id!(
    /// The id of one attempt to deliver a webhook.
    DeliveryId
);
id!(
    /// The id of a row of the outbox.
    JobId
);
