//! Supervises background tasks. Each task has a name; its end is logged and counted, and an essential task that is no
//! longer running makes its process unhealthy. All tasks stop when the supervisor does.

use futures::FutureExt as _;
use std::{
    any::Any,
    collections::BTreeMap,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio_util::{
    sync::{CancellationToken, DropGuard},
    task::TaskTracker,
};

/// Spawns named tasks and keeps their state. Clones share the tasks; dropping the last clone stops them.
#[derive(Clone)]
pub struct Supervisor {
    tasks: Arc<Tasks>,
    tracker: TaskTracker,
    stop: Arc<DropGuard>,
}

/// The state of all tasks that have one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaskStatus {
    /// The name that the tasks were spawned under.
    pub name: &'static str,
    /// The process is unhealthy without this task.
    pub essential: bool,
    /// Tasks of this name that are running.
    pub running: usize,
    /// Tasks that returned without being stopped.
    pub ended: u64,
    /// Tasks that panicked.
    pub panicked: u64,
}

impl TaskStatus {
    /// Returns `true` where the task has ended or panicked and no other one of its name runs.
    pub fn is_dead(&self) -> bool {
        self.running == 0 && self.ended + self.panicked > 0
    }
}

#[derive(Default)]
struct Tasks(Mutex<BTreeMap<&'static str, TaskStatus>>);

impl Tasks {
    fn update(&self, name: &'static str, essential: bool, change: impl FnOnce(&mut TaskStatus)) {
        let fresh = TaskStatus { name, essential, running: 0, ended: 0, panicked: 0 };
        change(self.lock().entry(name).or_insert(fresh));
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, TaskStatus>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Supervisor {
    fn default() -> Self {
        Self::new()
    }
}

impl Supervisor {
    /// Returns a supervisor without tasks.
    pub fn new() -> Self {
        let stop = Arc::new(CancellationToken::new().drop_guard());
        Self { tasks: Arc::default(), tracker: TaskTracker::new(), stop }
    }

    /// Spawns a task that is dropped when the supervisor stops.
    pub fn spawn(&self, name: &'static str, essential: bool, task: impl Future<Output = ()> + Send + 'static) {
        self.spawn_stoppable(name, essential, |stop| async move {
            stop.run_until_cancelled(task).await;
        });
    }

    /// Spawns a task that stops by itself, once its token is cancelled: it may first finish what it has begun.
    pub fn spawn_stoppable<F>(&self, name: &'static str, essential: bool, task: impl FnOnce(CancellationToken) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let stop = self.token();
        let (task, tasks) = (task(stop.clone()), self.tasks.clone());
        tasks.update(name, essential, |status| status.running += 1);
        self.tracker.spawn(async move {
            let outcome = AssertUnwindSafe(task).catch_unwind().await;
            tasks.update(name, essential, |status| {
                status.running -= 1;
                match &outcome {
                    Ok(()) if stop.is_cancelled() => {}
                    Ok(()) => status.ended += 1,
                    Err(_) => status.panicked += 1,
                }
            });
            match outcome {
                Ok(()) if stop.is_cancelled() => tracing::debug!(task = name, "a background task stopped"),
                Ok(()) => tracing::error!(task = name, essential, "a background task ended"),
                Err(panic) => {
                    tracing::error!(
                        task = name,
                        essential,
                        cause = panic_message(&*panic),
                        "a background task panicked"
                    );
                }
            }
        });
    }

    /// Spawns a task that does one piece of work and then ends. It is dropped when the supervisor stops. Only a panic counts as
    /// its failure.
    pub fn spawn_job(&self, name: &'static str, job: impl Future<Output = ()> + Send + 'static) {
        let (stop, tasks) = (self.token(), self.tasks.clone());
        tasks.update(name, false, |status| status.running += 1);
        self.tracker.spawn(async move {
            let outcome = AssertUnwindSafe(stop.run_until_cancelled(job)).catch_unwind().await;
            tasks.update(name, false, |status| {
                status.running -= 1;
                status.panicked += u64::from(outcome.is_err());
            });
            if let Err(panic) = outcome {
                tracing::error!(task = name, cause = panic_message(&*panic), "a job panicked");
            }
        });
    }

    /// Returns the token that tells tasks to stop.
    pub fn token(&self) -> CancellationToken {
        self.stop.token().clone()
    }

    /// Returns the state of every task, by name.
    pub fn snapshot(&self) -> Vec<TaskStatus> {
        self.tasks.lock().values().copied().collect()
    }

    /// Returns the names of the essential tasks that no longer run.
    pub fn dead(&self) -> Vec<&'static str> {
        dead(&self.snapshot())
    }

    /// Stops all tasks and waits for them, at most `limit`. Returns the names of those that still run.
    pub async fn stop(&self, limit: Duration) -> Vec<&'static str> {
        self.token().cancel();
        self.tracker.close();
        // A task that does not stop in time is named below.
        let _ = tokio::time::timeout(limit, self.tracker.wait()).await;
        self.snapshot().into_iter().filter(|task| task.running > 0).map(|task| task.name).collect()
    }
}

/// Returns the names of the essential tasks in a snapshot that no longer run.
pub fn dead(tasks: &[TaskStatus]) -> Vec<&'static str> {
    tasks.iter().filter(|task| task.essential && task.is_dead()).map(|task| task.name).collect()
}

/// Returns the message of a panic.
pub fn panic_message(panic: &(dyn Any + Send)) -> &str {
    let owned = panic.downcast_ref::<String>().map(String::as_str);
    owned.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("unknown")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::panic, reason = "the tests watch tasks that panic")]

    use super::*;
    use std::future::pending;

    const LIMIT: Duration = Duration::from_secs(1);

    fn status(supervisor: &Supervisor, name: &str) -> TaskStatus {
        supervisor.snapshot().into_iter().find(|task| task.name == name).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn an_essential_task_that_ends_or_panics_is_dead() {
        let supervisor = Supervisor::new();
        supervisor.spawn("runs", true, pending());
        supervisor.spawn("ends", true, async {});
        supervisor.spawn("panics", true, async { panic!("broken") });
        supervisor.spawn("optional", false, async {});
        tokio::time::sleep(LIMIT).await;
        assert_eq!(supervisor.dead(), ["ends", "panics"]);
        assert_eq!((status(&supervisor, "ends").ended, status(&supervisor, "panics").panicked), (1, 1));
        assert!(status(&supervisor, "optional").is_dead() && !status(&supervisor, "runs").is_dead());
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_is_spawned_again_is_alive() {
        let supervisor = Supervisor::new();
        supervisor.spawn("task", true, async { panic!("broken") });
        tokio::time::sleep(LIMIT).await;
        assert_eq!(supervisor.dead(), ["task"]);
        supervisor.spawn("task", true, pending());
        assert_eq!(supervisor.dead(), Vec::<&str>::new());
        assert_eq!(status(&supervisor, "task").panicked, 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_job_may_end_but_not_panic() {
        let supervisor = Supervisor::new();
        supervisor.spawn_job("ends", async {});
        supervisor.spawn_job("panics", async { panic!("broken") });
        supervisor.spawn_job("runs", pending());
        tokio::time::sleep(LIMIT).await;
        let ended = TaskStatus { name: "ends", essential: false, running: 0, ended: 0, panicked: 0 };
        assert_eq!(status(&supervisor, "ends"), ended);
        assert!(status(&supervisor, "panics").is_dead());
        assert_eq!(supervisor.stop(LIMIT).await, Vec::<&str>::new());
        assert_eq!(status(&supervisor, "runs").running, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_stop_ends_every_task_and_counts_none_as_dead() {
        let supervisor = Supervisor::new();
        supervisor.spawn("runs", true, pending());
        supervisor.spawn_stoppable("finishes", true, |stop| async move {
            stop.cancelled().await;
            tokio::time::sleep(LIMIT / 2).await;
        });
        assert_eq!(supervisor.stop(LIMIT).await, Vec::<&str>::new());
        assert_eq!((status(&supervisor, "runs").running, supervisor.dead().len()), (0, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn a_stop_names_the_tasks_that_do_not_end_in_time() {
        let supervisor = Supervisor::new();
        supervisor.spawn_stoppable("stuck", false, |_| pending());
        assert_eq!(supervisor.stop(LIMIT).await, ["stuck"]);
    }

    #[tokio::test(start_paused = true)]
    async fn dropping_the_last_handle_stops_the_tasks() {
        let supervisor = Supervisor::new();
        let (alive, mut ended) = tokio::sync::mpsc::channel::<()>(1);
        supervisor.spawn("runs", true, async move {
            let _alive = alive;
            pending::<()>().await;
        });
        let clone = supervisor.clone();
        drop(supervisor);
        assert!(ended.try_recv().is_err_and(|error| error == tokio::sync::mpsc::error::TryRecvError::Empty));
        drop(clone);
        assert_eq!(ended.recv().await, None);
    }
}
