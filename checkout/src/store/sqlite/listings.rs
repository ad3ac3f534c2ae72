//! The lists of the shop's people.

use super::{QueryExt as _, SqliteStore, sql};
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
use sqlx::{Row as _, Sqlite};
use std::sync::LazyLock;

bind_query!(Sqlite, Timestamp::as_millis);
impl_listings!(SqliteStore, Sqlite, readers, explain: "EXPLAIN QUERY PLAN ", line: "detail");
