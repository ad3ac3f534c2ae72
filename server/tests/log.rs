//! What the log of a server in production says when it is told to say everything, and what it never says.

#![expect(clippy::unwrap_used, reason = "a test may end where it stands")]

mod running;
#[path = "log/visit.rs"]
mod visit;

use running::{Running, holdfast};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use std::{path::Path, process::Command};
use visit::Visit;

/// Names a PostgreSQL server in which the tests may make databases; tools/with-postgres.sh starts one.
const POSTGRES: &str = "HOLDFAST_TEST_POSTGRES_URL";

pub const WEBHOOK_SECRET: &str = "whsec_d2ViaG9vay1odXNoLW9mLXRoZS1wcm92aWRlcg==";
pub const STRIPE_SECRET: &str = "whsec_stripe-hush-of-the-provider";
pub const JWT_SECRET: &str = "token-hush-of-thirty-two-bytes-or-more";
pub const METRICS_TOKEN: &str = "metrics-hush-of-the-scraper";

fn in_production(dir: &Path, database: &str) -> Command {
    let mut command = holdfast(dir);
    command.env("RUST_LOG", "trace").env("DATABASE_URL", database).env("HOLDFAST_ENV", "production");
    command.env("HOLDFAST_PAYMENT_PROVIDER", "sandbox").env("HOLDFAST_METRICS_TOKEN", METRICS_TOKEN);
    command.env("HOLDFAST_WEBHOOK_SECRETS", WEBHOOK_SECRET).env("HOLDFAST_STRIPE_SECRETS", STRIPE_SECRET);
    command.env("HOLDFAST_JWT_KEYS", format!("one:{JWT_SECRET}"));
    command
}

/// What a command prints, and what it logs.
fn run(dir: &Path, database: &str, args: &[&str]) -> (Value, String) {
    let output = in_production(dir, database).args(args).output().unwrap();
    let log = String::from_utf8(output.stderr).unwrap();
    (serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {log}")), log)
}

/// Everything that a shop in production does, in a log that says all it can.
async fn a_day(database: &str, mut secrets: Vec<String>) {
    let dir = tempfile::tempdir().unwrap();
    let (client, mut log) = run(dir.path(), database, &["client", "add", "--name", "a shop"]);
    let add = [
        "product",
        "add",
        "--slug",
        "phone",
        "--name",
        "Phone",
        "--price",
        "19.99",
        "--currency",
        "USD",
        "--stock",
        "9",
    ];
    let (product, of_adding) = run(dir.path(), database, &add);
    let (_, of_adjusting) = run(dir.path(), database, &["product", "stock", "--slug", "phone", "--total", "12"]);
    log += &(of_adding + &of_adjusting);

    let mut command = in_production(dir.path(), database);
    command.arg("serve");
    let server = Running::start(command, dir.path());
    let visit = Visit::make(&server.addr, &client, &product).await;
    log += &server.stop();

    let lines: Vec<Value> =
        log.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect();
    for (level, target) in [("TRACE", "h2::"), ("TRACE", "tower_sessions"), ("DEBUG", "server::telemetry")] {
        let is_there = |line: &Value| line["level"] == level && line["target"].as_str().unwrap().starts_with(target);
        assert!(lines.iter().any(is_there), "the log says everything, and nothing of {target}");
    }
    secrets.extend([WEBHOOK_SECRET, STRIPE_SECRET, JWT_SECRET, METRICS_TOKEN, "$argon2id$"].map(str::to_owned));
    secrets.push(client["client_secret"].as_str().unwrap().to_owned());
    for secret in secrets.iter().chain(&visit.secrets) {
        assert!(secret.len() > 8);
        is_nowhere(secret, &log);
    }
    for (message, fields) in &visit.logged {
        let is_there = |line: &&Value| fields.iter().all(|(name, value)| line[name].as_str() == Some(value));
        let said = lines.iter().filter(|line| line["message"] == *message).find(is_there);
        assert!(said.is_some(), "{message} {fields:?}");
    }
    for (message, field, value) in [("a product was put on sale", "total", 9), ("stock was adjusted", "by", 3)] {
        assert!(lines.iter().any(|line| line["message"] == message && line[field] == value), "{message}");
    }
    let moved: Vec<_> = lines.iter().filter(|line| line["message"] == "stock moved").collect();
    assert!(moved.len() >= 6 && moved.iter().all(|line| line["level"] == "DEBUG"), "{moved:?}");
}

/// Neither as text nor as a list of bytes.
#[track_caller]
fn is_nowhere(secret: &str, log: &str) {
    let bytes = format!("{:?}", secret.as_bytes());
    for form in [secret, bytes.trim_matches(['[', ']'])] {
        let line = log.lines().find(|line| line.contains(form));
        assert!(line.is_none(), "{secret} is in the log: {line:?}");
    }
}

#[tokio::test]
async fn no_secret_is_in_the_log_of_a_shop_on_sqlite() {
    let dir = tempfile::tempdir().unwrap();
    a_day(&format!("sqlite://{}/holdfast.db", dir.path().display()), Vec::new()).await;
}

#[tokio::test]
async fn no_secret_is_in_the_log_of_a_shop_on_postgresql() {
    let Ok(server) = std::env::var(POSTGRES) else {
        panic!("{POSTGRES} is not set: run the tests by `make test-rust`, or as tools/with-postgres.sh cargo test …");
    };
    let name = format!("holdfast_{}", uuid::Uuid::new_v4().simple());
    let mut connection = PgConnection::connect(&server).await.unwrap();
    sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut connection).await.unwrap();
    let (address, _) = server.rsplit_once('/').unwrap();
    // postgres://user:password@host
    let password = address.split(['/', '@']).nth(2).unwrap().split_once(':').unwrap().1.to_owned();
    a_day(&format!("{address}/{name}"), vec![password]).await;
    sqlx::query(AssertSqlSafe(format!("DROP DATABASE {name}"))).execute(&mut connection).await.unwrap();
}
