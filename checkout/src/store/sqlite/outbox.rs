//! The outbox.

use super::{QueryExt as _, SqliteStore, classify, endpoints::record_deliveries, listings::bind, sql};
use crate::{
    error::StoreError,
    model::{AuditEntry, EndpointId, Job, JobId, JobKind, JobState, NewJob, Timestamp},
    store::{
        DeliveryRecord,
        listings::{Listing, PageRequest, query::Dialect},
        outbox::{
            self, ClaimRequest, JobFilter, JobOutcome, JobResult, Outbox, OutboxCount, OutboxQuery, impl_outbox,
            outbox_writes,
        },
        rows::{JobRow, into_all},
    },
};
use async_trait::async_trait;
use sqlx::{AssertSqlSafe, QueryBuilder, Row as _, Sqlite, SqliteConnection};
use std::collections::HashSet;
use uuid::Uuid;

impl_outbox!(SqliteStore, Sqlite, SqliteConnection, readers, writer, Timestamp::as_millis, background: in_background, lock: "", explain: "EXPLAIN QUERY PLAN ", line: "detail");
outbox_writes!(Sqlite, SqliteConnection, Timestamp::as_millis);
