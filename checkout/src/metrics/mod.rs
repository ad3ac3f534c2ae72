//! Counters and histograms of the engine since its start. The writer updates them once a batch, and reading them takes no
//! lock. The server decides how to expose them.

mod counter;
mod histogram;
mod stock_log;

pub use counter::{Label, LabeledCounter};
pub use histogram::{Bucket, Histogram};

pub(crate) use stock_log::log_stock;

use crate::{
    command::{Command, Idempotent, Reply},
    error::{Error, StoreError},
    model::{CancelReason, EventOutcome, HoldState, JobKind, OrderState, Refusal},
    state::WriteSet,
};
use counter::labels;
use std::time::Duration;

/// Commands in a batch, in powers of two.
const BATCH_BOUNDS: [f64; 10] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0];
/// Seconds of a commit: from half a millisecond on a good disk to seconds under trouble.
const COMMIT_BOUNDS: [f64; 13] = [0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0, 5.0];

labels! {
    /// The result of a request for a hold or an order.
    RequestOutcome {
        Granted = "granted",
        Replayed = "replayed",
        UnknownProduct = "unknown_product",
        UnknownHold = "unknown_hold",
        SoldOut = "sold_out",
        SaleNotStarted = "sale_not_started",
        SaleEnded = "sale_ended",
        SalePaused = "sale_paused",
        LimitReached = "limit_reached",
        HoldExpired = "hold_expired",
        HoldReleased = "hold_released",
        HoldUsed = "hold_used",
        KeyReused = "key_reused",
        OtherRefusal = "other_refusal",
        Busy = "busy",
        Unknown = "unknown_outcome",
        Internal = "fault",
    }
}

labels! {
    /// How a hold ended.
    HoldOutcome { Ordered = "ordered", Released = "released", Expired = "expired" }
}

labels! {
    /// How an order ended. A cancelled order may still be paid later.
    OrderOutcome {
        Paid = "paid",
        PaymentFailed = "payment_failed",
        Expired = "expired",
        ByShopper = "by_shopper",
        ByOperator = "by_operator",
    }
}

labels! {
    /// The outcome of a payment event. A parked event gets another outcome later.
    PaymentOutcome {
        Applied = "applied",
        Parked = "parked",
        Duplicate = "duplicate",
        Ignored = "ignored",
        RefundDue = "refund_due",
        Refunded = "refunded",
    }
}

labels! {
    /// Why a batch was not committed as it was decided.
    BatchFailure {
        Conflict = "overtaken",
        Contended = "contended",
        GaveUp = "gave_up",
        Unavailable = "unavailable",
        Ambiguous = "ambiguous",
        Internal = "fault",
    }
}

labels! {
    /// How an attempt at a job of the outbox ended. Waiting is for something that is expected, and no failure. A skipped job was
    /// needless by then.
    JobAttempt {
        Done = "done",
        Skipped = "skipped",
        Failed = "failed",
        Waiting = "waiting",
        Dead = "dead",
        Panicked = "panicked",
    }
}

/// The counters and histograms. None ever decreases.
#[derive(Debug)]
pub struct EngineMetrics {
    /// Requests for a hold, by result.
    pub holds: LabeledCounter<RequestOutcome>,
    /// Requests for an order, by result.
    pub orders: LabeledCounter<RequestOutcome>,
    /// Holds that ended, by how.
    pub holds_ended: LabeledCounter<HoldOutcome>,
    /// Orders that were paid or cancelled, by how.
    pub orders_ended: LabeledCounter<OrderOutcome>,
    /// Stored payment events, by outcome.
    pub payments: LabeledCounter<PaymentOutcome>,
    /// Batches that were not committed as they were decided, by reason.
    pub batch_failures: LabeledCounter<BatchFailure>,
    /// Attempts at jobs of the outbox, by outcome, for each kind in the order of [`JobKind::ALL`].
    job_attempts: [LabeledCounter<JobAttempt>; JobKind::ALL.len()],
    /// Commands that share a commit.
    pub batch_commands: Histogram,
    /// Seconds from the first write to the end of the commit.
    pub commit_seconds: Histogram,
}

impl Default for EngineMetrics {
    fn default() -> Self {
        Self {
            holds: LabeledCounter::default(),
            orders: LabeledCounter::default(),
            holds_ended: LabeledCounter::default(),
            orders_ended: LabeledCounter::default(),
            payments: LabeledCounter::default(),
            batch_failures: LabeledCounter::default(),
            job_attempts: JobKind::ALL.map(|_| LabeledCounter::default()),
            batch_commands: Histogram::new(&BATCH_BOUNDS),
            commit_seconds: Histogram::new(&COMMIT_BOUNDS),
        }
    }
}

impl EngineMetrics {
    /// Records an attempt at a job.
    pub fn record_attempt(&self, kind: JobKind, outcome: JobAttempt) {
        for (of, attempts) in JobKind::ALL.into_iter().zip(&self.job_attempts) {
            if of == kind {
                attempts.record(outcome);
            }
        }
    }

    /// Returns the number of attempts at jobs: kind, name of the outcome, count. Events are no jobs.
    pub fn job_attempts(&self) -> impl Iterator<Item = (JobKind, &'static str, u64)> {
        let kinds = JobKind::ALL.into_iter().zip(&self.job_attempts).filter(|(kind, _)| *kind != JobKind::Event);
        kinds.flat_map(|(kind, attempts)| attempts.read().map(move |(outcome, count)| (kind, outcome, count)))
    }

    /// Records the replies of a batch.
    pub(crate) fn record_replies(&self, commands: &[Command], replies: &[Result<Idempotent<Reply>, Error>]) {
        for (command, reply) in commands.iter().zip(replies) {
            self.record_request(command, RequestOutcome::of(reply));
        }
    }

    /// Records a command that the full queue rejected.
    pub(crate) fn record_busy(&self, command: &Command) {
        self.record_request(command, RequestOutcome::Busy);
    }

    fn record_request(&self, command: &Command, outcome: RequestOutcome) {
        match command {
            Command::PlaceHold(_) => self.holds.record(outcome),
            Command::PlaceOrder { .. } => self.orders.record(outcome),
            _ => {}
        }
    }

    /// Records a commit of that many commands.
    pub(crate) fn record_commit(&self, commands: usize, took: Duration, writes: &WriteSet) {
        self.batch_commands.record(u32::try_from(commands).map_or(f64::INFINITY, f64::from));
        self.commit_seconds.record(took.as_secs_f64());
        for hold in &writes.holds_changed {
            self.holds_ended.record_some(HoldOutcome::of(hold.state));
        }
        for order in writes.orders() {
            self.orders_ended.record_some(OrderOutcome::of(&order.state));
        }
        for payment in writes.payments() {
            self.payments.record(PaymentOutcome::of(payment.outcome));
        }
    }
}

impl BatchFailure {
    pub(crate) fn of(error: &StoreError) -> Self {
        match error {
            StoreError::Contended(_) => Self::Contended,
            StoreError::Unavailable(_) => Self::Unavailable,
            StoreError::Ambiguous(_) => Self::Ambiguous,
            _ => Self::Internal,
        }
    }
}

impl RequestOutcome {
    fn of(reply: &Result<Idempotent<Reply>, Error>) -> Self {
        match reply {
            Ok(Idempotent { replayed: false, .. }) => Self::Granted,
            Ok(Idempotent { replayed: true, .. }) => Self::Replayed,
            Err(Error::Refused(refusal)) => Self::of_refusal(refusal),
            Err(Error::Busy { .. }) => Self::Busy,
            Err(Error::OutcomeUnknown) => Self::Unknown,
            Err(Error::Internal) => Self::Internal,
        }
    }

    fn of_refusal(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::UnknownProduct => Self::UnknownProduct,
            Refusal::UnknownHold => Self::UnknownHold,
            Refusal::SoldOut { .. } => Self::SoldOut,
            Refusal::SaleNotStarted { .. } => Self::SaleNotStarted,
            Refusal::SaleEnded { .. } => Self::SaleEnded,
            Refusal::SalePaused => Self::SalePaused,
            Refusal::LimitReached { .. } => Self::LimitReached,
            Refusal::HoldExpired { .. } => Self::HoldExpired,
            Refusal::HoldReleased => Self::HoldReleased,
            Refusal::HoldUsed { .. } => Self::HoldUsed,
            Refusal::KeyReused => Self::KeyReused,
            _ => Self::OtherRefusal,
        }
    }
}

impl HoldOutcome {
    /// `None` for an extended hold.
    fn of(state: HoldState) -> Option<Self> {
        match state {
            HoldState::Active => None,
            HoldState::Ordered { .. } => Some(Self::Ordered),
            HoldState::Released => Some(Self::Released),
            HoldState::Expired => Some(Self::Expired),
        }
    }
}

impl OrderOutcome {
    fn of(state: &OrderState) -> Option<Self> {
        match state {
            OrderState::Pending => None,
            OrderState::Paid { .. } => Some(Self::Paid),
            OrderState::Cancelled { reason, .. } => Some(match reason {
                CancelReason::PaymentFailed => Self::PaymentFailed,
                CancelReason::Expired => Self::Expired,
                CancelReason::ByShopper => Self::ByShopper,
                CancelReason::ByOperator => Self::ByOperator,
            }),
        }
    }
}

impl PaymentOutcome {
    fn of(outcome: EventOutcome) -> Self {
        match outcome {
            EventOutcome::Applied => Self::Applied,
            EventOutcome::Parked => Self::Parked,
            EventOutcome::Duplicate => Self::Duplicate,
            EventOutcome::Ignored => Self::Ignored,
            EventOutcome::RefundDue(_) => Self::RefundDue,
            EventOutcome::Refunded(_) => Self::Refunded,
        }
    }
}
