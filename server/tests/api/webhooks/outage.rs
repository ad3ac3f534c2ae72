//! A webhook while the database is away: it is told to come again, and counts once when it does.

use super::{Till, is, signing};
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

/// Names a PostgreSQL server in which the tests may make databases; tools/with-postgres.sh starts one.
const POSTGRES: &str = "HOLDFAST_TEST_POSTGRES_URL";

/// Sends a payment while nothing can be stored, and the same after `mend`.
async fn sent_again(till: Till, mend: impl AsyncFnOnce()) {
    let body = till.success().to_string();
    let request = signing::standard(WEBHOOK_SECRET, till.shop.now_s(), "msg_1", &body);
    for _ in 0..2 {
        let asked = Instant::now();
        let answer = request.send(&till.shop).await;
        // Two attempts of five seconds, and not six.
        assert!(asked.elapsed() < Duration::from_secs(14), "{:?}", asked.elapsed());
        assert_eq!(answer.status, 503, "{answer:?}");
        let wait: u64 = answer.header("retry-after").parse().unwrap();
        assert!((1..=60).contains(&wait), "{wait}");
        assert!(answer.body["status"] == 503 && answer.header("content-type") == "application/problem+json");
    }
    mend().await;
    is(&request.send(&till.shop).await, 200, "processed", "paid");
    is(&request.send(&till.shop).await, 200, "duplicate", "paid");
    assert_eq!((till.sold().await, till.kept().await), (1, 1));
}

/// Another process holds the file's one lock for writing, longer than the shop waits for it.
#[tokio::test]
async fn a_file_that_somebody_else_has_locked_is_503_and_the_payment_counts_once_afterwards() {
    let mut url = String::new();
    let shop = Shop::open_with(|settings| url.clone_from(&settings.common.database_url)).await;
    let till = Till::of(shop, 500_000, "USD").await;
    let mut other = SqliteConnection::connect(&url).await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    sent_again(till, async || {
        sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    })
    .await;
}

/// Nobody gets through to PostgreSQL, and whoever was connected is no longer.
#[tokio::test]
async fn a_server_that_is_gone_is_503_and_the_payment_counts_once_when_it_is_back() {
    let Ok(server) = std::env::var(POSTGRES) else {
        panic!("{POSTGRES} is not set: run the tests by `make test-rust`, or as tools/with-postgres.sh cargo test …");
    };
    let name = format!("holdfast_{}", uuid::Uuid::new_v4().simple());
    let mut operator = PgConnection::connect(&server).await.unwrap();
    sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut operator).await.unwrap();
    let (base, _) = server.rsplit_once('/').unwrap();
    let (_, address) = base.rsplit_once('@').unwrap();
    let (is_cut, cut) = watch::channel(false);
    let wire = wire_to(address.parse().unwrap(), cut).await;
    let url = format!("{}/{name}", base.replace(address, &wire.to_string()));
    let till = Till::of(Shop::open_with(|settings| settings.common.database_url = url).await, 500_000, "USD").await;
    is_cut.send(true).unwrap();
    sent_again(till, async || is_cut.send(false).unwrap()).await;
    sqlx::query(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).execute(&mut operator).await.unwrap();
}

/// Carries bytes both ways, and hangs up on everybody while it is cut.
async fn wire_to(server: SocketAddr, cut: watch::Receiver<bool>) -> SocketAddr {
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
