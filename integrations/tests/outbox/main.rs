//! The outbox's workers on both databases: jobs survive a node that dies, and one that stops; slow and broken ones keep back no
//! other.

#![expect(clippy::unwrap_used, reason = "an unexpected error fails the scenario")]

#[path = "../../../checkout/tests/contract/database.rs"]
#[expect(dead_code, reason = "shared with the engine's contract, which uses more of it")]
mod database;
mod endpoints;
mod node;

use checkout::{
    model::{Job, JobId, JobKind, JobState, NewJob, Topic},
    store::outbox::{ClaimRequest, JobFilter},
};
use database::Database;
use endpoints::{
    a_fast_endpoint_is_not_held_up_by_claims, a_slow_endpoint_keeps_back_no_other,
    endpoints_take_turns_where_the_lane_has_no_room_for_all, endpoints_that_are_stuck_starve_no_other,
    jobs_that_wait_for_a_slot_are_given_back_when_the_server_stops,
};
use integrations::outbox::{Handler as _, Lane, Outcome, Schedule};
use node::{Event, Hook, Node, eventually, mail, noon, webhook};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use uuid::Uuid;

const S: Duration = Duration::from_secs(1);
/// Time limit and margin of the lanes: what a claim lasts.
const LEASE: Duration = Duration::from_mins(1);

fn lane(kind: JobKind, hook: Hook) -> Lane {
    Lane {
        handler: Arc::new(node::Recorder { kind, hook }),
        concurrency: 16,
        per_endpoint: (kind == JobKind::Webhook).then_some(2),
        time_limit: Duration::from_secs(30),
        schedule: Schedule::Growing { first: 10 * S, factor: 2, longest: 100 * S, attempts: 3 },
    }
}

/// A handler that returns this at once, and counts its calls.
fn counted(outcome: Outcome) -> (Hook, Arc<AtomicUsize>) {
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = calls.clone();
    let hook: Hook = Arc::new(move |_: Job| {
        counter.fetch_add(1, Ordering::SeqCst);
        let outcome = outcome.clone();
        Box::pin(async move { outcome })
    });
    (hook, calls)
}

/// A handler that never ends, and counts its calls.
fn stuck() -> (Hook, Arc<AtomicUsize>) {
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = calls.clone();
    let hook: Hook = Arc::new(move |_: Job| {
        counter.fetch_add(1, Ordering::SeqCst);
        Box::pin(std::future::pending())
    });
    (hook, calls)
}

async fn job(node: &Node, nth: u128) -> Job {
    node.store.outbox().job(JobId(Uuid::from_u128(nth))).await.unwrap().unwrap()
}

async fn add(node: &Node, jobs: &[NewJob]) {
    node.store.outbox().add(jobs).await.unwrap();
    node.checkout.wake_outbox();
}

async fn is(node: &Node, nth: u128, state: JobState) -> bool {
    job(node, nth).await.state == state
}

/// Waits longer than the workers' own pauses.
async fn settle() {
    tokio::time::sleep(Duration::from_millis(1200)).await;
}

/// Claims a mail as a node does, and leaves it.
async fn claimed_by_hand(node: &Node) -> Vec<Job> {
    let now = node.checkout.now();
    let claim = Uuid::from_u128(1);
    let request = ClaimRequest { kind: JobKind::Mail, endpoint: None, claim, now, until: now + LEASE, limit: 1 };
    node.store.outbox().claim(request).await.unwrap()
}

/// A node claims a job and dies: before it begins, during its work, or before its result is recorded. The job runs again, and not
/// before its lease has ended.
async fn a_job_of_a_node_that_died_runs_again_after_its_lease(database: Database) {
    let observer = Node::start(&database, vec![]).await;
    add(&observer, &[mail(1)]).await;
    // Dies between the claim and the work.
    assert_eq!(claimed_by_hand(&observer).await.len(), 1);
    let (hook, calls) = stuck();
    let dying = Node::start_at(&database, observer.clock.clone(), vec![lane(JobKind::Mail, hook)]).await;
    settle().await;
    assert_eq!(calls.load(Ordering::SeqCst), 0, "the lease stands");
    observer.clock.advance(LEASE);
    eventually(async || calls.load(Ordering::SeqCst) == 1).await;
    // Dies during the work.
    dying.kill();
    let (hook, calls) = counted(Outcome::Done);
    let next = Node::start_at(&database, observer.clock.clone(), vec![lane(JobKind::Mail, hook)]).await;
    settle().await;
    assert_eq!(calls.load(Ordering::SeqCst), 0, "the lease stands");
    observer.clock.advance(LEASE);
    eventually(async || is(&observer, 1, JobState::Done).await).await;
    assert_eq!((calls.load(Ordering::SeqCst), job(&observer, 1).await.attempts), (1, 3));
    next.kill();
    observer.stop().await;
}

/// A node carries a job out and dies before its result is recorded. The job runs a second time, after its lease.
async fn a_job_whose_result_was_lost_runs_again(database: Database) {
    let observer = Node::start(&database, vec![]).await;
    add(&observer, &[mail(1)]).await;
    let claimed = claimed_by_hand(&observer).await.remove(0);
    let (hook, calls) = counted(Outcome::Done);
    let handler = node::Recorder { kind: JobKind::Mail, hook: hook.clone() };
    assert_eq!(handler.run(&claimed).await, Outcome::Done);
    let next = Node::start_at(&database, observer.clock.clone(), vec![lane(JobKind::Mail, hook)]).await;
    settle().await;
    assert_eq!(calls.load(Ordering::SeqCst), 1, "the lease stands");
    observer.clock.advance(LEASE);
    eventually(async || is(&observer, 1, JobState::Done).await).await;
    assert_eq!((calls.load(Ordering::SeqCst), job(&observer, 1).await.attempts), (2, 2));
    next.stop().await;
    observer.stop().await;
}

/// The database refuses one result of a batch, and will always. The others are recorded.
async fn a_result_that_the_database_refuses_holds_up_no_other(database: Database) {
    let (hook, calls) = counted(Outcome::Done);
    let observer = Node::start(&database, vec![]).await;
    database.refuse_result("mail/3").await;
    add(&observer, &(1..=6).map(mail).collect::<Vec<_>>()).await;
    let node = Node::start_at(&database, observer.clock.clone(), vec![lane(JobKind::Mail, hook)]).await;
    for nth in [1, 2, 4, 5, 6] {
        eventually(async || is(&observer, nth, JobState::Done).await).await;
    }
    add(&node, &[mail(7)]).await;
    eventually(async || is(&observer, 7, JobState::Done).await).await;
    assert_eq!((job(&observer, 3).await.state, calls.load(Ordering::SeqCst)), (JobState::Pending, 7));
    node.stop().await;
    observer.stop().await;
}

async fn a_handler_that_panics_keeps_its_job_and_frees_its_slot(database: Database) {
    let hook: Hook = Arc::new(|job: Job| {
        assert_ne!(job.id.0.as_u128() % 2, 1, "an odd job");
        Box::pin(async { Outcome::Done })
    });
    let node = Node::start(&database, vec![Lane { concurrency: 1, ..lane(JobKind::Mail, hook) }]).await;
    let jobs: Vec<_> = (1..=6).map(mail).collect();
    add(&node, &jobs).await;
    for nth in [2, 4, 6] {
        eventually(async || is(&node, nth, JobState::Done).await).await;
    }
    let panicked = || node.attempts(JobKind::Mail, "panicked");
    for attempt in 1..=3 {
        eventually(async || panicked() == 3 * u64::from(attempt)).await;
        assert_eq!((job(&node, 1).await.state, job(&node, 1).await.attempts), (JobState::Pending, attempt));
        if attempt < 3 {
            node.clock.advance(LEASE);
        }
    }
    // After the last attempt it is not begun again.
    node.clock.advance(LEASE);
    eventually(async || is(&node, 1, JobState::Dead).await && is(&node, 5, JobState::Dead).await).await;
    assert_eq!((panicked(), node.attempts(JobKind::Mail, "done")), (9, 3));
    node.stop().await;
}

async fn ten_thousand_jobs_run_once_each_and_few_at_once(database: Database) {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let seen = Arc::new(std::sync::Mutex::new(std::collections::HashMap::<JobId, u32>::new()));
    let (in_flight, maximum, all) = (now.clone(), most.clone(), seen.clone());
    let hook: Hook = Arc::new(move |job: Job| {
        let (now, most, seen) = (in_flight.clone(), maximum.clone(), all.clone());
        Box::pin(async move {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            *seen.lock().unwrap().entry(job.id).or_default() += 1;
            tokio::time::sleep(Duration::from_millis(1)).await;
            now.fetch_sub(1, Ordering::SeqCst);
            Outcome::Done
        })
    });
    let two = (0..2).map(|_| Lane { concurrency: 100, ..lane(JobKind::Mail, hook.clone()) });
    let node = Node::start(&database, two.collect()).await;
    let jobs: Vec<_> = (1..=10_000).map(mail).collect();
    add(&node, &jobs).await;
    let pending = async || node.store.outbox().counts().await.unwrap().iter().map(|count| count.pending).sum::<u64>();
    tokio::time::timeout(60 * S, eventually_slowly(async || pending().await == 0)).await.unwrap();
    let seen = seen.lock().unwrap().clone();
    assert!(seen.len() == 10_000 && seen.values().all(|times| *times == 1));
    assert!(most.load(Ordering::SeqCst) <= 200, "{most:?}");
    node.stop().await;
}

async fn eventually_slowly(mut holds: impl AsyncFnMut() -> bool) {
    while !holds().await {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn pauses_vary_and_waiting_is_no_attempt(database: Database) {
    let hook: Hook = Arc::new(|job: Job| {
        Box::pin(async move {
            match job.kind {
                JobKind::SendRefund => Outcome::NotYet("a dispute is open".to_owned(), 50 * S),
                JobKind::ClosePayment => Outcome::Busy("asked to wait".to_owned(), 70 * S),
                _ => Outcome::Failed("no".to_owned()),
            }
        })
    });
    let kinds = [JobKind::Mail, JobKind::SendRefund, JobKind::ClosePayment];
    let node = Node::start(&database, kinds.map(|kind| lane(kind, hook.clone())).into()).await;
    let waiting = NewJob { kind: JobKind::SendRefund, ..mail(101) };
    let busy = NewJob { kind: JobKind::ClosePayment, ..mail(102) };
    add(&node, &(1..=40).map(mail).chain([waiting, busy]).collect::<Vec<_>>()).await;
    let failed = || kinds.map(|kind| node.attempts(kind, "failed"));
    eventually(async || failed() == [40, 0, 1] && node.attempts(JobKind::SendRefund, "waiting") == 1).await;
    eventually(async || node.jobs(JobKind::Mail).await.iter().all(|job| job.claim.is_none())).await;
    let pauses: std::collections::BTreeSet<_> =
        node.jobs(JobKind::Mail).await.iter().map(|job| job.due_at.as_millis() - noon().as_millis()).collect();
    assert!(pauses.len() > 10 && *pauses.first().unwrap() >= 8000 && *pauses.last().unwrap() <= 12_000, "{pauses:?}");
    eventually(async || job(&node, 101).await.claim.is_none() && job(&node, 102).await.claim.is_none()).await;
    let (waiting, busy) = (job(&node, 101).await, job(&node, 102).await);
    assert_eq!((waiting.attempts, waiting.due_at, waiting.state), (0, noon() + 50 * S, JobState::Pending));
    assert_eq!((busy.attempts, busy.due_at), (1, noon() + 70 * S));
    // After the last attempt the job is dead.
    for _ in 0..2 {
        node.clock.advance(200 * S);
        settle().await;
    }
    eventually(async || is(&node, 1, JobState::Dead).await).await;
    assert_eq!(job(&node, 1).await.last_error.as_deref(), Some("no"));
    assert_eq!((job(&node, 101).await.state, job(&node, 101).await.attempts), (JobState::Pending, 0));
    node.stop().await;
}

async fn a_needless_job_is_skipped_and_counted_as_such(database: Database) {
    let (hook, calls) = counted(Outcome::Skipped("no longer true".to_owned()));
    let node = Node::start(&database, vec![lane(JobKind::Mail, hook)]).await;
    add(&node, &[mail(1)]).await;
    eventually(async || is(&node, 1, JobState::Done).await).await;
    let skipped = job(&node, 1).await;
    assert!(skipped.is_skipped() && skipped.last_error.as_deref() == Some("no longer true"), "{skipped:?}");
    let attempts = ["skipped", "done", "failed", "dead"].map(|outcome| node.attempts(JobKind::Mail, outcome));
    assert_eq!((attempts, calls.load(Ordering::SeqCst)), ([1, 0, 0, 0], 1));
    node.stop().await;
}

async fn shutdown_lets_jobs_finish_and_records_them(database: Database) {
    let hook: Hook = Arc::new(|job: Job| {
        Box::pin(async move {
            if job.id.0.as_u128() == 3 {
                std::future::pending::<()>().await;
            }
            tokio::time::sleep(S).await;
            Outcome::Done
        })
    });
    let node = Node::start(&database, vec![Lane { concurrency: 3, ..lane(JobKind::Mail, hook) }]).await;
    add(&node, &(1..=9).map(mail).collect::<Vec<_>>()).await;
    eventually(async || job(&node, 3).await.attempts == 1).await;
    let started = std::time::Instant::now();
    assert_eq!(node.tasks.stop(6 * S).await, Vec::<&str>::new());
    assert!(started.elapsed() >= 4 * S && started.elapsed() < 6 * S, "the stuck job has five seconds");
    assert!(is(&node, 1, JobState::Done).await && is(&node, 2, JobState::Done).await);
    let stuck = job(&node, 3).await;
    assert!(stuck.state == JobState::Pending && stuck.claim.is_some());
    assert_eq!(job(&node, 4).await.attempts, 0, "nothing is claimed any more");
    node.kill();
}

async fn a_database_that_is_away_for_seconds_loses_no_job(database: Database) {
    let (hook, calls) = counted(Outcome::Done);
    let node = Node::start(&database, vec![lane(JobKind::Mail, hook)]).await;
    add(&node, &(1..=1000).map(mail).collect::<Vec<_>>()).await;
    eventually(async || calls.load(Ordering::SeqCst) > 50).await;
    database.outage(3 * S).await;
    // Rows whose claim was lost with its reply wait for the end of the lease.
    let pending =
        async || node.store.outbox().counts().await.map_or(1, |counts| counts.iter().map(|count| count.pending).sum());
    let all = eventually_slowly(async || {
        node.clock.advance(LEASE / 10);
        pending().await == 0
    });
    tokio::time::timeout(30 * S, all).await.unwrap();
    let jobs = node.jobs(JobKind::Mail).await;
    assert!(jobs.len() == 1000 && jobs.iter().all(|job| job.state == JobState::Done));
    assert!(calls.load(Ordering::SeqCst) >= 1000);
    node.stop().await;
}

async fn events_become_jobs_and_kinds_without_a_lane_stay(database: Database) {
    let (hook, calls) = counted(Outcome::Done);
    let node = Node::start(&database, vec![lane(JobKind::Mail, hook)]).await;
    add(&node, &[webhook(1, 1)]).await;
    let order = node.order().await;
    let jobs = async || {
        node.store.outbox().list(JobFilter { order: Some(order), ..JobFilter::default() }, Event::page()).await
    };
    eventually(async || jobs().await.unwrap().items.iter().any(|job| job.state == JobState::Done)).await;
    let jobs = jobs().await.unwrap().items;
    assert_eq!((jobs.len(), jobs[0].topic, calls.load(Ordering::SeqCst)), (1, Topic::OrderCreated, 1));
    let untouched = job(&node, 1).await;
    assert_eq!((untouched.attempts, untouched.claim, untouched.due_at), (0, None, noon()));
    node.stop().await;
}

macro_rules! scenarios {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name(super::Database::sqlite()).await; })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name(super::Database::postgres().await).await; })*
        }
    };
}

scenarios! {
    a_job_of_a_node_that_died_runs_again_after_its_lease,
    a_job_whose_result_was_lost_runs_again,
    a_result_that_the_database_refuses_holds_up_no_other,
    a_handler_that_panics_keeps_its_job_and_frees_its_slot,
    a_slow_endpoint_keeps_back_no_other,
    endpoints_that_are_stuck_starve_no_other,
    endpoints_take_turns_where_the_lane_has_no_room_for_all,
    jobs_that_wait_for_a_slot_are_given_back_when_the_server_stops,
    a_fast_endpoint_is_not_held_up_by_claims,
    ten_thousand_jobs_run_once_each_and_few_at_once,
    pauses_vary_and_waiting_is_no_attempt,
    a_needless_job_is_skipped_and_counted_as_such,
    shutdown_lets_jobs_finish_and_records_them,
    a_database_that_is_away_for_seconds_loses_no_job,
    events_become_jobs_and_kinds_without_a_lane_stay,
}
