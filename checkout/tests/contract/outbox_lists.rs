//! The lists of the outbox, and the plans of its queries.

use crate::{
    database::Database,
    outbox::{add, claim, mail, result, webhook},
    shop::noon,
};
use checkout::{
    model::{EndpointId, JobId, JobKind, JobState, JobSubject, NewJob, OrderId},
    store::{
        self,
        listings::{Direction, PageRequest},
        outbox::{ClaimRequest, JobFilter, JobOutcome, OutboxQuery},
    },
};
use std::time::Duration;
use uuid::Uuid;

/// Twenty thousand jobs, of which few wait and fewer are dead, and some events.
const FILL_SQLITE: &str = "
    WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 20000)
    INSERT INTO outbox (id, kind, topic, order_id, version, endpoint_id, unique_key, state, due_at, attempts, created_at, done_at)
    SELECT randomblob(16), CASE WHEN n % 3 = 0 THEN 'webhook' WHEN n % 500 = 1 THEN 'send_refund' ELSE 'mail' END, 'order.paid',
           randomblob(16), 1, CASE WHEN n % 3 = 0 THEN CAST('endpoint-00000-' || (n % 5) AS BLOB) END, 'key-' || n,
           CASE WHEN n % 400 = 0 THEN 'pending' WHEN n % 700 = 0 THEN 'dead' ELSE 'done' END,
           n, 1, n, CASE WHEN n % 400 <> 0 THEN n END FROM n;
    ANALYZE;";
const FILL_POSTGRES: &str = "
    INSERT INTO outbox (id, kind, topic, order_id, version, endpoint_id, unique_key, state, due_at, attempts, created_at, done_at)
    SELECT gen_random_uuid(), CASE WHEN n % 3 = 0 THEN 'webhook' WHEN n % 500 = 1 THEN 'send_refund' ELSE 'mail' END, 'order.paid',
           gen_random_uuid(), 1, CASE WHEN n % 3 = 0 THEN ('00000000-0000-0000-0000-00000000000' || n % 5)::uuid END, 'key-' || n,
           CASE WHEN n % 400 = 0 THEN 'pending' WHEN n % 700 = 0 THEN 'dead' ELSE 'done' END,
           to_timestamp(n), 1, to_timestamp(n), CASE WHEN n % 400 <> 0 THEN to_timestamp(n) END FROM generate_series(1, 20000) n;
    ANALYZE outbox;";

fn id(nth: u128) -> Uuid {
    Uuid::from_u128(nth)
}

/// Each filter alone and with each other one.
fn filters(order: OrderId, endpoint: EndpointId) -> Vec<JobFilter> {
    fn every<T>(values: impl IntoIterator<Item = T>) -> Vec<Option<T>> {
        values.into_iter().map(Some).chain([None]).collect()
    }
    let mut filters = Vec::new();
    for state in every(JobState::ALL) {
        for kind in every(JobKind::ALL) {
            for order in [Some(order), None] {
                for endpoint in [Some(endpoint), None] {
                    filters.push(JobFilter { state, kind, order, endpoint });
                }
            }
        }
    }
    filters
}

/// The index that a list needs; `None` for all jobs, which follow the ids, and for lists that are always empty.
fn index_of(filter: JobFilter) -> Option<&'static str> {
    match filter {
        // Where a state or an endpoint has few jobs, their index is as good.
        JobFilter { order: Some(_), state: None, kind: None, endpoint: None } => Some("outbox_order"),
        JobFilter { order: Some(_), .. } | JobFilter { endpoint: Some(_), kind: None | Some(JobKind::Webhook), .. } => {
            Some("outbox_")
        }
        JobFilter { endpoint: Some(_), .. }
        | JobFilter { kind: Some(JobKind::Event), .. }
        | JobFilter { state: None, kind: None, .. } => None,
        // Where few jobs wait or are dead, the index of the claims or of the purge is as good.
        JobFilter { state: Some(JobState::Pending | JobState::Dead) | None, .. } => Some("outbox_"),
        _ => Some("outbox_state"),
    }
}

crate::scenarios! {
    async fn jobs_are_listed_by_each_filter_and_in_pages(shop: Shop) {
        let of_order = |job: NewJob, order| NewJob { subject: JobSubject { order: Some(OrderId(id(order))), ..job.subject }, ..job };
        let kind = |job: NewJob, kind| NewJob { kind, ..job };
        let jobs = [
            of_order(mail(1), 1),
            of_order(webhook(2, 7), 1),
            of_order(webhook(3, 8), 2),
            of_order(kind(mail(4), JobKind::SendRefund), 2),
            of_order(mail(5), 2),
            of_order(webhook(6, 7), 3),
            of_order(kind(mail(7), JobKind::ClosePayment), 3),
        ];
        add(&*shop.store, &jobs).await;
        for kind in [JobKind::Mail, JobKind::Webhook] {
            claim(&shop, kind, 1, 9).await;
        }
        let dead = || JobOutcome::Dead { error: String::new() };
        let results = [result(1, 1, JobOutcome::Done), result(2, 1, dead()), result(5, 1, dead()), result(6, 1, JobOutcome::Done)];
        shop.store.outbox().record(&results, noon()).await.unwrap();
        // An event is no job.
        let phone = shop.phone(1).await.id;
        shop.ordered(phone, 1).await;
        let mut all = Vec::new();
        for nth in 1..=7 {
            all.push(shop.store.outbox().job(JobId(id(nth))).await.unwrap().unwrap());
        }
        for (order, endpoint) in [(1, 7), (2, 8), (9, 9)] {
            for filter in filters(OrderId(id(order)), EndpointId(id(endpoint))) {
                let expected = all.iter().filter(|job| {
                    filter.state.is_none_or(|state| state == job.state)
                        && filter.kind.is_none_or(|kind| kind == job.kind)
                        && filter.order.is_none_or(|order| Some(order) == job.subject.order)
                        && filter.endpoint.is_none_or(|endpoint| Some(endpoint) == job.endpoint)
                });
                let expected: Vec<_> = expected.cloned().collect();
                for direction in [Direction::OldestFirst, Direction::NewestFirst] {
                    let mut page = PageRequest { direction, ..PageRequest::first(2) };
                    let mut listed = Vec::new();
                    loop {
                        let found = shop.checkout.list_jobs(filter, page).await.unwrap();
                        assert!(found.items.len() <= 2);
                        listed.extend(found.items);
                        page.after = found.next;
                        if page.after.is_none() {
                            break;
                        }
                    }
                    if direction == Direction::NewestFirst {
                        listed.reverse();
                    }
                    assert_eq!(listed, expected, "{filter:?}");
                }
            }
        }
    }

    async fn each_query_of_the_outbox_has_an_index(shop: Shop) {
        let is_sqlite = matches!(shop.database, Database::Sqlite(_));
        shop.database.run_all(if is_sqlite { FILL_SQLITE } else { FILL_POSTGRES }).await;
        let store = store::open(&shop.database.url()).await.unwrap();
        let plan = async |query| store.outbox().explain(query).await.unwrap().join("\n");
        // A claim of an endpoint, and of a kind.
        let now = noon();
        let request = ClaimRequest { kind: JobKind::Webhook, endpoint: None, claim: id(1), now, until: now, limit: 9 };
        let endpoint = ClaimRequest { endpoint: Some(EndpointId(id(1))), ..request };
        let old = noon() - Duration::from_secs(1_700_000_000);
        let purge = |state| OutboxQuery::Purge { state, before: old, most: 50 };
        let mut queries = vec![
            (OutboxQuery::Claim(request), Some("outbox_due")),
            (OutboxQuery::Claim(endpoint), Some("outbox_due_of_endpoint")),
            (OutboxQuery::CountPending, Some("outbox_due")),
            (OutboxQuery::CountDead, Some("outbox_")),
            (purge(JobState::Done), Some("outbox_done")),
            (purge(JobState::Dead), Some("outbox_dead")),
        ];
        for filter in filters(OrderId(id(1)), EndpointId(id(1))) {
            for direction in [Direction::NewestFirst, Direction::OldestFirst] {
                let page = PageRequest { direction, ..PageRequest::first(50) };
                queries.push((OutboxQuery::List(filter, page), index_of(filter)));
            }
        }
        for (query, index) in queries {
            let plan = plan(query).await;
            assert!(index.is_none_or(|index| plan.contains(index)), "{query:?} without {index:?}\n{plan}");
            assert!(!plan.contains("Seq Scan") && !plan.contains("SCAN t\n"), "{query:?}\n{plan}");
            assert!(!plan.lines().any(|line| line.trim() == "SCAN outbox"), "{query:?}\n{plan}");
        }
    }
}
