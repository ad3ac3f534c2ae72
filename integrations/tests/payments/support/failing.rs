//! A store whose writer fails where a test asks for it, as it does while the database cannot be reached.

use async_trait::async_trait;
use checkout::{
    Clock, StoreError, Supervisor,
    store::{
        AuditLog, Clients, Contacts, DatabaseInfo, Endpoints, Listings, Operators, Outbox, PaymentAttempts, Pictures,
        Purge, Reads, Reconciliations, SandboxRefunds, Sessions, Statistics, Store, Transaction,
    },
};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

/// A store, and which of the writer's next transactions fail.
pub struct Failing {
    inner: Arc<dyn Store>,
    next: Mutex<VecDeque<bool>>,
}

impl Failing {
    pub fn new(inner: Arc<dyn Store>) -> Self {
        Self { inner, next: Mutex::default() }
    }

    /// Says of each of the writer's next transactions whether it fails. Nothing of one that fails is on disk.
    pub fn next<const N: usize>(&self, fails: [bool; N]) {
        self.next.lock().unwrap().extend(fails);
    }

    /// Whether all transactions that were to fail have been begun.
    pub fn is_over(&self) -> bool {
        self.next.lock().unwrap().is_empty()
    }
}

#[async_trait]
impl Store for Failing {
    async fn migrate(&self) -> Result<(), StoreError> {
        self.inner.migrate().await
    }

    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError> {
        let fails = self.next.lock().unwrap().pop_front().unwrap_or_default();
        if fails { Err(StoreError::Unavailable("an outage".into())) } else { self.inner.begin().await }
    }

    fn reads(&self) -> &dyn Reads {
        self.inner.reads()
    }

    fn listings(&self) -> &dyn Listings {
        self.inner.listings()
    }

    fn purge(&self) -> &dyn Purge {
        self.inner.purge()
    }

    fn sessions(&self) -> &dyn Sessions {
        self.inner.sessions()
    }

    fn clients(&self) -> &dyn Clients {
        self.inner.clients()
    }

    fn contacts(&self) -> &dyn Contacts {
        self.inner.contacts()
    }

    fn payment_attempts(&self) -> &dyn PaymentAttempts {
        self.inner.payment_attempts()
    }

    fn reconciliations(&self) -> &dyn Reconciliations {
        self.inner.reconciliations()
    }

    fn sandbox_refunds(&self) -> &dyn SandboxRefunds {
        self.inner.sandbox_refunds()
    }

    fn outbox(&self) -> &dyn Outbox {
        self.inner.outbox()
    }

    fn endpoints(&self) -> &dyn Endpoints {
        self.inner.endpoints()
    }

    fn operators(&self) -> &dyn Operators {
        self.inner.operators()
    }

    fn audit_log(&self) -> &dyn AuditLog {
        self.inner.audit_log()
    }

    fn pictures(&self) -> &dyn Pictures {
        self.inner.pictures()
    }

    fn statistics(&self) -> &dyn Statistics {
        self.inner.statistics()
    }

    async fn database(&self) -> Result<DatabaseInfo, StoreError> {
        self.inner.database().await
    }

    fn supervisor(&self) -> Option<&Supervisor> {
        self.inner.supervisor()
    }

    fn clock(&self) -> Arc<dyn Clock> {
        self.inner.clock()
    }

    fn notify(&self) {
        self.inner.notify();
    }

    async fn wait_for_change(&self) {
        self.inner.wait_for_change().await;
    }
}
