//! Finds refunds that are due and have no job: those that a server of the version before made due, those that became due while
//! refunds were not sent by themselves, and those whose event was worked on by a server with other settings.

use super::{
    lookups::{MAX_ROWS, PAGE, REST},
    reconcile::{Run, Stop},
    refunds::RefundJob,
    stored,
};
use checkout::{
    model::{NewJob, OrderId, Refund, RefundState, Topic},
    store::listings::{Direction, PageRequest, RefundFilter},
};

impl Run<'_> {
    /// Makes the jobs of due refunds that have none. A refund has one job for each attempt, so a repetition makes no second one.
    pub(super) async fn send_due_refunds(&mut self) -> Result<(), Stop> {
        if !self.payments.sends_refunds() {
            return Ok(());
        }
        let filter = RefundFilter { state: Some(RefundState::Due), ..RefundFilter::default() };
        let mut page = PageRequest { after: None, direction: Direction::OldestFirst, limit: PAGE };
        let (mut rows, mut added) = (0, 0);
        while rows < MAX_ROWS {
            self.keep_lease().await?;
            let listing = self.payments.checkout().list_refunds(&filter, page).await?;
            rows += listing.items.len();
            let jobs = self.jobs_of(&listing.items).await?;
            if !jobs.is_empty() {
                added += stored(self.payments.store().outbox().add(&jobs).await)?;
            }
            match listing.next {
                Some(next) => page.after = Some(next),
                None => break,
            }
        }
        if added > 0 {
            tracing::info!(refunds = added, "refunds were due without a job, and are sent now");
            self.payments.checkout().wake_outbox();
        }
        Ok(())
    }

    /// The jobs of refunds that have been due for a while: the event of a younger one may not have been worked on yet.
    async fn jobs_of(&self, refunds: &[Refund]) -> Result<Vec<NewJob>, Stop> {
        let payments = self.payments;
        let rested = refunds.iter().filter(|refund| refund.updated_at + REST <= self.started_at);
        let orders: Vec<OrderId> = rested.clone().filter_map(|refund| refund.order_id).collect();
        let attempts = stored(payments.attempts().of_orders(&orders).await)?;
        let now = payments.checkout().now();
        let taken = rested.filter(|refund| payments.took(refund, attempts.iter()));
        let jobs = taken.map(|refund| {
            let job = RefundJob::Send { attempt: refund.attempt };
            job.row(payments, refund, Topic::RefundDue, now)
        });
        Ok(jobs.collect())
    }
}
