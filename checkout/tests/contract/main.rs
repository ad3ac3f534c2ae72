//! The contract of the engine: each scenario is written once and runs on every store. Each test has its own database.

#![expect(clippy::unwrap_used, reason = "an unexpected error fails the scenario")]

mod database;
mod flaky_proxy;
mod shop;

mod adoption;
mod audit;
mod audit_log;
mod columns;
mod contacts;
mod database_info;
mod disputes;
mod durability;
mod endpoints;
mod event_order;
mod feed;
mod holds;
mod idempotency;
mod keys;
mod limits;
mod list_plans;
mod listings;
mod listings_of_money;
mod lost_commits;
mod metrics;
mod migration;
mod operations;
mod operator;
mod operators;
mod orders;
mod outbox;
mod outbox_lists;
mod payloads;
mod payment_attempts;
mod payments;
mod pictures;
mod places;
mod postgres_nodes;
mod product_stories;
mod purge;
mod races;
mod reconciliations;
mod refunds;
mod replays;
mod reported_refunds;
mod sandbox_refunds;
mod sessions;
mod statistics;
mod stock;
mod sweep;

/// Makes one test for each scenario and store.
macro_rules! scenarios {
    ($($(#[$meta:meta])* async fn $name:ident($shop:ident: Shop) $body:block)*) => {
        $(
            $(#[$meta])*
            async fn $name($shop: crate::shop::Shop) $body
        )*

        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::$name(crate::shop::Shop::sqlite().await).await;
                }
            )*
        }

        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::$name(crate::shop::Shop::postgres().await).await;
                }
            )*
        }
    };
}
pub(crate) use scenarios;
