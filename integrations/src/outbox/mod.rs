//! The workers of the outbox. A commit leaves events; the fan-out turns each into jobs; the lanes carry the jobs out, each kind
//! with its own concurrency, so that a slow receiver delays nobody else.

mod fan_out;
mod lane;
mod pace;
mod results;
mod runner;
mod schedule;
mod slots;

pub use fan_out::{Consequences, Event};
pub use lane::{Attempt, Handler, Lane, Outcome};
pub use schedule::Schedule;

use checkout::{Checkout, IdGenerator, StoreError, Supervisor, store::Store};
use fan_out::FanOut;
use results::Results;
use runner::Runner;
use std::{sync::Arc, time::Duration};

/// The longest pause of a worker. Rows of other nodes, and of a node that died, are found within it.
const POLL_INTERVAL: Duration = Duration::from_millis(500);

/// The pause after an error of the database.
const ERROR_PAUSE: Duration = Duration::from_secs(2);

/// Part of a lease beyond the time limit of the attempt, for the wait before it and for its result.
const LEASE_MARGIN: Duration = Duration::from_secs(30);

/// Time that running jobs have to finish when the workers stop. Their results are recorded after that.
const JOB_STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// Dependencies shared by the workers.
#[derive(Clone)]
struct Context {
    checkout: Checkout,
    store: Arc<dyn Store>,
    ids: IdGenerator,
}

/// Starts the workers. When the supervisor stops, they claim nothing more, and running jobs have `JOB_STOP_TIMEOUT` to finish
/// and to be recorded. Jobs that were cut off are due again after their lease.
pub fn start(
    checkout: &Checkout,
    store: &Arc<dyn Store>,
    consequences: Vec<Arc<dyn Consequences>>,
    lanes: Vec<Lane>,
    supervisor: &Supervisor,
) {
    let ids = IdGenerator::new(store.clock());
    let context = Context { checkout: checkout.clone(), store: store.clone(), ids };
    let fan_out = FanOut::new(context.clone(), consequences);
    supervisor.spawn_stoppable("outbox_events", false, |stop| fan_out.run(stop));
    if lanes.is_empty() {
        return;
    }
    let results = Results::start(context.clone(), supervisor);
    for lane in lanes {
        let runner = Runner::new(lane, context.clone(), results.clone());
        supervisor.spawn_stoppable(runner.name(), false, |stop| runner.run(stop));
    }
}

impl Context {
    /// Waits for an event or a job, at most for [`POLL_INTERVAL`].
    async fn wait(&self, changes: &mut tokio::sync::watch::Receiver<()>) {
        let _ = tokio::time::timeout(POLL_INTERVAL, changes.changed()).await;
    }
}

/// Logs an error of the database, and waits.
async fn pause_after(what: &'static str, error: &StoreError) {
    let cause = error.cause();
    tracing::warn!(%error, cause, what, "the outbox cannot be used for now");
    tokio::time::sleep(ERROR_PAUSE).await;
}
