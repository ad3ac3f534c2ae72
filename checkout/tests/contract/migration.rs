//! A database of the version before gets prices of holds, numbers of orders and rows of refunds. A migration that makes a table
//! anew loses none of its indexes and rows.

use crate::{
    database::Database,
    shop::{Shop, owner},
};
use checkout::model::{HoldId, OrderId, RefundId, RefundReason, RefundState, RefundStep};
use sqlx::migrate::Migrator;
use std::path::Path;
use uuid::Uuid;

/// The last migration of the version before.
const BEFORE: i64 = 4;

/// The migration that lets payment events be about disputes.
const DISPUTES: i64 = 9;

/// The migration that lets refunds be made at the provider.
const REFUNDS: i64 = 15;

/// A paid order, a cancelled one and a hold. `@n` is an id, `#` is noon.
const ROWS: &str = "
INSERT INTO products (id, slug, name, description, image, price, currency, total, available, held, pending, sold,
    hold_seconds, pay_seconds, version, updated_at)
VALUES (@1, 'phone', 'Phone', '', '', 1999, 'USD', 5, 2, 2, 0, 1, 120, 600, 1, #);
INSERT INTO stock_events (product_id, version, batch, at, total, available, held, pending, sold, moved)
VALUES (@1, 1, @1, #, 5, 2, 2, 0, 1, '{}');
INSERT INTO holds (id, product_id, owner, qty, created_at, expires_at, extended, status, order_id)
VALUES (@2, @1, @7, 2, #, #+, false, 'active', NULL), (@3, @1, @7, 1, #, #+, false, 'ordered', @5),
       (@4, @1, @7, 1, #, #+, false, 'ordered', @6);
INSERT INTO orders (id, hold_id, product_id, owner, qty, amount, currency, created_at, pay_by, status, ended_at,
    transaction_id, cancel_reason)
VALUES (@5, @3, @1, @7, 1, 1999, 'USD', #, #+, 'paid', #, 'tx-1', NULL),
       (@6, @4, @1, @7, 1, 1999, 'USD', #, #+, 'cancelled', #, NULL, 'expired');
INSERT INTO payment_webhooks (id, key, fingerprint, order_id, hold_id, product_id, transaction_id, status, amount,
    currency, received_at, outcome, refund_reason)
VALUES (@8, 'a', $, @5, NULL, @1, 'tx-1', 'success', 1999, 'USD', #, 'applied', NULL),
       (@9, 'b', $, NULL, @3, @1, 'tx-2', 'success', 1999, 'USD', #, 'refund_due', 'already_paid'),
       (@10, 'c', $, @6, NULL, @1, 'tx-3', 'success', NULL, NULL, #, 'refunded', 'sold_out')";

fn sql(database: &Database) -> &'static str {
    let is_sqlite = matches!(database, Database::Sqlite(_));
    let mut sql = ROWS.to_owned();
    for id in (1..=10_u128).rev() {
        let id_text = Uuid::from_u128(id);
        let literal = if is_sqlite { format!("x'{}'", id_text.simple()) } else { format!("'{id_text}'") };
        sql = sql.replace(&format!("@{id}"), &literal);
    }
    let bytes = "01".repeat(32);
    let (fingerprint, noon, later) = if is_sqlite {
        (format!("x'{bytes}'"), "1795780800000", "1795780920000")
    } else {
        (format!("'\\x{bytes}'"), "'2026-11-27T12:00:00Z'", "'2026-11-27T12:02:00Z'")
    };
    sql.replace("#+", later).replace('#', noon).replace('$', &fingerprint).leak()
}

/// Applies the migrations up to a version.
async fn migrate(database: &Database, last: i64) {
    let folder = if matches!(database, Database::Sqlite(_)) { "sqlite" } else { "postgres" };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations").join(folder);
    let mut migrator = Migrator::new(folder).await.unwrap();
    migrator.migrations = migrator.iter().filter(|m| m.version <= last).cloned().collect::<Vec<_>>().into();
    match database {
        Database::Sqlite(_) => {
            let pool = sqlx::SqlitePool::connect(&format!("{}?mode=rwc", database.url())).await.unwrap();
            migrator.run(&pool).await.unwrap();
            pool.close().await;
        }
        Database::Postgres { .. } => migrator.run(&mut database.connection().await).await.unwrap(),
    }
}

/// Fills a database of the version before.
async fn fill(database: &Database) {
    match database {
        Database::Sqlite(_) => {
            let pool = sqlx::SqlitePool::connect(&database.url()).await.unwrap();
            sqlx::raw_sql(sql(database)).execute(&pool).await.unwrap();
            pool.close().await;
        }
        Database::Postgres { .. } => {
            sqlx::raw_sql(sql(database)).execute(&mut database.connection().await).await.unwrap();
        }
    }
}

/// A shop whose database was filled by the version before.
async fn migrated(database: Database) -> Shop {
    migrate(&database, BEFORE).await;
    fill(&database).await;
    let url = database.url();
    Shop::open_at(database, &url).await
}

fn nth<T: From<Uuid>>(n: u128) -> T {
    Uuid::from_u128(n).into()
}

async fn fills_in_what_the_version_before_lacks(shop: Shop) {
    let reads = shop.store.reads();
    let hold = reads.hold(nth::<HoldId>(2)).await.unwrap().unwrap();
    assert_eq!(hold.unit_price, Some(1999));
    let orders = [reads.order(nth(5)).await.unwrap().unwrap(), reads.order(nth(6)).await.unwrap().unwrap()];
    assert!(orders[0].number.is_some() && orders[1].number.is_some() && orders[0].number != orders[1].number);
    let [due, done] = [9, 10].map(|id| reads.refund(nth::<RefundId>(id)));
    let (due, done) = (due.await.unwrap().unwrap(), done.await.unwrap().unwrap());
    assert_eq!((due.order_id, due.amount, due.state), (Some(nth::<OrderId>(5)), Some(1999), RefundState::Due));
    assert_eq!((done.order_id, done.amount, done.state), (Some(nth::<OrderId>(6)), None, RefundState::Succeeded));
    assert_eq!((due.reason, done.reason), (RefundReason::AlreadyPaid, RefundReason::SoldOut));
    let audit = shop.checkout.audit().await.unwrap();
    assert_eq!((audit.clean, audit.refunds_due, audit.payments), (true, 1, 3), "{audit:?}");
    // The shop goes on with these rows.
    let order = shop.checkout.place_order(hold.id, None, owner(), None).await.unwrap().value;
    assert_eq!(order.amount.minor, 2 * 1999);
    let by = checkout::model::Actor::system();
    shop.checkout.advance_refund(due.id, 1, RefundStep::Send, by).await.unwrap();
    assert!(shop.checkout.audit().await.unwrap().clean);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_fills_in_what_the_version_before_lacks() {
    fills_in_what_the_version_before_lacks(migrated(Database::sqlite()).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_fills_in_what_the_version_before_lacks() {
    fills_in_what_the_version_before_lacks(migrated(Database::postgres().await).await).await;
}

/// The indexes of a table, with their definitions.
async fn indexes(database: &Database, table: &str) -> Vec<(String, String)> {
    let all: Vec<(String, String, String)> = match database {
        Database::Sqlite(_) => {
            database
                .rows("SELECT tbl_name, name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL")
                .await
        }
        Database::Postgres { .. } => {
            database.rows("SELECT tablename::text, indexname::text, indexdef FROM pg_indexes").await
        }
    };
    all.into_iter().filter(|(of, ..)| of == table).map(|(_, name, definition)| (name, definition)).collect()
}

/// A refund that is made at the provider needs other CHECKs, for which SQLite makes the table of refunds anew.
async fn keeps_the_indexes_and_rows_of_refunds(database: Database) {
    migrate(&database, BEFORE).await;
    fill(&database).await;
    migrate(&database, REFUNDS - 1).await;
    let before = indexes(&database, "refunds").await;
    assert!(before.len() >= 6, "{before:?}");
    migrate(&database, REFUNDS).await;
    let after = indexes(&database, "refunds").await;
    for index in &before {
        assert!(after.contains(index), "{index:?} is not among {after:?}");
    }
    assert_eq!(after.len(), before.len() + 1);
    assert_eq!(database.count("SELECT count(*) FROM refunds WHERE NOT automatic").await, 2);
    let insert = |values: &str| {
        let columns = "id, transaction_id, amount, currency, reason, restocked, state, attempt, provider_reference, version, created_at, updated_at";
        let literal = |n: u128| match &database {
            Database::Sqlite(_) => format!("x'{}'", Uuid::from_u128(n).simple()),
            Database::Postgres { .. } => format!("'{}'", Uuid::from_u128(n)),
        };
        let noon = if matches!(database, Database::Sqlite(_)) { "1795780800000" } else { "'2026-11-27T12:00:00Z'" };
        let values = values.replace("@1", &literal(71)).replace("@2", &literal(72));
        let sql: &'static str = format!("INSERT INTO refunds ({columns}) VALUES ({values}, 1, {noon}, {noon})").leak();
        database.try_run(sql)
    };
    insert("@1, 'tx-1', 5, 'USD', 'at_provider', 0, 'succeeded', 1, 're_1'").await.unwrap();
    for wrong in [
        // Recorded twice; without an amount; a refund by an operator without an order; an unknown reason.
        "@2, 'tx-1', 5, 'USD', 'at_provider', 0, 'succeeded', 1, 're_1'",
        "@2, 'tx-1', NULL, 'USD', 'at_provider', 0, 'succeeded', 1, 're_2'",
        "@2, 'tx-1', 5, 'USD', 'by_operator', 0, 'succeeded', 1, 're_2'",
        "@2, 'tx-1', 5, 'USD', 'elsewhere', 0, 'succeeded', 1, 're_2'",
    ] {
        insert(wrong).await.unwrap_err();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_keeps_the_indexes_and_rows_of_refunds() {
    keeps_the_indexes_and_rows_of_refunds(Database::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_keeps_the_indexes_and_rows_of_refunds() {
    keeps_the_indexes_and_rows_of_refunds(Database::postgres().await).await;
}

/// Disputes need another CHECK, for which SQLite makes the table of payment events anew.
async fn keeps_the_indexes_of_payment_events(database: Database) {
    migrate(&database, BEFORE).await;
    fill(&database).await;
    migrate(&database, DISPUTES - 1).await;
    let before = indexes(&database, "payment_webhooks").await;
    assert!(before.len() >= 5, "{before:?}");
    migrate(&database, DISPUTES).await;
    let after = indexes(&database, "payment_webhooks").await;
    for (name, definition) in before {
        let found = after.iter().find(|(other, _)| *other == name).map(|(_, definition)| definition);
        // A transaction may have several disputes.
        let is_changed = name == "payment_webhooks_said";
        assert_eq!(found != Some(&definition), is_changed, "{name} is {found:?}, and was {definition}");
    }
    assert_eq!(database.count("SELECT count(*) FROM payment_webhooks WHERE dispute_id IS NULL").await, 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_keeps_the_indexes_of_payment_events() {
    keeps_the_indexes_of_payment_events(Database::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_keeps_the_indexes_of_payment_events() {
    keeps_the_indexes_of_payment_events(Database::postgres().await).await;
}
