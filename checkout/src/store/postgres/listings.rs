//! The lists of the shop's people.

use super::{PostgresStore, error::QueryExt as _, sql};
use crate::{
    error::StoreError,
    model::{Order, OrderNumber, Payment, Refund, Timestamp, WebhookId},
    store::{
        listings::{
            ListFilter, Listing, Listings, OrderFilter, PageRequest, PaymentFilter, RefundFilter,
            query::{Dialect, Part, Query, Value},
            statements::{Columns, bind_query, impl_listings, of_list, of_number, of_payment},
        },
        rows::{OrderRow, PaymentRow, RefundRow, into_all},
    },
};
use async_trait::async_trait;
use sqlx::{Postgres, Row as _};
use std::sync::LazyLock;

bind_query!(Postgres, Timestamp::to_datetime);
impl_listings!(PostgresStore, Postgres, pool, explain: "EXPLAIN ", line: 0);
