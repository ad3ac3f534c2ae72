//! The bounded queue in front of the writer.

use crate::{
    command::{Command, Idempotent, Reply},
    error::Error,
    metrics::EngineMetrics,
};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};
use tracing::Instrument as _;

/// A command that waits for the writer, and the channel for its reply.
pub(crate) struct QueuedCommand {
    pub(crate) command: Command,
    pub(crate) reply: oneshot::Sender<Result<Idempotent<Reply>, Error>>,
}

/// Sends commands to the writer. The writer ends when all clones are dropped.
#[derive(Clone)]
pub(crate) struct CommandQueue {
    sender: mpsc::Sender<QueuedCommand>,
    metrics: Arc<EngineMetrics>,
}

impl CommandQueue {
    /// Returns a queue for at most `capacity` commands, and the end that the writer reads.
    pub(crate) fn new(capacity: usize, metrics: Arc<EngineMetrics>) -> (Self, mpsc::Receiver<QueuedCommand>) {
        let (sender, receiver) = mpsc::channel(capacity);
        (Self { sender, metrics }, receiver)
    }

    /// Number of commands that wait for the writer.
    pub(crate) fn depth(&self) -> usize {
        self.sender.max_capacity() - self.sender.capacity()
    }

    /// Queues a command and waits for its reply. A full queue rejects the command at once. A caller that stops waiting
    /// does not undo the command (P9).
    pub(crate) async fn send(&self, command: Command) -> Result<Idempotent<Reply>, Error> {
        // The span covers the time in the queue and the work. Only trace collectors see it.
        let span = tracing::debug_span!(target: "trace", "command", otel.name = command.name());
        let (sender, receiver) = oneshot::channel();
        self.sender.try_send(QueuedCommand { command, reply: sender }).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(QueuedCommand { command, .. }) => {
                self.metrics.record_busy(&command);
                Error::BUSY
            }
            mpsc::error::TrySendError::Closed(_) => {
                tracing::error!("the writer is gone");
                Error::Internal
            }
        })?;
        // The writer replies to every command that it takes. Without a reply it is gone, perhaps after the commit.
        receiver.instrument(span).await.unwrap_or(Err(Error::OutcomeUnknown))
    }
}
