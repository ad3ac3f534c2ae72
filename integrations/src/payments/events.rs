//! Reads the provider's events since the last reconciliation, oldest first.

use super::reconcile::{Run, Stop, short};
use crate::provider::ProviderEvent;
use checkout::{
    Error,
    model::{EventPayload, Timestamp},
};
use std::time::Duration;

/// How far before the cursor events are read once more: a provider lists an event some time after its creation. Events that
/// were seen before have no effect (P5).
const OVERLAP: Duration = Duration::from_mins(10);

/// How far back the first run reads.
const FIRST_LOOK_BACK: Duration = Duration::from_hours(24);

/// Maximum number of events after the cursor that one run reads.
const MAX_NEW_EVENTS: u64 = 5000;

/// Maximum number of events that one run reads, those before the cursor included.
const MAX_EVENTS: u64 = 50_000;

impl Run<'_> {
    /// Reads the events since the cursor. The cursor moves with each page, and stops at an event that is not on disk.
    pub(super) async fn events(&mut self, cursor: Option<Timestamp>) -> Result<(), Stop> {
        let now = self.payments.checkout().now();
        let cursor = cursor.unwrap_or(now - FIRST_LOOK_BACK);
        let since = cursor - OVERLAP;
        let (mut after, mut new_events): (Option<String>, u64) = (None, 0);
        while new_events < MAX_NEW_EVENTS && self.done.events_read < MAX_EVENTS {
            let page = match self.calls.events(since, after.as_deref()).await {
                Ok(page) => page,
                Err(error) => {
                    self.done.calls_failed += 1;
                    self.done.stopped = Some(short(&error.to_string()));
                    return Ok(());
                }
            };
            let mut processed = None;
            for event in &page.events {
                self.done.events_read += 1;
                new_events += u64::from(event.created_at > cursor);
                if let Err(error) = self.event(event).await {
                    self.renew(processed).await?;
                    return Err(error.into());
                }
                processed = Some(event.created_at);
            }
            self.renew(processed).await?;
            match page.events.last() {
                Some(last) if page.has_more => after = Some(last.id.clone()),
                _ => return Ok(()),
            }
        }
        self.done.stopped = Some("there are more events, which the next reconciliation reads".to_owned());
        Ok(())
    }

    /// Applies an event. One that cannot be used is counted and skipped.
    async fn event(&mut self, event: &ProviderEvent) -> Result<(), Error> {
        let id = event.id.as_str();
        let Ok(notice) = self.calls.provider().read_event(&event.json) else {
            // The error may repeat a part of the event.
            self.done.events_skipped += 1;
            tracing::warn!(event = id, "an event of the payment provider cannot be read");
            return Ok(());
        };
        let payload = EventPayload::new(Some("application/json"), &event.json);
        match self.payments.receive(notice, payload).await {
            Ok(received) => {
                self.count(Some(&received));
                Ok(())
            }
            Err(Error::Refused(refusal)) => {
                self.done.events_skipped += 1;
                tracing::warn!(event = id, %refusal, "an event of the payment provider cannot be used");
                Ok(())
            }
            Err(error) => Err(error),
        }
    }
}
