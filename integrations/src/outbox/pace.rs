//! The pauses between the transactions of a worker. A file has one writer, and the sale needs it too.

use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// The shortest pause between two rounds. Rows that come within it share their transactions.
pub(super) const GATHER: Duration = Duration::from_millis(20);

/// The longest pause that a slow database causes.
const LONGEST: Duration = Duration::from_millis(200);

/// Spaces the rounds of a worker. After a rest a round begins at once. A round that took long, because the database is busy, is
/// followed by a pause of twice its duration, so that the worker takes a third of the time at most.
pub(super) struct Pace(Instant);

impl Pace {
    pub(super) fn new() -> Self {
        Self(Instant::now())
    }

    /// Waits until the next round may begin.
    pub(super) async fn turn(&self) {
        sleep_until(self.0).await;
    }

    /// Carries a round out, and keeps its duration in mind.
    pub(super) async fn run<T>(&mut self, round: impl Future<Output = T>) -> T {
        let begun = Instant::now();
        let value = round.await;
        let now = Instant::now();
        self.0 = now + ((now - begun) * 2).clamp(GATHER, LONGEST);
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::sleep;

    #[tokio::test(start_paused = true)]
    async fn rounds_are_spaced_and_a_rest_costs_nothing() {
        let mut pace = Pace::new();
        for (took, pause) in [(1, 20), (10, 20), (50, 100), (500, 200)] {
            pace.run(sleep(Duration::from_millis(took))).await;
            let begun = Instant::now();
            pace.turn().await;
            assert_eq!(begun.elapsed(), Duration::from_millis(pause), "after a round of {took} ms");
        }
        pace.run(async {}).await;
        sleep(Duration::from_secs(1)).await;
        let begun = Instant::now();
        pace.turn().await;
        assert_eq!(begun.elapsed(), Duration::ZERO);
    }
}
