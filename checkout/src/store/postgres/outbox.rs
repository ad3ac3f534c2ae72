//! The outbox.

use super::{
    PostgresStore,
    endpoints::record_deliveries,
    error::{QueryExt as _, classify},
    listings::bind,
    sql,
};
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
use sqlx::{AssertSqlSafe, PgConnection, Postgres, QueryBuilder, Row as _};
use std::collections::HashSet;
use uuid::Uuid;

impl_outbox!(PostgresStore, Postgres, PgConnection, pool, pool, Timestamp::to_datetime, background: in_transaction, lock: " FOR UPDATE SKIP LOCKED", explain: "EXPLAIN ", line: 0);
outbox_writes!(Postgres, PgConnection, Timestamp::to_datetime);
