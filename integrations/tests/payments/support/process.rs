//! The database as one process sees it, which can be killed between any two of its writes.

use async_trait::async_trait;
use checkout::{
    Clock, StoreError, Supervisor,
    model::{AttemptId, AttemptState, OrderId, PaymentAttempt, ProviderName, SessionId, Timestamp},
    store::{
        AuditLog, BeginOutcome, Clients, Contacts, DatabaseInfo, Endpoints, Listings, Operators, Outbox,
        PaymentAttempts, Pictures, Purge, Reads, Reconciliations, SandboxRefunds, Sessions, Statistics, Store,
        Transaction,
    },
};
use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
};

/// A process. After it was killed, its commits and its changes of attempts fail before anything is written.
pub struct Process {
    store: Arc<dyn Store>,
    is_killed: Arc<AtomicBool>,
    attempt_writes: AtomicU32,
    /// Which of the writer's next transactions fail.
    next: Mutex<VecDeque<bool>>,
}

impl Process {
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store, is_killed: Arc::default(), attempt_writes: AtomicU32::new(0), next: Mutex::default() }
    }

    /// Kills the process once it is `true`.
    pub fn kill_switch(&self) -> Arc<AtomicBool> {
        self.is_killed.clone()
    }

    /// Whether each of the writer's next transactions fails. Nothing of one that fails is on disk.
    pub fn fail_next<const N: usize>(&self, fails: [bool; N]) {
        self.next.lock().unwrap().extend(fails);
    }

    /// Whether all transactions that were to fail have been begun.
    pub fn is_over(&self) -> bool {
        self.next.lock().unwrap().is_empty()
    }

    /// How many transactions were about attempts to pay.
    pub fn attempt_writes(&self) -> u32 {
        self.attempt_writes.load(Ordering::Relaxed)
    }

    fn alive(&self) -> Result<(), StoreError> {
        if self.is_killed.load(Ordering::Acquire) {
            return Err(StoreError::Unavailable("the process was killed".into()));
        }
        Ok(())
    }

    fn writes_attempt(&self) -> Result<&dyn PaymentAttempts, StoreError> {
        self.alive()?;
        self.attempt_writes.fetch_add(1, Ordering::Relaxed);
        Ok(self.store.payment_attempts())
    }
}

#[async_trait]
impl PaymentAttempts for Process {
    async fn begin_attempt(&self, attempt: &PaymentAttempt) -> Result<BeginOutcome, StoreError> {
        self.writes_attempt()?.begin_attempt(attempt).await
    }

    async fn opened(&self, id: AttemptId, session: &SessionId, url: &str, now: Timestamp) -> Result<bool, StoreError> {
        self.writes_attempt()?.opened(id, session, url, now).await
    }

    async fn adopt(&self, id: AttemptId, session: &SessionId, now: Timestamp) -> Result<bool, StoreError> {
        self.writes_attempt()?.adopt(id, session, now).await
    }

    async fn advance(
        &self,
        id: AttemptId,
        from: &[AttemptState],
        state: AttemptState,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.writes_attempt()?.advance(id, from, state, now).await
    }

    async fn attempt(&self, id: AttemptId) -> Result<Option<PaymentAttempt>, StoreError> {
        self.store.payment_attempts().attempt(id).await
    }

    async fn of_session(&self, session: &SessionId) -> Result<Option<PaymentAttempt>, StoreError> {
        self.store.payment_attempts().of_session(session).await
    }

    async fn of_order(&self, order: OrderId) -> Result<Vec<PaymentAttempt>, StoreError> {
        self.store.payment_attempts().of_order(order).await
    }

    async fn of_orders(&self, orders: &[OrderId]) -> Result<Vec<PaymentAttempt>, StoreError> {
        self.store.payment_attempts().of_orders(orders).await
    }

    async fn live(
        &self,
        provider: ProviderName,
        before: Timestamp,
        after: Option<AttemptId>,
        limit: u32,
    ) -> Result<Vec<PaymentAttempt>, StoreError> {
        self.store.payment_attempts().live(provider, before, after, limit).await
    }
}

#[async_trait]
impl Store for Process {
    async fn migrate(&self) -> Result<(), StoreError> {
        self.store.migrate().await
    }

    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError> {
        self.alive()?;
        if self.next.lock().unwrap().pop_front().unwrap_or_default() {
            return Err(StoreError::Unavailable("an outage".into()));
        }
        self.store.begin().await
    }

    fn payment_attempts(&self) -> &dyn PaymentAttempts {
        self
    }

    fn reads(&self) -> &dyn Reads {
        self.store.reads()
    }

    fn listings(&self) -> &dyn Listings {
        self.store.listings()
    }

    fn purge(&self) -> &dyn Purge {
        self.store.purge()
    }

    fn sessions(&self) -> &dyn Sessions {
        self.store.sessions()
    }

    fn clients(&self) -> &dyn Clients {
        self.store.clients()
    }

    fn contacts(&self) -> &dyn Contacts {
        self.store.contacts()
    }

    fn reconciliations(&self) -> &dyn Reconciliations {
        self.store.reconciliations()
    }

    fn sandbox_refunds(&self) -> &dyn SandboxRefunds {
        self.store.sandbox_refunds()
    }

    fn outbox(&self) -> &dyn Outbox {
        self.store.outbox()
    }

    fn endpoints(&self) -> &dyn Endpoints {
        self.store.endpoints()
    }

    fn operators(&self) -> &dyn Operators {
        self.store.operators()
    }

    fn audit_log(&self) -> &dyn AuditLog {
        self.store.audit_log()
    }

    fn pictures(&self) -> &dyn Pictures {
        self.store.pictures()
    }

    fn statistics(&self) -> &dyn Statistics {
        self.store.statistics()
    }

    async fn database(&self) -> Result<DatabaseInfo, StoreError> {
        self.store.database().await
    }

    fn supervisor(&self) -> Option<&Supervisor> {
        self.store.supervisor()
    }

    fn clock(&self) -> Arc<dyn Clock> {
        self.store.clock()
    }

    fn notify(&self) {
        self.store.notify();
    }

    async fn wait_for_change(&self) {
        self.store.wait_for_change().await;
    }
}
