//! Taking and returning money at the configured payment provider (docs/decisions/payments-and-messages.md).

mod audit;
mod calls;
mod cancel;
mod close;
mod consequences;
mod difference;
mod due;
mod events;
mod jobs;
mod lookups;
mod open;
mod receive;
mod reconcile;
mod refunds;
mod returns;
mod send_now;

pub use audit::AuditError;
pub use difference::Difference;
pub use open::{OpenError, OpenedPayment};
pub use receive::Received;
pub use reconcile::{LastReconciliation, ReconcileError, Reconciled};
pub use send_now::SendNow;

use crate::{
    outbox::{Consequences, Lane},
    provider::SharedProvider,
};
use calls::Calls;
use checkout::{
    Checkout, Error, IdGenerator, StoreError,
    model::ProviderName,
    store::{PaymentAttempts, Store},
};
use consequences::PaymentConsequences;
use returns::Returns;
use std::sync::Arc;

/// How the shop uses its provider.
#[derive(Debug, Clone)]
pub struct PaymentSettings {
    /// The shop's address, to which shoppers return.
    pub shop_url: String,
    /// Whether refunds that are due are sent by themselves.
    pub auto_refund: bool,
    /// Whether events count that name an order or hold of the shop, although the shop did not open their payment.
    pub accepts_other_intents: bool,
}

/// Takes and returns money at the configured provider. Clones are cheap, and share the budget of calls.
#[derive(Clone)]
pub struct Payments {
    parts: Arc<Parts>,
}

struct Parts {
    checkout: Checkout,
    store: Arc<dyn Store>,
    calls: Option<Calls>,
    settings: PaymentSettings,
    ids: IdGenerator,
    returns: Returns,
}

impl Payments {
    /// Returns the service. Without a provider, nobody can open a page, and nothing is sent.
    pub fn new(
        checkout: Checkout,
        store: Arc<dyn Store>,
        provider: Option<SharedProvider>,
        settings: PaymentSettings,
    ) -> Self {
        let ids = IdGenerator::new(store.clock());
        let (calls, returns) = (provider.map(Calls::new), Returns::default());
        Self { parts: Arc::new(Parts { checkout, store, calls, settings, ids, returns }) }
    }

    /// The name of the provider, if there is one.
    pub fn provider_name(&self) -> Option<ProviderName> {
        self.calls().map(Calls::name)
    }

    /// The lanes of the outbox's jobs that need the provider. Without a provider there are none: the jobs wait for a node that
    /// has one.
    pub fn lanes(&self) -> Vec<Lane> {
        if self.calls().is_some() { jobs::lanes(self) } else { Vec::new() }
    }

    /// Works out the jobs that follow from events.
    pub fn consequences(&self) -> Arc<dyn Consequences> {
        Arc::new(PaymentConsequences(self.clone()))
    }

    fn calls(&self) -> Option<&Calls> {
        self.parts.calls.as_ref()
    }

    fn checkout(&self) -> &Checkout {
        &self.parts.checkout
    }

    fn store(&self) -> &dyn Store {
        &*self.parts.store
    }

    fn attempts(&self) -> &dyn PaymentAttempts {
        self.parts.store.payment_attempts()
    }
}

/// Logs an error of the database, and returns it as the engine's.
fn stored<T>(result: Result<T, StoreError>) -> Result<T, Error> {
    result.map_err(|error| {
        let cause = error.cause();
        tracing::error!(%error, cause, "payments cannot use the database");
        Error::from(&error)
    })
}
