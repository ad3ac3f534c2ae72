//! Metrics of background tasks.

use super::family::{float, labeled_counter, labeled_gauge};
use checkout::TaskStatus;
use prometheus::proto::MetricFamily;

/// Renders how many tasks of each name run, and how many have ended unexpectedly.
pub fn families(tasks: &[TaskStatus]) -> [MetricFamily; 2] {
    let running = tasks.iter().map(|task| (task.name, float(u64::try_from(task.running).unwrap_or(u64::MAX))));
    let failed = tasks.iter().map(|task| (task.name, task.ended + task.panicked));
    [
        labeled_gauge("holdfast_tasks_running", "Background tasks that run, by name.", "task", running),
        labeled_counter(
            "holdfast_tasks_failed_total",
            "Background tasks that ended or panicked, by name.",
            "task",
            failed,
        ),
    ]
}
