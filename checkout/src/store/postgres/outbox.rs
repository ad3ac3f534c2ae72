//! The outbox.

use super::{
    PostgresStore,
    error::{QueryExt as _, classify},
    listings::bind,
    sql,
};
use crate::{
    error::StoreError,
    model::{AuditEntry, EndpointId, Job, JobId, JobKind, NewJob, Timestamp},
    store::{
        listings::{Listing, PageRequest, query::Dialect},
        outbox::{self, ClaimRequest, JobFilter, JobOutcome, JobResult, Outbox, OutboxCount, OutboxQuery, impl_outbox},
        rows::{JobRow, into_all},
    },
};
use async_trait::async_trait;
use sqlx::{AssertSqlSafe, PgConnection, Postgres, QueryBuilder, Row as _};
use std::collections::HashSet;
use uuid::Uuid;

impl_outbox!(PostgresStore, Postgres, PgConnection, pool, pool, Timestamp::to_datetime, lock: " FOR UPDATE SKIP LOCKED", explain: "EXPLAIN ", line: 0);
