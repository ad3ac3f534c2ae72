//! The log of a server in production at level `trace`: its lines, and the secrets and contacts that it must not contain.

#![expect(clippy::unwrap_used, reason = "a panic fails the test")]

#[path = "log/activity.rs"]
mod activity;
#[path = "log/console.rs"]
mod console;
#[path = "log/mails.rs"]
mod mails;
#[path = "../../integrations/tests/mail/smtp.rs"]
#[expect(dead_code, reason = "shared with the tests of mail, which use more of it")]
mod smtp;
mod support;

use activity::Activity;
use serde_json::{Value, json};
use smtp::SmtpServer;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use std::{path::Path, process::Command};
use support::{ServerProcess, holdfast};

/// Variable with the URL of a PostgreSQL server in which the tests may create databases.
const POSTGRES: &str = "HOLDFAST_TEST_POSTGRES_URL";

pub const WEBHOOK_SECRET: &str = "whsec_d2ViaG9vay1odXNoLW9mLXRoZS1wcm92aWRlcg==";
pub const STRIPE_SECRET: &str = "whsec_stripe-hush-of-the-provider";
pub const JWT_SECRET: &str = "token-hush-of-thirty-two-bytes-or-more";
pub const METRICS_TOKEN: &str = "metrics-hush-of-the-scraper";
pub const LINK_SECRET: &str = "link-hush-of-the-mails";

/// E-mail address, name and street of the buyer of the orders.
pub const BUYER: [&str; 3] = ["augusta.unlogged@buyers.example", "Augusta Unlogged", "17 Unlogged Street"];

fn in_production(dir: &Path, database: &str) -> Command {
    let mut command = holdfast(dir);
    command.env("RUST_LOG", "trace").env("DATABASE_URL", database).env("HOLDFAST_ENV", "production");
    command.env("HOLDFAST_PAYMENT_PROVIDER", "sandbox").env("HOLDFAST_METRICS_TOKEN", METRICS_TOKEN);
    command.env("HOLDFAST_WEBHOOK_SECRETS", WEBHOOK_SECRET).env("HOLDFAST_STRIPE_SECRETS", STRIPE_SECRET);
    command.env("HOLDFAST_JWT_KEYS", format!("one:{JWT_SECRET}"));
    command
}

/// Runs a command. Returns its output and its log.
fn run(dir: &Path, database: &str, args: &[&str]) -> (Value, String) {
    let output = in_production(dir, database).args(args).output().unwrap();
    let log = String::from_utf8(output.stderr).unwrap();
    (serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {log}")), log)
}

/// Runs a shop in production, and checks its log for the expected lines and for secrets.
async fn check_log(database: &str, mut secrets: Vec<String>) {
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
    let (product, log_of_add) = run(dir.path(), database, &add);
    let (_, log_of_adjustment) = run(dir.path(), database, &["product", "stock", "--slug", "phone", "--total", "12"]);
    let invite = ["operator", "add", "--email", "root@shop.example", "--role", "admin", "--json"];
    let (invitation, log_of_invitation) = run(dir.path(), database, &invite);
    log += &(log_of_add + &log_of_adjustment + &log_of_invitation);

    let mut command = in_production(dir.path(), database);
    command.arg("serve");
    let smtp = SmtpServer::start().await;
    command.env("HOLDFAST_SMTP_URL", smtp.url()).env("HOLDFAST_MAIL_FROM", "shop@shop.example");
    command.env("HOLDFAST_LINK_SECRETS", LINK_SECRET).env("HOLDFAST_PUBLIC_URL", "https://shop.example");
    let server = ServerProcess::start(command, dir.path());
    let activity = Activity::run(&server.addr, &client, &product).await;
    secrets.extend(mails::read_and_follow(&smtp, &server.addr, &activity.orders).await);
    console::read_and_erase(&server.addr, invitation["link"].as_str().unwrap(), &activity.orders[0]).await;
    log += &server.stop();
    let [email, ..] = BUYER;
    let (erased, log_of_erasure) = run(dir.path(), database, &["customer", "erase", "--email", email, "--json"]);
    assert_eq!(erased, json!({ "orders": 0 }), "the console erased them");
    let (audit_log, log_of_reading) = run(dir.path(), database, &["audit-log", "--limit", "1000", "--json"]);
    log += &(log_of_erasure + &log_of_reading);
    let entries = audit_log["items"].as_array().unwrap();
    let of = |action: &str| entries.iter().find(|entry| entry["action"] == action).unwrap();
    assert_eq!(of("customer.erase")["after"], json!({ "orders": activity.orders.len() }));
    assert!(of("order.export")["after"]["filter"]["search"].is_string());
    for part in BUYER {
        assert_absent(part, &audit_log.to_string());
        assert_absent(part, &activity.metrics);
    }
    secrets.extend(BUYER.map(str::to_owned));
    secrets.push(email.replace('@', "%40"));

    // Commands write hints for people beside the log.
    let lines: Vec<Value> = log
        .lines()
        .filter(|line| !line.starts_with("holdfast: "))
        .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}")))
        .collect();
    for (level, target) in [("TRACE", "h2::"), ("TRACE", "tower_sessions"), ("DEBUG", "server::telemetry")] {
        let matches = |line: &Value| line["level"] == level && line["target"].as_str().unwrap().starts_with(target);
        assert!(lines.iter().any(matches), "the log has no {level} line of {target}");
    }
    secrets.extend(
        [WEBHOOK_SECRET, STRIPE_SECRET, JWT_SECRET, METRICS_TOKEN, LINK_SECRET, "$argon2id$"].map(str::to_owned),
    );
    secrets.push(client["client_secret"].as_str().unwrap().to_owned());
    for secret in secrets.iter().chain(&activity.secrets) {
        assert!(secret.len() > 8, "{secret} is too short to search for");
        assert_absent(secret, &log);
    }
    for (message, fields) in &activity.logged {
        let has_fields = |line: &&Value| fields.iter().all(|(name, value)| line[name].as_str() == Some(value));
        let found = lines.iter().filter(|line| line["message"] == *message).find(has_fields);
        assert!(found.is_some(), "{message} {fields:?}");
    }
    for (message, field, value) in [("a product was put on sale", "total", 9), ("stock was adjusted", "by", 3)] {
        assert!(lines.iter().any(|line| line["message"] == message && line[field] == value), "{message}");
    }
    let moved: Vec<_> = lines.iter().filter(|line| line["message"] == "stock moved").collect();
    assert!(moved.len() >= 6 && moved.iter().all(|line| line["level"] == "DEBUG"), "{moved:?}");
}

/// Asserts that a secret is in the log neither as text nor as a list of bytes.
#[track_caller]
fn assert_absent(secret: &str, log: &str) {
    let bytes = format!("{:?}", secret.as_bytes());
    for form in [secret, bytes.trim_matches(['[', ']'])] {
        let line = log.lines().find(|line| line.contains(form));
        assert!(line.is_none(), "{secret} is in the log: {line:?}");
    }
}

#[tokio::test]
async fn the_log_on_sqlite_contains_no_secret() {
    let dir = tempfile::tempdir().unwrap();
    check_log(&format!("sqlite://{}/holdfast.db", dir.path().display()), Vec::new()).await;
}

#[tokio::test]
async fn the_log_on_postgresql_contains_no_secret() {
    let Ok(server) = std::env::var(POSTGRES) else {
        panic!("{POSTGRES} is not set; run the tests by `make test-rust`, or by tools/with-postgres.sh cargo test …");
    };
    let name = format!("holdfast_{}", uuid::Uuid::new_v4().simple());
    let mut connection = PgConnection::connect(&server).await.unwrap();
    sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut connection).await.unwrap();
    let (address, _) = server.rsplit_once('/').unwrap();
    // The URL has the form postgres://user:password@host.
    let password = address.split(['/', '@']).nth(2).unwrap().split_once(':').unwrap().1.to_owned();
    check_log(&format!("{address}/{name}"), vec![password]).await;
    sqlx::query(AssertSqlSafe(format!("DROP DATABASE {name}"))).execute(&mut connection).await.unwrap();
}
