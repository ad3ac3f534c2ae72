//! The endpoints that receive webhooks.

use super::{QueryExt as _, SqliteStore, classify, insert, listings::bind, outbox::insert_jobs, sql};
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
use sqlx::{AssertSqlSafe, QueryBuilder, Sqlite, SqliteConnection, query::Query};
use std::collections::BTreeMap;

impl_endpoints!(SqliteStore, Sqlite, SqliteConnection, readers, Timestamp::as_millis);
