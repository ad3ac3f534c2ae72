//! The outbox: events are written with their cause, claims are leases, and results count under their claim alone.

use crate::shop::{Shop, entry, eventually, noon};
use checkout::{
    Limits,
    model::{
        Actor, EndpointId, Job, JobId, JobKind, JobState, JobSubject, NewJob, OrderId, PaymentStatus, Reference,
        Refusal, Timestamp, Topic,
    },
    store::{
        Store,
        listings::PageRequest,
        outbox::{ClaimRequest, JobFilter, JobOutcome, JobResult, OutboxCount},
    },
};
use std::time::Duration;
use uuid::Uuid;

/// The lease of the scenarios' claims.
const LEASE: Duration = Duration::from_mins(1);
const DAY: u64 = 24 * 3600;

fn after(seconds: u64) -> Timestamp {
    noon() + Duration::from_secs(seconds)
}

/// A mail about an order, due at noon. The last digits of its ids are `nth`.
pub fn mail(nth: u128) -> NewJob {
    let id = Uuid::from_u128(nth);
    let subject = JobSubject { order: Some(OrderId(id)), version: 1, ..JobSubject::default() };
    NewJob::new(JobId(id), JobKind::Mail, Topic::OrderPaid, subject, format!("mail/{nth}"), noon())
}

/// A webhook to an endpoint, due at noon.
pub fn webhook(nth: u128, endpoint: u128) -> NewJob {
    let endpoint = Some(EndpointId(Uuid::from_u128(endpoint)));
    NewJob { kind: JobKind::Webhook, endpoint, body: Some("{}".to_owned()), ..mail(nth) }
}

fn request(shop: &Shop, kind: JobKind, claim: u128, limit: u32) -> ClaimRequest {
    let now = shop.checkout.now();
    ClaimRequest { kind, endpoint: None, claim: Uuid::from_u128(claim), now, until: now + LEASE, limit }
}

pub async fn claim(shop: &Shop, kind: JobKind, claim: u128, limit: u32) -> Vec<Job> {
    shop.store.outbox().claim(request(shop, kind, claim, limit)).await.unwrap()
}

pub fn result(nth: u128, claim: u128, outcome: JobOutcome) -> JobResult {
    JobResult { id: JobId(Uuid::from_u128(nth)), claim: Uuid::from_u128(claim), outcome }
}

pub async fn add(store: &dyn Store, jobs: &[NewJob]) -> u64 {
    store.outbox().add(jobs).await.unwrap()
}

async fn job(shop: &Shop, nth: u128) -> Job {
    shop.store.outbox().job(JobId(Uuid::from_u128(nth))).await.unwrap().unwrap()
}

fn ids(jobs: &[Job]) -> Vec<u128> {
    jobs.iter().map(|job| job.id.0.as_u128()).collect()
}

fn again(seconds: u64, is_attempt: bool) -> JobOutcome {
    JobOutcome::Again { due_at: after(seconds), error: "busy".to_owned(), is_attempt }
}

/// The topics of the events, by name.
async fn topics(shop: &Shop) -> Vec<String> {
    let rows: Vec<(String,)> = shop.database.rows("SELECT topic FROM outbox WHERE kind = 'event' ORDER BY topic").await;
    rows.into_iter().map(|(topic,)| topic).collect()
}

crate::scenarios! {
    async fn a_commit_writes_the_events_that_it_causes_and_a_refusal_writes_none(shop: Shop) {
        let phone = shop.phone(1).await.id;
        shop.database.run("DELETE FROM outbox").await;
        let order = shop.ordered(phone, 1).await;
        shop.try_hold(phone, 1).await.unwrap_err();
        assert_eq!(topics(&shop).await, ["order.created", "product.sold_out"]);
        shop.pay(Reference::Order(order.id), "tx", PaymentStatus::Success).await;
        shop.pay(Reference::Order(order.id), "tx", PaymentStatus::Success).await;
        assert_eq!(topics(&shop).await, ["order.created", "order.paid", "product.sold_out"]);
        let events = claim(&shop, JobKind::Event, 1, 9).await;
        let paid = events.iter().find(|event| event.topic == Topic::OrderPaid).unwrap();
        assert_eq!(paid.subject.order, Some(order.id));
        assert_eq!(paid.subject.version, shop.order_now(order.id).await.version);
    }

    async fn a_claim_takes_due_rows_of_its_kind_the_longest_due_first(shop: Shop) {
        let due = |nth, seconds| NewJob { due_at: after(seconds), ..mail(nth) };
        add(&*shop.store, &[due(1, 30), due(2, 10), due(3, 20), due(4, 41), webhook(5, 1)]).await;
        assert_eq!(claim(&shop, JobKind::Mail, 1, 9).await, []);
        shop.advance(40);
        let first = claim(&shop, JobKind::Mail, 1, 1).await;
        assert_eq!((ids(&first), first[0].attempts, first[0].claim), (vec![2], 1, Some(Uuid::from_u128(1))));
        assert_eq!(first[0].due_at, shop.checkout.now() + LEASE);
        assert_eq!(ids(&claim(&shop, JobKind::Mail, 2, 9).await), [1, 3]);
        assert_eq!(claim(&shop, JobKind::Mail, 3, 9).await, []);
        assert_eq!(job(&shop, 4).await.attempts, 0);
        let endpoint = |of| ClaimRequest { endpoint: Some(EndpointId(Uuid::from_u128(of))), ..request(&shop, JobKind::Webhook, 4, 9) };
        assert_eq!(shop.store.outbox().claim(endpoint(2)).await.unwrap(), []);
        assert_eq!(ids(&shop.store.outbox().claim(endpoint(1)).await.unwrap()), [5]);
    }

    async fn two_nodes_never_claim_one_row_and_a_lapsed_lease_is_claimed_again(shop: Shop) {
        let jobs: Vec<_> = (1..=120).map(mail).collect();
        assert_eq!(add(&*shop.store, &jobs).await, 120);
        let other = checkout::store::open(&shop.database.url()).await.unwrap();
        let claims = (0..8).map(|n| {
            let request = request(&shop, JobKind::Mail, n, 20);
            let store = if n % 2 == 0 { &shop.store } else { &other };
            async move { store.outbox().claim(request).await.unwrap() }
        });
        let claimed: Vec<Job> = futures::future::join_all(claims).await.into_iter().flatten().collect();
        // PostgreSQL skips rows that another claim has just locked.
        let rest = claim(&shop, JobKind::Mail, 9, 120).await;
        let mut all = ids(&[claimed, rest].concat());
        all.sort_unstable();
        assert_eq!(all, (1..=120).collect::<Vec<_>>());
        shop.clock.advance(LEASE.saturating_sub(Duration::from_millis(1)));
        assert_eq!(claim(&shop, JobKind::Mail, 10, 200).await, []);
        shop.clock.advance(Duration::from_millis(1));
        let again = claim(&shop, JobKind::Mail, 11, 200).await;
        assert!(again.len() == 120 && again.iter().all(|job| job.attempts == 2));
    }

    async fn a_result_under_an_old_claim_changes_nothing(shop: Shop) {
        add(&*shop.store, &[mail(1)]).await;
        claim(&shop, JobKind::Mail, 1, 1).await;
        shop.clock.advance(LEASE);
        claim(&shop, JobKind::Mail, 2, 1).await;
        let claimed = job(&shop, 1).await;
        let dead = || JobOutcome::Dead { error: "late".to_owned() };
        for outcome in [JobOutcome::Done, again(5, false), dead()] {
            shop.store.outbox().record(&[result(1, 1, outcome)], after(99)).await.unwrap();
            assert_eq!(job(&shop, 1).await, claimed);
        }
        shop.store.outbox().record(&[result(1, 2, JobOutcome::Done)], after(99)).await.unwrap();
        let done = job(&shop, 1).await;
        assert_eq!((done.state, done.done_at, done.claim), (JobState::Done, Some(after(99)), None));
        // A result counts once.
        shop.store.outbox().record(&[result(1, 2, dead())], after(100)).await.unwrap();
        assert_eq!(job(&shop, 1).await, done);
    }

    async fn events_make_way_for_their_jobs_while_they_are_claimed(shop: Shop) {
        let phone = shop.phone(9).await.id;
        for _ in 0..3 {
            shop.ordered(phone, 1).await;
        }
        let outbox = shop.store.outbox();
        let events = claim(&shop, JobKind::Event, 1, 100).await;
        let all: Vec<JobId> = events.iter().map(|event| event.id).collect();
        let [one, two, three] = [all[0], all[1], all[2]];
        let jobs = [(one, mail(1)), (one, webhook(2, 7)), (two, mail(3)), (three, mail(4))];
        let claim_1 = Uuid::from_u128(1);
        assert_eq!(outbox.fan_out(claim_1, &[one], &jobs).await.unwrap(), 2);
        // Another node claims the rest once the lease has passed.
        shop.clock.advance(LEASE);
        assert_eq!(claim(&shop, JobKind::Event, 2, 1).await.len(), 1);
        shop.store.outbox().fan_out(Uuid::from_u128(3), &all, &jobs).await.unwrap();
        assert_eq!(topics(&shop).await.len(), all.len() - 1);
        assert_eq!(outbox.fan_out(claim_1, &[one, two, three], &jobs).await.unwrap(), 1);
        assert_eq!(topics(&shop).await.len(), all.len() - 2);
        // The jobs of an event that is asked about again are there already.
        let rest = claim(&shop, JobKind::Event, 4, 100).await;
        assert_eq!(rest.len(), all.len() - 3);
        assert_eq!(add(&*shop.store, &[mail(1), NewJob { unique_key: Some("mail/1".to_owned()), ..mail(9) }]).await, 0);
        assert_eq!(outbox.fan_out(claim_1, &[], &jobs).await.unwrap(), 0);
        assert_eq!(job(&shop, 2).await.endpoint, Some(EndpointId(Uuid::from_u128(7))));
    }

    async fn results_are_recorded_in_one_batch(shop: Shop) {
        let jobs: Vec<_> = (1..=603).map(mail).collect();
        add(&*shop.store, &jobs).await;
        assert_eq!(claim(&shop, JobKind::Mail, 1, 1000).await.len(), 603);
        let dead = JobOutcome::Dead { error: "é".repeat(2000) };
        let mut results: Vec<_> = (1..=600).map(|nth| result(nth, 1, JobOutcome::Done)).collect();
        results.extend([result(601, 1, again(5, true)), result(602, 1, again(6, false)), result(603, 1, dead)]);
        shop.store.outbox().record(&results, after(1)).await.unwrap();
        let done = shop.database.count("SELECT count(*) FROM outbox WHERE state = 'done' AND claim IS NULL").await;
        assert_eq!(done, 600);
        let (failed, waiting, dead) = (job(&shop, 601).await, job(&shop, 602).await, job(&shop, 603).await);
        assert_eq!((failed.state, failed.attempts, failed.due_at), (JobState::Pending, 1, after(5)));
        assert_eq!((waiting.state, waiting.attempts, waiting.due_at), (JobState::Pending, 0, after(6)));
        assert_eq!((failed.last_error.as_deref(), failed.claim), (Some("busy"), None));
        assert_eq!((dead.state, dead.done_at), (JobState::Dead, Some(after(1))));
        assert_eq!(dead.last_error.unwrap().chars().count(), 1000);
        // The error of an attempt is forgotten when the next one succeeds.
        shop.advance(5);
        claim(&shop, JobKind::Mail, 2, 9).await;
        shop.store.outbox().record(&[result(601, 2, JobOutcome::Done)], after(6)).await.unwrap();
        assert_eq!(job(&shop, 601).await.last_error, None);
    }

    async fn the_endpoints_of_what_is_due_are_known(shop: Shop) {
        let outbox = shop.store.outbox();
        let due = async |now: Timestamp, limit| {
            let found = outbox.endpoints_due(now, limit).await.unwrap();
            found.iter().map(|id| id.0.as_u128()).collect::<Vec<_>>()
        };
        assert!(due(noon(), 9).await.is_empty());
        let later = |nth, endpoint, seconds| NewJob { due_at: after(seconds), ..webhook(nth, endpoint) };
        add(&*shop.store, &[webhook(1, 30), webhook(2, 30), later(3, 20, 5), later(4, 10, 5), later(5, 40, 9)]).await;
        assert_eq!(due(noon(), 9).await, [30]);
        assert_eq!(due(after(5), 9).await, [10, 20, 30]);
        assert_eq!(due(after(5), 2).await, [10, 20]);
        claim(&shop, JobKind::Webhook, 1, 9).await;
        assert!(due(noon(), 9).await.is_empty());
    }

    async fn a_job_that_was_claimed_and_not_begun_is_due_at_once(shop: Shop) {
        add(&*shop.store, &[NewJob { due_at: noon() - LEASE, ..mail(1) }]).await;
        claim(&shop, JobKind::Mail, 1, 1).await;
        shop.store.outbox().record(&[result(1, 1, JobOutcome::Unbegun)], noon()).await.unwrap();
        let waiting = job(&shop, 1).await;
        assert_eq!((waiting.state, waiting.attempts, waiting.claim), (JobState::Pending, 0, None));
        assert_eq!((waiting.due_at, waiting.last_error), (noon(), None));
    }

    async fn a_topic_of_a_newer_version_holds_up_no_other_job(shop: Shop) {
        add(&*shop.store, &[mail(1), mail(2), mail(3)]).await;
        shop.database.run("UPDATE outbox SET topic = 'order.shipped' WHERE unique_key = 'mail/2'").await;
        assert_eq!(ids(&claim(&shop, JobKind::Mail, 1, 9).await), [1, 3]);
        assert_eq!(shop.database.count("SELECT count(*) FROM outbox WHERE topic = 'order.shipped' AND attempts = 0").await, 1);
        let jobs = shop.checkout.list_jobs(JobFilter::default(), PageRequest::first(9)).await.unwrap().items;
        assert_eq!(ids(&jobs), [3, 1]);
    }

    async fn an_error_with_a_nul_is_recorded_without_it(shop: Shop) {
        add(&*shop.store, &[mail(1), mail(2)]).await;
        claim(&shop, JobKind::Mail, 1, 9).await;
        let error = "550 \0 no".to_owned();
        let results = [result(1, 1, JobOutcome::Dead { error: error.clone() }), result(2, 1, JobOutcome::Again { due_at: noon(), error, is_attempt: true })];
        shop.store.outbox().record(&results, noon()).await.unwrap();
        for nth in [1, 2] {
            assert_eq!(job(&shop, nth).await.last_error.as_deref(), Some("550 \u{FFFD} no"));
        }
    }

    async fn a_skipped_job_is_done_with_its_reason_until_it_is_carried_out(shop: Shop) {
        add(&*shop.store, &[mail(1), mail(2)]).await;
        claim(&shop, JobKind::Mail, 1, 9).await;
        let skipped = |reason: &str| JobOutcome::Skipped { reason: reason.to_owned() };
        // The result of another claim changes nothing.
        let results = [result(1, 1, skipped("no longer true")), result(2, 1, JobOutcome::Done), result(1, 2, skipped("late"))];
        shop.store.outbox().record(&results, after(1)).await.unwrap();
        let (first, second) = (job(&shop, 1).await, job(&shop, 2).await);
        assert_eq!((first.state, first.last_error.as_deref()), (JobState::Done, Some("no longer true")));
        assert_eq!((first.done_at, first.claim), (Some(after(1)), None));
        assert!(first.is_skipped() && second.state == JobState::Done && !second.is_skipped());
        let mails = shop.store.outbox().counts().await.unwrap().into_iter().find(|count| count.kind == JobKind::Mail);
        assert_eq!(mails.map(|mails| (mails.pending, mails.dead)), Some((0, 0)));
        shop.checkout.retry_job(first.id, Actor::system()).await.unwrap();
        assert!(!job(&shop, 1).await.is_skipped());
        claim(&shop, JobKind::Mail, 3, 9).await;
        shop.store.outbox().record(&[result(1, 3, JobOutcome::Done)], after(2)).await.unwrap();
        let done = job(&shop, 1).await;
        assert_eq!((done.state, done.last_error.clone(), done.is_skipped()), (JobState::Done, None, false));
    }

    async fn a_job_and_its_entry_are_added_together_or_not_at_all(shop: Shop) {
        let outbox = shop.store.outbox();
        let same_key = NewJob { unique_key: mail(1).unique_key, ..mail(2) };
        assert!(outbox.add_audited(mail(1), &entry(1, "order.resend_receipt")).await.unwrap());
        assert!(!outbox.add_audited(same_key, &entry(2, "order.resend_receipt")).await.unwrap());
        // An entry that cannot be written takes its job with it.
        assert!(outbox.add_audited(mail(3), &entry(1, "order.resend_receipt")).await.is_err());
        assert_eq!(shop.database.count("SELECT count(*) FROM outbox").await, 1);
        assert_eq!(job(&shop, 1).await.state, JobState::Pending);
        let entries = shop.audit_log().await;
        assert_eq!(entries.iter().map(|entry| entry.0.as_str()).collect::<Vec<_>>(), ["order.resend_receipt"]);
        // Of racing requests with one key, one adds the job.
        let racers = (10..18).map(|nth| {
            let job = NewJob { unique_key: Some("mail/raced".to_owned()), ..mail(nth) };
            async move { outbox.add_audited(job, &entry(nth, "order.resend_receipt")).await.unwrap() }
        });
        assert_eq!(futures::future::join_all(racers).await.into_iter().filter(|added| *added).count(), 1);
        assert_eq!((shop.audit_log().await.len(), claim(&shop, JobKind::Mail, 1, 9).await.len()), (2, 2));
    }

    async fn another_try_is_audited_and_only_for_jobs_that_ended(shop: Shop) {
        add(&*shop.store, &[mail(1), mail(2)]).await;
        claim(&shop, JobKind::Mail, 1, 1).await;
        let retry = async |nth| shop.checkout.retry_job(JobId(Uuid::from_u128(nth)), Actor::command_line("ada")).await;
        let claimed = job(&shop, 1).await;
        assert_eq!(retry(1).await.unwrap(), claimed);
        let dead = JobOutcome::Dead { error: "refused".to_owned() };
        shop.store.outbox().record(&[result(1, 1, dead)], after(1)).await.unwrap();
        assert_eq!(shop.checkout.dead_jobs().await.unwrap(), 1);
        shop.advance(100);
        let mut changes = shop.checkout.watch_outbox();
        changes.mark_unchanged();
        let retried = retry(1).await.unwrap();
        assert!(changes.has_changed().unwrap());
        assert_eq!((retried.state, retried.attempts, retried.due_at), (JobState::Pending, 0, after(100)));
        assert_eq!((retried.last_error.as_deref(), retried.done_at), (Some("refused"), None));
        assert_eq!((retry(1).await.unwrap(), shop.checkout.dead_jobs().await.unwrap()), (retried, 0));
        let entries = shop.audit_log().await;
        let [(action, object, before, after)] = &entries[..] else { panic!("{entries:?}") };
        assert_eq!((action.as_str(), object.as_str()), ("job.retry", "job"));
        assert!(before.as_ref().unwrap().contains("dead") && after.as_ref().unwrap().contains("pending"));
        // An event is no job.
        let phone = shop.phone(1).await.id;
        shop.ordered(phone, 1).await;
        let event = claim(&shop, JobKind::Event, 2, 1).await.remove(0).id;
        for id in [event, JobId(Uuid::from_u128(77))] {
            let refused = shop.checkout.retry_job(id, Actor::system()).await;
            assert_eq!(crate::shop::refused(refused), Refusal::UnknownJob);
        }
    }

    async fn a_job_is_found_by_its_unique_key(shop: Shop) {
        add(&*shop.store, &[mail(1), mail(2), webhook(3, 7)]).await;
        let outbox = shop.store.outbox();
        assert_eq!(outbox.job_of_key("mail/2").await.unwrap(), Some(job(&shop, 2).await));
        assert_eq!(outbox.job_of_key("mail/4").await.unwrap(), None);
    }

    async fn the_outbox_is_counted_by_kind(shop: Shop) {
        let old = |nth| NewJob { created_at: noon() - Duration::from_secs(9), ..webhook(nth, 1) };
        add(&*shop.store, &[mail(1), mail(2), mail(3), old(4), webhook(5, 1)]).await;
        claim(&shop, JobKind::Mail, 1, 9).await;
        let dead = JobOutcome::Dead { error: String::new() };
        let results = [result(1, 1, JobOutcome::Done), result(2, 1, dead)];
        shop.store.outbox().record(&results, noon()).await.unwrap();
        let counts = shop.store.outbox().counts().await.unwrap();
        let nothing = |kind| OutboxCount { kind, pending: 0, oldest: None, dead: 0 };
        let expected = [
            nothing(JobKind::Event),
            OutboxCount { kind: JobKind::Mail, pending: 1, oldest: Some(noon()), dead: 1 },
            OutboxCount { kind: JobKind::Webhook, pending: 2, oldest: Some(old(4).created_at), dead: 0 },
            nothing(JobKind::ClosePayment),
            nothing(JobKind::SendRefund),
        ];
        assert_eq!(counts, expected);
    }

    async fn jobs_are_deleted_a_week_after_they_are_done_and_a_quarter_after_they_failed(shop: Shop) {
        add(&*shop.store, &[mail(1), mail(2), mail(3), mail(4)]).await;
        claim(&shop, JobKind::Mail, 1, 9).await;
        let dead = JobOutcome::Dead { error: String::new() };
        shop.store.outbox().record(&[result(1, 1, JobOutcome::Done), result(2, 1, dead)], noon()).await.unwrap();
        shop.store.outbox().record(&[result(3, 1, JobOutcome::Done)], after(DAY)).await.unwrap();
        let purge = async |before, most| shop.store.purge().jobs(before, most).await.unwrap();
        assert_eq!((purge(noon(), 9).await, purge(after(2 * DAY), 1).await), (0, 1));
        assert_eq!(shop.database.count("SELECT count(*) FROM outbox").await, 3);
        shop.advance(8 * DAY + 1);
        shop.checkout.start_maintenance(Limits::default());
        eventually(async || shop.database.count("SELECT count(*) FROM outbox").await == 2).await;
        assert_eq!((job(&shop, 2).await.state, job(&shop, 4).await.state), (JobState::Dead, JobState::Pending));
        let purge_dead = async |before| shop.store.purge().dead_jobs(before, 9).await.unwrap();
        assert_eq!(purge_dead(noon()).await, 0);
        shop.advance(90 * DAY);
        let another = shop.second_node().await;
        another.start_maintenance(Limits::default());
        eventually(async || shop.database.count("SELECT count(*) FROM outbox").await == 1).await;
        assert_eq!(job(&shop, 4).await.state, JobState::Pending);
    }
}
