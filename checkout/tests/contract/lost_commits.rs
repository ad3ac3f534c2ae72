//! A database connection that is lost during a commit: the batch has its whole effect or none, and the caller can find
//! out which (P9).

use crate::{
    database::Database,
    flaky_proxy::{Fault, MARK, Proxy},
    shop::{Shop, eventually, hold, key, owner},
};
use checkout::{
    Error, Limits, PaymentVerdict, StockChange,
    model::{
        Actor, HoldId, Money, PaymentStatus, Reference, RefundId, RefundState, RefundStep, ReportedRefund,
        ReportedRefundState, Stock,
    },
};
use sqlx::PgConnection;
use std::time::Duration;

/// A shop that reaches its database through a proxy.
struct ProxiedShop {
    shop: Shop,
    proxy: Proxy,
}

impl ProxiedShop {
    async fn open() -> Self {
        let database = Database::postgres().await;
        let url = database.url();
        let (_, address) = url.rsplit_once('@').unwrap();
        let (server, _) = address.split_once('/').unwrap();
        let proxy = Proxy::to(server.parse().unwrap()).await;
        let through = url.replace(server, &proxy.addr.to_string());
        Self { shop: Shop::open_at(database, &through).await, proxy }
    }

    /// Checks the number of available units, and that an audit finds no drift.
    async fn must_have_available(&self, units: u32) -> Stock {
        let product = self.shop.store.reads().products().await.unwrap().remove(0);
        assert_eq!(product.stock.available, units);
        self.shop.stock(product.id).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_whose_response_is_lost_counts() {
    let proxied = ProxiedShop::open().await;
    let phone = proxied.shop.phone(10).await.id;
    for taken in [2, 4, 6] {
        // The first hold opens the connection and prepares the statement. The second hold loses its response.
        proxied.shop.hold(phone, 1).await;
        proxied.proxy.set(Fault::BeforeResponse);
        proxied.shop.hold(phone, 1).await;
        proxied.must_have_available(10 - taken).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_never_arrives_is_retried() {
    let proxied = ProxiedShop::open().await;
    let phone = proxied.shop.phone(10).await.id;
    proxied.shop.hold(phone, 1).await;
    for taken in 2..5 {
        proxied.proxy.set(Fault::BeforeStatement);
        proxied.shop.hold(phone, 1).await;
        proxied.must_have_available(10 - taken).await;
    }
}

/// Neither has a product whose stock history tells whether the commit arrived.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refund_step_whose_response_is_lost_counts_once() {
    let proxied = ProxiedShop::open().await;
    let (shop, hold) = (&proxied.shop, HoldId(uuid::Uuid::from_u128(1)));
    shop.pay(Reference::Hold(hold), "tx", PaymentStatus::Success).await;
    shop.checkout.start_maintenance(Limits::default());
    shop.advance(24 * 3600);
    let reads = shop.store.reads();
    eventually(async || reads.refunds_due().await.unwrap() == 1).await;
    let id = RefundId(reads.payments(hold, None).await.unwrap()[0].id.0);
    let fail = || RefundStep::Fail { failure: "declined".to_owned() };
    let rounds = [
        (Fault::BeforeStatement, RefundStep::Send, RefundState::Sending),
        (Fault::BeforeResponse, fail(), RefundState::Failed),
        (Fault::BeforeResponse, RefundStep::Retry, RefundState::Due),
    ];
    for (nth, (fault, step, state)) in rounds.into_iter().enumerate() {
        // The sweep has ended. A read prepares no statement of the writer.
        proxied.proxy.set(fault);
        let refund = shop.checkout.advance_refund(id, 1, step, Actor::system()).await.unwrap().value;
        let stored = reads.refund(id).await.unwrap().unwrap();
        assert_eq!((refund.state, stored.state, stored.version), (state, state, nth as u64 + 2));
        assert_eq!(shop.audit_log().await.len(), nth + 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_whose_response_is_lost_counts_once() {
    let proxied = ProxiedShop::open().await;
    let shop = &proxied.shop;
    let mut phone = shop.phone(1).await;
    let late = shop.ordered(phone.id, 1).await;
    shop.checkout.cancel_order(late.id, owner(), None).await.unwrap();
    shop.paid(phone.id, 1, "other").await;
    shop.pay(Reference::Order(late.id), "tx", PaymentStatus::Success).await;
    let event = shop.payments(&late).await[0].id;
    shop.checkout.set_stock(phone.id, StockChange::By(1), Actor::system()).await.unwrap();
    for (fault, revision) in [(Fault::BeforeResponse, 2), (Fault::BeforeStatement, 3), (Fault::BeforeResponse, 4)] {
        let mut details = phone.details();
        details.name = format!("Phone {revision}");
        proxied.proxy.set(fault);
        phone = shop.checkout.edit_product(phone.id, phone.revision, details, Actor::system()).await.unwrap().value;
        assert_eq!(phone.revision, revision);
    }
    let replayed = shop.checkout.replay_payment(event, Actor::system()).await.unwrap();
    assert_eq!(replayed.verdict, PaymentVerdict::Processed);
    proxied.must_have_available(0).await;
    assert_eq!(shop.audit_log().await.len(), 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reported_refund_whose_response_is_lost_counts_once() {
    let proxied = ProxiedShop::open().await;
    let shop = &proxied.shop;
    let phone = shop.phone(1).await.id;
    let order = shop.paid(phone, 1, "tx").await;
    for (nth, fault) in [Fault::BeforeResponse, Fault::BeforeStatement, Fault::BeforeResponse].into_iter().enumerate() {
        let report = ReportedRefund {
            reference: format!("re_{nth}").try_into().unwrap(),
            transaction: "tx".to_owned().try_into().unwrap(),
            ours: None,
            amount: Money { minor: 100, ..order.amount },
            state: ReportedRefundState::Succeeded,
            failure: None,
            lacks_funds: false,
            created_at: shop.checkout.now(),
        };
        proxied.proxy.set(fault);
        let recorded = shop.checkout.record_refund(report.clone(), Actor::system()).await.unwrap();
        assert_eq!(shop.checkout.record_refund(report, Actor::system()).await.unwrap(), recorded);
    }
    assert_eq!(shop.order_now(order.id).await.refunds.returned, 300);
    assert_eq!(shop.audit_log().await.len(), 3);
    proxied.must_have_available(0).await;
}

/// A batch that writes nothing but its reply is decided again, so nobody is told that its outcome is unknown.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replay_without_effect_is_decided_again_when_its_response_is_lost() {
    let proxied = ProxiedShop::open().await;
    let shop = &proxied.shop;
    let phone = shop.phone(10).await.id;
    let order = shop.paid(phone, 1, "tx").await;
    let event = shop.payments(&order).await[0].id;
    let held = shop.hold(phone, 1).await;
    shop.checkout.release_hold(held.id, owner(), None).await.unwrap();
    for (nth, fault) in [Fault::BeforeResponse, Fault::BeforeStatement].into_iter().enumerate() {
        proxied.proxy.set(fault);
        let replayed = shop.checkout.replay_payment(event, Actor::system()).await.unwrap();
        assert_eq!(replayed.verdict, PaymentVerdict::Processed);
        // The hold was released before, and only the key is new.
        let release = || shop.checkout.release_hold(held.id, owner(), Some(key(&format!("k-{nth}"), 1)));
        proxied.proxy.set(fault);
        let released = release().await.unwrap().value;
        let again = release().await.unwrap();
        assert_eq!((again.value, again.replayed), (released, true));
    }
    proxied.proxy.set(Fault::Outage);
    let release = || shop.checkout.release_hold(held.id, owner(), Some(key("k", MARK[0])));
    let lost = release().await;
    assert!(matches!(lost, Err(Error::Busy { .. })), "{lost:?}");
    proxied.proxy.end_outage();
    release().await.unwrap();
    assert_eq!(shop.audit_log().await.len(), 0);
    proxied.must_have_available(9).await;
}

/// The number of orders, and that of their announcements.
const ORDERS: &str = "SELECT count(*) FROM orders";
const ANNOUNCED: &str = "SELECT count(*) FROM outbox WHERE topic = 'order.created'";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_is_announced_once_and_only_if_its_commit_counts() {
    let proxied = ProxiedShop::open().await;
    let shop = &proxied.shop;
    let phone = shop.phone(10).await.id;
    shop.ordered(phone, 1).await;
    for (nth, fault) in [Fault::BeforeStatement, Fault::BeforeResponse].into_iter().enumerate() {
        let held = shop.hold(phone, 1).await;
        proxied.proxy.set(fault);
        shop.order(held.id).await;
        let expected = i64::try_from(nth).unwrap() + 2;
        let both = (shop.database.count(ORDERS).await, shop.database.count(ANNOUNCED).await);
        assert_eq!(both, (expected, expected), "{fault:?}");
    }
    // Nobody is told what became of this one. The two still agree.
    let held = shop.hold(phone, 1).await;
    proxied.proxy.set(Fault::Outage);
    let lost = shop.checkout.place_order(held.id, None, owner(), Some(key("k", MARK[0]))).await;
    lost.unwrap_err();
    let both = async || (shop.database.count(ORDERS).await, shop.database.count(ANNOUNCED).await);
    eventually(async || {
        let (orders, announced) = both().await;
        orders == announced
    })
    .await;
    proxied.proxy.end_outage();
    shop.checkout.place_order(held.id, None, owner(), Some(key("k", MARK[0]))).await.unwrap();
    assert_eq!(both().await, (4, 4));
}

/// The sessions of the shop's writer: their process ids, and whether they wait for a lock.
async fn writer_sessions(connection: &mut PgConnection) -> Vec<(i32, bool)> {
    sqlx::query_as(
        "SELECT pid, wait_event_type IS NOT DISTINCT FROM 'Lock' FROM pg_stat_activity
         WHERE application_name LIKE 'holdfast writer%' AND datname = current_database()",
    )
    .fetch_all(connection)
    .await
    .unwrap()
}

/// The database may still execute the statement of a connection that the shop has lost. Without the end of that
/// session, its statement would commit after the retry has begun, and the hold would be placed twice or fail.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_session_is_ended_before_its_batch_is_retried() {
    let proxied = ProxiedShop::open().await;
    let phone = proxied.shop.phone(10).await.id;
    proxied.shop.hold(phone, 1).await;
    let (mut observer, mut blocker) =
        (proxied.shop.database.connection().await, proxied.shop.database.connection().await);
    let [(lost, _)] = writer_sessions(&mut observer).await[..] else { panic!("the writer has one session") };
    for statement in ["BEGIN", "SELECT id FROM products FOR UPDATE"] {
        sqlx::query(statement).execute(&mut blocker).await.unwrap();
    }
    proxied.proxy.set(Fault::Abandoned);
    let checkout = proxied.shop.checkout.clone();
    let held = tokio::spawn(async move { hold(&checkout, phone, 1, None).await });
    // The retry waits for the product in a new session. In the old one, the first attempt would wait for it too.
    eventually(async || writer_sessions(&mut observer).await.iter().any(|(pid, waits)| *pid != lost && *waits)).await;
    sqlx::query("COMMIT").execute(&mut blocker).await.unwrap();
    held.await.unwrap().unwrap();
    proxied.must_have_available(8).await;
}

/// The database's own timeouts do not help when its host is gone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_connection_is_replaced() {
    let proxied = ProxiedShop::open().await;
    let phone = proxied.shop.phone(10).await.id;
    proxied.shop.hold(phone, 1).await;
    proxied.proxy.set(Fault::Silent);
    let held = tokio::time::timeout(Duration::from_secs(20), proxied.shop.try_hold(phone, 1)).await;
    held.expect("the shop must not wait forever").unwrap();
    proxied.must_have_available(8).await;
}

/// The batch must load another node's hold before it can order it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_lost_while_loading_is_replaced() {
    let proxied = ProxiedShop::open().await;
    let phone = proxied.shop.phone(10).await.id;
    proxied.shop.hold(phone, 1).await;
    let theirs = hold(&proxied.shop.second_node().await, phone, 1, None).await.unwrap();
    proxied.proxy.set(Fault::BeforeStatement);
    proxied.shop.checkout.place_order(theirs.id, None, owner(), None).await.unwrap();
}

/// After a failover, new sessions may connect to a server that has become a standby.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_only_database_is_unavailable_until_it_accepts_writes() {
    let shop = Shop::postgres().await;
    let phone = shop.phone(10).await.id;
    let end_sessions = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name LIKE 'holdfast writer%' AND datname = current_database()";
    shop.database.set("default_transaction_read_only = on").await;
    shop.database.run(end_sessions).await;
    for _ in 0..2 {
        let held = shop.try_hold(phone, 1).await;
        assert!(matches!(held, Err(Error::Busy { .. })), "{held:?}");
    }
    shop.database.set("default_transaction_read_only = off").await;
    shop.hold(phone, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unresolved_commit_is_reported_as_unknown_and_its_key_tells_the_outcome_later() {
    let proxied = ProxiedShop::open().await;
    let phone = proxied.shop.phone(10).await.id;
    proxied.shop.hold(phone, 1).await;
    proxied.proxy.set(Fault::Outage);
    let lost = hold(&proxied.shop.checkout, phone, 2, Some(key("k", MARK[0]))).await;
    assert!(matches!(lost, Err(Error::OutcomeUnknown)), "{lost:?}");
    proxied.proxy.end_outage();
    let found = proxied.shop.checkout.place_hold(phone, 2.try_into().unwrap(), owner(), None, Some(key("k", MARK[0])));
    assert!(found.await.unwrap().replayed);
    proxied.must_have_available(7).await;
}

/// A refusal writes nothing that could be found later, so a lost response must not make an outdated refusal count.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_whose_response_is_lost_is_decided_again() {
    let proxied = ProxiedShop::open().await;
    let phone = proxied.shop.phone(1).await.id;
    let other = proxied.shop.second_node().await;
    let mut held = proxied.shop.hold(phone, 1).await;
    for fault in [Fault::BeforeResponse, Fault::BeforeStatement] {
        // The first node still knows its only unit as held.
        other.release_hold(held.id, owner(), None).await.unwrap();
        proxied.proxy.set(fault);
        held = proxied.shop.hold(phone, 1).await;
        proxied.must_have_available(0).await;
    }
}
