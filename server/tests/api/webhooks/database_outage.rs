//! Webhooks while the database is unavailable: they get a 503, and a later delivery counts once.

use super::{PaymentFixture, assert_receipt, signing};
use crate::shop::{Shop, WEBHOOK_SECRET};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// Variable with the URL of a PostgreSQL server in which the tests may create databases.
const POSTGRES: &str = "HOLDFAST_TEST_POSTGRES_URL";

/// Delivers a payment twice during an outage, then twice after `repair`.
async fn deliver_during_outage(fixture: PaymentFixture, repair: impl AsyncFnOnce()) {
    let body = fixture.success().to_string();
    let request = signing::standard(WEBHOOK_SECRET, fixture.shop.now_s(), "msg_1", &body);
    for _ in 0..2 {
        let sent = Instant::now();
        let response = request.send(&fixture.shop).await;
        // The server tries twice, for five seconds each.
        assert!(sent.elapsed() < Duration::from_secs(14), "{:?}", sent.elapsed());
        assert_eq!(response.status, 503, "{response:?}");
        let wait: u64 = response.header("retry-after").parse().unwrap();
        assert!((1..=60).contains(&wait), "{wait}");
        assert!(response.body["status"] == 503 && response.header("content-type") == "application/problem+json");
    }
    repair().await;
    assert_receipt(&request.send(&fixture.shop).await, 200, "processed", "paid");
    assert_receipt(&request.send(&fixture.shop).await, 200, "duplicate", "paid");
    assert_eq!((fixture.sold().await, fixture.event_count().await), (1, 1));
}

/// Another process holds the file's write lock for longer than the server waits.
#[tokio::test]
async fn a_payment_during_a_sqlite_lock_gets_503_and_counts_once_later() {
    let mut url = String::new();
    let shop = Shop::open_with(|settings| url.clone_from(&settings.common.database_url)).await;
    let fixture = PaymentFixture::of(shop, 500_000, "USD").await;
    let mut other = SqliteConnection::connect(&url).await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    deliver_during_outage(fixture, async || {
        sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    })
    .await;
}

/// All connections to PostgreSQL are cut, and new ones fail.
#[tokio::test]
async fn a_payment_during_a_postgresql_outage_gets_503_and_counts_once_later() {
    let Ok(server) = std::env::var(POSTGRES) else {
        panic!("{POSTGRES} is not set; run the tests by `make test-rust`, or by tools/with-postgres.sh cargo test …");
    };
    let name = format!("holdfast_{}", uuid::Uuid::new_v4().simple());
    let mut operator = PgConnection::connect(&server).await.unwrap();
    sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut operator).await.unwrap();
    let (base, _) = server.rsplit_once('/').unwrap();
    let (_, address) = base.rsplit_once('@').unwrap();
    let (is_cut, cut) = watch::channel(false);
    let proxy = flaky_proxy(address.parse().unwrap(), cut).await;
    let url = format!("{}/{name}", base.replace(address, &proxy.to_string()));
    let fixture =
        PaymentFixture::of(Shop::open_with(|settings| settings.common.database_url = url).await, 500_000, "USD").await;
    is_cut.send(true).unwrap();
    deliver_during_outage(fixture, async || is_cut.send(false).unwrap()).await;
    sqlx::query(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).execute(&mut operator).await.unwrap();
}

/// Starts a proxy to `server` that closes all connections while it is cut. Returns its address.
async fn flaky_proxy(server: SocketAddr, cut: watch::Receiver<bool>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let mut cut = cut.clone();
            tokio::spawn(async move {
                let Ok(mut server) = TcpStream::connect(server).await else { return };
                tokio::select! {
                    _ = cut.wait_for(|cut| *cut) => {}
                    _ = copy_bidirectional(&mut client, &mut server) => {}
                }
            });
        }
    });
    addr
}
