//! Ids, one type each, so that a hold's id cannot be passed for an order's. All are UUIDv7: they sort by age.

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
    /// A product on sale.
    ProductId
);
id!(
    /// A shopper's claim on some units while they decide to order.
    HoldId
);
id!(
    /// What a hold became.
    OrderId
);
id!(
    /// One delivery of a payment event, as this shop stored it.
    WebhookId
);
id!(
    /// One commit of the writer, stored with each stock event.
    BatchId
);
