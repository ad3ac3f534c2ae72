//! Payments against a provider that behaves like a real one, and badly where a test asks for it. Each scenario is written once
//! and runs on both databases.

#![expect(clippy::unwrap_used, reason = "an unexpected error fails the scenario")]

mod support;

mod auditing;
mod closing;
mod opening;
mod receiving;
mod reconciling;
mod refunding;
mod sending;

/// Makes one test for each scenario and database.
macro_rules! scenarios {
    ($($(#[$meta:meta])* async fn $name:ident($shop:ident: Shop) $body:block)*) => {
        $(
            $(#[$meta])*
            async fn $name($shop: crate::support::Shop) $body
        )*

        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::$name(crate::support::Shop::sqlite().await).await;
                }
            )*
        }

        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::$name(crate::support::Shop::postgres().await).await;
                }
            )*
        }
    };
}
pub(crate) use scenarios;
