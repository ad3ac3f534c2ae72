//! Mails from the event to the SMTP server, on every store.

#![expect(clippy::unwrap_used, reason = "a panic fails the test")]

#[path = "../../../checkout/tests/contract/database.rs"]
#[expect(dead_code, reason = "shared with the engine's contract, which uses more of it")]
mod database;
mod delivery;
mod german;
mod letters;
mod post;
#[path = "../../../checkout/tests/contract/shop.rs"]
#[expect(dead_code, reason = "shared with the engine's contract, which uses more of it")]
mod shop;
mod smtp;

/// Writes each scenario once, and runs it on every store.
macro_rules! scenarios {
    ($(async fn $name:ident($shop:ident: Shop) $body:block)*) => {
        $(async fn $name($shop: crate::shop::Shop) $body)*

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
