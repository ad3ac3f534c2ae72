//! Jobs of endpoints: slow ones hold up no other, and fast ones wait for no claim.

use crate::{
    S, add,
    database::Database,
    lane,
    node::{Hook, Node, eventually, noon, webhook},
};
use checkout::model::{Job, JobKind, JobState};
use integrations::outbox::{Lane, Outcome};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

pub async fn a_slow_endpoint_keeps_back_no_other(database: Database) {
    let hook: Hook = Arc::new(|job: Job| {
        Box::pin(async move {
            if job.endpoint.unwrap().0.as_u128() == 1 {
                std::future::pending::<()>().await;
            }
            Outcome::Done
        })
    });
    let node = Node::start(&database, vec![lane(JobKind::Webhook, hook)]).await;
    let slow = (1..=40).map(|nth| webhook(nth, 1));
    let fast = (41..=80).map(|nth| webhook(nth, 2 + nth % 3));
    add(&node, &slow.chain(fast).collect::<Vec<_>>()).await;
    eventually(async || node.attempts(JobKind::Webhook, "done") == 40).await;
    let begun = node.jobs(JobKind::Webhook).await.into_iter().filter(|job| job.endpoint.unwrap().0.as_u128() == 1);
    assert_eq!(begun.filter(|job| job.attempts > 0).count(), 2, "two at once for each endpoint");
    node.kill();
}

/// A handler that takes so long for a job of the endpoints 1 and 2, and none for others. It keeps the endpoints in order.
fn slow_for_two(slow: Duration) -> (Hook, Arc<std::sync::Mutex<Vec<u128>>>) {
    let ended = Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = ended.clone();
    let hook: Hook = Arc::new(move |job: Job| {
        let (seen, endpoint) = (seen.clone(), job.endpoint.unwrap().0.as_u128());
        Box::pin(async move {
            if endpoint <= 2 {
                tokio::time::sleep(slow).await;
            }
            seen.lock().unwrap().push(endpoint);
            Outcome::Done
        })
    });
    (hook, ended)
}

/// Two endpoints never respond, and have a backlog. With room for each endpoint, the third does not notice.
pub async fn endpoints_that_are_stuck_starve_no_other(database: Database) {
    let (hook, ended) = slow_for_two(Duration::from_hours(1));
    let node = Node::start(&database, vec![Lane { concurrency: 6, ..lane(JobKind::Webhook, hook) }]).await;
    let stuck = (1..=80).map(|nth| webhook(nth, 1 + nth % 2));
    let fast = (81..=100).map(|nth| webhook(nth, 3));
    add(&node, &stuck.chain(fast).collect::<Vec<_>>()).await;
    eventually(async || ended.lock().unwrap().len() == 20).await;
    assert!(ended.lock().unwrap().iter().all(|endpoint| *endpoint == 3));
    node.kill();
}

/// Two slow endpoints fill the lane, and have a backlog of many seconds. The third has its turn at the next free slots.
pub async fn endpoints_take_turns_where_the_lane_has_no_room_for_all(database: Database) {
    let (hook, ended) = slow_for_two(S / 2);
    let node = Node::start(&database, vec![Lane { concurrency: 4, ..lane(JobKind::Webhook, hook) }]).await;
    add(&node, &(1..=200).map(|nth| webhook(nth, 1 + nth % 2)).collect::<Vec<_>>()).await;
    eventually(async || ended.lock().unwrap().len() >= 4).await;
    add(&node, &(201..=202).map(|nth| webhook(nth, 3)).collect::<Vec<_>>()).await;
    eventually(async || ended.lock().unwrap().contains(&3)).await;
    assert!(ended.lock().unwrap().len() < 100, "the backlog of the others came first");
    node.kill();
}

/// Jobs that wait for a slot in memory when the server stops are given back: another server begins them at once.
pub async fn jobs_that_wait_for_a_slot_are_given_back_when_the_server_stops(database: Database) {
    let begun = Arc::new(AtomicUsize::new(0));
    let counter = begun.clone();
    // Fast at first, so that jobs are claimed ahead; then each takes a second.
    let hook: Hook = Arc::new(move |_: Job| {
        let nth = counter.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move {
            if nth >= 100 {
                tokio::time::sleep(S).await;
            }
            Outcome::Done
        })
    });
    let node = Node::start(&database, vec![lane(JobKind::Webhook, hook)]).await;
    add(&node, &(1..=400).map(|nth| webhook(nth, 1)).collect::<Vec<_>>()).await;
    let claimed = async || node.jobs(JobKind::Webhook).await.iter().filter(|job| job.claim.is_some()).count();
    eventually(async || begun.load(Ordering::SeqCst) >= 101).await;
    // The results of the fast ones are recorded; the slow ones are not done yet.
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert!(claimed().await > 2, "no job waits for a slot");
    assert_eq!(node.tasks.stop(6 * S).await, Vec::<&str>::new());
    let jobs = node.jobs(JobKind::Webhook).await;
    let (done, given_back): (Vec<_>, Vec<_>) = jobs.iter().partition(|job| job.state == JobState::Done);
    assert_eq!((jobs.len(), done.len()), (400, begun.load(Ordering::SeqCst)));
    assert!(given_back.iter().all(|job| job.claim.is_none() && job.attempts == 0 && job.due_at == noon()));
    node.kill();
}

/// One endpoint that responds at once gets hundreds of webhooks a second, never more at once than its slots.
pub async fn a_fast_endpoint_is_not_held_up_by_claims(database: Database) {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (in_flight, maximum) = (now.clone(), most.clone());
    let hook: Hook = Arc::new(move |_: Job| {
        let (now, most) = (in_flight.clone(), maximum.clone());
        Box::pin(async move {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(2)).await;
            now.fetch_sub(1, Ordering::SeqCst);
            Outcome::Done
        })
    });
    let node = Node::start(&database, vec![Lane { per_endpoint: Some(8), ..lane(JobKind::Webhook, hook) }]).await;
    node.store.outbox().add(&(1..=2000).map(|nth| webhook(nth, 1)).collect::<Vec<_>>()).await.unwrap();
    let begun = std::time::Instant::now();
    node.checkout.wake_outbox();
    eventually(async || node.attempts(JobKind::Webhook, "done") == 2000).await;
    // By slots alone, eight for each claim, it would take more than five seconds.
    assert!(begun.elapsed() < 4 * S, "{:?}", begun.elapsed());
    assert!(most.load(Ordering::SeqCst) <= 8, "{most:?}");
    node.stop().await;
}
