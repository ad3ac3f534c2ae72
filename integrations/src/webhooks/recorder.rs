//! Records attempts. Attempts that end while another transaction is under way are recorded together in the next one: a file has
//! one writer, and the sale needs it too.

use checkout::{
    StoreError,
    model::EndpointId,
    store::{DeliveryRecord, Store},
};
use std::{
    mem,
    sync::{Arc, Mutex, PoisonError},
};

/// Records attempts. Clones share the queue, which has at most one attempt of each webhook that is under way.
#[derive(Clone)]
pub(super) struct Recorder {
    store: Arc<dyn Store>,
    waiting: Arc<Mutex<Vec<DeliveryRecord>>>,
    turn: Arc<tokio::sync::Mutex<()>>,
}

impl Recorder {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self { store, waiting: Arc::default(), turn: Arc::default() }
    }

    /// Records an attempt, together with those that wait. Returns the endpoints that this transaction has switched off. If it fails,
    /// the attempts of others that it contained are lost; the next attempt at each endpoint tells its health again.
    pub(super) async fn record(&self, record: DeliveryRecord) -> Result<Vec<EndpointId>, StoreError> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push(record);
        let _turn = self.turn.lock().await;
        let batch = mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        self.store.endpoints().record(&batch).await
    }
}
