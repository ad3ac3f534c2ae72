//! A writer without a queue, a task or a database. It runs the writer's own batches on a few maps.

use crate::{
    batch::{Batch, Decisions},
    clock::{Clock, IdGenerator},
    command::Command,
    error::StoreError,
    model::Timestamp,
    simulation::tables::{Constraints, Tables},
    state::{LoadRequest, Loaded, State, WriteSet},
    store::{CommitOutcome, Transaction},
};
use async_trait::async_trait;
use futures::FutureExt as _;
use std::sync::Arc;

pub(super) struct TestWriter {
    pub(super) tables: Tables,
    state: State,
    ids: IdGenerator,
    /// Keeps its state from one batch to the next, as the writer does.
    keeps_state: bool,
}

/// A clock for the ids of batches, whose age no test reads.
struct NoTime;

impl Clock for NoTime {
    fn now(&self) -> Timestamp {
        Timestamp::default()
    }
}

/// A transaction on maps. Its futures are ready at once.
struct TableTransaction<'a>(&'a mut Tables);

#[async_trait]
impl Transaction for TableTransaction<'_> {
    async fn load(&mut self, request: &LoadRequest) -> Result<Loaded, StoreError> {
        Ok(self.0.load(request))
    }

    async fn commit(self: Box<Self>, writes: &WriteSet) -> Result<CommitOutcome, StoreError> {
        let Some(after) = self.0.clone().written(writes, Constraints::ALL) else {
            return Ok(CommitOutcome::Conflict(Vec::new()));
        };
        *self.0 = after;
        Ok(CommitOutcome::Committed)
    }
}

impl TestWriter {
    pub(super) fn new(keeps_state: bool) -> Self {
        let (tables, state) = (Tables::default(), State::default());
        Self { tables, state, ids: IdGenerator::new(Arc::new(NoTime)), keeps_state }
    }

    /// Executes the commands as one batch in one commit.
    pub(super) fn execute(&mut self, commands: &[Command], now: Timestamp) -> Decisions {
        let decisions = self.commit(commands, now).now_or_never().unwrap();
        if !self.keeps_state {
            self.clear_state();
        }
        decisions
    }

    async fn commit(&mut self, commands: &[Command], now: Timestamp) -> Decisions {
        let mut transaction = Box::new(TableTransaction(&mut self.tables));
        let batch = Batch { state: &mut self.state, transaction: &mut *transaction, commands, now };
        let decisions = batch.decide().await.unwrap().expect("no other writer changes the tables");
        let writes = self.state.writes(&self.ids, now);
        let outcome = transaction.commit(&writes).await.unwrap();
        assert!(matches!(outcome, CommitOutcome::Committed), "a lone writer had a conflict: {writes:?}");
        self.state.end_batch();
        decisions
    }

    pub(super) fn clear_state(&mut self) {
        self.state.clear();
    }

    /// Returns everything in the state that differs from the tables. Between batches there must be nothing.
    pub(super) fn stale_state(&self) -> Vec<String> {
        let mut stale = Vec::new();
        for product in self.tables.products.values() {
            let Some(known) = self.state.product_state(product.id) else { continue };
            // A due time that is known too early costs a load. One that is known too late would keep units back (P4).
            let due = self.tables.next_due_of(product.id);
            let late = due.is_some_and(|due| known.next_due.is_none_or(|at| at > due));
            if known.product != *product || late {
                stale.push(format!("{known:?} is {product:?}, due {due:?}"));
            }
        }
        for id in self.tables.holds.keys() {
            let (known, stored) = (self.state.claim(*id).map(|(_, claim)| claim), self.tables.claim(*id));
            if known.is_some() && known != stored.as_ref() {
                stale.push(format!("{known:?} is {stored:?}"));
            }
        }
        for payment in self.tables.payments.values() {
            let known = self.state.event(&payment.key);
            if known.is_some_and(|known| known != payment) {
                stale.push(format!("{known:?} is {payment:?}"));
            }
        }
        for record in self.tables.keys.values() {
            let known = self.state.key(record.owner, &record.idempotency.key);
            if known.is_some_and(|known| known != record) {
                stale.push(format!("{known:?} is {record:?}"));
            }
        }
        stale
    }
}
