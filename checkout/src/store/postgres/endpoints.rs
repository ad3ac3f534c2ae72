//! The endpoints that receive webhooks.

use super::{
    PostgresStore,
    audit_log::insert,
    error::{QueryExt as _, classify},
    listings::bind,
    outbox::insert_jobs,
    sql,
};
use crate::{
    command::Reply,
    error::StoreError,
    model::{AuditEntry, DeliveryId, EndpointId, Timestamp},
    store::{
        ClientKey, Delivery, DeliveryFailure, DeliveryFilter, DeliveryRecord, DisabledReason, Endpoint, EndpointChange,
        EndpointOutcome, Endpoints, MAX_ENDPOINTS, SwitchOff,
        endpoints::{self, impl_endpoints},
        listings::{Listing, PageRequest, query::Dialect},
        rows::{DeliveryRow, EndpointRow, into_all},
    },
};
use async_trait::async_trait;
use sqlx::{AssertSqlSafe, PgConnection, Postgres, QueryBuilder, query::Query};
use std::collections::BTreeMap;

impl_endpoints!(PostgresStore, Postgres, PgConnection, pool, Timestamp::to_datetime);
